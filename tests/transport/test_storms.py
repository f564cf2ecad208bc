"""When all goes wrong at once: what a client's calls share, so that a storm ends by itself."""

from __future__ import annotations

import asyncio
from typing import Any

import attrs
import httpx
import pytest

from bestsms import BestSMSError, NotSentInTime, Obstacle, RateLimited, Verdict
from bestsms._retry import Quota

YES = httpx.Response(200, json={"Result": "Success", "MessageID": "ID1", "Status": "Pending"})
NO_MORE = ["Not tried again: this client's retries are used up for now."]


def notes(error: BestSMSError) -> list[str]:
    """The notes of an error."""
    return list(getattr(error, "__notes__", []))


async def failures(call: Any, count: int) -> list[BestSMSError]:
    """Make a call that fails, so many times."""
    errors = []
    for _ in range(count):
        with pytest.raises(BestSMSError) as caught:
            await call()
        errors.append(caught.value)
    return errors


# -- the quota -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("act", "retries"),
    [(httpx.Response(500), 100), (httpx.ReadError("x"), 100), (httpx.ReadTimeout("x"), 50)],
    ids=["an error", "a lost answer", "a timeout"],
)
async def test_a_client_has_500_tokens_for_retries(made, calls, peer, act, retries: int) -> None:
    """Five for a retry, ten after a timeout; then each call is made once, and its error says so."""
    http = peer(act)
    transport = made(http)
    errors = await failures(lambda: calls.status(transport), 40)
    assert len(http.asked) == 40 + retries
    assert notes(errors[0]) == []
    assert notes(errors[-1]) == NO_MORE
    assert len(errors[-1].attempts) == 1


async def test_a_call_that_succeeds_gives_back_what_it_spent(made, calls, peer) -> None:
    """So a client that gets through in the end never runs out."""
    http = peer(*[httpx.Response(500), httpx.Response(500), YES] * 60)
    transport = made(http)
    for _ in range(60):
        assert (await calls.status(transport)).status == "Pending"
    assert len(http.asked) == 180


async def test_calls_that_succeed_at_once_fill_it_again(made, calls, peer) -> None:
    """One token each: five of them pay for one retry."""
    http = peer(*[httpx.Response(500)] * 134, *[YES] * 5, httpx.Response(500))
    transport = made(http)
    await failures(lambda: calls.status(transport), 34)
    assert len(http.asked) == 134
    for _ in range(5):
        await calls.status(transport)
    [error] = await failures(lambda: calls.status(transport), 1)
    assert len(error.attempts) == 2
    assert notes(error) == NO_MORE


def test_the_quota_is_never_more_than_full() -> None:
    """A thousand good calls do not pay for a thousand bad ones."""
    quota = Quota()
    quota.refund(0)
    assert quota.left == Quota.FULL == 500
    assert (quota.spend(timed_out=False), quota.spend(timed_out=True)) == (5, 10)
    quota.refund(10)
    assert quota.left == 495
    quota.left = 9
    assert (quota.spend(timed_out=True), quota.spend(timed_out=False)) == (0, 5)
    assert quota.left == 4


async def test_what_is_not_tried_again_costs_nothing(made, calls, peer) -> None:
    """A no, an unclear send, a wait that is too long: no retry, no token."""
    transport = made(
        peer(
            *[httpx.Response(400)] * 50,
            *[httpx.Response(429, headers={"Retry-After": "999"})] * 50,
            *[httpx.ReadError("x")] * 50,
        )
    )
    await failures(lambda: calls.send(transport), 150)
    assert transport._quota.left == 500


# -- one pause for all -----------------------------------------------------------------------------


async def test_who_asks_one_call_to_wait_asks_all(made, calls, peer, time) -> None:
    """A call that comes later waits for the rest of it, and some jitter more."""
    http = peer(httpx.Response(429, headers={"Retry-After": "30"}), YES)
    transport = made(http, deadline=10)
    with pytest.raises(RateLimited):
        await calls.status(transport)
    time.at += 28
    time.slept.clear()
    assert (await calls.status(transport)).status == "Pending"
    assert time.slept == [2.5]


async def test_the_longest_pause_counts(made, calls, time) -> None:
    """Of two answers at once, the one that asks for less does not end the other's."""
    both = asyncio.Barrier(2)
    waits = iter(("30", "10"))

    async def handle(_: httpx.Request) -> httpx.Response:
        if time.at == 1000:
            await both.wait()
            return httpx.Response(503, headers={"Retry-After": next(waits)})
        return YES

    transport = made(httpx.MockTransport(handle), deadline=5)
    errors = await asyncio.gather(
        calls.status(transport), calls.status(transport), return_exceptions=True
    )
    assert {each.retry_after for each in errors if isinstance(each, BestSMSError)} == {30, 10}
    time.at += 28
    assert (await calls.status(transport)).status == "Pending"
    assert time.slept == [2.5]


async def test_a_pause_is_told_before_the_queue(made, calls, peer, time) -> None:
    """Who can't go in time need not stand in line first."""
    http = peer(("sent", None))
    transport = made(http, max_connections=1)
    under_way = asyncio.create_task(calls.status(transport))
    await http.silent.wait()
    transport.settings = attrs.evolve(transport.settings, deadline=0.05)
    transport._quiet_until = time.at + 60
    with pytest.raises(NotSentInTime, match="asked for a pause"):
        await calls.send(transport)
    under_way.cancel()
    await asyncio.wait([under_way])


async def test_a_pause_is_told_in_the_queue_too(made, calls, time) -> None:
    """Who is next when it is asked for does not go on the connection that was told to wait."""
    came, go = asyncio.Event(), asyncio.Event()
    moments: list[float] = []

    async def handle(_: httpx.Request) -> httpx.Response:
        moments.append(time.at)
        if moments[1:]:
            return YES
        came.set()
        await go.wait()
        return httpx.Response(429, headers={"Retry-After": "600"})

    transport = made(httpx.MockTransport(handle), max_connections=1, deadline=300)
    first = asyncio.create_task(calls.status(transport))
    await came.wait()
    queued = asyncio.create_task(calls.status(transport))
    await asyncio.sleep(0)
    transport._quiet_until = time.at + 9
    go.set()
    assert (await queued).status == "Pending"
    assert moments == [1000, 1009.5]
    with pytest.raises(RateLimited):
        await first


@pytest.mark.parametrize(("call", "verdict"), [("send", Verdict.NOT_SENT), ("status", None)])
async def test_a_pause_past_the_deadline_is_told_at_once(
    made, calls, peer, time, *, call: str, verdict: Verdict | None
) -> None:
    """What would be sent too late is not sent, and is a TimeoutError."""
    http = peer(httpx.Response(429, headers={"Retry-After": "60"}), YES)
    transport = made(http, deadline=20)
    with pytest.raises(RateLimited):
        await calls.status(transport)
    with pytest.raises(NotSentInTime, match="asked for a pause of 60 s more") as caught:
        await getattr(calls, call)(transport)
    assert (caught.value.verdict, caught.value.obstacle) == (verdict, Obstacle.TIMEOUT)
    assert isinstance(caught.value, TimeoutError)
    assert (len(http.asked), time.slept) == (1, [])


async def test_a_call_of_its_own_pause_does_not_wait_twice(made, calls, peer, time) -> None:
    """Who waited for the answer that asked has waited for all."""
    http = peer(httpx.Response(429, headers={"Retry-After": "7"}), YES)
    await calls.send(made(http))
    assert time.slept == [7.0]


async def test_a_wait_of_an_hour_stops_nobody_else(made, calls, peer, time) -> None:
    """It is told to the one who asked, and not slept by anyone: it may be about one call alone."""
    http = peer(httpx.Response(429, headers={"Retry-After": "3600"}), YES)
    transport = made(http)
    with pytest.raises(RateLimited):
        await calls.status(transport)
    await calls.status(transport)
    assert time.slept == []


async def test_all_of_many_calls_wait(made, calls, peer, time) -> None:
    """Ten workers, one Retry-After: none asks before it is over, nor who waited for its turn."""
    http = peer(httpx.Response(429, headers={"Retry-After": "9"}), YES)
    transport = made(http)
    moments: list[float] = []

    async def sleep(seconds: float) -> None:
        until = time.at + seconds
        await asyncio.sleep(0)
        time.at = max(time.at, until)

    transport.clock = attrs.evolve(transport.clock, sleep=sleep)
    original = http.handle_async_request

    async def noted(request: httpx.Request) -> httpx.Response:
        moments.append(time.at - 1000)
        return await original(request)

    http.handle_async_request = noted
    await asyncio.gather(*(calls.status(transport) for _ in range(10)))
    assert len(moments) == 11
    assert moments[0] == 0
    assert min(moments[1:]) >= 9
