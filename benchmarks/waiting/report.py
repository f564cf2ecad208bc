"""What the measurements say: a Markdown table, the growth, and what must not be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

__all__ = ["HEAD", "Row", "Run", "growth", "line", "troubles"]

MOST_GROWTH: Final = 1.25
"""By how much a wait may cost more bytes among the most than among the fewest."""
HEAD: Final = (
    "| waits | how | looks/s | bytes/wait | RSS/wait | GETs | most | early | latest (may) | CPU |",
    "|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|",
)
NAMES: Final = {"wait_many": "`wait_many`", "tasks": "a task each"}


class Run(NamedTuple):
    """What is measured.

    Attributes:
        waits: How many at once.
        how: ``wait_many`` in one loop, or ``tasks``: each awaited in a task of its own.
        rate: Looks a second.
        http: Whether the looks go through an HTTP client while CPU time is measured.
        memory: Whether bytes are counted too.
    """

    waits: int
    how: str
    rate: float
    http: bool
    memory: bool


class Row(NamedTuple):
    """What was found.

    Attributes:
        run: What was measured.
        whole: What became of the waits, and the CPU time.
        peak: The most bytes at once for each wait, without the caller's own task.
    """

    run: Run
    whole: dict[str, Any]
    peak: float | None


def line(row: Row) -> str:
    """Return a line of the table."""
    return f"| {' | '.join(_cells(row))} |"


def growth(rows: Sequence[Row]) -> Iterator[str]:
    """Say by how much a wait costs more among the most than among the fewest."""
    for how, name in NAMES.items():
        for http in (True, False):
            alike = [row for row in rows if (row.run.how, row.run.http) == (how, http)]
            if len(alike) < 2:
                continue
            few, many = alike[0], alike[-1]
            says = [f"CPU a look x {_cpu(many) / _cpu(few):.2f}"]
            if few.peak and many.peak:
                says.insert(0, f"bytes a wait x {many.peak / few.peak:.2f}")
            yield (
                f"{few.run.waits:,} to {many.run.waits:,} waits, {name}"
                f"{'' if http else ', without HTTP'}: {', '.join(says)}"
            )


def troubles(rows: Sequence[Row], most_looks: float) -> Iterator[str]:
    """Name what must not be."""
    for row in rows:
        name = f"{row.run.waits:,} waits, {row.run.how}, {row.run.rate:g} looks a second"
        found = row.whole
        if found["early"] or found["lost"]:
            yield f"{name}: {found['early']} ended early, {found['lost']} did not end"
        if found["latest"] > found["bound"]:
            yield f"{name}: the latest is later than the queue explains"
        if found["most"] > most_looks:
            yield f"{name}: {found['most']} looks at one message"
    for how in NAMES:
        peaks = [row.peak for row in rows if row.run.how == how and row.peak]
        if peaks and peaks[-1] > MOST_GROWTH * peaks[0]:
            yield f"{how}: {peaks[0]:,.0f} bytes a wait grow to {peaks[-1]:,.0f}"


def _cells(row: Row) -> Iterator[str]:
    run, found = row.run, row.whole
    yield f"{run.waits:,}"
    yield NAMES[run.how] + ("" if run.http else ", without HTTP")
    yield f"{run.rate:g}"
    yield "" if row.peak is None else f"{row.peak:,.0f}"
    yield f"{found['rss'] / run.waits:,.0f}"
    yield f"{found['gets']:,}"
    yield f"{found['most']:,}"
    yield f"{found['early']:,}"
    yield f"{found['latest']:,.0f} s ({found['bound']:,.0f} s)"
    yield f"{_cpu(row) * 1e6:,.0f} us"


def _cpu(row: Row) -> float:
    return float(row.whole["cpu"]) / float(row.whole["gets"])
