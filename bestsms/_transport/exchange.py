"""One request and its answer over one ``httpx.AsyncClient``; whatever fails leaves as our error."""

from __future__ import annotations

import platform
import ssl
import sys
from collections.abc import Generator
from typing import Any, Final

import anyio
import httpx

from bestsms import _failures as failures
from bestsms._evidence import Obstacle, Phase
from bestsms._protocol import Request, Response
from bestsms._retry import Clock
from bestsms._settings import Secret, Settings
from bestsms._transport.lanes import Lanes
from bestsms._transport.logs import without_queries
from bestsms._transport.reading import read
from bestsms._transport.tracing import Recorder, causes, obstacle
from bestsms._version import __version__
from bestsms.errors import InvalidRequest, NotSent

__all__ = ["Engine", "closed"]

SHORTEST_REAL_TOKEN: Final = 20


class _TokenAuth(httpx.Auth):
    """Writes the Authorization header at the last moment.

    Inside ``auth_flow`` the token never stands in a local variable of a frame, where a traceback
    with captured locals would find it.
    """

    def __init__(self, token: Secret) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Basic {self._token.reveal()}"
        yield request


class Engine:
    """What one event loop needs for its exchanges: a gate, and connections.

    Args:
        settings: Where to, with which token, within which time.
        http: A transport of the caller's own; our lanes if not given.
        context: The TLS settings of our lanes.
        clock: Time and chance.
    """

    __slots__ = ("_http", "_reports", "_settings", "gate")

    def __init__(
        self,
        settings: Settings,
        http: httpx.AsyncBaseTransport | None,
        context: ssl.SSLContext,
        clock: Clock,
    ) -> None:
        self._settings = settings
        without_queries(settings.base_url)
        # Calls wait here, not below: who is still here has provably sent nothing.
        self.gate = anyio.CapacityLimiter(settings.max_connections)
        # Other transports may report nothing; then silence of theirs proves nothing.
        self._reports = http is None or type(http) is httpx.AsyncHTTPTransport
        self._http = httpx.AsyncClient(
            transport=http or Lanes(context, clock.elapsed),
            auth=_TokenAuth(settings.token),
            headers={
                "User-Agent": f"bestsms-async/{__version__} (Python {platform.python_version()})",
                # A compressed answer could unpack to any size, and these are small.
                "Accept-Encoding": "identity",
            },
            timeout=settings.timeout,
            # Proxies and certificates of the environment do not silently reroute people's texts.
            trust_env=False,
            follow_redirects=False,
        )

    async def aclose(self) -> None:
        """Close every connection."""
        await self._http.aclose()

    async def exchange(self, request: Request[Any], recorder: Recorder) -> Response:
        """Send a request and read its answer, up to the size that such an answer may have.

        Raises:
            NotSent: It is proved that nothing left.
            NoAnswer: A read got no answer.
            OutcomeUnknown: A change got no answer.
        """
        if self._http.is_closed:
            raise closed(request)
        sent = self._http.build_request(
            request.operation.method,
            self._url(request),
            headers=request.headers,
            content=request.body,
            extensions={"trace": recorder},
        )
        recorder.entered, recorder.reports = True, self._reports
        # The caller may be handling an error of its own, which becomes the context of ours.
        before = sys.exception()
        try:
            answer = await self._http.send(sent, stream=True)
            recorder.phase, recorder.status = Phase.RECEIVING, answer.status_code
            try:
                body, whole = await read(answer, request.operation.max_answer_bytes)
            finally:
                await answer.aclose()
        # Not only httpx's: a corrupt TLS record comes as a bare ssl.SSLError.
        except Exception as error:  # noqa: BLE001
            raise self._failed(request, error, recorder, before) from _without_frames(error, before)
        except BaseException as broken:
            # A cancellation goes on as it is, and shows a traceback as well.
            _without_frames(broken, before)
            raise
        finally:
            await recorder.release()
        recorder.phase = Phase.ANSWERED
        return Response(
            status=answer.status_code,
            headers={name.lower(): value for name, value in answer.headers.items()},
            body=self._without_token(body),
            whole=whole,
            secure=self._settings.base_url.startswith("https"),
        )

    def _url(self, request: Request[Any]) -> httpx.URL:
        try:
            return httpx.URL(self._settings.base_url + request.target)
        except httpx.InvalidURL:
            size = len(request.target)
            raise InvalidRequest(
                "path",
                f"the call's path is {size:,} characters, longer than a URL may be",
                size=size,
            ) from None

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


def closed(request: Request[Any]) -> NotSent:
    """Return the error of a call on a client that was closed."""
    reason = f"{Obstacle.CLOSED.value}; make a new one"
    return failures.not_sent(request, reason, Obstacle.CLOSED)


def _without_frames(error: BaseException, before: BaseException | None = None) -> BaseException:
    """Take the tracebacks off an error and everything that caused it, as far as it is of ours.

    The frames below hold the raw request, header and body; a report with captured locals would
    print the token and the text. Type and message, which say what happened, stay.
    """
    for each in causes(error, before):
        each.__traceback__ = None
        if isinstance(each, httpx.RequestError):
            # httpx has no public way to drop it.
            each._request = None  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
    return error
