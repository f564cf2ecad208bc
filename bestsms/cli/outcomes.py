"""How a command ends: the exit codes, what each says, and which error has which."""

from __future__ import annotations

from typing import Final

from bestsms.errors import (
    BestSMSError,
    ConfigurationError,
    InvalidRequest,
    NotSent,
    Rejected,
    Verdict,
    WaitTimeout,
)

__all__ = [
    "CODES",
    "DONE",
    "INTERRUPTED",
    "NOT_DELIVERED",
    "TIME_OVER",
    "UNCLEAR",
    "USAGE",
    "code_of",
]

DONE: Final = 0
REFUSED: Final = 1
USAGE: Final = 2
UNCLEAR: Final = 3
NOT_SENT: Final = 4
NO_ANSWER: Final = 5
NOT_DELIVERED: Final = 6
TIME_OVER: Final = 7
INTERRUPTED: Final = 130

CODES: Final = {
    DONE: "done",
    REFUSED: "the provider said no",
    USAGE: "the command was wrong, and nothing was sent",
    UNCLEAR: "it may or may not have been sent",
    NOT_SENT: "no connection; nothing was sent",
    NO_ANSWER: "no usable answer to a question; nothing was changed",
    NOT_DELIVERED: "not every message was delivered to all",
    TIME_OVER: "the time was over, and not every message is final",
    INTERRUPTED: "interrupted",
}


def code_of(error: BestSMSError) -> int:
    """Return the exit code of an error; what is known of the message comes first."""
    if error.verdict is Verdict.UNKNOWN:
        return UNCLEAR
    if isinstance(error, ConfigurationError | InvalidRequest):
        return USAGE
    if isinstance(error, WaitTimeout):
        return TIME_OVER
    if isinstance(error, NotSent):
        return NOT_SENT
    return REFUSED if isinstance(error, Rejected) else NO_ANSWER
