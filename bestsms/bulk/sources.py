"""Where rows come from: drawn a block at a time, and never held whole."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final, Protocol, TypeGuard

from bestsms._wire.arguments import is_several
from bestsms.errors import InvalidRequest

__all__ = ["Source", "source_of"]

REFILLED: Final = (dict,)
"""Rows that a source may fill again and again."""


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


def source_of(recipients: object, message: str | None) -> Source:
    """Return the source of what a caller gives.

    Raises:
        InvalidRequest: It is no list of rows.
    """
    if isinstance(recipients, Path):
        from bestsms.bulk.csv_rows import CSVSource  # noqa: PLC0415 - few lists are files

        return CSVSource(recipients, message)
    if _is_awaited(recipients):
        return _Awaited(aiter(recipients))
    if is_several(recipients) and not hasattr(recipients, "keys"):
        return _Plain(iter(recipients))
    raise InvalidRequest(
        "recipients",
        "takes a list or an iterator of numbers, Destinations or mappings, or the Path of a CSV "
        f"file, not {type(recipients).__name__}",
    )


class _Plain:
    checked = False

    def __init__(self, rows: Iterator[Any]) -> None:
        self._rows = rows
        self._begun = False

    async def draw(self, count: int) -> list[Any]:
        if not self._begun:
            self._begun = True
            self._rows = _apart(self._rows)
        return list(islice(self._rows, count))

    def close(self) -> None:
        pass


class _Awaited:
    checked = False

    def __init__(self, rows: AsyncIterator[Any]) -> None:
        self._rows = rows

    async def draw(self, count: int) -> list[Any]:
        drawn: list[Any] = []
        async for row in self._rows:
            drawn.append(_copied(row))
            if len(drawn) == count:
                break
        return drawn

    def close(self) -> None:
        pass


def _is_awaited(value: object) -> TypeGuard[AsyncIterable[Any]]:
    return isinstance(value, AsyncIterable)


def _apart(rows: Iterator[Any]) -> Iterator[Any]:
    """Return rows of which each is an object of its own.

    A generator may fill the same dict again for each row: then a block of them would be so many
    times the last one.
    """
    first = list(islice(rows, 1))
    if not first or type(first[0]) not in REFILLED:
        return chain(first, rows)
    kept = _copied(first[0])
    second = list(islice(rows, 1))
    if second and second[0] is first[0]:
        return chain([kept], map(_copied, chain(second, rows)))
    return chain(first, second, rows)


def _copied(row: Any) -> Any:
    return row.copy() if type(row) in REFILLED else row
