"""What must be true of an error that leaves a send, whatever the fault was."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bestsms import (
    BestSMSError,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Redirected,
    Rejected,
    Verdict,
)
from rig.cases import Case
from rig.peers import Seen

MOST_ATTEMPTS = 4
VERDICTS: dict[type[BestSMSError], Verdict] = {
    NotSent: Verdict.NOT_SENT,
    OutcomeUnknown: Verdict.UNKNOWN,
    Rejected: Verdict.REJECTED,
    Redirected: Verdict.REJECTED,
}
"""What each kind of error says of a send."""


def hold(case: Case, error: Any, posts: Sequence[Seen]) -> None:
    """What the error says is right, and is what the peer saw."""
    assert isinstance(error, case.ends), repr(error)
    verdict = next(each for kind, each in VERDICTS.items() if isinstance(error, kind))
    assert error.verdict is verdict
    assert error.message_id == "T1-1"

    last = error.attempts[-1]
    assert last.phase in case.phases
    assert not case.lower or last.error in case.lower
    assert case.status is None or last.status == case.status
    assert len(error.attempts) in ([case.tries] if case.tries else range(1, MOST_ATTEMPTS + 1))
    started = [each.started for each in error.attempts]
    assert started == sorted(started)

    if verdict is Verdict.NOT_SENT:
        assert not posts
        assert error.obstacle in case.obstacles
    elif not isinstance(error, RateLimited):
        # Only what is proved not to have been done is ever posted again.
        assert len(posts) <= 1
    else:
        assert {seen.message_id for seen in posts} == {"T1-1"}
    digests = {seen.sha256 for seen in posts if seen.body is not None}
    assert digests <= {error.body_sha256}
