"""Whole lists of an address book that others may change while they are read."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final, TypeVar

from bestsms._evidence import Verdict
from bestsms._paging import Page, walk
from bestsms.api import Contact, Group
from bestsms.errors import InvalidResponse

__all__ = ["distinct", "identified", "key_of", "whole"]

ItemT = TypeVar("ItemT", Contact, Group)

WALKS: Final = 3
"""How often a list is read at most, if it changes whenever it is."""


def key_of(item: Contact | Group) -> str:
    """Return what tells one contact or group from the others; empty if it has nothing."""
    named = item.contact_id if isinstance(item, Contact) else item.group_id or item.group_code
    return (named or "").casefold()


def identified(item: ItemT, verdict: Verdict | None = None) -> ItemT:
    """Return a contact or group that can be named in calls.

    Raises:
        InvalidResponse: The answer it was in names none. Verdict: what is known of the call.
    """
    if not key_of(item):
        kind = type(item).__name__
        raise InvalidResponse(
            f"An answer holds a {kind} without an ID, and it can't be named in calls.",
            verdict=verdict,
        )
    return item


async def distinct(items: AsyncIterator[ItemT]) -> AsyncIterator[ItemT]:
    """Yield each item once: one that moved to a later page meanwhile comes there again."""
    seen: set[str] = set()
    async for item in items:
        key = key_of(item)
        if not key or key not in seen:
            seen.add(key)
            yield item


async def whole(fetch: Callable[[int], Awaitable[Page[ItemT]]]) -> list[ItemT]:
    """Return every item of a list, each once, in the order of the list.

    What is deleted while the pages are read moves others to a page that was read already, and one
    that is overlooked would be created a second time. So a list that was not as long as it said is
    read again; if it never stands still, what was in any reading counts.

    Raises:
        InvalidResponse: An item is without an ID: what there is can't be told.
    """
    everything: dict[str, ItemT] = {}
    for _ in range(WALKS):
        totals: set[int | None] = set()
        found: dict[str, ItemT] = {}

        async def page(number: int, totals: set[int | None] = totals) -> Page[ItemT]:
            answer = await fetch(number)
            totals.add(answer.total_records)
            return answer

        async for item in walk(page):
            found[key_of(identified(item))] = item
        if totals in ({None}, {len(found)}):
            return list(found.values())
        everything |= found
    return list(everything.values())
