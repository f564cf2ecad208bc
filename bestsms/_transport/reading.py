"""Reading an answer's body up to a limit of decoded bytes.

No compression is asked for, but a proxy may compress all the same, and a few kilobytes may unpack
to gigabytes: httpx would unpack each chunk whole. Here no more is unpacked than may be kept.
"""

from __future__ import annotations

import zlib
from typing import Final, cast

import httpx

__all__ = ["read", "unpacked"]

_PLAIN: Final = frozenset({"", "identity"})
_COMPRESSED: Final = frozenset({"deflate", "gzip", "x-gzip"})
_GZIP_OR_ZLIB: Final = zlib.MAX_WBITS | 32


class _Unpacker:
    """Unpacks a body, or leaves a plain one as it is.

    Raises:
        httpx.DecodingError: It is packed in a way that was not asked for.
    """

    def __init__(self, encoding: str) -> None:
        name = encoding.strip().lower()
        if name not in _PLAIN | _COMPRESSED:
            raise httpx.DecodingError("the body is packed in a way that was not asked for")
        self._inner = zlib.decompressobj(_GZIP_OR_ZLIB) if name in _COMPRESSED else None
        self._begun = False

    def decode(self, data: bytes, most: int) -> bytes:
        """Unpack so many bytes at most."""
        self._begun = self._begun or bool(data)
        return data[:most] if self._inner is None else self._inner.decompress(data, most)

    @property
    def ended(self) -> bool:
        """Whether nothing is missing; an answer without a body is whole, packed or not."""
        return self._inner is None or self._inner.eof or not self._begun


async def read(answer: httpx.Response, most: int) -> tuple[bytes, bool]:
    """Read up to so many decoded bytes; say whether that was all.

    Raises:
        httpx.DecodingError: It is packed in a way that was not asked for, or cut short.
        zlib.error: It is not what it says it is.
    """
    if answer.is_stream_consumed and not isinstance(answer.stream, httpx.ByteStream):
        # What records calls has read it already, and a connection gives nothing twice.
        return answer.content[:most], len(answer.content) <= most
    decoder = _Unpacker(answer.headers.get("content-encoding", ""))
    body = bytearray()
    # Not aiter_raw(), which refuses an answer whose body was there from the start, as a mock's is.
    async for chunk in cast("httpx.AsyncByteStream", answer.stream):
        # One byte more than may be kept shows that there is more.
        body += decoder.decode(chunk, most + 1 - len(body))
        if len(body) > most:
            return bytes(body[:most]), False
    if not decoder.ended:
        raise httpx.DecodingError("the packed body is cut short")
    return bytes(body), True


def unpacked(encoding: str, body: bytes | bytearray, most: int) -> tuple[bytes, bool]:
    """Unpack what was read of a body, up to so many bytes; say whether that was all.

    Raises:
        httpx.DecodingError: It is packed in a way that was not asked for, or cut short.
        zlib.error: It is not what it says it is.
    """
    if not encoding and len(body) <= most:
        return bytes(body), True
    decoder = _Unpacker(encoding)
    found = decoder.decode(bytes(body), most + 1)
    if len(found) > most:
        return found[:most], False
    if not decoder.ended and len(body) <= most:
        raise httpx.DecodingError("the packed body is cut short")
    return found, True
