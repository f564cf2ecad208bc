"""One wait: when it looks, what ends it, and what it says meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import httpx
import pytest
from waits.provider import Course, Provider, Spell, captive_portal, dead, refused
from waits.virtual import VirtualTime

from bestsms import (
    AsyncClient,
    AuthenticationFailed,
    InvalidRequest,
    InvalidResponse,
    NotFound,
    Rejected,
    Report,
    WaitsFailed,
    WaitTimeout,
)
from bestsms.api import SendResult
from bestsms.sending import Sent
from bestsms.waiting.pace import MOST_LOOKS, TWO_DAYS

HOUR = 3600.0


async def test_a_wait_ends_with_the_final_report(client: AsyncClient, provider: Provider) -> None:
    """It looks at once, then ever less often, and returns the report that is final."""
    provider.courses["A1"] = Course(final_at=6.0)
    report = await client.wait("A1")
    assert (report.message_id, report.status) == ("A1", "Completed")
    pauses = [later - sooner for sooner, later in pairwise([0.0, *provider.looks["A1"]])]
    bounds = [0.0, 2.0, 3.0, 4.5]
    assert len(pauses) == len(bounds)
    assert all(bound * 0.94 <= pause <= bound for pause, bound in zip(pauses, bounds, strict=True))


@pytest.mark.parametrize("state", ["Completed", "Failed", "Error", "Deleted", "success"])
async def test_a_final_state_is_final_whatever_it_is(
    client: AsyncClient, provider: Provider, state: str
) -> None:
    """Failed and deleted messages end a wait as delivered ones do; that is the caller's to read."""
    provider.courses["A1"] = Course(final_at=0.0, last=state)
    assert (await client.wait("A1")).status == state
    assert provider.looks["A1"] == [0.0]


def recipients(*states: str, **page: object) -> Callable[[httpx.Request], httpx.Response]:
    """Answer with a state that no source names, and these states of the recipients."""
    body = {"Status": "Archived", "Recipients": [{"Status": each} for each in states], **page}
    return lambda _: httpx.Response(200, json=body)


@pytest.mark.parametrize(
    ("answer", "looks"),
    [
        (recipients("Success", "Failed"), 1),
        (recipients("Success", "Pending"), 3),
        (recipients(), 3),
        (recipients("Success", PageCount=2), 3),
    ],
    ids=["all finished", "one is not", "none named", "not all seen"],
)
async def test_a_state_that_no_source_names_is_final_if_every_recipient_is(
    client: AsyncClient,
    provider: Provider,
    answer: Callable[[httpx.Request], httpx.Response],
    looks: int,
) -> None:
    """Better to ask for too long than to end too soon."""
    provider.courses["A1"] = Course(final_at=4.0)
    provider.spells = [Spell(0.0, 4.0, answer)]
    await client.wait("A1")
    assert len(provider.looks["A1"]) == looks


async def test_what_send_returned_can_be_waited_for(
    client: AsyncClient, provider: Provider
) -> None:
    """Nobody has to take the id out of it."""
    provider.courses["A1"] = Course(final_at=0.0)
    sent = Sent(message_id="A1", answer=SendResult(message_id="A1"))
    assert (await client.wait(sent)).status == "Completed"


async def test_two_days_are_at_most_650_looks(
    client: AsyncClient, provider: Provider, time: VirtualTime
) -> None:
    """Then it is over, after one look more: the error holds the last report, and says so."""
    provider.courses["A1"] = Course()
    with pytest.raises(WaitTimeout, match="last seen Pending") as caught:
        await client.wait("A1")
    assert 590 <= len(provider.looks["A1"]) <= MOST_LOOKS
    assert provider.looks["A1"][-1] >= TWO_DAYS
    assert time.elapsed < TWO_DAYS + 2
    error = caught.value
    assert (error.message_id, error.confirmed) == ("A1", True)
    assert error.report.status == "Pending"
    assert isinstance(error, TimeoutError)


async def test_a_wait_that_can_not_ask_at_its_end_says_why(
    client: AsyncClient, provider: Provider, time: VirtualTime
) -> None:
    """It tries for an hour more, or for as long as the wait was to take, and then gives up."""
    provider.courses["A1"] = Course()
    provider.spells = [Spell(0.0, 1e9, dead)]
    with pytest.raises(WaitTimeout, match="never seen") as caught:
        await client.wait("A1", timeout=60.0)
    assert (caught.value.confirmed, caught.value.report) == (False, None)
    assert type(caught.value.__cause__).__name__ == "NoAnswer"
    assert 120.0 <= time.elapsed < 180.0
    with pytest.raises(WaitTimeout, match="asking after that failed"):
        await client.wait("A1")
    assert TWO_DAYS + HOUR <= time.elapsed - 120 < TWO_DAYS + HOUR + 400


@pytest.mark.parametrize("seconds", [0, 0.0, 1e-9, 0.5])
async def test_a_wait_of_no_time_looks_once(
    client: AsyncClient, provider: Provider, seconds: float
) -> None:
    """It asks now, and once more after the end of however short a time."""
    provider.courses["A1"] = Course(final_at=10.0)
    with pytest.raises(WaitTimeout):
        await client.wait("A1", timeout=seconds)
    assert len(provider.looks["A1"]) == (2 if seconds else 1)


@pytest.mark.parametrize("seconds", [None, -1, float("nan"), float("inf"), True, "60", 367 * 86400])
async def test_a_time_that_is_none_is_refused(client: AsyncClient, seconds: object) -> None:
    """Before anything is asked, and by name."""
    with pytest.raises(InvalidRequest, match="timeout"):
        client.wait("A1", timeout=seconds)  # type: ignore[arg-type]
    with pytest.raises(InvalidRequest, match="timeout"):
        client.wait_many(["A1"], timeout=seconds)  # type: ignore[arg-type]


@pytest.mark.parametrize("message", ["", "A" * 41, None, 7])
async def test_what_is_no_message_is_refused(client: AsyncClient, message: object) -> None:
    """Before anything is asked, and by name."""
    with pytest.raises(InvalidRequest, match="MessageID"):
        client.wait(message)  # type: ignore[arg-type]


async def test_an_id_that_no_message_can_have_ends_its_wait(
    client: AsyncClient, provider: Provider
) -> None:
    """What is refused before it leaves is refused again and again: it is said at once."""
    with pytest.raises(InvalidRequest, match="MessageID"):
        await client.wait("no such id")
    assert provider.moments == []


async def test_a_year_may_be_waited_for(client: AsyncClient, provider: Provider) -> None:
    """A message may be scheduled for far off; there are as many looks a day as in two days."""
    provider.courses["A1"] = Course(final_at=5 * 86400.0)
    assert (await client.wait("A1", timeout=366 * 86400)).status == "Completed"
    assert len(provider.looks["A1"]) < MOST_LOOKS * 2.5


# -- what ends a wait, and what does not -----------------------------------------------------------


@pytest.mark.parametrize("readable_at", [0.0, 60.0, 540.0])
async def test_a_message_may_be_unknown_at_first(
    client: AsyncClient, provider: Provider, readable_at: float
) -> None:
    """Right after it was accepted, not found means not yet (U3)."""
    provider.courses["A1"] = Course(final_at=1000.0, readable_at=readable_at)
    assert (await client.wait("A1")).status == "Completed"


async def test_a_message_that_stays_unknown_is_not_waited_for(
    client: AsyncClient, time: VirtualTime
) -> None:
    """After ten minutes the provider is believed."""
    with pytest.raises(NotFound) as caught:
        await client.wait("A1")
    assert caught.value.message_id == "A1"
    assert 600.0 <= time.elapsed < 900.0


async def test_a_known_message_may_be_lost_for_a_while(
    client: AsyncClient, provider: Provider, time: VirtualTime
) -> None:
    """Four refusals in a row may be a mishap; five are the provider's word."""
    provider.courses["A1"] = Course()
    provider.spells = [Spell(1.0, 14.0, refused(404)), Spell(1000.0, 1e9, refused(403))]
    with pytest.raises(Rejected):
        await client.wait("A1")
    assert len([each for each in provider.looks["A1"] if each < 14.0]) == 4
    assert len([each for each in provider.looks["A1"] if each >= 1000.0]) == 5
    assert time.elapsed > 1000.0


async def test_a_refusal_at_first_ends_a_wait(client: AsyncClient, provider: Provider) -> None:
    """Who may not ask is told at once."""
    provider.spells = [Spell(0.0, 1e9, refused(403))]
    with pytest.raises(Rejected):
        await client.wait("A1")
    assert provider.looks["A1"] == [0.0]


async def test_a_page_of_a_network_that_wants_a_login_ends_a_wait_only_at_first(
    client: AsyncClient, provider: Provider, time: VirtualTime
) -> None:
    """A wait that was answered before goes on; one that never was ends after ten minutes."""
    provider.courses["A1"] = Course(final_at=5 * HOUR)
    provider.spells = [Spell(60.0, 4 * HOUR, captive_portal)]
    assert (await client.wait("A1")).status == "Completed"
    provider.spells = [Spell(0.0, 1e9, captive_portal)]
    before = time.elapsed
    with pytest.raises(InvalidResponse):
        await client.wait("A1")
    assert 600.0 <= time.elapsed - before < 900.0


async def test_a_redirect_ends_a_wait_at_once(client: AsyncClient, provider: Provider) -> None:
    """It says how the server is set up, and that does not change by asking again."""
    provider.spells = [Spell(0.0, 1e9, refused(302, Location="https://elsewhere.example/"))]
    with pytest.raises(InvalidResponse, match="redirect"):
        await client.wait("A1")
    assert provider.looks["A1"] == [0.0]


async def test_a_refused_token_ends_every_wait(client: AsyncClient, provider: Provider) -> None:
    """One look says it for all: the others are told the same, each with its own id."""
    names = [f"A{number}" for number in range(20)]
    provider.courses.update({name: Course() for name in names})
    provider.spells = [Spell(500.0, 1e9, refused(401))]
    with pytest.raises(WaitsFailed, match=r"20 of 20 waits .* 20 AuthenticationFailed") as caught:
        assert [each async for each in client.wait_many(names)] == []
    failed = caught.value.errors
    assert {type(each) for each in failed} == {AuthenticationFailed}
    assert sorted(each.message_id for each in failed) == sorted(names)
    assert len([each for each in provider.moments if each >= 500.0]) < 5
    assert "as another wait of this client was told" in str(failed[-1])


# -- progress --------------------------------------------------------------------------------------


async def test_progress_is_told_once_for_each_state(
    client: AsyncClient, provider: Provider
) -> None:
    """The first state, each change, and the final one; a function or a coroutine function."""
    provider.courses["A1"] = Course(
        final_at=900.0, states=((0.0, "Delayed"), (60.0, "Pending"), (300.0, "Transmit"))
    )
    seen: list[str | None] = []
    heard: list[str | None] = []

    async def listen(report: Report) -> None:
        heard.append(report.status)

    await client.wait("A1", on_progress=lambda report: seen.append(report.status))
    provider.courses["A2"] = Course(final_at=0.0)
    await client.wait("A2", on_progress=listen)
    assert seen == ["Delayed", "Pending", "Transmit", "Completed"]
    assert heard == ["Completed"]


async def test_what_a_callback_raises_ends_the_wait(
    client: AsyncClient, provider: Provider
) -> None:
    """It comes out as it is; the others' waits go on."""
    provider.courses["A1"] = Course(final_at=900.0)

    def fail(_: Report) -> None:
        raise LookupError("of the caller's own")

    with pytest.raises(LookupError, match="own"):
        await client.wait("A1", on_progress=fail)
    assert (await client.wait("A1")).status == "Completed"


async def test_a_change_brings_the_next_looks_soon(client: AsyncClient, provider: Provider) -> None:
    """A message on the move is likely to move again: short pauses, after hours of long ones."""
    provider.courses["A1"] = Course(final_at=HOUR * 2, states=((0.0, "Delayed"), (HOUR, "Pending")))
    await client.wait("A1")
    first, second, *_ = [each for each in provider.looks["A1"] if each >= HOUR]
    assert second - first <= 2.0
