"""Odd, and yet the send succeeds: nothing here may become an error."""

from __future__ import annotations

from rig.cases import Case, after_reading, arrives
from rig.peers import Wire, accepted

OK = b"HTTP/1.1 200 OK\r\n"
YES = accepted("T1-1")
WHOLE = OK + b"Content-Length: %d\r\n\r\n" % len(YES) + YES


def _interim(*lines: bytes) -> Case:
    def deed(wire: Wire) -> None:
        wire.write(*(b"HTTP/1.1 " + line + b"\r\n\r\n" for line in lines), WHOLE)
        wire.silence()

    return arrives(f"{lines[0][:3].decode()} before the answer", after_reading(deed))


def _close_after_each(wire: Wire) -> None:
    wire.accept()
    wire.fin()


def _in_pieces(wire: Wire) -> None:
    for at in range(0, len(WHOLE), 7):
        wire.write(WHOLE[at : at + 7])
        wire.pause(0.002)
    wire.silence()


def _answer_early(wire: Wire) -> None:
    wire.head()
    wire.write(WHOLE)
    wire.silence()


def _no_length(wire: Wire) -> None:
    wire.write(OK + b"\r\n" + YES)
    wire.fin()


def _another_type(wire: Wire) -> None:
    wire.write(OK + b"Content-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(YES) + YES)
    wire.silence()


CASES = [
    _interim(b"100 Continue"),
    _interim(b"103 Early Hints\r\nLink: </x>", b"102 Processing"),
    arrives("idle connection closed before the next use", _close_after_each, before=1, pause=0.1),
    arrives("an answer in pieces of seven bytes", after_reading(_in_pieces)),
    arrives("an answer before the body was read", _answer_early),
    arrives("an answer that ends with the connection", after_reading(_no_length)),
    arrives("an answer that says it is HTML", after_reading(_another_type)),
]
