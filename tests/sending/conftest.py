"""A provider over a line that breaks where a test says, and a clock that moves only by sleeping."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import anyio
import httpx
import pytest

from bestsms import AsyncClient
from bestsms._retry import Clock

# Today, since a journal forgets by the date what is long settled.
START = datetime.now(UTC).replace(microsecond=0)
SEND, STATUS = "/api/v2.04/send/sms", "/api/v2.04/get/status/"

# What becomes of one request: a word, an answer, a number of seconds (accepted that much later, and
# the answer is lost), or a function of the test's own.
Fate = str | float | httpx.Response | Callable[[], Awaitable[Any]]


class Time:
    """A clock that moves only by sleeping, and draws the longest wait."""

    def __init__(self) -> None:
        self.at = 0.0
        self.slept: list[float] = []

    @property
    def now(self) -> datetime:
        """The time of day."""
        return START + timedelta(seconds=self.at)

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.slept.append(seconds)
        self.at += seconds

    def clock(self) -> Clock:
        """The clock of a client."""
        return Clock(
            monotonic=lambda: self.at, now=lambda: self.now, sleep=self.sleep, random=lambda: 1.0
        )


class Provider(httpx.AsyncBaseTransport):
    """Accepts what reaches it and knows it afterwards; reports each step as httpcore does.

    The fates: ``ok``; ``refuse``, nothing leaves; ``lose``, accepted, and the answer is lost;
    ``drop``, it left and was not accepted; ``hang``, it left and silence follows; ``wait``, it
    waits for a connection for ever.
    """

    def __init__(self, time: Time) -> None:
        self.time = time
        self.bodies: list[dict[str, Any]] = []
        self.bytes: list[bytes] = []
        self.looks: list[float] = []
        self.known: dict[str, datetime] = {}
        self.ahead = timedelta()
        self.sends: list[Fate] = []
        self.answers: list[Fate] = []
        self.heard = anyio.Event()

    @property
    def ids(self) -> list[str]:
        """The MessageIDs that were posted."""
        return [body["MessageID"] for body in self.bodies]

    @property
    def now(self) -> datetime:
        """The provider's own clock."""
        return self.time.now + self.ahead

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Take a send, or a look-up."""
        sending = request.url.path == SEND
        left = self.sends if sending else self.answers
        fate: Fate = left.pop(0) if left else "ok"
        if not sending:
            self.looks.append(self.time.at)
        await self._leave(request, fate)
        if sending:
            self.bytes.append(request.content)
            self.bodies.append(json.loads(request.content)["MessageData"])
            return await self._fulfil(self.bodies[-1]["MessageID"], fate)
        if fate == "ok":
            return self._status(request.url.path.removeprefix(STATUS))
        return await self._answer(fate)

    async def _leave(self, request: httpx.Request, fate: Fate) -> None:
        trace = request.extensions["trace"]
        await trace("connection.connect_tcp.started", {"request": request})
        self.heard.set()
        if fate == "wait":
            await anyio.sleep_forever()
        if fate == "refuse":
            raise httpx.ConnectError("refused")
        await trace("http11.send_request_headers.started", {"request": request})
        await trace("http11.send_request_body.complete", {})

    async def _fulfil(self, message_id: str, fate: Fate) -> httpx.Response:
        if fate in {"ok", "lose"}:
            self.known[message_id.casefold()] = self.now
        elif isinstance(fate, float):
            self.known[message_id.casefold()] = self.now + timedelta(seconds=fate)
            fate = "lose"
        if fate == "ok":
            return httpx.Response(200, json={"Result": "Success", "MessageID": message_id})
        return await self._answer(fate)

    async def _answer(self, fate: Fate) -> httpx.Response:
        if isinstance(fate, httpx.Response):
            return fate
        if callable(fate):
            await fate()
        if fate == "hang":
            await anyio.sleep_forever()
        raise httpx.ReadError("gone")

    def _status(self, message_id: str) -> httpx.Response:
        created = self.known.get(message_id.casefold())
        date = {"Date": format_datetime(self.now, usegmt=True)}
        if created is None or created > self.now:
            return httpx.Response(404, json={"Message": "Not found"}, headers=date)
        report = {
            "Result": "Success",
            "MessageID": message_id,
            "Status": "Pending",
            "CreatedTimeUTC_RFC3339": created.isoformat(),
        }
        return httpx.Response(200, json=report, headers=date)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    """The time of every client that the test makes."""
    made = Time()
    monkeypatch.setattr("bestsms._transport.transport.Clock", made.clock)
    return made


@pytest.fixture
def provider(time: Time) -> Provider:
    """A provider of the test's own."""
    return Provider(time)


@pytest.fixture
async def make(provider: Provider) -> AsyncIterator[Callable[..., AsyncClient]]:
    """Make clients of the provider, and close them afterwards."""
    async with contextlib.AsyncExitStack() as stack:

        def one(**settings: Any) -> AsyncClient:
            client = AsyncClient(**{"auth_token": "token", "transport": provider, **settings})
            stack.push_async_callback(client.aclose)
            return client

        yield one


@pytest.fixture
def client(make: Callable[..., AsyncClient]) -> AsyncClient:
    """A client as it comes."""
    return make()
