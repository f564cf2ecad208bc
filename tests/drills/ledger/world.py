"""A provider without a network, in a time of its own: for drills that try every order of events.

It reports to httpx's ``trace`` extension as a connection does, so that a refusal proves itself.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, NoReturn

import httpx

from bestsms._retry import Clock

TIMEOUT = 5.0
"""Seconds of silence after which a client gives up."""
BEGINNING = datetime.now(UTC).replace(microsecond=0)
"""Today, for a journal forgets what is settled and a month old."""
OLD = ("OLD-0", "OLD-1")
"""Ids of messages that somebody sent days ago."""


class Killed(BaseException):
    """The process that made the call is no more."""


class Step(NamedTuple):
    """What one attempt, or one look-up, meets.

    Attributes:
        how: ``answer``, ``refuse`` (the connection), ``limit`` (429), ``reject`` (400), ``reset``,
            ``stall``, ``error`` (a 5xx), ``page`` (HTML in a 200) or ``die`` (the sender does).
        delay: Seconds until the message is accepted; ``None`` if it is not.
    """

    how: str
    delay: float | None = None

    @property
    def repeatable(self) -> bool:
        """Whether a send may be made again after it."""
        return self.how in {"refuse", "limit"}


class World(httpx.AsyncBaseTransport):
    """The provider, its ledger, and the time of everybody.

    Attributes:
        at: Seconds since the beginning.
        ledger: Each acceptance: the id, and when.
        steps: What the next attempts meet; after these, all is well.
        looks: What the next look-ups meet.
        posts: What the attempts that were made did meet.
        at_death: What else ends when a sender is killed.
    """

    def __init__(self) -> None:
        self.at = 0.0
        self.ledger: list[tuple[str, float]] = []
        self.steps: deque[Step] = deque()
        self.looks: deque[Step] = deque()
        self.posts: list[Step] = []
        self.at_death: Callable[[], None] = lambda: None
        self.clock = Clock(
            monotonic=lambda: self.at, now=self.now, sleep=self.sleep, random=lambda: 1.0
        )

    def now(self) -> datetime:
        """Return what the clock on the wall says."""
        return BEGINNING + timedelta(seconds=self.at)

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.at += seconds

    def known(self, message_id: str) -> datetime | None:
        """Return when the message was made that the provider shows for an id."""
        for each, when in reversed(self.ledger):
            if each == message_id and when <= self.at:
                return BEGINNING + timedelta(seconds=when)
        return BEGINNING - timedelta(days=2) if message_id in OLD else None

    # -- the wire ----------------------------------------------------------------------------------

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Take a request, as the next step says."""
        post = request.method == "POST"
        waiting = self.steps if post else self.looks
        step = waiting.popleft() if waiting else Step("answer", 0.0)
        if post:
            self.posts.append(step)
        trace = request.extensions["trace"]
        await trace("connection.connect_tcp.started", {})
        if step.how == "refuse":
            raise httpx.ConnectError("refused")
        await trace("connection.connect_tcp.complete", {})
        await trace("http11.send_request_headers.started", {"request": request})
        message_id = request.url.path.rpartition("/")[2]
        if post:
            message_id = json.loads(await request.aread())["MessageData"]["MessageID"]
            if step.delay is not None:
                self.ledger.append((message_id, self.at + step.delay))
        if step.how in {"die", "reset", "stall"}:
            self._no_answer(step)
        return self._answer(step, post=post, message_id=message_id)

    def _no_answer(self, step: Step) -> NoReturn:
        if step.how == "die":
            self.at_death()
            raise Killed
        if step.how == "reset":
            raise httpx.ReadError("")
        self.at += TIMEOUT
        raise httpx.ReadTimeout("")

    def _answer(self, step: Step, *, post: bool, message_id: str) -> httpx.Response:
        headers = {"Date": self.now().strftime("%a, %d %b %Y %H:%M:%S GMT")}
        if step.how == "page":
            return httpx.Response(200, headers=headers, html="<html>")
        status = {"limit": 429, "reject": 400, "error": 502}.get(step.how, 200)
        body: dict[str, object] = {"Result": "Success", "MessageID": message_id}
        if status != 200:
            body = {"Result": "Failed", "ErrorMessage": ["No"]}
        elif not post:
            made = self.known(message_id)
            if made is None:
                status, body = 404, {"Result": "Failed", "ErrorMessage": ["Message not found"]}
            else:
                body |= {"Status": "Pending", "CreatedTimeUTC_RFC3339": made.isoformat()}
        return httpx.Response(status, headers=headers, json=body)
