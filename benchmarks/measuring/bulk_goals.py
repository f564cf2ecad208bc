"""What long lists are compared with, and what the issue asks for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from measuring.bulk import Line
from measuring.findings import Finding, compared, ratios

__all__ = ["bulk_findings"]

OURS: Final = ("bulk-ours", "bulk-fast")
MOST: Final = {
    "bulk-vendor": 0.25,
    "bulk-vendor-legacy": None,
    "bulk-orjson": 10.0,
    "bulk-orjson-each": 10.0,
}
"""The most that a recipient of ours may cost, as a part of one of another client."""
MOST_GROWTH: Final = 1.25
MOST_PEAK: Final = 1.2
MOST_JOURNAL: Final = 1.1


def bulk_findings(lines: Sequence[Line]) -> Iterator[Finding]:
    """Give the lines of the table; both parts of a ratio are of the same round."""
    measured = {line.client.name: line for line in lines if line.samples}
    ours = [measured[name] for name in OURS if name in measured]
    for line in ours:
        for name in MOST:
            if name in measured:
                yield _beside(line, measured[name])
    sizes = sorted({size for line in ours for size in line.samples})
    for size in sizes[1:]:
        for line in ours:
            yield _growth(line, size)
    for line in ours:
        yield _memory(line)
    if "bulk-journal" in measured and "bulk-ours" in measured:
        yield from _journal(measured["bulk-journal"], measured["bulk-ours"])


def _beside(line: Line, other: Line) -> Finding:
    each = ratios(line.cpu(line.longest), other.cpu(other.longest))
    scaled = other.longest < line.longest
    against = f"{other.title}, {other.longest:,} of them" if scaled else other.title
    work, most = f"{line.longest:,} recipients, CPU per recipient", MOST[other.client.name]
    return compared(work, line.client.title, against, each, most=most)


def _growth(line: Line, size: int) -> Finding:
    fewest = min(line.samples)
    each = ratios(line.cpu(size), line.cpu(fewest))
    work, against = f"{size:,} recipients, CPU per recipient", f"itself, {fewest:,}"
    return compared(work, line.client.title, against, each, most=MOST_GROWTH)


def _memory(line: Line) -> Finding:
    fewest = min(line.samples)
    each = ratios(_peaks(line, line.longest), _peaks(line, fewest))
    work = f"{line.longest:,} recipients, peak memory"
    return compared(work, line.client.title, f"itself, {fewest:,}", each, most=MOST_PEAK)


def _journal(on: Line, off: Line) -> Iterator[Finding]:
    size, against = on.longest, "itself without one"
    each = ratios(on.cpu(size), off.cpu(size))
    work = f"{size:,} recipients, CPU per recipient"
    yield compared(work, on.client.title, against, each, most=MOST_JOURNAL)
    each = ratios(_walls(on), _walls(off))
    work = f"{size:,} recipients, time on the clock"
    yield compared(work, on.client.title, against, each, most=MOST_JOURNAL)


def _peaks(line: Line, size: int) -> list[float]:
    return [sending.peak for sending in line.samples[size]]


def _walls(line: Line) -> list[float]:
    return [sending.wall for sending in line.samples[line.longest]]
