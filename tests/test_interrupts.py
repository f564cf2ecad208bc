"""Ctrl-C in a call of the sync client: it ends there too, and says what it knew."""

from __future__ import annotations

import itertools
import signal
import sys
import threading
import traceback
from collections.abc import Awaitable, Callable, Iterator
from types import SimpleNamespace

import anyio
import pytest

from bestsms._bridge import PortalThread, calls as bridge


@pytest.fixture
def portal() -> Iterator[PortalThread]:
    """A portal, stopped at the end."""
    made = PortalThread()
    yield made
    made.stop()


@pytest.fixture
def interrupt() -> Iterator[Callable[[], Awaitable[None]]]:
    """Presses Ctrl-C as soon as the main thread waits for its call."""
    # A process that was started in the background ignores it.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    main = threading.main_thread().ident
    assert main is not None

    def waiting() -> list[str]:
        frames = traceback.walk_stack(sys._current_frames()[main])
        return [frame.f_code.co_name for frame, _ in itertools.islice(frames, 2)]

    async def press() -> None:
        # Not sooner than the caller waits for the result, or it would be a call not yet made.
        with anyio.fail_after(10):
            while waiting() != ["result", "run"]:
                await anyio.lowlevel.checkpoint()
        signal.pthread_kill(main, signal.SIGINT)

    yield press
    signal.signal(signal.SIGINT, before)


def test_an_interrupt_cancels_the_call(portal: PortalThread, interrupt) -> None:
    """Ctrl-C while a call waits raises here, and does not leave the call running there."""
    cancelled = threading.Event()

    async def wait_for_ever() -> None:
        await interrupt()
        try:
            await anyio.sleep(60)  # not for ever, so that a failure here ends too
        finally:
            cancelled.set()

    with pytest.raises(KeyboardInterrupt) as caught:
        portal.run(wait_for_ever)
    assert cancelled.is_set()
    assert caught.value.__notes__ == ["The call had ended: CancelledError"]


def test_an_interrupt_carries_what_the_call_had_to_say(portal: PortalThread, interrupt) -> None:
    """A send that Ctrl-C breaks off still tells its MessageID and its verdict."""

    async def send() -> None:
        try:
            await interrupt()
            await anyio.sleep(60)
        except anyio.get_cancelled_exc_class() as cancelled:
            cancelled.add_note("message ID1: UNKNOWN")
            raise

    with pytest.raises(KeyboardInterrupt) as caught:
        portal.run(send)
    assert caught.value.__notes__ == ["message ID1: UNKNOWN"]


def test_an_interrupt_does_not_wait_for_ever(
    portal: PortalThread, interrupt, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call that will not end is left behind: who pressed Ctrl-C wants the prompt."""
    monkeypatch.setattr(bridge, "GRACE_SECONDS", 0.01)
    go, ended = threading.Event(), threading.Event()

    async def deaf() -> None:
        await interrupt()
        with anyio.CancelScope(shield=True):
            while not go.is_set():
                await anyio.lowlevel.checkpoint()
        ended.set()

    with pytest.raises(KeyboardInterrupt):
        portal.run(deaf)
    assert not ended.is_set()
    go.set()
    assert ended.wait(10)


def test_an_interrupt_on_the_way_to_the_loop_says_so(
    portal: PortalThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call that never came there has sent nothing; the next one is made as any."""
    portal.run(anyio.lowlevel.checkpoint)

    def interrupted(loop: bridge.Loop, call: bridge.Call) -> None:
        loop._waiting.add(call)
        call.loop = loop
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(bridge.Loop, "submit", interrupted)
        with pytest.raises(KeyboardInterrupt) as caught:
            portal.run(anyio.lowlevel.checkpoint)
    assert caught.value.__notes__ == ["The call had not begun."]
    portal.run(anyio.lowlevel.checkpoint)


def test_an_interrupt_may_come_when_all_is_over(
    portal: PortalThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The call has ended, and so may have the loop: nobody is there to be told of it."""
    wait = bridge.Call.result

    def interrupted(call: bridge.Call) -> None:
        wait(call)
        portal.stop()
        assert call.loop is not None
        call.loop.cancel(call)
        raise KeyboardInterrupt

    monkeypatch.setattr(bridge.Call, "result", interrupted)
    with pytest.raises(KeyboardInterrupt) as caught:
        portal.run(anyio.lowlevel.checkpoint)
    assert caught.value.__notes__ == ["The call had ended well."]


def test_a_wait_is_one_of_slices(portal: PortalThread, monkeypatch: pytest.MonkeyPatch) -> None:
    """A caller looks for an interrupt again and again: not every system ends a wait for one."""
    monkeypatch.setattr(bridge, "SLICE_SECONDS", 0.001)
    looked_up = threading.Event()

    class Lock:
        """A lock that notes when somebody gives up waiting for it."""

        def __init__(self) -> None:
            self._lock = threading.Lock()
            self.release = self._lock.release

        def acquire(self, *, timeout: float = -1) -> bool:
            if not (got := self._lock.acquire(timeout=timeout)):
                looked_up.set()
            return got

    async def until_looked_up() -> None:
        while not looked_up.is_set():
            await anyio.lowlevel.checkpoint()

    portal.run(anyio.lowlevel.checkpoint)
    with monkeypatch.context() as patch:
        patch.setattr(
            bridge, "threading", SimpleNamespace(Lock=Lock, current_thread=threading.current_thread)
        )
        portal.run(until_looked_up)


def test_an_error_of_the_call_itself_is_not_an_interrupt(portal: PortalThread) -> None:
    """It comes as it is, with the notes it has, at once."""

    async def fail() -> None:
        error = LookupError("not here")
        error.add_note("a note")
        raise error

    with pytest.raises(LookupError) as caught:
        portal.run(fail)
    assert caught.value.__notes__ == ["a note"]
