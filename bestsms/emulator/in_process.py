"""The emulator as an httpx transport: no socket, yet faults as a socket would show them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import anyio
import httpx
from starlette.types import Message, Scope

from bestsms.emulator.faults.faulty import Faulty, Heard
from bestsms.emulator.faults.playback import Playback, Trace
from bestsms.emulator.faults.script import Script, whole


class InProcess(httpx.AsyncBaseTransport):
    """Hands requests to the emulator in this process; each is a connection of its own.

    Args:
        faulty: The app and its faults.
    """

    def __init__(self, faulty: Faulty) -> None:
        self._faulty = faulty

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request, and return its answer or raise what httpx would.

        Raises:
            httpx.TransportError: A fault struck; which error, and what the trace has told
                by then, is as over a socket.
        """
        trace = Trace(request)
        async with trace.connecting():
            script = self._reach(request)
        playback = Playback(request)
        try:
            await self._send(request, trace, playback, script)
            async with trace.http("receive_response_headers"):
                head = await playback.head()
        except BaseException:
            with anyio.CancelScope(shield=True):
                await _Body(playback, trace).aclose()
            raise
        return httpx.Response(
            head.status_code,
            headers=head.headers.raw_items(),
            stream=_Body(playback, trace),
            extensions={"http_version": b"HTTP/1.1", "reason_phrase": head.reason},
        )

    def _reach(self, request: httpx.Request) -> Script | None:
        script = self._faulty.at_accept()
        if script and script.end == "refuse":
            raise httpx.ConnectError("All connection attempts failed", request=request)
        return script

    async def _send(
        self, request: httpx.Request, trace: Trace, playback: Playback, script: Script | None
    ) -> None:
        """Write the request, as far as somebody reads it."""
        async with trace.http("send_request_headers"):
            pass
        async with trace.http("send_request_body"):
            body = await request.aread()
            playback.script = script or await self._exchange(request, body)
            await playback.take_in(len(body))

    async def _exchange(self, request: httpx.Request, body: bytes) -> Script:
        """Return what comes back: what the fault says, or the answer and nothing more."""
        scope: Scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": request.method,
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "scheme": request.url.scheme,
            "path": request.url.path,
            "raw_path": request.url.raw_path.partition(b"?")[0],
            "query_string": request.url.query,
            "server": (request.url.host, request.url.port),
            "client": ("127.0.0.1", 123),
            "root_path": "",
        }
        told: Iterator[Message] = iter([{"type": "http.request", "body": body}])

        async def receive() -> Message:
            return next(told, {"type": "http.disconnect"})

        heard = Heard()
        script = await self._faulty.meet(scope, receive, heard)
        if script is not None:
            return script
        data = whole(heard.answer(), request.method)
        return Script("close", data, len(data))


class _Body(httpx.AsyncByteStream):
    """The body of an answer, still on its way."""

    def __init__(self, playback: Playback, trace: Trace) -> None:
        self._playback = playback
        self._trace = trace

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async with self._trace.http("receive_response_body"):
            async for chunk in self._playback.body():
                yield chunk

    async def aclose(self) -> None:
        async with self._trace.step("http11.response_closed"):
            pass
