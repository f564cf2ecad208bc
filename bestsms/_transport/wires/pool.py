"""The connections of one event loop: used again while all is well, thrown away on any doubt."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

import httpx

from bestsms._protocol import Request
from bestsms._transport.lanes import KEEPALIVE_SECONDS
from bestsms._transport.tracing import Recorder
from bestsms._transport.wires.answer import Answer
from bestsms._transport.wires.connecting import connect
from bestsms._transport.wires.connection import Wire
from bestsms._transport.wires.terms import Asked, Terms

__all__ = ["Wires"]


class Wires:
    """Exchanges over connections of our own; the one that was used last is used first.

    Args:
        terms: What they share.
        elapsed: The clock that idle time is measured with; it runs on while the machine sleeps.
    """

    def __init__(self, terms: Terms, elapsed: Callable[[], float]) -> None:
        self._terms = terms
        self._elapsed = elapsed
        self._loop = asyncio.get_running_loop()
        self._idle: deque[Wire] = deque()
        self._closed = False
        terms.context.set_alpn_protocols(["http/1.1"])

    async def exchange(
        self, request: Request[Any], recorder: Recorder, most: int, seconds: float
    ) -> Answer:
        """Send a request over a free connection, or a new one, and read its answer.

        Args:
            request: What to send.
            recorder: Is told how far it comes.
            most: The most bytes of the answer's body.
            seconds: The time for the call.

        Raises:
            httpx.TransportError: There is no answer.
            ssl.SSLError: What came was not of the peer.
            OutOfTime: The time for the call is over.
        """
        asked = Asked(request, recorder, self._loop.time() + seconds)
        answer = Answer(most)
        used = self._take()
        wire = used or Wire(self._terms, self._forget)
        again = False
        try:
            if used is None:
                await connect(wire, asked)
            again = await wire.exchange(asked, answer)
        except (httpx.NetworkError, httpx.RemoteProtocolError):
            # A server that drops one connection has often dropped them all; whoever tries again
            # should not meet the next of them.
            self._drop_idle()
            raise
        finally:
            self._give_back(wire, again=again)
        return answer

    async def aclose(self) -> None:
        """Close what is idle; what is busy is closed when it is given back."""
        self._closed = True
        self._drop_idle()
        # The sockets are closed at the loop's next turn, which may be its last.
        await asyncio.sleep(0)

    def _take(self) -> Wire | None:
        oldest = self._elapsed() - KEEPALIVE_SECONDS
        while self._idle and self._idle[0].idle_since < oldest:
            self._idle.popleft().abort()
        if not self._idle:
            return None
        wire = self._idle.pop()
        if wire.is_usable:
            return wire
        wire.abort()
        self._drop_idle()
        return None

    def _give_back(self, wire: Wire, *, again: bool) -> None:
        if again and not self._closed:
            wire.idle_since = self._elapsed()
            self._idle.append(wire)
        else:
            wire.abort()

    def _forget(self, wire: Wire) -> None:
        """A connection ended: if it was idle, the others that are have often ended too."""
        if wire in self._idle:
            self._drop_idle()

    def _drop_idle(self) -> None:
        while self._idle:
            self._idle.popleft().abort()
