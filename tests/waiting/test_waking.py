"""A webhook shortens a wait: from any thread, into any loop, at any moment."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import anyio
import anyio.lowlevel
import pytest
from waits.mailbox import Letter, Mailbox
from waits.provider import Course, Provider, Spell, refused, slow
from waits.virtual import VirtualTime

from bestsms import AsyncClient, SyncClient
from bestsms.waiting.polling import Poller

QueueOf = Callable[[AsyncClient], Poller]


async def woken_at(client: AsyncClient, moment: float, *args: str, **kwargs: bool) -> None:
    """Wake something at a moment of its own."""
    await anyio.sleep(moment - client._transport.clock.elapsed())
    client.wake(*args, **kwargs)


async def test_a_webhook_brings_the_next_look_at_once(
    client: AsyncClient, provider: Provider, time: VirtualTime
) -> None:
    """Whatever the pause was; and in whatever case it spells the id."""
    provider.courses["A1"] = Course(final_at=4000.0)
    waking = asyncio.create_task(woken_at(client, 4001.0, "a1"))
    await client.wait("A1")
    assert time.elapsed == 4001.0
    await waking


async def test_a_webhook_about_something_else_wakes_nobody(
    client: AsyncClient, provider: Provider
) -> None:
    """Another message, or a reply to this one."""
    provider.courses["A1"] = Course(final_at=1000.0)
    waking = asyncio.gather(
        woken_at(client, 500.0, "A2"), woken_at(client, 500.0, "A1", reply=True)
    )
    await client.wait("A1")
    assert 500.0 not in provider.looks["A1"]
    await waking


async def test_a_webhook_goes_first_in_line_and_keeps_the_rate(
    client: AsyncClient, provider: Provider
) -> None:
    """It overtakes a thousand that are due, and not the provider's patience."""
    provider.courses.update({f"M{each}": Course() for each in range(1000)})
    provider.courses["A1"] = Course(final_at=50.0)
    others = asyncio.create_task(anext(client.wait_many([f"M{each}" for each in range(1000)])))
    await anyio.lowlevel.checkpoint()
    waking = asyncio.create_task(woken_at(client, 50.5, "A1"))
    await client.wait("A1")
    assert provider.time.elapsed == pytest.approx(51.0)
    assert provider.most_in(1.0) == 1
    others.cancel()
    await waking


async def test_a_webhook_during_a_look_brings_another(
    client: AsyncClient, provider: Provider, time: VirtualTime
) -> None:
    """What it was about may not be in the answer that is on its way."""
    provider.courses["A1"] = Course(final_at=4000.0)
    look = 3910.0
    waking = asyncio.create_task(woken_at(client, look, "A1"))
    again = asyncio.create_task(woken_at(client, look + 1.0, "A1"))
    provider.spells = [Spell(look, look + 1, slow(100.0, refused(503)))]
    await client.wait("A1")
    # The one that failed is made again soon, not after five minutes.
    assert 4000 <= time.elapsed < look + 100 + 10
    await asyncio.gather(waking, again)


async def test_a_webhook_during_a_look_that_succeeds_brings_another_at_once(
    client: AsyncClient, provider: Provider, time: VirtualTime
) -> None:
    """The answer may have been made a moment too soon."""
    provider.delay = 20.0
    provider.courses["A1"] = Course(final_at=2000.0, states=((0.0, "Pending"),))
    waking = asyncio.gather(woken_at(client, 1979.0, "A1"), woken_at(client, 1990.0, "A1"))
    await client.wait("A1")
    assert time.elapsed == pytest.approx(2019.0)
    await waking


async def test_a_webhook_may_come_while_nobody_waits(
    client: AsyncClient, provider: Provider, mailbox: Mailbox, time: VirtualTime
) -> None:
    """Who comes back to a stream after it looks at once."""
    mailbox.letters = [Letter("a", 5), Letter("b", 30)]
    inbox = client.inbox()
    assert (await anext(inbox)).message_text == "a"
    await anyio.sleep(20)
    client.wake(None, reply=True)
    await anyio.sleep(20)
    assert (await anext(inbox)).message_text == "b"
    assert time.elapsed < 50


async def test_a_webhook_about_a_reply_wakes_the_replies_and_the_inbox(
    client: AsyncClient, provider: Provider, mailbox: Mailbox, time: VirtualTime
) -> None:
    """With or without the id of what was answered."""
    mailbox.letters = [Letter("a", 1000), Letter("b", 2000)]
    inbox = client.inbox()
    waking = asyncio.gather(
        woken_at(client, 1001.0, "A1", reply=True),
        woken_at(client, 2001.0, None, reply=True),  # type: ignore[arg-type]
    )
    assert (await anext(inbox)).message_text == "a"
    assert time.elapsed == 1001.0
    assert (await anext(inbox)).message_text == "b"
    assert time.elapsed == 2001.0
    await waking


async def test_a_receiver_may_run_in_another_thread_and_loop(
    client: AsyncClient, provider: Provider, time: VirtualTime
) -> None:
    """The wake finds the loop in which the message is waited for."""
    provider.courses["A1"] = Course(final_at=1000.0)
    waiting = asyncio.create_task(client.wait("A1"))
    await anyio.sleep(1000.5)

    async def receive() -> None:
        client.wake("A1")

    # A thread takes no virtual time.
    thread = threading.Thread(target=lambda: VirtualTime().run(receive()))
    thread.start()
    thread.join()
    assert (await waiting).status == "Completed"
    assert time.elapsed == 1000.5


def test_a_wake_of_a_loop_that_has_ended_wakes_nobody(
    provider: Provider, time: VirtualTime
) -> None:
    """A webhook may come late, and a program's loops come and go."""
    client = AsyncClient("token", transport=provider)
    provider.courses["A1"] = Course(final_at=0.0)
    loop = time.loop()
    loop.run_until_complete(client.wait("A1"))
    loop.close()
    client.wake("A1")
    time.run(client.wait("A1"))


def test_a_sync_client_is_woken_as_well(provider: Provider, time: VirtualTime) -> None:
    """Its wait is on a thread of its own."""
    provider.courses["A1"] = Course(final_at=1000.0)
    with SyncClient("token", transport=provider) as client:
        client.wake("A1")

        def answer(request: object) -> object:
            client.wake("A1")
            return provider._status("A1", time.elapsed)

        provider.spells = [Spell(0.0, 1.0, answer)]
        client.wait("A1")
    # That is one look more than the pauses alone bring.
    assert provider.looks["A1"][:2] == [0.0, 1.0]


async def test_a_flood_of_webhooks_is_one_look_after_the_other(
    client: AsyncClient, provider: Provider, queue_of: QueueOf
) -> None:
    """A receiver that is flooded does not flood the provider, and leaves nothing in memory."""
    provider.courses["A1"] = Course(final_at=100.0)
    waiting = asyncio.create_task(client.wait("A1"))
    for _ in range(50):
        await anyio.sleep(0.01)
        for _ in range(100):
            client.wake("A1")
    await anyio.lowlevel.checkpoint()
    assert len(queue_of(client)._queue) < 10
    await waiting
    assert provider.most_in(1.0) == 1
