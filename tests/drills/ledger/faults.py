"""What may happen to an attempt: where it strikes, what the provider does, whether it accepts."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

Acceptance = Literal["no", "yes", "late"]
"""Whether the message is taken: never, before the fault is seen, or some time after it."""

ACCEPT: Final = "accept"
"""The place of a fault that strikes a connection, before anything was read from it."""


class Fault(NamedTuple):
    """One fault.

    Attributes:
        name: What a person calls it.
        at: Where it strikes: ``accept``, ``head``, ``body`` or ``request``, all of it read.
        do: What the provider does; the methods of :class:`ledger.deeds.Deeds`.
        taken: Whether the message is accepted.
        status: The status of an answer that is a refusal.
    """

    name: str
    at: str
    do: str
    taken: Acceptance = "no"
    status: str = ""


FAULTS: Final = (
    Fault("refused", ACCEPT, "refuse", "yes"),
    Fault("reset at accept", ACCEPT, "reset"),
    Fault("closed at accept", ACCEPT, "close"),
    Fault("reset after the head", "head", "reset"),
    Fault("reset in the body", "body", "reset"),
    Fault("closed in the body", "body", "close"),
    Fault("reset", "request", "reset"),
    Fault("reset, accepted", "request", "reset", "yes"),
    Fault("closed", "request", "close"),
    Fault("closed, accepted", "request", "close", "yes"),
    Fault("closed, accepted late", "request", "close", "late"),
    Fault("silence", "request", "stall"),
    Fault("silence, accepted", "request", "stall", "yes"),
    Fault("silence, accepted late", "request", "stall", "late"),
    Fault("400", "request", "refusal", status="400 Bad Request"),
    Fault("408", "request", "refusal", status="408 Request Timeout"),
    Fault("409, accepted", "request", "refusal", "yes", "409 Conflict"),
    Fault("429", "request", "refusal", status="429 Too Many Requests"),
    Fault("500", "request", "refusal", status="500 Internal Server Error"),
    Fault("500, accepted", "request", "refusal", "yes", "500 Internal Server Error"),
    Fault("502, accepted", "request", "refusal", "yes", "502 Bad Gateway"),
    Fault("503", "request", "refusal", status="503 Service Unavailable"),
    Fault("504, accepted late", "request", "refusal", "late", "504 Gateway Timeout"),
    Fault("a failure in a 200", "request", "refusal", status="200 OK"),
    Fault("a page in a 200", "request", "page"),
    Fault("a page in a 404", "request", "page", status="404 Not Found"),
    Fault("garbage, accepted", "request", "garbage", "yes"),
    Fault("a body cut off, accepted", "request", "cut_off", "yes"),
    Fault("a wrong length, accepted", "request", "wrong_length", "yes"),
    Fault("half the JSON, accepted", "request", "half", "yes"),
    Fault("not the gzip it says, accepted", "request", "not_gzip", "yes"),
    Fault("another MessageID, accepted", "request", "another", "yes"),
    Fault("byte by byte, accepted", "request", "drip", "yes"),
    Fault("closed after the answer, accepted", "request", "answer_and_close", "yes"),
    Fault("answered twice, accepted", "request", "answer_twice", "yes"),
)


EVERY: Final = tuple(fault.name for fault in FAULTS)


class Plan(NamedTuple):
    """What the attempts at one port meet.

    Attributes:
        faults: One of these, any as likely as another...
        share: ...meets so many of the attempts.
        looks: One of these...
        look_share: ...meets so many of the look-ups.
        window: A message that is accepted late is so within so many seconds after it was read.
        pause: The longest time that an answer takes, in seconds, where no fault strikes.
        keep: Whether a connection serves more than one request.
    """

    faults: tuple[str, ...] = EVERY
    share: float = 0.5
    looks: tuple[str, ...] = EVERY
    look_share: float = 0.3
    window: float = 1.0
    pause: float = 0.0
    keep: bool = True
