"""Drill T3: senders are killed at random times, and what they left is settled.

Several at a time, with a journal each or one for all, and each killed after a moment; the next
takes over its journal. A kill spares no ``finally``: what is not on the disk by then is lost.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from ledger.drill import FULL, brisk, recovered, twice
from ledger.faults import Plan
from ledger.provider import Provider, provider

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the senders are forked")

LINES = 5
LIVES = 25 if FULL else 5
PLAN = Plan(share=0.3, pause=0.03)


@pytest.fixture
def at() -> Iterator[Provider]:
    """A provider where a third of the attempts fail, and an answer takes a moment."""
    with provider(killed=PLAN) as running, brisk():
        yield running


@pytest.fixture
def born(at: Provider) -> Iterator[Callable[[Path], int]]:
    """Start a sender with a journal, and return its process id."""
    nursery = subprocess.Popen(
        [sys.executable, "-m", "ledger.nursery", at.url("killed")],
        cwd=Path(__file__).parent,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def start(journal: Path) -> int:
        assert nursery.stdin is not None
        assert nursery.stdout is not None
        nursery.stdin.write(f"{journal}\n")
        nursery.stdin.flush()
        return int(nursery.stdout.readline())

    with nursery:
        yield start


@pytest.mark.parametrize("journals", [LINES, 1], ids=["a journal each", "one journal for all"])
def test_a_kill_leaves_nothing_open(
    journals: int, at: Provider, born: Callable[[Path], int], tmp_path: Path
) -> None:
    """What was accepted is in a journal, once; every intent gets a verdict, and it is true."""
    paths = [tmp_path / str(number % journals) for number in range(LINES)]
    chance = random.Random(journals)
    for _ in range(LIVES):
        senders = [born(path) for path in paths]
        for pid in senders:
            time.sleep(chance.uniform(0.02, 0.15))
            killed(pid)
    found = [
        each
        for path in sorted(set(paths))
        for each in asyncio.run(recovered(at.url("killed"), path))
    ]
    ids, rows = at.saw("killed").ids, [row for path in set(paths) for row in written(path)]
    accepted = {message_id.casefold() for message_id in ids}
    assert twice(ids) == []
    assert accepted <= {message_id.casefold() for message_id, _, _ in rows}
    assert [row for row in rows if row[1] is None or not row[2]] == []
    wrong = [row for row in rows if (row[1] == "ACCEPTED") != (row[0].casefold() in accepted)]
    assert wrong == []
    # The kills did find something to break.
    assert len(ids) > LINES * LIVES
    assert any(each.message_id.casefold() in accepted for each in found)
    assert any(each.absent for each in found)


def killed(pid: int) -> None:
    """Kill a process, and wait until it is gone."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
        for _ in range(10_000):
            os.kill(pid, 0)
            time.sleep(0.001)
        raise AssertionError(pid)


def written(journal: Path) -> list[tuple[str, str | None, int]]:
    """What the journal says: each MessageID, its verdict, and whether it is settled."""
    with contextlib.closing(sqlite3.connect(journal)) as file:
        return file.execute("SELECT message_id, verdict, settled FROM sends").fetchall()
