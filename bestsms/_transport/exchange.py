"""One request and its answer, over whichever connections; what fails leaves as our error."""

from __future__ import annotations

import platform
import ssl
import sys
from collections.abc import Mapping
from typing import Any, Final

import anyio.lowlevel
import httpx

from bestsms import _failures as failures
from bestsms._evidence import Phase
from bestsms._protocol import Request, Response
from bestsms._retry import Clock
from bestsms._settings import Settings
from bestsms._transport.closing import closed
from bestsms._transport.lanes import Lanes
from bestsms._transport.raw import OutOfTime
from bestsms._transport.through_httpx import ThroughHttpx
from bestsms._transport.through_wires import ThroughWires, is_intercepted, wires_here
from bestsms._transport.tracing import Recorder, causes, obstacle
from bestsms._version import __version__
from bestsms.errors import InvalidRequest

__all__ = ["Engine"]

SHORTEST_REAL_TOKEN: Final = 20
LONGEST_URL: Final = 65_536
"""Characters: what httpx holds as well."""
HEADERS: Final = {
    "User-Agent": f"bestsms-async/{__version__} (Python {platform.python_version()})",
    # A compressed answer could unpack to any size, and these are small.
    "Accept-Encoding": "identity",
}


class Engine:
    """What one event loop needs for its exchanges: a gate, and connections.

    Args:
        settings: Where to, with which token, within which time.
        http: A transport of the caller's own; our own connections if not given.
        context: The TLS settings of our own connections.
        clock: Time and chance.
    """

    __slots__ = ("_clock", "_closed", "_context", "_settings", "_through", "_wires", "gate")

    def __init__(
        self,
        settings: Settings,
        http: httpx.AsyncBaseTransport | None,
        context: ssl.SSLContext,
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._context = context
        self._clock = clock
        self._closed = False
        # Calls wait here, not below: who is still here has provably sent nothing.
        self.gate = anyio.CapacityLimiter(settings.max_connections)
        # Other transports may report nothing; then silence of theirs proves nothing.
        self._through: ThroughHttpx | None = None
        self._wires: ThroughWires | None = None
        if http is None:
            self._wires = wires_here(settings, HEADERS, context, clock.elapsed)
        else:
            reports = type(http) is httpx.AsyncHTTPTransport
            self._through = ThroughHttpx(settings, HEADERS, http, reports=reports)

    def _through_httpx(self) -> ThroughHttpx:
        if self._through is None:
            lanes = Lanes(self._context, self._clock.elapsed)
            self._through = ThroughHttpx(self._settings, HEADERS, lanes, reports=True)
        return self._through

    async def aclose(self) -> None:
        """Close every connection."""
        self._closed = True
        for way in (self._wires, self._through):
            if way is not None:
                await way.aclose()

    async def enter(self) -> bool:
        """Take a free connection, if there is one; whoever has one leaves by ``gate.release()``."""
        # Nothing of this waits: who is cancelled already would send before it heard of it.
        await anyio.lowlevel.checkpoint_if_cancelled()
        try:
            self.gate.acquire_nowait()
        except anyio.WouldBlock:
            return False
        return True

    async def turn(self, seconds: float) -> None:
        """Wait for a free connection, and take it.

        Raises:
            TimeoutError: There was none in time.
        """
        with anyio.fail_after(max(0.0, seconds)):
            await self.gate.acquire()

    async def exchange(
        self, request: Request[Any], recorder: Recorder, seconds: float
    ) -> Response | None:
        """Send a request and read its answer, up to the size that such an answer may have.

        Args:
            request: What to send.
            recorder: Listens to how far it comes.
            seconds: The time for it.

        Returns:
            The answer; ``None`` if the time is over.

        Raises:
            InvalidRequest: The path is longer than a URL may be.
            NotSent: It is proved that nothing left.
            NoAnswer: A read got no answer.
            OutcomeUnknown: A change got no answer.
        """
        if self._closed:
            raise closed(request)
        self._refuse_too_long(request)
        own = None if is_intercepted() else self._wires
        way = self._through_httpx() if own is None else own
        recorder.entered, recorder.reports = True, way.reports
        # The caller may be handling an error of its own, which becomes the context of ours.
        before = sys.exception()
        try:
            raw = await way.exchange(request, recorder, seconds)
        except OutOfTime:
            return None
        # Not only httpx's: a corrupt TLS record comes as a bare ssl.SSLError.
        except Exception as error:  # noqa: BLE001
            raise self._failed(request, error, recorder, before) from _without_frames(error, before)
        except BaseException as broken:
            # A cancellation goes on as it is, and shows a traceback as well.
            _without_frames(broken, before)
            raise
        recorder.phase = Phase.ANSWERED
        return Response(
            status=raw.status,
            headers=self._headers_without_token(raw.headers),
            body=self._without_token(raw.body),
            whole=raw.whole,
            secure=self._settings.base_url.startswith("https"),
        )

    def _refuse_too_long(self, request: Request[Any]) -> None:
        size = len(request.target)
        if size + len(self._settings.base_url) > LONGEST_URL:
            raise InvalidRequest(
                "path",
                f"the call's path is {size:,} characters, longer than a URL may be",
                size=size,
            )

    def _failed(
        self,
        request: Request[Any],
        error: Exception,
        recorder: Recorder,
        before: BaseException | None,
    ) -> Exception:
        kept = obstacle(error, recorder, before)
        said = f"{type(error).__name__}: {error}".rstrip(": ")
        if kept is not None:
            reason = f"no connection to {self._settings.base_url}: {kept.value} ({said})"
            return failures.not_sent(request, reason, kept)
        return failures.lost(
            request, f"no usable answer came while {recorder.phase.value} ({type(error).__name__})"
        )

    def _without_token(self, body: bytes) -> bytes:
        # A server that echoes what it was sent would carry the token into an error's text. A real
        # one is a JWT; a short one of a test may stand in any word.
        if len(self._settings.token) < SHORTEST_REAL_TOKEN:
            return body
        return body.replace(self._settings.token.reveal().encode(), b"[token]")

    def _headers_without_token(self, headers: Mapping[str, str]) -> Mapping[str, str]:
        short = len(self._settings.token) < SHORTEST_REAL_TOKEN
        if short or self._settings.token.reveal() not in "\n".join(headers.values()):
            return headers
        return {
            name: text.replace(self._settings.token.reveal(), "[token]")
            for name, text in headers.items()
        }


def _without_frames(error: BaseException, before: BaseException | None = None) -> BaseException:
    """Take the tracebacks off an error and everything that caused it, as far as it is of ours.

    The frames below hold the raw request, header and body; a report with captured locals would
    print the token and the text. Type and message, which say what happened, stay; but where h11
    refused what came, its words quote it, and that may be our own head sent back.
    """
    chain = list(causes(error, before))
    quoted = any(type(each).__module__.partition(".")[0] == "h11" for each in chain)
    for each in chain:
        each.__traceback__ = None
        if quoted and type(each).__name__ == "RemoteProtocolError":
            each.args = ("what came is no complete HTTP/1.1 answer",)
        if isinstance(each, httpx.RequestError):
            # httpx has no public way to drop it.
            each._request = None  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
    return error
