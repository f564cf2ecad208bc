"""Exchanges through httpx: over a transport of the caller's own, or over lanes."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any

import anyio
import httpx

from bestsms._evidence import Phase
from bestsms._protocol import Request
from bestsms._settings import Secret, Settings
from bestsms._transport.logs import without_queries
from bestsms._transport.raw import OutOfTime, Raw
from bestsms._transport.reading import read
from bestsms._transport.tracing import Recorder

__all__ = ["ThroughHttpx"]


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


class ThroughHttpx:
    """One ``httpx.AsyncClient``, and what it takes to send with it.

    Args:
        settings: Where to, with which token, within which time.
        headers: What each request says.
        transport: Carries the requests.
        reports: Whether that one is known to report what it does.
    """

    __slots__ = ("_base_url", "http", "reports")

    def __init__(
        self,
        settings: Settings,
        headers: Mapping[str, str],
        transport: httpx.AsyncBaseTransport,
        *,
        reports: bool,
    ) -> None:
        without_queries(settings.base_url)
        self._base_url = settings.base_url
        self.reports = reports
        self.http = httpx.AsyncClient(
            transport=transport,
            auth=_TokenAuth(settings.token),
            headers=headers,
            timeout=settings.timeout,
            # Proxies and certificates of the environment do not silently reroute people's texts.
            trust_env=False,
            follow_redirects=False,
        )

    async def exchange(self, request: Request[Any], recorder: Recorder, seconds: float) -> Raw:
        """Send a request and read its answer.

        Raises:
            OutOfTime: The time for the call is over.
            Exception: Whatever the transport raises.
        """
        raw: Raw | None = None
        with anyio.move_on_after(max(0.0, seconds)):
            raw = await self._exchange(request, recorder)
        if raw is None:
            raise OutOfTime
        return raw

    async def aclose(self) -> None:
        """Close every connection."""
        await self.http.aclose()

    async def _exchange(self, request: Request[Any], recorder: Recorder) -> Raw:
        sent = self.http.build_request(
            request.operation.method,
            self._base_url + request.target,
            headers=request.headers,
            content=request.body,
            extensions={"trace": recorder},
        )
        try:
            answer = await self.http.send(sent, stream=True)
            recorder.phase, recorder.status = Phase.RECEIVING, answer.status_code
            try:
                body, whole = await read(answer, request.operation.max_answer_bytes)
            finally:
                await answer.aclose()
        finally:
            await recorder.release()
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Raw(answer.status_code, headers, body, whole)
