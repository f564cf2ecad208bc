"""Walking through the pages of a list, lazily and with an end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Protocol, TypeVar

__all__ = ["Page", "walk"]

ItemT_co = TypeVar("ItemT_co", covariant=True)


class Page(Protocol[ItemT_co]):
    """What every page has in common."""

    @property
    def items(self) -> tuple[ItemT_co, ...]: ...

    @property
    def page_count(self) -> int | None: ...

    @property
    def total_records(self) -> int | None: ...


async def walk(fetch: Callable[[int], Awaitable[Page[ItemT_co]]]) -> AsyncIterator[ItemT_co]:
    """Yield every item, asking for a page only when the one before is used up.

    Ends at the page count that the answers give, else at the number of records, or at an empty
    page, whichever comes first. An answer with neither number is complete (T18).
    """
    number, seen = 1, 0
    while True:
        page = await fetch(number)
        for item in page.items:
            yield item
        seen += len(page.items)
        more = seen < (page.total_records or 0)
        if page.page_count is not None:
            more = number < page.page_count
        if not page.items or not more:
            return
        number += 1
