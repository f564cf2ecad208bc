"""A client and ``os.fork``: before its first use, after it, and in the middle of a call (T15).

After a fork the loop's thread is gone and the open connections are the parent's. A client that did
not see that would hang for ever, or write into the parent's conversation.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from survival.processes import HARD_LIMIT, command, environment, ran

from bestsms import SyncClient
from bestsms.emulator import Emulator, Fault

NUMBER = "+61421000001"
SLOW = "+61421000002"

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """A provider behind a port."""
    made = Emulator()
    with made.serve():
        yield made


def counted(emulator: Emulator) -> dict[str, int]:
    """How often each id was accepted."""
    return {each["MessageID"]: each["count"] for each in emulator.ledger()}


def written(path: str) -> dict[str, str | None]:
    """The verdicts in a journal, by MessageID."""
    with contextlib.closing(sqlite3.connect(path)) as journal:
        return dict(journal.execute("SELECT message_id, verdict FROM sends"))


CASES = {
    "sync_unused": ["child A1", "parent A2"],
    "sync_used": ["parent B1", "child B2", "parent B3", "child B4", "parent B5"],
    "sync_grandchild": ["parent C1", "child C2", "grandchild C3", "child C4", "parent C5"],
    "sync_at_once": ["parent D0", *(f"child D{n}" for n in range(1, 5)), "parent D5", "parent D6"],
    "sync_parent_leaves": [
        f"{send[:-1]}{turn}{send[-1]}"
        for turn in "JKLM"
        for send in ("parent 1", "child 2", "child 3")
    ],
    "async_unused": ["child E1", "parent E2"],
    "async_used": ["parent G1", "child G2", "parent G3"],
    "async_inside": ["parent H1", "child H2", "parent H3"],
}
"""Who sends what, by the function of the script."""


@pytest.mark.parametrize("kept", [False, True], ids=["no journal", "a journal"])
@pytest.mark.parametrize("kind", ["sync", "async"])
def test_both_sides_of_a_fork_send(
    *, kind: str, kept: bool, emulator: Emulator, tmp_path: Path
) -> None:
    """All that is sent arrives once; with a journal, all of it is settled there."""
    path = str(tmp_path / "journal") if kept else ""
    names = [name for name in CASES if name.startswith(kind)]
    lines = ran("forking.py", emulator.url, path, *names)
    ends = [line for line in lines if line.startswith("child ended")]
    sends = sorted(set(lines) - set(ends), key=lambda line: line[-2:])
    assert sends == [each for name in names for each in CASES[name]]
    assert set(ends) == {"child ended: 0"}
    assert counted(emulator) == {send.split()[1]: 1 for send in sends}
    if kept:
        assert written(path) == {send.split()[1]: "ACCEPTED" for send in sends}


def test_two_clients_here_and_others_elsewhere_share_a_journal(
    emulator: Emulator, tmp_path: Path
) -> None:
    """No row is lost: who opens the file again does not let go of what another one holds."""
    path = str(tmp_path / "journal")
    given: dict[str, Any] = {"base_url": emulator.url, "journal": path, "settle_window": 0}
    with SyncClient("a-token", **given) as first, SyncClient("a-token", **given) as second:
        for turn, elsewhere in enumerate(["sync_unused", "async_unused", "sync_used"]):
            first.send("Hi", to=NUMBER, message_id=f"S{turn}")
            second.send("Hi", to=NUMBER, message_id=f"T{turn}")
            ran("forking.py", emulator.url, path, elsewhere)
        first.send("Hi", to=NUMBER, message_id="S3")
    assert written(path) == dict.fromkeys(counted(emulator), "ACCEPTED")


@pytest.mark.parametrize("kept", [False, True], ids=["no journal", "a journal"])
async def test_a_fork_does_not_wait_for_another_threads_call(
    *, kept: bool, emulator: Emulator, tmp_path: Path
) -> None:
    """Child and parent send while that call goes on; and it ends as if nothing had been."""
    emulator.inject(Fault(do="stall", accept="yes", number=SLOW))
    words = [emulator.url, str(tmp_path / "journal") if kept else "", "sync_busy"]
    async with await anyio.open_process(
        command("forking.py", *words), env=environment()
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        with anyio.fail_after(HARD_LIMIT):
            while not emulator.faults()[0]["struck"]:  # noqa: ASYNC110 - in another thread
                await anyio.sleep(0.01)
            await process.stdin.send(b"now\n")
            said = b""
            while b"parent F3\n" not in said:
                said += await process.stdout.receive()
            assert said.decode().splitlines() == ["child F2", "child ended: 0", "parent F3"]
            emulator.clear_faults()
            assert await process.stdout.receive() == b"thread F1 UNKNOWN\n"
            assert await process.wait() == 0
            said = b"".join([part async for part in process.stderr])
            assert said.decode() == ""
    assert counted(emulator) == {"F1": 1, "F2": 1, "F3": 1}
