"""The recipients of a campaign: distinct numbers, each with two personal fields."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import chain

__all__ = ["MESSAGE", "PER_CALL", "Audience", "Rows"]

MESSAGE = "Hi [[FirstName]], your parcel [[Custom1]] comes today."
PER_CALL = 1_000
NAMES = ("Jess", "Sam", "Oliver", "Charlotte", "Zoë", "Priya", "Tom", "Alexandra")

Rows = list[dict[str, str]]


class Audience:
    """Rows that are made as they are asked for, a thousand at a time.

    Args:
        first: The number of the first.
        count: How many.

    Attributes:
        cpu: The CPU seconds that making them took so far: no client can spare them its caller.
    """

    def __init__(self, first: int, count: int) -> None:
        self._numbers = range(first, first + count)
        self.cpu = 0.0

    def __iter__(self) -> Iterator[dict[str, str]]:
        """Yield them one by one."""
        return chain.from_iterable(self.chunks())

    def chunks(self) -> Iterator[Rows]:
        """Yield them by the thousand, for a client that is given as many in one call."""
        for first in range(0, len(self._numbers), PER_CALL):
            began = time.thread_time()
            chunk = [
                {
                    "Recipient": f"+614{number:08d}",
                    "FirstName": NAMES[number % 8],
                    "Custom1": f"AU{number:09d}",
                }
                for number in self._numbers[first : first + PER_CALL]
            ]
            self.cpu += time.thread_time() - began
            yield chunk
