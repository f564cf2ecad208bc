"""A run for code without an event loop."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Final, Self

import anyio

from bestsms._bridge import PortalThread
from bestsms.bulk.outcomes import ChunkOutcome, Totals
from bestsms.bulk.running import Run

__all__ = ["SyncRun"]

_END: Final = object()


class SyncRun(Iterator[ChunkOutcome]):
    """The blocking twin of :class:`Run`: made by :meth:`bestsms.SyncClient.send_many`.

    Iterate over it inside of ``with``, or call :meth:`finish`: until then nothing is read or sent.

    Example:
        .. code-block:: python

            with client.send_many(rows, message="Hi [[FirstName]]", campaign="july") as run:
                for outcome in run:
                    print(outcome.message_id, outcome.verdict)

            totals = client.send_many(numbers, message="Hello").finish()

    Args:
        run: The run.
        portal: Where the client's event loop is.
    """

    def __init__(self, run: Run, portal: PortalThread) -> None:
        self._run = run
        self._portal = portal
        self._entered = threading.Event()
        self._host: threading.Thread | None = None
        self._error: BaseException | None = None
        self._left = anyio.Event()
        self._scopes: list[anyio.CancelScope] = []

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.totals}>"

    @property
    def totals(self) -> Totals:
        """How many of what, so far: it changes as the run goes on."""
        return self._run.totals

    def finish(self) -> Totals:
        """Send all that is left of it.

        Raises:
            RunStopped: It gave up before its list was through.
        """
        if self._host is None:
            with self:
                return self.finish()
        self._portal.run(self._drain)
        return self.totals

    def __next__(self) -> ChunkOutcome:
        """Return the next outcome, as it comes.

        Raises:
            RunStopped: As :class:`Run` raises it, and whatever else that does.
        """
        if not self._entered.is_set():
            raise RuntimeError("Iterate inside of with, or call finish().")
        outcome = self._portal.run(self._advance)
        if not isinstance(outcome, ChunkOutcome):
            raise StopIteration
        return outcome

    def __enter__(self) -> Self:
        # One task enters the run and leaves it, as a task group needs it; this thread waits for it.
        self._host = threading.Thread(target=self._live, name="bestsms-run", daemon=True)
        self._host.start()
        try:
            self._entered.wait()
        except BaseException:
            self.close()
            raise
        if self._error is not None:
            self.close()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Begin no other chunk, and wait for those that are under way, as :class:`Run` does.

        An interrupt while it waits breaks these off.
        """
        host, self._host = self._host, None
        if host is None:
            return
        try:
            self._tell(self._left.set)
            host.join()
        except BaseException:
            self._tell(self._break_off)
            host.join()
            raise
        if self._error is not None:
            raise self._error

    def _live(self) -> None:
        try:
            self._portal.run(self._stay)
        except BaseException as error:  # noqa: BLE001 - it is raised where the run is used
            self._error = error
        finally:
            self._entered.set()

    async def _stay(self) -> None:
        with anyio.CancelScope() as scope:
            self._scopes.append(scope)
            async with self._run:
                self._entered.set()
                await self._left.wait()

    async def _advance(self) -> object:
        return await anext(self._run, _END)

    async def _drain(self) -> None:
        async for _ in self._run:
            pass

    def _tell(self, what: Callable[[], object]) -> None:
        async def call() -> None:
            what()

        self._portal.run(call)

    def _break_off(self) -> None:
        for scope in self._scopes:
            scope.cancel()
