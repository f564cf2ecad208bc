"""The calls on a portal's event loop, and the loop's own side of them."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any, Final

import anyio

from bestsms._evidence import Obstacle, Verdict
from bestsms.errors import BestSMSError, NotSent

if TYPE_CHECKING:
    # A tenth of the import's cost, and who makes no blocking call never needs it.
    import asyncio

__all__ = ["Call", "Loop", "closed", "not_started"]

GRACE_SECONDS: Final = 1.0
"""How long an interrupt waits for the call that it broke off."""
SLICE_SECONDS: Final = 1.0
"""How long a call is waited for without a look for an interrupt."""


class Call:
    """One call on the portal, and what it has to say to whoever stops waiting for it."""

    def __init__(
        self, function: Callable[..., Coroutine[Any, Any, object]], args: tuple[object, ...]
    ) -> None:
        self._function = function
        self._args = args
        # Held until the end: a bare lock wakes who waits for it sooner than a future does.
        self._under_way = threading.Lock()
        self._under_way.acquire()
        self._ended = False
        self._given_up = False
        self._result: object = None
        self.error: BaseException | None = None
        self._scope: anyio.CancelScope | None = None
        self.loop: Loop | None = None

    def begin(self) -> Coroutine[Any, Any, None] | None:
        """Return the call, on the loop: it may be cancelled from now on."""
        if self._given_up:
            self._end()
            return None
        # The task's own cancellation would go through the shields of scopes.
        self._scope = anyio.CancelScope()
        return self._run(self._scope)

    def cancel(self) -> None:
        """Cancel it, on the loop."""
        if self._scope is not None:
            self._scope.cancel()

    def fail(self, error: BaseException) -> None:
        """End a call that did not begin."""
        self.error = error
        self._end()

    async def _run(self, scope: anyio.CancelScope) -> None:
        try:
            with scope:
                await self._make()
        finally:
            self._end()

    def _end(self) -> None:
        self._ended = True
        self._under_way.release()

    async def _make(self) -> None:
        try:
            self._result = await self._function(*self._args)
        except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
            self.error = error

    def result(self) -> object:
        """Wait for the end, and return or raise what it came to."""
        # In slices: an interrupt just before a wait would be seen at its end only, and on Windows
        # any interrupt.
        while not self._ended:
            self._under_way.acquire(timeout=SLICE_SECONDS)
        if self.error is not None:
            raise self.error
        return self._result

    def broken_off(self) -> Sequence[str]:
        """Cancel the call, wait a second for its end, and return what it has to say."""
        # First, for it may be on its way to a loop.
        self._given_up = True
        if self.loop is None:
            return ()
        if not self._ended:
            self.loop.cancel(self)
            self._under_way.acquire(timeout=GRACE_SECONDS)
        if not self._ended:
            return ("The call is still being broken off.",)
        if self._scope is None:
            return ("The call had not begun.",)
        if self.error is None:
            about = getattr(self._result, "message_id", None)
            return (f"The call had ended well{f': message {about}' if about else ''}.",)
        ended = f"The call had ended: {type(self.error).__name__}"
        # Others' errors may hold anything.
        text = f"{ended}: {self.error}" if isinstance(self.error, BestSMSError) else ended
        return getattr(self.error, "__notes__", ()) or (text,)


class Loop:
    """The event loop in the thread, and the calls on it; it is for other threads to submit them.

    In place of anyio's portal, whose every call goes to the loop and back twice.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._stopped = anyio.Event()
        self._ended = False
        # Whoever takes a call out of it begins or ends it; taking is one step for every thread.
        self._waiting: set[Call] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def submit(self, call: Call) -> None:
        """Begin a call, or refuse it if the loop ends."""
        self._waiting.add(call)
        # First, for an interrupt may come between the two.
        call.loop = self
        self._tell(self._begin, call)
        # It may have ended just before, and nobody else would look again.
        if self._ended:
            self._refuse(call)

    def cancel(self, call: Call) -> None:
        """Cancel a call that was submitted."""
        self._tell(self._cancel, call)

    def stop(self) -> None:
        """End the loop, after the calls that were submitted."""
        self._tell(self._stopped.set)

    async def serve(self) -> None:
        """Run until it is stopped, and every call has ended."""
        import asyncio  # noqa: PLC0415 - see the imports

        await self._stopped.wait()
        while self._tasks:
            await asyncio.wait(self._tasks)
        self._ended = True
        for call in tuple(self._waiting):
            self._refuse(call)

    def _tell(self, function: Callable[..., object], *args: object) -> None:
        # The loop may have ended with all that was on it.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(function, *args)

    def _take(self, call: Call) -> bool:
        try:
            self._waiting.remove(call)
        except KeyError:
            return False
        return True

    def _refuse(self, call: Call) -> None:
        if self._take(call):
            call.fail(closed())

    def _cancel(self, call: Call) -> None:
        # It never came here if it was interrupted on the way.
        if self._take(call):
            call.begin()
        else:
            call.cancel()

    def _begin(self, call: Call) -> None:
        if not self._take(call) or (run := call.begin()) is None:
            return
        # This runs in a copy of the caller's context, who may be inside another kind of loop.
        if (sniffio := sys.modules.get("sniffio")) is not None:
            sniffio.current_async_library_cvar.set("asyncio")
        task = self._loop.create_task(run)
        # The loop itself keeps no task alive.
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _not_sent(reason: str, obstacle: Obstacle) -> NotSent:
    text = f"{reason[0].upper()}{reason[1:]}. Nothing was sent."
    error = NotSent(text, verdict=Verdict.NOT_SENT)
    error.obstacle = obstacle
    return error


def closed() -> NotSent:
    """Return the error of a call after the close."""
    return _not_sent("this client is closed; make a new one", Obstacle.CLOSED)


def not_started(error: BaseException) -> NotSent:
    """Return the error of a call that got no loop."""
    reason = f"no event loop could be started ({error})"
    made = _not_sent(reason, Obstacle.OTHER)
    made.__cause__ = error
    return made
