"""A provider in this process that knows when each message will be final, and counts the looks."""

from __future__ import annotations

import json
import math
import random
from array import array
from collections.abc import Callable
from typing import Final

import anyio
import attrs
import httpx

from bestsms._wire.convert import structure
from bestsms._wire.json import loads
from bestsms.api import JobStatus, Report

__all__ = ["LATENCY", "Provider", "message_id"]

SOONEST: Final = 5.0
"""Seconds until the first message is final."""
NEVER: Final = 0.01
"""The share of messages that stay pending for ever."""
LATENCY: Final = 0.1
"""Seconds that an answer takes."""
_JSON: Final = {"Content-Type": "application/json"}


def message_id(number: int) -> str:
    """Return a MessageID as long as a UUID."""
    return f"{number:08x}-0000-4000-8000-000000000000"


class Provider(httpx.AsyncBaseTransport):
    """Answers the status of every message by a schedule, without a socket.

    Args:
        messages: How many there are.
        seconds: When the last of them is final.
        now: Seconds since the waits began.

    Attributes:
        final_at: When each message is final: half of them after a quarter of an hour, one in ten
            only after 17 to 48 hours, if that is the time; infinite for one in a hundred.
        looks: How often each was asked for.
        last: When it was asked for the last time.
        whole: Whether answers without HTTP are read from bytes, as over HTTP, and as large.
    """

    def __init__(self, messages: int, seconds: float, now: Callable[[], float]) -> None:
        chance = random.Random(messages)
        self._now = now
        self.final_at = array("d")
        for _ in range(messages):
            known = SOONEST * (seconds / SOONEST) ** chance.random()
            self.final_at.append(math.inf if chance.random() < NEVER else known)
        self.looks = array("L", [0]) * messages
        self.last = array("d", [0.0]) * messages
        self.whole = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a look over HTTP."""
        name = request.url.path.rpartition("/")[2]
        body = _FINAL if await self._is_final(name) else _PENDING
        return httpx.Response(200, headers=_JSON, content=body.replace(_ID, name.encode()))

    async def status(self, name: str) -> Report:
        """Answer a look without HTTP, in the place of ``Reports.status``."""
        final = await self._is_final(name)
        if not self.whole:
            return attrs.evolve(_READY[final], message_id=name)
        body = _FINAL if final else _PENDING
        return structure(loads(body.replace(_ID, name.encode())), Report)

    async def _is_final(self, name: str) -> bool:
        number, now = int(name[:8], 16), self._now()
        self.looks[number] += 1
        self.last[number] = now
        await anyio.sleep(LATENCY)
        return now >= self.final_at[number]


def _body(status: str, recipient: str, result: str, done: int) -> bytes:
    """Return a status answer of 2.04, with every field that the provider gives."""
    custom = {f"Custom{number}": "" for number in range(1, 10)}
    return json.dumps(
        {
            "Result": "Success",
            "MessageID": message_id(0),
            "Status": status,
            "JobNum": "B9ACD438",
            "Account": "102030",
            "SubAccount": "",
            "Department": "",
            "Reference": "",
            "CreatedTimeLocal": "2025-03-01 20:30:00",
            "CreatedTimeUTC": "2025-03-01 09:30:00",
            "CreatedTimeUTC_RFC3339": "2025-03-01T09:30:00.000Z",
            "DelayedTimeLocal": "",
            "DelayedTimeUTC": "",
            "DelayedTimeUTC_RFC3339": "",
            "Timezone": "AUS Eastern",
            "Count": 1,
            "Complete": done,
            "Success": done,
            "Failed": 0,
            "Price": None,
            "Recipients": [
                {
                    "Type": "Text",
                    "DestSeq": "00000001",
                    "Destination": "+61421000001",
                    "ContactID": "",
                    "Status": recipient,
                    "Result": result,
                    "SentTimeLocal": "",
                    "SentTimeUTC": "",
                    "SentTimeUTC_RFC3339": "",
                    "Attention": "",
                    "Company": "",
                    **custom,
                    "RemoteID": "",
                    "Price": None,
                }
            ],
        }
    ).encode()


_ID: Final = message_id(0).encode()
_PENDING: Final = _body("Pending", "Pending", "Pending", 0)
_FINAL: Final = _body("Completed", "Success", "delivered", 1)
_READY: Final = {
    False: Report(status=JobStatus.PENDING, count=1, complete=0),
    True: Report(status=JobStatus.COMPLETED, count=1, complete=1, success=1),
}
