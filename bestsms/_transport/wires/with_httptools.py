"""Reading answers with httptools, the parser of Node: the extra ``fast``."""

from __future__ import annotations

from typing import Any, Final

import httptools
import httpx

from bestsms._transport.wires.answer import Answer, Parser, cut

__all__ = ["HttptoolsParser"]

_FRAMES: Final = frozenset({b"content-length", b"transfer-encoding"})
"""What says where a body ends."""


class HttptoolsParser(Parser):
    """Reads one answer; the methods beside ``finish`` are what httptools calls."""

    __slots__ = ("_headers", "_interim", "_machine", "_until_the_end")

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer)
        self._headers: list[tuple[bytes, bytes]] = []
        self._interim = False
        self._until_the_end = False
        self._machine: Any = httptools.HttpResponseParser(self)

    def finish(self) -> None:
        if not (self.answer.begun and self._until_the_end):
            raise cut()
        self.answer.end(keep=False)

    def _read(self, data: bytes) -> None:
        try:
            self._machine.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            if not self.answer.ended:
                raise httpx.RemoteProtocolError(str(error)) from error
            self.answer.keep = False

    def on_message_begin(self) -> None:
        """One answer was asked for; what follows it belongs to nobody."""
        if self.answer.ended:
            raise httpx.RemoteProtocolError("bytes after the answer")

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; what comes after the body is a trailer, and means nothing here."""
        if not self.answer.begun:
            self._headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Tell the answer from what comes before it."""
        status = self._machine.get_status_code()
        self._interim = self._skip(status)
        if self._interim:
            self._headers = []
            return
        framed = False
        for name, value in self._headers:
            kind = name.lower()
            if kind == b"transfer-encoding" and value.strip().lower() != b"chunked":
                raise httpx.RemoteProtocolError("the body is encoded in an unknown way")
            framed = framed or kind in _FRAMES
        self._until_the_end = not framed
        self.answer.begin(status, self._headers)

    def on_body(self, data: bytes) -> None:
        """Take a piece of the body."""
        self.answer.add(data)

    def on_message_complete(self) -> None:
        """It may have been an interim one."""
        if not self._interim:
            self.answer.end(keep=self._machine.should_keep_alive())
