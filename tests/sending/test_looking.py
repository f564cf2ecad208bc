"""Looking up: an unclear send is asked for by its id, through the settle window."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from bestsms import AsyncClient, OutcomeUnknown, Report, SendResult, Sent, Verdict
from bestsms.sending.looking import Finding

NUMBER = "+61421000001"
WINDOW = [0.0, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0]


async def test_a_lost_answer_is_found_by_the_id(client: AsyncClient, provider: Any) -> None:
    """The send succeeds, and says how; it is posted once, and looked up at once."""
    provider.sends = ["lose"]
    sent = await client.send("Hello", to=NUMBER)
    assert sent == Sent(
        message_id=provider.ids[0],
        answer=SendResult(message_id=provider.ids[0]),
        reconciled=True,
    )
    assert provider.looks == [0.0]
    assert [each.error for each in sent.attempts] == ["ReadError"]


@pytest.mark.parametrize("late", [0.5, 3.0, 29.0, 59.9])
async def test_a_late_acceptance_is_found(client: AsyncClient, provider: Any, late: float) -> None:
    """A server may carry out what its client has given up; the look-ups go on until they see it."""
    provider.sends = [late]
    sent = await client.send("Hello", to=NUMBER)
    assert sent.reconciled
    assert provider.looks == [at for at in WINDOW if at < late] + [
        min(at for at in WINDOW if at >= late)
    ]
    assert len(provider.ids) == 1


async def test_not_found_through_the_window_is_unknown(client: AsyncClient, provider: Any) -> None:
    """Eight looks, the last at its end; the error says what they were told, and nothing resends."""
    provider.sends = ["drop"]
    with pytest.raises(OutcomeUnknown) as caught:
        await client.send("Hello", to=NUMBER)
    assert provider.looks == WINDOW
    assert len(provider.ids) == 1
    assert str(caught.value).endswith(
        "Looked up already: the provider does not know it (8 look-ups)."
    )


@pytest.mark.parametrize(
    ("window", "looks"), [(3, [0.0, 1.0, 2.0, 3.0]), (0.5, [0.0, 0.5]), (100, [*WINDOW[:-1], 100])]
)
async def test_the_window_is_a_setting(
    make: Callable[..., AsyncClient], provider: Any, window: float, looks: list[float]
) -> None:
    """Its last look is at its end, however long it is."""
    provider.sends = ["drop"]
    with pytest.raises(OutcomeUnknown):
        await make(settle_window=window).send("Hello", to=NUMBER)
    assert provider.looks == looks


@pytest.mark.parametrize(
    "answer",
    [
        "drop",
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json={"Result": "Success", "MessageID": "another", "Status": "x"}),
        httpx.Response(401),
        httpx.Response(429),
        httpx.Response(503, headers={"Retry-After": "5"}),
    ],
    ids=lambda answer: str(getattr(answer, "status_code", answer)),
)
async def test_a_look_up_that_fails_says_nothing(
    client: AsyncClient, provider: Any, answer: Any
) -> None:
    """It is neither "known" nor "not found": the next look decides, and each is one request."""
    provider.sends = ["lose"]
    provider.answers = [answer]
    assert (await client.send("Hello", to=NUMBER)).reconciled
    assert provider.looks[0] == 0.0
    assert len(provider.looks) == 2


async def test_look_ups_that_all_fail_are_not_an_absence(
    client: AsyncClient, provider: Any
) -> None:
    """A "not found" in between is not the last word either."""
    provider.sends = ["drop"]
    provider.answers = ["ok", *["drop"] * 7]
    with pytest.raises(OutcomeUnknown, match=r"gave no clear answer \(8 look-ups\)"):
        await client.send("Hello", to=NUMBER)
    assert len(provider.ids) == 1


async def test_a_look_up_that_hangs_does_not_eat_the_window(
    client: AsyncClient, provider: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each has a time of its own."""
    monkeypatch.setattr("bestsms.sending.looking.LOOK_SECONDS", 0.01)
    provider.sends = ["lose"]
    provider.answers = ["hang"]
    assert (await client.send("Hello", to=NUMBER)).reconciled
    assert provider.looks == [0.0, 1.0]


async def test_look_ups_end_with_the_deadline(
    make: Callable[..., AsyncClient], provider: Any, time: Any
) -> None:
    """A window that is longer is cut short, and the error says how often was asked."""
    provider.sends = ["drop"]
    with pytest.raises(OutcomeUnknown, match=r"does not know it \(5 look-ups\)"):
        await make(deadline=10).send("Hello", to=NUMBER)
    assert provider.looks == WINDOW[:5]
    assert time.at < 10


# -- an id that may have been used before ----------------------------------------------------------


@pytest.mark.parametrize("ahead", [0, 7200, -7200])
async def test_an_old_message_does_not_confirm_a_new_one(
    client: AsyncClient, provider: Any, ahead: int
) -> None:
    """Under an id of the caller's own; by the provider's clock, whatever ours says."""
    provider.ahead = timedelta(seconds=ahead)
    provider.known["id1"] = provider.now - timedelta(minutes=1)
    provider.sends = ["drop"]
    with pytest.raises(OutcomeUnknown, match="gave no clear answer"):
        await client.send("Hello", to=NUMBER, message_id="ID1")
    assert provider.looks == WINDOW


@pytest.mark.parametrize("ahead", [0, 7200, -7200])
async def test_a_new_message_confirms_itself(
    client: AsyncClient, provider: Any, ahead: int
) -> None:
    """However wrong a clock is, also after a first attempt that came to nothing."""
    provider.ahead = timedelta(seconds=ahead)
    provider.sends = ["refuse", 12.0]
    assert (await client.send("Hello", to=NUMBER, message_id="ID1")).reconciled
    assert provider.ids == ["ID1"]


async def test_a_report_without_a_time_confirms_no_id_of_the_callers(
    client: AsyncClient, provider: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody can say which message it is about. An id of ours can only be the one."""
    report = httpx.Response(200, json={"Status": "Pending", "MessageID": "id1"})
    provider.sends, provider.answers = ["drop"], [report] * 8
    with pytest.raises(OutcomeUnknown):
        await client.send("Hello", to=NUMBER, message_id="ID1")
    monkeypatch.setattr("bestsms.sending.posting.new_id", lambda: "ID2")
    report = httpx.Response(200, json={"Status": "Pending", "MessageID": "ID2"})
    provider.sends, provider.answers = ["drop"], [report]
    assert (await client.send("Hello", to=NUMBER)).reconciled


async def test_a_report_that_names_no_message_confirms_none(
    client: AsyncClient, provider: Any
) -> None:
    """It may be anything that happens to be JSON."""
    report = httpx.Response(200, json={"Result": "Success", "Status": "Delivered"})
    provider.sends, provider.answers = ["drop"], [report] * 8
    with pytest.raises(OutcomeUnknown, match=r"gave no clear answer \(8 look-ups\)"):
        await client.send("Hello", to=NUMBER)


async def test_without_a_date_header_our_own_clock_must_do(
    client: AsyncClient, provider: Any
) -> None:
    """An answer need not carry one."""

    def created(seconds: float) -> httpx.Response:
        at = provider.now + timedelta(seconds=seconds)
        known = {"MessageID": "ID1", "Status": "x", "CreatedTimeUTC_RFC3339": at.isoformat()}
        return httpx.Response(200, json=known)

    provider.sends, provider.answers = ["drop"], [created(-3600), created(0)]
    assert (await client.send("Hello", to=NUMBER, message_id="ID1")).reconciled
    assert provider.looks == [0.0, 1.0]


# -- later -----------------------------------------------------------------------------------------


async def test_an_error_can_be_reconciled_later(client: AsyncClient, provider: Any) -> None:
    """The message turns up after the window: the error's verdict is then ACCEPTED, for good."""
    provider.sends = [100.0]
    with pytest.raises(OutcomeUnknown) as caught:
        await client.send("Hello", to=NUMBER)
    error = caught.value
    assert await error.reconcile() is Verdict.ACCEPTED
    assert error.verdict is Verdict.ACCEPTED
    assert provider.looks == [*WINDOW, 60.0, 61.0, 62.0, 64.0, 68.0, 75.0, 90.0, 120.0]
    provider.answers = ["drop"] * 8
    assert await error.reconcile() is Verdict.ACCEPTED
    assert len(provider.ids) == 1


async def test_an_error_that_finds_nothing_stays_unknown(
    client: AsyncClient, provider: Any
) -> None:
    """``client.reconcile`` is the same in other words."""
    provider.sends = ["drop"]
    with pytest.raises(OutcomeUnknown) as caught:
        await client.send("Hello", to=NUMBER, message_id="ID1")
    assert await client.reconcile(caught.value) is Verdict.UNKNOWN
    assert len(provider.looks) == 16


async def test_an_error_that_travels_says_the_same(client: AsyncClient, provider: Any) -> None:
    """To another process, as a task queue does it; the way back to the client stays here."""
    provider.sends = ["drop"]
    with pytest.raises(OutcomeUnknown) as caught:
        await client.send("Hello", to=NUMBER, message_id="ID1")
    error, there = caught.value, pickle.loads(pickle.dumps(caught.value))
    assert type(there) is OutcomeUnknown
    assert str(there) == str(error)
    assert (there.message_id, there.verdict) == ("ID1", Verdict.UNKNOWN)
    assert (there.attempts, there.body_sha256) == (error.attempts, error.body_sha256)
    assert await there.reconcile() is Verdict.UNKNOWN
    assert len(provider.looks) == 8


def test_a_finding_says_what_was_found() -> None:
    """In the words of the error, where there is one."""
    assert str(Finding(report=Report(), looks=1)) == "the provider knows the message"
