"""What is to be asked when: a heap, in which whoever is put anew leaves the old place behind."""

from __future__ import annotations

import heapq
from itertools import count

from bestsms.waiting.asking import Ask

__all__ = ["Schedule"]


class Schedule:
    """Asks in the order in which they are due; those of one moment in the order they came."""

    __slots__ = ("_heap", "_numbers")

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Ask]] = []
        self._numbers = count(1)

    def __len__(self) -> int:
        return len(self._heap)

    def put(self, ask: Ask, due: float) -> None:
        """Put an ask where it belongs; wherever else it stood, it stands no more."""
        ask.due, ask.entry = due, next(self._numbers)
        heapq.heappush(self._heap, (due, ask.entry, ask))

    def first(self) -> tuple[float, Ask] | None:
        """Return when something is due next, and what."""
        while self._heap:
            due, number, ask = self._heap[0]
            if ask.entry == number:
                return due, ask
            heapq.heappop(self._heap)
        return None

    def take(self) -> Ask:
        """Take out what :meth:`first` returned."""
        ask = heapq.heappop(self._heap)[2]
        ask.entry = 0
        return ask

    def take_all(self) -> list[Ask]:
        """Take out everything."""
        everything = [ask for _, number, ask in sorted(self._heap) if ask.entry == number]
        self._heap.clear()
        for ask in everything:
            ask.entry = 0
        return everything

    def hasten(self, now: float) -> None:
        """Make everything due, in the order in which it would have been."""
        self._heap = [
            (min(due, now), number, ask) for due, number, ask in self._heap if ask.entry == number
        ]
        heapq.heapify(self._heap)
