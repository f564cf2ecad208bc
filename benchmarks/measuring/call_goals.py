"""What single calls are compared with, and what the issue asks for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from measuring.calls import Row
from measuring.findings import Finding, compared, ratios
from measuring.peers import ALONE, MANY, POST

__all__ = ["call_findings"]

MOST: Final = {
    "ours": {"vendor": 0.35, "vendor-held": 0.35},
    "fast": {"vendor": 0.15, "vendor-held": 0.15, "twilio": 1.0, "aiohttp": 2.0},
}
"""The most that a call of ours may cost, as a part of one of another client."""
MOST_GROWTH: Final = 1.25
MOST_ADDED: Final = 200.0
"""Microseconds that SyncClient may add to a call."""


def call_findings(rows: Sequence[Row], queue: int) -> Iterator[Finding]:
    """Give the lines of the table; both parts of a ratio are of the same round."""
    measured = {row.client.name: row for row in rows if row.samples and not row.problem}
    for row in measured.values():
        yield from _beside_others(row, measured)
    for row in measured.values():
        if MANY in row.samples:
            yield _growth(row)
    for row in rows:
        if row.queued is not None:
            yield _queued(row, queue)
    if "sync" in measured and "ours" in measured:
        yield _added(measured["sync"], measured["ours"])


def _beside_others(row: Row, measured: dict[str, Row]) -> Iterator[Finding]:
    # An engine that is tried out is compared with our own connections.
    tried = row.client.driver == "ours" and row.client.name not in MOST
    for name, most in ({"ours": None} if tried else MOST.get(row.client.name, {})).items():
        if name in measured:
            other = measured[name]
            each = ratios(row.cpu(POST), other.cpu(POST))
            title = f"{POST.title}, CPU per call"
            yield compared(title, row.client.title, other.title, each, most=most)


def _growth(row: Row) -> Finding:
    each = ratios(row.cpu(MANY), row.cpu(POST))
    most = MOST_GROWTH if row.client.ours else None
    against = f"itself, {POST.flight} in flight"
    return compared(f"{MANY.title}, CPU per call", row.client.title, against, each, most=most)


def _queued(row: Row, queue: int) -> Finding:
    work = f"{queue:,} calls at once on 100 connections"
    if row.queued is None or isinstance(row.queued, str):
        return Finding(work, row.client.title, "", str(row.queued), held=False, target="all done")
    said, failed = row.queued.said, row.queued.failed
    found = f"{said['done']:,} done in {row.queued.wall:.1f} s"
    if failed:
        found += f"; {failed}"
    held = not failed if row.client.ours else None
    return Finding(work, row.client.title, "", found, target="all done", held=held)


def _added(sync: Row, awaited: Row) -> Finding:
    pairs = zip(sync.samples[ALONE], awaited.samples[ALONE], strict=True)
    each = [(blocked.median - plain.median) * 1e6 for blocked, plain in pairs]
    against = "the coroutine awaited"
    return compared(
        ALONE.title, sync.client.title, against, each, most=MOST_ADDED, form="{:+.0f} µs"
    )
