"""A body is read up to a limit of bytes as they unpack, though no packing was asked for."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import AsyncIterator

import httpx
import pytest

from bestsms._transport.reading import read, unpacked

BODY = b'{"Status":"Pending"}' * 50


def answer(encoding: str | None, content: bytes, piece: int = 7) -> httpx.Response:
    """An answer that arrives in pieces."""

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(content), piece):
            yield content[start : start + piece]

    headers = {"Content-Encoding": encoding} if encoding is not None else {}
    return httpx.Response(200, headers=headers, content=pieces())


@pytest.mark.parametrize(
    ("encoding", "content"),
    [
        (None, BODY),
        ("identity", BODY),
        (" GZIP ", gzip.compress(BODY, mtime=0)),
        ("x-gzip", gzip.compress(BODY, mtime=0)),
        ("deflate", zlib.compress(BODY)),
    ],
)
async def test_a_body_is_unpacked(encoding: str | None, content: bytes) -> None:
    """Piece by piece, up to the last byte that may be."""
    assert await read(answer(encoding, content), len(BODY)) == (BODY, True)
    assert await read(answer(encoding, content), len(BODY) - 1) == (BODY[:-1], False)
    assert unpacked(encoding or "", content, len(BODY)) == (BODY, True)
    assert unpacked(encoding or "", content, len(BODY) - 1) == (BODY[:-1], False)


async def test_a_body_that_is_there_from_the_start_is_read(made) -> None:
    """As a mock's is, packed or not."""
    assert await read(httpx.Response(200, content=BODY), len(BODY)) == (BODY, True)
    packed = httpx.Response(200, content=gzip.compress(BODY), headers={"Content-Encoding": "gzip"})
    assert await read(packed, len(BODY)) == (BODY, True)


async def test_a_body_that_was_read_already_is_taken_as_it_is() -> None:
    """Unpacked by whoever read it; the limit holds all the same."""
    for encoding, content in (None, BODY), ("gzip", gzip.compress(BODY)):
        recorded = answer(encoding, content)
        await recorded.aread()
        assert await read(recorded, len(BODY)) == (BODY, True)
        assert await read(recorded, len(BODY) - 1) == (BODY[:-1], False)


async def test_no_body_is_a_whole_one() -> None:
    """A 204 that came through a packing proxy is still an answer."""
    assert await read(answer("gzip", b""), 10) == (b"", True)
    assert unpacked("gzip", b"", 10) == (b"", True)


async def test_a_few_kilobytes_do_not_become_a_gigabyte() -> None:
    """No more is unpacked than may be kept."""
    bomb = gzip.compress(b" " * 50_000_000)
    body, whole = await read(answer("gzip", bomb, piece=len(bomb)), 1000)
    assert (len(body), whole) == (1000, False)
    body, whole = unpacked("gzip", bomb, 1000)
    assert (len(body), whole) == (1000, False)


@pytest.mark.parametrize(
    ("encoding", "content"),
    [
        ("gzip", gzip.compress(BODY, mtime=0)[:-1]),
        ("deflate", zlib.compress(BODY)[:-5]),
        ("br", BODY),
        ("gzip, gzip", BODY),
    ],
)
async def test_a_body_that_is_cut_or_packed_otherwise_is_no_body(encoding, content) -> None:
    """Half an answer must not look whole (httpx itself does not see that a gzip was cut)."""
    with pytest.raises(httpx.DecodingError):
        await read(answer(encoding, content), 10_000)
    with pytest.raises(httpx.DecodingError):
        unpacked(encoding, content, 10_000)


async def test_what_is_not_packed_as_it_says_is_an_error() -> None:
    """Whatever comes out of it would be made up."""
    with pytest.raises(zlib.error):
        await read(answer("gzip", BODY), 10_000)
    with pytest.raises(zlib.error):
        unpacked("gzip", BODY, 10_000)
