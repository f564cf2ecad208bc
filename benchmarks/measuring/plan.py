"""How much is done in a run, and for how long."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

__all__ = ["FULL", "QUICK", "Plan", "note", "turns"]

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How much is done.

    Attributes:
        rounds: How often each client's calls are measured.
        calls: The calls of one measurement at 32 in flight.
        calling: Seconds after which no more rounds of calls begin.
        queue: The calls that are given to a client all at once.
        limit: Seconds for one measurement.
        sizes: How long the lists are, the longest last.
        some: How long it is for a client that would take all day.
        sendings: How often each list is sent.
        sending: Seconds after which no more rounds of lists begin.
    """

    rounds: int
    calls: int
    calling: float
    queue: int
    limit: float
    sizes: tuple[int, ...]
    some: int
    sendings: int
    sending: float


FULL: Final = Plan(
    rounds=5,
    calls=320,
    calling=300,
    queue=2_000,
    limit=120,
    sizes=(10_000, 100_000, 1_000_000),
    some=50_000,
    sendings=5,
    sending=300,
)
QUICK: Final = Plan(
    rounds=3,
    calls=160,
    calling=60,
    queue=2_000,
    limit=20,
    sizes=(1_000, 10_000, 100_000),
    some=10_000,
    sendings=3,
    sending=60,
)


def turns(all_of: Sequence[T], rounds: int, seconds: float, title: str) -> Iterator[list[T]]:
    """Yield all of them in each round, beginning with another each time.

    There are as many rounds as there is time for, and one at least: another begins if it would end
    in time when it takes as long as the longest so far.
    """
    began = last = time.monotonic()
    longest = 0.0
    for turn in range(rounds if all_of else 0):
        now = time.monotonic()
        longest, last = max(longest, now - last), now
        if turn and now - began + longest > seconds:
            note(f"no time for more rounds: {title}")
            return
        note(f"round {turn + 1} of {rounds}: {title}")
        first = turn % len(all_of)
        yield [*all_of[first:], *all_of[:first]]


def note(words: str) -> None:
    """Say what is done now: nothing else is to be seen for minutes."""
    print(f"{time.strftime('%X')} {words}", file=sys.stderr, flush=True)
