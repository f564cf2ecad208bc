"""Recovering: what a crash left open in the journal is looked up, and settled."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import anyio
import pytest

from bestsms import (
    AsyncClient,
    ConfigurationError,
    InvalidRequest,
    OutcomeUnknown,
    Recovered,
    Report,
    SyncClient,
    Verdict,
)
from bestsms.journal import Intent, Journal

NUMBER = "+61421000001"
Make = Callable[..., AsyncClient]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the journal is."""
    return tmp_path / "j"


@pytest.fixture
def client(make: Make, path: Path) -> AsyncClient:
    """A client that keeps it."""
    return make(journal=path)


@pytest.fixture
def crash(path: Path, time: Any) -> Callable[..., None]:
    """Leave an open row behind, as a process does that ends in the middle of a send."""

    def leave(
        message_id: str, *, owner: str | None = None, begun: float = 0.0, given: bool = False
    ) -> None:
        """Begin so many seconds before now, with a deadline of two minutes."""
        at = time.now.timestamp() + begun
        journal = Journal(path)
        journal.intend(
            Intent(message_id=message_id, body_sha256="", given=given, begun=at, ends=at + 120)
        )
        journal.close()
        connection = sqlite3.connect(path)
        connection.execute(
            "UPDATE sends SET owner = ? WHERE message_id = ?", (owner or dead(), message_id)
        )
        connection.commit()
        connection.close()

    return leave


def dead() -> str:
    """A process of this machine that has ended."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return f"{socket.gethostname()} {ended.pid} another"


def recovered(found: list[Recovered]) -> list[tuple[str, Verdict, bool]]:
    """What matters of it."""
    return [(each.message_id, each.verdict, each.absent) for each in found]


async def test_a_send_that_was_accepted_is_found(
    client: AsyncClient, provider: Any, crash: Any, time: Any
) -> None:
    """With its report and when it was begun; then there is nothing left to recover."""
    crash("ID1")
    provider.known["id1"] = provider.now
    (found,) = await client.recover()
    assert recovered([found]) == [("ID1", Verdict.ACCEPTED, False)]
    assert found.begun == time.now
    assert isinstance(found.report, Report)
    assert await client.recover() == []
    assert provider.looks == [0.0]
    assert provider.ids == []


async def test_what_just_crashed_is_looked_up_through_the_window(
    client: AsyncClient, provider: Any, crash: Any, time: Any
) -> None:
    """Its request may still be on its way; only after the window it is said to be absent."""
    crash("ID1")
    assert recovered(await client.recover()) == [("ID1", Verdict.UNKNOWN, True)]
    assert time.at == 60.0
    assert len(provider.looks) == 8
    assert await client.recover() == []


@pytest.mark.parametrize(
    ("begun", "waits"), [(-3600, 0.0), (-180, 0.0), (-170, 10.0), (-100, 60.0), (500, 60.0)]
)
async def test_what_is_left_of_the_window_is_waited_for(
    client: AsyncClient, crash: Any, time: Any, begun: float, waits: float
) -> None:
    """It is counted from the last moment at which a byte may have left, and never longer."""
    crash("ID1", begun=begun)
    assert recovered(await client.recover()) == [("ID1", Verdict.UNKNOWN, True)]
    assert time.at == waits


async def test_an_unclear_send_is_recovered_later(
    client: AsyncClient, provider: Any, time: Any
) -> None:
    """By its own process too; its window began when it was given up."""
    provider.sends = [200.0]
    with pytest.raises(OutcomeUnknown):
        await client.send("Hello", to=NUMBER)
    time.at += 55
    assert recovered(await client.recover()) == [(provider.ids[0], Verdict.UNKNOWN, True)]
    assert time.at == 120.0


async def test_a_clock_that_was_set_back_costs_one_window(
    client: AsyncClient, path: Path, crash: Any, time: Any
) -> None:
    """However far in the future the row seems to have been written."""
    crash("ID1")
    journal = Journal(path)
    journal.settle("ID1", Verdict.UNKNOWN, now=time.now.timestamp() + 3600)
    journal.close()
    assert recovered(await client.recover()) == [("ID1", Verdict.UNKNOWN, True)]
    assert time.at == 60.0


async def test_what_can_not_be_looked_up_stays_open(
    client: AsyncClient, provider: Any, crash: Any
) -> None:
    """An error says nothing: the next recovery asks again, and the id stays in use."""
    crash("ID1", begun=-3600, given=True)
    provider.answers = ["drop"]
    assert recovered(await client.recover()) == [("ID1", Verdict.UNKNOWN, False)]
    with pytest.raises(InvalidRequest, match="whose verdict is UNKNOWN"):
        await client.send("Hello", to=NUMBER, message_id="ID1")
    assert recovered(await client.recover()) == [("ID1", Verdict.UNKNOWN, True)]
    assert await client.recover() == []


async def test_many_are_looked_up_and_listed_in_their_order(
    client: AsyncClient, provider: Any, crash: Any, time: Any
) -> None:
    """Oldest first; the windows run side by side."""
    names = [f"ID{number}" for number in range(12)]
    for number, name in enumerate(names):
        crash(name, begun=-number - 3600)
    provider.known["id3"] = provider.now
    found = await client.recover()
    assert [each.message_id for each in found] == names[::-1]
    assert [each.message_id for each in found if each.report] == ["ID3"]
    assert time.at == 0.0


@pytest.mark.parametrize(("age", "verdict"), [(3600, Verdict.UNKNOWN), (0, Verdict.ACCEPTED)])
async def test_an_old_message_does_not_settle_a_new_one(
    client: AsyncClient, provider: Any, crash: Any, age: float, verdict: Verdict
) -> None:
    """Of an id of the caller's own only a report counts that is younger than the intent."""
    crash("ID1", begun=-1000, given=True)
    provider.known["id1"] = provider.now - timedelta(seconds=1000 + age)
    (found,) = await client.recover()
    assert found.verdict is verdict
    assert found.absent is False


# -- whose row it is -------------------------------------------------------------------------------


async def test_what_a_living_process_sends_is_left_to_it(
    client: AsyncClient, provider: Any, crash: Any
) -> None:
    """Of this machine by its number; until the send's own end, whatever number it was."""
    crash("ID1", owner=f"{socket.gethostname()} {os.getppid()} another")
    crash("ID2", owner=f"{socket.gethostname()} {os.getppid()} another", begun=-121)
    assert [each.message_id for each in await client.recover()] == ["ID2"]


async def test_another_machine_is_not_asked(client: AsyncClient, crash: Any) -> None:
    """Of its processes nothing is known until the send's own end."""
    crash("ID1", owner="elsewhere 1 another")
    crash("ID2", owner="elsewhere 1 another", begun=-121)
    assert [each.message_id for each in await client.recover()] == ["ID2"]


async def test_a_process_number_is_used_again(client: AsyncClient, crash: Any) -> None:
    """In a container every process may be number 1: the row of an earlier one is not ours."""
    crash("ID1", owner=f"{socket.gethostname()} {os.getpid()} another")
    assert len(await client.recover()) == 1


async def test_our_own_sends_under_way_are_left_alone(
    make: Make, provider: Any, path: Path
) -> None:
    """Also those of another client of this process."""
    found: list[Recovered] = []

    async def recover() -> None:
        found.extend(await other.recover())

    other = make(journal=path)
    provider.sends = [recover]
    client = make(journal=path, settle_window=0)
    with pytest.raises(OutcomeUnknown) as caught:
        await client.send("Hello", to=NUMBER)
    assert found == []
    assert [each.message_id for each in await other.recover()] == [caught.value.message_id]


@pytest.mark.parametrize(("error", "open_rows"), [(PermissionError, 0), (ProcessLookupError, 1)])
async def test_a_process_of_another_user_lives(
    client: AsyncClient, crash: Any, monkeypatch: Any, error: type[OSError], open_rows: int
) -> None:
    """It may not be signalled, but it is there."""

    def kill(*_: object) -> None:
        raise error

    crash("ID1")
    monkeypatch.setattr("bestsms.journal.owners.os.kill", kill)
    assert len(await client.recover()) == open_rows


async def test_where_processes_can_not_be_asked_the_end_decides(
    client: AsyncClient, crash: Any, time: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On Windows a signal would end the process, so none is sent."""
    crash("ID1")
    monkeypatch.setattr("bestsms.journal.owners.os.name", "nt")
    journal = client._sender.register.journal
    assert journal.open_intents(now=time.now.timestamp()) == []
    assert len(journal.open_intents(now=time.now.timestamp() + 121)) == 1


# -- the calls -------------------------------------------------------------------------------------


async def test_without_a_journal_there_is_nothing_to_recover(make: Make) -> None:
    """And that is a mistake in the settings."""
    with pytest.raises(ConfigurationError, match=r"^recover: this client keeps no journal"):
        await make().recover()


async def test_a_journal_that_can_not_be_read_says_so(client: AsyncClient, path: Path) -> None:
    """It names the file."""
    await anyio.Path(path).write_bytes(b"no database" * 200)
    with pytest.raises(ConfigurationError, match=r"^recover: journal .*: file is not a database"):
        await client.recover()


def test_a_sync_client_recovers_too(provider: Any, path: Path, crash: Any) -> None:
    """``client.recover()``, and ``client.reconcile(error)`` for what was just raised."""
    crash("ID1", begun=-3600)
    provider.known["id1"] = provider.now
    provider.sends = [100.0]
    with SyncClient("token", transport=provider, journal=path) as client:
        assert recovered(client.recover()) == [("ID1", Verdict.ACCEPTED, False)]
        with pytest.raises(OutcomeUnknown) as caught:
            client.send("Hello", to=NUMBER)
        assert client.reconcile(caught.value) is Verdict.ACCEPTED
        assert caught.value.verdict is Verdict.ACCEPTED
        assert client.recover() == []
