"""A provider over a line that breaks where a test says, in a time that passes only by waiting."""

from __future__ import annotations

import contextlib
import json
import sys
import threading
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

# The rig is the drills' own; importlib mode puts no folder of tests on the path.
sys.path.insert(0, str(Path(__file__).parents[2] / "drills"))

from waits.virtual import VirtualTime

from bestsms import AsyncClient

# What becomes of one request: a word, an answer, or a function of the test's own.
Fate = str | httpx.Response | Callable[[], Awaitable[Any]]


async def nothing(_: str) -> None:
    """Do nothing."""


class Provider(httpx.AsyncBaseTransport):
    """Accepts what reaches it and knows it afterwards; reports each step as httpcore does.

    The fates of sends: ``ok``; ``refuse``, nothing leaves; ``lose``, accepted, and the answer is
    lost; ``drop``, it left and was not accepted; ``hang``, it left and silence follows; an answer;
    or a function to be awaited, and then ``ok``.

    Attributes:
        fates: What becomes of the next sends.
        always: What becomes of all after these.
        seconds: How long each takes.
        sends: Each body that left, and when.
        phones: How many texts each number got.
        looks: Each MessageID that was asked for.
        deaf: Whether nobody answers who asks for one.
        locked: Whether who asks for one is refused.
        status: The state of every message.
        dated: Whether a report says when its message was made.
        said: What a report says besides.
        before_look: Called with the MessageID that is asked for.
        most: The most sends that were under way at once.
        left: Whether one has left, for a test in another thread.
    """

    def __init__(self, time: VirtualTime) -> None:
        self.time = time
        self.fates: list[Fate] = []
        self.always: Fate = "ok"
        self.seconds = 0.0
        self.sends: list[tuple[float, dict[str, Any]]] = []
        self.bodies: list[bytes] = []
        self.phones: Counter[str] = Counter()
        self.known: set[str] = set()
        self.looks: list[str] = []
        self.deaf = self.locked = False
        self.status = "Pending"
        self.dated = True
        self.said: dict[str, Any] = {}
        self.before_look: Callable[[str], Awaitable[object]] = nothing
        self.most = self.under_way = 0
        self.left = threading.Event()

    @property
    def ids(self) -> list[str]:
        """The MessageIDs that left, in their order."""
        return [body["MessageID"] for _, body in self.sends]

    @property
    def moments(self) -> list[float]:
        """When each left."""
        return [at for at, _ in self.sends]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Take a send, or a look-up."""
        trace = request.extensions["trace"]
        await trace("connection.connect_tcp.started", {"request": request})
        if not request.url.path.endswith("/send/sms"):
            await trace("http11.send_request_headers.started", {"request": request})
            return await self._status(request.url.path.rpartition("/")[2])
        fate = self.fates.pop(0) if self.fates else self.always
        if fate == "refuse":
            raise httpx.ConnectError("refused")
        await trace("http11.send_request_headers.started", {"request": request})
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            return await self._take(request.content, fate)
        finally:
            self.under_way -= 1

    async def _take(self, body: bytes, fate: Fate) -> httpx.Response:
        data = json.loads(body)["MessageData"]
        self.bodies.append(body)
        self.sends.append((self.time.monotonic, data))
        self.left.set()
        await anyio.sleep(self.seconds)
        if isinstance(fate, httpx.Response):
            return fate
        if callable(fate):
            await fate()
            fate = "ok"
        if fate in {"ok", "lose"}:
            self.accept(data)
        if fate == "ok":
            return httpx.Response(200, json={"Result": "Success", "MessageID": data["MessageID"]})
        if fate == "hang":
            await anyio.sleep_forever()
        raise httpx.ReadError("gone")

    def accept(self, data: dict[str, Any]) -> None:
        """Send it to its phones."""
        self.known.add(data["MessageID"])
        self.phones.update(next(iter(each.values())) for each in data["Destinations"])

    async def _status(self, message_id: str) -> httpx.Response:
        self.looks.append(message_id)
        await self.before_look(message_id)
        if self.deaf:
            raise httpx.ReadError("gone")
        if self.locked:
            return httpx.Response(401)
        if message_id not in self.known:
            return httpx.Response(404, json={"Message": "Not found"})
        created = self.time.true.isoformat()
        report = {"MessageID": message_id, "Status": self.status, **self.said}
        if self.dated:
            report["CreatedTimeUTC_RFC3339"] = created
        return httpx.Response(200, json={"Result": "Success", **report})


@pytest.fixture(autouse=True)
def time(monkeypatch: pytest.MonkeyPatch) -> VirtualTime:
    """The time of the test: of every loop that begins in it, and of every client."""
    made = VirtualTime(datetime.now(UTC))
    monkeypatch.setattr("bestsms._transport.transport.Clock", made.clock)
    # Where both pytest and the thread of a SyncClient get theirs.
    monkeypatch.setattr("asyncio.events.new_event_loop", made.loop)
    return made


@pytest.fixture(autouse=True)
def _no_time_for_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """While a file is written no virtual time may pass, so no thread does it."""

    async def run_sync(work: Callable[..., Any], *args: Any, **_: Any) -> Any:
        await anyio.lowlevel.checkpoint()
        return work(*args)

    monkeypatch.setattr("anyio.to_thread.run_sync", run_sync)


@pytest.fixture
def provider(time: VirtualTime) -> Provider:
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


@pytest.fixture
def kept(make: Callable[..., AsyncClient], tmp_path: Path) -> Callable[..., AsyncClient]:
    """Make clients of one journal."""
    return lambda **settings: make(**{"journal": tmp_path / "journal", **settings})


@pytest.fixture
def numbers() -> list[str]:
    """Fifty numbers."""
    return [f"+614210000{index:02}" for index in range(50)]
