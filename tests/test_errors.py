"""The error tree: one root, honest verdicts, and errors that survive a pickle."""

from __future__ import annotations

import copy
import pickle
import re

import pytest

from bestsms import errors
from bestsms.errors import (
    AuthenticationFailed,
    BestSMSError,
    ConfigurationError,
    DeadlineExceeded,
    InvalidRequest,
    InvalidResponse,
    NoAnswer,
    NoAnswerInTime,
    NotFound,
    NotSent,
    NotSentInTime,
    OutcomeUnknown,
    PermissionDenied,
    RateLimited,
    Rejected,
    ServerError,
    UnknownAtDeadline,
    Verdict,
)

ONE_OF_EACH: list[BestSMSError] = [
    BestSMSError("root", message_id="ID1", verdict=Verdict.ACCEPTED),
    ConfigurationError("a setting"),
    InvalidRequest("Reference", "must be short", size=81, message_id="ID1"),
    NotSent("refused", message_id="ID1", verdict=Verdict.NOT_SENT),
    NoAnswer("silence"),
    NoAnswerInTime("silence, for long"),
    OutcomeUnknown("left", message_id="ID1", verdict=Verdict.UNKNOWN),
    UnknownAtDeadline("left, long ago", message_id="ID1", verdict=Verdict.UNKNOWN),
    NotSentInTime("queued", message_id="ID1", verdict=Verdict.NOT_SENT),
    Rejected("no", status=400, errors=["a", "b"], verdict=Verdict.REJECTED),
    AuthenticationFailed("who?", status=401),
    PermissionDenied("not you", status=403),
    NotFound("where?", status=404, errors=["Message not found"]),
    RateLimited("slower", status=429),
    ServerError("oh", status=500),
    InvalidResponse("what?", status=200, path="$.Status"),
    DeadlineExceeded("late"),
]


def public_classes() -> set[type]:
    """Every public class that ``errors`` defines."""
    return {
        value
        for value in vars(errors).values()
        if isinstance(value, type) and value.__module__ == errors.__name__
    }


def test_every_error_is_a_bestsms_error() -> None:
    """One ``except BestSMSError`` catches whatever the package raises."""
    kinds = public_classes() - {Verdict}
    assert kinds == {type(error) for error in ONE_OF_EACH}
    assert all(issubclass(kind, BestSMSError) for kind in kinds)


def test_all_names_every_class() -> None:
    """``errors.__all__`` is sorted and forgets none."""
    assert errors.__all__ == sorted(kind.__name__ for kind in public_classes())


def test_the_drawn_tree_is_the_real_one() -> None:
    """The tree in the module's docstring shows each error below its base class."""
    drawn: dict[str, str] = {}
    above = ["BestSMSError"]
    for bars, name in re.findall(
        r"^    ((?:│   )*)[├└]── (\w+)", errors.__doc__ or "", re.MULTILINE
    ):
        depth = len(bars) // 4 + 1
        above[depth:] = [name]
        drawn[name] = above[depth - 1]
    real = {
        kind.__name__: kind.__bases__[0].__name__
        for kind in public_classes() - {Verdict, BestSMSError}
    }
    assert drawn == real


@pytest.mark.parametrize("kind", [ConfigurationError, InvalidRequest])
def test_a_wrong_value_is_a_value_error(kind: type[BestSMSError]) -> None:
    """What the caller got wrong is a ``ValueError`` too."""
    assert issubclass(kind, ValueError)


@pytest.mark.parametrize(
    ("kind", "plain"),
    [
        (NotSentInTime, NotSent),
        (NoAnswerInTime, NoAnswer),
        (UnknownAtDeadline, OutcomeUnknown),
    ],
)
def test_a_deadline_is_a_timeout_and_what_it_left_behind(
    kind: type[BestSMSError], plain: type[BestSMSError]
) -> None:
    """Both ``except TimeoutError`` and the error without a deadline catch it."""
    assert issubclass(kind, (plain,))
    assert issubclass(kind, DeadlineExceeded)
    assert issubclass(kind, TimeoutError)


@pytest.mark.parametrize("error", ONE_OF_EACH, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("remake", [copy.copy, lambda error: pickle.loads(pickle.dumps(error))])
def test_an_error_survives_a_pickle_and_a_copy(error: BestSMSError, remake) -> None:
    """A process pool or a task queue hands on the same error: type, text, and every attribute."""
    error.add_note("seen by a worker")
    again = remake(error)
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert vars(again) == vars(error)


def test_a_refused_argument_says_what_is_allowed_and_that_nothing_left() -> None:
    """An ``InvalidRequest`` names the field and the limit; its verdict is NOT_SENT."""
    error = InvalidRequest("Reference", "must be at most 80 characters, and is 81", size=81)
    assert str(error) == "Reference: must be at most 80 characters, and is 81. Nothing was sent."
    assert (error.field, error.size, error.verdict) == ("Reference", 81, Verdict.NOT_SENT)


def test_the_reasons_of_a_rejection_are_frozen() -> None:
    """``errors`` is a tuple whatever it was made from, and empty if nothing was said."""
    assert Rejected("no", status=400, errors=["a"]).errors == ("a",)
    assert Rejected("no", status=400).errors == ()


def test_a_rate_limit_may_come_without_a_wait() -> None:
    """``retry_after`` is there to be read even if the provider did not say."""
    assert RateLimited("slower", status=429).retry_after is None


def test_a_verdict_reads_well_in_a_log() -> None:
    """The repr of a verdict is how it is written in code."""
    assert repr(Verdict.NOT_SENT) == "Verdict.NOT_SENT"
