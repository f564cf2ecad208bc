"""One thing that is asked for: which failures are final, and when its time is over."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from bestsms._evidence import Obstacle
from bestsms._transport import Once
from bestsms.errors import (
    AuthenticationFailed,
    BestSMSError,
    InvalidRequest,
    InvalidResponse,
    NoAnswer,
    NotFound,
    NotSent,
    PermissionDenied,
    RateLimited,
    Redirected,
    ResponseTooLarge,
    ServerError,
)
from bestsms.waiting.asking import Ask, Seat, Term
from bestsms.waiting.pace import MOST_LOOKS, TWO_DAYS, Pace
from bestsms.waiting.topics import Topics


class Nothing(Ask):
    """Asks for nothing."""

    async def look(self, once: Once) -> bool:  # noqa: ARG002 - of its own name
        """Find nothing."""
        return False

    def expire(self, cause: BestSMSError | None) -> None:
        """Say nothing."""


def asked(seconds: float = TWO_DAYS) -> Nothing:
    """Something that is asked for from now on."""
    return Nothing(Seat(), "topic", Term(seconds, seconds))


def not_sent(obstacle: Obstacle) -> NotSent:
    """An error of a request that did not leave."""
    error = NotSent("no")
    error.obstacle = obstacle
    return error


PASSING = [
    NoAnswer("no"),
    ServerError("no", status=503),
    RateLimited("no", status=429),
    *[not_sent(each) for each in (Obstacle.DNS, Obstacle.REFUSED, Obstacle.TIMEOUT)],
]
FINAL = [
    AuthenticationFailed("no", status=401),
    InvalidRequest("MessageID", "no"),
    not_sent(Obstacle.CLOSED),
    not_sent(Obstacle.INVALID),
]
NOT_YET = [NotFound("no", status=404), InvalidResponse("no")]
AT_FIRST = [
    not_sent(Obstacle.CERTIFICATE),
    PermissionDenied("no", status=403),
    Redirected("no"),
    ResponseTooLarge("no"),
]


def judged(errors: Iterable[BestSMSError], *, known: bool, after: float) -> list[bool]:
    """Say of each error whether it ends a wait whose first look failed so long ago."""
    verdicts = []
    for error in errors:
        ask = asked()
        if known:
            ask.answered()
        ask.is_hopeless(NoAnswer("no"), 0.0)
        verdicts.append(ask.is_hopeless(error, after))
    return verdicts


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("after", [0.0, 599.0, 600.0, 1e6])
def test_what_passes_by_itself_ends_no_wait(*, known: bool, after: float) -> None:
    """However often it happens; what never passes ends every wait."""
    assert judged(PASSING, known=known, after=after) == [False] * len(PASSING)
    assert judged(FINAL, known=known, after=after) == [True] * len(FINAL)


def test_what_is_not_there_yet_has_ten_minutes() -> None:
    """A message that was just accepted may be unknown, and a network may want a login."""
    assert judged(NOT_YET, known=False, after=599.0) == [False, False]
    assert judged(NOT_YET, known=False, after=600.0) == [True, True]


def test_how_a_server_is_ends_a_wait_unless_it_was_better() -> None:
    """At once at first; later on it may be a mishap."""
    assert judged(AT_FIRST, known=False, after=0.0) == [True] * len(AT_FIRST)
    assert judged(AT_FIRST, known=True, after=1e6) == [False] * len(AT_FIRST)


def test_a_message_that_was_known_is_given_up_at_the_fifth_refusal() -> None:
    """In a row: an answer between them begins the count anew."""
    ask, refusal = asked(), NotFound("no", status=404)
    for _ in range(2):
        ask.answered()
        assert [ask.is_hopeless(refusal, 1e6) for _ in range(4)] == [False] * 4
    assert ask.is_hopeless(refusal, 1e6)


@pytest.mark.parametrize(("seconds", "grace"), [(0.0, 0.0), (60.0, 60.0), (TWO_DAYS, 3600.0)])
def test_a_time_is_over_when_it_was_asked_after_it(seconds: float, grace: float) -> None:
    """If that fails, for as long as the wait itself was to take, an hour at most."""
    ask, failed = asked(seconds), NoAnswer("no")
    assert not ask.is_over(seconds - 1, None)
    assert not ask.is_over(seconds - 1, failed)
    assert asked(seconds).is_over(seconds, None)
    assert ask.is_over(seconds, failed) == (grace == 0)
    assert ask.is_over(seconds + grace / 2, failed) == (grace == 0)
    assert ask.is_over(seconds + grace, failed)


# -- the pace --------------------------------------------------------------------------------------


@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
def test_two_days_are_never_more_than_650_looks(chance: float) -> None:
    """Whatever chance draws, the last hour of failing looks included."""
    pace, at, looks = Pace(TWO_DAYS), 0.0, 1
    while at < TWO_DAYS:
        at, looks = min(TWO_DAYS, at + pace.next(chance)), looks + 1
    pace.hurry()
    while at < TWO_DAYS + 3600:
        at, looks = at + pace.next(chance), looks + 1
    assert 600 <= looks <= MOST_LOOKS


def test_news_begin_the_pace_anew_as_long_as_there_are_looks_left() -> None:
    """Once soon after the beginning; more often when the machine slept for long."""
    pace = Pace(TWO_DAYS)
    for _ in range(20):
        pace.next(0.5)
    pace.restart(TWO_DAYS - 3000)
    assert pace.next(0.0) == 2.0
    for _ in range(40):
        pace.next(0.5)
        pace.restart(TWO_DAYS - 4000)
    assert pace.next(0.0) == 300.0
    pace.restart(3600.0)
    assert pace.next(0.0) == 2.0
    pace.restart(-1.0)
    assert pace.next(0.0) == 2.0


def test_a_pace_has_no_end() -> None:
    """A stream without a time is asked for ever."""
    pace = Pace(float("inf"))
    for _ in range(10_000):
        pace.next(0.5)
    pace.restart(float("inf"))
    assert pace.next(0.0) == 2.0


# -- topics ----------------------------------------------------------------------------------------


def test_a_topic_is_forgotten_with_the_last_who_asks() -> None:
    """And forgetting what is not there does nothing."""
    topics, one, two = Topics(), asked(), asked()
    topics.add(one)
    topics.add(two)
    assert list(topics.about("topic")) == [one, two]
    topics.forget(one)
    assert (list(topics.about("topic")), len(topics)) == ([two], 1)
    topics.forget(two)
    topics.forget(two)
    assert (list(topics.about("topic")), len(topics)) == ([], 0)
