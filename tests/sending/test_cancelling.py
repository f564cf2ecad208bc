"""A send that is broken off: the cancellation goes on, and tells its MessageID and verdict."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from bestsms import AsyncClient, Destination, SyncClient

NUMBER = "+61421000001"


@pytest.fixture
def cancelled() -> Callable[..., Any]:
    """Cancel a send when an event is set, and return the notes of its cancellation."""

    async def cancel(send: Any, when: Any) -> list[str]:
        task = asyncio.create_task(send)
        await when.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError) as caught:
            await task
        return caught.value.__notes__

    return cancel


async def test_before_the_first_byte_nothing_was_sent(
    client: AsyncClient, provider: Any, cancelled: Any
) -> None:
    """It was waiting for a connection; the id is free for another try."""
    provider.sends = ["wait"]
    notes = await cancelled(client.send("Hi", to=NUMBER, message_id="ID1"), provider.heard)
    assert len(notes) == 1
    assert "message ID1 was broken off; verdict NOT_SENT" in notes[0]
    assert (await client.send("Hi", to=NUMBER, message_id="ID1")).message_id == "ID1"


async def test_a_request_under_way_is_unknown(
    client: AsyncClient, provider: Any, cancelled: Any
) -> None:
    """And its id, chosen here, is in the note and nowhere else."""
    provider.sends = ["hang"]
    (note,) = await cancelled(client.send("Hi", to=NUMBER), provider.heard)
    assert f"message {provider.ids[0]} was broken off; verdict UNKNOWN" in note
    assert provider.looks == []  # who cancels does not wait for look-ups


async def test_a_look_up_under_way_leaves_it_unknown(
    client: AsyncClient, provider: Any, cancelled: Any
) -> None:
    """What became of the send is not known any better for having been asked."""
    asked = asyncio.Event()

    async def hang() -> None:
        asked.set()
        await asyncio.Event().wait()

    provider.sends, provider.answers = ["drop"], [hang]
    (note,) = await cancelled(client.send("Hi", to=NUMBER, message_id="ID1"), asked)
    assert "message ID1 was broken off; verdict UNKNOWN" in note


async def test_a_pause_between_attempts_is_not_sent(
    client: AsyncClient, provider: Any, time: Any, cancelled: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing had left by then."""
    sleeping = asyncio.Event()

    async def sleep(_: float) -> None:
        sleeping.set()
        await asyncio.Event().wait()

    provider.sends = ["refuse"]
    monkeypatch.setattr(client._transport, "clock", client._transport.clock.__class__(sleep=sleep))
    monkeypatch.setattr(client._transport, "_quiet_until", 0.0)
    (note,) = await cancelled(client.send("Hi", to=NUMBER), sleeping)
    assert "verdict NOT_SENT" in note


async def test_the_documented_call_tells_it_too(
    client: AsyncClient, provider: Any, cancelled: Any
) -> None:
    """Once, whichever way a send is asked for."""
    provider.sends = ["hang"]
    there = [Destination(recipient=NUMBER)]
    send = client.messaging.send_sms(message="Hi", destinations=there)
    (note,) = await cancelled(send, provider.heard)
    assert provider.ids[0] in note


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """Where intents and verdicts are written."""
    return tmp_path / "j"


def kept(path: Path) -> list[tuple[str, str | None]]:
    """What the journal holds."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT message_id, verdict FROM sends").fetchall()


@pytest.mark.parametrize(("fate", "verdict"), [("wait", "NOT_SENT"), ("hang", "UNKNOWN")])
async def test_a_journal_keeps_the_verdict(
    make: Any, provider: Any, journal: Path, fate: str, verdict: str
) -> None:
    """Whether a task was cancelled or a scope of anyio, as a web framework does it."""
    client = make(journal=journal)
    provider.sends = [fate]
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(lambda: client.send("Hi", to=NUMBER, message_id="ID1"))
        await provider.heard.wait()
        tasks.cancel_scope.cancel()
    assert kept(journal) == [("ID1", verdict)]
    provider.sends = [fate]
    provider.heard = anyio.Event()
    task = asyncio.create_task(client.send("Hi", to=NUMBER, message_id="ID2"))
    await provider.heard.wait()
    task.cancel()
    await asyncio.wait([task])
    await client.aclose()  # the row is written by a thread, which an asyncio task may leave behind
    assert kept(journal) == [("ID1", verdict), ("ID2", verdict)]


async def test_a_cancellation_while_the_intent_is_written_is_not_sent(
    make: Any, provider: Any, journal: Path
) -> None:
    """The row is on disk by then; nothing has left, and the id is free."""
    client = make(journal=journal)
    kept_journal = client._sender.register.journal
    kept_journal.open_intents(now=0.0)
    with contextlib.closing(sqlite3.connect(journal, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")  # whoever writes has to wait
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(lambda: client.send("Hi", to=NUMBER, message_id="ID1"))
            while not kept_journal._lock.locked():
                await anyio.lowlevel.checkpoint()
            tasks.cancel_scope.cancel()
            other.execute("ROLLBACK")
    assert kept(journal) == [("ID1", "NOT_SENT")]
    assert provider.ids == []
    assert (await client.send("Hi", to=NUMBER, message_id="ID1")).message_id == "ID1"


async def test_asyncios_own_cancellation_while_the_intent_is_written(
    make: Any, provider: Any, journal: Path
) -> None:
    """It does not wait for the thread that writes; the intent is taken back all the same."""
    client = make(journal=journal)
    kept_journal = client._sender.register.journal
    kept_journal.open_intents(now=0.0)
    with contextlib.closing(sqlite3.connect(journal, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        task = asyncio.create_task(client.send("Hi", to=NUMBER, message_id="ID1"))
        while not kept_journal._lock.locked():  # noqa: ASYNC110 - a thread takes it
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.sleep(0)
        other.execute("ROLLBACK")
        with pytest.raises(asyncio.CancelledError) as caught:
            await task
    assert "verdict NOT_SENT" in caught.value.__notes__[0]
    assert kept(journal) in ([], [("ID1", "NOT_SENT")])
    assert provider.ids == []
    assert (await client.send("Hi", to=NUMBER, message_id="ID1")).message_id == "ID1"


def test_an_interrupt_of_a_sync_client_carries_the_note(provider: Any) -> None:
    """Ctrl-C in the caller's thread: KeyboardInterrupt, with the id and what is known."""
    main = threading.main_thread().ident
    assert main is not None

    async def interrupt() -> None:
        await asyncio.sleep(0.05)  # until the main thread waits for the answer
        signal.pthread_kill(main, signal.SIGINT)
        await asyncio.sleep(60)

    provider.sends = [interrupt]
    with SyncClient("token", transport=provider) as client:
        with pytest.raises(KeyboardInterrupt) as caught:
            client.send("Hi", to=NUMBER, message_id="ID1")
        (note,) = caught.value.__notes__
        assert "message ID1 was broken off; verdict UNKNOWN" in note
