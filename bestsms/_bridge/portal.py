"""An event loop in a thread of its own, for code that has none."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Final, TypeVar
from weakref import WeakSet

import anyio

from bestsms._evidence import Obstacle, Verdict
from bestsms.errors import BestSMSError, NotSent

if TYPE_CHECKING:
    # A tenth of the import's cost, and async code never needs it.
    from concurrent.futures import Future

    from anyio.from_thread import BlockingPortal

__all__ = ["PortalThread"]

T = TypeVar("T")

GRACE_SECONDS: Final = 1.0
"""How long an interrupt waits for the call that it broke off."""


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
        self._portal: BlockingPortal | None = None
        self._thread: threading.Thread | None = None

    @property
    def running(self) -> bool:
        """Whether the thread was started in this process, and not stopped."""
        return self._portal is not None

    def run(self, function: Callable[..., Coroutine[Any, Any, T]], *args: object) -> T:
        """Run a coroutine function on the loop and wait for it.

        An interrupt here cancels it there, waits a second for what it has to say, and carries that
        as a note: a send that Ctrl-C breaks off still tells its MessageID.
        """
        call = _Call(function, args)
        try:
            future: Future[T] = self._submit(call)
            return future.result()
        except BaseException as error:
            if call.submitted is not None and error is not call.error:
                call.submitted.cancel()
                call.ended.wait(GRACE_SECONDS)
                for note in call.said:
                    error.add_note(note)
            raise

    def stop(self) -> None:
        """End the loop and its thread, if they run; no call is taken any more."""
        with self._lock:
            self._stopped = True
            portal, thread = self._portal, self._thread
            self._portal = self._thread = None
        if portal is not None and thread is not None:
            portal.start_task_soon(portal.stop)
            thread.join()

    def _submit(self, call: _Call) -> Future[Any]:
        # Under the lock, so that no call comes between a stop and its end.
        with self._lock:
            if self._stopped:
                raise _not_sent("this client is closed; make a new one", Obstacle.CLOSED)
            if self._portal is None:
                self._portal = self._start()
            call.submitted = self._portal.start_task_soon(call.run)
            return call.submitted

    def _start(self) -> BlockingPortal:
        from concurrent.futures import Future  # noqa: PLC0415 - see the imports

        ready: Future[BlockingPortal] = Future()
        thread = threading.Thread(target=_host, args=(ready,), name="bestsms-portal", daemon=True)
        try:
            thread.start()
            portal = ready.result()
        except (OSError, RuntimeError) as error:
            reason = f"no event loop could be started ({error})"
            raise _not_sent(reason, Obstacle.OTHER) from error
        self._thread = thread
        return portal


class _Call:
    """One call on the portal, and what it has to say to whoever stops waiting for it."""

    def __init__(
        self, function: Callable[..., Coroutine[Any, Any, T]], args: tuple[object, ...]
    ) -> None:
        self._function = function
        self._args = args
        self.submitted: Future[Any] | None = None
        self.ended = threading.Event()
        self.error: BaseException | None = None
        self.said: list[str] = ["The call is still being broken off."]

    async def run(self) -> Any:
        """Make the call."""
        try:
            result = await self._function(*self._args)
        except BaseException as error:
            self.error = error
            ended = f"The call had ended: {type(error).__name__}"
            # Others' errors may hold anything.
            text = f"{ended}: {error}" if isinstance(error, BestSMSError) else ended
            self.said = list(getattr(error, "__notes__", ())) or [text]
            raise
        else:
            about = getattr(result, "message_id", None)
            self.said = [f"The call had ended well{f': message {about}' if about else ''}."]
            return result
        finally:
            self.ended.set()


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


def _host(ready: Future[BlockingPortal]) -> None:
    try:
        anyio.run(_serve, ready)
    except BaseException as error:
        # Whatever keeps a loop from starting, whoever waits for it must hear of it.
        if ready.done():
            raise
        ready.set_exception(error)


async def _serve(ready: Future[BlockingPortal]) -> None:
    from anyio.from_thread import BlockingPortal  # noqa: PLC0415 - see the imports

    async with BlockingPortal() as portal:
        ready.set_result(portal)
        await portal.sleep_until_stopped()
