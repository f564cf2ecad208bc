"""A SQLite file of ours: opened by many at the same moment, and by nobody in a wrong way."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bestsms import _sqlite
from bestsms._sqlite import File, Layout
from bestsms.errors import StoreError

LAYOUT = Layout("store", 1, "CREATE TABLE IF NOT EXISTS things (name TEXT);", StoreError)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the file is."""
    return tmp_path / "things.sqlite"


@pytest.fixture
def file(path: Path) -> Iterator[File]:
    """A file there."""
    made = File(path, LAYOUT)
    yield made
    made.close()


def mode(file: File) -> str:
    """How the file is written."""
    return str(file.do(lambda on: on.execute("PRAGMA journal_mode").fetchone()[0]))


class Opener:
    """Another program that is making the same file at this moment."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.execute("BEGIN IMMEDIATE")
        self.refused = threading.Event()

    def watch(self, connection: sqlite3.Connection) -> None:
        """Notice when somebody waits for it, and end."""
        connection.set_trace_callback(self._see)

    def _see(self, statement: str) -> None:
        if statement.startswith("BEGIN") and not self.refused.is_set():
            self.refused.set()
            self._connection.execute("COMMIT")
            self._connection.close()


@pytest.fixture
def opener(path: Path, monkeypatch: pytest.MonkeyPatch) -> Opener:
    """Such a program, which ends when it has been in the way once."""
    made, connect = Opener(path), sqlite3.connect

    def connected(*args: object, **given: object) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*args, **given)  # type: ignore[call-overload]
        made.watch(connection)
        return connection

    monkeypatch.setattr(sqlite3, "connect", connected)
    return made


def test_who_opens_a_new_file_with_others_waits_for_them(file: File, opener: Opener) -> None:
    """SQLite refuses the switch to its write-ahead log at once; that is no error of the user's."""
    assert mode(file) == "wal"
    assert opener.refused.is_set()


def test_who_never_gets_the_log_works_without_it(
    file: File, opener: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The older way of writing is as safe, and the next who opens the file tries again."""
    monkeypatch.setattr(_sqlite, "_TRIES", 1)
    assert mode(file) == "delete"
    file.close()
    assert mode(file) == "wal"


def test_an_error_begins_with_what_the_file_is(file: File, path: Path) -> None:
    """And where it is, and says what SQLite says; it is of the kind that was asked for."""
    with pytest.raises(StoreError, match="no such table: nowhere") as caught:
        file.do(lambda on: on.execute("SELECT * FROM nowhere"))
    assert str(caught.value).startswith(f"store {path}: ")
