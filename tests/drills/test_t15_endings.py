"""The end of a process: without a close, in the middle of a call, and by Ctrl-C (T15).

A script that forgets to close its client ends as any other; one that is interrupted in a send ends
at once, and says of which message nobody knows what became.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest
from survival.processes import HARD_LIMIT, command, environment, ran

from bestsms.emulator import Emulator, Fault

SLOW = "+61421000002"
NOTE = "POST /send/sms of message E2 was broken off; verdict UNKNOWN: unknown."


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """A provider behind a port, which takes texts to one number and never says so."""
    made = Emulator()
    with made.serve():
        made.inject(Fault(do="stall", accept="yes", number=SLOW))
        yield made


def counted(emulator: Emulator) -> dict[str, int]:
    """How often each id was accepted."""
    return {each["MessageID"]: each["count"] for each in emulator.ledger()}


async def struck(emulator: Emulator) -> None:
    """Wait until a send is under way that gets no answer."""
    while not emulator.faults()[0]["struck"]:  # noqa: ASYNC110 - it happens in another thread
        await anyio.sleep(0.01)


KEPT = pytest.mark.parametrize("kept", [False, True], ids=["no journal", "a journal"])


@pytest.mark.parametrize("case", ["sync_unused", "sync_closed", "async_open"])
def test_a_client_that_is_closed_leaves_nothing_to_warn_of(
    case: str, emulator: Emulator, tmp_path: Path
) -> None:
    """In development mode, with every warning an error; the end of a loop closes its share."""
    ran("ending.py", case, emulator.url, str(tmp_path / "journal"))
    assert counted(emulator) == ({} if case == "sync_unused" else {"E1": 1})


@pytest.mark.parametrize("case", ["sync_open", "sync_walk"])
def test_a_client_that_nobody_closes_does_not_hold_the_process(
    case: str, emulator: Emulator, tmp_path: Path
) -> None:
    """Exit code 0, no hang, not a word; only development mode may say that it was not closed."""
    words = [case, emulator.url, str(tmp_path / "journal")]
    ran("ending.py", *words, mode=())
    assert counted(emulator) == {"E1": 1}


@pytest.mark.parametrize("case", ["sync_busy", "async_abandoned"])
async def test_a_process_may_end_while_a_call_is_under_way(
    case: str, emulator: Emulator, tmp_path: Path
) -> None:
    """A daemon thread or a task that nobody waits for is inside a send, and delays nothing."""
    words = [case, emulator.url, str(tmp_path / "journal")]
    async with await anyio.open_process(command("ending.py", *words), env=environment()) as process:
        assert process.stdin
        assert process.stderr
        with anyio.fail_after(HARD_LIMIT):
            await struck(emulator)
            await process.stdin.send(b"now\n")
            said = b"".join([part async for part in process.stderr])
            assert (await process.wait(), said.decode()) == (0, "")
    assert counted(emulator) == {"E1": 1, "E2": 1}


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is another thing there")
@KEPT
@pytest.mark.parametrize("kind", ["sync", "async"])
async def test_an_interrupt_ends_the_call_and_names_the_message(
    *, kind: str, kept: bool, emulator: Emulator, tmp_path: Path
) -> None:
    """The traceback that Python prints of the KeyboardInterrupt holds the id and the verdict."""
    words = [emulator.url, *([str(tmp_path / "journal")] if kept else [])]
    async with await anyio.open_process(
        command("ending.py", f"{kind}_interrupted", *words), env=environment()
    ) as process:
        assert process.stderr
        with anyio.fail_after(HARD_LIMIT):
            await struck(emulator)
            process.send_signal(signal.SIGINT)
            said = b"".join([part async for part in process.stderr]).decode()
            assert await process.wait() == -signal.SIGINT, said
    assert NOTE in said.splitlines()
    # An async script's is printed below its CancelledError, the cause.
    assert "KeyboardInterrupt" in said.splitlines()
    assert "Exception ignored" not in said
    assert "ResourceWarning" not in said
    assert counted(emulator) == {"E2": 1}
