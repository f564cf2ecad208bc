"""How often one thing is asked for: soon at first, then ever less often, and never too often.

2 s, then half as long again each time, up to 5 minutes, with jitter. That is about 600 questions
over 48 hours. News, and a machine that was asleep, begin it anew, as long as 650 are not passed.
"""

from __future__ import annotations

from typing import Final

__all__ = ["LONGEST", "MOST_LOOKS", "TWO_DAYS", "Pace"]

FIRST: Final = 2.0
FACTOR: Final = 1.5
LONGEST: Final = 300.0
JITTER: Final = 0.05
"""The share of a pause that chance takes off: enough that processes drift apart."""
TWO_DAYS: Final = 48 * 3600.0
MOST_LOOKS: Final = 650
"""The most looks in 48 hours; in a longer time, as many more."""

_STEPS: Final = 13
"""How many pauses are shorter than the longest."""
_USUAL: Final = LONGEST * (1 - JITTER / 2)
"""Seconds of a long pause; over hundreds of them chance evens out."""
_LAST_LOOKS: Final = 27
"""What is kept for the end, where a last look may fail and is made again for an hour."""


class Pace:
    """The pauses between the looks of one wait.

    Args:
        timeout: Seconds that the wait may take in all.
    """

    __slots__ = ("_left", "_step")

    def __init__(self, timeout: float) -> None:
        self._step = 0
        self._left = MOST_LOOKS * max(1.0, timeout / TWO_DAYS)

    def next(self, chance: float) -> float:
        """Count a look, and return the seconds until the next.

        Args:
            chance: A number from 0 up to 1.
        """
        # Beyond, the power would grow without end.
        bound = min(LONGEST, FIRST * FACTOR ** min(self._step, _STEPS))
        self._step += 1
        self._left -= 1
        return bound * (1 - JITTER * chance)

    def restart(self, left: float) -> None:
        """Begin with short pauses again, if the looks that are left allow it.

        Args:
            left: Seconds that are left of the wait.
        """
        needed = _STEPS + max(left, 0.0) / _USUAL + _LAST_LOOKS
        if self._left >= needed:
            self._step = 0

    def hurry(self) -> None:
        """Begin with short pauses again, whatever is left: for the last look of a wait."""
        self._step = 0
