"""How fast a run goes: so many requests at once, so many in a second, fewer where it is too much.

At once: additive increase, multiplicative decrease, as TCP does it (RFC 5681). A 429 halves the
number, and those that were under way then do not halve it again; as many successes as requests may
be under way add one. In a second: the generic cell rate algorithm (ITU-T I.371), which needs one
number and no timer.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

import anyio

from bestsms._evidence import Attempt
from bestsms._retry import Clock

__all__ = ["Pace", "Rate"]

TOO_MANY: Final = frozenset({425, 429})
"""The HTTP statuses that say so."""


class Rate:
    """Says how long to wait, so that no more than so many pass in a second.

    What takes many at once waits for nothing, and whatever comes next waits for it.

    Args:
        per_second: How many; ``None`` for any number.
    """

    __slots__ = ("_apart", "_next_at")

    def __init__(self, per_second: float | None) -> None:
        self._apart = 0.0 if per_second is None else 1.0 / per_second
        self._next_at = float("-inf")

    def take(self, number: int, now: float) -> float:
        """Take so many and return when, in seconds of the clock that ``now`` is read from."""
        at = max(self._next_at, now)
        self._next_at = at + number * self._apart
        return at


class Pace:
    """The pace of one run.

    Args:
        clock: Tells the time.
        concurrency: The most requests at once.
        requests_per_second: The most requests a second; ``None`` for any number.
        recipients_per_second: The most recipients a second; ``None`` for any number.
    """

    def __init__(
        self,
        clock: Clock,
        concurrency: int,
        requests_per_second: float | None,
        recipients_per_second: float | None,
    ) -> None:
        self._clock = clock
        self._most = concurrency
        self._slots = anyio.CapacityLimiter(concurrency)
        self._successes = 0
        self._cuts = 0
        self._requests = Rate(requests_per_second)
        self._recipients = Rate(recipients_per_second)

    @property
    def concurrency(self) -> int:
        """How many requests may be under way now."""
        return int(self._slots.total_tokens)

    @asynccontextmanager
    async def slot(self) -> AsyncGenerator[int, None]:
        """Wait for one of the places at once; it is known by how often their number was halved."""
        async with self._slots:
            yield self._cuts

    def delay(self, recipients: int) -> float:
        """Return the seconds until a request to so many may begin, which counts from then on."""
        now = self._clock.monotonic()
        return max(self._requests.take(1, now), self._recipients.take(recipients, now)) - now

    def learn(self, attempts: tuple[Attempt, ...], slot: int) -> None:
        """Take in how a request went that was in a place."""
        if any(attempt.status in TOO_MANY for attempt in attempts):
            if slot == self._cuts:
                self._cuts += 1
                self._successes = 0
                self._slots.total_tokens = max(1, self.concurrency // 2)
            return
        self._successes += 1
        if self._successes >= self.concurrency:
            self._successes = 0
            self._slots.total_tokens = min(self._most, self.concurrency + 1)
