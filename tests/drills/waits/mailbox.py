"""A provider's list of received messages: it is cut into pages, and it moves while it is read."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx

from waits.virtual import VirtualTime

__all__ = ["Letter", "Mailbox"]


@dataclass(frozen=True)
class Letter:
    """A received message.

    Attributes:
        name: Its id, and its text.
        received: When, in seconds of the virtual time; below zero for what was there before.
        late: Seconds until the list shows it.
    """

    name: str
    received: float
    late: float = 0.0


class Mailbox:
    """Answers the received list from what is in its window at that moment.

    Args:
        time: The provider's time.

    Attributes:
        letters: What was received, or will be.
        newest_first: The order of the list.
        page_size: Records on one page.
        ids: Whether a record has an id.
        times: Whether a record says when it came.
        dated: Whether an answer says when it was made.
        ahead: Seconds by which the provider's clock is ahead of true time.
        reads: The pages that were asked for.
        minutes: How far back each of them was to reach.
    """

    def __init__(self, time: VirtualTime) -> None:
        self.time = time
        self.letters: list[Letter] = []
        self.newest_first = True
        self.page_size = 100
        self.ids = True
        self.times = True
        self.dated = True
        self.ahead = 0.0
        self.reads: list[int] = []
        self.minutes: list[int] = []

    @property
    def now(self) -> datetime:
        """What the provider's clock says."""
        return self.time.true + timedelta(seconds=self.ahead)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer one page."""
        minutes, number = int(request.url.params["timePeriod"]), int(request.url.params["page"])
        self.reads.append(number)
        self.minutes.append(minutes)
        now = self.time.elapsed
        shown = [
            each
            for each in self.letters
            if now - 60 * minutes <= each.received and each.received + each.late <= now
        ]
        shown.sort(key=lambda each: (each.received, each.name), reverse=self.newest_first)
        first = (number - 1) * self.page_size
        body = {
            "Result": "Success",
            "TotalRecords": len(shown),
            "RecordsPerPage": self.page_size,
            "PageCount": math.ceil(len(shown) / self.page_size),
            "Page": number,
            "Messages": [self._record(each) for each in shown[first : first + self.page_size]],
        }
        headers = {"Date": self.now.strftime("%a, %d %b %Y %H:%M:%S GMT")} if self.dated else {}
        return httpx.Response(200, json=body, headers=headers)

    def _record(self, letter: Letter) -> dict[str, Any]:
        at = self.time.start + timedelta(seconds=letter.received + self.ahead)
        record = {"From": "+61421000001", "MessageText": letter.name}
        if self.ids:
            record["ReceivedID"] = letter.name
        if self.times:
            record["ReceivedTimeUTC_RFC3339"] = at.isoformat()
        return record
