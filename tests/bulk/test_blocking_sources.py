"""What a sync client reads may block, ask the client, or end the process."""

from __future__ import annotations

import queue
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bestsms import RunStopped, SyncClient, SyncRun, Totals
from bestsms.emulator import Emulator

NUMBERS = [f"+614210000{index:02}" for index in range(50)]


@pytest.fixture
def emulator() -> Emulator:
    """A local BestSMS, in this process."""
    return Emulator()


@pytest.fixture
def client(emulator: Emulator) -> Iterator[SyncClient]:
    """A client of it."""
    with SyncClient("token", transport=emulator.transport()) as made:
        yield made


def send(client: SyncClient, rows: Any, **given: Any) -> SyncRun:
    """Send ten to a request."""
    return client.send_many(rows, **{"message": "Hi", "max_destinations": 10, **given})


def threads() -> list[threading.Thread]:
    """The threads in which sources are drawn."""
    return [each for each in threading.enumerate() if each.name == "bestsms-source"]


def test_the_clients_own_lists_can_be_sent_to(client: SyncClient) -> None:
    """Each page of them is a call of the client, made while it sends."""
    for number in NUMBERS[:3]:
        client.contacts.create(first_name="Jess", mobile_phone=number)
    contacts = client.contacts.iterate()
    phones = (contact.mobile_phone for contact in contacts if contact.mobile_phone)
    assert send(client, phones).finish().accepted == 3


def test_all_of_it_is_drawn_in_one_thread(client: SyncClient) -> None:
    """Which a cursor of SQLite insists on; the thread ends with the run."""
    drawn: set[threading.Thread] = set()

    def rows() -> Iterator[str]:
        connection = sqlite3.connect(":memory:")
        numbers = ", ".join(f"('{number}')" for number in NUMBERS)
        for (number,) in connection.execute(f"SELECT * FROM (VALUES {numbers})"):
            drawn.add(threading.current_thread())
            yield number
        connection.close()

    assert send(client, rows()).finish().accepted == 50
    (thread,) = drawn
    thread.join()
    assert thread is not threading.current_thread()


def test_what_is_held_needs_no_thread(client: SyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list can't block."""
    monkeypatch.setattr("bestsms.bulk.drawing.InThread.draw", None)
    assert send(client, NUMBERS).finish().accepted == 50


def test_who_leaves_does_not_wait_for_a_source_that_blocks(client: SyncClient) -> None:
    """It is left behind; what it gives after that goes to nobody."""
    rows: queue.Queue[str | None] = queue.Queue()
    for number in NUMBERS[:10]:
        rows.put(number)
    with send(client, iter(rows.get, None)) as run:
        assert len(next(run)) == 10
    (thread,) = threads()
    for end in (NUMBERS[10], None):
        rows.put(end)
    thread.join()
    assert run.totals == Totals(read=10, accepted=10, chunks=1, requests=1)
    assert send(client, NUMBERS).finish().accepted == 50


def test_an_error_of_a_source_comes_from_its_thread(client: SyncClient) -> None:
    """As it comes from the loop of an async client."""

    def rows() -> Iterator[str]:
        yield from NUMBERS[:10]
        raise KeyError("mine")

    with pytest.raises(RunStopped) as caught:
        send(client, rows()).finish()
    assert isinstance(caught.value.__cause__, KeyError)


@pytest.mark.parametrize("kind", [SystemExit, KeyboardInterrupt])
@pytest.mark.parametrize("where", ["source", "progress"])
def test_an_exit_reaches_the_caller(
    client: SyncClient, kind: Callable[[], BaseException], where: str
) -> None:
    """And not the client's own thread, which goes on for the next call."""

    def rows() -> Iterator[str]:
        yield from NUMBERS[:10]
        if where == "source":
            raise kind()

    def hear(_: Totals) -> None:
        if where == "progress":
            raise kind()

    with pytest.raises((SystemExit, KeyboardInterrupt)):
        send(client, rows(), on_progress=hear).finish()
    assert send(client, NUMBERS).finish().accepted == 50


def test_a_blocking_call_in_the_clients_own_loop_is_refused(client: SyncClient) -> None:
    """It would wait for itself for ever; the text says what to do."""

    async def hear(_: Totals) -> None:
        client.reports.status("any")

    with pytest.raises(RunStopped) as caught:
        send(client, NUMBERS, on_progress=hear).finish()
    assert "plain functions and iterables" in str(caught.value.__cause__)


def test_what_is_wrong_at_the_beginning_reaches_the_caller(
    client: SyncClient, tmp_path: Path
) -> None:
    """Also an exit of an object of the caller's own."""

    class Gone:
        def __fspath__(self) -> str:
            raise SystemExit(3)

    path = tmp_path / "list.csv"
    path.write_text("mobile\n+61421000001\n", encoding="utf-8")
    with pytest.raises(SystemExit):
        send(client, path, report=Gone()).finish()
    assert send(client, NUMBERS).finish().accepted == 50
