"""When a run pauses, and when it gives up."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import anyio
import httpx
import pytest

from bestsms import (
    AsyncClient,
    AuthenticationFailed,
    ChunkOutcome,
    NotSent,
    OutcomeUnknown,
    PermissionDenied,
    RateLimited,
    Rejected,
    Run,
    RunStopped,
    Verdict,
)
from bestsms.bulk.breaker import Breaker

Make = Callable[..., AsyncClient]
NO = httpx.Response(400, json={"Result": "Failed", "ErrorMessage": ["No credit"]})


async def stopped(run: Run) -> tuple[list[ChunkOutcome], RunStopped]:
    """Read a run until it gives up."""
    found: list[ChunkOutcome] = []
    with pytest.raises(RunStopped) as caught:
        await read(run, found)
    return found, caught.value


async def read(run: Run, found: list[ChunkOutcome]) -> None:
    """Read a run to its end, well or not."""
    async with run:
        async for outcome in run:
            found.append(outcome)  # noqa: PERF401 - they stay, if an error comes


def many(client: AsyncClient, numbers: list[str], **given: Any) -> Run:
    """A run of single recipients, one after the other."""
    return client.send_many(
        numbers, **{"message": "Hi", "max_destinations": 1, "concurrency": 1, **given}
    )


# -- refusals --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("status", "kind"), [(401, AuthenticationFailed), (403, PermissionDenied)])
async def test_a_refused_token_stops_it_at_once(
    client: AsyncClient, provider: Any, numbers: list[str], status: int, kind: type[Exception]
) -> None:
    """All that follows would be refused as well."""
    provider.fates = ["ok", httpx.Response(status)]
    found, error = await stopped(many(client, numbers))
    assert isinstance(error.__cause__, kind)
    assert len(provider.sends) == 2
    assert [outcome.verdict for outcome in found] == [Verdict.ACCEPTED, Verdict.REJECTED]
    assert (error.totals.accepted, error.totals.rejected) == (1, 1)
    assert "Without campaign=" in str(error)
    assert pickle.loads(pickle.dumps(error)).totals == error.totals


async def test_what_is_under_way_ends_first(
    client: AsyncClient, provider: Any, numbers: list[str]
) -> None:
    """The reader has the outcome of each request before it hears that the run was stopped."""
    provider.seconds = 1.0
    provider.fates = ["ok", httpx.Response(401), "ok", "ok"]
    found, _ = await stopped(many(client, numbers, concurrency=4, campaign="july"))
    assert sorted(outcome.verdict.name for outcome in found) == [*["ACCEPTED"] * 3, "REJECTED"]


async def test_five_refusals_in_a_row_stop_it(
    client: AsyncClient, provider: Any, numbers: list[str]
) -> None:
    """Credit that is used up, or a wrong field, will not pass by itself."""
    provider.fates = [NO, NO, NO, NO, "ok"]
    provider.always = NO
    found, error = await stopped(many(client, numbers, campaign="july"))
    assert len(found) == len(provider.sends) == 10
    assert isinstance(error.__cause__, Rejected)
    assert "No credit" in str(error.__cause__)
    assert "run it again under the same name" in str(error)


def test_what_is_in_a_row() -> None:
    """A fault ends a row of refusals, a refusal one of faults, and an acceptance both."""
    breaker = Breaker(anyio.sleep)
    refusal, fault = Rejected("no", status=400), NotSent("refused")
    for _ in range(5):
        for error, verdict in ((refusal, Verdict.REJECTED), (fault, Verdict.NOT_SENT)):
            assert [breaker.learn(verdict, error, tried=False) for _ in range(4)] == [None] * 4
            assert not breaker.open
    breaker.learn(Verdict.ACCEPTED, None, tried=False)
    assert [breaker.learn(Verdict.NOT_SENT, fault, tried=False) for _ in range(5)] == [None] * 5
    assert breaker.open
    breaker.learn(Verdict.REJECTED, refusal, tried=True)
    assert not breaker.open


# -- faults ----------------------------------------------------------------------------------------


async def test_what_never_left_goes_out_later(
    client: AsyncClient,
    provider: Any,
    numbers: list[str],
    time: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A provider that can't be reached for some minutes costs no message; the log says so."""
    provider.fates = ["ok"] + ["refuse"] * 40
    totals = await many(client, numbers)
    assert totals.accepted == 50
    assert provider.phones == dict.fromkeys(numbers, 1)
    assert time.monotonic > 60
    assert "the run pauses for 5 s after 5 requests in a row without an answer" in caplog.text


async def test_a_pause_is_ended_by_a_single_request(
    make: Make, provider: Any, numbers: list[str]
) -> None:
    """It tries; each time it fails the next pause is twice as long, and success lets all go on."""
    provider.seconds = 1.0
    provider.fates = ["drop"] * 8
    totals = await many(make(settle_window=0), numbers[:19], concurrency=5)
    assert provider.moments == [0.0] * 5 + [6.0, 17.0, 38.0, 79.0] + [80.0] * 5 + [81.0] * 5
    assert (totals.accepted, totals.unknown) == (11, 8)


async def test_it_gives_up_in_the_end(
    client: AsyncClient, provider: Any, numbers: list[str], time: Any
) -> None:
    """After half an hour of pauses; what never left is reported as not sent."""
    provider.always = "refuse"
    found, error = await stopped(many(client, numbers, campaign="july"))
    assert {outcome.verdict for outcome in found} == {Verdict.NOT_SENT}
    assert isinstance(error.__cause__, NotSent)
    assert "s of pauses" in str(error)
    assert 1_000 < time.monotonic < 2_000
    assert provider.sends == []


async def test_unclear_ones_are_never_sent_again(
    make: Make, provider: Any, numbers: list[str]
) -> None:
    """Each stays what it is, and is one of five faults in a row."""
    provider.always = "drop"
    found, error = await stopped(many(make(settle_window=0), numbers))
    assert {outcome.verdict for outcome in found} == {Verdict.UNKNOWN}
    assert len(set(provider.ids)) == len(provider.ids) == len(found)
    assert isinstance(error.__cause__, OutcomeUnknown)


async def test_an_answer_that_was_lost_is_no_fault(
    client: AsyncClient, provider: Any, numbers: list[str]
) -> None:
    """The message was found, so the provider is there; an id of ours is of no other message."""
    provider.always, provider.dated = "lose", False
    async with many(client, numbers[:6]) as run:
        found = [outcome async for outcome in run]
    assert {(outcome.verdict, outcome.reconciled) for outcome in found} == {
        (Verdict.ACCEPTED, True)
    }


async def test_an_absent_one_says_so(client: AsyncClient, provider: Any) -> None:
    """The provider, asked through the settle window, does not know it."""
    provider.always = "drop"
    async with many(client, ["+61421000001"]) as run:
        (outcome,) = [outcome async for outcome in run]
    assert (outcome.verdict, outcome.absent) == (Verdict.UNKNOWN, True)


async def test_too_long_a_retry_after_is_for_tomorrow(
    client: AsyncClient, provider: Any, numbers: list[str]
) -> None:
    """Nobody waits for hours; the run can be made again then."""
    provider.fates = [httpx.Response(429, headers={"Retry-After": "7200"})]
    found, error = await stopped(many(client, numbers, campaign="july"))
    assert isinstance(error.__cause__, RateLimited)
    assert error.__cause__.retry_after == 7200
    assert "the next one would be of 7200 s" in str(error)
    assert [outcome.verdict for outcome in found] == [Verdict.REJECTED]


async def test_a_closed_client_ends_its_runs(
    client: AsyncClient, provider: Any, numbers: list[str]
) -> None:
    """Nothing more can be sent."""

    async def close() -> None:
        await client.aclose()

    provider.fates = ["ok", close]
    _, error = await stopped(many(client, numbers))
    assert "the client is closed" in str(error)
