"""Pages are asked for when they are due, and no sooner."""

from __future__ import annotations

import attrs
import pytest

from bestsms._paging import walk


@attrs.frozen
class Leaf:
    """A page."""

    items: tuple[str, ...]
    page_count: int | None = None
    total_records: int | None = None


class Book:
    """Pages by number, and which of them were asked for."""

    def __init__(self, *pages: Leaf) -> None:
        self.pages = pages
        self.asked: list[int] = []

    async def fetch(self, number: int) -> Leaf:
        """Give a page."""
        self.asked.append(number)
        return self.pages[number - 1]


@pytest.mark.parametrize(
    ("pages", "items", "asked"),
    [
        ([Leaf(("a", "b"), 2), Leaf(("c",), 2)], "abc", [1, 2]),
        ([Leaf(("a",), 1)], "a", [1]),
        ([Leaf(("a",))], "a", [1]),  # T18: an answer without a page count is complete
        ([Leaf(("a",), 0)], "a", [1]),
        ([Leaf((), 0)], "", [1]),
        ([Leaf(("a",), 9), Leaf((), 9)], "a", [1, 2]),  # a count that lies, and an empty page
        ([Leaf(("a",), 3), Leaf(("b",), 2)], "ab", [1, 2]),  # the list got shorter meanwhile
        ([Leaf(("a",), 1_000_000), Leaf((), None)], "a", [1, 2]),
        ([Leaf(("a", "b"), None, 3), Leaf(("c",), None, 3)], "abc", [1, 2]),  # records are enough
    ],
)
async def test_every_page_is_walked_once(pages: list[Leaf], items: str, asked: list[int]) -> None:
    """Up to the last answer's page count, else its record count, or the first empty page."""
    book = Book(*pages)
    assert "".join([item async for item in walk(book.fetch)]) == items
    assert book.asked == asked


async def test_a_page_is_asked_for_only_when_it_is_due() -> None:
    """Who stops early has not paid for the rest."""
    book = Book(Leaf(("a", "b"), 2), Leaf(("c",), 2))
    found = walk(book.fetch)
    assert book.asked == []
    assert [await anext(found), await anext(found)] == ["a", "b"]
    assert book.asked == [1]
    assert await anext(found) == "c"
    assert book.asked == [1, 2]


async def test_an_error_ends_the_walk() -> None:
    """It reaches whoever iterates, and the next item is not silently skipped."""

    async def fails(_: int) -> Leaf:
        raise ConnectionError

    found = walk(fails)
    with pytest.raises(ConnectionError):
        await anext(found)
    with pytest.raises(StopAsyncIteration):
        await anext(found)
