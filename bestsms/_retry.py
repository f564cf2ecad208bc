"""When a failed call is tried again, and after how long.

Only reads are repeated here: a send that failed is never posted again. The wait is exponential with
full jitter; a Retry-After is honoured up to two minutes, and a longer one is the caller's to plan.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

import anyio
import attrs

from bestsms._protocol import Operation, Safety
from bestsms.errors import (
    BestSMSError,
    InvalidResponse,
    NoAnswer,
    NotSent,
    RateLimited,
    ServerError,
)

__all__ = ["ATTEMPTS", "MAX_RETRY_AFTER", "Clock", "pause", "read_retry_after", "worth_retrying"]

ATTEMPTS: Final = 4
"""The most attempts of one call, the first included."""
FIRST_PAUSE: Final = 0.5
"""Seconds: the bound of the first pause; it doubles with each attempt."""
FIRST_REDIRECT: Final = 300
LONGEST_PAUSE: Final = 8.0
"""Seconds: where the doubling ends."""
MAX_RETRY_AFTER: Final = 120.0
"""Seconds: a Retry-After above this is reported, not slept."""

_SECONDS: Final = r"[0-9]{1,18}(\.[0-9]{1,9})?"


async def _sleep(seconds: float) -> None:
    # Named here, looked up there: anyio loads its event loop parts at the first touch.
    await anyio.sleep(seconds)


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Clock:
    """Time and chance, so that a test can hold both."""

    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], Awaitable[None]] = _sleep
    random: Callable[[], float] = random.random


def worth_retrying(operation: Operation[Any], error: BestSMSError, attempt: int) -> bool:
    """Say whether a call that failed so at this attempt (from 1) may be tried again."""
    if operation.safety is not Safety.SAFE or attempt >= ATTEMPTS:
        return False
    if isinstance(error, InvalidResponse):
        # A garbled answer may be chance once; twice, or a redirect, is how the server is.
        return attempt == 1 and error.status is not None and error.status < FIRST_REDIRECT
    return isinstance(error, NotSent | NoAnswer | ServerError | RateLimited)


def pause(attempt: int, retry_after: float | None, clock: Clock) -> float | None:
    """Return the seconds to wait before the next attempt; ``None`` if that is too long to sleep."""
    if retry_after is not None and retry_after > MAX_RETRY_AFTER:
        return None
    bound = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** (attempt - 1))
    return max(clock.random() * bound, retry_after or 0.0)


def read_retry_after(headers: Mapping[str, str], clock: Clock) -> float | None:
    """Read a Retry-After in seconds or as a date; anything else is ignored.

    A date is measured against the answer's own Date where it has one, so that a wrong clock on
    either side does not matter.
    """
    text = headers.get("retry-after", "").strip()
    if re.fullmatch(_SECONDS, text):
        return float(text)
    until = _date(text)
    if until is None:
        return None
    start = _date(headers.get("date", "")) or clock.now()
    return max(0.0, (until - start).total_seconds())


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found
