"""How far a campaign is, while it runs: a bar on a terminal, else a line now and then.

It is shown on standard error, so that what a pipe gets is the result alone. That nobody sees it is
no reason to stop sending.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Generator, Iterable
from datetime import timedelta
from typing import Any, Final, TextIO, cast

from rich.console import Console, RenderableType
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from bestsms.bulk.outcomes import Totals

__all__ = ["EVERY_SECONDS", "showing"]

EVERY_SECONDS: Final = 10.0
"""How long there is no line after one."""
_DRAWN_SECONDS: Final = 0.1
_MANY: Final = 10
"""A rate of which nobody needs a fraction."""

Update = Callable[[Totals], None]


class _Bar(Progress):
    """A bar with its rate, over a line of counts that wraps where it must."""

    counts = ""
    answered: float | None = None

    def get_renderables(self) -> Iterable[RenderableType]:
        """Return what is drawn; it is asked for several times a second."""
        yield self.make_tasks_table(self.tasks)
        yield self.counts
        # It is drawn once before it has a clock.
        if self.answered is None:
            return
        # A provider that can't be reached is tried for half an hour, which must not look like work.
        if (silence := self.get_time() - self.answered) >= EVERY_SECONDS:
            yield f"no answer for {timedelta(seconds=round(silence))}"


class _Measure:
    """The rate of a run, and the time that is left at it.

    Args:
        progress: Where the samples are kept.
        rows: How many rows there are.
    """

    def __init__(self, progress: Progress, rows: int) -> None:
        self._progress = progress
        self._all = progress.add_task("", total=rows, rate="")
        # What an earlier run had sent comes by in no time, and says nothing of the rate.
        self._fresh = progress.add_task("", visible=False)

    def update(self, totals: Totals) -> None:
        """Note how far it is."""
        self._progress.update(self._fresh, completed=totals.read - totals.resumed)
        self._progress.update(self._all, completed=totals.read)
        self._progress.update(self._all, rate=self.rate)

    @property
    def rate(self) -> str:
        """Recipients a second, and how long it will take; empty before there is a rate."""
        whole, fresh = self._progress.tasks
        if not fresh.speed:
            return ""
        per_second = f"{fresh.speed:,.{0 if fresh.speed >= _MANY else 1}f}/s"
        left = timedelta(seconds=round(max(0.0, whole.remaining or 0.0) / fresh.speed))
        return f"{per_second}  {left} left"

    @property
    def count(self) -> str:
        """How many rows are done, and of how many."""
        whole = self._progress.tasks[0]
        return f"{whole.completed:,.0f} of {max(whole.total or 0.0, whole.completed):,.0f}"


class _Unbroken:
    """A file that takes no harm from being closed at its other end."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def write(self, text: str) -> None:
        with contextlib.suppress(OSError):
            self._file.write(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError):
            self._file.flush()


@contextlib.contextmanager
def showing(
    rows: int,
    *,
    console: Console | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Generator[Update, None, None]:
    """Show how far a campaign is; call the result with its totals after each outcome.

    Args:
        rows: About how many rows there are.
        console: Where it is shown; standard error, if not given.
        clock: Seconds.
    """
    if console is None:
        # Where standard error is closed Rich has a file for nobody.
        file = None if sys.stderr is None else cast("TextIO", _Unbroken(sys.stderr))
        console = Console(file=file, stderr=True, highlight=False)
    bar = _Bar(
        BarColumn(bar_width=None),
        TaskProgressColumn(),
        TextColumn("{task.fields[rate]}"),
        console=console,
        get_time=clock,
        transient=True,
        expand=True,
        disable=not console.is_terminal,
    )
    measure = _Measure(bar, rows)
    last = bar.answered = clock()
    drawn = -_DRAWN_SECONDS

    def update(totals: Totals) -> None:
        nonlocal last, drawn
        # There may be thousands of outcomes a second, and nobody reads as fast.
        if clock() - drawn < _DRAWN_SECONDS:
            return
        drawn = clock()
        measure.update(totals)
        bar.answered = clock()
        bar.counts = f"{measure.count} done: {_counts(totals)}"
        if bar.disable and clock() - last >= EVERY_SECONDS:
            last = clock()
            line = f"{time.strftime('%Y-%m-%d %H:%M:%S')}  {bar.counts}  {measure.rate}"
            print(line.rstrip(), file=console.file, flush=True)

    with bar:
        yield update


def _counts(totals: Totals) -> str:
    counts = {
        "accepted": totals.accepted,
        "unknown": totals.unknown,
        "failed": totals.rejected + totals.not_sent + totals.refused,
        "duplicates": totals.duplicates,
    }
    return ", ".join(f"{count:,} {name}" for name, count in counts.items())
