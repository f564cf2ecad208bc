"""Reading a request: who asks, and what the body holds."""

from __future__ import annotations

import hmac
import json
import re
from typing import Any, NoReturn

from starlette.requests import Request

from bestsms.emulator.errors import Refused, bad_syntax

LIMIT = 20 * 1024 * 1024
"""Bytes of a request body (section 1.1)."""

PATIENCE = 4 * LIMIT
"""Bytes after which nobody goes on reading."""
_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def check_token(header: str, token: str | None, *, bearer: bool) -> None:
    """Check ``Authorization: Basic <token>``; the token is not base64 of anything (T9).

    Args:
        header: The header's value, empty when absent.
        token: The one good token; None takes any that is not empty.
        bearer: Whether the scheme Bearer will do too.

    Raises:
        Refused: 401.
    """
    scheme, _, given = header.strip().partition(" ")
    given = given.strip()
    known = scheme.lower() == "basic" or (bearer and scheme.lower() == "bearer")
    # Bytes: compare_digest refuses text that is not ASCII, and headers can hold such.
    good = bool(given) and (token is None or hmac.compare_digest(given.encode(), token.encode()))
    if not (known and good):
        raise Refused("Unauthorized", status=401, headers=(("WWW-Authenticate", "Basic"),))


async def read_bytes(request: Request) -> bytes:
    """Read a body, at most 20 MB of it.

    A longer one is read on and thrown away up to 80 MB, so that a caller who is still
    writing gets to see the answer.

    Raises:
        Refused: 413.
    """
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= LIMIT:
            chunks.append(chunk)
        elif size > PATIENCE:
            break
    check_size(size)
    return b"".join(chunks)


def check_size(size: int) -> None:
    """Refuse a body of more than 20 MB.

    Raises:
        Refused: 413.
    """
    if size > LIMIT:
        raise Refused(f"Request body is larger than {LIMIT} bytes", status=413)


def decode(body: bytes) -> Any:
    """Decode a JSON body; an empty one is an empty object.

    Raises:
        Refused: It is no UTF-8, no JSON, nested too deeply, holds NaN or half a character.
    """
    if not body.strip():
        return {}
    try:
        text = body.decode("utf-8-sig")
        value = json.loads(text, parse_constant=_no_constant)
        if _ESCAPED_SURROGATE.search(text):
            # Half a surrogate pair is legal in JSON but could never be printed again.
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise bad_syntax() from None
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)
