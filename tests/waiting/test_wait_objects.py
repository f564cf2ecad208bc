"""What ``client.wait`` returns: a coroutine like any other, and a handle for another process."""

from __future__ import annotations

import asyncio
import gc
import json
from collections.abc import Callable
from datetime import timedelta

import anyio
import pytest
from waits.provider import Course, Provider
from waits.virtual import START, VirtualTime

from bestsms import AsyncClient, InvalidRequest, Report, WaitTimeout

A_DAY = 86400.0


@pytest.fixture(autouse=True)
def _course(provider: Provider) -> None:
    provider.courses.update({"A1": Course(final_at=100.0), "A2": Course(final_at=200.0)})


async def test_a_wait_is_awaited_in_every_way_that_a_coroutine_is(client: AsyncClient) -> None:
    """As it is, in a task, in a group of either library, gathered, with a time limit."""
    got: list[Report] = [await client.wait("A1")]
    got.append(await asyncio.create_task(client.wait("A1")))
    got += await asyncio.gather(client.wait("A1"), client.wait("A2"))
    got.append(await asyncio.wait_for(client.wait("A1"), 1000))
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(client.wait("A1")), group.create_task(client.wait("A2"))]
    got += [task.result() for task in tasks]

    async def keep(name: str) -> None:
        got.append(await client.wait(name))

    async with anyio.create_task_group() as others:
        others.start_soon(keep, "A1")
        others.start_soon(client.wait, "A2")
    assert [each.message_id for each in got] == ["A1", "A1", "A1", "A2", "A1", "A1", "A2", "A1"]


async def test_a_wait_says_what_it_is_for(client: AsyncClient) -> None:
    """In a traceback, and in the list of a program's tasks."""
    wait = client.wait("A1", timeout=60)
    assert repr(wait) == "<Wait for A1 until 2025-03-01 09:31:00Z>"
    assert (wait.message_id, wait.timeout) == ("A1", 60.0)
    assert wait.ends_at == START + timedelta(seconds=60)
    task = asyncio.create_task(wait)
    assert "Wait" in repr(task)
    task.cancel()


async def test_a_wait_may_never_be_awaited(client: AsyncClient, provider: Provider) -> None:
    """It may be made for its handle alone; that is no mistake to be warned of."""
    wait = client.wait("A1")
    wait.dumps()
    wait.close()
    client.wait("A2")
    del wait
    gc.collect()
    assert provider.moments == []


async def test_a_wait_that_was_awaited_is_used_up(client: AsyncClient) -> None:
    """As any coroutine is."""
    wait = client.wait("A1")
    await wait
    with pytest.raises(RuntimeError, match="already awaited"):
        await wait
    wait.close()


async def test_a_wait_is_broken_off_as_a_coroutine_is(client: AsyncClient) -> None:
    """While it waits, and before it began."""
    task = asyncio.create_task(client.wait("A1"))
    await anyio.sleep(50)
    task.cancel("enough")
    with pytest.raises(asyncio.CancelledError, match="enough"):
        await task
    with pytest.raises(LookupError):
        client.wait("A1").throw(LookupError)
    with pytest.raises(LookupError, match="of old"):
        client.wait("A1").throw(LookupError, LookupError("of old"))
    unbegun = client.wait("A1")
    unbegun.close()


# -- handles ---------------------------------------------------------------------------------------


async def test_a_wait_may_go_on_in_another_process(
    client: AsyncClient, make: Callable[..., AsyncClient], time: VirtualTime
) -> None:
    """Its handle is a short text; the deadline stays, however often it is handed on."""
    handle = client.wait("A1", timeout=1000).dumps()
    assert len(handle) < 200
    assert "token" not in handle
    assert (await make().resume(handle)).status == "Completed"
    await anyio.sleep(500)
    again = make().resume(handle).dumps()
    assert make().resume(again).ends_at == START + timedelta(seconds=1000)
    seen: list[str] = []
    await make().resume(again, on_progress=lambda report: seen.append(report.message_id))
    assert seen == ["A1"]


async def test_a_handle_keeps_the_deadline(
    make: Callable[..., AsyncClient], provider: Provider, time: VirtualTime
) -> None:
    """Resumed late, it waits for what is left; resumed too late, it looks once."""
    provider.courses["A1"] = Course()
    handle = make().wait("A1", timeout=A_DAY).dumps()
    time.suspend(A_DAY / 2)
    with pytest.raises(WaitTimeout, match="86,400 s are over"):
        await make().resume(handle)
    assert A_DAY <= time.elapsed < A_DAY + 2
    looks = len(provider.looks["A1"])
    with pytest.raises(WaitTimeout):
        await make().resume(handle)
    assert len(provider.looks["A1"]) == looks + 1


@pytest.mark.parametrize("wrong_by", [-30 * A_DAY, -60.0, 0.0])
async def test_a_clock_that_is_behind_makes_no_wait_longer_than_it_was(
    make: Callable[..., AsyncClient], provider: Provider, time: VirtualTime, wrong_by: float
) -> None:
    """Nobody can know which clock is right, but not more than the whole time is waited."""
    provider.courses["A1"] = Course()
    handle = make().wait("A1", timeout=3600).dumps()
    await anyio.sleep(1800)
    time.set_wall(wrong_by)
    with pytest.raises(WaitTimeout):
        await make().resume(handle)
    assert time.elapsed < 1800 + min(3600, 1800 - wrong_by) + 2


@pytest.mark.parametrize("jump", [-30 * A_DAY, 30 * A_DAY])
async def test_a_clock_that_is_set_right_before_a_wait_is_handed_on_does_not_matter(
    make: Callable[..., AsyncClient], provider: Provider, time: VirtualTime, jump: float
) -> None:
    """A machine that boots in 1970 and then learns the time hands on the true deadline."""
    provider.courses["A1"] = Course()
    time.set_wall(jump)
    wait = make().wait("A1", timeout=3600)
    await anyio.sleep(600)
    time.set_wall(-jump)
    with pytest.raises(WaitTimeout):
        await make().resume(wait.dumps())
    assert 3600 <= time.elapsed < 3602


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"message_id": None},
        {"message_id": "A" * 41},
        {"timeout": "60"},
        {"timeout": -1},
        {"timeout": 1e308},
        {"timeout": True},
        {"ends_at": None},
        {"ends_at": 1e999},
    ],
)
async def test_what_is_no_handle_is_refused(client: AsyncClient, change: dict) -> None:
    """Before anything is asked; and so is a text of somebody else's."""
    handle = json.dumps({**json.loads(client.wait("A1").dumps()), **change})
    for text in (handle, "", "[]", "null", "A1", None, 5, "[" * 100_000):
        with pytest.raises(InvalidRequest, match=r"handle: what Wait\.dumps\(\) returned"):
            client.resume(text)  # type: ignore[arg-type]


async def test_two_clients_may_wait_for_one_message(
    client: AsyncClient, make: Callable[..., AsyncClient], provider: Provider
) -> None:
    """Each has its own answer, and its own queue; two waits of one client have one."""
    reports = await asyncio.gather(
        client.wait("A1"), client.wait("A1"), make().wait("A1"), make().wait("A1")
    )
    assert [each.status for each in reports] == ["Completed"] * 4
