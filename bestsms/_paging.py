"""Walking through the pages of a list, lazily and with an end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Protocol, TypeVar

__all__ = ["walk"]

ItemT_co = TypeVar("ItemT_co", covariant=True)


class Page(Protocol[ItemT_co]):
    """What every page has in common."""

    @property
    def items(self) -> tuple[ItemT_co, ...]: ...

    @property
    def page_count(self) -> int | None: ...


async def walk(fetch: Callable[[int], Awaitable[Page[ItemT_co]]]) -> AsyncIterator[ItemT_co]:
    """Yield every item, asking for a page only when the one before is used up.

    Ends at the page count that the answers give, or at an empty page, whichever comes first. An
    answer without a page count is complete (T18).
    """
    number = 1
    while True:
        page = await fetch(number)
        for item in page.items:
            yield item
        if not page.items or number >= (page.page_count or 1):
            return
        number += 1
