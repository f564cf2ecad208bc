"""Exchanges over our own connections, without an object of httpx on the way."""

from __future__ import annotations

import asyncio
import ssl
import sys
from collections.abc import Callable, Mapping
from typing import Any, Final

import httpx

from bestsms._protocol import Request
from bestsms._settings import Settings
from bestsms._transport.raw import Raw
from bestsms._transport.reading import unpacked
from bestsms._transport.seams import Seams
from bestsms._transport.tracing import Recorder
from bestsms._transport.wires import Heads, Terms, Wires, best

__all__ = ["ThroughWires", "is_intercepted", "wires_here"]

_HTTPX: Final = Seams(
    "AsyncClient",
    "AsyncClient.__init__",
    "AsyncClient._send_handling_auth",
    "AsyncClient._send_handling_redirects",
    "AsyncClient._send_single_request",
    "AsyncClient._transport_for_url",
    "AsyncClient.build_request",
    "AsyncClient.request",
    "AsyncClient.send",
    "AsyncHTTPTransport",
    "AsyncHTTPTransport.__init__",
    "AsyncHTTPTransport.handle_async_request",
)
_HTTPCORE: Final = Seams(
    "AsyncConnectionPool",
    "AsyncConnectionPool.handle_async_request",
    "AsyncHTTPConnection",
    "AsyncHTTPConnection.handle_async_request",
)


class ThroughWires:
    """Connections of our own, and what it takes to send with them."""

    __slots__ = ("wires",)

    reports: Final = True

    def __init__(self, wires: Wires) -> None:
        self.wires = wires

    async def exchange(self, request: Request[Any], recorder: Recorder, seconds: float) -> Raw:
        """Send a request and read its answer.

        Raises:
            OutOfTime: The time for the call is over.
            httpx.TransportError: There is no answer.
            ssl.SSLError: What came was not of the peer.
        """
        most = request.operation.max_answer_bytes
        answer = await self.wires.exchange(request, recorder, most, seconds)
        headers = _by_name(answer.headers)
        body, whole = unpacked(headers.get("content-encoding", ""), answer.body, most)
        return Raw(answer.status, headers, body, whole and answer.whole)

    async def aclose(self) -> None:
        """Close every connection."""
        await self.wires.aclose()


def wires_here(
    settings: Settings,
    headers: Mapping[str, str],
    context: ssl.SSLContext,
    elapsed: Callable[[], float],
) -> ThroughWires | None:
    """Return connections of our own for the running loop; ``None`` where there can be none."""
    parses = best()
    # Trio in guest mode runs inside of an asyncio loop, but not in a task of it.
    if parses is None or not _is_asyncio():
        return None
    heads = Heads(settings.base_url, headers, settings.token)
    return ThroughWires(Wires(Terms(heads, context, settings.timeout, parses), elapsed))


def is_intercepted() -> bool:
    """Say whether something has got between httpx and the network, and wants to see the calls.

    respx, VCR.py and their like replace classes or methods of httpx, or of what is below it, and
    so do the instruments of OpenTelemetry: calls that went past httpx would go past them.
    """
    httpcore = sys.modules.get("httpcore")
    return _HTTPX.are_replaced(httpx) or (httpcore is not None and _HTTPCORE.are_replaced(httpcore))


def _is_asyncio() -> bool:
    try:
        return asyncio.current_task() is not None
    except RuntimeError:
        return False


def _by_name(headers: list[tuple[bytes, bytes]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for raw_name, raw in headers:
        name = raw_name.decode("latin-1").lower()
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            text = raw.decode("latin-1")
        found[name] = f"{found[name]}, {text}" if name in found else text
    return found
