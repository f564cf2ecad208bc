"""What is tried again, after how long, and how a Retry-After is read."""

from __future__ import annotations

import asyncio
import math
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given, strategies as st

from bestsms import (
    BestSMSError,
    InvalidResponse,
    NoAnswer,
    NotFound,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    ServerError,
)
from bestsms._protocol import Operation, Safety
from bestsms._retry import ATTEMPTS, Clock, pause, read_retry_after, worth_retrying
from bestsms._wire.model import Answer

NOW = datetime(2025, 6, 3, 21, 0, tzinfo=UTC)
CLOCK = Clock(now=lambda: NOW, random=lambda: 1.0)
TRANSIENT: list[BestSMSError] = [
    NotSent("x"),
    NoAnswer("x"),
    ServerError("x", status=503),
    RateLimited("x", status=429),
]
FINAL: list[BestSMSError] = [
    Rejected("x", status=400),
    NotFound("x", status=404),
    OutcomeUnknown("x"),
]


def call(safety: Safety) -> Operation[Any]:
    """A call of a kind."""
    return Operation(name="a.b", method="GET", path="/", safety=safety, answer=Answer)


@pytest.mark.parametrize("error", TRANSIENT, ids=lambda error: type(error).__name__)
def test_a_read_is_tried_again_up_to_four_times(error: BestSMSError) -> None:
    """It changes nothing, and what failed it may pass."""
    tried = [worth_retrying(call(Safety.SAFE), error, attempt) for attempt in range(1, 6)]
    assert tried == [True, True, True, False, False]
    assert ATTEMPTS == 4


@pytest.mark.parametrize("error", FINAL, ids=lambda error: type(error).__name__)
def test_a_no_stays_a_no(error: BestSMSError) -> None:
    """Asking again does not change an answer."""
    assert not worth_retrying(call(Safety.SAFE), error, 1)


def test_a_garbled_answer_is_chance_once() -> None:
    """Twice, it is how the server is; and so is a redirect, or an answer of no status."""
    error = InvalidResponse("x", status=200)
    assert worth_retrying(call(Safety.SAFE), error, 1)
    assert not worth_retrying(call(Safety.SAFE), error, 2)
    assert not worth_retrying(call(Safety.SAFE), InvalidResponse("x", status=307), 1)
    assert not worth_retrying(call(Safety.SAFE), InvalidResponse("x"), 1)


@pytest.mark.parametrize("safety", [Safety.UNSAFE, Safety.IDEMPOTENT])
@pytest.mark.parametrize(
    "error", [*TRANSIENT, *FINAL, InvalidResponse("x")], ids=lambda error: type(error).__name__
)
def test_what_changes_something_is_never_repeated(safety: Safety, error: BestSMSError) -> None:
    """A send that failed is not posted again, whatever the error says."""
    assert not worth_retrying(call(safety), error, 1)


def test_the_pause_doubles_up_to_eight_seconds() -> None:
    """Full jitter: anything from nothing to the bound."""
    assert [pause(attempt, None, CLOCK) for attempt in range(1, 8)] == [0.5, 1, 2, 4, 8, 8, 8]
    assert pause(3, None, Clock(random=lambda: 0.0)) == 0.0
    assert pause(3, None, Clock(random=lambda: 0.25)) == 0.5


def test_a_retry_after_is_waited_for() -> None:
    """At least as long as asked, up to two minutes; longer is the caller's to plan."""
    assert pause(1, 3.0, CLOCK) == 3.0
    assert pause(5, 3.0, CLOCK) == 8.0
    assert pause(1, 120.0, CLOCK) == 120.0
    assert pause(1, 120.5, CLOCK) is None


async def test_the_real_clock_is_aware_and_lets_others_run() -> None:
    """A naive now could not be compared with a header's date, and a pause must not block."""
    clock = Clock()
    ran: list[str] = []
    asyncio.get_running_loop().call_soon(ran.append, "meanwhile")
    await clock.sleep(0)
    assert ran == ["meanwhile"]
    assert clock.now().tzinfo is UTC
    assert clock.monotonic() <= clock.monotonic()
    assert 0 <= clock.random() < 1


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": " 17 "}, 17.0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "Tue, 03 Jun 2025 21:00:30 GMT"}, 30.0),
        ({"retry-after": "Tue, 03 Jun 2025 20:00:00 GMT"}, 0.0),  # in the past
        ({"retry-after": "Tue, 03 Jun 2025 21:00:30 -0000"}, 30.0),  # a date without a zone
        # The server's clock is ten minutes behind ours, and its own Date says so.
        (
            {
                "retry-after": "Tue, 03 Jun 2025 20:50:30 GMT",
                "date": "Tue, 03 Jun 2025 20:50:00 GMT",
            },
            30.0,
        ),
        ({"retry-after": "Tue, 03 Jun 2025 21:00:30 GMT", "date": "yesterday"}, 30.0),
        ({}, None),
        *(
            ({"retry-after": garbage}, None)
            for garbage in ("", "-1", "NaN", "inf", "1e9", "9" * 400, "soon", "1,5", "0x10")
        ),
        ({"retry-after": "Tue, 03 Jun 99999 21:00:30 GMT"}, None),
        ({"retry-after": "Tue, 03 Jun 2025 21:00:30 +99999999999"}, None),
    ],
)
def test_a_retry_after_is_seconds_or_a_date(headers: dict[str, str], seconds: float | None) -> None:
    """Measured against the answer's own Date; garbage is ignored."""
    assert read_retry_after(headers, CLOCK) == seconds


HEADER = st.text(max_size=30) | st.lists(
    st.sampled_from([*"0123456789:+-,. ", "Tue", "Jun", "2025", "21:00:30", "GMT", "EST"]),
    max_size=12,
).map("".join)


@given(after=HEADER, date=HEADER)
@example(after="Mon, 01 Jan 0001 00:00:00 +2359", date="Fri, 31 Dec 9999 23:59:59 -2359")
def test_no_header_breaks_the_reading(after: str, date: str) -> None:
    """Any text is a finite wait or none."""
    seconds = read_retry_after({"retry-after": after, "date": date}, CLOCK)
    assert seconds is None or (seconds >= 0 and math.isfinite(seconds))
