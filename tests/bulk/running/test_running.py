"""A run: from a source to the outcome of each, no faster than both ends allow."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from bestsms import (
    AsyncClient,
    ChunkOutcome,
    File,
    InvalidRequest,
    RecipientOutcome,
    Run,
    RunStopped,
    Totals,
    Verdict,
)
from bestsms.emulator import Emulator
from bestsms.webhooks import Callback

Make = Callable[..., AsyncClient]
TOO_BIG = File(name="a.bin", data="A" * 20_000_000)


async def outcomes(run: Run) -> list[ChunkOutcome]:
    """Read a run to its end."""
    async with run:
        return [outcome async for outcome in run]


# -- the whole way ---------------------------------------------------------------------------------


async def test_a_list_is_sent_in_as_few_requests_as_fit(
    client: AsyncClient, provider: Any, numbers: list[str]
) -> None:
    """Awaited, it is sent to its end, and the totals say what became of it."""
    totals = await client.send_many(numbers, message="Hello", max_destinations=20)
    assert totals == Totals(read=50, accepted=50, chunks=3, requests=3)
    assert provider.phones == dict.fromkeys(numbers, 1)
    assert sorted(len(body["Destinations"]) for _, body in provider.sends) == [10, 20, 20]


async def test_each_request_has_its_outcome(client: AsyncClient, provider: Any) -> None:
    """As it comes, with a MessageID to follow it by, and each recipient's place in the source."""
    rows = [
        {"mobile": "+61421000001", "First Name": "Jess"},
        {"mobile": "+61421000002", "First Name": "Sam"},
        {"mobile": "+61 421 000 001", "First Name": "Jess"},
        {"mobile": "+61421000003", "First Name": None},
    ]
    (outcome,) = await outcomes(client.send_many(rows, message="Hi [[FirstName]]"))
    assert outcome.verdict is Verdict.ACCEPTED
    assert [(one.position, one.verdict) for one in outcome.recipients()] == [
        (0, Verdict.ACCEPTED),
        (1, Verdict.ACCEPTED),
        (2, Verdict.NOT_SENT),
        (3, Verdict.NOT_SENT),
    ]
    (body,) = [body for _, body in provider.sends]
    assert body["MessageID"] == outcome.message_id
    assert body["Destinations"] == [
        {"Recipient": "+61421000001", "FirstName": "Jess"},
        {"Recipient": "+61421000002", "FirstName": "Sam"},
    ]


async def test_the_rest_of_a_request_is_that_of_any_send(
    client: AsyncClient, provider: Any
) -> None:
    """What may be said of one message may be said of all of them."""
    await client.send_many(
        ["+61421000001"],
        message="Hello",
        reference="July",
        from_number="+61421000000",
        send_time="2030-01-01T09:00",
        time_zone="AUS Eastern",
        test=True,
    )
    await client.send(
        "Hello",
        to="+61421000001",
        reference="July",
        from_number="+61421000000",
        send_time="2030-01-01T09:00",
        time_zone="AUS Eastern",
        test=True,
    )
    (_, one), (_, other) = provider.sends
    assert {**one, "MessageID": ""} == {**other, "MessageID": ""}


@pytest.mark.parametrize(("wire_format", "version"), [("xml", "2.04"), ("json", "2.03")])
async def test_every_way_of_writing_it(make: Make, wire_format: str, version: str) -> None:
    """XML by the models that a plain send has, and 2.03, say the same to a strict provider."""
    emulator = Emulator()
    client = make(transport=emulator.transport(), wire_format=wire_format, version=version)
    rows = [{"to": f"+6142100000{index}", "FirstName": f"<{index}>"} for index in range(5)]
    totals = await client.send_many(rows, message="Hi [[FirstName]]", max_destinations=2)
    assert (totals.accepted, totals.requests) == (5, 3)
    phones = [phone for job in emulator.state()["jobs"] for phone in job["Recipients"]]
    assert sorted((phone["Destination"], phone["MessageText"]) for phone in phones) == [
        (f"+6142100000{index}", f"Hi <{index}>") for index in range(5)
    ]


async def test_one_request_each(client: AsyncClient, provider: Any, numbers: list[str]) -> None:
    """``separate=True`` gives each recipient a MessageID of its own."""
    run = client.send_many(numbers[:3], message="Hello", separate=True)
    assert len({outcome.message_id for outcome in await outcomes(run)}) == 3
    assert [len(body["Destinations"]) for _, body in provider.sends] == [1, 1, 1]


async def test_each_request_has_a_callback_of_its_own(make: Make, provider: Any) -> None:
    """As of any message of a client with a signed callback."""
    client = make(callback=Callback("https://example.com/hook", {"1": b"k" * 32}))
    await client.send_many(["+61421000001", "+61421000002"], message="Hello", separate=True)
    urls = [body["WebhookCallbackURL"] for _, body in provider.sends]
    assert len(set(urls)) == 2


async def test_a_guard_is_held_against_each_row(make: Make, provider: Any) -> None:
    """What it refuses is passed over, and what it lets through goes out in its form."""
    client = make(allowed_prefixes=("+614",))
    (outcome,) = await outcomes(
        client.send_many(["+61421000001", "+447400000001"], message="Hello")
    )
    assert [one.verdict for one in outcome.recipients()] == [Verdict.ACCEPTED, Verdict.NOT_SENT]
    assert provider.phones == {"+61421000001": 1}


async def test_rows_after_the_last_request_are_reported(client: AsyncClient) -> None:
    """In an outcome without one."""
    found = await outcomes(client.send_many(["+61421000001"] * 3, message="Hi", max_destinations=1))
    assert [(outcome.message_id, len(outcome)) for outcome in found[1:]] == [(None, 0), (None, 0)]
    assert [one.verdict for outcome in found for one in outcome.recipients()] == [
        Verdict.ACCEPTED,
        Verdict.NOT_SENT,
        Verdict.NOT_SENT,
    ]


async def test_the_accepted_ones_can_be_waited_for(client: AsyncClient, provider: Any) -> None:
    """An outcome is as good as its MessageID."""
    found = await outcomes(client.send_many(["+61421000001"], message="Hello"))
    provider.status = "Completed"
    reports = [report async for report in client.wait_many(found)]
    assert [report.message_id for report in reports] == provider.ids


# -- what is wrong with all of it ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"concurrency": 0}, "concurrency"),
        ({"concurrency": True}, "concurrency"),
        ({"requests_per_second": 0}, "requests_per_second"),
        ({"recipients_per_second": "fast"}, "recipients_per_second"),
        ({"max_bytes": 10}, "max_bytes"),
        ({"max_destinations": 0}, "max_destinations"),
        ({"message": ""}, "Message"),
        ({"reference": "x" * 81}, "Reference"),
        ({"message": "See [[File1]]"}, "Message"),
        ({"campaign": " "}, "campaign"),
        ({"resend_absent": 1}, "resend_absent"),
        ({"resend_absent": True, "campaign": "july"}, "resend_absent"),
        ({"report": "report.txt"}, "report"),
        ({"files": [TOO_BIG]}, "body"),
    ],
)
async def test_it_is_said_before_anything_is_read(
    client: AsyncClient, provider: Any, wrong: dict[str, Any], field: str
) -> None:
    """As of a single send, and before the first byte."""

    def never() -> Iterator[str]:
        raise AssertionError("it is not read")
        yield "+61421000001"

    with pytest.raises(InvalidRequest) as caught:
        await client.send_many(never(), **{"message": "Hello", **wrong})
    assert caught.value.field == field
    assert provider.sends == []


async def test_a_request_stays_below_the_limit(client: AsyncClient, provider: Any) -> None:
    """What files and text leave of 20 MB is what recipients have."""
    file = File(name="a.bin", data="A" * 19_900_000)
    rows = [{"to": f"+614210{index:05}", "Custom1": "x" * 200} for index in range(500)]
    given = {"max_destinations": 10_000, "max_bytes": 20_000_000, "files": [file]}
    totals = await client.send_many(rows, message="See [[File1]]", **given)
    assert (totals.accepted, totals.requests) == (500, 2)
    assert max(map(len, provider.bodies)) <= 20_000_000


async def test_a_text_too_large_is_one_refused_request(client: AsyncClient, provider: Any) -> None:
    """Its row is reported, and the others are sent."""
    rows = [
        {"to": "+61421000001", "message": "x" * 20_000_000},
        {"to": "+61421000002", "message": "Hello"},
    ]
    totals = await client.send_many(rows)
    assert (totals.accepted, totals.not_sent + totals.refused) == (1, 1)
    assert provider.phones == {"+61421000002": 1}


# -- no faster than both ends ----------------------------------------------------------------------


async def test_a_slow_reader_holds_the_source_back(client: AsyncClient, provider: Any) -> None:
    """What is not read is not sent, and not drawn from the source."""
    drawn = 0

    def source() -> Iterator[str]:
        nonlocal drawn
        for drawn in range(1, 1_001):
            yield f"+61421{drawn:06}"

    run = client.send_many(source(), message="Hello", max_destinations=10, concurrency=4)
    async with run:
        for read in range(20):
            await anyio.sleep(60)
            assert drawn <= 10 * (read + 4)
            await anext(run)
    assert len(provider.sends) <= 24


async def test_an_endless_source_is_fine(client: AsyncClient) -> None:
    """Async too."""

    async def source() -> AsyncIterator[str]:
        for index in itertools.count():
            yield f"+61421{index:06}"

    async with client.send_many(source(), message="Hello", max_destinations=10) as run:
        async for _ in run:
            if run.totals.accepted >= 200:
                break
    assert "accepted=2" in repr(run)


async def test_so_many_requests_at_once(make: Make, provider: Any, numbers: list[str]) -> None:
    """As many as ``concurrency`` says, and never more than the client has connections."""
    provider.seconds = 1.0
    await make().send_many(numbers, message="Hello", max_destinations=1, concurrency=5)
    assert provider.most == 5
    client, source = make(max_connections=3), iter(numbers)
    provider.always = "hang"
    with anyio.move_on_after(10):
        await client.send_many(source, message="Hello", max_destinations=1, concurrency=5)
    assert len(list(source)) == len(numbers) - 3


# -- ending early ----------------------------------------------------------------------------------


async def test_who_leaves_early_leaves_nothing_open(
    kept: Make, provider: Any, numbers: list[str]
) -> None:
    """No other request is begun; those under way end, are counted, and stand in the journal."""
    provider.seconds = 5.0
    client = kept()
    run = client.send_many(numbers, message="Hello", max_destinations=5, concurrency=2)
    async with run:
        await anext(run)
    assert run.totals.accepted == 5 * len(provider.sends) < 50
    assert run.totals.accepted + run.totals.not_sent == run.totals.read
    assert await client.recover() == []


async def test_an_error_of_the_reader_is_its_own(
    client: AsyncClient, provider: Any, numbers: list[str]
) -> None:
    """It leaves as it is, when what was under way has ended."""
    provider.seconds = 5.0
    run = client.send_many(numbers, message="Hello", max_destinations=5)

    async def read() -> None:
        async with run:
            await anext(run)
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        await read()
    assert run.totals.accepted == sum(provider.phones.values())


async def test_a_pause_does_not_keep_who_leaves(
    client: AsyncClient, provider: Any, numbers: list[str], time: Any
) -> None:
    """A request that waits for its turn is not begun any more, and is reported as not sent."""
    slow = {"max_destinations": 10, "requests_per_second": 0.001}
    async with client.send_many(numbers, message="Hello", **slow) as run:
        await anext(run)
    assert time.monotonic < 1_000
    assert run.totals.accepted == 10
    assert run.totals.not_sent == run.totals.read - 10


@pytest.mark.parametrize("stopped", [False, True])
async def test_a_source_that_waits_does_not_keep_who_leaves(
    client: AsyncClient, provider: Any, numbers: list[str], *, stopped: bool
) -> None:
    """Nor a run that is stopped."""

    async def source() -> AsyncIterator[str]:
        for number in numbers[:10]:
            yield number
        await anyio.sleep_forever()

    if stopped:
        provider.always = httpx.Response(401)
    async with client.send_many(source(), message="Hello", max_destinations=10) as run:
        assert len(await anext(run)) == 10
        if stopped:
            with pytest.raises(RunStopped):
                await anext(run)
    assert run.totals.read == 10


async def test_a_cancellation_breaks_requests_off(
    kept: Make, provider: Any, numbers: list[str]
) -> None:
    """As it does any send: what had left is UNKNOWN, and for ``recover()`` to settle."""
    provider.always = "hang"
    client = kept()
    with anyio.move_on_after(10) as scope:
        await client.send_many(numbers, message="Hello", max_destinations=10, concurrency=2)
    assert scope.cancelled_caught
    assert len(provider.sends) == 2
    for _, body in provider.sends:
        provider.accept(body)
    found = await client.recover()
    assert {each.message_id for each in found} == set(provider.ids)
    assert {each.verdict for each in found} == {Verdict.ACCEPTED}


async def test_asyncios_own_cancellation_does_so_too(
    client: AsyncClient, provider: Any, numbers: list[str], time: Any
) -> None:
    """At once, though it comes only once."""
    provider.always = "hang"
    run = client.send_many(numbers, message="Hello", max_destinations=10)

    async def send() -> None:
        await run

    task = asyncio.create_task(send())
    await anyio.sleep(10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic < 20


async def test_an_error_of_the_source_comes_last(
    client: AsyncClient, provider: Any, numbers: list[str]
) -> None:
    """After every outcome of what was sent before it."""

    def source() -> Iterator[str]:
        yield from numbers
        raise OSError(5, "the database is gone")

    provider.seconds = 1.0
    async with client.send_many(source(), message="Hello", max_destinations=10) as run:
        found = [await anext(run) for _ in range(5)]
        with pytest.raises(RunStopped, match="the database is gone") as caught:
            await anext(run)
    assert isinstance(caught.value.__cause__, OSError)
    assert caught.value.totals.accepted == 50
    assert sum(len(outcome) for outcome in found) == sum(provider.phones.values()) == 50


async def test_before_anything_is_sent_an_error_is_itself(
    client: AsyncClient, provider: Any
) -> None:
    """Nothing was done that it would have to tell of."""

    def source() -> Iterator[str]:
        raise KeyError("mine")
        yield "+61421000001"

    with pytest.raises(KeyError, match="mine"):
        await client.send_many(source(), message="Hello")
    assert provider.sends == []


async def test_a_line_that_can_not_be_read_says_what_was_sent_before(
    client: AsyncClient, provider: Any, tmp_path: Path
) -> None:
    """Not that nothing was; the place of it is in the text."""
    path = tmp_path / "late.csv"
    rows = b"".join(b"+614210%05d\n" % index for index in range(3000))
    path.write_bytes(b"mobile\n" + rows + b"+61421999999,Ren\xe9\n")
    with pytest.raises(RunStopped, match="line 3,002") as caught:
        await client.send_many(path, message="Hello", max_destinations=100)
    assert isinstance(caught.value.__cause__, InvalidRequest)
    assert "Nothing was sent" not in str(caught.value)
    assert caught.value.totals.accepted == len(provider.phones) > 1000


@pytest.mark.parametrize("where", ["source", "progress"])
async def test_an_exit_of_the_callers_code_is_the_callers(
    client: AsyncClient, provider: Any, numbers: list[str], where: str
) -> None:
    """It leaves where the run is read, when what was under way has ended."""

    def source() -> Iterator[str]:
        yield from numbers
        if where == "source":
            raise SystemExit(3)

    def hear(_: Totals) -> None:
        if where == "progress":
            raise SystemExit(3)

    provider.seconds = 1.0
    run = client.send_many(source(), message="Hello", max_destinations=10, on_progress=hear)
    with pytest.raises(SystemExit):
        await run
    assert run.totals.accepted == sum(provider.phones.values()) > 0


async def test_a_report_is_not_the_list(client: AsyncClient, provider: Any, tmp_path: Path) -> None:
    """Not under another name either: to write one begins by erasing what is there."""
    source = tmp_path / "report.csv"
    text = ",".join(RecipientOutcome._fields) + "\n0,+61421000001,,NOT_SENT,\n"
    source.write_text(text, encoding="utf-8")
    (tmp_path / "here").mkdir()
    other = tmp_path / "here" / ".." / "report.csv"
    for report in (source, str(other)):
        with pytest.raises(InvalidRequest, match="is the list itself"):
            await client.send_many(source, message="Hello", report=report)
    assert source.read_text(encoding="utf-8") == text
    assert (await client.send_many(source, message="Hello", report=tmp_path / "new.csv")).read == 1


async def test_a_run_is_begun_once(client: AsyncClient) -> None:
    """Another one is another call; and its outcomes are read inside of it."""
    run = client.send_many(["+61421000001"], message="Hello")
    with pytest.raises(RuntimeError, match="async with"):
        await anext(run)
    await run
    with pytest.raises(RuntimeError, match="once"):
        await run
    with pytest.raises(StopAsyncIteration):
        await anext(run)


# -- who is told -----------------------------------------------------------------------------------


async def test_progress_is_told_after_each_request(client: AsyncClient, numbers: list[str]) -> None:
    """To a function or a coroutine function, with totals that stay as they are."""
    heard: list[Totals] = []
    also: list[int] = []

    async def hear(totals: Totals) -> None:
        await anyio.sleep(60 / totals.accepted)
        also.append(totals.accepted)

    given = {"message": "Hello", "max_destinations": 10}
    await client.send_many(numbers, on_progress=heard.append, concurrency=1, **given)
    assert [totals.accepted for totals in heard] == [10, 20, 30, 40, 50]
    await client.send_many(numbers, on_progress=hear, **given)
    assert also == sorted(also)
    assert len(also) == 5


async def test_what_progress_raises_ends_the_run(
    client: AsyncClient, provider: Any, numbers: list[str]
) -> None:
    """And breaks off nothing that is under way."""

    def hear(totals: Totals) -> None:
        if totals.accepted:
            raise KeyError("mine")

    provider.seconds = 1.0
    run = client.send_many(
        numbers, message="Hello", max_destinations=5, concurrency=2, on_progress=hear
    )
    found: list[ChunkOutcome] = []

    async def read() -> None:
        async with run:
            async for outcome in run:
                found.append(outcome)  # noqa: PERF401 - they stay, if an error comes

    with pytest.raises(
        RunStopped, match="KeyError of the list, the report or on_progress"
    ) as caught:
        await read()
    assert isinstance(caught.value.__cause__, KeyError)
    assert "mine" not in str(caught.value)
    assert sum(map(len, found)) == sum(provider.phones.values()) == run.totals.accepted < 50


async def test_a_report_has_a_line_for_each_row(
    client: AsyncClient, numbers: list[str], tmp_path: Path
) -> None:
    """Also for what was passed over."""
    path = tmp_path / "report.jsonl"
    await client.send_many([*numbers, numbers[0]], message="Hello", report=path)
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert sorted(line["position"] for line in lines) == list(range(51))
