"""Drill T7: a flood of webhooks, each many times, in any order, to several processes at once."""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from inbox.posts import post, read, reply, status
from ledger.drill import FULL

from bestsms.webhooks.queue import Queue

PROCESSES = 4
SINGLE = 1000 if FULL else 400
"""How many events stand for themselves: each is to have its effect once."""
HISTORIES = SINGLE // 10
"""How many messages have three states, of which one is final."""
TIMES = 289 if FULL else 4
"""How often each event is delivered: at once, and every five minutes for a day."""
HARD_LIMIT = 3600.0 if FULL else 120.0


class Flood(NamedTuple):
    """What came of a flood.

    Attributes:
        single: The keys of the events that stand for themselves.
        finals: The keys of the final states, by MessageID.
        new: Every key that a process was told is new.
        runs: Every run of the handler, in order: a key, a MessageID or "", whether it is final, and
            the process.
        counts: The queue's, at the end.
    """

    single: set[str]
    finals: dict[str, str]
    new: list[str]
    runs: list[tuple[str, str, bool, int]]
    counts: Mapping[str, int]

    def violations(self) -> list[str]:
        """Return everything that must never be."""
        ran = Counter(key for key, *_ in self.runs)
        told = Counter(self.new)
        wrong = [f"{key} is new {times} times" for key, times in told.items() if times > 1]
        wrong += [f"{key} ran {times} times" for key, times in ran.items() if times > 1]
        wrong += [f"{key} never ran" for key in self.single - ran.keys()]
        wrong += [f"{name} never ended" for name, key in self.finals.items() if key not in ran]
        over: set[str] = set()
        for key, subject, final, _ in self.runs:
            if subject in over and not final:
                wrong.append(f"{key} ran after the end of its message")
            if final:
                over.add(subject)
        return wrong


def flood(store: str, folder: Path, *kind: str, times: int = TIMES) -> Flood:
    """Let a flood come."""
    single = [
        *(
            status(f"S{number}", ("SUCCESS", "FAILED")[number % 2])
            for number in range(SINGLE * 7 // 10)
        ),
        *(reply(f"R{number}") for number in range(SINGLE // 5)),
        *(status(f"U{number}", "UPDATED", Result=f"{number}") for number in range(SINGLE // 10)),
    ]
    histories = [
        [
            status(f"H{number}", "PENDING"),
            status(f"H{number}", "PENDING", Result="again"),
            status(f"H{number}", ("SUCCESS", "FAILED")[number % 2]),
        ]
        for number in range(HISTORIES)
    ]
    assert len(single) == SINGLE
    every = [*single, *(state for history in histories for state in history)]
    chance = random.Random(7)
    posts = [
        json.dumps(post(fields, xml=chance.random() < 0.5))
        for fields in every
        for _ in range(times)
    ]
    chance.shuffle(posts)
    new = processes(store, folder, posts, kind)
    lines = (folder / "runs").read_text(encoding="utf-8").splitlines()
    return Flood(
        single={key_of(fields) for fields in single},
        finals={states[-1]["MessageID"]: key_of(states[-1]) for states in histories},
        new=new,
        runs=[tuple(json.loads(line)) for line in lines],
        counts=asyncio.run(counted(store)),
    )


def key_of(fields: dict[str, str]) -> str:
    """The key of an event."""
    return read(post(fields, xml=False)).key


def processes(store: str, folder: Path, posts: list[str], kind: Iterable[str]) -> list[str]:
    """Deal the posts to processes; return what they were told is new, when all is done."""
    workers = []
    for number in range(PROCESSES):
        mine = folder / f"posts{number}"
        mine.write_text("\n".join(posts[number::PROCESSES]), encoding="utf-8")
        workers.append(
            subprocess.Popen(
                [sys.executable, "-m", "inbox.flood", store, mine, folder / "runs", *kind],
                cwd=Path(__file__).parent,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        )
    new: list[str] = []
    try:
        for worker in workers:
            assert worker.stdout is not None
            new += json.loads(worker.stdout.readline())
        asyncio.run(counted(store))
    finally:
        for worker in workers:
            worker.communicate(timeout=HARD_LIMIT)
    assert [worker.returncode for worker in workers] == [0] * PROCESSES
    return new


async def counted(store: str) -> Mapping[str, int]:
    """Wait until nothing waits any more, and return the counts."""
    queue = Queue(store)
    try:
        async with asyncio.timeout(HARD_LIMIT):
            while True:
                counts = await queue.counts()
                if not counts["pending"] + counts["running"]:
                    return counts
    finally:
        await queue.aclose()


def test_a_flood_has_each_effect_once(store: str, tmp_path: Path) -> None:
    """Each event has its effect once, and no message goes back from its end."""
    came = flood(store, tmp_path)
    assert came.violations() == []
    assert sum(key in came.single for key, *_ in came.runs) == SINGLE
    counts = dict(came.counts)
    every = SINGLE + 3 * HISTORIES
    assert counts == {
        "pending": 0,
        "running": 0,
        "done": len(came.runs),
        "superseded": every - len(came.runs),
        "dead": 0,
    }
    # There was something to go wrong: states came late, and every process had its share.
    assert counts["superseded"] > 0
    assert len({pid for *_, pid in came.runs}) == PROCESSES


def test_a_receiver_that_only_remembers_is_found_out(tmp_path: Path) -> None:
    """The same flood to what many write: effects many times over, and states from the past."""
    wrong = flood(str(tmp_path / "unused"), tmp_path, "naive", times=2).violations()
    assert any(each.endswith("ran after the end of its message") for each in wrong)
    assert sum(each.endswith("times") for each in wrong) > SINGLE / 2
