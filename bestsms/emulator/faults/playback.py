"""A script as httpx meets it: an answer if there is one, else the error a socket would give."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import anyio
import h11
import httpx
from attrs import define, field, frozen

from bestsms.emulator.faults.script import Script

_HEAD_LIMIT = 100 * 1024
"""Bytes of an answer's head that httpcore bears."""

SOCKET_BUFFER = 1024 * 1024
"""Bytes that can be written though nobody reads; the kernel's own limit is of this order."""


@frozen
class Sent:
    """What the trace shows of a request; httpcore shows its own, with these names."""

    method: bytes
    url: str
    headers: list[tuple[bytes, bytes]]


class Trace:
    """Tells ``extensions["trace"]`` what httpcore 1.0 would tell.

    Args:
        request: The request; without the extension nobody is told.
    """

    def __init__(self, request: httpx.Request) -> None:
        self._tell = request.extensions.get("trace")
        self._url = request.url
        self._sent = Sent(request.method.encode(), str(request.url), request.headers.raw)

    @asynccontextmanager
    async def step(self, name: str, **info: Any) -> AsyncGenerator[None, None]:
        """Tell that a step has started, and that it is complete or has failed."""
        if self._tell is None:
            yield
            return
        await self._tell(f"{name}.started", info)
        try:
            yield
        except BaseException as error:
            await self._tell(f"{name}.failed", {"exception": error})
            raise
        await self._tell(f"{name}.complete", {"return_value": None})

    def connecting(self) -> Any:
        """Tell of the way to a connection."""
        return self.step("connection.connect_tcp", host=self._url.host, port=self._url.port)

    def http(self, name: str) -> Any:
        """Tell of a step of the exchange itself."""
        return self.step(f"http11.{name}", request=self._sent)


@define(eq=False)
class Playback:
    """Reads a script as httpcore reads a socket, with the same parser and the same errors.

    Args:
        request: The request it answers.
    """

    request: httpx.Request
    script: Script = field(init=False)
    _at: int = 0
    _stalled: bool = False
    _parser: h11.Connection = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Begin as httpcore does: with the request sent."""
        self._parser = h11.Connection(h11.CLIENT, max_incomplete_event_size=_HEAD_LIMIT)
        self._parser.send(
            h11.Request(method=self.request.method, target="/", headers=[("host", "emulator")])
        )
        self._parser.send(h11.EndOfMessage())

    async def head(self) -> h11.Response:
        """Return the status and headers."""
        # No script has a 1xx, so what the parser says first is the answer.
        return cast(h11.Response, await self._event())

    async def body(self) -> AsyncIterator[bytes]:
        """Yield the body as it comes."""
        while isinstance(event := await self._event(), h11.Data):
            yield bytes(event.data)

    async def take_in(self, size: int) -> None:
        """Let a body of that size be written, or fail as it would if nobody reads it.

        Raises:
            httpx.WriteTimeout: The peer stalls for longer than the request's timeout.
        """
        # A reset meanwhile shows only when the answer is read: asyncio drops what it cannot write.
        if not self.script.reads_on and size > SOCKET_BUFFER:
            await self._stall("write")

    async def _event(self) -> Any:
        while True:
            try:
                event = self._parser.next_event()
            except h11.RemoteProtocolError as error:
                raise httpx.RemoteProtocolError(str(error), request=self.request) from error
            if event is not h11.NEED_DATA:
                return event
            data = await self._read()
            if not data and self._parser.their_state is h11.SEND_RESPONSE:
                text = "Server disconnected without sending a response."
                raise httpx.RemoteProtocolError(text, request=self.request)
            self._parser.receive_data(data)

    async def _read(self) -> bytes:
        """Return what comes next, empty at the end."""
        script, start = self.script, self._at
        if start < script.at_once:
            self._at = script.at_once
        elif start < len(script.data):
            await self._within("read", anyio.sleep(script.interval))
            self._at += 1
        elif script.end == "stall":
            await self._stall("read")
        elif script.end == "reset":
            raise httpx.ReadError("Connection reset by peer", request=self.request)
        return script.data[start : self._at]

    async def _stall(self, kind: str) -> None:
        if not self._stalled:
            self._stalled = True
            seconds = self.script.seconds
            pause = anyio.sleep_forever() if seconds is None else anyio.sleep(seconds)
            await self._within(kind, pause)

    async def _within(self, kind: str, waiting: Any) -> None:
        seconds = self.request.extensions.get("timeout", {}).get(kind)
        error = httpx.WriteTimeout if kind == "write" else httpx.ReadTimeout
        try:
            with anyio.fail_after(seconds):
                await waiting
        except TimeoutError:
            raise error("", request=self.request) from None
