"""The one place that does HTTP, and the only importer of httpx.

``AsyncBaseTransport`` is the one httpx type of the public face: what ``transport=`` takes.

A :class:`Transport` takes a call through attempts, timeouts, one total deadline and the reading of
the answer. Whatever goes wrong below it leaves as one of this package's errors.
"""

from __future__ import annotations

import logging
import platform
from collections.abc import Generator, Mapping
from typing import Any, Final, TypeVar, cast

import anyio
import httpx
from httpx import AsyncBaseTransport

from bestsms import _retry
from bestsms._answers import decipher, lost, not_sent, out_of_time
from bestsms._protocol import Operation, Request, Response, build
from bestsms._retry import Clock
from bestsms._settings import Secret, Settings
from bestsms._version import __version__
from bestsms._wire.model import Model
from bestsms.errors import (
    BestSMSError,
    ConfigurationError,
    DeadlineExceeded,
    InvalidRequest,
    RateLimited,
    ServerError,
)

__all__ = ["MAX_RESPONSE_BYTES", "AsyncBaseTransport", "Transport"]

MAX_RESPONSE_BYTES: Final = 8_000_000
"""The most decoded bytes that are read of one answer."""
SHORTEST_REAL_TOKEN: Final = 20
KEEPALIVE_SECONDS: Final = 5.0

AnswerT = TypeVar("AnswerT", bound=Model)

_log = logging.getLogger("bestsms")


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


class Transport:
    """Carries calls over one ``httpx.AsyncClient``.

    Args:
        settings: Where to, with which token, within which time.
        http: A transport of the caller's own (a proxy, a mock); httpx's pool if not given.
        clock: Time and chance.
    """

    __slots__ = ("_clock", "_gate", "_http", "_settings")

    def __init__(
        self,
        settings: Settings,
        *,
        http: AsyncBaseTransport | None = None,
        clock: Clock | None = None,
    ) -> None:
        if http is not None and not isinstance(http, AsyncBaseTransport):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ConfigurationError(
                f"transport: an httpx.AsyncBaseTransport is needed, not {type(http).__name__}."
            )
        self._settings = settings
        self._clock = clock or Clock()
        # Calls wait here and not in the pool below: who is still here has provably sent nothing,
        # when the deadline is over or the client is closed.
        self._gate = anyio.CapacityLimiter(settings.max_connections)
        self._http = httpx.AsyncClient(
            transport=http,
            auth=_TokenAuth(settings.token),
            headers={
                "User-Agent": f"bestsms-async/{__version__} (Python {platform.python_version()})",
                # A compressed answer could unpack to any size, and these are small.
                "Accept-Encoding": "identity",
            },
            timeout=settings.timeout,
            limits=httpx.Limits(
                max_connections=settings.max_connections,
                max_keepalive_connections=settings.max_connections,
                keepalive_expiry=KEEPALIVE_SECONDS,
            ),
            # Proxies and certificates of the environment do not silently reroute people's texts.
            trust_env=False,
            follow_redirects=False,
        )

    async def aclose(self) -> None:
        """Close every connection."""
        await self._http.aclose()

    async def call(
        self,
        operation: Operation[AnswerT],
        *,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, object] | None = None,
        body: Model | None = None,
    ) -> AnswerT:
        """Make one documented call, with retries where they are safe.

        Raises:
            BestSMSError: One of the tree in :mod:`bestsms.errors`.
        """
        request = build(
            operation,
            self._settings.versions[operation.area],
            path=path or {},
            query=query or {},
            body=body,
        )
        ends = self._clock.monotonic() + self._settings.deadline
        attempt = 1
        while True:
            try:
                return await self._attempt(request, ends)
            except DeadlineExceeded:
                raise
            except BestSMSError as error:
                if not _retry.worth_retrying(operation, error, attempt):
                    raise
                asked = error.retry_after if isinstance(error, RateLimited | ServerError) else None
                seconds = _retry.pause(attempt, asked, self._clock)
                if seconds is None or self._clock.monotonic() + seconds >= ends:
                    raise
                _log.debug("%s: %s, again in %.1f s", request, type(error).__name__, seconds)
            await self._clock.sleep(seconds)
            attempt += 1

    async def _attempt(self, request: Request[AnswerT], ends: float) -> AnswerT:
        left = ends - self._clock.monotonic()
        response: Response | None = None
        waiting = True
        with anyio.move_on_after(max(0.0, left)):
            async with self._gate:
                waiting = False
                response = await self._exchange(request)
        if response is None:
            raise out_of_time(request, self._settings.deadline, waiting=waiting)
        _log.debug("%s: HTTP %d", request, response.status)
        try:
            return decipher(request, response)
        except (RateLimited, ServerError) as error:
            error.retry_after = _retry.read_retry_after(response.headers, self._clock)
            raise

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

    async def _exchange(self, request: Request[Any]) -> Response:
        if self._http.is_closed:
            raise not_sent(request, "this client is closed; make a new one")
        sent = self._http.build_request(
            request.operation.method,
            self._url(request),
            headers=request.headers,
            content=request.body,
        )
        try:
            answer = await self._http.send(sent, stream=True)
            try:
                body, whole = await _read_bounded(answer)
            finally:
                await answer.aclose()
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            reason = f"{type(error).__name__}: {error}".rstrip(": ")
            raise not_sent(
                request, f"no connection to {self._settings.base_url} ({reason})"
            ) from _without_frames(error)
        # Not only httpx's: a corrupt TLS record comes as a bare ssl.SSLError.
        except Exception as error:  # noqa: BLE001
            raise lost(
                request, f"no usable answer came ({type(error).__name__})"
            ) from _without_frames(error)
        return Response(
            status=answer.status_code,
            headers={name.lower(): value for name, value in answer.headers.items()},
            body=self._without_token(body),
            whole=whole,
        )

    def _without_token(self, body: bytes) -> bytes:
        # A server that echoes what it was sent would carry the token into an error's text. A real
        # one is a JWT; a short one of a test may stand in any word.
        if len(self._settings.token) < SHORTEST_REAL_TOKEN:
            return body
        return body.replace(self._settings.token.reveal().encode(), b"[token]")


async def _read_bounded(answer: httpx.Response) -> tuple[bytes, bool]:
    body = bytearray()
    async for chunk in answer.aiter_bytes():
        body += chunk
        if len(body) > MAX_RESPONSE_BYTES:
            return bytes(body[:MAX_RESPONSE_BYTES]), False
    return bytes(body), True


def _without_frames(error: BaseException) -> BaseException:
    """Take the tracebacks off an error and everything that caused it.

    The frames below hold the raw request, header and body; a report with captured locals would
    print the token and the text. Type and message, which say what happened, stay.
    """
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        at = waiting.pop()
        if at is None or id(at) in seen:
            continue
        seen.add(id(at))
        at.__traceback__ = None
        if isinstance(at, httpx.RequestError):
            # httpx has no public way to drop it.
            at._request = None  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
        waiting += [at.__cause__, at.__context__]
        if isinstance(at, BaseExceptionGroup):
            waiting += cast("BaseExceptionGroup[BaseException]", at).exceptions
    return error
