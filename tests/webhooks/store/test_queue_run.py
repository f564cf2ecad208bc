"""The worker: every event is handled, again if its handler failed; nothing holds the rest up."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import Any

import anyio
import pytest
from inbox.stores import run

from bestsms.webhooks.events import Event, StatusEvent
from bestsms.webhooks.queue import Queue

Make = Callable[..., Queue]
Status = Callable[..., StatusEvent]

SECRET = "The code is 1234, call +61421000001"


async def ended(queue: Queue, state: str, count: int) -> None:
    """Wait until so many events are in a state, while time stands still."""
    with anyio.fail_after(60):
        while (await queue.counts())[state] < count:
            pass


async def test_an_event_is_handled_at_once(
    make: Make, status: Status, handled: Any, running: Any
) -> None:
    """Put while the worker waits, and put before it began: no time passes until it is handled."""
    queue = make()
    await queue.put(status(message_id="M1"))
    async with running(queue):
        await ended(queue, "done", 1)
        await queue.put(status(message_id="M2"))
        await ended(queue, "done", 2)
    assert handled.keys == [status(message_id="M1").key, status(message_id="M2").key]


async def test_what_comes_while_the_worker_looks_is_not_missed(
    queue: Queue, status: Status, running: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look found nothing, and before the worker waits there is something."""
    take = queue._worker._take

    async def took(most: int) -> Any:
        found = await take(most)
        await queue.put(status())
        return found

    monkeypatch.setattr(queue._worker, "_take", took)
    async with running(queue):
        await ended(queue, "done", 1)


async def test_what_another_process_put_is_found(
    make: Make, status: Status, handled: Any, running: Any, time: Any
) -> None:
    """Within a second, since nobody says it."""
    queue, other = make(), make()
    async with running(queue):
        await queue.put(status(message_id="M1"))
        await ended(queue, "done", 1)
        await other.put(status(message_id="M2"))
        await time.until(queue, lambda counts: counts["done"] == 2)
    assert len(handled.keys) == 2


async def test_a_plain_function_is_called_in_a_thread(
    make: Make, status: Status, running: Any
) -> None:
    """One that returns something to await has it awaited on the loop."""
    threads: list[threading.Thread] = []

    async def later() -> None:
        threads.append(threading.current_thread())

    def handle(event: Event) -> Any:
        threads.append(threading.current_thread())
        return later()

    queue = make(handler=handle)
    await queue.put(status())
    async with running(queue):
        await ended(queue, "done", 1)
    assert threads[0] is not threading.main_thread()
    assert threads[1] is threading.main_thread()


async def test_so_many_run_at_once_and_no_more(make: Make, status: Status, running: Any) -> None:
    """And as one ends the next begins."""
    at_once, most, go = 0, 0, anyio.Event()

    async def handle(event: Event) -> None:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        if at_once == 3:
            go.set()
        await go.wait()
        at_once -= 1

    queue = make(handler=handle, at_once=3)
    for number in range(20):
        await queue.put(status(message_id=f"M{number}"))
    async with running(queue):
        await ended(queue, "done", 20)
    assert most == 3


async def test_a_failed_event_is_tried_again(
    make: Make, status: Status, handled: Any, running: Any, time: Any, store: str
) -> None:
    """After random pauses of at most 2 s, 8 s, 32 s: each four times the one before, to an hour."""
    handled.fails = [ValueError() for _ in range(7)]
    queue = make()
    await queue.put(status())
    pauses: list[float] = []
    async with running(queue):
        while len(pauses) < 7:
            for attempts, pause in run(store, PAUSE):
                if attempts == len(pauses) + 1:
                    pauses.append(pause)
                    time.move(pause)
            await queue.counts()
        await ended(queue, "done", 1)
    assert pauses == [2, 8, 32, 128, 512, 2048, 3600]


PAUSE = "SELECT attempts, due - changed FROM bestsms_webhooks WHERE state = 'pending'"


async def test_an_event_that_fails_too_often_is_a_dead_letter(
    make: Make, status: Status, handled: Any, running: Any, time: Any
) -> None:
    """It is kept with what it failed on, its numbers masked, and can be tried again."""
    event = status(sub_account="Sales")
    handled.fails = [RuntimeError(f"no room for {SECRET}") for _ in range(2)]
    queue = make(attempts=2)
    began = time.at
    await queue.put(event)
    async with running(queue):
        await time.until(queue, lambda counts: counts["dead"] == 1)
        (letter,) = await queue.dead()
        assert letter.key == event.key
        assert letter.event == event
        assert letter.error == "RuntimeError: no room for The code is 1234, call ...001"
        assert letter.attempts == 2
        assert letter.arrived_at.timestamp() == began
        assert letter.died_at.timestamp() > began
        assert "Sales" not in repr(letter)
        assert not await queue.put(event)
        assert await queue.retry(letter.key)
        await ended(queue, "done", 1)
    assert not await queue.retry(letter.key)
    assert not await queue.retry("nobody's")
    assert await queue.dead() == []


SHORT = {"handler_timeout": 0.01, "attempts": 1}


async def test_a_handler_has_its_time_and_no_more(make: Make, status: Status, running: Any) -> None:
    """Then the attempt has failed, whether it was stopped or goes on in a thread for itself."""
    go = threading.Event()

    async def wait(event: Event) -> None:
        await anyio.sleep_forever()

    def stand(event: Event) -> None:
        go.wait()

    slow, stuck = make(handler=wait, **SHORT), make(handler=stand, **SHORT)
    await slow.put(status(message_id="M1"))
    async with running(slow):
        await ended(slow, "dead", 1)
    await stuck.put(status(message_id="M2"))
    async with running(stuck):
        await ended(stuck, "dead", 2)
    go.set()
    assert [letter.error for letter in await stuck.dead()] == ["TimeoutError", "TimeoutError"]


async def test_what_comes_before_the_handler_may_refuse(
    make: Make, status: Status, handled: Any, running: Any, time: Any
) -> None:
    """Its error is a failed attempt, its time is the handler's."""
    seen: list[Event] = []

    async def confirm(event: Event) -> None:
        seen.append(event)
        if len(seen) == 1:
            raise LookupError

    queue = make(before=confirm)
    event = status()
    await queue.put(event)
    async with running(queue):
        await time.until(queue, lambda counts: counts["done"] == 1)
    assert seen == [event, event]
    assert handled.keys == [event.key]


async def test_a_handler_that_cancels_itself_has_failed(
    make: Make, status: Status, handled: Any, running: Any, time: Any
) -> None:
    """It is not the end of the worker."""
    handled.fails = [asyncio.CancelledError()]
    queue = make()
    await queue.put(status())
    async with running(queue):
        await time.until(queue, lambda counts: counts["done"] == 1)
    assert len(handled.keys) == 2


@pytest.mark.parametrize("native", [False, True], ids=["scope", "task"])
async def test_what_runs_at_the_end_is_given_back(
    make: Make, status: Status, running: Any, handled: Any, *, native: bool
) -> None:
    """The next worker has it at once, and with as many attempts as before."""
    began = anyio.Event()

    async def wait(event: Event) -> None:
        began.set()
        await anyio.sleep_forever()

    first, second = make(handler=wait, attempts=1), make(attempts=1)
    await first.put(status())
    if native:
        task = asyncio.create_task(first.run())
        await began.wait()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    else:
        async with running(first):
            await began.wait()
    assert (await first.counts())["pending"] == 1
    async with running(second):
        await ended(second, "done", 1)
    assert handled.keys == [status().key]


async def test_a_thread_is_waited_for_at_the_end(make: Make, status: Status) -> None:
    """It can't be stopped; so what it does is written down, and not done again by the next."""
    began, go = anyio.Event(), threading.Event()

    def stand(event: Event) -> None:
        anyio.from_thread.run_sync(began.set)
        go.wait()

    queue = make(handler=stand)
    await queue.put(status())
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(queue.run)
        await began.wait()
        tasks.cancel_scope.cancel()
        go.set()
    assert (await queue.counts())["done"] == 1
