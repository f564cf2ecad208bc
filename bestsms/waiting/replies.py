"""The replies to one message, as they come."""

from __future__ import annotations

from typing import Final, NamedTuple

from bestsms._paging import walk
from bestsms._transport import Once
from bestsms.api import Recipient, Report, Reports, SMSReply
from bestsms.errors import BestSMSError, NotFound
from bestsms.waiting.asking import Ask, News, Seat, Term
from bestsms.waiting.streams import Cursor, in_order, sighted

__all__ = ["RepliesAsk", "replies_topic"]

PAGE_SIZE: Final = 100


class _Page(NamedTuple):
    """The recipients of a report, as one page of a list."""

    items: tuple[Recipient, ...]
    page_count: int | None
    total_records: int | None


def replies_topic(message_id: str) -> str:
    """Return what a webhook about a reply to a message wakes."""
    return f"replies {message_id.casefold()}"


class RepliesAsk(Ask):
    """The replies to one message.

    Args:
        seat: Who wants to know.
        cursor: What was handed out before.
        message_id: The message.
        term: How long to look for replies.
    """

    __slots__ = ("_cursor", "_message_id")

    def __init__(self, seat: Seat, cursor: Cursor, *, message_id: str, term: Term) -> None:
        super().__init__(seat, replies_topic(message_id), term)
        self._message_id = message_id
        self._cursor = cursor

    async def look(self, once: Once) -> bool:
        """Read the replies of every recipient, and tell the new ones."""
        reports = Reports(once)
        try:
            replies = await _all_replies(reports, self._message_id)
        except NotFound:
            # It may mean that there is no reply yet; the status says which.
            await reports.status(self._message_id)
            replies = []
        new = [each for each in sighted(replies) if each.key not in self._cursor.seen]
        for each in in_order(new):
            self._cursor.seen[each.key] = each.seen_at
            self.seat.tell(News(each))
        self.fruitful = self.fruitful or bool(new)
        return False

    def expire(self, cause: BestSMSError | None) -> None:
        """Tell that there will be no more; that is an error only if nobody could ask."""
        error = None
        if cause is not None:
            error = self.too_late(
                f"replies to {self._message_id}", cause, "Some may have come; ask again."
            )
            error.message_id = self._message_id
        self.seat.tell(News(error=error, last=True))


async def _all_replies(reports: Reports, message_id: str) -> list[SMSReply]:
    """Read the replies on all pages, and ask for pages only where there are more (T18)."""
    whole = await reports.sms_reply(message_id)
    recipients = list(whole.recipients)
    if _is_cut(whole):

        async def fetch(number: int) -> _Page:
            page = await reports.sms_reply(message_id, page=number, records_per_page=PAGE_SIZE)
            return _Page(page.recipients, page.page_count, page.total_records)

        recipients = [each async for each in walk(fetch)]
    return [reply for each in recipients for reply in each.sms_replies]


def _is_cut(report: Report) -> bool:
    return (report.page_count or 1) > 1 or len(report.recipients) < (report.total_records or 0)
