"""What a webhook may be about, and who wants to know."""

from __future__ import annotations

from collections.abc import Iterable

from bestsms.waiting.asking import Ask

__all__ = ["Topics"]


class Topics:
    """The asks of a queue, by what they ask for."""

    __slots__ = ("_asks",)

    def __init__(self) -> None:
        self._asks: dict[str, dict[Ask, None]] = {}

    def __len__(self) -> int:
        return len(self._asks)

    def add(self, ask: Ask) -> None:
        """Take one in."""
        self._asks.setdefault(ask.topic, {})[ask] = None

    def forget(self, ask: Ask) -> None:
        """Leave one out, if it is in."""
        asks = self._asks.get(ask.topic, {})
        asks.pop(ask, None)
        if not asks:
            self._asks.pop(ask.topic, None)

    def clear(self) -> None:
        """Leave all out."""
        self._asks.clear()

    def about(self, topic: str) -> Iterable[Ask]:
        """Return those that ask for one thing, oldest first."""
        return self._asks.get(topic, ())
