"""The report: a Markdown table of ratios, and a listing of what stands behind them."""

from __future__ import annotations

import platform
import statistics
from collections.abc import Iterator, Sequence
from typing import Final

from calling.chart import Bar
from calling.goals import MOST_ADDED, added_by_sync, ratios
from calling.peers import ALONE, POST, Work
from calling.runs import Result, Row

__all__ = ["chart_rows", "listing", "table"]

HEAD: Final = ("| work | client | against | ratio | rounds | target |", "|---|---|---|--:|--:|---|")


def table(result: Result) -> Iterator[str]:
    """Give the lines of the table: what a target is for, and what it can be judged beside."""
    yield from HEAD
    shown: set[tuple[Work, str]] = set()
    for ratio in ratios(result.rows):
        title, client = f"{ratio.work.title}, CPU per call", ratio.row.peer.title
        # What is as in the row above is not said again: the table is narrow on GitHub.
        again = (ratio.work, client) in shown
        shown.add((ratio.work, client))
        target = _target(ratio.middle, ratio.most, "≤ {:g}")
        first = ("", "") if again else (title, client)
        ends = (f"{ratio.middle:.2f}", _span(ratio.each, "{:.2f}"), target)
        yield _line(*first, ratio.against, *ends)
    for row in result.rows:
        if row.queued is not None:
            yield _line(*_queued(row, result.plan.queue))
    added = [seconds * 1e6 for seconds in added_by_sync(result.rows)]
    if added:
        middle = statistics.median(added)
        target = _target(middle, MOST_ADDED * 1e6, "≤ +{:g} µs")
        clients = ("this client, SyncClient", "the coroutine awaited")
        yield _line(ALONE.title, *clients, f"{middle:+.0f} µs", _span(added, "{:+.0f}"), target)


def listing(result: Result) -> Iterator[str]:
    """Give the lines of the listing: how each client was used, and its medians."""
    plan = result.plan
    yield f"Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    yield f"{plan.rounds} rounds, {plan.calls} calls a round at {POST.flight} in flight"
    yield f"the server: {result.server}"
    for row in result.rows:
        versions = zip(row.peer.distributions, row.versions, strict=False)
        yield ""
        yield f"{row.peer.title}: {', '.join(map(' '.join, versions))}"
        yield f"  used: {row.peer.used}"
        if row.problem:
            yield f"  could not be driven: {row.problem}"
            continue
        yield f"  bodies of {row.body} bytes; {row.opened} connections opened in all rounds"
        for work, samples in row.samples.items():
            calls = samples[0].said["calls"]
            busy = statistics.median(each.server * calls / each.wall for each in samples)
            yield (
                f"  {work.title}: {row.middle(work) * 1e6:,.0f} µs CPU a call, "
                f"{calls / row.middle(work, 'wall'):,.0f} calls/s; "
                f"the server was busy for {busy:.0%} of the time"
            )


def chart_rows(result: Result) -> list[Bar]:
    """Return a bar for each client: what one POST costs, as a ratio to ours, the cheapest first."""
    measured = [row for row in result.rows if POST in row.samples and not row.problem]
    base = next((row for row in measured if row.peer.name == "ours"), None)
    if base is None:
        return []
    rows = [
        (
            f"{row.peer.title} {row.versions[0]}",
            statistics.median(
                theirs.cpu / mine.cpu
                for theirs, mine in zip(row.samples[POST], base.samples[POST], strict=True)
            ),
            row.peer.driver == "ours",
        )
        for row in measured
    ]
    return sorted(rows, key=lambda row: row[1])


def _queued(row: Row, calls: int) -> tuple[str, ...]:
    title = f"{calls:,} calls at once on 100 connections"
    found = row.queued
    if found is None or isinstance(found, str):
        return title, row.peer.title, "", f"{found}", "", ""
    said = f"{found.said['done']:,} done in {found.wall:.1f} s"
    if found.failed:
        said += f"; {found.failed}"
    held = "held" if not found.failed else "missed"
    target = f"all done: {held}" if row.peer.driver == "ours" else ""
    return title, row.peer.title, "", said, "", target


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _span(each: Sequence[float], form: str) -> str:
    return f"{form.format(min(each))} to {form.format(max(each))}"


def _target(found: float, most: float | None, form: str) -> str:
    if most is None:
        return ""
    return f"{form.format(most)}: {'held' if found <= most else 'missed'}"
