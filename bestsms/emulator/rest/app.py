"""The API endpoint: one request in, one answer out, nothing kept in between."""

from __future__ import annotations

from urllib.parse import quote

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from bestsms.emulator.core.engine import Engine
from bestsms.emulator.errors import Refused
from bestsms.emulator.rest import answers, bodies, routing
from bestsms.emulator.rest.calls import Call

_WITH_BODY = ("POST", "PATCH")
_LATEST = routing.VERSIONS[-1]


class Api:
    """An ASGI app that answers every path outside ``/_emulator``.

    The checks in their order, each failure with ``Result: Failed`` and a text:

    ======  ==================================================================
    404     no call of 2.03 or 2.04 has that path
    405     the call has another method, which ``Allow`` names
    401     no ``Authorization: Basic``, or another token
    415     Content-Type or Accept is not JSON
    413     the body is larger than 20 MB
    400     the body is no JSON, or the call is refused (some settings say 200 or 404)
    ======  ==================================================================

    Args:
        engine: What the calls act on.
        token: The one good token; None takes any that is not empty.
    """

    def __init__(self, engine: Engine, token: str | None) -> None:
        self._engine = engine
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        response = await self._answer(Request(scope, receive))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        # raw_path is optional in ASGI; without it an id simply cannot hold %2F.
        raw: bytes = request.scope.get("raw_path") or quote(request.url.path).encode()
        raw_path = raw.decode("latin-1")
        version = routing.version_of(raw_path)
        try:
            if version is None:
                raise routing.not_found(raw_path)
            return await self._call(request, version, raw_path)
        except Refused as refusal:
            key = self._engine.settings.error_key
            return answers.refuse(version or _LATEST, refusal, key)
        except ClientDisconnect:
            return Response(status_code=400)

    async def _call(self, request: Request, version: str, raw_path: str) -> Response:
        handler, ids = routing.find(request.method, raw_path)
        bodies.check_token(
            request.headers.get("authorization", ""),
            self._token,
            bearer=self._engine.settings.accept_bearer,
        )
        has_body = request.method in _WITH_BODY
        bodies.check_format(request.headers, has_body=has_body)
        body = await bodies.read_bytes(request)
        query = {name.lower(): value for name, value in request.query_params.multi_items()}
        call = Call(version, ids, query, bodies.decode(body) if has_body else {})
        with self._engine.lock:
            self._engine.settle()
            return answers.render(handler(self._engine, call))
