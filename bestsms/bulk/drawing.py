"""A source that may block: drawn in a thread of its own, so that no event loop waits for it."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, NamedTuple

import anyio

__all__ = ["InThread"]


class _Drawn(NamedTuple):
    rows: list[Any]
    error: BaseException | None = None


class InThread:
    """Draws rows in one thread, which some need: a cursor of SQLite is for the one that made it.

    A source that never answers is left behind when nobody waits for it any more; a daemon, so that
    the process may end.

    Args:
        take: Returns the next rows, so many.
    """

    checked = False

    def __init__(self, take: Callable[[int], list[Any]]) -> None:
        self._take = take
        self._thread: threading.Thread | None = None
        self._wanted: SimpleQueue[int | None] = SimpleQueue()
        self._drawn: SimpleQueue[_Drawn] = SimpleQueue()

    async def draw(self, count: int) -> list[Any]:
        """Return the next rows.

        Raises:
            BaseException: What the source raised, ``SystemExit`` included.
        """
        if self._thread is None:
            run = contextvars.copy_context().run
            self._thread = threading.Thread(
                target=run, args=(self._serve,), name="bestsms-source", daemon=True
            )
            self._thread.start()
        self._wanted.put(count)
        drawn = await anyio.to_thread.run_sync(self._drawn.get, abandon_on_cancel=True)
        if drawn.error is not None:
            raise drawn.error
        return drawn.rows

    def close(self) -> None:
        """End the thread, as soon as the source lets it."""
        self._wanted.put(None)
        # For one that waits though nobody waits for it.
        self._drawn.put(_Drawn([]))

    def _serve(self) -> None:
        while (count := self._wanted.get()) is not None:
            try:
                self._drawn.put(_Drawn(self._take(count)))
            except BaseException as error:  # noqa: BLE001 - it is raised where the rows are drawn
                self._drawn.put(_Drawn([], error))
