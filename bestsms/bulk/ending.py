"""Whether a run goes on, and why it does not."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import anyio

from bestsms._retry import Clock
from bestsms.bulk.outcomes import Totals
from bestsms.errors import BestSMSError, CampaignChanged, RunStopped

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
        self.failure: BaseException | None = None

    def begin(self, failure: BaseException | None = None) -> None:
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

    @contextmanager
    def carries(self) -> Generator[None, None, None]:
        """End the run with what is raised inside: it is for who reads, and not for this task.

        Not even an exit of the caller's own code: in a task it would tear down the loop.
        """
        try:
            yield
        except (GeneratorExit, anyio.get_cancelled_exc_class()):
            raise
        except BaseException as error:  # noqa: BLE001 - it is raised where the run is read
            self.begin(error)

    def raise_failure(self, totals: Totals, *, resumable: bool) -> None:
        """Raise what the run ends with, if it does not end well.

        Once anything was sent, an error that says that nothing was is only the cause.

        Args:
            totals: What was done, for who reads the error.
            resumable: Whether a rerun goes on where this one ended.
        """
        if isinstance(self.failure, Exception) and (
            totals.requests or totals.resumed or totals.unknown
        ):
            self._in_mid_run(self.failure)
        if isinstance(self.failure, RunStopped) and self.failure.totals is None:
            self.failure.totals = totals
            advice = _advice(totals, self.failure.__cause__, resumable=resumable)
            self.failure.args = (f"{self.failure} {advice}",)
        if self.failure is not None:
            raise self.failure

    def _in_mid_run(self, failure: Exception) -> None:
        if not isinstance(failure, RunStopped):
            self.failure = RunStopped(f"The run was stopped: {_reason(failure)}.")
            self.failure.__cause__ = failure


def _reason(failure: Exception) -> str:
    if isinstance(failure, BestSMSError):
        # It was right of what it refused, and something was sent before.
        return str(failure).removesuffix(" Nothing was sent.").removesuffix(".")
    # Others' errors may hold anything; what the system says of a file may be shown.
    said = getattr(failure, "strerror", None) or "see its cause"
    return f"{type(failure).__name__} of the list, the report or on_progress: {said}"


def _advice(totals: Totals, cause: BaseException | None, *, resumable: bool) -> str:
    counts = (
        f"Of {totals.read:,} recipients read, {totals.accepted:,} are accepted and "
        f"{totals.unknown:,} unknown."
    )
    if isinstance(cause, CampaignChanged):
        return counts  # It says itself what to do.
    rerun = (
        "Put that right and run it again under the same name: what is accepted is not sent again"
        if resumable
        else "Without campaign= a rerun would send to all of them again; leave out who has it"
    )
    return f"{counts} {rerun}."
