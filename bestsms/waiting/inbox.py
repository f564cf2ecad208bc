"""Every message that comes in: none twice, and none skipped where a page or a minute ends.

The list is asked for by minutes up to now, since its dates would be in a zone that only the
provider knows (T15). Three things keep it whole:

* each look begins a quarter of an hour before the last one, for what appears late;
* a list of several pages is read again from its first when it was shifted meanwhile: the first
  record would be gone from the first page, and one further back might have been passed over;
* the cursor moves on only after a list that was read whole, to the time when it was read, by the
  provider's own clock.
"""

from __future__ import annotations

import math
from datetime import datetime
from typing import Final

from bestsms._paging import walk
from bestsms._retry import Clock
from bestsms._transport import Once
from bestsms.api import ReceivedMessage, ReceivedPage, Reports
from bestsms.errors import BestSMSError, NoAnswer, NotFound
from bestsms.waiting.asking import Ask, News, Seat, Term
from bestsms.waiting.streams import Cursor, Position, in_order, sighted

__all__ = ["INBOX_TOPIC", "InboxAsk"]

INBOX_TOPIC: Final = "inbox"
"""What a webhook about any received message wakes."""

OVERLAP: Final = 900.0
"""Seconds that each look begins before the end of the last one."""
MEMORY: Final = 300.0
"""Seconds that a message is remembered after no look can show it any more."""
WRONG_CLOCK: Final = 60.0
"""Seconds by which our clock may differ from the provider's before a list is asked for anew."""
READINGS: Final = 5
"""How often a list that is shifted while it is read is read again at once."""


class InboxAsk(Ask):
    """The list of received messages.

    Args:
        seat: Who wants to know.
        cursor: Where to begin.
        from_now: Whether that is the present moment, by our clock.
        clock: The time of day.
        term: How long to look for messages.
    """

    __slots__ = ("_ahead", "_clock", "_cursor", "_from_now")

    def __init__(
        self,
        seat: Seat,
        cursor: Cursor,
        *,
        from_now: bool,
        clock: Clock,
        term: Term,
    ) -> None:
        super().__init__(seat, INBOX_TOPIC, term)
        self._cursor = cursor
        self._from_now = from_now
        self._clock = clock
        # Seconds that the provider's clock is ahead of ours.
        self._ahead = 0.0

    async def look(self, once: Once) -> bool:
        """Read the list from the cursor on, and tell what is new in it."""
        reports = Reports(once)
        for _ in range(READINGS):
            ahead, began = self._ahead, self._clock.now().timestamp()
            messages, whole = await self._read(reports, once)
            if abs(self._ahead - ahead) > WRONG_CLOCK:
                continue
            # The list is no older than when it was asked for.
            self._tell(messages, began + self._ahead, whole=whole)
            if whole:
                return False
        raise NoAnswer(
            "reports.sms_received: the list was shifted each time that it was read; what was found "
            "was handed out, and it is read again."
        )

    def expire(self, cause: BestSMSError | None) -> None:
        """Tell that there will be no more; that is an error only if nobody could ask."""
        error = None
        if cause is not None:
            error = self.too_late("inbox", cause, "Messages may have come; ask again.")
        self.seat.tell(News(error=error, last=True))

    async def _read(self, reports: Reports, once: Once) -> tuple[list[ReceivedMessage], bool]:
        """Read every page of one list, and say whether it stood still meanwhile."""
        minutes = self._minutes()
        pages: list[ReceivedPage] = []

        async def fetch(number: int) -> ReceivedPage:
            asked = self._clock.now()
            try:
                page = await reports.sms_received(time_period=minutes, page=number)
            except NotFound:
                page = ReceivedPage()  # A list of which nothing is found is empty.
            self._learn_time(asked, once.trail.server_time)
            pages.append(page)
            return page

        messages = [message async for message in walk(fetch)]
        if len(pages) == 1:
            return messages, True
        first = next(sighted(pages[0].items)).key
        again = {each.key for each in sighted((await fetch(1)).items)}
        return messages, first in again

    def _minutes(self) -> int:
        """Return how far back to ask: whole minutes, one more than enough."""
        now = self._clock.now().timestamp() + self._ahead
        back = max(0.0, now - self._cursor.at) + OVERLAP
        return math.ceil(back / 60) + 1

    def _learn_time(self, asked: datetime, server_time: datetime | None) -> None:
        """Learn how far the provider's clock is ahead of ours; its date is in whole seconds."""
        if server_time is None:
            return
        ahead = (server_time - asked).total_seconds()
        if self._from_now:
            # What our clock called now is that moment by theirs.
            self._cursor.at += ahead - self._ahead
            self._cursor.floor += ahead - self._ahead
        self._ahead = ahead

    def _tell(self, messages: list[ReceivedMessage], now: float, *, whole: bool) -> None:
        cursor = self._cursor
        new = [each for each in sighted(messages, now) if each.key not in cursor.seen]
        for each in in_order(new):
            cursor.seen[each.key] = now
            # What does not say when it came is new, unless it was there when we began just now.
            known = each.at is None and self._from_now
            if not known and (each.at is None or each.at >= cursor.floor):
                self.seat.tell(News(each))
                self.fruitful = True
        if whole:
            self._from_now = False
            position = Position(now, cursor.floor, now - OVERLAP - MEMORY)
            cursor.move(position)
            self.seat.tell(News(position))
