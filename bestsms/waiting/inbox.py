"""Every message that comes in: none twice, and none skipped where a page or a minute ends.

The list is asked for by minutes up to now, since its dates would be in a zone that only the
provider knows (T15). Four things keep it whole:

* each look begins a quarter of an hour before the last one, for what appears late;
* a list of several pages is read forth and back: what comes moves the rest to later pages, which
  reading forth meets again; what falls out moves them to earlier ones, which reading back does;
* time is the provider's, by the date of its answers, whatever our own clock is set to;
* the cursor moves on only after a list that was read whole, to the time when that was begun.
"""

from __future__ import annotations

import math
from datetime import datetime
from typing import Final

from bestsms._paging import walk
from bestsms._retry import Clock
from bestsms._transport import Once
from bestsms.api import ReceivedPage, Reports
from bestsms.errors import BestSMSError, NoAnswer, NotFound
from bestsms.waiting.asking import Ask, News, Seat, Term
from bestsms.waiting.streams import Arrival, Cursor, Position, in_order, sighted

__all__ = ["INBOX_TOPIC", "InboxAsk"]

INBOX_TOPIC: Final = "inbox"
"""What a webhook about any received message wakes."""

OVERLAP: Final = 900.0
"""Seconds that each look begins before the end of the last one."""
MEMORY: Final = 300.0
"""Seconds that a message is remembered after no look can show it any more."""
READINGS: Final = 3
"""How often a list is read at once until it reaches back far enough by the provider's clock."""


class InboxAsk(Ask):
    """The list of received messages.

    Args:
        seat: Who wants to know.
        cursor: Where to begin.
        clock: Time.
        zero: What our own clock would have said when the one that nobody sets was at zero.
        term: How long to look for messages.
    """

    __slots__ = ("_clock", "_cursor", "_zero")

    def __init__(
        self, seat: Seat, cursor: Cursor, *, clock: Clock, zero: float, term: Term
    ) -> None:
        super().__init__(seat, INBOX_TOPIC, term)
        self._cursor = cursor
        self._clock = clock
        # By the provider's clock, as soon as that is known.
        self._zero = zero

    async def look(self, once: Once) -> bool:
        """Read the list from the cursor on, and tell what is new in it."""
        for _ in range(READINGS):
            began = self._clock.elapsed()
            minutes = math.ceil(self._reach(began) / 60) + 1
            pages = await self._read(once, minutes)
            if 60 * minutes >= self._reach(began):
                self._tell(pages, began)
                return False
        raise NoAnswer("reports.sms_received: by its answers, the provider's clock does not go on.")

    def expire(self, cause: BestSMSError | None) -> None:
        """Tell that there will be no more; that is an error only if nobody could ask."""
        error = None
        if cause is not None:
            error = self.too_late("inbox", cause, "Messages may have come; ask again.")
        self.seat.tell(News(error=error, last=True))

    async def _read(self, once: Once, minutes: int) -> list[ReceivedPage]:
        """Read every page of one list, forth and back."""
        reports = Reports(once)
        pages: list[ReceivedPage] = []

        async def fetch(number: int) -> ReceivedPage:
            try:
                page = await reports.sms_received(time_period=minutes, page=number)
            except NotFound:
                page = ReceivedPage()  # A list of which nothing is found is empty.
            self._learn_time(once.trail.server_time)
            pages.append(page)
            return page

        async for _ in walk(fetch):
            pass
        for number in range(len(pages) - 1, 0, -1):
            await fetch(number)
        return pages

    def _reach(self, began: float) -> float:
        """Return how many seconds a list that was begun at a time must go back."""
        return max(0.0, self._zero + began - self._cursor.at) + OVERLAP

    def _learn_time(self, server_time: datetime | None) -> None:
        """Learn what the provider's clock says, in whole seconds; it said so before we read it."""
        if server_time is None:
            return
        zero = server_time.timestamp() - self._clock.elapsed()
        if self._cursor.by_our_clock:
            # What our clock called now is that moment by theirs.
            self._cursor.at += zero - self._zero
            self._cursor.floor += zero - self._zero
        self._zero = zero

    def _tell(self, pages: list[ReceivedPage], began: float) -> None:
        cursor, now = self._cursor, self._zero + self._clock.elapsed()
        new: dict[str, Arrival] = {}
        for page in pages:
            # Page by page: what was moved to another one is no second of its kind.
            new.update((each.key, each) for each in sighted(page.items, now))
        for each in in_order(each for key, each in new.items() if key not in cursor.seen):
            cursor.seen[each.key] = now
            # What does not say when it came is new, unless it was there when we began just now.
            known = each.at is None and cursor.by_our_clock
            if not known and (each.at is None or each.at >= cursor.floor):
                self.seat.tell(News(each))
                self.fruitful = True
        # What is not in the list may have come since it was begun.
        at = self._zero + began
        # What was received before the floor may have been forgotten; it is never new.
        floor = max(cursor.floor, at - OVERLAP - MEMORY / 2)
        position = Position(at, floor, at - OVERLAP - MEMORY)
        cursor.move(position)
        self.seat.tell(News(position))
