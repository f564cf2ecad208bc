"""One connection: one exchange at a time, and anything odd closes it."""

from __future__ import annotations

import asyncio
import select
import ssl
from collections.abc import Callable
from typing import Any, Final, cast

import httpx

from bestsms._protocol import Request
from bestsms._transport.raw import OutOfTime
from bestsms._transport.wires.answer import Answer, Parser, cut
from bestsms._transport.wires.terms import Asked, Terms

__all__ = ["Wire"]

AT_ONCE: Final = 65_536
"""Bytes: a larger body is written piece by piece, and given up on when the answer is a no."""
REFUSED: Final = 300
"""The first status that is no success."""


class Wire(asyncio.Protocol):
    """One connection to the provider.

    Args:
        terms: What it shares with the other connections.
        lost: Is told when it has ended by itself.
    """

    def __init__(self, terms: Terms, lost: Callable[[Wire], None]) -> None:
        self.idle_since = 0.0
        self.is_lost = False
        self.terms = terms
        self._loop = asyncio.get_running_loop()
        self._timeout = terms.seconds
        self._tell = lost
        self._transport: asyncio.Transport | None = None
        self._bare: asyncio.Transport | None = None
        self._parser: Parser | None = None
        self._error: Exception | None = None
        self._written = True
        self._flowing = True
        self._waiter: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._late: Exception | None = None
        self._alive = self._ends = 0.0

    # -- its life ----------------------------------------------------------------------------------

    def carried_by(self, transport: asyncio.Transport, bare: asyncio.Transport) -> None:
        """Take the transport that is to carry the exchanges, and the TCP one that carries that."""
        self._transport, self._bare = transport, bare
        # The kernel has all of it, or writing is paused.
        transport.set_write_buffer_limits(high=1, low=0)

    def abort(self) -> None:
        """Close it at once; over TLS, without a word of goodbye that a peer may never answer."""
        self.is_lost = True
        if self._transport is not None:
            self._transport.abort()

    @property
    def is_closing(self) -> bool:
        """Whether it has ended, or is about to: what is written now goes nowhere."""
        # Of TLS only the transport below knows at once that it failed.
        return self.is_lost or self._bare is None or self._bare.is_closing()

    @property
    def is_usable(self) -> bool:
        """Whether an idle one is open and silent, by the kernel's word and not the loop's."""
        # What has come is no answer to the next request, or it is the connection's end.
        return not (self.is_closing or _has_something(cast("asyncio.Transport", self._bare)))

    # -- an exchange -------------------------------------------------------------------------------

    async def exchange(self, asked: Asked, answer: Answer) -> bool:
        """Write a request and read its answer; say whether there may be another.

        Args:
            asked: What to send, and until when.
            answer: Where the answer goes.

        Raises:
            httpx.TransportError: There is no answer.
            ssl.SSLError: What came was not of the peer.
            OutOfTime: The time for the call is over.
        """
        recorder = asked.recorder
        self._parser = self.terms.parses(answer)
        self._error, self._written, self._ends = None, False, asked.ends
        self._alive = self._loop.time()
        try:
            recorder.step("send_request_headers.started")
            if self.is_closing:
                raise httpx.ReadError("the peer closed the connection as soon as it was made")
            if await self._write(asked.request):
                self._written = True
                recorder.step("send_request_body.complete")
            while not answer.ended:
                if self._error is not None:
                    raise self._error
                await self._something(httpx.ReadTimeout)
        finally:
            if answer.begun:
                recorder.step("receive_response_headers.complete")
                recorder.status = answer.status
            self._parser = None
        return answer.keep and self._written and not self.is_closing

    async def _write(self, request: Request[Any]) -> bool:
        """Write a request; say whether the kernel has all of it, or over TLS all but a little."""
        transport = cast("asyncio.Transport", self._transport)
        body, heads = request.body or b"", self.terms.to
        # The token stands in no variable: a traceback with captured locals would print it.
        if len(body) <= AT_ONCE:
            transport.write(heads.of(request) + body)
        else:
            transport.write(heads.of(request))
            pieces = memoryview(body)
            for at in range(0, len(body), AT_ONCE):
                await self._drain()
                if self._is_over:
                    return False
                transport.write(pieces[at : at + AT_ONCE])
        await self._drain()
        return self._flowing and not self.is_closing

    async def _drain(self) -> None:
        while not (self._flowing or self._is_over):
            await self._something(httpx.WriteTimeout)

    @property
    def _is_over(self) -> bool:
        """Whether nobody will read the rest of the request: the connection ended, or it is a no."""
        answer = cast("Parser", self._parser).answer
        return self.is_closing or (answer.begun and answer.status >= REFUSED)

    # -- waiting -----------------------------------------------------------------------------------

    async def _something(self, late: type[httpx.TimeoutException]) -> None:
        """Wait until something happens, but for no longer than the time there is.

        Raises:
            httpx.TimeoutException: There was no sign of life.
            OutOfTime: The time for the call is over.
        """
        self._waiter = self._loop.create_future()
        self._watch(late)
        try:
            await self._waiter
        finally:
            self._waiter = None
            cast("asyncio.TimerHandle", self._timer).cancel()
        late_by, self._late = self._late, None
        if late_by is None:
            return
        # What came at the last moment came.
        if not cast("Parser", self._parser).answer.ended:
            raise late_by
        if not self._written:
            # The peer has answered, and takes no more: the rest of the request is for nobody.
            self.abort()

    def _watch(self, late: type[httpx.TimeoutException]) -> None:
        until = min(self._alive + self._timeout, self._ends)
        self._timer = self._loop.call_at(until, self._look_at_the_time, late)

    def _look_at_the_time(self, late: type[httpx.TimeoutException]) -> None:
        now = self._loop.time()
        if now >= self._ends:
            self._late = OutOfTime()
        elif now >= self._alive + self._timeout:
            self._late = late(f"no sign of life for {self._timeout:g} s")
        else:
            self._watch(late)
            return
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    # -- what the loop tells -----------------------------------------------------------------------

    def pause_writing(self) -> None:
        """The kernel takes no more for now."""
        self._flowing = False

    def resume_writing(self) -> None:
        """The kernel has taken it."""
        self._flowing, self._alive = True, self._loop.time()
        self._wake()

    def data_received(self, data: bytes) -> None:
        """Read on; what nobody asked for closes the connection."""
        parser = self._parser
        if parser is None or parser.answer.ended:
            self.abort()
            self._tell(self)
            return
        self._alive = self._loop.time()
        try:
            if parser.feed(data) or not self._written:
                self._wake()
        except httpx.RemoteProtocolError as error:
            self._fail(error)

    def eof_received(self) -> None:
        """No answer comes any more, nor the rest of one."""
        self._lose(None)
        self.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """It has ended."""
        self._lose(exc)

    def _lose(self, error: Exception | None) -> None:
        self.is_lost = True
        self._tell(self)
        parser = self._parser
        if parser is None or parser.answer.ended:
            self._wake()
        elif isinstance(error, ssl.SSLError):
            # As httpcore does: it is raised as it is, and proves nothing.
            self._fail(error)
        elif error is not None or not self._written:
            self._fail(httpx.ReadError(str(cut() if error is None else error)))
        else:
            try:
                parser.finish()
            except httpx.RemoteProtocolError as unfinished:
                self._fail(unfinished)
            self._wake()

    def _fail(self, error: Exception) -> None:
        if self._error is None:
            self._error = error
        self.abort()
        self._wake()


def _has_something(transport: asyncio.Transport) -> bool:
    """Ask the kernel whether there is something to read."""
    number = transport.get_extra_info("socket").fileno()
    if not hasattr(select, "poll"):
        return bool(select.select([number], [], [], 0)[0])
    kernel = select.poll()
    kernel.register(number, select.POLLIN)
    return bool(kernel.poll(0))
