"""The faults: what the server does with a POST, and whether the text is accepted before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

__all__ = ["CONTROL", "FAULTS", "SET_TIMEOUT", "Fault"]

SET_TIMEOUT: Final = 10.0
"""The timeout of the cases that set one, so that no client waits for minutes in the table."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One way of a server to go wrong.

    Attributes:
        name: Its name in a URL and in the listing.
        title: Its name in the table.
        text: What happens, in a sentence.
        act: What the server does with the POST once it has read it whole.
        accepts: Whether the text is accepted, that is: goes to a phone, before that.
        times: How many POSTs meet the fault before the server is well; ``None`` for all.
        timeout: The timeout the client is given, or ``None`` for its default.
        shown: Whether it is in the table; every fault is in the listing.
    """

    name: str
    title: str
    text: str
    act: Literal["answer", "hang", "close", "reset", "500", "429", "refuse"]
    accepts: bool
    times: int | None = None
    timeout: float | None = None
    shown: bool = False


CONTROL: Final = Fault(
    name="none",
    title="no fault",
    text="accepted and answered",
    act="answer",
    accepts=True,
)

FAULTS: Final = (
    Fault(
        name="hang",
        title="no answer",
        text="accepted, never answered; the client's timeout is set where it has one to set",
        act="hang",
        accepts=True,
        timeout=SET_TIMEOUT,
        shown=True,
    ),
    Fault(
        name="hang-default",
        title="no answer, default timeout",
        text="accepted, never answered; the client's timeout is left alone",
        act="hang",
        accepts=True,
    ),
    Fault(
        name="close",
        title="closed",
        text="accepted, then the connection is closed in good order and without an answer",
        act="close",
        accepts=True,
        shown=True,
    ),
    Fault(
        name="close-once",
        title="closed once",
        text="the same for the first POST only; any later one is accepted and answered",
        act="close",
        accepts=True,
        times=1,
    ),
    Fault(
        name="reset",
        title="reset, no answer",
        text="accepted, then reset (RST) without an answer; Python's ssl may report it as a close",
        act="reset",
        accepts=True,
    ),
    Fault(
        name="500-accepted",
        title="500",
        text="accepted, then answered 500: it broke after the text was handed on",
        act="500",
        accepts=True,
        shown=True,
    ),
    Fault(
        name="500-not-accepted",
        title="500, not accepted",
        text="answered 500 and not accepted; on the wire it is the same as the one above",
        act="500",
        accepts=False,
    ),
    Fault(
        name="429",
        title="429",
        text="refused before processing, with Retry-After: 1, every time",
        act="429",
        accepts=False,
        shown=True,
    ),
    Fault(
        name="429-once",
        title="429 once",
        text="refused once with Retry-After: 1; any later POST is accepted and answered",
        act="429",
        accepts=False,
        times=1,
    ),
    Fault(
        name="refused",
        title="no connection",
        text="the connection is refused: nothing listens",
        act="refuse",
        accepts=False,
    ),
)
