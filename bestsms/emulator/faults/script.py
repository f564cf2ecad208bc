"""What a struck connection sees from now on: some bytes, at once or dripping, and an end."""

from __future__ import annotations

from typing import Literal

from attrs import frozen

from bestsms.emulator.faults.answer import Answer
from bestsms.emulator.faults.fault import Fault

GARBAGE = b"\x16\x03\x01 SSH-2.0-OpenSSH_9.6 this is not HTTP\r\n\r\n"

End = Literal["refuse", "reset", "close", "stall"]


@frozen
class Script:
    """The rest of a connection's life.

    Args:
        end: How it ends, after the data.
        data: What is written first.
        at_once: How much of it without a pause.
        interval: Seconds before each byte of the rest.
        seconds: How long a stall lasts before it ends in a FIN; None is until the peer goes.
        reads_on: Whether what the peer still writes is read and thrown away.
    """

    end: End
    data: bytes = b""
    at_once: int = 0
    interval: float = 0.0
    seconds: float | None = None
    reads_on: bool = True


def whole(answer: Answer, method: str) -> bytes:
    """Return all bytes of an answer to a request with that method."""
    return answer.head() + (b"" if method == "HEAD" else answer.body)


def script(fault: Fault, answer: Answer, method: str) -> Script:
    """Return what a fault makes of an answer.

    Args:
        fault: The fault; in ``html`` and ``answer`` it is the answer that they bring.
        answer: The call's answer, or the fault's own.
        method: The request's; one to HEAD has no body.
    """
    sent = whole(answer, method)[: fault.after] if fault.at == "response_bytes" else b""
    if fault.do in ("refuse", "reset", "close", "stall", "garbage"):
        data = sent + GARBAGE if fault.do == "garbage" else sent
        end: End = "close" if fault.do == "garbage" else fault.do
        return Script(end, data, len(data), seconds=fault.seconds, reads_on=fault.reads_on)
    # Such an answer is the connection's last; a client that knows does not use it again.
    last = answer.with_header("connection", "close")
    data = whole(last, method)
    if fault.do == "drip":
        return Script("close", data, len(sent), interval=fault.interval)
    if fault.do == "cut":
        data = sent if fault.at == "response_bytes" else data[: _cut(last, data)]
    if fault.do == "wrong_length":
        data = last.head(len(last.body) // 2) + data[len(last.head()) :]
    return Script("close", data, len(data))


def _cut(answer: Answer, data: bytes) -> int:
    head = len(answer.head())
    return head + (len(data) - head) // 2 if len(data) > head else head // 2
