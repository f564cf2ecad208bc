"""Whether a run goes on, and why it does not."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import anyio

from bestsms._retry import Clock
from bestsms.bulk.outcomes import Totals
from bestsms.errors import BestSMSError, RunStopped

__all__ = ["Ending"]


class Ending:
    """The end of one run: once it has begun, no other chunk is begun, and nobody waits for one.

    Args:
        clock: Lets pauses pass.

    Attributes:
        begun: Whether no other chunk is begun any more.
        failure: What the run ends with, if that was found out; the first counts.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._scopes: set[anyio.CancelScope] = set()
        self.begun = False
        self.failure: Exception | None = None

    def begin(self, failure: Exception | None = None) -> None:
        """Begin no other chunk, and wait no more for a source or a pause."""
        self.begun = True
        self.failure = self.failure or failure
        for scope in self._scopes:
            scope.cancel()

    def stop(self, reason: str, last_straw: BestSMSError | None) -> None:
        """Begin no other chunk, since it would fail as well."""
        error = RunStopped(f"The run was stopped: {reason}.")
        error.__cause__ = last_straw
        self.begin(error)

    async def pause(self, seconds: float) -> None:
        """Let seconds pass, or as many as there are until the end begins."""
        if seconds > 0 and not self.begun:
            with self.breaks():
                await self._clock.sleep(seconds)

    @contextmanager
    def breaks(self) -> Generator[None, None, None]:
        """Break off what is waited for inside, once the end begins."""
        with anyio.CancelScope() as scope:
            self._scopes.add(scope)
            try:
                yield
            finally:
                self._scopes.discard(scope)

    def raise_failure(self, totals: Totals, *, resumable: bool) -> None:
        """Raise what the run ends with, if it does not end well.

        Args:
            totals: What was done, for who reads the error.
            resumable: Whether a rerun goes on where this one ended.
        """
        if isinstance(self.failure, RunStopped) and self.failure.totals is None:
            self.failure.totals = totals
            self.failure.args = (f"{self.failure} {_advice(totals, resumable=resumable)}",)
        if self.failure is not None:
            raise self.failure


def _advice(totals: Totals, *, resumable: bool) -> str:
    rerun = (
        "Put that right and run it again under the same name: what is accepted is not sent again"
        if resumable
        else "Without campaign= a rerun would send to all of them again; leave out who has it"
    )
    return (
        f"Of {totals.read:,} recipients read, {totals.accepted:,} are accepted and "
        f"{totals.unknown:,} unknown. {rerun}."
    )
