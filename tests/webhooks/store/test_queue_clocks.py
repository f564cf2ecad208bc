"""Clocks that are set and threads that hang: neither loses an event, doubles it, or piles up."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

import anyio
import psycopg
import pytest

from bestsms.errors import StoreError
from bestsms.webhooks.events import StatusEvent
from bestsms.webhooks.queue import Queue
from bestsms.webhooks.store import postgresql as on_postgresql

Make = Callable[..., Queue]
Status = Callable[..., StatusEvent]

DAY = 24 * 3600


async def test_a_clock_that_is_put_back_delays_nothing(
    make: Make, status: Status, handled: Any, running: Any, time: Any
) -> None:
    """What came before it was, and what waits for another attempt, is not due a day from now."""
    queue = make()
    await queue.put(status())
    time.set_back(DAY)
    handled.fails = [ValueError("not yet")]
    async with running(queue):
        await time.until(queue, lambda counts: len(handled.keys) == 1 and not counts["running"])
        time.set_back(DAY)
        await time.until(queue, lambda counts: counts["done"] == 1)
    assert len(handled.keys) == 2


async def test_a_clock_that_is_put_forward_ends_no_handler(
    make: Make, status: Status, running: Any, time: Any
) -> None:
    """Nor does a machine that slept: what this process is running it does not take up again."""
    begun: list[str] = []
    go_on = anyio.Event()

    async def handler(event: Any) -> None:
        begun.append(event.message_id)
        await go_on.wait()

    queue = make(handler=handler)
    await queue.put(status(message_id="M1"))
    async with running(queue):
        await time.until(queue, lambda _: len(begun) == 1)
        time.move(DAY)
        # Whoever looks for more finds the lease of the first one over.
        await queue.put(status(message_id="M2"))
        await time.until(queue, lambda _: len(begun) == 2)
        assert begun == ["M1", "M2"]
        go_on.set()
        await time.until(queue, lambda counts: counts["done"] == 2)
    assert begun == ["M1", "M2"]


async def test_a_thread_that_hangs_keeps_its_place(
    make: Make, status: Status, running: Any, time: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """It can't be stopped, and another one for each attempt would be a thread too many a minute."""
    threads: list[str] = []
    go_on = threading.Event()

    def handler(event: Any) -> None:
        threads.append(event.message_id)
        if event.message_id.startswith("hangs"):
            go_on.wait(60)

    queue = make(handler=handler, at_once=2, handler_timeout=0.01)
    for each in ("hangs 1", "hangs 2", "well"):
        await queue.put(status(message_id=each))
    with caplog.at_level(logging.ERROR):
        async with running(queue):
            await time.until(queue, lambda counts: counts["pending"] == 3 and len(threads) == 2)
            for _ in range(5):
                time.move(60)
                await queue.counts()
            assert sorted(threads) == ["hangs 1", "hangs 2"]
            assert "all 2 threads are held by handlers that are past their 0.01 s" in caplog.text
            go_on.set()
            await time.until(queue, lambda counts: counts["done"] == 3)


async def test_the_oldest_is_handled_first(
    make: Make, status: Status, handled: Any, running: Any, time: Any
) -> None:
    """Of what waits together, by when it came."""
    queue = make(at_once=1)
    events = [status(message_id=f"M{number}") for number in range(5)]
    for event in events:
        await queue.put(event)
    async with running(queue):
        await time.until(queue, lambda counts: counts["done"] == 5)
    assert handled.keys == [event.key for event in events]


async def test_a_server_that_falls_silent_is_hung_up_on(
    postgresql: str, status: Status, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Left alone, libpq would wait for ever, and every webhook with it."""
    queue = Queue(postgresql)
    await queue.put(status())
    monkeypatch.setattr(on_postgresql, "LONGEST_TRANSACTION", 0.2)
    backend: list[int] = []

    def fall_silent(on: Any) -> None:
        backend.extend(on.execute("SELECT pg_backend_pid()").fetchone())
        on.execute("SELECT pg_sleep(3600)")

    with anyio.fail_after(60), pytest.raises(StoreError, match="webhook store postgresql://"):
        await anyio.to_thread.run_sync(queue._store.do, fall_silent)
    # The server of this test is not gone, and would sleep on with the lock in its hand.
    with psycopg.connect(postgresql) as other:
        other.execute("SELECT pg_terminate_backend(%s, 60000)", backend)
    monkeypatch.undo()
    assert await queue.put(status(message_id="M2"))
    queue._store.close()
