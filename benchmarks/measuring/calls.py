"""Single calls: every client in every round, one at a time, against the one server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from measuring.clients import Entry
from measuring.peers import MANY, Peer, Work
from measuring.plan import Plan, note, turns
from measuring.processes import Caller, NoAnswer, Server

__all__ = ["Row", "Sample", "run"]

BODY: Final = 256
"""Bytes of every request's body: the text is as long as leaves that many."""
QUEUED_ON: Final = 100


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
class Row(Entry[Peer]):
    """What one client did."""

    samples: dict[Work, list[Sample]] = field(default_factory=dict)
    queued: Sample | str | None = None
    text: str = ""
    body: int = 0
    opened: int = 0

    def measured(self, work: Work) -> bool:
        """Say whether it has done a work in every round."""
        return work in self.samples and not self.problem

    def cpu(self, work: Work) -> list[float]:
        """Return the CPU seconds of a call, in each round."""
        return [sample.cpu for sample in self.samples[work]]


async def run(rows: Sequence[Row], venvs: Path, server: Server, plan: Plan) -> None:
    """Drive every client in turns, and note in its row what came of it."""
    stage = _Stage(server, venvs, plan)
    await stage.rounds(rows)
    for row in rows:
        if row.client.queues and not row.problem:
            row.queued = await stage.queue(row)


class _Stage:
    """Where clients are driven."""

    def __init__(self, server: Server, venvs: Path, plan: Plan) -> None:
        self._server = server
        self._venvs = venvs
        self._plan = plan

    async def rounds(self, rows: Sequence[Row]) -> None:
        """Measure every client once in each round, beginning with another each time."""
        drivers: dict[str, Caller] = {}
        try:
            for row in rows:
                await self._begin(row, drivers)
            for turn in turns(rows, self._plan.rounds, self._plan.calling, "calls"):
                for work in dict.fromkeys(work for row in rows for work in row.client.works):
                    for row in turn:
                        if work in row.client.works and not row.problem:
                            await self._measure(row, work, drivers[row.client.name])
        finally:
            for driver in drivers.values():
                await driver.close()

    async def queue(self, row: Row) -> Sample | str:
        """Give a client all of its calls at once, in a process of its own."""
        driver = await Caller.of(row.client, self._venvs, self._server.url, QUEUED_ON)
        calls, limit = self._plan.queue, self._plan.limit
        note(f"{calls:,} calls at once: {row.client.title}")
        try:
            return Sample(await driver.calls(row.text, calls, calls, warm=0, limit=limit))
        except NoAnswer as error:
            return str(error)
        finally:
            await driver.close()

    async def _begin(self, row: Row, drivers: dict[str, Caller]) -> None:
        """Start a driver, and learn from one call how long its text is to be."""
        if row.problem:
            return
        driver = await Caller.of(row.client, self._venvs, self._server.url, MANY.flight)
        drivers[row.client.name] = driver
        said = await self._tried(row, driver, "x", 1, 1)
        if said is not None:
            row.text = "x" * max(1, BODY + 1 - int((await self._server.spent())["bytes"]))

    async def _measure(self, row: Row, work: Work, driver: Caller) -> None:
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
        self, row: Row, driver: Caller, text: str, calls: int, flight: int
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
