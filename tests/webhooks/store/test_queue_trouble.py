"""What goes wrong around a handler: its process ends, its store is away, its time runs out."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import anyio
import pytest
from inbox.stores import run

from bestsms.webhooks.events import Event, StatusEvent
from bestsms.webhooks.queue import Queue
from bestsms.webhooks.store import rows
from bestsms.webhooks.work import LEASE_MARGIN

Make = Callable[..., Queue]
Status = Callable[..., StatusEvent]

DAY = 24 * 3600


def crashed(queue: Queue, time: Any, *, lease: float) -> None:
    """Take an event as a process does that ends before it is done."""
    queue._store.do(
        lambda on: rows.claim(on, now=time.at, until=time.at + lease, most=1, attempts=8)
    )


async def test_what_a_crash_left_running_is_taken_up(
    make: Make, status: Status, handled: Any, running: Any, time: Any
) -> None:
    """When its lease is over, and not before."""
    queue, lease = make(), 30 + LEASE_MARGIN
    await queue.put(status())
    crashed(queue, time, lease=lease)
    async with running(queue):
        for _ in range(5):
            time.move(lease / 5)
            assert (await queue.counts())["running"] == 1
        assert handled.keys == []
        time.move(1)
        while not (await queue.counts())["done"]:
            pass
    assert handled.keys == [status().key]


async def test_an_event_that_kills_its_process_is_dead_in_the_end(
    make: Make, status: Status, handled: Any, running: Any, time: Any
) -> None:
    """Each crash is an attempt; with the last of them it is handed to nobody any more."""
    queue = make(attempts=3)
    await queue.put(status())
    for _ in range(3):
        crashed(queue, time, lease=60)
        time.move(61)
    async with running(queue):
        await time.until(queue, lambda counts: counts["dead"] == 1)
    (letter,) = await queue.dead()
    assert letter.error.startswith("LeaseExpired")
    assert letter.attempts == 3
    assert handled.keys == []


@pytest.mark.parametrize("failed", [False, True])
async def test_who_has_lost_its_lease_changes_nothing(
    make: Make, status: Status, running: Any, time: Any, caplog: Any, *, failed: bool
) -> None:
    """A machine that slept meanwhile: the event is another's, and its end is that one's to note."""
    began, go = anyio.Event(), anyio.Event()

    async def wait(event: Event) -> None:
        began.set()
        await go.wait()
        if failed:
            raise ValueError

    queue, other = make(handler=wait), make()
    await queue.put(status())
    async with running(queue):
        await began.wait()
        time.at += 1000  # and none of this queue's tasks noticed
        crashed(other, time, lease=60)
        go.set()
        with anyio.fail_after(60):
            while "may be handled again: it took longer" not in caplog.text:
                await other.counts()
        assert (await other.counts())["running"] == 1


async def test_a_late_end_counts_if_nobody_else_began(
    make: Make, status: Status, running: Any, time: Any, store: str
) -> None:
    """The lease was over, and the event was still its own."""
    began, go = anyio.Event(), anyio.Event()

    async def wait(event: Event) -> None:
        began.set()
        await go.wait()

    queue = make(handler=wait)
    await queue.put(status())
    async with running(queue):
        await began.wait()
        time.at += 1000
        go.set()
        with anyio.fail_after(60):
            while not (await queue.counts())["done"]:
                pass
    assert run(store, "SELECT attempts FROM bestsms_webhooks") == [(1,)]


async def test_a_store_that_is_away_comes_back(
    make: Make, status: Status, handled: Any, running: Any, time: Any, away: Any, caplog: Any
) -> None:
    """The worker asks on, ever more seldom; that it is away is logged once, and that it is back."""
    queue = make()
    await queue.put(status())
    away.gone = True
    async with running(queue):
        for _ in range(20):
            await time.idle(2)  # the clock's tick, and the worker
            time.move(30)
        away.gone = False
        await time.until(queue, lambda counts: counts["done"] == 1)
    said = [record.getMessage() for record in caplog.records]
    assert [each.partition(": ")[2] for each in said] == [
        "it is away; webhooks wait until it is there again",
        "it is there again",
    ]


async def test_what_was_done_while_the_store_was_away_is_noted_later(
    make: Make, status: Status, running: Any, time: Any, away: Any
) -> None:
    """It is not handled again, if the store comes back before the lease is over."""
    calls: list[Event] = []

    async def handle(event: Event) -> None:
        calls.append(event)
        away.gone = True

    queue = make(handler=handle)
    await queue.put(status())
    async with running(queue):
        while not away.refused:
            await anyio.lowlevel.checkpoint()
        await time.idle(2)
        away.gone = False
        time.move(1)
        with anyio.fail_after(60):
            while not (await queue.counts())["done"]:
                pass
    assert len(calls) == 1


async def test_what_could_not_be_noted_is_said(
    make: Make, status: Status, running: Any, time: Any, away: Any, caplog: Any
) -> None:
    """When its lease is over it may be handled again: the log names it, and not what it says."""
    event = status(result="delivered to Bob")

    async def handle(event: Event) -> None:
        away.gone = True

    queue = make(handler=handle)
    await queue.put(event)
    async with running(queue):
        while "may be handled again" not in caplog.text:
            await time.idle(2)
            time.move(1)
    away.gone = False
    assert event.key in caplog.text
    assert "Bob" not in caplog.text
    assert (await queue.counts())["running"] == 1


async def test_what_can_not_be_given_back_waits_for_its_lease(
    make: Make, status: Status, running: Any, away: Any, caplog: Any
) -> None:
    """The end of the program does not wait for a store that is away."""
    began = anyio.Event()

    async def wait(event: Event) -> None:
        away.gone = True
        began.set()
        await anyio.sleep_forever()

    queue = make(handler=wait)
    await queue.put(status())
    async with running(queue):
        await began.wait()
    assert "waits for its lease" in caplog.text


async def test_a_log_tells_the_type_of_an_error_and_no_more(
    make: Make, status: Status, handled: Any, running: Any, time: Any, caplog: Any
) -> None:
    """Its text may quote the event's; the dead letter has it, in the store."""
    caplog.set_level(logging.DEBUG)
    handled.fails = [ValueError("The code is 1234") for _ in range(2)]
    queue = make(attempts=2)
    await queue.put(status())
    async with running(queue):
        await time.until(queue, lambda counts: counts["dead"] == 1)
    said = [record.getMessage() for record in caplog.records if record.name == "bestsms.webhooks"]
    key = status().key
    assert said == [
        f"webhook {key!r}: attempt 1 failed with ValueError, again in 2 s",
        f"webhook {key!r}: dead after 2 attempts, the last a ValueError",
    ]


async def test_an_event_that_can_not_be_read_is_a_dead_letter_too(
    make: Make, status: Status, handled: Any, running: Any, time: Any, store: str
) -> None:
    """Of a newer version, maybe: it is handled when that is back, and holds nothing up."""
    queue = make(attempts=1)
    await queue.put(status())
    run(store, "UPDATE bestsms_webhooks SET event = '{}'")
    async with running(queue):
        await time.until(queue, lambda counts: counts["dead"] == 1)
    (letter,) = await queue.dead()
    assert "InvalidWebhook" in letter.error
    assert handled.keys == []


@pytest.mark.parametrize("state", ["done", "superseded", "dead"])
async def test_what_is_closed_is_known_for_eight_days(
    make: Make, status: Status, running: Any, time: Any, store: str, state: str
) -> None:
    """Then its row goes, in some minute of a worker's; what is dead is kept."""
    queue = make()
    await queue.put(status())
    run(store, f"UPDATE bestsms_webhooks SET state = '{state}', due = NULL")
    async with running(queue):
        time.move(8 * DAY - 600)
        await many_looks(queue, time)
        assert (await queue.counts())[state] == 1
        time.move(DAY)
        await many_looks(queue, time)
        assert (await queue.counts())[state] == (0 if state in {"done", "superseded"} else 1)


async def many_looks(queue: Queue, time: Any) -> None:
    """Let a worker look at its store for more than a minute."""
    for _ in range(70):
        time.move(1)
        await queue.counts()
