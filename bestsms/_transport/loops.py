"""One of something for each event loop, closed when its loop ends.

Connections belong to the loop that opened them. A client that is used in a second ``asyncio.run``
would write to sockets of the first: the server gets the request, the caller an error (FAULTS 1).
So each loop has its own, and so has each process after a fork.
"""

from __future__ import annotations

import os
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Generic, TypeVar

__all__ = ["PerLoop"]

T = TypeVar("T")


class PerLoop(Generic[T]):
    """Makes one of something for each event loop that asks, and closes it with its loop.

    Args:
        make: Makes one, in the loop it is for.
        close: Closes it, in the same loop.
    """

    __slots__ = ("_close", "_held", "_inherited", "_make", "_pid")

    def __init__(self, make: Callable[[], T], close: Callable[[T], Awaitable[None]]) -> None:
        self._make = make
        self._close = close
        self._pid = os.getpid()
        self._held: dict[object, tuple[T, AsyncGenerator[None, None]]] = {}
        self._inherited: object = None

    def at_hand(self) -> T | None:
        """Return the one of the running loop, if it has one already."""
        held = self._held.get(_running_loop()) if self._pid == os.getpid() else None
        return None if held is None else held[0]

    async def here(self) -> T:
        """Return the one of the running loop."""
        if self._pid != os.getpid():
            # After a fork these are the parent's sockets: a child neither uses nor closes them.
            self._inherited, self._held, self._pid = self._held, {}, os.getpid()
        loop = _running_loop()
        held = self._held.get(loop)
        if held is None:
            self._forget_closed_loops()
            thing = self._make()
            held = self._held[loop] = thing, self._until_the_loop_ends(loop, thing)
            await anext(held[1])
        return held[0]

    def everywhere(self) -> list[T]:
        """Return those of all loops of this process; for any thread."""
        held = list(self._held.values()) if self._pid == os.getpid() else []
        return [thing for thing, _ in held]

    async def aclose(self) -> None:
        """Close the one of the running loop, if there is one."""
        held = self._held.get(_running_loop()) if self._pid == os.getpid() else None
        if held is not None:
            await held[1].aclose()

    async def _until_the_loop_ends(self, loop: object, thing: T) -> AsyncGenerator[None, None]:
        # Both asyncio and trio end the async generators that were begun in a loop before they
        # close it; so nothing is left open even where nobody closes the client.
        try:
            yield
        finally:
            self._held.pop(loop, None)
            await self._close(thing)

    def _forget_closed_loops(self) -> None:
        for loop in list(self._held):
            if getattr(loop, "is_closed", bool)():
                self._held.pop(loop, None)


def _running_loop() -> object:
    import asyncio  # noqa: PLC0415 - whoever runs a loop has loaded it

    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return threading.get_ident()  # Trio runs one loop in a thread at a time.
