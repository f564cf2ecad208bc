"""Our own connections under ``httpx.AsyncClient``: one lane each, thrown away on any doubt.

A lane is a transport of httpx that may hold one connection. httpx's own pool compares every
request with every connection, and a connect that is cancelled may leave a slot in it that is never
free again; here a lane belongs to one request at a time, and one that failed, was cancelled or was
not read to its end is closed and forgotten. How many are busy at once is the caller's to bound.
"""

from __future__ import annotations

import contextlib
import ssl
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final, NamedTuple, cast

import anyio
import httpx

__all__ = ["KEEPALIVE_SECONDS", "Lane", "Lanes", "context_for", "trusted", "trusts_nobody"]

KEEPALIVE_SECONDS: Final = 5.0
"""How long an idle connection is kept: below the idle timeout of common servers."""


class Lane(NamedTuple):
    """One connection at rest, and since when."""

    transport: httpx.AsyncHTTPTransport
    idle_since: float


def trusted() -> ssl.SSLContext:
    """Return TLS settings that trust certifi's roots, and not what the environment names."""
    return httpx.create_ssl_context(trust_env=False)


def trusts_nobody() -> ssl.SSLContext:
    """Return TLS settings for a client of plain http, since loading the roots is slow."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def context_for(base_url: str, *, own: bool) -> ssl.SSLContext:
    """Return the TLS settings of a client: with roots for its own connections over https."""
    return trusted() if own and base_url.startswith("https") else trusts_nobody()


class Lanes(httpx.AsyncBaseTransport):
    """A transport of lanes; the one that was used last is used first.

    Args:
        context: The TLS settings, one for all.
        elapsed: The clock that idle time is measured with. It runs on while the machine sleeps:
            the connections of before are as dead as they are old.
    """

    def __init__(self, context: ssl.SSLContext, elapsed: Callable[[], float]) -> None:
        self._context = context
        self._elapsed = elapsed
        self._idle: deque[Lane] = deque()
        self._closed = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Take a free lane, or open one, for a single exchange."""
        if self._idle:
            await self._close_stale()
        lane = self._idle.pop().transport if self._idle else self._open()
        try:
            answer = await lane.handle_async_request(request)
        except BaseException as error:
            await _close(lane)
            if isinstance(error, httpx.NetworkError | httpx.RemoteProtocolError):
                # A server that drops one idle connection has often dropped them all; whoever
                # tries again should not meet the next of them.
                await self._close_idle()
            raise
        return httpx.Response(
            answer.status_code,
            headers=answer.headers,
            stream=_OneAnswer(answer.stream, lane, self._give_back),
            extensions=answer.extensions,
        )

    async def aclose(self) -> None:
        """Close what is idle; what is busy is closed when it is given back."""
        self._closed = True
        await self._close_idle()

    def _open(self) -> httpx.AsyncHTTPTransport:
        return httpx.AsyncHTTPTransport(
            verify=self._context,
            trust_env=False,
            limits=httpx.Limits(
                max_connections=1, max_keepalive_connections=1, keepalive_expiry=KEEPALIVE_SECONDS
            ),
        )

    async def _give_back(self, lane: httpx.AsyncHTTPTransport, whole: bool) -> None:  # noqa: FBT001
        if whole and not self._closed and not _has_more(lane):
            self._idle.append(Lane(lane, self._elapsed()))
        else:
            await _close(lane)

    async def _close_stale(self) -> None:
        oldest = self._elapsed() - KEEPALIVE_SECONDS
        while self._idle and self._idle[0].idle_since < oldest:
            await _close(self._idle.popleft().transport)

    async def _close_idle(self) -> None:
        while self._idle:
            await _close(self._idle.popleft().transport)


class _OneAnswer(httpx.AsyncByteStream):
    """The body of one answer; its lane is given back when the reader is done with it."""

    def __init__(
        self,
        body: object,
        lane: httpx.AsyncHTTPTransport,
        give_back: Callable[[httpx.AsyncHTTPTransport, bool], Awaitable[None]],
    ) -> None:
        # Always an async one: what else the type allows belongs to httpx's sync half.
        self._body = cast("httpx.AsyncByteStream", body)
        self._lane = lane
        self._give_back = give_back
        self._whole = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._body:
            yield part
        self._whole = True

    async def aclose(self) -> None:
        whole = False
        try:
            await self._body.aclose()
            whole = self._whole
        finally:
            await self._give_back(self._lane, whole)


def _has_more(lane: httpx.AsyncHTTPTransport) -> bool:
    """Say whether more came than one answer: the next request would take it for its own."""
    # httpcore looks for it on the socket only, and has no public way to its buffer.
    for connection in getattr(getattr(lane, "_pool", None), "connections", ()):
        state = getattr(getattr(connection, "_connection", None), "_h11_state", None)
        if state is not None and state.trailing_data[0]:
            return True
    return False


async def _close(lane: httpx.AsyncHTTPTransport) -> None:
    # Also while the caller is being cancelled, and whatever a broken connection says to it: a
    # socket that is left to the garbage collector is a socket too many.
    with contextlib.suppress(Exception), anyio.CancelScope(shield=True):
        await lane.aclose()
