"""The pace of a run: so many at once, so many in a second, and fewer where it is too much."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import given, strategies as st

from bestsms import AsyncClient, Attempt, Phase
from bestsms._retry import Clock
from bestsms.bulk.pace import Pace, Rate

LIMITED = (Attempt(0.0, Phase.ANSWERED, 429), Attempt(1.0, Phase.ANSWERED, 200))
FINE = (Attempt(0.0, Phase.ANSWERED, 200),)


def pace(concurrency: int = 8) -> Pace:
    """A pace at no rate."""
    return Pace(Clock(monotonic=lambda: 0.0), concurrency, None, None)


# -- in a second -----------------------------------------------------------------------------------


async def test_requests_are_begun_at_their_rate(
    client: AsyncClient, provider: Any, numbers: list[str]
) -> None:
    """Evenly, however many may be under way at once."""
    await client.send_many(numbers, message="Hi", max_destinations=10, requests_per_second=0.5)
    assert provider.moments == [0.0, 2.0, 4.0, 6.0, 8.0]


async def test_recipients_have_a_rate_too(
    client: AsyncClient, provider: Any, numbers: list[str]
) -> None:
    """What a request of many takes is waited for by the next; the slower of both rates counts."""
    rates = {"recipients_per_second": 5, "requests_per_second": 1}
    await client.send_many(numbers, message="Hi", max_destinations=20, **rates)
    assert provider.moments == [0.0, 4.0, 8.0]


@given(
    st.floats(0.01, 1000),
    st.lists(st.tuples(st.integers(1, 100), st.floats(0, 10)), max_size=50),
)
def test_no_more_pass_than_the_rate_allows(
    per_second: float, taken: list[tuple[int, float]]
) -> None:
    """Between any two of them lie the seconds that all but the last one take."""
    rate, now, before = Rate(per_second), 0.0, 0
    begun: float | None = None
    for number, later in taken:
        now += later
        at = rate.take(number, now)
        assert at >= now
        begun = at if begun is None else begun
        assert (at - begun) * per_second >= before * (1 - 1e-9) - 1e-6 or before == 0
        before += number


# -- at once ---------------------------------------------------------------------------------------


def test_too_many_requests_halve_it() -> None:
    """Once for all that were under way; those after them may halve it again, and never to none."""
    paced = pace(8)
    for slot, left in ((0, 4), (0, 4), (1, 2), (1, 2), (2, 1), (3, 1)):
        paced.learn(LIMITED, slot)
        assert paced.concurrency == left


def test_successes_add_to_it() -> None:
    """One for as many successes as may be under way, up to where it began."""
    paced = pace(4)
    paced.learn(LIMITED, 0)
    steps: list[int] = []
    for _ in range(10):
        paced.learn(FINE, 1)
        steps.append(paced.concurrency)
    assert steps == [2, 3, 3, 3, 4, 4, 4, 4, 4, 4]


async def test_a_run_slows_down(client: AsyncClient, provider: Any, numbers: list[str]) -> None:
    """After a 429 half as many are under way; what it refused goes out all the same."""
    provider.seconds = 1.0
    provider.fates = [httpx.Response(429)] * 4
    given = {"message": "Hi", "max_destinations": 1, "concurrency": 4}
    totals = await client.send_many(numbers, **given)
    assert totals.accepted == 50
    assert totals.requests == 54
    assert provider.phones == dict.fromkeys(numbers, 1)
    begun = [sum(later <= moment for later in provider.moments) for moment in (1.0, 30.0)]
    assert begun[0] == 4


async def test_one_retry_after_holds_all_of_them(
    make: Callable[..., AsyncClient], provider: Any, numbers: list[str]
) -> None:
    """Nothing is sent while it lasts, and nothing piles up meanwhile."""
    provider.fates = ["ok", httpx.Response(429, headers={"Retry-After": "60"})]
    given = {"message": "Hi", "max_destinations": 5, "concurrency": 3}
    totals = await make().send_many(numbers, **given)
    assert totals.accepted == 50
    early = [moment for moment in provider.moments if moment < 60]
    assert len(early) <= 3
    assert len(provider.sends) == 11


@pytest.mark.parametrize("seconds", [119.0, 300.0])
async def test_what_is_asked_to_wait_for_longer_than_a_send_may_take_goes_out_after_it(
    client: AsyncClient, provider: Any, numbers: list[str], seconds: float
) -> None:
    """A single send would give up; a run pauses."""
    provider.fates = [httpx.Response(429, headers={"Retry-After": f"{seconds:.0f}"})]
    totals = await client.send_many(numbers, message="Hi", max_destinations=10)
    assert totals.accepted == 50
    assert provider.phones == dict.fromkeys(numbers, 1)
