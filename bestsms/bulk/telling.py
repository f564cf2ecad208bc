"""Who is told of each outcome: the totals, the report, and the caller's own function."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from os import PathLike
from typing import TYPE_CHECKING

import anyio
import attrs

from bestsms.bulk.outcomes import ChunkOutcome, Totals

if TYPE_CHECKING:
    # Few runs write a report.
    from bestsms.bulk.report import Report

__all__ = ["OnProgress", "Told"]

OnProgress = Callable[[Totals], object]
"""What is called after each outcome; it may be a coroutine function."""


class Told:
    """Tells of the outcomes of one run, one after the other.

    Args:
        report: Where a line is written for each recipient, if anywhere.
        on_progress: What is called with the totals, if anything is.
        in_threads: Whether a plain function is called in a thread, since the caller's own code may
            block.
    """

    def __init__(
        self,
        report: str | PathLike[str] | None,
        on_progress: OnProgress | None,
        *,
        in_threads: bool,
    ) -> None:
        self.totals = Totals()
        self._path = report
        self._report: Report | None = None
        self._on_progress = on_progress
        self._in_threads = in_threads
        self._turn = anyio.Lock()

    async def begin(self) -> None:
        """Open the report.

        Raises:
            InvalidRequest: Its name says no format, or another file is there.
            OSError: It can't be written.
        """
        if self._path is None:
            return
        from bestsms.bulk.report import Report  # noqa: PLC0415 - see the imports

        report = Report(self._path)
        await anyio.to_thread.run_sync(report.open)
        self._report = report

    async def tell(self, outcome: ChunkOutcome) -> None:
        """Count an outcome, write it down, and tell the caller."""
        self.totals.add(outcome)
        if self._report is None and self._on_progress is None:
            return
        async with self._turn:
            if self._report is not None:
                await anyio.to_thread.run_sync(self._report.write, outcome)
            if self._on_progress is not None:
                await self._call(self._on_progress)

    async def _call(self, on_progress: OnProgress) -> None:
        totals = attrs.evolve(self.totals)
        if self._in_threads:
            result = await anyio.to_thread.run_sync(on_progress, totals)
        else:
            result = on_progress(totals)
        if inspect.isawaitable(result):
            await result

    async def finish(self) -> None:
        """Take the report for whole: the list is through."""
        if self._report is not None:
            await anyio.to_thread.run_sync(self._report.finish)

    async def aclose(self) -> None:
        """Close the report."""
        if self._report is not None:
            await anyio.to_thread.run_sync(self._report.close)
