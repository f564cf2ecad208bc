"""Running it: every client in every round, one at a time, against the one server."""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from common.venvs import NotInstalled, install

from calling.peers import MANY, Peer, Work
from calling.processes import Driver, NoAnswer, Server

__all__ = ["Plan", "Result", "Row", "Sample", "run"]

BODY: Final = 256
"""Bytes of every request's body: the text is as long as leaves that many."""
QUEUED_ON: Final = 100


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How much is done.

    Attributes:
        rounds: How often each client is measured.
        calls: The calls of one measurement at 32 in flight.
        queue: The calls that are given to a client all at once.
        limit: Seconds for one measurement.
    """

    rounds: int
    calls: int
    queue: int
    limit: float


@dataclass(frozen=True)
class Sample:
    """One measurement: what the driver said, and what the server spent meanwhile."""

    said: dict[str, Any]
    server: float = 0.0

    @property
    def cpu(self) -> float:
        """CPU seconds of the client for one call."""
        return float(self.said["cpu"]) / int(self.said["calls"])

    @property
    def median(self) -> float:
        """Median seconds of one call."""
        return float(self.said["median"])

    @property
    def wall(self) -> float:
        """Seconds for all of it."""
        return float(self.said["wall"])

    @property
    def failed(self) -> str:
        """What went wrong, if anything."""
        errors = self.said["errors"]
        parts = [f"{count} {name}" for name, count in errors.items()]
        undone = self.said["calls"] - self.said["done"] - sum(errors.values())
        if undone:
            parts.append(f"{undone:,} not done")
        if self.said["first"]:
            parts.append(f"the first: {self.said['first']}")
        return ", ".join(parts)


@dataclass
class Row:
    """What one client did, or why it could not be driven."""

    peer: Peer
    versions: list[str] = field(default_factory=list)
    samples: dict[Work, list[Sample]] = field(default_factory=dict)
    queued: Sample | str | None = None
    text: str = ""
    body: int = 0
    opened: int = 0
    problem: str = ""

    def middle(self, work: Work, of: str = "cpu") -> float:
        """Return the median of the rounds."""
        return statistics.median(getattr(sample, of) for sample in self.samples[work])


@dataclass
class Result:
    """What a run has found."""

    plan: Plan
    rows: list[Row]
    server: str


async def run(peers: Sequence[Peer], venvs: Path, plan: Plan) -> Result:
    """Install every client, then drive them in turns."""
    rows = [Row(peer) for peer in peers]
    _note("pip installs the clients")
    await _install(venvs, rows)
    server = await Server.listening(venvs)
    try:
        stage = _Stage(server, venvs, plan)
        await stage.rounds(rows)
        for row in rows:
            if row.peer.queues and not row.problem:
                row.queued = await stage.queue(row)
        return Result(plan, rows, server.loop)
    finally:
        await server.close()


async def _install(venvs: Path, rows: list[Row]) -> None:
    async def one(row: Row) -> None:
        # Two clients may share a venv, which only one pip may change at a time.
        async with locks[row.peer.venv]:
            try:
                row.versions = await install(
                    venvs, row.peer.venv, row.peer.packages, row.peer.distributions
                )
            except NotInstalled as error:
                row.problem = f"not installed: {error}"

    locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
    await asyncio.gather(*map(one, rows))


def _note(words: str) -> None:
    # Nothing else is to be seen for minutes.
    print(f"{time.strftime('%X')} {words}", file=sys.stderr, flush=True)


class _Stage:
    """Where clients are driven."""

    def __init__(self, server: Server, venvs: Path, plan: Plan) -> None:
        self._server = server
        self._venvs = venvs
        self._plan = plan

    async def rounds(self, rows: list[Row]) -> None:
        """Measure every client once in each round, beginning with another each time."""
        drivers: dict[str, Driver] = {}
        try:
            for row in rows:
                await self._begin(row, drivers)
            for turn in range(self._plan.rounds):
                _note(f"round {turn + 1} of {self._plan.rounds}")
                first = turn % len(rows)
                for work in dict.fromkeys(work for row in rows for work in row.peer.works):
                    for row in rows[first:] + rows[:first]:
                        if work in row.peer.works and not row.problem:
                            await self._measure(row, work, drivers[row.peer.name])
        finally:
            for driver in drivers.values():
                await driver.close()

    async def queue(self, row: Row) -> Sample | str:
        """Give a client all of its calls at once, in a process of its own."""
        driver = await Driver.of(row.peer, self._venvs, self._server.url, QUEUED_ON)
        calls, limit = self._plan.queue, self._plan.limit
        _note(f"{calls:,} calls at once: {row.peer.title}")
        try:
            return Sample(await driver.calls(row.text, calls, calls, warm=0, limit=limit))
        except NoAnswer as error:
            return str(error)
        finally:
            await driver.close()

    async def _begin(self, row: Row, drivers: dict[str, Driver]) -> None:
        """Start a driver, and learn from one call how long its text is to be."""
        if row.problem:
            return
        driver = await Driver.of(row.peer, self._venvs, self._server.url, MANY.flight)
        drivers[row.peer.name] = driver
        said = await self._tried(row, driver, "x", 1, 1)
        if said is not None:
            row.text = "x" * max(1, BODY + 1 - int((await self._server.spent())["bytes"]))

    async def _measure(self, row: Row, work: Work, driver: Driver) -> None:
        calls = max(work.flight, int(self._plan.calls * work.share))
        before = await self._server.spent()
        said = await self._tried(row, driver, row.text, calls, work.flight)
        after = await self._server.spent()
        if said is None:
            return
        row.body = int(after["bytes"])
        # Its own two questions were on connections of their own.
        row.opened += int(after["connections"] - before["connections"]) - 1
        server = (after["cpu"] - before["cpu"]) / (after["calls"] - before["calls"])
        row.samples.setdefault(work, []).append(Sample(said, server))

    async def _tried(
        self, row: Row, driver: Driver, text: str, calls: int, flight: int
    ) -> dict[str, Any] | None:
        """Have calls made; a failure is noted in the row, which ends its part in the run."""
        warm, limit = 2 * flight, self._plan.limit
        try:
            said = await driver.calls(text, calls, flight, warm=warm, limit=limit)
        except NoAnswer as error:
            row.problem = str(error)
            return None
        row.problem = Sample(said).failed
        return None if row.problem else said
