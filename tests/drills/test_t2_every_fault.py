"""Drill T2: whatever happens to an attempt, the ledger and the verdicts say the same.

Each fault has a port of its own at a provider in another process. Most attempts there meet it, and
so do some look-ups. What the client said of every message is then held against the provider's
ledger; what it could not say, a later recovery must.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from ledger.drill import FULL, Run, brisk, many, recovered
from ledger.faults import ACCEPT, FAULTS, Fault, Plan
from ledger.provider import Provider, provider

SENDS = 200 if FULL else 8
LOOKED_UP = 200 if FULL else 60
AT_ONCE = 3
CLIENTS = 10
"""How many there are at a time: all at once, a busy machine would give none its first connection in
time, and the drill would be blind."""
TIMEOUT, WINDOW = 0.5, 1.5


def plan(fault: Fault) -> Plan:
    """Most attempts meet this one fault; not all, so that there is something to be found."""
    if fault.at == ACCEPT:  # It strikes look-ups as well.
        return Plan(faults=(fault.name,), share=0.6, looks=(), window=WINDOW, keep=False)
    return Plan(faults=(fault.name,), share=0.75, looks=(fault.name,), window=WINDOW)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    """Many faults at the same time, each with a client, a journal and a ledger of its own."""
    folder, gate = tmp_path_factory.mktemp("journals"), asyncio.Semaphore(CLIENTS)

    async def one(at: Provider, number: int, fault: Fault) -> Run:
        url, journal = at.url(fault.name), folder / str(number)
        given = {"timeout": TIMEOUT, "settle_window": WINDOW}
        async with gate:
            ended = await many(url, journal, f"T2-{number}", SENDS, AT_ONCE, **given)
            found = await recovered(url, journal, **given)
        return Run(ended, found, at.saw(fault.name))

    async def every(at: Provider) -> list[Run]:
        return await asyncio.gather(*(one(at, *each) for each in enumerate(FAULTS)))

    with provider(**{fault.name: plan(fault) for fault in FAULTS}) as at, brisk():
        ended = asyncio.run(every(at))
    return dict(zip((fault.name for fault in FAULTS), ended, strict=True))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_no_fault_doubles_or_loses_a_text(fault: Fault, runs: dict[str, Run]) -> None:
    """Nothing twice; every verdict true; what was unclear is settled right."""
    run = runs[fault.name]
    assert run.violations() == []
    assert len(run.ended) == SENDS
    assert run.saw.struck[fault.name] > 0


def looked_up(folder: Path, sends: str, looks: str) -> Run:
    """Send to a provider where these faults meet most sends, and this one most look-ups."""
    plan = Plan(faults=(sends, looks), share=0.6, looks=(looks,), look_share=0.9)

    async def run(at: Provider) -> Run:
        url, journal = at.url("looks"), folder / "journal"
        ended = await many(url, journal, "T2", LOOKED_UP, 20)
        return Run(ended, await recovered(url, journal), at.saw("looks"))

    with provider(looks=plan) as at, brisk():
        return asyncio.run(run(at))


def test_a_second_answer_to_a_look_up_is_nobodys(tmp_path: Path) -> None:
    """It waits on the connection when the next send comes, and says "not found"."""
    assert looked_up(tmp_path, "reset", "answered twice, accepted").violations() == []


def test_only_the_provider_can_say_that_there_is_no_such_message(tmp_path: Path) -> None:
    """A page in a 404 is a proxy's or a wrong address's: it says nothing of the message."""
    assert looked_up(tmp_path, "reset, accepted", "a page in a 404").violations() == []
