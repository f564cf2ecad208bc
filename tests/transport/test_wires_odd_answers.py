"""Odd answers of odd gateways: what h11 reads is read, whichever parser is installed."""

from __future__ import annotations

import httpx
import pytest

from bestsms._transport.wires.answer import MAX_HEAD_BYTES, Answer, Parser
from bestsms._transport.wires.with_h11 import H11Parser
from bestsms._transport.wires.with_httptools import HttptoolsParser

BODY = b'{"a":1}'
OK = b"HTTP/1.1 200 OK\r\n"
LENGTH = b"Content-Length: 7\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
CHUNKS = b"7\r\n" + BODY + b"\r\n0\r\n\r\n"

READ = {
    "a plain one": OK + LENGTH + b"\r\n" + BODY,
    "bare line feeds": b"HTTP/1.1 200 OK\nContent-Length: 7\n\n" + BODY,
    "a length and chunks": OK + b"Content-Length: 3\r\n" + CHUNKED + b"\r\n" + CHUNKS,
    "chunks and a length": OK + CHUNKED + b"Content-Length: 3\r\n\r\n" + CHUNKS,
    "a length twice": OK + LENGTH + LENGTH + b"\r\n" + BODY,
    "a length twice in one": OK + b"Content-Length: 7, 7\r\n\r\n" + BODY,
    "a folded header": OK + b"X: a\r\n b\r\n" + LENGTH + b"\r\n" + BODY,
    "a folded length": OK + b"Content-Length:\r\n 7\r\n\r\n" + BODY,
    "a folded encoding": OK + b"Transfer-Encoding:\r\n chunked\r\n\r\n" + CHUNKS,
    "a blank after a chunk's size": OK + CHUNKED + b"\r\n7 \r\n" + BODY + b"\r\n0\r\n\r\n",
    "a length in the trailer": OK
    + CHUNKED
    + b"\r\n"
    + CHUNKS[:-2]
    + b"X: y\r\n"
    + LENGTH
    + b"\r\n",
    "a hint that closes": (
        b"HTTP/1.1 103 E\r\nA: b\r\n\r\nHTTP/1.1 103 E\r\nConnection: close\r\n\r\n"
        + (OK + LENGTH + b"\r\n" + BODY)
    ),
    "HTTP/1.2": b"HTTP/1.2 200 OK\r\n" + LENGTH + b"\r\n" + BODY,
    "no reason": b"HTTP/1.1 200\r\n" + LENGTH + b"\r\n" + BODY,
    "a reason in Latin-1": b"HTTP/1.1 200 \xe9\xff\r\n" + LENGTH + b"\r\n" + BODY,
    "chunks of HTTP/1.0": b"HTTP/1.0 200 OK\r\n" + CHUNKED + b"\r\n" + CHUNKS,
    "an extension of a chunk": OK + CHUNKED + b'\r\n7;a=b;c="x"\r\n' + BODY + b"\r\n0;z\r\n\r\n",
    "a length with a hint": (
        b"HTTP/1.1 100 Continue\r\nContent-Length: 3\r\n\r\n" + OK + LENGTH + b"\r\n" + BODY
    ),
    "an offer of another protocol": (
        OK + b"Upgrade: h2c\r\nConnection: Upgrade, Keep-Alive\r\n" + LENGTH + b"\r\n" + BODY
    ),
    "a last one among others": OK + b"Connection: foo, Close\r\n" + LENGTH + b"\r\n" + BODY,
}

REFUSED = {
    "two lengths": OK + LENGTH + b"Content-Length: 8\r\n\r\n" + BODY + b"X",
    "a length with a sign": OK + b"Content-Length: +7\r\n\r\n" + BODY,
    "a length below nothing": OK + b"Content-Length: -7\r\n\r\n" + BODY,
    "a length with a dash": OK + b"Content-Length: 7_0\r\n\r\n" + BODY,
    "no length": OK + b"Content-Length: \r\n\r\n" + BODY,
    "an unknown encoding": OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n" + CHUNKS,
    "no size of a chunk": OK + CHUNKED + b"\r\n-7\r\n" + BODY + b"\r\n0\r\n\r\n",
    "more than a size may be": OK + CHUNKED + b"\r\n1" + b"0" * 40 + b"\r\n" + BODY,
    "a header without a colon": OK + b"Echo Basic T\r\n" + LENGTH + b"\r\n" + BODY,
    "a name that is none": OK + b"X(): a\r\n" + LENGTH + b"\r\n" + BODY,
    "a request": b"POST /api/v2.04/send/sms HTTP/1.1\r\nHost: x\r\n\r\n",
    "another protocol": b"ICY 200 OK\r\n" + LENGTH + b"\r\n" + BODY,
    "a folded header, and no answer": OK + b"X: a\r\n b\r\nX(): a\r\n\r\n",
}

both = pytest.mark.parametrize("parses", [H11Parser, HttptoolsParser])
in_pieces = pytest.mark.parametrize("size", [1, 5, 1_000_000])


def read(parser: Parser, data: bytes, size: int) -> bool:
    """Feed a parser in pieces; say whether nothing more is awaited."""
    ended = False
    for at in range(0, len(data), size):
        ended = parser.feed(data[at : at + size])
    return ended


@both
@in_pieces
@pytest.mark.parametrize("data", READ.values(), ids=READ)
def test_an_odd_answer_is_one(parses, size: int, data: bytes) -> None:
    """A send that such a gateway accepted is accepted with ``fast`` as well as without."""
    answer = Answer(100)
    assert read(parses(answer), data, size)
    assert (answer.status, bytes(answer.body), answer.whole) == (200, BODY, True)
    by_h11 = Answer(100)
    read(H11Parser(by_h11), data, 1_000_000)
    assert sorted(name.lower() for name, _ in answer.headers) == sorted(
        name.lower() for name, _ in by_h11.headers
    )
    assert answer.keep == by_h11.keep


@both
@in_pieces
@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED)
def test_what_both_refuse_is_no_answer(parses, size: int, data: bytes) -> None:
    """A second reading makes nothing of what nobody can read."""
    with pytest.raises(httpx.RemoteProtocolError):
        read(parses(Answer(100)), data, size)


@both
@in_pieces
def test_an_odd_answer_may_have_no_length(parses, size: int) -> None:
    """The end of the connection ends it, as it ends any other; and one that is cut is none."""
    answer = Answer(100)
    parser = parses(answer)
    assert not read(parser, OK + b"X: a\r\n b\r\n\r\n" + BODY, size)
    parser.finish()
    assert (bytes(answer.body), answer.ended, answer.keep) == (BODY, True, False)
    cut = parses(Answer(100))
    assert not read(cut, OK + b"X: a\r\n b\r\n" + LENGTH + b"\r\n{", size)
    with pytest.raises(httpx.RemoteProtocolError):
        cut.finish()


@both
@in_pieces
def test_no_more_is_read_of_an_odd_answer_than_anyone_wants(parses, size: int) -> None:
    """The limits are the same in a second reading."""
    answer = Answer(4)
    assert read(parses(answer), OK + b"X: a\r\n b\r\n" + LENGTH + b"\r\n" + BODY, size)
    assert (answer.whole, answer.keep) == (False, False)
    long = OK + b"X: a\r\n b\r\n" + b"Y: " + b"y" * MAX_HEAD_BYTES
    with pytest.raises(httpx.RemoteProtocolError):
        read(parses(Answer(100)), long, 10_000)


def test_what_is_kept_for_a_second_reading_is_bounded() -> None:
    """It is as long as a head and a body may be; past that the first word is the last."""
    hints = b"HTTP/1.1 103 E\r\nX: y\r\n\r\n" * 6_000
    with pytest.raises(httpx.RemoteProtocolError):
        read(HttptoolsParser(Answer(100)), hints + READ["a folded header"], 10_000)
