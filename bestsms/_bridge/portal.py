"""An event loop in a thread of its own, for code that has none."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast
from weakref import WeakSet

import anyio

from bestsms._evidence import Obstacle, Verdict
from bestsms.errors import BestSMSError, NotSent

if TYPE_CHECKING:
    # A tenth of the import's cost, and who makes no blocking call never needs it.
    import asyncio
    from concurrent.futures import Future

__all__ = ["PortalThread"]

T = TypeVar("T")

GRACE_SECONDS: Final = 1.0
"""How long an interrupt waits for the call that it broke off."""
SLICE_SECONDS: Final = 1.0
"""How long a call is waited for without a look for an interrupt."""


class PortalThread:
    """An event loop in a daemon thread of its own, started by the first call.

    A daemon: a script that forgets to close its client still ends. A fork leaves the thread behind
    in the parent; the child's first call starts another.
    """

    def __init__(self) -> None:
        self._stopped = False
        self._renew()
        _portals.add(self)

    def _renew(self) -> None:
        self._lock = threading.Lock()
        self._loop: _Loop | None = None
        self._thread: threading.Thread | None = None

    @property
    def running(self) -> bool:
        """Whether the thread was started in this process, and not stopped."""
        return self._loop is not None

    def run(self, function: Callable[..., Coroutine[Any, Any, T]], *args: object) -> T:
        """Run a coroutine function on the loop, in the context of the caller, and wait for it.

        An interrupt here cancels it there, waits a second for what it has to say, and carries that
        as a note: a send that Ctrl-C breaks off still tells its MessageID.

        Raises:
            RuntimeError: It is called on the loop itself, which would wait for itself for ever.
        """
        if self._thread is threading.current_thread():
            raise RuntimeError(
                "A blocking call of a SyncClient was made in its own event loop, and would wait "
                "for itself for ever. Give it plain functions and iterables, which run in threads "
                "of their own and may call it; async ones belong to an AsyncClient."
            )
        call = _Call(function, args)
        try:
            self._submit(call)
            return cast("T", call.result())
        except BaseException as error:
            if error is not call.error:
                for note in call.broken_off():
                    error.add_note(note)
            raise

    def stop(self) -> None:
        """End the loop and its thread, if they run; no call is taken any more.

        Calls under way end before it.
        """
        with self._lock:
            self._stopped = True
            loop, thread = self._loop, self._thread
            self._loop = self._thread = None
        if loop is not None and thread is not None:
            loop.stop()
            thread.join()

    def _submit(self, call: _Call) -> None:
        # Under the lock, so that no call comes between a stop and its end.
        with self._lock:
            if self._stopped:
                raise _not_sent("this client is closed; make a new one", Obstacle.CLOSED)
            if self._loop is None:
                self._loop = self._start()
            self._loop.submit(call)

    def _start(self) -> _Loop:
        from concurrent.futures import Future  # noqa: PLC0415 - see the imports

        ready: Future[_Loop] = Future()
        thread = threading.Thread(target=_host, args=(ready,), name="bestsms-portal", daemon=True)
        try:
            thread.start()
            loop = ready.result()
        except (OSError, RuntimeError) as error:
            reason = f"no event loop could be started ({error})"
            raise _not_sent(reason, Obstacle.OTHER) from error
        self._thread = thread
        return loop


class _Call:
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
        self._result: object = None
        self.error: BaseException | None = None
        self._scope: anyio.CancelScope | None = None
        self.loop: _Loop | None = None

    def begin(self) -> Coroutine[Any, Any, None]:
        """Return the call, on the loop: it may be cancelled from now on."""
        # The task's own cancellation would go through the shields of scopes.
        self._scope = anyio.CancelScope()
        return self._run(self._scope)

    def cancel(self) -> None:
        """Cancel it, on the loop; it never came there if it was interrupted on the way."""
        if self._scope is None:
            self._end()
        else:
            self._scope.cancel()

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


class _Loop:
    """The event loop in the thread, and the calls on it; it is for other threads to submit them.

    In place of anyio's portal, whose every call goes to the loop and back twice.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._stopped = anyio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    def submit(self, call: _Call) -> None:
        """Begin a call."""
        # First, for an interrupt may come between the two.
        call.loop = self
        self._loop.call_soon_threadsafe(self._begin, call)

    def cancel(self, call: _Call) -> None:
        """Cancel a call that was submitted."""
        # The loop may have ended with it.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(call.cancel)

    def stop(self) -> None:
        """End the loop, after the calls that were submitted."""
        self._loop.call_soon_threadsafe(self._stopped.set)

    async def serve(self) -> None:
        """Run until it is stopped, and every call has ended."""
        import asyncio  # noqa: PLC0415 - see the imports

        await self._stopped.wait()
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _begin(self, call: _Call) -> None:
        # This runs in a copy of the caller's context, who may be inside another kind of loop.
        if (sniffio := sys.modules.get("sniffio")) is not None:
            sniffio.current_async_library_cvar.set("asyncio")
        task = self._loop.create_task(call.begin())
        # The loop itself keeps no task alive.
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


_portals: WeakSet[PortalThread] = WeakSet()


def _after_fork() -> None:
    # Only the forking thread lives on in a child: the others' loops, and maybe their locks, do not.
    for portal in _portals:
        portal._renew()  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def _not_sent(reason: str, obstacle: Obstacle) -> NotSent:
    text = f"{reason[0].upper()}{reason[1:]}. Nothing was sent."
    error = NotSent(text, verdict=Verdict.NOT_SENT)
    error.obstacle = obstacle
    return error


def _host(ready: Future[_Loop]) -> None:
    try:
        anyio.run(_serve, ready)
    except BaseException as error:
        # Whatever keeps a loop from starting, whoever waits for it must hear of it.
        if ready.done():
            raise
        ready.set_exception(error)


async def _serve(ready: Future[_Loop]) -> None:
    import asyncio  # noqa: PLC0415 - see the imports

    loop = _Loop(asyncio.get_running_loop())
    ready.set_result(loop)
    await loop.serve()
