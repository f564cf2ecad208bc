"""Long lists: every client in every round, each time in a new process, against the one server."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from measuring.clients import Entry
from measuring.plan import Plan, note, turns
from measuring.processes import NoAnswer, Server, sent
from measuring.senders import Sender

__all__ = ["Line", "Sending", "run"]


@dataclass(frozen=True)
class Sending:
    """One measurement: what the driver said, and what the server spent meanwhile."""

    said: dict[str, Any]
    server: float

    @property
    def cpu(self) -> float:
        """CPU seconds of one recipient, without those for making its row."""
        return (float(self.said["cpu"]) - float(self.said["source"])) / self.recipients

    @property
    def wall(self) -> float:
        """Seconds of one recipient on the clock."""
        return float(self.said["wall"]) / self.recipients

    @property
    def peak(self) -> float:
        """The most bytes that the process ever held."""
        return float(self.said["peak"])

    @property
    def busy(self) -> float:
        """The share of the time for which the server was busy."""
        return self.server / float(self.said["wall"])

    @property
    def recipients(self) -> int:
        """How many there were."""
        return int(self.said["recipients"])


@dataclass
class Line(Entry[Sender]):
    """What one client did, by the number of recipients."""

    samples: defaultdict[int, list[Sending]] = field(default_factory=lambda: defaultdict(list))

    @property
    def longest(self) -> int:
        """How long the longest list was."""
        return max(self.samples)

    def fail(self, problem: str) -> None:
        """Leave the run."""
        self.problem = problem
        self.samples.clear()

    def cpu(self, size: int) -> list[float]:
        """Return the CPU seconds of a recipient of a list, in each round."""
        return [sending.cpu for sending in self.samples[size]]


async def run(lines: Sequence[Line], venvs: Path, server: Server, plan: Plan) -> None:
    """Have every client send to its lists in turns, and note in its line what came of it."""
    for turn in turns(lines, plan.sendings, plan.sending, "long lists"):
        for line in turn:
            for size in _sizes(line.client, plan):
                if not line.problem:
                    await _measure(line, size, venvs, server, plan)


def _sizes(sender: Sender, plan: Plan) -> tuple[int, ...]:
    by_name = {"each": plan.sizes, "largest": plan.sizes[-1:], "some": (plan.some,)}
    return by_name[sender.sizes]


async def _measure(line: Line, size: int, venvs: Path, server: Server, plan: Plan) -> None:
    note(f"  {size:,} recipients: {line.client.title}")
    before = await server.spent()
    try:
        said = await sent(line.client, venvs, server.url, size, plan.limit)
    except NoAnswer as error:
        line.fail(f"{size:,} recipients: {error}")
        return
    after = await server.spent()
    # The server has seen the warm-up as well, which the driver's time does not have.
    everyone = size + said["warm"]
    came = after["recipients"] - before["recipients"]
    if line.client.sends and came != everyone:
        line.fail(f"the server got {came:,} of {everyone:,} recipients")
        return
    spent = (after["cpu"] - before["cpu"]) * size / everyone
    line.samples[size].append(Sending(said, spent))
