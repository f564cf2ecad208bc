"""The second group of FAULTS 2.1, from the answer on: cut, garbled, or slower than the deadline."""

from __future__ import annotations

import gzip

from bestsms import OutcomeUnknown, Phase, Redirected
from rig.cases import ONLY_HTTPS, RECEIVING_OR_WHOLE, Case, after_reading, too_slow, unclear
from rig.peers import Wire, accepted

OK = b"HTTP/1.1 200 OK\r\n"
YES = accepted("T1-1")
# A record that says it is application data, and is not: no key fits.
CORRUPT_RECORD = b"\x17\x03\x03\x00\x20" + b"\x5a" * 32


def _garbled(name: str, answer: bytes, phases: Phase | tuple[Phase, ...], *lower: str) -> Case:
    """These bytes are the answer, and then the connection is closed."""

    def deed(wire: Wire) -> None:
        wire.write(answer)
        wire.fin()

    return unclear(name, after_reading(deed), phases, lower=lower)


def _lost_redirect(name: str, location: bytes) -> Case:
    """Where it leads can't be read; that it is one may be said all the same."""

    def deed(wire: Wire) -> None:
        wire.answer(b"", b"Location: " + location, status=b"302 Found")
        wire.silence()

    ends = (OutcomeUnknown, Redirected)
    return unclear(name, after_reading(deed), RECEIVING_OR_WHOLE, ends=ends)


def _then_reset(wire: Wire) -> None:
    wire.write(OK + b"Content-Length: 50\r\n\r\n{")
    wire.pause(0.05)
    wire.rst()


def _then_silent(wire: Wire) -> None:
    wire.write(OK + b"Content-Length: 50\r\n\r\n{")
    wire.silence()


def _corrupt(wire: Wire) -> None:
    wire.below_tls(CORRUPT_RECORD)
    wire.silence()


def _corrupt_later(wire: Wire) -> None:
    wire.write(OK + b"Content-Length: 50\r\n\r\n{")
    wire.pause(0.05)
    wire.below_tls(CORRUPT_RECORD)
    wire.silence()


def _drip_head(wire: Wire) -> None:
    wire.drip(OK + b"X: y\r\n" * 1_000)


def _drip_body(wire: Wire) -> None:
    wire.write(OK + b"Content-Length: 1000\r\n\r\n")
    wire.drip(b" " * 1_000)


CASES = [
    _garbled("half a status line", b"HTTP/1.1 2", Phase.SENT, "RemoteProtocolError"),
    _garbled("half the headers", OK + b"Content-Le", Phase.SENT, "RemoteProtocolError"),
    _garbled("not HTTP at all", b"SSH-2.0-OpenSSH_9.6\r\n", Phase.SENT, "RemoteProtocolError"),
    _garbled(
        "HTTP/2 unasked",
        b"\x00\x00\x00\x04\x00\x00\x00\x00\x00",
        Phase.SENT,
        "RemoteProtocolError",
    ),
    _garbled(
        "a header of 200 KB",
        OK + b"X: " + b"y" * 200_000 + b"\r\n\r\n",
        Phase.SENT,
        "RemoteProtocolError",
    ),
    _garbled(
        "two lengths that differ",
        OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        Phase.SENT,
        "RemoteProtocolError",
    ),
    _garbled(
        "a length that is no number",
        OK + b"Content-Length: two\r\n\r\n{}",
        Phase.SENT,
        "RemoteProtocolError",
    ),
    _garbled(
        "a status of two digits", b"HTTP/1.1 20 OK\r\n\r\n", Phase.SENT, "RemoteProtocolError"
    ),
    unclear(
        "reset in the answer", after_reading(_then_reset), Phase.RECEIVING, lower=("ReadError",)
    ),
    unclear(
        "silence in the answer",
        after_reading(_then_silent),
        Phase.RECEIVING,
        lower=("ReadTimeout",),
    ),
    _garbled(
        "an answer cut below its length",
        OK + b"Content-Length: 50\r\n\r\n" + YES[:20],
        Phase.RECEIVING,
        "RemoteProtocolError",
    ),
    _garbled(
        "an answer cut in a chunk",
        OK + b"Transfer-Encoding: chunked\r\n\r\n30\r\n" + YES[:20],
        Phase.RECEIVING,
        "RemoteProtocolError",
    ),
    _garbled(
        "an answer cut between chunks",
        OK + b"Transfer-Encoding: chunked\r\n\r\n14\r\n" + YES[:20] + b"\r\n",
        Phase.RECEIVING,
        "RemoteProtocolError",
    ),
    _garbled(
        "a chunk of no size",
        OK + b"Transfer-Encoding: chunked\r\n\r\nmany\r\n" + YES,
        Phase.RECEIVING,
        "RemoteProtocolError",
    ),
    unclear(
        "a corrupt TLS record instead of an answer",
        after_reading(_corrupt),
        Phase.SENT,
        lower=("SSLError",),
        over=ONLY_HTTPS,
    ),
    unclear(
        "a corrupt TLS record in the answer",
        after_reading(_corrupt_later),
        Phase.RECEIVING,
        lower=("SSLError",),
        over=ONLY_HTTPS,
    ),
    _garbled(
        "gzip that is none",
        OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(YES) + YES,
        RECEIVING_OR_WHOLE,
    ),
    _garbled(
        "gzip that is cut, its length right",
        OK + b"Content-Encoding: gzip\r\nContent-Length: 30\r\n\r\n" + gzip.compress(YES)[:30],
        RECEIVING_OR_WHOLE,
    ),
    _garbled("JSON that is cut, no length given", OK + b"\r\n" + YES[:20], Phase.ANSWERED),
    _lost_redirect("a redirect to bytes that are no text", b"\xff\xfe"),
    _lost_redirect("a redirect to what is no address", b"https://["),
    too_slow("an endless drip of headers", after_reading(_drip_head), Phase.SENT),
    too_slow("an endless drip of body", after_reading(_drip_body), Phase.RECEIVING),
]
