"""Cancelled at each single wait of a send, one after the other: nothing is left behind (T4).

Random moments seldom hit a wait that lasts one turn of the loop. Here the waits are counted, and a
send is broken off at the first of them, the next at the second, and so on until one comes through.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from survival.breaking import NUMBER, WAYS, files_go_back_to, in_a_task, noted, open_files

from bestsms import AsyncClient
from bestsms.emulator import Emulator
from bestsms.journal import Journal

FEWEST_WAITS = {False: 3, True: 1}
"""A send that waits less often was not watched: a used connection waits for its answer only."""

FAR_OFF = 1e12
"""When no send that was begun today can be under way any more, in seconds since 1970."""

Way = Callable[..., Any]


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """A provider behind a port."""
    made = Emulator()
    with made.serve():
        yield made


async def broken_sends(
    emulator: Emulator, way: Way, *, warm: bool, **given: Any
) -> AsyncIterator[tuple[AsyncClient, str, BaseException]]:
    """A send for each of its waits, broken off there; its client, its id, and how it ended."""
    ways_out = 0
    for wait in itertools.count(1):
        async with AsyncClient(
            "a-token", base_url=emulator.url, settle_window=0, **given
        ) as client:
            if warm:
                await client.send("Hi", to=NUMBER)
            message_id = f"W{wait}"
            ends: list[BaseException] = []

            async def call(
                client: AsyncClient = client,
                message_id: str = message_id,
                ends: list[BaseException] = ends,
            ) -> None:
                try:
                    await client.send("Hi", to=NUMBER, message_id=message_id)
                except BaseException as error:
                    ends.append(error)
                    raise

            end = await in_a_task(way(call(), wait))
            if ends:
                ways_out += 1
                yield client, message_id, ends[0]
            elif end is False:
                assert ways_out >= FEWEST_WAITS[warm]
                return


@pytest.mark.parametrize("warm", [False, True], ids=["a new connection", "a used connection"])
@pytest.mark.parametrize("way", WAYS)
async def test_a_send_may_be_cancelled_at_any_wait(
    *, emulator: Emulator, way: Way, warm: bool
) -> None:
    """Each carries its id and a true verdict; no slot, lane, task or file stays; the next go."""
    files, tasks = open_files(), asyncio.all_tasks()
    verdicts: dict[str, str] = {}

    async for client, message_id, error in broken_sends(emulator, way, warm=warm):
        assert isinstance(error, asyncio.CancelledError)
        noted_id, verdicts[message_id] = noted(error)
        assert noted_id == message_id
        assert asyncio.all_tasks() == tasks
        [engine] = [held[0] for held in client._transport._engines._held.values()]
        assert engine.gate.borrowed_tokens == 0
        for _ in range(3):
            # A lane that is not free would cost an attempt, and the time of one.
            assert len((await client.send("Hi", to=NUMBER)).attempts) == 1

    assert await files_go_back_to(files) <= files
    counts = Counter({each["MessageID"]: each["count"] for each in emulator.ledger()})
    assert set(counts.values()) == {1}
    assert set(verdicts.values()) == ({"UNKNOWN"} if warm else {"NOT_SENT", "UNKNOWN"})
    assert not [each for each, said in verdicts.items() if said == "NOT_SENT" and each in counts]


@pytest.mark.parametrize("way", WAYS)
async def test_a_journal_says_what_the_cancellation_says(
    emulator: Emulator, way: Way, tmp_path: Path
) -> None:
    """What was proved unsent is not open in it, and its id may be used again."""
    path = tmp_path / "journal"
    async for client, message_id, error in broken_sends(emulator, way, warm=False, journal=path):
        _, verdict = noted(error)
        # A worker thread may still be writing; it has nothing to wait for.
        await asyncio.sleep(0.05)
        still_open = {each.message_id for each in Journal(path).open_intents(now=FAR_OFF)}
        assert (message_id in still_open) == (verdict == "UNKNOWN")
        if verdict == "NOT_SENT":
            assert str(await client.send("Hi", to=NUMBER, message_id=message_id)) == message_id
