"""The journal: a row is on the disk before its send, and whatever keeps it off is an error."""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bestsms import AsyncClient, ConfigurationError, Verdict
from bestsms.journal import KEPT_SECONDS, VERSION, Intent, Journal, JournalError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the file is."""
    return tmp_path / "sends.sqlite"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    """A journal there."""
    made = Journal(path)
    yield made
    made.close()


@pytest.fixture
def peer(path: Path, journal: Journal) -> Iterator[sqlite3.Connection]:
    """Another program that has the file open."""
    journal.open_intents(now=0)
    connection = sqlite3.connect(path, isolation_level=None)
    yield connection
    connection.close()


def intent(message_id: str, **given: Any) -> Intent:
    """An intent of now."""
    begun = time.time()
    return Intent(
        **{
            "message_id": message_id,
            "body_sha256": "00",
            "given": False,
            "begun": begun,
            "ends": begun + 120,
            **given,
        }
    )


# -- rows ------------------------------------------------------------------------------------------


def test_an_intent_is_taken_back_wherever_it_stands(journal: Journal) -> None:
    """On the disk it becomes NOT_SENT; not there yet, it is never written; another's is left."""
    on_disk, to_come, of_another = intent("ID1"), intent("ID2"), intent("ID3")
    journal.intend(on_disk)
    journal.withdraw(on_disk)
    broken_off = threading.Event()
    broken_off.set()
    assert journal.intend(to_come, unless=broken_off) is None
    journal.intend(of_another)
    journal.withdraw(intent("ID3", begun=of_another.begun - 1))
    left = journal.open_intents(now=of_another.ends + 1)
    assert [each.message_id for each in left] == ["ID3"]
    assert journal.intend(intent("ID1")) is None  # free again


@pytest.mark.parametrize("verdict", [Verdict.ACCEPTED, Verdict.REJECTED, Verdict.NOT_SENT])
def test_what_is_known_for_certain_stays(journal: Journal, verdict: Verdict) -> None:
    """A recovery that was slow does not unlearn what the sender wrote meanwhile."""
    journal.intend(intent("ID1"))
    assert journal.settle("ID1", verdict, now=1.0) is verdict
    assert journal.settle("ID1", Verdict.UNKNOWN, now=2.0, looked_up=True) is verdict
    assert journal.settle("nobody", Verdict.UNKNOWN, now=2.0) is Verdict.UNKNOWN


def test_an_intent_is_there_when_it_is_written(journal: Journal, peer: sqlite3.Connection) -> None:
    """With its hash, its times and its writer, and without a verdict."""
    one = intent("ID1", given=True)
    assert journal.intend(one) is None
    (row,) = peer.execute("SELECT * FROM sends").fetchall()
    assert row[:5] == ("ID1", "00", 1, one.begun, one.ends)
    assert f" {os.getpid()} " in row[5]
    assert row[6:] == (None, one.begun, 0)


def test_every_write_is_synced(journal: Journal) -> None:
    """A power cut after it loses nothing: a write-ahead log, synced at each commit."""
    journal.intend(intent("ID1"))
    connection = journal._connection
    assert connection is not None
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert connection.execute("PRAGMA user_version").fetchone() == (VERSION,)


@pytest.mark.parametrize("before", list(Verdict))
def test_only_what_came_to_nothing_is_written_again(journal: Journal, before: Verdict) -> None:
    """NOT_SENT and REJECTED are free; ACCEPTED and UNKNOWN are told, in any case of letters."""
    journal.intend(intent("ID1"))
    assert journal.intend(intent("id1")) is Verdict.UNKNOWN  # still open
    journal.settle("ID1", before, now=time.time())
    free = before in {Verdict.NOT_SENT, Verdict.REJECTED}
    assert journal.intend(intent("Id1", given=True)) is (None if free else before)


def test_what_has_no_verdict_is_open(journal: Journal) -> None:
    """And what is unknown, until it was looked up to the end; here of sends whose end is over."""
    for number, verdict in enumerate([None, *Verdict]):
        journal.intend(intent(f"ID{number}", begun=float(number), ends=1.0))
        if verdict is not None:
            journal.settle(f"ID{number}", verdict, now=9.0)
    found = journal.open_intents(now=2.0)
    assert [(each.message_id, each.verdict, each.changed) for each in found] == [
        ("ID0", None, 0.0),
        ("ID3", Verdict.UNKNOWN, 9.0),
    ]
    journal.settle("ID3", Verdict.UNKNOWN, now=9.0, looked_up=True)
    assert [each.message_id for each in journal.open_intents(now=2.0)] == ["ID0"]


def test_settled_rows_are_kept_for_a_month(path: Path) -> None:
    """Then they go, when the file is opened; what is open stays, however old."""
    now = time.time()
    journal = Journal(path)
    for name, settled, changed in (
        ("old", True, now - KEPT_SECONDS - 60),
        ("newer", True, now - KEPT_SECONDS + 60),
        ("open", False, now - KEPT_SECONDS - 60),
    ):
        journal.intend(intent(name))
        journal.settle(name, Verdict.UNKNOWN, now=changed, looked_up=settled)
    journal.close()
    again = Journal(path)
    assert again.intend(intent("old")) is None
    assert again.intend(intent("newer")) is Verdict.UNKNOWN
    assert again.intend(intent("open")) is Verdict.UNKNOWN
    again.close()


def test_a_closed_journal_opens_again(journal: Journal, path: Path) -> None:
    """Closing twice does nothing; the last to close leaves one file."""
    journal.intend(intent("ID1"))
    journal.close()
    journal.close()
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    assert journal.intend(intent("ID1")) is Verdict.UNKNOWN


# -- where it is -----------------------------------------------------------------------------------


@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_only_its_owner_may_read_it(path: Path, umask: int) -> None:
    """Whatever the umask says; the files beside it too."""
    before = os.umask(umask)
    try:
        journal = Journal(str(path))
        journal.intend(intent("ID1"))
    finally:
        os.umask(before)
    modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()}
    journal.close()
    assert set(modes) == {f"sends.sqlite{end}" for end in ("", "-wal", "-shm")}
    assert set(modes.values()) == {0o600}


@pytest.mark.parametrize(
    "wrong", ["", ".", ":memory:", "no/such/folder/j", b"j", 5, object, "/dev/null/j"], ids=repr
)
def test_what_can_not_be_a_file_makes_no_client(wrong: Any) -> None:
    """It is said when the client is made, not at the first send."""
    with pytest.raises(ConfigurationError, match=r"^journal: "):
        AsyncClient("token", journal=wrong)


def test_making_a_client_makes_no_file(path: Path) -> None:
    """The first send does."""
    AsyncClient("token", journal=path)
    assert list(path.parent.iterdir()) == []


def test_the_file_of_a_newer_package_is_left_alone(
    journal: Journal, peer: sqlite3.Connection, path: Path
) -> None:
    """Its rows may mean something else."""
    peer.execute(f"PRAGMA user_version = {VERSION + 1}")
    journal.close()
    with pytest.raises(JournalError, match=f"written by another version .*{VERSION + 1}") as caught:
        journal.intend(intent("ID1"))
    assert str(path) in str(caught.value)
    assert peer.execute("SELECT * FROM sends").fetchall() == []


def test_a_folder_that_can_not_be_written_is_an_error(tmp_path: Path) -> None:
    """With the system's own words. Root may write anywhere, so a folder stands in the way."""
    journal = Journal(tmp_path / "j")
    (tmp_path / "j").mkdir()
    with pytest.raises(JournalError, match="unable to open database file"):
        journal.intend(intent("ID1"))
    (tmp_path / "j").rmdir()
    assert journal.intend(intent("ID1")) is None
    journal.close()


def test_a_full_disk_is_an_error_and_takes_nothing_half(
    journal: Journal, peer: sqlite3.Connection
) -> None:
    """What could not be written is not there, what was stays, and room makes it work again."""
    journal.intend(intent("ID1"))
    connection = journal._connection
    assert connection is not None
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(JournalError, match="database or disk is full"):
        journal.intend(intent("ID2", body_sha256="0" * 100_000))
    assert peer.execute("SELECT message_id FROM sends").fetchall() == [("ID1",)]
    connection.execute("PRAGMA max_page_count = 100000")
    assert journal.intend(intent("ID2")) is None
