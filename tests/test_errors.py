"""The error tree: one root, honest verdicts, and errors that survive a pickle."""

from __future__ import annotations

import copy
import pickle
import re

import pytest

from bestsms import Obstacle, Phase, errors
from bestsms.errors import (
    AuthenticationFailed,
    BestSMSError,
    CampaignChanged,
    ConfigurationError,
    DeadlineExceeded,
    InvalidRequest,
    InvalidResponse,
    InvalidWebhook,
    NoAnswer,
    NoAnswerInTime,
    NotFound,
    NotSent,
    NotSentInTime,
    OutcomeUnknown,
    PermissionDenied,
    QueueFull,
    RateLimited,
    Redirected,
    Rejected,
    ResponseTooLarge,
    RunStopped,
    ServerError,
    StoreError,
    UnknownAtDeadline,
    Verdict,
    WaitsFailed,
    WaitTimeout,
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
    Redirected("elsewhere", status=307, verdict=Verdict.REJECTED),
    ResponseTooLarge("too much", status=200),
    WaitTimeout("late, for days", message_id="ID1"),
    WaitsFailed("some"),
    CampaignChanged("campaign", "another list", message_id="ID1"),
    RunStopped("no credit"),
    InvalidWebhook("no JSON"),
    StoreError("no disk"),
    QueueFull("too many"),
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
    kinds = public_classes()
    assert kinds == {type(error) for error in ONE_OF_EACH}
    assert all(issubclass(kind, BestSMSError) for kind in kinds)


def test_all_names_every_class() -> None:
    """``errors.__all__`` is sorted and forgets none."""
    assert errors.__all__ == sorted([*(kind.__name__ for kind in public_classes()), "Verdict"])


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
    real = {kind.__name__: kind.__bases__[0].__name__ for kind in public_classes() - {BestSMSError}}
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


@pytest.mark.parametrize("error", ONE_OF_EACH, ids=lambda error: type(error).__name__)
def test_every_error_can_be_asked_the_same_things(error: BestSMSError) -> None:
    """Whoever catches the root may read these without asking which error it is."""
    assert (error.attempts, error.body_sha256, error.retry_after) == ((), None, None)
    assert error.message_id in {None, "ID1"}
    assert error.verdict is None or isinstance(error.verdict, Verdict)


def test_what_stood_in_the_way_is_named() -> None:
    """A NotSent says which obstacle it was, and reads well in a log."""
    assert NotSent("x").obstacle is Obstacle.OTHER
    assert [repr(each) for each in (Verdict.NOT_SENT, Obstacle.DNS, Phase.SENT)] == [
        "Verdict.NOT_SENT",
        "Obstacle.DNS",
        "Phase.SENT",
    ]


# -- looking again ---------------------------------------------------------------------------------


@pytest.mark.parametrize("found", [Verdict.ACCEPTED, Verdict.UNKNOWN])
async def test_an_unclear_send_can_be_looked_up_again(found: Verdict) -> None:
    """What is found becomes the verdict of the error."""
    error = UnknownAtDeadline("left", message_id="ID1", verdict=Verdict.UNKNOWN)

    async def look_up() -> Verdict:
        return found

    error.look_up = look_up
    assert await error.reconcile() is found
    assert error.verdict is found


@pytest.mark.parametrize("known", [None, Verdict.UNKNOWN, Verdict.ACCEPTED])
async def test_where_nothing_can_be_looked_up_what_is_known_stays(known: Verdict | None) -> None:
    """A contact has no id to look for; and an error without a verdict knows nothing."""
    assert await OutcomeUnknown("x", verdict=known).reconcile() is (known or Verdict.UNKNOWN)


@pytest.mark.parametrize("remake", [copy.copy, lambda error: pickle.loads(pickle.dumps(error))])
async def test_a_pickle_leaves_the_client_behind(remake) -> None:
    """The way to look a send up leads to sockets and a token; the id that it needs goes along."""
    error = OutcomeUnknown("left", message_id="ID1", verdict=Verdict.UNKNOWN)
    error.look_up = lambda: None  # a lambda can't be pickled, and neither can a client
    again = remake(error)
    assert again.look_up is None
    assert again.message_id == "ID1"
    assert await again.reconcile() is Verdict.UNKNOWN
