"""Drill T16: one campaign is killed at random moments and run again, at a provider with faults.

In the end the report says of every recipient what the provider's ledger says: who got it, who did
not, and nobody twice.
"""

from __future__ import annotations

import csv
import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from campaign.runner import PER_CHUNK, number
from ledger.drill import FULL, TOKEN

from bestsms.emulator import Emulator
from bestsms.emulator.faults.fault import Fault

RECIPIENTS = 200_000 if FULL else 6_000
KILLS = 50 if FULL else 6
RUNS = 20
"""How many runs to the end are made at most; each may meet faults of its own."""
FAULTS: tuple[dict[str, Any], ...] = (
    {"do": "reset", "accept": "no"},
    {"do": "reset", "accept": "yes"},
    {"do": "reset", "accept": "late", "late_seconds": 0.3},
    {"do": "close", "accept": "yes"},
    {"do": "stall", "accept": "no", "seconds": 1.0},
    {"do": "stall", "accept": "yes", "seconds": 1.0},
    {"do": "answer", "status": 429},
    {"do": "answer", "status": 500, "accept": "yes"},
    {"do": "answer", "status": 503},
    {"do": "cut", "at": "response_bytes", "after": 30},
    {"do": "reset", "at": "headers"},
)
SHARE = 0.03
"""How likely each of them is for each send: together a quarter of all."""


class Campaign(NamedTuple):
    """The files of one campaign, and where it is sent to."""

    url: str
    folder: Path
    mode: str

    def begin(self) -> subprocess.Popen[str]:
        """Start a run."""
        files = str(self.folder / "journal"), str(self.folder / "report.csv")
        return subprocess.Popen(
            [sys.executable, "-m", "campaign.runner", self.url, *files, str(RECIPIENTS), self.mode],
            cwd=Path(__file__).parent,
            stdout=subprocess.PIPE,
            text=True,
        )

    def kill_one(self, chance: random.Random) -> int:
        """Start a run and kill it somewhere; return how many chunks it told of."""
        with self.begin() as process:
            assert process.stdout is not None
            enough = chance.randint(1, 2 * RECIPIENTS // PER_CHUNK // KILLS)
            told = sum(1 for _ in islice(process.stdout, enough))
            time.sleep(chance.uniform(0, 0.03))
            process.kill()
        return told

    def finish(self) -> dict[str, int]:
        """Run it to its end and return its totals."""
        with self.begin() as process:
            assert process.stdout is not None
            lines = process.stdout.read().splitlines()
        assert process.returncode == 0
        return json.loads(lines[-1])

    def reported(self) -> dict[str, str]:
        """Return the verdict of each recipient, by number."""
        with (self.folder / "report.csv").open(newline="", encoding="utf-8") as file:
            rows = [row for row in csv.DictReader(file) if "earlier row" not in row["reason"]]
        verdicts = {row["recipient"]: row["verdict"] for row in rows}
        assert len(verdicts) == len(rows) == RECIPIENTS
        return verdicts


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """A served emulator where a quarter of the sends meets a fault."""
    emulator = Emulator(token=TOKEN)
    for seed, fault in enumerate(FAULTS):
        emulator.inject(Fault(**fault, probability=SHARE, seed=seed, path="/send/"))
    with emulator.serve():
        yield emulator


@pytest.mark.parametrize("mode", ["never again", "again"])
def test_every_recipient_is_as_reported(mode: str, emulator: Emulator, tmp_path: Path) -> None:
    """After any kills the ledger has exactly whom the report calls accepted, each once."""
    campaign = Campaign(emulator.url, tmp_path, mode)
    chance = random.Random(mode)
    told = [campaign.kill_one(chance) for _ in range(KILLS)]
    struck = 0
    for _ in range(RUNS):
        totals = campaign.finish()
        struck += sum(each["struck"] for each in emulator.faults())
        if totals["not_sent"] == totals["rejected"] == 0 and settled(totals, mode):
            break
        emulator.clear_faults()
    ledger = emulator.ledger()
    got = Counter(
        each for entry in ledger for send in entry["sends"] for each in send["recipients"]
    )
    verdicts = campaign.reported()
    assert [entry["MessageID"] for entry in ledger if entry["count"] != 1] == []
    assert [who for who, times in got.items() if times != 1] == []
    assert {who for who, verdict in verdicts.items() if verdict == "ACCEPTED"} == set(got)
    assert set(verdicts) == {number(index) for index in range(RECIPIENTS)}
    assert set(verdicts.values()) <= {"ACCEPTED", "UNKNOWN"}
    # The kills and the faults did find something to break.
    assert totals["duplicates"] == RECIPIENTS // 1000
    assert totals["resumed"] > 0
    assert struck > KILLS
    assert sum(told) > KILLS
    if mode == "again":
        assert len(got) == RECIPIENTS


def settled(totals: dict[str, int], mode: str) -> bool:
    """Say whether another run could bring anything."""
    return not totals["unknown"] if mode == "again" else True
