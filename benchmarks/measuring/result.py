"""What a run has found, and all of it as it came, for whoever looks for more than the table has."""

from __future__ import annotations

import dataclasses
import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from measuring.bulk import Line
from measuring.bulk_goals import bulk_findings
from measuring.call_goals import call_findings
from measuring.calls import Row
from measuring.findings import Finding
from measuring.plan import Plan

__all__ = ["Result"]


@dataclass
class Result:
    """What a run has found.

    Attributes:
        plan: What it was asked to do.
        rows: What came of single calls.
        lines: What came of long lists.
        server: What the server ran on.
    """

    plan: Plan
    rows: list[Row]
    lines: list[Line]
    server: str = ""

    @property
    def machine(self) -> str:
        """Where it ran."""
        system = f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPUs"
        return f"Python {platform.python_version()}, {system}; the server: {self.server}"

    @property
    def entries(self) -> list[Row | Line]:
        """All clients."""
        return [*self.rows, *self.lines]

    @property
    def findings(self) -> list[Finding]:
        """The lines of the table."""
        return [*call_findings(self.rows, self.plan.queue), *bulk_findings(self.lines)]

    def problems(self) -> Iterator[str]:
        """Say what could not be measured, and why."""
        for entry in self.entries:
            if entry.problem:
                yield f"{entry.title}: {entry.problem}"
        for row in self.rows:
            if isinstance(row.queued, str):
                yield f"{row.title}, all calls at once: {row.queued}"

    def raw(self) -> dict[str, Any]:
        """Return everything, ready for JSON."""
        return {
            "machine": self.machine,
            "plan": dataclasses.asdict(self.plan),
            "findings": [dataclasses.asdict(finding) for finding in self.findings],
            "problems": list(self.problems()),
            "calls": [_row(row) for row in self.rows],
            "lists": [_line(line) for line in self.lines],
        }


def _row(row: Row) -> dict[str, Any]:
    samples = {
        work.title: [dataclasses.asdict(sample) for sample in samples]
        for work, samples in row.samples.items()
    }
    queued = row.queued if isinstance(row.queued, str | None) else row.queued.said
    said = {"name": row.client.name, "versions": row.versions, "problem": row.problem}
    return said | {"body": row.body, "opened": row.opened, "samples": samples, "queued": queued}


def _line(line: Line) -> dict[str, Any]:
    samples = [dataclasses.asdict(each) for size in line.samples.values() for each in size]
    said = {"name": line.client.name, "versions": line.versions, "problem": line.problem}
    return said | {"samples": samples}
