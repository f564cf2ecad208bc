"""What a webhook may be about, and who wants to know."""

from __future__ import annotations

from collections.abc import Iterable

from bestsms.waiting.asking import Ask

__all__ = ["Topics"]


class Topics:
    """The asks of a queue, by what they ask for."""

    __slots__ = ("_asks",)

    def __init__(self) -> None:
        # Nearly always one, and a hundred thousand of them: a tuple is the smallest that holds it.
        self._asks: dict[str, tuple[Ask, ...]] = {}

    def __len__(self) -> int:
        return len(self._asks)

    def add(self, ask: Ask) -> None:
        """Take one in."""
        self._asks[ask.topic] = (*self._asks.get(ask.topic, ()), ask)

    def forget(self, ask: Ask) -> None:
        """Leave one out, if it is in."""
        left = tuple(each for each in self._asks.get(ask.topic, ()) if each is not ask)
        if left:
            self._asks[ask.topic] = left
        else:
            self._asks.pop(ask.topic, None)

    def clear(self) -> None:
        """Leave all out."""
        self._asks.clear()

    def about(self, topic: str) -> Iterable[Ask]:
        """Return those that ask for one thing, oldest first."""
        return self._asks.get(topic, ())
