"""The turns at a client's connections: a free one goes to whoever waits."""

from __future__ import annotations

import asyncio

import anyio
import httpx

ANSWER = {"Result": "Success", "MessageID": "ID1", "Status": "Completed"}


async def test_a_turn_that_is_given_up_as_it_comes_goes_to_the_next(made, calls) -> None:
    """A call that is cancelled in the step in which it is woken leaves no connection idle.

    anyio before 4.10 forgot the others, and they waited until their deadline.
    """
    held = anyio.Event()

    async def handle(_: httpx.Request) -> httpx.Response:
        await held.wait()
        return httpx.Response(200, json=ANSWER)

    transport = made(httpx.MockTransport(handle), max_connections=1)

    async def first() -> None:
        await calls.status(transport)
        woken.cancel()

    running = asyncio.create_task(first())
    await anyio.wait_all_tasks_blocked()
    woken = asyncio.create_task(calls.status(transport))
    await anyio.wait_all_tasks_blocked()
    others = [asyncio.create_task(calls.status(transport)) for _ in range(2)]
    await anyio.wait_all_tasks_blocked()
    held.set()
    with anyio.fail_after(10):
        await asyncio.wait([running, woken])
        # Not by their own deadline.
        await asyncio.gather(*others)
    assert woken.cancelled()
