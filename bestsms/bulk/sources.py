"""Where rows come from: drawn a block at a time, and never held whole."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final, Protocol, TypeGuard

from bestsms._wire.arguments import is_several
from bestsms.bulk.drawing import InThread
from bestsms.errors import InvalidRequest

__all__ = ["Source", "source_of"]

HELD: Final = (list, tuple, set, frozenset)
"""What holds all of its rows, so that none of them is filled again for the next."""


class Source(Protocol):
    """Gives rows, in their order.

    Attributes:
        checked: Whether it refuses a list by its columns itself.
    """

    checked: bool

    async def draw(self, count: int) -> list[Any]:
        """Return the next rows, that many unless they end; none if there are no more."""
        ...

    def close(self) -> None:
        """Let go of what is open."""
        ...


def source_of(
    recipients: object,
    message: str | None,
    campaign: str | None = None,
    *,
    in_threads: bool = False,
) -> Source:
    """Return the source of what a caller gives.

    Args:
        recipients: What is given.
        message: The text of all that have no other.
        campaign: The campaign's name.
        in_threads: Whether an iterator, which may block, is drawn in a thread.

    Raises:
        InvalidRequest: It is no list of rows, or a set for a campaign.
    """
    if campaign is not None and isinstance(recipients, set | frozenset):
        # Another process would have it in another order, and so other people in each request.
        raise InvalidRequest(
            "recipients",
            "is a set, which has no order, and a campaign is resumed by its order: give a sorted "
            "list",
        )
    if isinstance(recipients, Path):
        from bestsms.bulk.csv_rows import CSVSource  # noqa: PLC0415 - few lists are files

        return CSVSource(recipients, message)
    if _is_awaited(recipients):
        return _Awaited(aiter(recipients))
    if is_several(recipients) and not hasattr(recipients, "keys"):
        plain = _Plain(recipients)
        return InThread(plain.take) if in_threads and not plain.held else plain
    raise InvalidRequest(
        "recipients",
        "takes a list or an iterator of numbers, Destinations or mappings, or the Path of a CSV "
        f"file, not {type(recipients).__name__}",
    )


class _Plain:
    checked = False

    def __init__(self, rows: Iterable[Any]) -> None:
        self._given = rows
        self._rows: Iterator[Any] | None = None
        self.held = isinstance(rows, HELD)

    async def draw(self, count: int) -> list[Any]:
        return self.take(count)

    def take(self, count: int) -> list[Any]:
        if self._rows is None:
            self._rows = iter(self._given)
        drawn = islice(self._rows, count)
        return list(drawn) if self.held else _apart(drawn)

    def close(self) -> None:
        pass


class _Awaited:
    checked = False

    def __init__(self, rows: AsyncIterator[Any]) -> None:
        self._rows = rows

    async def draw(self, count: int) -> list[Any]:
        drawn: list[Any] = []
        async for row in self._rows:
            drawn += _apart((row,))
            if len(drawn) == count:
                break
        return drawn

    def close(self) -> None:
        pass


def _is_awaited(value: object) -> TypeGuard[AsyncIterable[Any]]:
    return isinstance(value, AsyncIterable)


def _apart(rows: Iterable[Any]) -> list[Any]:
    """Return rows of which each is an object of its own.

    A generator may fill the same dict again for each row: then a block of them would be so many
    times the last one.
    """
    return [{**row} if isinstance(row, dict) else row for row in rows]
