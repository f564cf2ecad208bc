"""What is known of a call: its verdict, how far each attempt came, and what kept it from leaving.

A leaf: errors carry these, the transport records them.
"""

from __future__ import annotations

import enum
from typing import NamedTuple

__all__ = ["Attempt", "Obstacle", "Phase", "Verdict"]


class Verdict(enum.Enum):
    """What is known of a call that changes something, at the moment an error leaves it."""

    NOT_SENT = "not sent"
    """Proved: nothing of it reached the provider. Calling again is safe."""
    REJECTED = "rejected"
    """The provider answered no. Nothing was done."""
    UNKNOWN = "unknown"
    """It may or may not have been done. Look before you call again."""
    ACCEPTED = "accepted"
    """It was done; only the details of the answer are missing."""

    @property
    def nothing_done(self) -> bool:
        """Whether it is known that nothing was done, so that calling again is no repetition."""
        return self is Verdict.NOT_SENT or self is Verdict.REJECTED

    def __repr__(self) -> str:
        return f"Verdict.{self.name}"


class Phase(enum.Enum):
    """How far an attempt came, as the connection itself reported it."""

    WAITING = "waiting for a connection"
    CONNECTING = "connecting"
    SENDING = "sending the request"
    SENT = "waiting for an answer"
    RECEIVING = "receiving the answer"
    ANSWERED = "answered"

    def __repr__(self) -> str:
        return f"Phase.{self.name}"


class Obstacle(enum.Enum):
    """What kept a request from leaving (FAULTS 2.1)."""

    DNS = "the host name was not found"
    REFUSED = "the connection was refused"
    TLS = "the TLS handshake failed"
    CERTIFICATE = "the certificate is not trusted"
    TIMEOUT = "no connection in time"
    POOL = "no free connection"
    PROXY = "the proxy made no connection"
    CLOSED = "the client is closed"
    INVALID = "no such request can be made"
    JOURNAL = "the journal can't be written"
    OTHER = "no connection"

    def __repr__(self) -> str:
        return f"Obstacle.{self.name}"


class Attempt(NamedTuple):
    """One attempt of a call.

    Attributes:
        started: When, in seconds of ``time.monotonic()``.
        phase: How far it came.
        status: The HTTP status, if one came.
        error: The name of the exception that ended it, if one did.
    """

    started: float
    phase: Phase
    status: int | None = None
    error: str | None = None
