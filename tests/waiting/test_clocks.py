"""What waiting stands on: a clock that runs on, a caller of one attempt, what all loops have."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time as real_time
from types import SimpleNamespace

import pytest
from waits.provider import Course, Provider, Spell, limited, refused

from bestsms import AsyncClient, NoAnswer, RateLimited, ServerError
from bestsms._retry import Clock
from bestsms._transport import Once, PerLoop
from bestsms.api import Reports
from bestsms.waiting.polling import Poller

# -- the clock that runs on ------------------------------------------------------------------------


def test_a_clock_has_one_that_runs_on_while_the_machine_sleeps() -> None:
    """It is no clock on a wall: nobody sets it back."""
    clock = Clock()
    first, second = clock.elapsed(), clock.elapsed()
    assert 0 < first <= second


@pytest.mark.parametrize(
    ("there", "asked"),
    [
        ({"CLOCK_BOOTTIME": 7, "CLOCK_MONOTONIC": 1}, 7),
        ({"CLOCK_MONOTONIC": 1}, 1),
        ({}, None),
    ],
    ids=["Linux", "macOS", "Windows"],
)
def test_it_is_the_systems_own_where_there_is_one(
    monkeypatch: pytest.MonkeyPatch, there: dict[str, int], asked: int | None
) -> None:
    """Linux counts a night in another clock than the monotonic one; Windows in that."""
    for name in ("CLOCK_BOOTTIME", "CLOCK_MONOTONIC"):
        monkeypatch.delattr(real_time, name, raising=False)
    for name, number in there.items():
        monkeypatch.setattr(real_time, name, number, raising=False)
    monkeypatch.setattr(real_time, "clock_gettime", lambda number: 1000.0 + number, raising=False)
    monkeypatch.setattr(real_time, "monotonic", lambda: 1.0)
    assert Clock().elapsed() == (1.0 if asked is None else 1000.0 + asked)


# -- one attempt -----------------------------------------------------------------------------------


async def test_a_look_is_one_attempt(client: AsyncClient, provider: Provider) -> None:
    """Who looks again later anyway does not retry; what it saw stays with it."""
    provider.courses["A1"] = Course()
    once = Once(client._transport)
    reports = Reports(once)
    assert (await reports.status("A1")).status == "Pending"
    assert once.trail.server_time == provider.time.true
    provider.spells = [Spell(0.0, 1e9, refused(503))]
    with pytest.raises(ServerError) as caught:
        await reports.status("A1")
    assert len(caught.value.attempts) == 1
    assert len(provider.looks["A1"]) == once.calls == 2


async def test_a_pause_that_is_asked_for_is_said_and_not_waited_for(
    client: AsyncClient, provider: Provider
) -> None:
    """The look ends with it; what is asked next waits as every call does."""
    provider.spells = [Spell(0.0, 1.0, limited("30"))]
    provider.courses["A1"] = Course()
    once = Once(client._transport)
    with pytest.raises(RateLimited) as caught:
        await Reports(once).status("A1")
    assert (caught.value.retry_after, provider.time.elapsed) == (30.0, 0.0)
    await Reports(once).status("A1")
    assert 30 <= provider.time.elapsed <= 31


async def test_a_look_may_have_an_end_of_its_own(client: AsyncClient, provider: Provider) -> None:
    """On the clock that its timers go by."""
    provider.delay = 60.0
    once = Once(client._transport, ends=10.0)
    with pytest.raises(NoAnswer):
        await Reports(once).status("A1")
    assert provider.time.elapsed == pytest.approx(10.0)


def test_another_kind_of_loop_is_called_by_its_own_means(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Trio's loop is no asyncio loop, and takes calls of other threads all the same."""
    token = SimpleNamespace(run_sync_soon=object())
    lowlevel = SimpleNamespace(current_trio_token=lambda: token)
    monkeypatch.setitem(sys.modules, "trio", SimpleNamespace(lowlevel=lowlevel))
    client = AsyncClient("token")
    assert Poller(client._transport)._soon is token.run_sync_soon


# -- all loops -------------------------------------------------------------------------------------


async def _nothing(_: object) -> None:
    pass


async def test_what_belongs_to_every_loop_is_found_from_any_thread() -> None:
    """Each loop's own, as long as it lasts."""
    things = PerLoop(object, _nothing)
    assert things.everywhere() == []
    here = await things.here()
    begun, over = threading.Event(), threading.Event()
    there: list[object] = []

    async def elsewhere() -> None:
        there.append(await things.here())
        begun.set()
        over.wait()

    thread = threading.Thread(target=lambda: asyncio.run(elsewhere()))
    thread.start()
    begun.wait()
    assert sorted(map(id, things.everywhere())) == sorted(map(id, [here, *there]))
    over.set()
    thread.join()
    assert things.everywhere() == [here]
    await things.aclose()
    assert things.everywhere() == []


async def test_a_child_finds_nothing_of_its_parents(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loops of a fork's other side are not its own."""
    things = PerLoop(object, _nothing)
    parents = await things.here()
    pid = os.getpid()
    monkeypatch.setattr(os, "getpid", lambda: pid + 1)
    assert things.everywhere() == []
    childs = await things.here()
    assert things.everywhere() == [childs]
    assert childs is not parents
    await things.aclose()


async def test_a_child_waits_in_a_queue_of_its_own(
    client: AsyncClient, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also for what its parent had begun to wait for; the parent's queue stays as it is."""
    provider.courses["A1"] = Course(final_at=100.0)
    parents = asyncio.create_task(client.wait("A1"))
    await asyncio.sleep(0)
    [queue] = client._desks[""]._pollers.everywhere()
    pid = os.getpid()
    monkeypatch.setattr(os, "getpid", lambda: pid + 1)
    assert (await client.wait("A1")).status == "Completed"
    assert client._desks[""]._pollers.everywhere() != [queue]
    assert (await parents).status == "Completed"
