"""Many waits in one loop share one queue: in turn, at one rate, and whoever leaves hands it on."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Callable

import anyio
import httpx
import pytest
from waits.provider import Course, Provider, Spell, slow
from waits.virtual import VirtualTime

from bestsms import (
    AsyncClient,
    BestSMSError,
    InvalidRequest,
    NotFound,
    NotSent,
    Report,
    WaitsFailed,
)
from bestsms.api import Reports
from bestsms.waiting.polling import Poller

A_PAUSE = 301.0
QueueOf = Callable[[AsyncClient], Poller]


def end_at_random(provider: Provider, number: int, within: float) -> dict[str, float]:
    """Give so many messages a state that becomes final at some time; return the times."""
    chance = random.Random(number)
    ends = {f"M{each}": chance.uniform(0, within) for each in range(number)}
    provider.courses.update({name: Course(final_at=end) for name, end in ends.items()})
    return ends


async def settled(client: AsyncClient, queue_of: QueueOf) -> None:
    """Say that nothing of ours is left in the loop."""
    await asyncio.sleep(0)
    queue = queue_of(client)
    assert (queue._seats, queue._driver, len(queue._topics), queue._waiting) == (0, None, 0, {})
    assert len(asyncio.all_tasks()) == 1


async def test_many_reports_come_in_the_order_in_which_they_are_final(
    client: AsyncClient, provider: Provider, queue_of: QueueOf
) -> None:
    """Hundreds at a time: none is lost, none comes later than a round of the queue allows."""
    ends = end_at_random(provider, 400, 600.0)
    came: dict[str, float] = {}
    async for report in client.wait_many([*ends, *list(ends)[:10]]):
        came[report.message_id] = provider.time.elapsed
    assert came.keys() == ends.keys()
    # At one look a second it takes 400 seconds to ask for all.
    assert all(0 <= came[name] - ends[name] < 400 + A_PAUSE for name in ends)
    assert provider.most_in(1.0) == 1
    assert list(came.values()) == sorted(came.values())
    await settled(client, queue_of)


async def test_waits_may_be_gathered(
    make: Callable[..., AsyncClient], provider: Provider, queue_of: QueueOf
) -> None:
    """Each is a coroutine of its own; whichever works the queue, each ends at its time."""
    client = make(poll_rate=5)
    provider.delay = 0.3
    ends = end_at_random(provider, 500, 200.0)
    came: dict[str, float] = {}

    async def one(name: str) -> None:
        assert (await client.wait(name)).message_id == name
        came[name] = provider.time.elapsed

    await asyncio.gather(*map(one, ends))
    assert all(0 <= came[name] - ends[name] < 100 + A_PAUSE + 2 for name in ends)
    assert provider.most_in(1.0) <= 5
    assert provider.most_busy <= 16
    await settled(client, queue_of)


async def test_a_slow_provider_is_not_asked_twice_for_one_answer(
    client: AsyncClient, provider: Provider, queue_of: QueueOf
) -> None:
    """Looks that are under way when somebody leaves with an answer are let land."""
    provider.delay = 8.0
    names = [f"M{number}" for number in range(200)]
    provider.courses.update({name: Course(final_at=0.0) for name in names})
    found = [each.message_id async for each in client.wait_many(names)]
    assert sorted(found) == sorted(names)
    assert len(provider.moments) < 200 * 1.1
    assert provider.time.elapsed < 200 * 2.5
    await settled(client, queue_of)


async def test_a_look_that_hangs_holds_nobody_up_for_long(
    make: Callable[..., AsyncClient], provider: Provider, queue_of: QueueOf
) -> None:
    """Whoever has its answer leaves after ten seconds; the other's look is made again."""
    client = make(poll_rate=10)
    provider.courses.update({"A": Course(final_at=1.0), "B": Course(final_at=60.0)})
    answer = provider.handle_async_request

    async def hang(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("B") and provider.time.elapsed < 10:
            provider.looks["B"].append(provider.time.elapsed)
            await anyio.sleep(500)
        return await answer(request)

    provider.handle_async_request = hang  # type: ignore[method-assign]
    reports = client.wait_many(["A", "B"])
    assert (await anext(reports)).message_id == "A"
    assert provider.time.elapsed == pytest.approx(12.0, abs=0.2)
    assert (await anext(reports)).message_id == "B"
    assert provider.looks["B"][:2] == [0.0, pytest.approx(12.0, abs=0.2)]
    assert await anext(reports, None) is None
    await settled(client, queue_of)


async def test_a_look_that_breaks_ends_its_own_wait_only(
    client: AsyncClient, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error that nobody thought of comes out as it is, where it belongs."""
    provider.courses["A"] = Course(final_at=60.0)
    status = Reports.status

    async def broken(reports: Reports, message_id: str) -> Report:
        if message_id == "B":
            raise LookupError("nobody thought of it")
        return await status(reports, message_id)

    monkeypatch.setattr(Reports, "status", broken)
    failed, found = await asyncio.gather(client.wait("B"), client.wait("A"), return_exceptions=True)
    assert isinstance(failed, LookupError)
    assert found.status == "Completed"


async def test_each_is_asked_as_often_as_the_others(
    client: AsyncClient, provider: Provider
) -> None:
    """A queue that is longer than a round is short of turns for everybody alike."""
    names = [f"M{number}" for number in range(100)]
    provider.courses.update({name: Course() for name in names})
    with pytest.raises(WaitsFailed, match=r"100 of 100 waits .* 100 WaitTimeout"):
        await anext(client.wait_many(names, timeout=400.0))
    looks = [len(provider.looks[name]) for name in names]
    assert max(looks) - min(looks) <= 1


async def test_what_fails_is_told_at_the_end(client: AsyncClient, provider: Provider) -> None:
    """The others' reports come first; the error names each that brought none."""
    provider.courses.update({"A": Course(final_at=5.0), "B": Course(final_at=9000.0)})
    reports = client.wait_many(["A", "gone", "no id", "B"])
    assert [(await anext(reports)).message_id for _ in range(2)] == ["A", "B"]
    with pytest.raises(WaitsFailed, match="2 of 4 waits") as caught:
        await anext(reports)
    assert {type(each) for each in caught.value.errors} == {NotFound, InvalidRequest}
    assert {each.message_id for each in caught.value.errors} == {"gone", "no id"}


async def test_no_message_at_all_is_soon_done(client: AsyncClient, provider: Provider) -> None:
    """Of nothing, everything is final."""
    assert [each async for each in client.wait_many([])] == []
    assert provider.moments == []


# -- leaving ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
async def test_any_of_them_may_be_cancelled_at_any_moment(
    make: Callable[..., AsyncClient], provider: Provider, queue_of: QueueOf, seed: int
) -> None:
    """The one that works the queue, too: the others go on, none is lost, nothing stays behind."""
    client, chance = make(poll_rate=5), random.Random(seed)
    provider.delay = 0.7
    ends = end_at_random(provider, 100, 600.0)
    tasks = {name: asyncio.create_task(client.wait(name)) for name in ends}
    cancelled = set()
    while any(not task.done() for task in tasks.values()):
        await anyio.sleep(chance.choice([0.0, 0.01, 0.2, 1.0, 50.0]))
        queue = queue_of(client)
        drivers = [name for name, task in tasks.items() if not task.done()]
        if queue._driver is not None and len(cancelled) < 50 and drivers:
            # Whoever drives is most often the one that came first.
            name = chance.choice(drivers[:3] + drivers)
            if not tasks[name].done():
                tasks[name].cancel()
                cancelled.add(name)
    for name, task in tasks.items():
        if task.cancelled():
            assert name in cancelled
        else:
            assert task.result().message_id == name
    assert len([task for task in tasks.values() if not task.cancelled()]) >= 50
    assert provider.most_in(1.0) <= 6
    await settled(client, queue_of)


async def test_whoever_is_called_to_the_queue_may_be_cancelled_before_it_comes(
    client: AsyncClient, provider: Provider, queue_of: QueueOf
) -> None:
    """The queue is handed on once more, as often as it takes."""
    provider.courses.update({f"M{each}": Course(final_at=100.0) for each in range(5)})
    tasks = [asyncio.create_task(client.wait(f"M{each}")) for each in range(5)]
    await anyio.sleep(50)
    # The driver goes, calls the second; that one goes, too, and so on, all in one turn of the loop.
    for task in tasks[:4]:
        task.cancel()
        await asyncio.sleep(0)
    assert (await tasks[4]).status == "Completed"
    assert provider.time.elapsed < 130
    await asyncio.gather(*tasks, return_exceptions=True)
    await settled(client, queue_of)


async def test_a_time_limit_of_the_callers_own_ends_a_wait(
    client: AsyncClient, provider: Provider, queue_of: QueueOf
) -> None:
    """Asyncio's and anyio's alike, while others wait."""
    provider.courses.update({"A": Course(), "B": Course(final_at=500.0)})
    other = asyncio.create_task(client.wait("B"))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(client.wait("A"), 60)
    with anyio.move_on_after(60) as scope:
        await client.wait("A")
    assert scope.cancelled_caught
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(60):
            async for _ in client.wait_many(["A"]):
                raise AssertionError
    assert (await other).status == "Completed"
    await settled(client, queue_of)


async def test_reports_that_nobody_takes_are_not_asked_for(
    client: AsyncClient, provider: Provider, queue_of: QueueOf
) -> None:
    """Who is busy with one report asks for no other; who comes back finds it there."""
    provider.courses.update({"A": Course(final_at=0.0), "B": Course(final_at=100.0)})
    provider.courses["C"] = Course(final_at=5000.0)
    reports = client.wait_many(["A", "B"])
    assert (await anext(reports)).message_id == "A"
    looks = len(provider.looks["B"])
    await client.wait("C")
    assert len(provider.looks["B"]) <= looks + 1
    assert (await anext(reports)).message_id == "B"
    assert await anext(reports, None) is None
    await settled(client, queue_of)


async def test_reports_may_be_left_behind(
    client: AsyncClient, provider: Provider, queue_of: QueueOf
) -> None:
    """A loop that is left early costs no look and no memory, closed or just forgotten."""
    names = [f"M{number}" for number in range(50)]
    provider.courses.update({name: Course(final_at=2.0) for name in names})
    provider.courses["long"] = Course(final_at=5000.0)
    long = asyncio.create_task(client.wait("long"))
    for closing in (True, False):
        reports = client.wait_many(names)
        async for _ in reports:
            break
        if closing:
            await reports.aclose()
        del reports
        await anyio.sleep(1)
        before = len(provider.moments)
        await anyio.sleep(1000)
        assert len(provider.moments) - before < 20
        assert len(queue_of(client)._topics) == 1
        assert len(queue_of(client)._queue) == 1
    await long
    await settled(client, queue_of)


# -- the client is closed --------------------------------------------------------------------------


async def test_closing_a_client_ends_its_waits(
    make: Callable[..., AsyncClient], provider: Provider, queue_of: QueueOf
) -> None:
    """At once, with an error that says so: nobody waits two days for a client that is closed."""
    client = make()
    provider.courses.update({f"M{each}": Course() for each in range(100)})
    provider.spells = [Spell(300.0, 1e9, slow(5.0))]
    waits = [asyncio.create_task(client.wait(f"M{each}")) for each in range(100)]
    inbox = asyncio.create_task(anext(client.replies("M1")))
    await anyio.sleep(310)
    asked = len(provider.moments)
    await client.aclose()
    for each in [*waits, inbox]:
        with pytest.raises(NotSent, match="closed"):
            await each
    assert provider.time.elapsed < 320
    assert len(provider.moments) <= asked
    with pytest.raises(NotSent, match="closed"):
        await client.wait("M1")
    await settled(client, queue_of)


async def test_a_client_that_never_waited_has_nothing_to_end(client: AsyncClient) -> None:
    """And a wake wakes nobody."""
    client._end_waits()
    client.wake("A1")
    client.wake(None, reply=True)
    assert client._desks == {}


# -- more than one loop ----------------------------------------------------------------------------


def test_a_client_waits_in_one_loop_after_the_other(provider: Provider, time: VirtualTime) -> None:
    """Each loop has a queue of its own, and it ends with its loop."""
    provider.courses.update({f"M{each}": Course(final_at=50.0) for each in range(3)})
    client = AsyncClient("token", transport=provider)

    async def wait(number: int) -> None:
        assert (await client.wait(f"M{number}")).status == "Completed"
        assert len(client._desks[""]._pollers.everywhere()) == 1

    for number in range(3):
        time.run(wait(number))
    assert client._desks[""]._pollers.everywhere() == []


def test_a_loop_that_breaks_off_leaves_nothing(provider: Provider, time: VirtualTime) -> None:
    """An error beside a wait ends its loop: the wait is cancelled, without a warning."""
    provider.courses["A"] = Course()
    client = AsyncClient("token", transport=provider)

    async def fail() -> None:
        waiting = asyncio.create_task(client.wait("A"))
        reports = client.wait_many(["A"])
        asking = asyncio.ensure_future(anext(reports))
        await anyio.sleep(100)
        assert not waiting.done()
        assert not asking.done()
        raise BestSMSError("of the caller's own")

    with pytest.raises(BestSMSError, match="own"):
        time.run(fail())
