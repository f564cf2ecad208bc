"""Drill T2: half of the attempts meet any of the faults, one, 20 or 200 at a time.

The controls tell whether the drill can see: a sender that tries again after any failure, as most
do, sends many a text twice here; and one that never tries again sends none twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest
from ledger.drill import FULL, NUMBER, TOKEN, Ended, Run, brisk, many, recovered, twice
from ledger.faults import EVERY, Plan
from ledger.naive import naively
from ledger.provider import Provider, provider

from bestsms import BestSMSError, Recovered, SyncClient

SENDS = 5_000 if FULL else 200
CONTROLS = 1_500 if FULL else 200


class Crowd(NamedTuple):
    """How many clients, each with so many sends under way, and how soon they give up."""

    clients: int
    at_once: int
    timeout: float


CROWDS = {
    "one": Crowd(clients=20, at_once=1, timeout=0.25),
    "twenty": Crowd(clients=1, at_once=20, timeout=0.25),
    # So many are slow on a small machine even where nothing goes wrong.
    "two hundred": Crowd(clients=1, at_once=200, timeout=1.0),
}
PLANS = {name: Plan(window=4 * crowd.timeout) for name, crowd in CROWDS.items()}


@pytest.fixture(scope="module")
def at() -> Iterator[Provider]:
    """A provider with a port, and a ledger, for each run."""
    with provider(**PLANS, threads=Plan(), once=Plan(), naive=Plan()) as running, brisk():
        yield running


@pytest.mark.parametrize("name", CROWDS)
def test_half_of_the_attempts_fail_and_no_text_is_doubled_or_lost(
    name: str, at: Provider, tmp_path: Path
) -> None:
    """Nothing twice; every verdict true; what was unclear is settled right."""
    crowd, url = CROWDS[name], at.url(name)

    async def one(number: int) -> tuple[list[Ended], list[Recovered]]:
        journal, given = tmp_path / str(number), {"timeout": crowd.timeout}
        given |= {"deadline": 16 * crowd.timeout, "settle_window": PLANS[name].window}
        sends = SENDS // crowd.clients
        ended = await many(url, journal, f"T2-{number}", sends, crowd.at_once, **given)
        return ended, await recovered(url, journal, **given)

    async def everyone() -> list[tuple[list[Ended], list[Recovered]]]:
        return await asyncio.gather(*map(one, range(crowd.clients)))

    runs = asyncio.run(everyone())
    ended = [each for some, _ in runs for each in some]
    found = [each for _, some in runs for each in some]
    assert_passed(Run(ended, found, at.saw(name)))


def test_the_sync_client_doubles_and_loses_none(at: Provider, tmp_path: Path) -> None:
    """Eight threads share a client; what is said of it is the same."""
    url, journal = at.url("threads"), tmp_path / "journal"
    settings = {"timeout": 0.25, "deadline": 4.0, "settle_window": 1.0}

    with SyncClient(TOKEN, base_url=url, journal=journal, **settings) as client:

        def send(number: int) -> Ended:
            message_id, end = f"T2-{number}", None
            try:
                end = client.send(f"T2 {number}", to=NUMBER, message_id=message_id)
            except BestSMSError as error:
                end = error
            return Ended(message_id, end)

        with ThreadPoolExecutor(8) as threads:
            ended = list(threads.map(send, range(SENDS // 2)))
    found = asyncio.run(recovered(url, journal))
    assert_passed(Run(ended, found, at.saw("threads")), SENDS // 2)


def assert_passed(run: Run, sends: int = SENDS) -> None:
    """Nothing is wrong, and the run was hard enough to tell."""
    assert run.violations() == []
    assert len(run.ended) == sends
    assert run.share > 0.3
    told = run.told()
    assert min(told[each] for each in ("ACCEPTED", "UNKNOWN", "reconciled")) > 0
    if sends > 1_000:
        assert all(run.saw.struck[name] for name in EVERY)


def test_a_sender_that_never_tries_again_doubles_none(at: Provider) -> None:
    """So what is doubled is not the provider's doing."""
    asyncio.run(naively(at.url("once"), "T2", CONTROLS, attempts=1))
    assert twice(at.saw("once").texts) == []


def test_a_sender_that_tries_again_after_any_failure_doubles_many(at: Provider) -> None:
    """A drill in which this one passes would be blind: more than a tenth goes out twice."""
    asyncio.run(naively(at.url("naive"), "T2", CONTROLS, attempts=4))
    saw = at.saw("naive")
    assert len(saw.texts) - len(set(saw.texts)) > CONTROLS / 10
