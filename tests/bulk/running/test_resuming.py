"""A campaign is run again: the accepted stays, the unknown is settled, the rest is sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from bestsms import (
    AsyncClient,
    AuthenticationFailed,
    CampaignChanged,
    ChunkOutcome,
    ConfigurationError,
    GroupCode,
    InvalidRequest,
    NotSent,
    Run,
    RunStopped,
    Totals,
    Verdict,
)
from bestsms.bulk.asking import PAUSES
from bestsms.journal import KEPT_SECONDS, Journal, JournalError
from bestsms.sending.register import Register

Make = Callable[..., AsyncClient]
NO = httpx.Response(400, json={"Result": "Failed", "ErrorMessage": ["No credit"]})


def july(client: AsyncClient, numbers: list[Any], **given: Any) -> Run:
    """The campaign, ten to a request."""
    return client.send_many(
        numbers, **{"message": "Hi", "campaign": "July", "max_destinations": 10, **given}
    )


async def read(run: Run, found: list[ChunkOutcome]) -> None:
    """Read a run to its end, well or not."""
    async with run:
        async for outcome in run:
            found.append(outcome)  # noqa: PERF401 - they stay, if an error comes


async def outcomes(run: Run) -> list[ChunkOutcome]:
    """Read a run to its end, in the order of its chunks."""
    found: list[ChunkOutcome] = []
    await read(run, found)
    return sorted(found, key=lambda outcome: outcome.chunk.index if outcome.chunk else -1)


def verdicts(found: list[ChunkOutcome]) -> list[str]:
    """The verdicts, and whose they are."""
    return [f"{each.verdict.name}{' before' if each.resumed else ''}" for each in found]


# -- with a journal --------------------------------------------------------------------------------


async def test_a_rerun_sends_nothing_twice(kept: Make, provider: Any, numbers: list[str]) -> None:
    """The same list under the same name, in any case of letters, by another client."""
    await july(kept(), numbers)
    totals = await july(kept(), numbers, campaign=" JULY")
    assert totals == Totals(read=50, accepted=50, resumed=50, chunks=5)
    assert provider.phones == dict.fromkeys(numbers, 1)


async def test_a_rerun_goes_on_where_the_run_was_left(
    kept: Make, provider: Any, numbers: list[str]
) -> None:
    """What was not begun, and what came to nothing, is sent now."""
    provider.fates = ["ok", NO]
    async with july(kept(), numbers, concurrency=1) as run:
        await anext(run)
        await anext(run)
    found = await outcomes(july(kept(), numbers))
    assert verdicts(found)[:2] == ["ACCEPTED before", "ACCEPTED"]
    assert provider.phones == dict.fromkeys(numbers, 1)


async def test_a_rerun_looks_up_what_is_unknown(
    kept: Make, provider: Any, numbers: list[str]
) -> None:
    """Found, it is accepted; not found, it stays unknown and is not sent again."""
    provider.fates = ["drop", "drop"]
    await july(kept(settle_window=0), numbers[:20], concurrency=1)
    first, _ = provider.sends
    provider.accept(first[1])
    found = await outcomes(july(kept(), numbers))
    assert verdicts(found) == ["ACCEPTED before", "UNKNOWN before", *["ACCEPTED"] * 3]
    assert [outcome.reconciled for outcome in found[:2]] == [True, False]
    assert [outcome.absent for outcome in found[:2]] == [False, True]
    assert "resend_absent=True" in str(found[1].error)
    assert provider.phones == dict.fromkeys(numbers[:10] + numbers[20:], 1)


async def test_what_can_not_be_looked_up_stays_unknown(
    kept: Make, provider: Any, numbers: list[str]
) -> None:
    """Nobody answered, so it is not even absent; the next rerun asks again."""

    async def deafen() -> None:
        provider.deaf = True
        raise httpx.ReadError("gone")

    provider.fates = [deafen]
    await july(kept(), numbers[:10])
    (outcome,) = await outcomes(july(kept(), numbers[:10], resend_absent=True))
    assert (outcome.verdict, outcome.absent, outcome.requests) == (Verdict.UNKNOWN, False, 0)
    assert "could not be looked up" in str(outcome.error)
    provider.deaf = False
    provider.accept(provider.sends[0][1])
    assert verdicts(await outcomes(july(kept(), numbers[:10]))) == ["ACCEPTED before"]
    assert provider.phones == dict.fromkeys(numbers[:10], 1)


async def test_another_process_may_have_learnt_more(
    kept: Make, provider: Any, numbers: list[str], tmp_path: Path
) -> None:
    """What it knows by the time the look-ups end counts: here that nothing was sent."""
    journal = Journal(tmp_path / "journal")

    async def learn(message_id: str) -> None:
        journal.settle(message_id, Verdict.NOT_SENT, now=0.0)

    provider.fates = ["drop"]
    await july(kept(settle_window=0), numbers[:10])
    provider.before_look = learn
    assert verdicts(await outcomes(july(kept(), numbers[:10]))) == ["ACCEPTED"]
    journal.close()


async def test_a_client_that_is_closed_leaves_it_unknown(
    kept: Make, provider: Any, numbers: list[str]
) -> None:
    """Nobody looks it up any more, and it was sent before."""
    client = kept()

    async def close(_: str) -> None:
        await client.aclose()

    provider.fates = ["drop"]
    await july(kept(settle_window=0), numbers[:10])
    provider.before_look = close
    found: list[ChunkOutcome] = []
    with pytest.raises(RunStopped, match="the client is closed"):
        await read(july(client, numbers, concurrency=1), found)
    assert verdicts(found) == ["UNKNOWN before"]
    assert isinstance(found[0].error, NotSent)


# -- sent again, where that is asked for -----------------------------------------------------------


async def test_what_is_absent_is_sent_again_where_that_is_asked_for(
    kept: Make, provider: Any, numbers: list[str]
) -> None:
    """Under the same id, by the same client or another."""
    provider.fates = ["drop"]
    client = kept()
    await july(client, numbers[:10])
    for other in (client, kept()):
        (outcome,) = await outcomes(july(other, numbers[:10], resend_absent=True))
        assert outcome.verdict is Verdict.ACCEPTED
        assert outcome.resumed is (other is not client)
    assert len(provider.sends) == 2
    assert len(set(provider.ids)) == 1
    assert provider.phones == dict.fromkeys(numbers[:10], 1)


@pytest.mark.parametrize("fate", [NO, "refuse", "drop"])
async def test_what_came_to_nothing_again_is_as_unknown_as_before(
    kept: Make, provider: Any, numbers: list[str], fate: Any
) -> None:
    """That the second one was refused says nothing of the first."""
    provider.fates, provider.always = ["drop"], fate
    await july(kept(), numbers[:10])
    (outcome,) = await outcomes(july(kept(), numbers[:10], resend_absent=True))
    assert (outcome.verdict, outcome.resumed) == (Verdict.UNKNOWN, True)
    assert not isinstance(outcome.error, InvalidRequest)
    provider.always = "ok"
    (outcome,) = await outcomes(july(kept(), numbers[:10]))
    assert outcome.verdict is Verdict.UNKNOWN
    assert provider.phones == {}


# -- another list ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"message": "Hello"}, id="text"),
        pytest.param({"max_destinations": 20}, id="packing"),
        pytest.param({"separate": True}, id="separate"),
    ],
)
async def test_a_changed_campaign_is_refused(
    kept: Make, provider: Any, numbers: list[str], changed: dict[str, Any]
) -> None:
    """Whatever its requests are made of; nothing is sent."""
    await july(kept(), numbers)
    with pytest.raises(CampaignChanged, match="name of its own"):
        await july(kept(), numbers, **changed)
    assert len(provider.sends) == 5


async def test_a_row_less_in_front_is_refused(
    kept: Make, provider: Any, numbers: list[str]
) -> None:
    """All that follows moved, and was sent already; the error says which request it shows at."""
    await july(kept(), numbers)
    with pytest.raises(CampaignChanged) as caught:
        await july(kept(), numbers[1:])
    assert caught.value.message_id == provider.ids[0]
    assert "chunk 0" in str(caught.value)
    assert provider.phones == dict.fromkeys(numbers, 1)


async def test_what_was_sent_before_the_change_is_reported(
    kept: Make, provider: Any, numbers: list[str]
) -> None:
    """The requests before it are what they were."""
    await july(kept(), numbers)
    found: list[ChunkOutcome] = []
    with pytest.raises(RunStopped, match="chunk 2 is not what it was") as caught:
        await read(july(kept(), [*numbers[:25], *numbers[26:]]), found)
    assert isinstance(caught.value.__cause__, CampaignChanged)
    assert "Nothing was sent" not in str(caught.value)
    assert str(caught.value).endswith("Of 20 recipients read, 20 are accepted and 0 unknown.")
    assert verdicts(found[:2]) == ["ACCEPTED before", "ACCEPTED before"]


async def test_nobody_is_told_of_as_not_sent_where_it_changed(
    kept: Make, provider: Any, numbers: list[str], tmp_path: Path
) -> None:
    """They have the text from the run before; and the report of that one stays."""
    report = tmp_path / "report.csv"
    await july(kept(), numbers, report=report)
    before = report.read_text()
    found: list[ChunkOutcome] = []
    with pytest.raises(CampaignChanged, match=r"max_destinations=.* --per-request"):
        await read(july(kept(), numbers, report=report, max_destinations=20), found)
    (outcome,) = found
    assert isinstance(outcome.error, CampaignChanged)
    assert [*outcome.recipients()] == []
    assert report.read_text().count("\n") == 1
    assert (tmp_path / "report.csv.before").read_text() == before
    await july(kept(), numbers, report=report)
    assert report.read_text() == before
    assert not (tmp_path / "report.csv.before").exists()


async def test_what_is_unknown_is_neither_before_nor_nothing(
    kept: Make, provider: Any, numbers: list[str]
) -> None:
    """It counts as unknown alone; and no error after it may say that nothing was sent."""
    provider.fates = ["drop"]
    await july(kept(), numbers, concurrency=1)
    with pytest.raises(RunStopped) as caught:
        await july(kept(), [*numbers[:10], *numbers[11:]], concurrency=1)
    assert isinstance(caught.value.__cause__, CampaignChanged)
    assert caught.value.totals == Totals(read=10, unknown=10, chunks=1)


async def test_who_leaves_early_keeps_the_former_report(
    kept: Make, provider: Any, numbers: list[str], tmp_path: Path
) -> None:
    """It is removed when the list was through, and not before."""
    report = tmp_path / "report.csv"
    before = tmp_path / "report.csv.before"
    await july(kept(), numbers, report=report)
    async with july(kept(), numbers, report=report) as run:
        await anext(run)
    assert [each async for each in run] == []
    assert before.read_text().count("\n") == 51
    await july(kept(), numbers, report=report)
    assert not before.exists()


async def test_a_change_in_front_of_what_was_sent_is_found_before_anything_is_sent(
    kept: Make, provider: Any, numbers: list[str]
) -> None:
    """A request that was refused may not take rows from one after it that was accepted."""
    provider.fates = [NO]
    await july(kept(), numbers[:30], concurrency=1)
    with pytest.raises(CampaignChanged):
        await july(kept(), numbers[1:])
    assert len(provider.sends) == 3


async def test_a_crash_leaves_no_gap_in_what_is_written(
    kept: Make, provider: Any, numbers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is planned before a request is written with it, however long that one is held up."""
    write = Register.write_intent
    crash = anyio.CancelScope()

    async def held_up(register: Register, journal: Journal, request: Any, intent: Any) -> None:
        if len(intent.planned) == 1:
            await anyio.sleep_forever()  # The first one never gets there.
        await write(register, journal, request, intent)

    async def crashes() -> None:
        crash.cancel()

    provider.fates = [crashes]
    with monkeypatch.context() as patched, crash:
        patched.setattr(Register, "write_intent", held_up)
        await july(kept(), numbers[:20], concurrency=2)
    # The second request left, and its rows must not move into the first.
    with pytest.raises(CampaignChanged, match="chunk 0"):
        await july(kept(), numbers[1:])
    totals = await july(kept(), numbers)
    assert totals.accepted == 50
    assert provider.phones == dict.fromkeys(numbers, 1)


async def test_the_rest_of_a_list_may_be_put_right(
    kept: Make, provider: Any, numbers: list[str]
) -> None:
    """What was refused, and all that comes after it, may change, if nothing after it was sent."""
    provider.fates = ["ok"]
    provider.always = NO
    with pytest.raises(RunStopped):
        await july(kept(), numbers * 2, concurrency=1, max_destinations=5)
    provider.always = "ok"
    totals = await july(kept(), [*numbers[:5], *numbers[7:]], max_destinations=5)
    assert (totals.accepted, totals.resumed) == (48, 5)
    assert provider.phones == dict.fromkeys([*numbers[:5], *numbers[7:]], 1)


async def test_separate_requests_do_not_depend_on_their_place(
    kept: Make, provider: Any, numbers: list[str]
) -> None:
    """A row more, a row less, another order: each is known by its recipient."""
    await july(kept(), numbers[:20], separate=True)
    totals = await july(kept(), numbers[:4:-1], separate=True)
    assert (totals.accepted, totals.resumed) == (45, 15)
    assert provider.phones == dict.fromkeys(numbers, 1)
    with pytest.raises(CampaignChanged):
        await july(kept(), numbers, separate=True, message="Hello")


# -- two at once -----------------------------------------------------------------------------------


async def test_two_runs_of_one_campaign_send_nothing_twice(
    kept: Make, provider: Any, numbers: list[str]
) -> None:
    """What one has begun the other reports: accepted, or being sent by another."""
    provider.seconds = 1.0
    found: list[ChunkOutcome] = []

    async def run() -> None:
        found.extend(await outcomes(july(kept(), numbers, concurrency=2)))

    async with anyio.create_task_group() as tasks:
        for _ in range(3):
            tasks.start_soon(run)
    assert provider.phones == dict.fromkeys(numbers, 1)
    assert len(found) == 15
    assert {outcome.verdict for outcome in found} <= {Verdict.ACCEPTED, Verdict.UNKNOWN}
    said = [str(outcome.error) for outcome in found if outcome.verdict is Verdict.UNKNOWN]
    assert all("another run of the campaign is sending it now" in each for each in said)
    assert sum(outcome.requests for outcome in found) == 5


async def test_what_another_run_is_sending_is_left_to_it(
    kept: Make, provider: Any, numbers: list[str], time: Any
) -> None:
    """It is looked up once, never called absent, and not sent again whatever is asked for."""
    provider.seconds = 30.0
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(read, july(kept(), numbers[:10]), [])
        await anyio.sleep(1)
        (outcome,) = await outcomes(july(kept(), numbers[:10], resend_absent=True))
        assert time.monotonic < 30
    assert (outcome.verdict, outcome.absent) == (Verdict.UNKNOWN, False)
    assert "another run of the campaign is sending it now" in str(outcome.error)
    assert provider.phones == dict.fromkeys(numbers[:10], 1)


async def test_two_runs_of_different_lists_find_out(
    kept: Make, provider: Any, numbers: list[str]
) -> None:
    """The second of them stops where it would send what the first has begun to send."""
    provider.seconds = 1.0
    async with july(kept(), numbers, concurrency=1) as first:
        await anext(first)
        changed = july(kept(), numbers, message="Hello", concurrency=1)
        with pytest.raises(CampaignChanged):
            await changed
        assert changed.totals.accepted == 0


async def test_of_two_lists_at_once_one_is_refused(
    kept: Make, provider: Any, numbers: list[str]
) -> None:
    """Also where neither has begun when the other looks into the journal."""
    provider.seconds = 1.0
    failed: list[str] = []

    async def run(message: str) -> None:
        try:
            await july(kept(), numbers, message=message, concurrency=1)
        except CampaignChanged:
            failed.append(message)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(run, "Hi")
        tasks.start_soon(run, "Hello")
    assert len(failed) == 1
    assert provider.phones == dict.fromkeys(numbers, 1)


async def test_two_runs_of_one_client_send_nothing_twice(
    client: AsyncClient, provider: Any, numbers: list[str]
) -> None:
    """Without a journal its memory holds the ids; the other's are unknown to it."""
    provider.seconds = 1.0
    found: list[ChunkOutcome] = []

    async def run() -> None:
        found.extend(await outcomes(july(client, numbers, concurrency=2)))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(run)
        tasks.start_soon(run)
    assert provider.phones == dict.fromkeys(numbers, 1)
    assert {outcome.verdict for outcome in found} <= {Verdict.ACCEPTED, Verdict.UNKNOWN}


# -- the journal itself ----------------------------------------------------------------------------


async def test_what_was_accepted_a_year_ago_is_not_sent_again(
    kept: Make, provider: Any, numbers: list[str], time: Any
) -> None:
    """The rows of a campaign outlive those of plain sends."""
    time.start -= timedelta(seconds=12 * KEPT_SECONDS)
    client = kept()
    await client.send("Hi", to=numbers[0], message_id="plain")
    await july(client, numbers)
    await client.aclose()
    time.start += timedelta(seconds=12 * KEPT_SECONDS)
    client = kept()
    await client.send("Hi", to=numbers[0], message_id="plain")
    assert (await july(client, numbers)).resumed == 50


async def test_a_journal_that_can_not_be_read_is_an_error(
    kept: Make, provider: Any, numbers: list[str], tmp_path: Path
) -> None:
    """At the beginning; nothing is sent."""
    (tmp_path / "journal").write_bytes(b"no database" * 200)
    with pytest.raises(ConfigurationError, match=r"^send_many: journal .*: file is not a database"):
        await july(kept(), numbers)
    assert provider.sends == []


async def test_a_journal_that_can_not_be_written_stops_the_run(
    kept: Make, provider: Any, numbers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is sent unwritten; a full disk may be emptied meanwhile."""

    def full(*_: object, **__: object) -> None:
        raise JournalError("disk I/O error")

    monkeypatch.setattr(Journal, "intend", full)
    with pytest.raises(RunStopped) as caught:
        await july(kept(), numbers)
    assert "disk I/O error" in str(caught.value.__cause__)
    assert provider.sends == []


async def test_how_far_it_came_can_be_asked(
    kept: Make, provider: Any, numbers: list[str], tmp_path: Path
) -> None:
    """In requests and recipients by verdict, of what was begun or planned."""
    provider.fates = ["ok", "drop", NO]
    await july(kept(settle_window=0), numbers[:25], concurrency=1)
    journal = Journal(tmp_path / "journal")
    progress = journal.progress("JULY")
    assert progress.recipients == {Verdict.ACCEPTED: 10, Verdict.UNKNOWN: 10, Verdict.REJECTED: 5}
    assert progress.requests == dict.fromkeys(progress.recipients, 1)
    assert progress.separate is False
    assert journal.progress("June").separate is None
    journal.close()


async def test_recovering_settles_a_campaign_too(
    kept: Make, provider: Any, numbers: list[str]
) -> None:
    """A rerun then need not look."""
    provider.fates = ["drop"]
    client = kept(settle_window=0)
    await july(client, numbers[:10])
    provider.accept(provider.sends[0][1])
    (found,) = await client.recover()
    looks = len(provider.looks)
    assert verdicts(await outcomes(july(client, numbers[:10]))) == ["ACCEPTED before"]
    assert found.message_id == provider.ids[0]
    assert len(provider.looks) == looks


# -- a campaign that is new to the journal ---------------------------------------------------------


@pytest.mark.parametrize("separate", [False, True])
async def test_a_campaign_of_another_journal_is_refused(
    kept: Make, provider: Any, numbers: list[str], tmp_path: Path, *, separate: bool
) -> None:
    """The provider knows it: on another machine, or after the file was lost, all got it twice."""
    await july(kept(), numbers, separate=separate)
    run = july(kept(journal=tmp_path / "other"), numbers, separate=separate)
    with pytest.raises(CampaignChanged, match="this campaign and the journal here does not") as why:
        await run
    assert why.value.message_id in provider.ids
    assert provider.phones == dict.fromkeys(numbers, 1)
    assert run.totals.accepted == 0


async def test_the_provider_is_asked_once_of_a_new_campaign(
    kept: Make, provider: Any, numbers: list[str]
) -> None:
    """For its first request and before it; of what the journal knows not even that."""

    async def nothing_was_sent(_: str) -> None:
        assert provider.sends == []

    provider.before_look = nothing_was_sent
    await july(kept(), numbers)
    await july(kept(), numbers)
    assert provider.looks == [provider.ids[0]]


async def test_a_campaign_that_can_not_be_asked_for_is_not_sent(
    kept: Make, provider: Any, numbers: list[str], time: Any
) -> None:
    """Not before a clear answer: it is asked again for a minute."""
    provider.deaf = True
    run = july(kept(), numbers)
    with pytest.raises(NotSent, match="could not be asked") as caught:
        await run
    assert caught.value.verdict is Verdict.NOT_SENT
    assert len(provider.looks) == len(PAUSES)
    assert time.monotonic >= sum(PAUSES)
    assert provider.sends == []

    async def hear(_: str) -> None:
        provider.deaf = len(provider.looks) < len(PAUSES) + 3

    provider.before_look = hear
    assert (await july(kept(), numbers)).accepted == 50


async def test_who_leaves_does_not_wait_for_an_answer(
    kept: Make, provider: Any, numbers: list[str], time: Any
) -> None:
    """A run that ends asks no more, and a question under way is broken off."""
    provider.deaf = True
    async with july(kept(), numbers) as run:
        await anyio.sleep(10)
    assert time.monotonic < sum(PAUSES)
    assert (run.totals.not_sent, provider.sends) == (10, [])

    async def hang(_: str) -> None:
        await anyio.sleep_forever()

    provider.before_look, began = hang, time.monotonic
    async with july(kept(), numbers):
        await anyio.sleep(1)
    assert time.monotonic < began + 2


async def test_a_token_that_may_not_ask_stops_it(
    kept: Make, provider: Any, numbers: list[str]
) -> None:
    """As one that may not send does."""
    provider.locked = True
    with pytest.raises(RunStopped, match="token") as caught:
        await july(kept(), numbers)
    assert len(provider.looks) == 1
    assert isinstance(caught.value.__cause__, AuthenticationFailed)
    assert provider.sends == []


async def test_another_run_may_begin_it_while_it_is_asked_for(
    kept: Make, provider: Any, numbers: list[str]
) -> None:
    """What both of them send stands in the one journal by then."""

    async def first(_: str) -> None:
        provider.before_look = nothing
        await july(kept(), numbers)

    async def nothing(_: str) -> None:
        pass

    provider.before_look = first
    totals = await july(kept(), numbers)
    assert (totals.accepted, totals.resumed) == (50, 50)
    assert provider.phones == dict.fromkeys(numbers, 1)


# -- a rehearsal -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "given"),
    [
        ({}, {"test": True}),
        ({"base_url": "http://127.0.0.1:8025"}, {}),
        ({"base_url": "http://localhost:8025"}, {"test": True}),
    ],
)
async def test_a_rehearsal_does_not_count(
    kept: Make,
    provider: Any,
    numbers: list[str],
    settings: dict[str, Any],
    given: dict[str, Any],
) -> None:
    """A test, or a run against this machine, reached nobody; so the real run sends to all."""
    for _ in range(2):
        await july(kept(**settings), numbers, **given)
    assert provider.phones == dict.fromkeys(numbers, 1)
    assert (await july(kept(), numbers)).resumed == 0
    assert provider.phones == dict.fromkeys(numbers, 2)
    assert len(set(provider.ids)) == 10


async def test_another_host_is_the_same_campaign(
    kept: Make, provider: Any, numbers: list[str]
) -> None:
    """A proxy's name makes nobody new."""
    await july(kept(), numbers)
    assert (await july(kept(base_url="https://proxy.example"), numbers)).resumed == 50


@pytest.mark.parametrize("campaign", [" ", "x" * 201, 7])
async def test_the_name_of_a_rehearsal_is_checked_as_any(
    client: AsyncClient, numbers: list[str], campaign: Any
) -> None:
    """Before anything stands behind it."""
    with pytest.raises(InvalidRequest, match="campaign"):
        await july(client, numbers, campaign=campaign, test=True)


# -- without a journal -----------------------------------------------------------------------------


async def test_without_a_journal_the_provider_is_asked_first(
    make: Make, provider: Any, numbers: list[str]
) -> None:
    """Of each request; what it knows is not sent again."""
    await july(make(), numbers[:20])
    totals = await july(make(), numbers)
    assert (totals.accepted, totals.resumed) == (50, 20)
    assert len(provider.looks) == 2 + 5
    assert provider.phones == dict.fromkeys(numbers, 1)


def listed(numbers: list[str]) -> list[dict[str, str]]:
    """Return the recipients of a report."""
    return [{"Destination": number} for number in numbers]


async def test_without_a_journal_a_changed_list_is_refused(
    make: Make, provider: Any, numbers: list[str]
) -> None:
    """As far as the report of the earlier request tells: by how many, or by who they were."""
    await july(make(), numbers[:10])
    same = ["+61 421 000 000", *numbers[1:10]]
    for said, rows in (
        ({"Count": 10}, numbers[:5]),
        ({"TotalRecords": 10}, numbers[:5]),
        ({"Count": 0, "Complete": 10}, numbers[:5]),
        ({"Count": 10, "Recipients": listed(numbers[:1])}, numbers[1:11]),
    ):
        provider.said = said
        with pytest.raises(CampaignChanged, match="chunk 0 is not what it was"):
            await july(make(), rows)
    for said, rows in (
        ({}, same),
        ({"Count": 2, "Complete": 3, "Recipients": listed(numbers[:3])}, same),
        ({"Count": 10, "Recipients": listed(["0421000000"])}, same),
        ({"Count": 12}, ["0421 000 000", *numbers[1:10]]),
        ({"Count": 12}, [GroupCode("ID1")]),
    ):
        provider.said = said
        assert (await july(make(), rows)).resumed == len(rows)
    assert len(provider.sends) == 1


async def test_what_can_not_be_asked_is_not_sent(
    make: Make, provider: Any, numbers: list[str]
) -> None:
    """It may have been sent; once the provider answers again, the run goes on."""
    provider.deaf = True
    with pytest.raises(RunStopped) as caught:
        await july(make(), numbers)
    assert isinstance(caught.value.__cause__, NotSent)
    assert "could not be asked" in str(caught.value.__cause__)
    assert provider.sends == []


async def test_a_refused_token_stops_it_before_anything_is_sent(
    make: Make, provider: Any, numbers: list[str]
) -> None:
    """Who may not ask may not send either."""
    provider.locked = True
    with pytest.raises(RunStopped, match="token") as caught:
        await july(make(), numbers, concurrency=1)
    assert len(provider.looks) == 1
    assert isinstance(caught.value.__cause__, AuthenticationFailed)


async def test_a_client_that_is_closed_is_asked_nothing(
    client: AsyncClient, provider: Any, numbers: list[str]
) -> None:
    """The run stops where it is."""

    async def close(_: Totals) -> None:
        await client.aclose()

    found: list[ChunkOutcome] = []
    with pytest.raises(RunStopped, match="the client is closed"):
        await read(july(client, numbers, concurrency=1, on_progress=close), found)
    assert verdicts(found) == ["ACCEPTED", "NOT_SENT"]
    assert len(provider.looks) == 1


async def test_a_client_remembers_what_is_unknown(
    client: AsyncClient, provider: Any, numbers: list[str]
) -> None:
    """Also without a journal, as long as it lives."""
    provider.fates = ["drop"]
    await july(client, numbers[:10])
    (outcome,) = await outcomes(july(client, numbers[:10]))
    assert (outcome.verdict, outcome.requests) == (Verdict.UNKNOWN, 0)
    assert isinstance(outcome.error, InvalidRequest)
    assert len(provider.sends) == 1


async def test_a_run_without_a_name_can_not_be_resumed(
    kept: Make, provider: Any, numbers: list[str]
) -> None:
    """It sends to all again, under ids of its own; each request is in the journal as any send."""
    for _ in range(2):
        await july(kept(), numbers, campaign=None)
    assert provider.phones == dict.fromkeys(numbers, 2)
    assert len(set(provider.ids)) == 10
