"""One thing that is asked for again and again until it is settled, and who waits for it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from typing import Any, Final, NamedTuple

import anyio

from bestsms._evidence import Obstacle, Verdict
from bestsms._transport import Once
from bestsms.errors import (
    AuthenticationFailed,
    BestSMSError,
    InvalidRequest,
    InvalidResponse,
    NotFound,
    NotSent,
    RateLimited,
    Redirected,
    Rejected,
    ResponseTooLarge,
    WaitTimeout,
)
from bestsms.waiting.pace import Pace

__all__ = ["Ask", "News", "Seat", "Term", "closed", "locked_out"]

AN_HOUR: Final = 3600.0
"""The longest that a last look is tried again."""
NOT_YET: Final = 600.0
"""Seconds from the first look in which a message may be unknown: it was just accepted (U3)."""
REFUSALS: Final = 4
"""How often in a row a message that was known may be refused before that is believed."""

_NEVER_BETTER: Final = frozenset({Obstacle.CLOSED, Obstacle.INVALID})


class Term(NamedTuple):
    """The time of a wait.

    Attributes:
        seconds: How many it may take in all; may be infinite.
        ends: When they are over, on the clock that runs on while the machine sleeps.
    """

    seconds: float
    ends: float


class News(NamedTuple):
    """What an ask has to say to its seat.

    Attributes:
        what: A report, a message, a mark of the ask's own; or ``None``, if ``error`` is set.
        error: Why it ends without.
        last: Whether nothing more will come.
    """

    what: Any = None
    error: Exception | None = None
    last: bool = False


class Seat:
    """Where one caller waits for the news of one ask or many.

    Attributes:
        news: What came and was not taken yet.
        parked: Asks that came due while nobody sat here.
        taken: Whether somebody sits here now.
        gone: Whether nobody will any more.
    """

    __slots__ = ("called", "gone", "news", "parked", "taken")

    def __init__(self) -> None:
        self.news: deque[News] = deque()
        self.parked: list[Ask] = []
        self.taken = False
        self.gone = False
        self.called: anyio.Event | None = None

    def tell(self, news: News) -> None:
        """Put a piece of news down, and call whoever waits for it."""
        self.news.append(news)
        self.call()

    def call(self) -> None:
        """Wake whoever waits here."""
        if self.called is not None:
            self.called.set()


class Ask(ABC):
    """One message, or one list, to be looked at until it is settled or its time is over.

    Args:
        seat: Who wants to know.
        topic: What a webhook would wake it by.
        term: Its time.

    Attributes:
        due: When it is to be looked at, in the queue's time.
        entry: The number of its place in the queue; any other place is out of date.
        nights: How often the machine had slept when the pace was last begun anew.
        woken: Whether a webhook asked for a look that has not begun.
        fruitful: Whether the last look had a reason or a result, so that more may follow soon.
    """

    __slots__ = (
        "_first",
        "_gives_up",
        "_known",
        "_refused",
        "due",
        "entry",
        "fruitful",
        "nights",
        "pace",
        "seat",
        "term",
        "topic",
        "woken",
    )

    def __init__(self, seat: Seat, topic: str, term: Term) -> None:
        self.seat = seat
        self.topic = topic
        self.term = term
        self.pace = Pace(term.seconds)
        self.due = 0.0
        self.entry = 0
        self.nights = 0
        self.woken = False
        self.fruitful = False
        self._first: float | None = None
        self._gives_up: float | None = None
        self._known = False
        self._refused = 0

    @abstractmethod
    async def look(self, once: Once) -> bool:
        """Look once, tell the seat what is new, and return whether it is settled.

        Raises:
            BestSMSError: The look failed.
        """

    @abstractmethod
    def expire(self, cause: BestSMSError | None) -> None:
        """Tell the seat that the time is over.

        Args:
            cause: Why the last look failed; ``None`` if it was made, after the end.
        """

    def fail(self, error: Exception) -> None:
        """Tell the seat that no answer will come."""
        self.seat.tell(News(error=error, last=True))

    def too_late(self, about: str, cause: BestSMSError | None, advice: str) -> WaitTimeout:
        """Return the error of a time that is over.

        Args:
            about: What was waited for.
            cause: Why the last look failed; ``None`` if it was made, after the end.
            advice: What is known now, and what to do.
        """
        asked = "and the provider was asked after that"
        if cause is not None:
            asked = f"and asking after that failed ({type(cause).__name__})"
        error = WaitTimeout(f"{about}: {self.term.seconds:,.0f} s are over, {asked}. {advice}")
        error.confirmed = cause is None
        error.__cause__ = cause
        return error

    def answered(self) -> None:
        """Take down that a look succeeded."""
        self._known = True
        self._refused = 0

    def is_hopeless(self, error: BestSMSError, began: float) -> bool:
        """Say whether a failed look settles that no answer will come.

        What passes by itself (a lost connection, a full server) does not. What says how the server
        is, does unless it was better before. A message may be unknown at first.

        Args:
            error: Why the look failed.
            began: When it began.
        """
        if self._first is None:
            self._first = began
        if isinstance(error, NotSent):
            spoilt = error.obstacle is Obstacle.CERTIFICATE and not self._known
            return spoilt or error.obstacle in _NEVER_BETTER
        if isinstance(error, AuthenticationFailed | InvalidRequest):
            return True
        if isinstance(error, NotFound | InvalidResponse) and not self._known:
            final = isinstance(error, Redirected | ResponseTooLarge)
            return final or began >= self._first + NOT_YET
        if isinstance(error, Rejected) and not isinstance(error, RateLimited):
            self._refused += 1
            return not self._known or self._refused > REFUSALS
        return False

    def is_over(self, began: float, error: BestSMSError | None) -> bool:
        """Say whether the time is over, now that a look was made.

        It is over only when a look that began after the end was answered: who waited for two days
        wants the last state. If that look fails, it is made again for as long as the wait itself
        was to take, an hour at most.

        Args:
            began: When the look began.
            error: Why it failed, if it did.
        """
        if began < self.term.ends:
            return False
        if error is None:
            return True
        if self._gives_up is None:
            self._gives_up = began + min(self.term.seconds, AN_HOUR)
            self.pace.hurry()
        return began >= self._gives_up


def closed() -> NotSent:
    """Return the error of a wait whose client is closed."""
    text = (
        "This client was closed while it waited; the message is what it was. Make a new client and "
        "wait again."
    )
    error = NotSent(text, verdict=Verdict.NOT_SENT)
    error.obstacle = Obstacle.CLOSED
    return error


def locked_out(first: AuthenticationFailed) -> AuthenticationFailed:
    """Return the error of a wait whose token was refused in the look of another."""
    text = (
        "The token was refused (HTTP 401), as another wait of this client was told; the message is "
        "what it was. Make a client with the new token and wait again."
    )
    return AuthenticationFailed(text, status=first.status, errors=first.errors)
