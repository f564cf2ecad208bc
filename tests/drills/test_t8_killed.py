"""Drill T8: a receiver is killed between every two steps of its work, and started again.

What comes before the answer, the provider delivers again; what comes after it, the store has. So
nothing is lost. One thing no queue can do: between the handler's effect and the note of it in the
store a kill leaves the effect without the note, and the handler is called again, with the same key.
An effect that is made under that key is there once all the same.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from inbox.posts import post, read, reply, status
from inbox.stores import run

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the receivers are forked")

POSTS = [
    post(status("M1", "PENDING"), xml=False),
    post(reply("R1"), xml=True),
    post(status("M1", "SUCCESS"), xml=False),
]
PENDING, REPLY, SUCCESS = (read(each).key for each in POSTS)
KILLED = -9


class Left(NamedTuple):
    """What is there after some lives."""

    steps: list[str]
    answered: list[int]
    runs: list[str]

    def violations(self) -> list[str]:
        """Return everything that must never be, when all has been delivered and worked."""
        wrong = [f"{key} is lost" for key in (REPLY, SUCCESS) if key not in self.runs]
        effects = list(dict.fromkeys(self.runs))  # made under the event's key
        if {PENDING, SUCCESS} <= set(effects) and effects.index(PENDING) > effects.index(SUCCESS):
            wrong.append("the message went back from its end")
        return wrong

    @property
    def twice(self) -> list[str]:
        """The events whose handler was called more than once."""
        return [key for key, times in Counter(self.runs).items() if times > 1]


Live = Callable[..., int]


@pytest.fixture
def live(store: str, tmp_path: Path) -> Iterator[Live]:
    """Let a receiver live, and return how it ended."""
    nursery = subprocess.Popen(
        [sys.executable, "-m", "inbox.lives"],
        cwd=Path(__file__).parent,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def one(numbers: Sequence[int], fatal: str | None, *, seconds: int = 0, **given: Any) -> int:
        assert nursery.stdin is not None
        assert nursery.stdout is not None
        job = {
            "store": store,
            "folder": str(tmp_path),
            "posts": [POSTS[number] for number in numbers],
            "numbers": list(numbers),
            "fatal": fatal,
            "seconds": seconds,
            "early": False,
            **given,
        }
        nursery.stdin.write(f"{json.dumps(job)}\n")
        nursery.stdin.flush()
        return int(nursery.stdout.readline())

    with nursery:
        yield one


@pytest.fixture
def left(tmp_path: Path) -> Callable[[], Left]:
    """Read what is there."""

    def lines(name: str) -> list[str]:
        path = tmp_path / name
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else []

    return lambda: Left(lines("steps"), [int(each) for each in lines("answers")], lines("runs"))


@pytest.fixture
def anew(store: str, tmp_path: Path) -> Callable[[], None]:
    """Make everything as it was before the first life."""

    def clear() -> None:
        for name in ("steps", "answers", "runs"):
            (tmp_path / name).unlink(missing_ok=True)
        if "://" in store or Path(store).exists():
            run(store, "DROP TABLE IF EXISTS bestsms_webhooks")

    return clear


def killed_and_redelivered(live: Live, left: Callable[[], Left], fatal: str, **given: Any) -> Left:
    """Let a receiver die at a step, another take over, and the provider deliver again."""
    assert live([0, 1, 2], fatal, **given) == KILLED
    after = left()
    # Whoever takes over works first; what was not answered comes again, five minutes later.
    missing = [number for number in range(len(POSTS)) if number not in after.answered]
    # So does what was answered, if the answer never reached it.
    again = [] if given else [2, 1, 0]
    assert live([*missing, *again], None, seconds=600, **given) == 0
    return left()


def test_no_kill_loses_or_doubles_an_effect(
    live: Live, left: Callable[[], Left], anew: Callable[[], None]
) -> None:
    """At whatever step: each event has its effect, and the handler is called again for one reason.

    That is the kill after its effect and before the note of it is committed.
    """
    assert live([0, 1, 2], None) == 0
    whole = left()
    assert whole.runs == [REPLY, SUCCESS]
    twice: list[str] = []
    for step in whole.steps:
        anew()
        after = killed_and_redelivered(live, left, step)
        assert (step, after.violations()) == (step, [])
        twice += [step for _ in after.twice]
    assert twice == [step for step in whole.steps if re.fullmatch(UNNOTED, step)]
    assert len(twice) == 6


UNNOTED = r"handler of \w+: has had its effect|done \d: (begun|statement \d, not committed)"


def test_the_steps_are_all_there_are(live: Live, left: Callable[[], Left]) -> None:
    """Before, in and after each transaction, before and after each answer and each effect."""
    assert live([0, 1, 2], None) == 0
    assert len(left().steps) == len(set(left().steps))
    kinds = {re.sub(r"\d", "N", step) for step in left().steps}
    assert kinds == {
        "post N: there",
        "post N: kept, not answered",
        "post N: answered",
        *(
            f"{kind} N: {step}"
            for kind in ("put", "claim", "done")
            for step in ("begun", "statement N, not committed", "committed")
        ),
        *(
            f"handler of {kind}: {step}"
            for kind in ("status", "reply")
            for step in ("begun", "has had its effect")
        ),
    }


def test_a_receiver_that_answers_too_early_is_found_out(
    live: Live, left: Callable[[], Left], anew: Callable[[], None]
) -> None:
    """Who answers before the event is on the disk loses it with the next kill."""
    assert live([0, 1, 2], None, early=True) == 0
    lost: list[str] = []
    for step in (each for each in left().steps if each.startswith("put")):
        anew()
        lost += killed_and_redelivered(live, left, step, early=True).violations()
    assert f"{REPLY} is lost" in lost
    assert f"{SUCCESS} is lost" in lost
