"""The rate of looks: never more than so many in a time, and as soon as that allows."""

from __future__ import annotations

import math
from collections import deque

__all__ = ["Turns"]


class Turns:
    """Says when the next look may begin.

    A rate of 100 a second is kept in each second, not between each two looks: what was held up for
    a moment is made up for in the next. A rate of one a second, or less, is even.

    Args:
        rate: The most looks a second.
        now: The time.
    """

    __slots__ = ("_apart", "_not_before", "_taken", "_window")

    def __init__(self, rate: float, now: float) -> None:
        most = max(1, math.floor(rate))
        self._apart = 1 / rate
        self._window = most * self._apart
        self._taken: deque[float] = deque(maxlen=most)
        self._not_before = now

    def next_at(self) -> float:
        """Return when the next one may be taken."""
        if len(self._taken) < (self._taken.maxlen or 0):
            return self._not_before
        return max(self._not_before, self._taken[0] + self._window)

    def take(self, now: float) -> None:
        """Take one."""
        self._taken.append(now)

    def skip(self, turns: int) -> None:
        """Let so many pass: a look of many pages has taken them."""
        self._not_before = self.next_at() + turns * self._apart

    def pause(self, until: float) -> None:
        """Take none until then."""
        self._not_before = max(self._not_before, until)
