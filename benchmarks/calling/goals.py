"""What is compared with what, and what the issue asks for."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from calling.peers import ALONE, MANY, POST, Work
from calling.runs import Row

__all__ = ["MOST_ADDED", "Ratio", "added_by_sync", "ratios"]

CORE: Final = {"vendor": 0.35, "vendor-held": 0.35}
ON_ENGINE: Final = {"vendor": 0.15, "vendor-held": 0.15, "twilio": 1.0, "aiohttp": 2.0}
"""The most that a call of ours may cost, as a part of one of these, on its own and on an engine."""
MOST_GROWTH: Final = 1.25
MOST_ADDED: Final = 200e-6
"""Seconds that SyncClient may add to a call."""


@dataclass(frozen=True)
class Ratio:
    """CPU per call of one client at one work, over that of another, or of itself at less.

    Attributes:
        work: What is done.
        row: Who does it.
        against: What it is compared with, in words.
        each: The ratio in each round.
        most: The most that it should be, if there is a target.
    """

    work: Work
    row: Row
    against: str
    each: list[float]
    most: float | None

    @property
    def middle(self) -> float:
        """The median of the rounds."""
        return statistics.median(self.each)


def ratios(rows: list[Row]) -> Iterator[Ratio]:
    """Give every ratio of the report; both parts of one are of the same round."""
    measured = [row for row in rows if POST in row.samples and not row.problem]
    ours = [row for row in measured if row.peer.driver == "ours"]
    for row in ours:
        most = ON_ENGINE if row.peer.arguments else CORE
        for other in measured:
            # An engine is compared with our own connections, and not with another engine.
            if other not in ours or (row.peer.arguments and not other.peer.arguments):
                each = _each(row, POST, other, POST)
                yield Ratio(POST, row, _named(other), each, most.get(other.peer.name))
    for row in measured:
        if MANY in row.samples:
            goal = MOST_GROWTH if row in ours else None
            each = _each(row, MANY, row, POST)
            yield Ratio(MANY, row, f"itself, {POST.flight} in flight", each, goal)


def added_by_sync(rows: list[Row]) -> list[float]:
    """Return the seconds that SyncClient adds to a call, in each round."""
    named = {row.peer.name: row.samples.get(ALONE, []) for row in rows if not row.problem}
    pairs = zip(named.get("sync", []), named.get("ours", []), strict=False)
    return [sync.median - awaited.median for sync, awaited in pairs]


def _each(row: Row, work: Work, other: Row, at: Work) -> list[float]:
    pairs = zip(row.samples[work], other.samples[at], strict=True)
    return [mine.cpu / theirs.cpu for mine, theirs in pairs]


def _named(row: Row) -> str:
    return f"{row.peer.title} {row.versions[0]}"
