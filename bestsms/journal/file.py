"""The journal's file: opened when it is used, synced at each commit, never carried over a fork."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections import deque
from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar
from weakref import WeakSet

from bestsms.errors import ConfigurationError

if TYPE_CHECKING:
    # Few clients keep a journal; the others do not pay for the import.
    import sqlite3

__all__ = ["KEPT_SECONDS", "VERSION", "File", "JournalError"]

T = TypeVar("T")

KEPT_SECONDS: Final = 30 * 24 * 3600.0
"""How long a settled row is kept."""
VERSION: Final = 1
_BUSY_SECONDS: Final = 10.0

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS sends (
    message_id  TEXT PRIMARY KEY COLLATE NOCASE,
    body_sha256 TEXT NOT NULL,
    given       INTEGER NOT NULL,
    begun       REAL NOT NULL,
    ends        REAL NOT NULL,
    owner       TEXT NOT NULL,
    verdict     TEXT,
    changed     REAL NOT NULL,
    settled     INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS open_sends ON sends (begun) WHERE NOT settled;
"""


class JournalError(Exception):
    """The file can't be read or written; the text says which and why."""


class _Job:
    """One piece of work for the file, and what became of it."""

    def __init__(self, work: Callable[[sqlite3.Connection], Any]) -> None:
        self.work = work
        self.done = False
        self.result: Any = None
        self.error: Exception | None = RuntimeError("it was never written")


class File:
    """A SQLite file that many threads and processes may share. Every method blocks.

    Args:
        path: Where it is; made if it is not there, readable by its owner alone.

    Raises:
        ConfigurationError: No file can be at that path.
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        try:
            self.path = Path(path)
        except TypeError:
            raise ConfigurationError("journal: the path of a file is needed.") from None
        unusable = "\0" in str(path) or self.path.name == ":memory:"
        if unusable or not self.path.parent.is_dir() or self.path.is_dir():
            raise ConfigurationError(
                f"journal: {str(path)!r} can't be a file; its folder must be there already."
            )
        self._inherited: object = None
        self._renew()
        _files.add(self)

    def _renew(self) -> None:
        self._lock = threading.Lock()
        self._queue: deque[_Job] = deque()
        self._connection: sqlite3.Connection | None = None

    def do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run a piece of work in a transaction, together with what else is waiting.

        A sync to the disk takes milliseconds, and serves all that came meanwhile.
        """
        job = _Job(work)
        self._queue.append(job)
        with self._lock:
            if not job.done:
                jobs = [self._queue.popleft() for _ in range(len(self._queue))]
                self._commit(jobs)
        if job.error is not None:
            raise JournalError(f"journal {self.path}: {job.error}") from None
        return job.result  # type: ignore[no-any-return]

    def close(self) -> None:
        """Close the file; the next use opens it again."""
        with self._lock:
            connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _commit(self, jobs: list[_Job]) -> None:
        try:
            connection = self._opened()
            with connection:
                connection.execute("BEGIN IMMEDIATE")
                for job in jobs:
                    job.result = job.work(connection)
            for job in jobs:
                job.error = None
        # Whatever it is: who gets no error believes that its row is on the disk.
        except Exception as error:  # noqa: BLE001
            for job in jobs:
                job.error = error
        finally:
            for job in jobs:
                job.done = True

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = _open(self.path)
        return self._connection

    def pause(self) -> None:
        """Finish what is being written, close the file, and hold all else back."""
        self._lock.acquire()
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def resume(self) -> None:
        """Let the others go on; the next of them opens the file again."""
        self._lock.release()

    def forget(self) -> None:
        """Begin anew in a child of a fork; a handle of the parent's is kept and never touched."""
        self._inherited = (self._inherited, self._connection, self._queue)
        self._renew()


# SQLite keeps its locks for each process, not for each handle: a child that inherits an open file
# believes that it holds the parent's locks, and damages it. So no file is open during a fork.
_files: WeakSet[File] = WeakSet()
_paused: list[File] = []


def _before_fork() -> None:
    for file in list(_files):
        file.pause()
        _paused.append(file)


def _in_the_parent() -> None:
    while _paused:
        _paused.pop().resume()


def _in_the_child() -> None:
    _paused.clear()
    for file in _files:
        file.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before_fork, after_in_parent=_in_the_parent, after_in_child=_in_the_child
    )


def _open(path: Path) -> sqlite3.Connection:
    import sqlite3  # noqa: PLC0415 - see the imports

    # Made before SQLite does, since it would ask the umask who may read it. Only a new one: closing
    # a file that is there takes off it the locks that another handle of this process holds.
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    connection = sqlite3.connect(
        path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        _prepare(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version not in {0, VERSION}:
        raise JournalError(f"it was written by another version of this package ({version})")
    # Immediate, since a lock that is only taken on the way is refused at once, not waited for:
    # processes that start together would not all get in.
    connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;")
    oldest = time.time() - KEPT_SECONDS
    connection.execute("DELETE FROM sends WHERE settled AND changed < ?", (oldest,))
