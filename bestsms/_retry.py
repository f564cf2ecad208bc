"""When a failed call is tried again, and after how long: the matrix of FAULTS 2.4.

What provably never left, and what was refused before processing, may be repeated whatever the call
is; anything else only where a repetition does no harm. An unclear send is never posted again. The
wait is exponential with full jitter; a Retry-After is honoured up to two minutes, and a longer one
is the caller's to plan.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final, NamedTuple

import anyio
import attrs

from bestsms._answers import MESSAGE_ID_PATH
from bestsms._evidence import Obstacle
from bestsms._protocol import Safety
from bestsms.errors import (
    BestSMSError,
    DeadlineExceeded,
    InvalidResponse,
    NoAnswer,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Redirected,
    ResponseTooLarge,
    ServerError,
)

__all__ = [
    "ATTEMPTS",
    "MAX_RETRY_AFTER",
    "Clock",
    "Deadline",
    "Quota",
    "http_date",
    "pause",
    "read_retry_after",
    "worth_retrying",
]

ATTEMPTS: Final = 4
"""The most attempts of one call, the first included."""
FIRST_PAUSE: Final = 0.5
"""Seconds: the bound of the first pause; it doubles with each attempt."""
FIRST_PAUSE_WHEN_LIMITED: Final = 1.0
LONGEST_PAUSE: Final = 8.0
"""Seconds: where the doubling ends."""
MAX_RETRY_AFTER: Final = 120.0
"""Seconds: a Retry-After above this is reported, not slept."""

_SECONDS: Final = r"[0-9]{1,18}(\.[0-9]{1,9})?"
_HOPELESS: Final = frozenset({Obstacle.CERTIFICATE, Obstacle.CLOSED, Obstacle.INVALID})


async def _sleep(seconds: float) -> None:
    # Named here, looked up there: anyio loads its event loop parts at the first touch.
    await anyio.sleep(seconds)


def _elapsed() -> float:
    # Linux's monotonic clock stands still while the machine sleeps, and so does Python's on macOS,
    # where this one of the system's does not. Where neither is there, the monotonic one runs on.
    running_on = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))
    return time.monotonic() if running_on is None else time.clock_gettime(running_on)


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Clock:
    """Time and chance, so that a test can hold both.

    Attributes:
        monotonic: Seconds of a clock that nobody sets; it may stand still while the machine sleeps.
        elapsed: The same, of one that runs on.
        now: The time of day, in UTC; others may set it.
        sleep: Lets seconds pass, of the monotonic clock.
        random: A number from 0 up to 1.
    """

    monotonic: Callable[[], float] = time.monotonic
    elapsed: Callable[[], float] = _elapsed
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], Awaitable[None]] = _sleep
    random: Callable[[], float] = random.random


class Deadline(NamedTuple):
    """When the time for a call is over: by the monotonic clock, or by the wall clock before it.

    The monotonic clock stands still while a machine sleeps, and others may have settled the call by
    the wall clock meanwhile.

    Attributes:
        ends: In seconds of the monotonic clock.
        ends_at: In seconds since 1970.
    """

    ends: float
    ends_at: float

    @classmethod
    def at(cls, ends: float, clock: Clock) -> Deadline:
        """Make one of a moment on the monotonic clock."""
        return cls(ends, clock.now().timestamp() + ends - clock.monotonic())

    def left(self, clock: Clock) -> float:
        """Return the seconds that are left; below zero when it is over."""
        return min(self.ends - clock.monotonic(), self.ends_at - clock.now().timestamp())


class Quota:
    """What all calls of a client together may spend on retries, so that a storm ends by itself.

    A retry costs 5 of 500 tokens, 10 after a timeout; a call that succeeds gives back what it
    spent, and one that succeeds at once puts one back.
    """

    FULL: Final = 500
    RETRY: Final = 5
    AFTER_TIMEOUT: Final = 10

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = self.FULL

    def spend(self, *, timed_out: bool) -> int:
        """Take the price of a retry and return it; 0 if it can't be paid."""
        price = self.AFTER_TIMEOUT if timed_out else self.RETRY
        if price > self.left:
            return 0
        self.left -= price
        return price

    def refund(self, spent: int) -> None:
        """Put back what a call spent that succeeded."""
        self.left = min(self.FULL, self.left + max(spent, 1))


def worth_retrying(safety: Safety, error: BestSMSError, attempt: int) -> bool:
    """Say whether a call that failed so at this attempt (from 1) may be made again."""
    if attempt >= ATTEMPTS or isinstance(error, DeadlineExceeded):
        return False
    if isinstance(error, NotSent):
        return error.obstacle not in _HOPELESS
    if isinstance(error, RateLimited):
        return True
    if safety is Safety.UNSAFE:
        return False
    if isinstance(error, InvalidResponse):
        return _may_be_chance(safety, error, attempt)
    return isinstance(error, NoAnswer | OutcomeUnknown | ServerError)


def _may_be_chance(safety: Safety, error: InvalidResponse, attempt: int) -> bool:
    if isinstance(error, Redirected | ResponseTooLarge) or error.path == MESSAGE_ID_PATH:
        return False
    # A garbled answer may be chance once; twice, or a web page twice, is how the server is. Of a
    # change one asks on: whether it was made is worth more than the time.
    garbled_change = (
        safety is Safety.IDEMPOTENT and "html" not in (error.content_type or "").lower()
    )
    return attempt == 1 or garbled_change


def pause(error: BestSMSError, attempt: int, clock: Clock) -> float | None:
    """Return the seconds to wait before the next attempt; ``None`` if that is too long to sleep."""
    asked = error.retry_after
    if asked is not None and asked > MAX_RETRY_AFTER:
        return None
    first = FIRST_PAUSE_WHEN_LIMITED if isinstance(error, RateLimited) else FIRST_PAUSE
    bound = min(LONGEST_PAUSE, first * 2.0 ** (attempt - 1))
    return max(clock.random() * bound, asked or 0.0)


def read_retry_after(headers: Mapping[str, str], clock: Clock) -> float | None:
    """Read a Retry-After in seconds or as a date; anything else is ignored.

    A date is measured against the answer's own Date where it has one, so that a wrong clock on
    either side does not matter.
    """
    text = headers.get("retry-after", "").strip()
    if re.fullmatch(_SECONDS, text):
        return float(text)
    until = http_date(text)
    if until is None:
        return None
    start = http_date(headers.get("date", "")) or clock.now()
    return max(0.0, (until - start).total_seconds())


def http_date(text: str) -> datetime | None:
    """Read a date as HTTP headers write it; anything else is ``None``."""
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found
