"""Pages of a list: limits are clamped, a page beyond the end is empty (T14, U16)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar

from attrs import frozen

from bestsms.emulator.errors import Refused

DEFAULT_SIZE = 100
LARGEST_SIZE = 1000
_LONGEST_INT = 18
_T = TypeVar("_T")


@frozen
class Page(Generic[_T]):
    """One page of a list.

    ``asked`` says whether the caller paged at all: reports of one message print the page
    numbers only then (T18).
    """

    items: Sequence[_T]
    total: int
    size: int
    number: int
    asked: bool

    def numbers(self) -> dict[str, int]:
        """Spell the page numbers, the same in both versions."""
        return {
            "TotalRecords": self.total,
            "RecordsPerPage": self.size,
            "PageCount": -(-self.total // self.size),
            "Page": self.number,
        }


def page_of(items: Sequence[_T], query: Mapping[str, str], *, default: bool = True) -> Page[_T]:
    """Cut the page out of a list that a query asks for.

    Args:
        items: The whole list.
        query: Lower-case names and values; ``recordsperpage`` and ``page`` are read.
        default: Page by 100 even when the query asks for nothing.

    Raises:
        Refused: A value is no whole number.
    """
    asked = bool(query.get("recordsperpage") or query.get("page"))
    size = whole_number(query, "recordsPerPage", DEFAULT_SIZE, LARGEST_SIZE)
    number = whole_number(query, "page", 1)
    if not (asked or default):
        return Page(items, len(items), max(1, len(items)), 1, asked=False)
    first = (number - 1) * size
    return Page(items[first : first + size], len(items), size, number, asked=asked)


def whole_number(
    query: Mapping[str, str], name: str, default: int, largest: int = 10**_LONGEST_INT
) -> int:
    """Read a whole number of at least 1 from a query, clamped to its limits.

    Raises:
        Refused: The value is no whole number.
    """
    written = query.get(name.lower(), "").strip()
    if not written:
        return default
    sign, digits = (written[0], written[1:]) if written[0] in "+-" else ("", written)
    if not (digits.isascii() and digits.isdigit() and len(digits) <= _LONGEST_INT):
        raise Refused(f"Invalid {name}: {written}")
    return min(max(1, int(sign + digits)), largest)
