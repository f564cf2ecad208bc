"""What the tests of the transport share: a clock, a peer that plays a script, and calls to make."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import anyio
import httpx
import pytest

from bestsms._protocol import Request
from bestsms._retry import Clock
from bestsms._settings import Secret, Settings
from bestsms._transport import Transport
from bestsms._transport.lanes import trusts_nobody
from bestsms._transport.tracing import Recorder
from bestsms._transport.wires import Heads, Terms, Wires, best
from bestsms._transport.wires.answer import Answer
from bestsms.api import Actions, Contacts, Destination, Messaging, Reports

# importlib mode puts no folder of tests on the path; the certificates are the drills' own.
sys.path.insert(0, str(Path(__file__).parent.parent / "drills"))

STEPS = {
    "connecting": ("connection.connect_tcp.started",),
    "handshaking": (
        "connection.connect_tcp.started",
        "connection.connect_tcp.complete",
        "connection.start_tls.started",
    ),
    "sending": ("connection.connect_tcp.started", "http11.send_request_headers.started"),
    "sent": (
        "http11.send_request_headers.started",
        "http11.send_request_body.started",
        "http11.send_request_body.complete",
    ),
    "silently": (),
}
"""What a connection has reported when it is so far."""


class Time:
    """A clock that moves only by sleeping, and draws the longest wait."""

    def __init__(self) -> None:
        self.at = 1000.0
        self.slept: list[float] = []
        self.clock = Clock(
            monotonic=lambda: self.at,
            now=lambda: datetime(2025, 6, 3, 21, 0, tzinfo=UTC),
            sleep=self.sleep,
            random=lambda: 1.0,
        )

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.slept.append(seconds)
        self.at += seconds
        await anyio.lowlevel.checkpoint()


class Peer(httpx.AsyncBaseTransport):
    """Plays acts in turn, the last one for ever, and reports its steps as a connection does.

    An act is an answer, an error after the request has left, or ``(how far, error)``; without an
    error the peer is silent from there.
    """

    def __init__(self, *acts: Any) -> None:
        self.acts = acts
        self.requests: list[httpx.Request] = []
        self.silent = asyncio.Event()

    @property
    def asked(self) -> list[str]:
        """Method and path of every attempt."""
        return [f"{each.method} {each.url.raw_path.decode()}" for each in self.requests]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Take one attempt."""
        act = self.acts[min(len(self.requests), len(self.acts) - 1)]
        self.requests.append(request)
        far, end = act if isinstance(act, tuple) else ("sent", act)
        for step in STEPS[far]:
            await request.extensions["trace"](step, {})
        if isinstance(end, Exception):
            raise end
        if end is None:
            self.silent.set()
            await anyio.sleep_forever()
        return end


@pytest.fixture
def time() -> Time:
    """The clock of a test."""
    return Time()


@pytest.fixture
def peer() -> type[Peer]:
    """Makes a peer of acts."""
    return Peer


@pytest.fixture
async def made(time: Time) -> AsyncIterator[Callable[..., Transport]]:
    """Makes a transport on the test's clock, closed at the end."""
    async with contextlib.AsyncExitStack() as ends:

        def make(http: httpx.AsyncBaseTransport | None = None, **given: Any) -> Transport:
            clock = given.pop("clock", time.clock)
            settings = Settings.resolve(
                Secret("a-token"),
                **{
                    "base_url": "https://sms.example",
                    "version": None,
                    "versions": {"actions": "2.03"},
                    "timeout": 5.0,
                    "deadline": None,
                    "max_connections": 3,
                    **given,
                },
            )
            transport = Transport(settings, http=http, clock=clock)
            ends.push_async_callback(transport.aclose)
            return transport

        yield make


async def _status(transport: Transport) -> Any:
    return await Reports(transport).status("ID1")


async def _abort(transport: Transport) -> Any:
    return await Actions(transport).abort("ID1")


async def _delete(transport: Transport) -> Any:
    return await Contacts(transport).delete("C1")


async def _update(transport: Transport) -> Any:
    return await Contacts(transport).update("C1", first_name="Jess")


async def _send(transport: Transport) -> Any:
    return await Messaging(transport).send_sms(
        message="Hello", destinations=[Destination(recipient="+61421000001")], message_id="ID1"
    )


@pytest.fixture
def calls() -> Any:
    """Calls by name: a read, three changes to a fixed state, and one that is two made twice."""
    return SimpleNamespace(status=_status, abort=_abort, delete=_delete, update=_update, send=_send)


class Server:
    """An HTTP server on this machine that keeps connections, and tells them apart."""

    def __init__(self) -> None:
        self.opened = 0
        self.closed = 0
        self.requests: list[int] = []
        """The number of the connection that each request came on."""
        self.answers = [b'HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{"Status":"Pending"}']
        """In turn, the last one for ever; after one that is no HTTP the connection is closed."""
        self.came, self.go = asyncio.Semaphore(0), asyncio.Event()
        self.go.set()
        self.url = ""
        self._changed = asyncio.Condition()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer on one connection until the client closes it."""
        self.opened += 1
        number = self.opened
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(
                    (
                        int(line.partition(b":")[2])
                        for line in head.lower().split(b"\r\n")
                        if line.startswith(b"content-length:")
                    ),
                    0,
                )
                await reader.readexactly(length)
                self.requests.append(number)
                self.came.release()
                await self.go.wait()
                answer = self.answers.pop(0) if self.answers[1:] else self.answers[0]
                writer.write(answer)
                if not answer.startswith(b"HTTP/1.1 ") or b"Connection: close" in answer:
                    break
        writer.close()
        self.closed += 1
        async with self._changed:
            self._changed.notify_all()

    async def until_closed(self, number: int) -> None:
        """Wait until so many connections were closed."""
        async with asyncio.timeout(10), self._changed:
            await self._changed.wait_for(lambda: self.closed >= number)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    """A server, closed at the end."""
    made = Server()
    listener = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    host, port = listener.sockets[0].getsockname()
    made.url = f"http://{host}:{port}"
    yield made
    made.go.set()
    listener.close()


# -- our own connections, by themselves ------------------------------------------------------------


class Exchanges:
    """Exchanges with one place, and a clock for what is idle."""

    def __init__(self, url: str, *, seconds: float = 5.0, context: Any = None) -> None:
        self.at = 0.0
        self.url = url
        self.recorder = Recorder(0.0)
        heads = Heads(url, {"User-Agent": "test"}, Secret("a-token"))
        terms = Terms(heads, context or trusts_nobody(), seconds, best())
        self.wires = Wires(terms, lambda: self.at)

    async def post(
        self, body: bytes | None = b"{}", *, most: int = 1_000, seconds: float = 30.0
    ) -> Answer:
        """Make one exchange."""
        operation: Any = SimpleNamespace(method="POST")
        request: Request[Any] = Request(operation=operation, target="/x", headers={}, body=body)
        self.recorder = Recorder(0.0)
        return await self.wires.exchange(request, self.recorder, most, seconds)

    @property
    def idle(self) -> int:
        """How many connections are at rest."""
        return len(self.wires._idle)


@pytest.fixture
async def exchanges() -> AsyncIterator[Callable[..., Exchanges]]:
    """Makes exchanges with a place, closed at the end."""
    async with contextlib.AsyncExitStack() as ends:

        def make(url: str, **given: Any) -> Exchanges:
            made = Exchanges(url, **given)
            ends.push_async_callback(made.wires.aclose)
            return made

        yield make


@pytest.fixture
async def wires(server: Server, exchanges: Callable[..., Exchanges]) -> Exchanges:
    """Exchanges with the server."""
    return exchanges(server.url)


@pytest.fixture
async def scripted(exchanges: Callable[..., Exchanges]) -> AsyncIterator[Callable[..., Any]]:
    """Makes a peer of a script, and returns exchanges with it."""
    async with contextlib.AsyncExitStack() as ends:

        async def make(script: Any, *, tls: Any = None, **given: Any) -> Exchanges:
            async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                ends.callback(writer.transport.abort)
                with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                    await script(reader, writer)
                writer.close()

            peer = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
            ends.callback(peer.close)
            host, port = peer.sockets[0].getsockname()
            return exchanges(f"http{'s' if tls else ''}://{host}:{port}", **given)

        yield make


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - no one tells
            await asyncio.sleep(0)


@pytest.fixture
def until() -> Any:
    """Lets the loop turn until something is so."""
    return _until


@pytest.fixture(scope="session")
def certificates() -> Any:
    """One authority for the whole run."""
    from rig.certificates import Certificates

    return Certificates()
