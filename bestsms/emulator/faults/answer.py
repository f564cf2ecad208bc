"""An HTTP answer as plain values, and its bytes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from http import HTTPStatus

import attrs
import h11
from attrs import frozen

from bestsms.emulator.errors import EmulatorError

Headers = tuple[tuple[str, str], ...]

_NOT_YOURS = ("content-length", "transfer-encoding")
_PAGE = """<!DOCTYPE html>
<html><head><title>Sign in</title></head>
<body><h1>Welcome to the guest network</h1><p>Please sign in to go online.</p></body></html>
"""


@frozen
class Answer:
    """One answer; ``headers`` hold no Content-Length, it is written with the bytes."""

    status: int
    headers: Headers
    body: bytes

    @property
    def reason(self) -> str:
        """The phrase behind the code, empty for an unknown one."""
        return HTTPStatus(self.status).phrase if self.status in set(HTTPStatus) else ""

    def with_header(self, name: str, value: str) -> Answer:
        """Return this answer with a header, unless it has one of that name."""
        if any(name.lower() == mine.lower() for mine, _ in self.headers):
            return self
        return attrs.evolve(self, headers=(*self.headers, (name, value)))

    def all_headers(self, length: int | None = None) -> list[tuple[bytes, bytes]]:
        """Return the headers as they travel.

        Args:
            length: What Content-Length says instead of the truth.
        """
        size = len(self.body) if length is None else length
        # 204 and 304 have neither a body nor a word about its length.
        has_length = self.status not in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
        told = [*self.headers, *([("content-length", str(size))] if has_length else [])]
        return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in told]

    def head(self, length: int | None = None) -> bytes:
        """Return the bytes before the body."""
        lines = b"".join(b"%b: %b\r\n" % pair for pair in self.all_headers(length))
        return b"HTTP/1.1 %d %b\r\n%b\r\n" % (self.status, self.reason.encode(), lines)


def check_headers(pairs: Iterable[tuple[object, object]]) -> Headers:
    """Return headers that an HTTP/1.1 peer may send.

    Raises:
        EmulatorError: A name or a value cannot be sent, or is not the caller's to choose.
    """
    found: list[tuple[str, str]] = []
    for name, value in pairs:
        if not (isinstance(name, str) and isinstance(value, str)):
            raise EmulatorError(f"headers are texts, not {name!r}: {value!r}")
        if name.lower() in _NOT_YOURS:
            raise EmulatorError(f"headers: {name} is the emulator's; see do='wrong_length'")
        try:
            h11.Response(
                status_code=200, headers=[(name.encode("latin-1"), value.encode("latin-1"))]
            )
        except (h11.LocalProtocolError, UnicodeEncodeError):
            raise EmulatorError(f"headers: {name!r}: {value!r} cannot be sent") from None
        found.append((name, value))
    return tuple(found)


def failure(status: int, headers: Headers, body: bytes | None) -> Answer:
    """Return an answer that says in the API's way that something failed, if no body is given."""
    answer = Answer(status, headers, body or b"")
    if body is not None or answer.status in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED):
        return answer
    text = json.dumps({"Result": "Failed", "Message": answer.reason or f"HTTP {status}"})
    return attrs.evolve(answer, body=text.encode()).with_header("content-type", "application/json")


def page(status: int, headers: Headers, body: bytes | None) -> Answer:
    """Return a web page, such as a guest network or a firewall puts in the way."""
    shown = _PAGE.encode() if body is None else body
    return Answer(status, headers, shown).with_header("content-type", "text/html; charset=utf-8")
