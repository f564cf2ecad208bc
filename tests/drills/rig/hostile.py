"""Peers that want the client's memory or its time: each is a script, and none ever ends."""

from __future__ import annotations

import functools
import gzip
import io
import zlib
from collections.abc import Callable, Iterator

from rig.peers import Script, Wire

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
BOMB_BYTES = 200_000_000
PIECE = b" " * 65_536


@functools.cache
def bomb(layers: int = 1) -> bytes:
    """200 MB of spaces, as gzip; gzip of gzip, if there are more layers."""
    if layers > 1:
        return gzip.compress(bomb(layers - 1), mtime=0)
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=1, mtime=0) as whole:
        for _ in range(BOMB_BYTES // len(PIECE)):
            whole.write(PIECE)
    return packed.getvalue()


@functools.cache
def deflated() -> bytes:
    """The same, as deflate."""
    packing = zlib.compressobj(level=1)
    pieces = [packing.compress(PIECE) for _ in range(BOMB_BYTES // len(PIECE))]
    return b"".join([*pieces, packing.flush()])


def _packed(coding: bytes, content: Callable[[], bytes]) -> Script:
    def peer(wire: Wire) -> None:
        wire.request()
        head = OK + b"Content-Encoding: %b\r\nContent-Length: %d\r\n\r\n"
        wire.write(head % (coding, len(content())), content())
        wire.silence()

    return peer


def _endless(start: bytes, pieces: Callable[[], Iterator[bytes]]) -> Script:
    """Write as fast as it is taken."""

    def peer(wire: Wire) -> None:
        wire.request()
        wire.write(start)
        for piece in pieces():
            wire.write(piece)

    return peer


def _again(piece: bytes) -> Callable[[], Iterator[bytes]]:
    def pieces() -> Iterator[bytes]:
        while True:
            yield piece

    return pieces


def _headers(start: bytes) -> Callable[[], Iterator[bytes]]:
    def pieces() -> Iterator[bytes]:
        yield start
        for thousand in range(1_000):
            yield b"".join(b"X-%d: y\r\n" % (thousand * 1_000 + each) for each in range(1_000))
        yield b"\r\n"

    return pieces


def _drip(start: bytes, piece: bytes) -> Script:
    def peer(wire: Wire) -> None:
        wire.request()
        wire.write(start)
        while True:
            wire.drip(piece, every=0.05)

    return peer


CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"

WITHOUT_END: dict[str, Script] = {
    "a drip of headers": _drip(OK, b"X: y\r\n"),
    "a drip of body": _drip(CHUNKED, b"1\r\n \r\n"),
    "1xx without end": _endless(b"", _again(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 1_000)),
}
"""Nothing is ever too much of these; only the deadline ends them."""

TEDIOUS: dict[str, Script] = {
    "chunks of one byte without end": _endless(CHUNKED, _again(b"1\r\n \r\n" * 10_000)),
}
"""So slow to read that the deadline may come before the cap."""

TOO_MUCH: dict[str, Script] = {
    "a million headers": _endless(OK, _headers(b"")),
    "a million trailers": _endless(CHUNKED, _headers(b"0\r\n")),
    "a header without end": _endless(OK + b"X: ", _again(b"y" * 65_536)),
    "a status line without end": _endless(b"HTTP/1.1 200 ", _again(b"y" * 65_536)),
    "a chunk extension without end": _endless(CHUNKED + b"1;", _again(b"y" * 65_536)),
}
"""More of what surrounds a body than anyone needs."""

BOMBS: dict[str, Script] = {
    "a gzip bomb": _packed(b"gzip", bomb),
    "a gzip bomb in gzip": _packed(b"gzip, gzip", functools.partial(bomb, 2)),
    "a deflate bomb": _packed(b"deflate", deflated),
}
"""Little on the wire, 200 MB in memory; and none of it was asked for."""

LONG: dict[str, Script] = {
    "a body without end": _endless(OK + b"\r\n", _again(PIECE)),
    "a body of 10^18 bytes": _endless(
        OK + b"Content-Length: 1000000000000000000\r\n\r\n", _again(PIECE)
    ),
    "chunks without end": _endless(CHUNKED, _again(b"10000\r\n" + PIECE + b"\r\n")),
    "brackets without end": _endless(OK + b"\r\n", _again(b"[" * 65_536)),
}
"""A body over any cap, as fast as it is taken."""
