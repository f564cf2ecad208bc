"""What is tried again, after how long, and how a Retry-After is read: the rules, without I/O."""

from __future__ import annotations

import asyncio
import math
from datetime import UTC, datetime

import pytest
from hypothesis import example, given, strategies as st

from bestsms import (
    AuthenticationFailed,
    BestSMSError,
    InvalidRequest,
    InvalidResponse,
    NoAnswer,
    NoAnswerInTime,
    NotFound,
    NotSent,
    NotSentInTime,
    Obstacle,
    OutcomeUnknown,
    RateLimited,
    Redirected,
    Rejected,
    ResponseTooLarge,
    ServerError,
    UnknownAtDeadline,
)
from bestsms._protocol import Safety
from bestsms._retry import ATTEMPTS, Clock, pause, read_retry_after, worth_retrying

NOW = datetime(2025, 6, 3, 21, 0, tzinfo=UTC)
CLOCK = Clock(now=lambda: NOW, random=lambda: 1.0)
EVERY_KIND = list(Safety)
REPEATABLE = [Safety.SAFE, Safety.IDEMPOTENT]


def obstructed(obstacle: Obstacle) -> NotSent:
    """A NotSent with what stood in the way."""
    error = NotSent("x")
    error.obstacle = obstacle
    return error


def asking(seconds: float, error: BestSMSError | None = None) -> BestSMSError:
    """An error that came with a Retry-After."""
    error = error or RateLimited("x", status=429)
    error.retry_after = seconds
    return error


HARMLESS: list[BestSMSError] = [
    NotSent("x"),
    obstructed(Obstacle.DNS),
    obstructed(Obstacle.TLS),
    RateLimited("x", status=429),
]
UNCLEAR: list[BestSMSError] = [
    NoAnswer("x"),
    OutcomeUnknown("x"),
    ServerError("x", status=503),
]
FINAL: list[BestSMSError] = [
    Rejected("x", status=400),
    NotFound("x", status=404),
    AuthenticationFailed("x", status=401),
    InvalidRequest("x", "y"),
    obstructed(Obstacle.CERTIFICATE),
    obstructed(Obstacle.CLOSED),
    NotSentInTime("x"),
    NoAnswerInTime("x"),
    UnknownAtDeadline("x"),
    Redirected("x", status=307),
    ResponseTooLarge("x", status=200),
    InvalidResponse("x", status=200, path="$.MessageID"),
]


def named(error: BestSMSError) -> str:
    """A name for a case."""
    return f"{type(error).__name__} {getattr(error, 'obstacle', '')}"


@pytest.mark.parametrize("safety", EVERY_KIND)
@pytest.mark.parametrize("error", HARMLESS, ids=named)
def test_what_never_left_or_was_not_looked_at_is_tried_up_to_four_times(error, safety) -> None:
    """Also a send: there is no first one that a second could double."""
    tried = [worth_retrying(safety, error, attempt) for attempt in range(1, 6)]
    assert tried == [True, True, True, False, False]
    assert ATTEMPTS == 4


@pytest.mark.parametrize("error", UNCLEAR, ids=named)
def test_what_is_unclear_is_tried_again_where_twice_is_once(error: BestSMSError) -> None:
    """A read changes nothing, a change to a fixed state is the same twice; a send is two."""
    for safety in REPEATABLE:
        tried = [worth_retrying(safety, error, attempt) for attempt in range(1, 6)]
        assert tried == [True, True, True, False, False]
    assert not worth_retrying(Safety.UNSAFE, error, 1)


@pytest.mark.parametrize("safety", EVERY_KIND)
@pytest.mark.parametrize("error", FINAL, ids=named)
def test_a_no_stays_a_no(error: BestSMSError, safety: Safety) -> None:
    """Asking again does not change an answer, a certificate, a closed client or the time."""
    assert not worth_retrying(safety, error, 1)


@pytest.mark.parametrize(
    ("content_type", "reads", "changes"),
    [(None, 1, 3), ("application/json", 1, 3), ("text/HTML; charset=utf-8", 1, 1)],
)
def test_a_garbled_answer_is_chance_once(content_type, reads: int, changes: int) -> None:
    """Twice, it is how the server is. Of a change one asks on, unless a web page stands between."""
    error = InvalidResponse("x", status=200, path="$.Status")
    error.content_type = content_type

    def tries(safety: Safety) -> int:
        return sum(worth_retrying(safety, error, attempt) for attempt in range(1, 6))

    assert (tries(Safety.SAFE), tries(Safety.IDEMPOTENT)) == (reads, changes)
    assert tries(Safety.UNSAFE) == 0


def test_the_pause_doubles_up_to_eight_seconds() -> None:
    """Full jitter: anything from nothing to the bound. Who is limited starts at one second."""
    plain, limited = NoAnswer("x"), RateLimited("x", status=429)
    assert [pause(plain, attempt, CLOCK) for attempt in range(1, 8)] == [0.5, 1, 2, 4, 8, 8, 8]
    assert [pause(limited, attempt, CLOCK) for attempt in range(1, 6)] == [1, 2, 4, 8, 8]
    assert pause(plain, 3, Clock(random=lambda: 0.0)) == 0.0
    assert pause(plain, 3, Clock(random=lambda: 0.25)) == 0.5


@pytest.mark.parametrize("error", [RateLimited("x", status=429), ServerError("x", status=503)])
def test_a_retry_after_is_waited_for(error: BestSMSError) -> None:
    """At least as long as asked, up to two minutes; longer is the caller's to plan."""
    assert pause(asking(3.0, error), 1, CLOCK) == 3.0
    assert pause(asking(3.0, error), 5, CLOCK) == 8.0
    assert pause(asking(120.0, error), 1, CLOCK) == 120.0
    assert pause(asking(120.5, error), 1, CLOCK) is None


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
