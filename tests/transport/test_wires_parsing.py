"""Both parsers read the same answers, and refuse the same."""

from __future__ import annotations

import importlib

import httpx
import pytest

from bestsms._transport.wires import best, parsing
from bestsms._transport.wires.answer import MAX_HEAD_BYTES, MAX_HEADERS, Answer, Parser
from bestsms._transport.wires.with_h11 import H11Parser
from bestsms._transport.wires.with_httptools import HttptoolsParser

OK = b"HTTP/1.1 200 OK\r\n"

both = pytest.mark.parametrize("parses", [H11Parser, HttptoolsParser])
in_pieces = pytest.mark.parametrize("size", [1, 7, 1_000_000])


def read(parser: Parser, data: bytes, size: int = 1_000_000) -> bool:
    """Feed a parser in pieces until nothing more is awaited; say whether it came to that."""
    return any(parser.feed(data[at : at + size]) for at in range(0, len(data), size))


@both
@in_pieces
@pytest.mark.parametrize(
    ("data", "body", "keep"),
    [
        (OK + b"Content-Length: 2\r\n\r\n{}", b"{}", True),
        (OK + b"Content-Length: 0\r\n\r\n", b"", True),
        (OK + b"Content-Length: 2\r\nConnection: close\r\n\r\n{}", b"{}", False),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}", b"{}", False),
        (OK + b"Transfer-Encoding: Chunked\r\n\r\n1\r\n{\r\n1;x=y\r\n}\r\n0\r\n\r\n", b"{}", True),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX: y\r\n\r\n", b"{}", True),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b"", True),
        (
            b"HTTP/1.1 100 Continue\r\nX: y\r\n\r\n" + OK + b"Content-Length: 2\r\n\r\n{}",
            b"{}",
            True,
        ),
    ],
    ids=[
        "a length",
        "no body",
        "the last one",
        "HTTP/1.0",
        "chunks",
        "a trailer",
        "204",
        "after an interim answer",
    ],
)
def test_an_answer_is_read(parses, size: int, data: bytes, body: bytes, keep) -> None:
    """In whatever pieces it comes; and whether its connection may carry another is known."""
    answer = Answer(10)
    assert read(parses(answer), data, size)
    assert (answer.begun, answer.ended, answer.whole) == (True, True, True)
    assert (bytes(answer.body), answer.keep) == (body, keep)
    assert b"X" not in dict(answer.headers)


@both
def test_status_and_headers_are_what_they_were(parses) -> None:
    """As written, and in their order."""
    answer = Answer(10)
    read(
        parses(answer), b"HTTP/1.1 599 Who\r\nB: 1\r\nA:  2\r\nb: \xff\r\nContent-Length: 0\r\n\r\n"
    )
    assert answer.status == 599
    assert answer.headers[:3] == [(b"B", b"1"), (b"A", b"2"), (b"b", b"\xff")]


@both
@in_pieces
def test_the_end_of_the_connection_ends_an_answer_of_no_given_length(parses, size: int) -> None:
    """And only such a one."""
    answer = Answer(10)
    parser = parses(answer)
    assert not read(parser, OK + b"\r\n{}", size)
    parser.finish()
    assert (bytes(answer.body), answer.ended, answer.keep) == (b"{}", True, False)


@both
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"HTTP/1.1 2",
        b"HTTP/1.1 100 Continue\r\n\r\n",
        OK + b"Content-Length: 3\r\n\r\n{}",
        OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
    ],
)
def test_an_answer_that_is_cut_is_none(parses, data: bytes) -> None:
    """The rest of it never came."""
    parser = parses(Answer(10))
    assert not read(parser, data)
    with pytest.raises(httpx.RemoteProtocolError):
        parser.finish()


@both
@in_pieces
@pytest.mark.parametrize(
    "data",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        OK + b"Content-Length: two\r\n\r\n{}",
        OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\nmany\r\n",
        OK + b"X: a\x00b\r\n\r\n",
        OK + b"no colon\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
    ],
    ids=lambda data: repr(data)[2:40],
)
def test_what_is_no_answer_is_refused(parses, size: int, data: bytes) -> None:
    """With the error that httpx has for it."""
    with pytest.raises(httpx.RemoteProtocolError):
        read(parses(Answer(10)), data, size)


# -- how much is taken -----------------------------------------------------------------------------


@both
@pytest.mark.parametrize("size", [1, 1_000_000])
def test_no_more_is_read_than_anyone_wants(parses, size: int) -> None:
    """One byte too many ends it, and its connection."""
    answer = Answer(4)
    assert read(parses(answer), OK + b"Content-Length: 9\r\n\r\n123456789", size)
    assert (answer.whole, answer.keep) == (False, False)
    assert answer.body[:4] == b"1234"


LONG = b"X: " + b"y" * MAX_HEAD_BYTES + b"\r\n"


@both
@pytest.mark.parametrize("size", [1_000, 1_000_000])
@pytest.mark.parametrize(
    "data",
    [
        OK + LONG + b"Content-Length: 0\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n0\r\n" + LONG * 3 + b"\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1;" + b"y" * 300_000,
    ],
    ids=["a header", "a trailer", "a chunk's extension"],
)
def test_what_is_not_the_body_is_bounded(parses, data: bytes, size: int) -> None:
    """A peer that writes for ever is given up on, whatever it writes."""
    with pytest.raises(httpx.RemoteProtocolError):
        read(parses(Answer(10)), data, size)


@both
def test_a_long_head_and_a_long_body_may_come_together(parses) -> None:
    """The limit is of the head alone."""
    body = b"x" * MAX_HEAD_BYTES
    answer = Answer(len(body))
    head = OK + b"X: %s\r\nContent-Length: %d\r\n\r\n" % (b"y" * (MAX_HEAD_BYTES - 100), len(body))
    assert read(parses(answer), head + body)
    assert (len(answer.body), answer.whole, answer.keep) == (len(body), True, True)


@both
@pytest.mark.parametrize("size", [1_000, 1_000_000])
def test_interim_answers_are_skipped_however_many_they_are(parses, size: int) -> None:
    """The time of the call ends those that come for ever, and nothing of them is kept."""
    answer = Answer(10)
    interim = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 5_000
    assert read(parses(answer), interim + OK + b"Content-Length: 2\r\n\r\n{}", size)
    assert (bytes(answer.body), answer.keep, len(answer.headers)) == (b"{}", True, 1)


@both
def test_headers_are_counted(parses) -> None:
    """Many small ones are refused too."""
    head = OK + b"".join(b"X%d: y\r\n" % number for number in range(MAX_HEADERS + 1))
    with pytest.raises(httpx.RemoteProtocolError):
        read(parses(Answer(10)), head + b"Content-Length: 0\r\n\r\n")


@both
@pytest.mark.parametrize("more", [OK + b"Content-Length: 0\r\n\r\n", b"x", b"x" * 200_000])
def test_what_follows_the_answer_ends_its_connection(parses, more: bytes) -> None:
    """The next request would take it for its own answer."""
    answer = Answer(10)
    assert read(parses(answer), OK + b"Content-Length: 2\r\n\r\n{}" + more)
    assert (bytes(answer.body), answer.keep, answer.status) == (b"{}", False, 200)


# -- which one -------------------------------------------------------------------------------------


def test_the_fastest_that_is_installed_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Httptools of the extra ``fast``, else h11, else none."""
    assert best() is HttptoolsParser
    missing = {"bestsms._transport.wires.with_httptools"}
    original = importlib.import_module

    def without(name: str) -> object:
        if name in missing:
            raise ImportError(name)
        return original(name)

    monkeypatch.setattr(parsing.importlib, "import_module", without)
    assert best() is H11Parser
    missing.add("bestsms._transport.wires.with_h11")
    assert best() is None
