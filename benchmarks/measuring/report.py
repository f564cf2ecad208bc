"""The report: a Markdown table of ratios, a listing of what stands behind them, and the chart."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from typing import Final

from measuring.bulk import Line
from measuring.calls import Row
from measuring.chart import Bar, Panel
from measuring.findings import ratios
from measuring.peers import POST
from measuring.result import Result

__all__ = ["listing", "panels", "table"]

HEAD: Final = ("| work | client | against | ratio | rounds | target |", "|---|---|---|--:|--:|---|")
MIB: Final = 1 << 20


def table(result: Result) -> Iterator[str]:
    """Give the lines of the table."""
    yield from HEAD
    before: tuple[str, ...] = ("", "")
    for finding in result.findings:
        named = (finding.work, finding.client)
        # What is as in the row above is not said again: the table is narrow on GitHub.
        work = "" if named[0] == before[0] else named[0]
        client = "" if named == before else named[1]
        before = named
        cells = (work, client, finding.against, finding.found, finding.span, finding.verdict)
        yield f"| {' | '.join(cells)} |"


def listing(result: Result) -> Iterator[str]:
    """Give the lines of the listing: how each client was used, and its medians."""
    plan = result.plan
    yield result.machine
    yield f"calls: {plan.rounds} rounds of {plan.calls} calls at {POST.flight} in flight, or fewer"
    yield f"lists: {plan.sendings} rounds or fewer; the CPU time is without that of making the rows"
    for entry in result.entries:
        versions = zip(entry.client.library.distributions, entry.versions, strict=False)
        yield ""
        yield f"{entry.client.title}: {', '.join(map(' '.join, versions))}"
        yield f"  used: {entry.client.used}"
        if entry.problem:
            yield f"  could not be measured: {entry.problem}"
        else:
            yield from _calls(entry) if isinstance(entry, Row) else _lists(entry)


def panels(result: Result) -> Iterator[Panel]:
    """Give the panels of the chart: what each client takes beside ours, the cheapest first."""
    longest = result.plan.sizes[-1]
    calls = [(row, row.cpu(POST)) for row in result.rows if row.measured(POST)]
    lists = [(line, line.cpu(line.longest)) for line in result.lines if line.samples]
    yield from _panel(f"CPU time of {POST.title}", "ours", calls)
    yield from _panel(f"CPU time of a recipient, of {longest:,}", "bulk-ours", lists)


def _panel(
    title: str, base: str, each: Sequence[tuple[Row | Line, list[float]]]
) -> Iterator[Panel]:
    for entry, unit in each:
        if entry.client.name == base:
            bars = [
                Bar(other.title, statistics.median(ratios(cpu, unit)), ours=other.client.ours)
                for other, cpu in each
            ]
            yield Panel(title, sorted(bars, key=lambda bar: bar.value))


def _calls(row: Row) -> Iterator[str]:
    yield f"  bodies of {row.body} bytes; {row.opened} connections opened in all rounds"
    for work, samples in row.samples.items():
        calls = samples[0].said["calls"]
        cpu = statistics.median(row.cpu(work))
        wall = statistics.median(each.wall for each in samples)
        busy = statistics.median(each.server * calls / each.wall for each in samples)
        yield (
            f"  {work.title}: {cpu * 1e6:,.0f} µs CPU a call, "
            f"{calls / wall:,.0f} calls/s; "
            f"the server was busy for {busy:.0%} of the time"
        )


def _lists(line: Line) -> Iterator[str]:
    for size, samples in sorted(line.samples.items()):
        cpu = statistics.median(line.cpu(size))
        wall = statistics.median(each.wall for each in samples)
        peak = statistics.median(each.peak for each in samples)
        busy = statistics.median(each.busy for each in samples)
        yield (
            f"  {size:,} recipients: {cpu * 1e6:.2f} µs CPU a recipient, {1 / wall:,.0f}/s, "
            f"{peak / MIB:.1f} MiB at most; the server was busy for {busy:.0%} of the time"
        )
