"""An event loop in a thread of its own, for code that has none."""

from __future__ import annotations

import _thread
import contextvars
import os
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar, cast
from weakref import WeakSet

import anyio

from bestsms._bridge.calls import Call, Loop, closed, not_started

__all__ = ["PortalThread"]

T = TypeVar("T")


class PortalThread:
    """An event loop in a daemon thread of its own, started by the first call.

    A daemon: a script that forgets to close its client still ends. A fork leaves the thread behind
    in the parent; the child's first call starts another.

    A signal handler or a finaliser may call it while the same thread is inside of it: no caller
    takes a lock that it would have to give back first.
    """

    def __init__(self) -> None:
        self._stopped = False
        self._renew()
        _portals.add(self)

    def _renew(self) -> None:
        # Of those threads only that would be the portal, of which the first one is.
        self._lock = threading.Lock()
        self._loop: Loop | None = None
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
        call = Call(function, args)
        try:
            self._submit(call)
            return cast("T", call.result())
        except BaseException as error:
            if error is not call.error:
                for note in call.broken_off():
                    error.add_note(note)
            raise

    def post(self, function: Callable[..., Coroutine[Any, Any, object]]) -> None:
        """Run a coroutine function on the loop if there is one, and wait for nothing.

        For a finaliser, which runs on any thread and in the midst of anything; nobody hears of an
        error.
        """
        if (loop := self._loop) is not None:
            loop.submit(Call(function, ()))

    def finish(self, function: Callable[..., Coroutine[Any, Any, object]]) -> None:
        """Run a coroutine function on the loop if there is one; the loop itself does not wait."""
        if self._thread is threading.current_thread():
            self.post(function)
        elif self.running:
            self.run(function)

    def stop(self) -> None:
        """End the loop and its thread, if they run; no call is taken any more.

        Calls under way end before it. On the loop itself it does not wait for the thread.
        """
        self._stopped = True
        loop, thread = self._loop, self._thread
        self._loop = self._thread = None
        if loop is not None and thread is not None:
            loop.stop()
            if thread is not threading.current_thread():
                thread.join()

    def _submit(self, call: Call) -> None:
        if self._stopped:
            raise closed()
        if (loop := self._loop) is not None:
            loop.submit(call)
            return
        first = [(call, contextvars.copy_context())]
        thread = threading.Thread(
            target=self._host, args=(first,), name="bestsms-portal", daemon=True
        )
        # Starting a thread takes a lock of Python's, and a signal handler may come meanwhile and
        # wait for the same: so another thread does it, where no handler runs.
        try:
            _thread.start_new_thread(_launch, (thread, call))
        except RuntimeError as error:
            raise not_started(error) from error

    def _host(self, first: list[tuple[Call, contextvars.Context]]) -> None:
        lock = self._lock
        lock.acquire()
        # Many first calls may come at once, each with a thread.
        if (loop := self._loop) is not None:
            lock.release()
            _hand_over(first, loop)
            return
        try:
            anyio.run(self._serve, first, lock)
        except BaseException as error:
            # Whatever keeps a loop from starting, whoever waits for it must hear of it.
            if not first:
                raise
            lock.release()
            first.pop()[0].fail(not_started(error))

    async def _serve(
        self, first: list[tuple[Call, contextvars.Context]], lock: threading.Lock
    ) -> None:
        import asyncio  # noqa: PLC0415 - see the imports

        loop = Loop(asyncio.get_running_loop())
        self._thread = threading.current_thread()
        self._loop = loop
        _hand_over(first, loop)
        lock.release()
        if self._stopped:
            # It was stopped before there was anything to stop.
            self.stop()
        await loop.serve()


_portals: WeakSet[PortalThread] = WeakSet()


def _after_fork() -> None:
    # Only the forking thread lives on in a child: the others' loops, and maybe their locks, do not.
    for portal in _portals:
        portal._renew()  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def _hand_over(first: list[tuple[Call, contextvars.Context]], loop: Loop) -> None:
    # Taken out: a thread keeps its arguments, and a call all that it was about.
    call, context = first.pop()
    context.run(loop.submit, call)


def _launch(thread: threading.Thread, call: Call) -> None:
    try:
        thread.start()
    except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
        call.fail(not_started(error))
