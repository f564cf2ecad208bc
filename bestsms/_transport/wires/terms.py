"""What the connections of one client share, and what each exchange is about."""

from __future__ import annotations

import ssl
from typing import Any, NamedTuple

from bestsms._protocol import Request
from bestsms._transport.tracing import Recorder
from bestsms._transport.wires.answer import Parses
from bestsms._transport.wires.heads import Heads

__all__ = ["Asked", "Terms"]


class Terms(NamedTuple):
    """What all connections of a client share.

    Attributes:
        to: Whom they lead to, and what each request says.
        context: The TLS settings.
        seconds: The time to connect, and the time without a sign of life.
        parses: Makes the parser of an answer.
    """

    to: Heads
    context: ssl.SSLContext
    seconds: float
    parses: Parses


class Asked(NamedTuple):
    """One exchange.

    Attributes:
        request: What to send.
        recorder: Is told how far it comes.
        ends: When the time for the whole call is over, on the loop's clock.
    """

    request: Request[Any]
    recorder: Recorder
    ends: float
