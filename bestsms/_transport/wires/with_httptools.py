"""Reading answers with httptools, the parser of Node: the extra ``fast``.

It refuses what many a gateway writes and h11 reads: a folded header, one length given twice, bare
line feeds. A send that was accepted must not become unclear by the choice of a parser, so what it
refuses is read again with h11, and only what both refuse is no answer.
"""

from __future__ import annotations

from typing import Any, Final

import httptools
import httpx

from bestsms._transport.wires.answer import MAX_HEAD_BYTES, Answer, Parser, cut

__all__ = ["HttptoolsParser"]

_CHUNKED: Final = b"transfer-encoding"
_FRAMES: Final = frozenset({b"content-length", _CHUNKED})
"""What says where a body ends."""


class HttptoolsParser(Parser):
    """Reads one answer; the methods beside ``feed`` and ``finish`` are what httptools calls."""

    __slots__ = ("_came", "_headers", "_instead", "_interim", "_machine", "_room", "_until_the_end")

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer)
        self._headers: list[tuple[bytes, bytes]] = []
        self._interim = False
        self._until_the_end = False
        self._came: list[bytes] = []
        self._room = MAX_HEAD_BYTES + answer.most
        self._instead: Parser | None = None
        self._machine: Any = httptools.HttpResponseParser(self)

    def feed(self, data: bytes) -> bool:
        if self._instead is not None:
            return self._instead.feed(data)
        self._room -= len(data)
        if self._room >= 0:
            self._came.append(data)
        else:
            self._came.clear()
        try:
            return super().feed(data)
        except httpx.RemoteProtocolError:
            if self._room < 0:
                raise
        return self._read_again()

    def _read_again(self) -> bool:
        # Not with this module: few answers need it.
        from bestsms._transport.wires.with_h11 import H11Parser  # noqa: PLC0415

        self.answer.forget()
        self._instead = H11Parser(self.answer)
        came, self._came = b"".join(self._came), []
        return self._instead.feed(came)

    def finish(self) -> None:
        if self._instead is not None:
            self._instead.finish()
            return
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
        framed: set[bytes] = set()
        for name, value in self._headers:
            kind = name.lower()
            if kind == _CHUNKED and value.strip().lower() != b"chunked":
                raise httpx.RemoteProtocolError("the body is encoded in an unknown way")
            if kind in _FRAMES:
                framed.add(kind)
        self._until_the_end = not framed
        if _CHUNKED not in framed:
            # Of a body without frames of its own there is nothing left to refuse.
            self._room = -1
            self._came.clear()
        self.answer.begin(status, self._headers)

    def on_body(self, data: bytes) -> None:
        """Take a piece of the body."""
        self.answer.add(data)

    def on_message_complete(self) -> None:
        """It may have been an interim one."""
        if not self._interim:
            self.answer.end(keep=self._machine.should_keep_alive())
