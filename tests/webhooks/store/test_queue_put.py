"""What is put into the queue: on the disk once, whoever puts it, or an error that says why not."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import anyio
import pytest
from inbox.stores import run

from bestsms.errors import BestSMSError, ConfigurationError, QueueFull, StoreError
from bestsms.webhooks.events import Event, ReplyEvent, StatusEvent
from bestsms.webhooks.queue import Queue

Make = Callable[..., Queue]
Status = Callable[..., StatusEvent]
Reply = Callable[..., ReplyEvent]


async def test_an_event_is_new_once(make: Make, status: Status, reply: Reply) -> None:
    """For every queue on the store: what one has taken is known to all."""
    one, other = make(), make()
    assert await one.put(status())
    assert not await other.put(status())
    assert await other.put(reply())
    assert not await one.put(reply())
    assert await one.counts() == {
        "pending": 2,
        "running": 0,
        "done": 0,
        "superseded": 0,
        "dead": 0,
    }


async def test_it_is_there_when_put_returns(queue: Queue, store: str, reply: Reply) -> None:
    """Another program sees it: the event's stored form, which has no secrets, and nothing else."""
    event = reply()
    await queue.put(event)
    ((key, stored),) = run(store, "SELECT key, event FROM bestsms_webhooks")
    assert key == "R1"
    assert Event.from_json(stored) == event


async def test_many_at_once_are_one(make: Make, status: Status) -> None:
    """Sixteen deliveries of one event at the same time: one is told that it is new."""
    queues = [make() for _ in range(4)]
    told: list[bool] = []

    async def put(number: int) -> None:
        told.append(await queues[number % 4].put(status()))

    async with anyio.create_task_group() as tasks:
        for number in range(16):
            tasks.start_soon(put, number)
    assert sorted(told) == [False] * 15 + [True]


async def test_a_full_queue_takes_no_more(make: Make, status: Status, running: Any) -> None:
    """It says how many wait; what it knows already it still knows; a handler makes room."""
    queue = make(max_backlog=2)
    for number in range(2):
        await queue.put(status(message_id=f"M{number}"))
    with pytest.raises(QueueFull, match="2 events wait"):
        await queue.put(status(message_id="M2"))
    assert not await queue.put(status(message_id="M1"))
    async with running(queue):
        while (await queue.counts())["done"] < 2:
            pass
    assert await queue.put(status(message_id="M2"))


async def test_a_key_of_any_length_is_kept(queue: Queue, store: str, reply: Reply) -> None:
    """A long one as its hash, since no index takes it whole."""
    long = "".join(hashlib.sha256(bytes([number])).hexdigest() for number in range(200))
    assert await queue.put(reply(long))
    assert not await queue.put(reply(long))
    ((key,),) = run(store, "SELECT key FROM bestsms_webhooks")
    assert len(key) == 64


async def test_a_put_that_is_broken_off_is_whole(queue: Queue, status: Status) -> None:
    """Who is cancelled does not know whether it is there; coming again it is new or known."""
    with anyio.CancelScope() as scope:
        scope.cancel()
        await queue.put(status())
    await queue.put(status())
    assert (await queue.counts())["pending"] == 1


async def test_a_closed_queue_opens_again(queue: Queue, status: Status) -> None:
    """Closing twice does nothing; what was put stays."""
    await queue.put(status())
    await queue.aclose()
    await queue.aclose()
    assert not await queue.put(status())


async def test_an_event_of_another_loop_is_kept_too(
    make: Make, status: Status, handled: Any, running: Any, time: Any
) -> None:
    """A framework may run each request in a loop of its own; the worker's finds it at its look."""
    queue = make()
    async with running(queue):
        await anyio.to_thread.run_sync(anyio.run, queue.put, status())
        await time.until(queue, lambda counts: counts["done"] == 1)


@pytest.mark.parametrize(
    ("name", "value"),
    [("handler_timeout", 0), ("attempts", 0), ("max_backlog", -1), ("at_once", float("nan"))],
)
def test_a_setting_that_can_not_be_is_refused(name: str, value: Any) -> None:
    """When the queue is made, by its name."""
    with pytest.raises(ConfigurationError, match=f"^{name}: a number above 0"):
        Queue("webhooks.sqlite", **{name: value})


async def test_a_queue_without_a_handler_is_not_worked(make: Make) -> None:
    """It takes events for those that have one."""
    with pytest.raises(ConfigurationError, match=r"^handler: "):
        await make(handler=None).run()


async def test_what_can_not_be_kept_is_an_error(queue: Queue, status: Status, store: str) -> None:
    """Of this package, with the store's name and the database's own words, and no retry here."""
    await queue.put(status())
    run(store, "DROP TABLE bestsms_webhooks")
    with pytest.raises(StoreError, match=r"^webhook store .*bestsms_webhooks") as caught:
        await queue.put(status("FAILED"))
    assert isinstance(caught.value, BestSMSError)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
