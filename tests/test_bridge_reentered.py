"""A call made in the midst of another, by a signal handler or a finaliser: neither waits for ever.

Each test makes the inner call where it would come at the worst moment.
"""

from __future__ import annotations

import _thread
import contextlib
import gc
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from types import SimpleNamespace
from typing import Any

import anyio
import pytest

from bestsms import NotSent
from bestsms._bridge import Bridged, PortalThread, SyncStream, blocking_iter, portal as bridge
from bestsms._bridge.calls import Call


async def name() -> str:
    """Tell the thread that it runs on."""
    await anyio.lowlevel.checkpoint()
    return threading.current_thread().name


class Source:
    """An async object with a loop that notes its clean-up."""

    cleaned = 0

    async def watched(self) -> AsyncIterator[int]:
        """Count."""
        try:
            yield 1
            yield 2
        finally:
            self.cleaned += 1


class SyncSource(Bridged[Source]):
    """Its blocking twin."""

    watched = blocking_iter(Source.watched)


@pytest.fixture
def portal() -> Iterator[PortalThread]:
    """A portal, stopped at the end."""
    made = PortalThread()
    yield made
    made.stop()


def before(once: Callable[[], object], then: Callable[..., Any]) -> Callable[..., Any]:
    """Do something before the first call of a function."""
    left = [once]

    def call(*args: Any, **kwargs: Any) -> Any:
        if left:
            left.pop()()
        return then(*args, **kwargs)

    return call


def starting(patch: pytest.MonkeyPatch, function: Callable[..., object]) -> None:
    """Put a function in the place of the start of threads."""
    patch.setattr(bridge, "_thread", SimpleNamespace(start_new_thread=function))


def test_a_call_within_the_first_call_starts_the_only_loop(
    portal: PortalThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A signal handler that comes before the thread starts its own, and the outer call joins."""
    threads: list[object] = []

    def handler() -> None:
        threads.extend((portal.run(name), portal._thread))

    starting(monkeypatch, before(handler, _thread.start_new_thread))
    assert portal.run(name) == "bestsms-portal"
    assert threads == ["bestsms-portal", portal._thread]


def test_a_call_within_a_later_call_is_made_first(
    portal: PortalThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A signal handler that comes while a call is handed over gets its answer."""
    portal.run(name)
    assert portal._loop is not None
    inner: list[str] = []
    loop = portal._loop._loop
    again = before(lambda: inner.append(portal.run(name)), loop.call_soon_threadsafe)
    monkeypatch.setattr(loop, "call_soon_threadsafe", again)
    assert portal.run(name) == "bestsms-portal"
    assert inner == ["bestsms-portal"]


def test_a_forgotten_loop_may_be_collected_in_the_midst_of_a_call(
    portal: PortalThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its finaliser ends the source and waits for nothing, on whichever thread it runs."""
    source = SyncSource(Source(), portal)

    async def collect() -> None:
        gc.collect()

    def forget() -> None:
        numbers = source.watched()
        next(numbers)
        cycle: list[object] = [numbers]
        cycle.append(cycle)

    forget()
    assert portal._loop is not None
    loop = portal._loop._loop
    monkeypatch.setattr(loop, "call_soon_threadsafe", before(gc.collect, loop.call_soon_threadsafe))
    portal.run(name)
    assert source._target.cleaned == 1
    forget()
    portal.run(collect)
    portal.run(name)
    assert source._target.cleaned == 2


def test_what_ends_on_the_loop_itself_does_not_wait(portal: PortalThread) -> None:
    """A stream or a client that is closed there is closed all the same."""
    closed = threading.Event()

    async def aclose() -> None:
        closed.set()

    stream = SyncStream[int](SimpleNamespace(aclose=aclose), portal)  # type: ignore[arg-type]
    stream.close()
    assert not closed.is_set()

    async def end() -> threading.Thread:
        stream.close()
        portal.stop()
        return threading.current_thread()

    portal.run(end).join(10)
    assert closed.is_set()
    assert not portal.running


def test_a_stream_that_is_closed_elsewhere_is_closed_when_it_says_so(portal: PortalThread) -> None:
    """A plain close waits for the end of the source."""
    portal.run(name)
    closed: list[str] = []

    async def aclose() -> None:
        closed.append(await name())

    SyncStream[int](SimpleNamespace(aclose=aclose), portal).close()  # type: ignore[arg-type]
    assert closed == ["bestsms-portal"]


def test_a_stop_that_overtakes_the_start_ends_it(
    portal: PortalThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A close while the first call starts the loop leaves no thread behind."""
    serve, hosts = portal._serve, list[threading.Thread]()

    async def stopped(*args: Any) -> None:
        hosts.append(threading.current_thread())
        portal.stop()
        await serve(*args)

    monkeypatch.setattr(portal, "_serve", stopped)
    with contextlib.suppress(NotSent):
        portal.run(name)
    hosts[0].join(10)
    assert not hosts[0].is_alive()
    assert not portal.running


def test_a_call_that_the_end_overtakes_is_refused(portal: PortalThread) -> None:
    """Between the look whether it is open and the loop a close may come: nobody waits for ever."""
    portal.run(name)
    loop = portal._loop
    assert loop is not None
    on_the_way, late = Call(name, ()), Call(name, ())
    loop._waiting.add(on_the_way)
    portal.stop()
    loop.submit(late)
    loop._begin(late)
    loop._refuse(late)
    for call in (on_the_way, late):
        with pytest.raises(NotSent, match="closed"):
            call.result()


def test_a_call_given_up_before_its_loop_runs_never_begins(
    portal: PortalThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C while the thread starts: the call does not go out behind the caller's back."""
    begun = threading.Event()

    async def send() -> None:
        begun.set()

    def interrupted(launch: Callable[..., object], args: tuple[Any, ...]) -> None:
        starts.append((launch, args))
        raise KeyboardInterrupt

    starts: list[tuple[Callable[..., object], tuple[Any, ...]]] = []
    with monkeypatch.context() as patch:
        starting(patch, interrupted)
        with pytest.raises(KeyboardInterrupt):
            portal.run(send)
    (launch, (thread, call)) = starts[0]
    launch(thread, call)
    portal.run(name)
    assert portal._loop is not None
    portal._loop.cancel(call)  # as the interrupt does that sees the loop already
    portal.run(name)
    assert not begun.is_set()


def test_a_thread_that_can_not_start_is_an_error(
    portal: PortalThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the thread of the loop nor the one that starts it; the next call tries again."""

    def none_left(*_: object) -> None:
        raise RuntimeError("can't start new thread")

    def launch(function: Callable[..., object], args: tuple[Any, ...]) -> None:
        monkeypatch.setattr(args[0], "start", none_left)
        function(*args)

    for start in (none_left, launch):
        with monkeypatch.context() as patch:
            starting(patch, start)
            with pytest.raises(NotSent, match="can't start") as caught:
                portal.run(name)
        assert isinstance(caught.value.__cause__, RuntimeError)
    assert portal.run(name) == "bestsms-portal"
