"""One portal thread under the sync client: started late, stopped once, never in the way."""

from __future__ import annotations

import inspect
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextvars import ContextVar
from types import SimpleNamespace

import anyio
import pytest

from bestsms import NotSent
from bestsms._bridge import Bridged, PortalThread, blocking, blocking_iter


class Ended:
    """An async iterator without items."""

    def __aiter__(self) -> AsyncIterator[int]:
        """Iterate over nothing."""
        return self

    async def __anext__(self) -> int:
        """End."""
        raise StopAsyncIteration


REQUEST_ID: ContextVar[str] = ContextVar("REQUEST_ID")


class Counter:
    """An async object to bridge."""

    async def add(self, left: int, *, right: int = 1) -> int:
        """Add two numbers."""
        await anyio.lowlevel.checkpoint()
        return left + right

    async def fail(self) -> None:
        """Raise."""
        raise LookupError("not here")

    async def count(self, until: int) -> AsyncIterator[int]:
        """Count."""
        for number in range(until):
            yield number

    cleaned = 0

    async def watched(self, until: int) -> AsyncIterator[int]:
        """Count, and note the clean-up."""
        try:
            for number in range(until):
                yield number
        finally:
            self.cleaned += 1

    def checked(self, until: int) -> AsyncIterator[int]:
        """Count, if there is anything to count."""
        if until < 0:
            raise LookupError("below nothing")
        return self.count(until)

    def plain(self) -> AsyncIterator[int]:
        """Give an iterator that is no generator, and is at its end."""
        return Ended()

    async def thread(self) -> threading.Thread:
        """Tell the thread that it runs on."""
        return threading.current_thread()


class SyncCounter(Bridged[Counter]):
    """Its blocking twin."""

    add = blocking(Counter.add)
    fail = blocking(Counter.fail)
    count = blocking_iter(Counter.count)
    thread = blocking(Counter.thread)
    watched = blocking_iter(Counter.watched)
    checked = blocking_iter(Counter.checked)
    plain = blocking_iter(Counter.plain)


@pytest.fixture
def portal() -> Iterator[PortalThread]:
    """A portal, stopped at the end."""
    made = PortalThread()
    yield made
    made.stop()


@pytest.fixture
def counter(portal: PortalThread) -> SyncCounter:
    """A twin on that portal."""
    return SyncCounter(Counter(), portal)


def test_a_blocking_method_gives_what_its_coroutine_returns(counter: SyncCounter) -> None:
    """Arguments by position and by name go through."""
    assert counter.add(1) == 2
    assert counter.add(1, right=2) == 3


def test_a_blocking_method_raises_what_its_coroutine_raises(counter: SyncCounter) -> None:
    """The same error, not a wrapped one; and the twin goes on working."""
    with pytest.raises(LookupError, match="not here"):
        counter.fail()
    with pytest.raises(TypeError, match="unexpected keyword"):
        counter.add(1, wrong=2)  # type: ignore[call-arg]
    assert counter.add(1) == 2


def test_a_twin_looks_like_its_original() -> None:
    """Same name, arguments and docstring: an editor shows the same help."""
    for twin, original in ((SyncCounter.add, Counter.add), (SyncCounter.count, Counter.count)):
        assert twin.__doc__ == original.__doc__
        assert twin.__name__ == original.__name__
        assert inspect.signature(twin) == inspect.signature(original)
    assert not inspect.iscoroutinefunction(SyncCounter.add)


def test_a_blocking_iterator_walks_to_the_end(counter: SyncCounter) -> None:
    """Item by item, each fetched when it is asked for."""
    found = counter.count(3)
    assert next(found) == 0
    assert list(found) == [1, 2]
    assert list(counter.count(0)) == []


def test_the_thread_starts_with_the_first_call(portal: PortalThread, counter: SyncCounter) -> None:
    """A client that is made and never used costs no thread."""
    assert not portal.running
    thread = counter.thread()
    assert portal.running
    assert thread is counter.thread()
    assert (thread.name, thread.daemon) == ("bestsms-portal", True)


def test_a_call_on_its_own_loop_is_refused(portal: PortalThread, counter: SyncCounter) -> None:
    """It would wait for itself for ever; another thread's call waits for it as ever."""

    async def again() -> int:
        return counter.add(1)

    with pytest.raises(RuntimeError, match="in its own event loop"):
        portal.run(again)

    async def elsewhere() -> int:
        return await anyio.to_thread.run_sync(counter.add, 1)

    assert portal.run(elsewhere) == 2


def test_a_stopped_portal_leaves_no_thread(portal: PortalThread, counter: SyncCounter) -> None:
    """Stopping again does nothing; a later call is refused, and starts no thread."""
    first = counter.thread()
    portal.stop()
    portal.stop()
    assert not first.is_alive()
    assert not portal.running
    with pytest.raises(NotSent, match="closed"):
        counter.thread()
    assert not portal.running


def test_a_call_under_way_ends_before_the_portal_stops(portal: PortalThread) -> None:
    """Whoever waits for it gets its result; who comes later is refused."""
    begun, results = threading.Event(), list[str]()

    async def slow() -> str:
        loop = portal._loop
        assert loop is not None
        begun.set()
        await loop._stopped.wait()
        for _ in range(10):
            await anyio.lowlevel.checkpoint()
        return "done"

    calling = threading.Thread(target=lambda: results.append(portal.run(slow)))
    calling.start()
    begun.wait()
    portal.stop()
    calling.join()
    assert results == ["done"]
    with pytest.raises(NotSent, match="closed"):
        portal.run(slow)


def test_a_call_runs_in_a_copy_of_its_callers_context(portal: PortalThread) -> None:
    """What tracing and logging keep there goes along, and nothing comes back."""

    async def handle() -> str:
        before = REQUEST_ID.get()
        REQUEST_ID.set("changed")
        return before

    token = REQUEST_ID.set("R1")
    assert portal.run(handle) == "R1"
    assert REQUEST_ID.get() == "R1"
    REQUEST_ID.reset(token)


def test_a_caller_may_be_inside_another_kind_of_loop(
    portal: PortalThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mark that Trio leaves in the context is not taken along: the portal runs on asyncio."""
    library: ContextVar[str] = ContextVar("library", default="trio")
    fake = SimpleNamespace(current_async_library_cvar=library, current_async_library=library.get)
    portal.run(anyio.lowlevel.checkpoint)

    async def mark() -> str:
        return library.get()

    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "sniffio", fake)
        assert portal.run(mark) == "asyncio"
        patch.delitem(sys.modules, "sniffio")
        assert portal.run(mark) == "trio"
    assert library.get() == "trio"


def test_many_threads_share_one_portal(counter: SyncCounter) -> None:
    """32 threads at once start one loop, and each gets its own answer."""
    answers: list[int] = []
    threads: set[threading.Thread] = set()
    together = threading.Barrier(32)

    def work(number: int) -> None:
        together.wait()
        answers.append(counter.add(number, right=0))
        threads.add(counter.thread())

    workers = [threading.Thread(target=work, args=(number,)) for number in range(32)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(answers) == list(range(32))
    assert len(threads) == 1


def test_a_twin_shows_its_kind_only(counter: SyncCounter) -> None:
    """What it wraps may hold a token."""
    assert repr(counter) == "<SyncCounter>"


def test_a_loop_that_is_left_early_closes_its_source(counter: SyncCounter) -> None:
    """Leaving after the first item runs the source's clean-up on its own loop, before more."""
    numbers = counter.watched(3)
    assert next(numbers) == 0
    assert counter._target.cleaned == 0
    numbers.close()
    counter.add(1)
    assert counter._target.cleaned == 1
    assert list(counter.watched(1)) == [0]
    assert counter._target.cleaned == 2


def test_a_loop_may_outlive_its_client(portal: PortalThread, counter: SyncCounter) -> None:
    """Closing the iterator after the client is not an error."""
    numbers = counter.watched(3)
    next(numbers)
    portal.stop()
    numbers.close()


def test_a_wrong_argument_of_a_loop_is_an_error_at_once(counter: SyncCounter) -> None:
    """Where the iterator is asked for, as in the async original; and no thread is started."""
    with pytest.raises(LookupError):
        counter.checked(-1)
    assert list(counter.checked(2)) == [0, 1]


def test_any_async_iterator_is_walked(counter: SyncCounter) -> None:
    """One that has nothing to close is walked just as well."""
    assert list(counter.plain()) == []


def test_a_loop_that_can_not_start_is_an_error(
    counter: SyncCounter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a file descriptor for a loop the call fails, and the next one tries again."""

    def none_left(*_: object) -> None:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(anyio, "run", none_left)
    with pytest.raises(NotSent, match="Too many open files"):
        counter.add(1)
    monkeypatch.undo()
    assert counter.add(1) == 2


def test_a_walk_after_the_close_is_an_error_not_an_end(
    portal: PortalThread, counter: SyncCounter
) -> None:
    """A list cut short by a close must not look complete."""
    numbers = counter.count(3)
    assert next(numbers) == 0
    portal.stop()
    with pytest.raises(NotSent, match="closed"):
        next(numbers)
