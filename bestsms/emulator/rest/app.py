"""The API endpoint: one request in, one answer out, nothing kept in between."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from bestsms.emulator.core.engine import Engine
from bestsms.emulator.errors import Refused
from bestsms.emulator.rest import answers, bodies, formats, routing, strict, xml_bodies
from bestsms.emulator.rest.calls import Answer, Call
from bestsms.emulator.rest.formats import Format

_WITH_BODY = ("POST", "PATCH")
_LATEST = routing.VERSIONS[-1]
_READERS: dict[Format, Callable[[bytes], Any]] = {
    Format.JSON: bodies.decode,
    Format.XML: xml_bodies.decode,
}


class Api:
    """An ASGI app that answers every path outside ``/_emulator``.

    The checks in their order, each failure with ``Result: Failed`` and a text:

    ======  ==================================================================
    404     no call of 2.03 or 2.04 has that path
    405     the call has another method, which ``Allow`` names
    401     no ``Authorization: Basic``, or another token
    415     Content-Type or Accept is neither JSON nor XML
    413     the body is larger than 20 MB
    400     the body cannot be read, or the call is refused (some settings say 200 or 404)
    ======  ==================================================================

    A refusal is in the format of the answer. What the setting ``strict`` refuses besides,
    and with which code, is told in ``strict``.

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

    def carry_out(self, scope: Scope, body: bytes) -> None:
        """Do what a request asks for, whose answer nobody will see; not even a refusal.

        It is for a plan of the agenda, so neither is the lock taken nor anything settled.
        """
        with contextlib.suppress(Refused):
            bodies.check_size(len(body))
            self._find(Request(scope))(body)

    async def _answer(self, request: Request) -> Response:
        try:
            act = self._find(request)
            body = await bodies.read_bytes(request)
            with self._engine.lock:
                self._engine.settle()
                return answers.render(act(body), spoken=formats.of_answer(request.headers))
        except Refused as refusal:
            version = routing.version_of(_raw_path(request)) or _LATEST
            spoken = formats.of_refusal(request.headers)
            return answers.refuse(version, refusal, self._engine.settings.error_key, spoken)
        except ClientDisconnect:
            return Response(status_code=400)

    def _find(self, request: Request) -> Callable[[bytes], Answer]:
        """Check all but the body of a request, and return what to do with that.

        Raises:
            Refused: One of the checks failed; what is returned raises it as well.
        """
        raw_path = _raw_path(request)
        version = routing.version_of(raw_path)
        if version is None:
            raise routing.not_found(raw_path)
        route = routing.find(request.method, raw_path)
        settings = self._engine.settings
        header = request.headers.get("authorization", "")
        bodies.check_token(header, self._token, bearer=settings.accept_bearer)
        written = formats.of_body(request.headers) if request.method in _WITH_BODY else None
        formats.of_answer(request.headers)
        if settings.strict:
            strict.check_head(request, raw_path, version, route)
        query = {name.lower(): value for name, value in request.query_params.multi_items()}

        def act(body: bytes) -> Answer:
            if settings.strict:
                strict.check_body(body, version, route, written)
            value: Any = _READERS[written](body) if written else {}
            return route.handler(self._engine, Call(version, route.ids, query, value))

        return act


def _raw_path(request: Request) -> str:
    # raw_path is optional in ASGI; without it an id simply cannot hold %2F.
    raw: bytes = request.scope.get("raw_path") or quote(request.url.path).encode()
    return raw.decode("latin-1")
