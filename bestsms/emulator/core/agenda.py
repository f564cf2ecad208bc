"""What is to happen later in emulated time, in order."""

from __future__ import annotations

import heapq
from datetime import datetime
from itertools import count
from typing import Generic, TypeVar

_T = TypeVar("_T")


class Agenda(Generic[_T]):
    """A queue by due time; items of the same moment come out in the order they went in."""

    def __init__(self) -> None:
        self._items: list[tuple[datetime, int, _T]] = []
        self._order = count()

    def __len__(self) -> int:
        return len(self._items)

    def at(self, when: datetime, item: _T) -> None:
        """Put an item down for a moment."""
        heapq.heappush(self._items, (when, next(self._order), item))

    def pop_due(self, now: datetime, *, last: bool = False) -> tuple[datetime, _T] | None:
        """Take one item that is due, with its due time; None when there is none.

        Args:
            now: What counts as due.
            last: Take the latest of the due ones, not the earliest. Slow; for disorder only.
        """
        if not self._items or self._items[0][0] > now:
            return None
        if last:
            chosen = max(entry for entry in self._items if entry[0] <= now)
            self._items.remove(chosen)
            heapq.heapify(self._items)
            return chosen[0], chosen[2]
        when, _, item = heapq.heappop(self._items)
        return when, item
