"""Intents and verdicts in a SQLite file, so that a crash can be settled afterwards.

A row is written and synced before the first byte of a send, and gets its verdict after the last.
What a crash leaves without one, ``client.recover()`` looks up. A row holds the MessageID, a hash of
the body, times, and who wrote it: no text, no number, no token. Several processes may share a file.
"""

from __future__ import annotations

import os
import socket
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from bestsms._evidence import Verdict
from bestsms.errors import ConfigurationError

if TYPE_CHECKING:
    # Few clients keep a journal; the others do not pay for the import.
    import sqlite3

__all__ = ["Intent", "Journal", "JournalError"]

T = TypeVar("T")

KEPT_SECONDS: Final = 30 * 24 * 3600.0
"""How long a settled row is kept."""
VERSION: Final = 1
_BUSY_SECONDS: Final = 30.0
_FREE: Final = frozenset({Verdict.NOT_SENT, Verdict.REJECTED})
_PROCESS: Final = uuid.uuid4().hex

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


class Intent(NamedTuple):
    """A send that was about to be made. Times are seconds since 1970, UTC.

    Attributes:
        message_id: Its MessageID.
        body_sha256: The SHA-256 of its request's body, in hex.
        given: Whether the id is the caller's own, and so may have been used before.
        begun: When it was written down, before the first byte.
        ends: After this moment nobody posts it any more.
        verdict: What is known of it; ``None`` while it is open.
        changed: When that was written down.
    """

    message_id: str
    body_sha256: str
    given: bool
    begun: float
    ends: float
    verdict: Verdict | None = None
    changed: float = 0.0


class _Job:
    """One piece of work for the file, and what became of it."""

    def __init__(self, work: Callable[[sqlite3.Connection], Any]) -> None:
        self.work = work
        self.done = False
        self.result: Any = None
        self.error: Exception | None = None


class Journal:
    """The file. Every method blocks, so async code calls it in a worker thread; any thread may.

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
        if self.path.name == ":memory:" or not self.path.parent.is_dir() or self.path.is_dir():
            raise ConfigurationError(
                f"journal: {str(path)!r} can't be a file; its folder must be there already."
            )
        self._lock = threading.Lock()
        self._queue: deque[_Job] = deque()
        self._connection: sqlite3.Connection | None = None
        self._pid = os.getpid()
        self._inherited: object = None

    def intend(self, intent: Intent) -> Verdict | None:
        """Write an intent and sync it to the disk.

        Returns:
            ``None`` if it is written. Else the id was used before, nothing was written, and this
            is what is known of that send; a send that did not happen does not count.

        Raises:
            JournalError: It can't be written; then the send must not be made.
        """

        def write(connection: sqlite3.Connection) -> Verdict | None:
            found = connection.execute(
                "SELECT verdict FROM sends WHERE message_id = ?", (intent.message_id,)
            ).fetchone()
            if found is not None:
                before = Verdict[found[0] or "UNKNOWN"]
                if before not in _FREE:
                    return before
            connection.execute(
                "INSERT OR REPLACE INTO sends VALUES (?, ?, ?, ?, ?, ?, NULL, ?, 0)",
                (
                    intent.message_id,
                    intent.body_sha256,
                    intent.given,
                    intent.begun,
                    intent.ends,
                    _owner(),
                    intent.begun,
                ),
            )
            return None

        return self._do(write)

    def settle(
        self, message_id: str, verdict: Verdict, *, now: float, looked_up: bool = False
    ) -> None:
        """Write what is known of a send now.

        Args:
            message_id: The send.
            verdict: What is known. ``UNKNOWN`` leaves it open for a later recovery.
            now: The time, in seconds since 1970.
            looked_up: It was looked up to the end, so that ``UNKNOWN`` is not asked again.

        Raises:
            JournalError: It can't be written.
        """
        settled = looked_up or verdict is not Verdict.UNKNOWN
        self._do(
            lambda connection: connection.execute(
                "UPDATE sends SET verdict = ?, changed = ?, settled = ? WHERE message_id = ?",
                (verdict.name, now, settled, message_id),
            )
        )

    def open_intents(self, *, now: float) -> list[Intent]:
        """Return what waits for a verdict and that no living process is still sending.

        Raises:
            JournalError: The file can't be read.
        """
        rows = self._do(
            lambda connection: connection.execute(
                "SELECT message_id, body_sha256, given, begun, ends, verdict, changed, owner"
                " FROM sends WHERE NOT settled ORDER BY begun"
            ).fetchall()
        )
        return [
            Intent(
                message_id=row[0],
                body_sha256=row[1],
                given=bool(row[2]),
                begun=row[3],
                ends=row[4],
                verdict=Verdict[row[5]] if row[5] else None,
                changed=row[6],
            )
            for row in rows
            if row[5] or row[4] < now or _is_gone(row[7])
        ]

    def close(self) -> None:
        """Close the file; the next use opens it again."""
        self._renew_after_fork()
        with self._lock:
            connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run a piece of work in a transaction, together with what else is waiting.

        A sync to the disk takes milliseconds, and serves all that came meanwhile.
        """
        self._renew_after_fork()
        job = _Job(work)
        self._queue.append(job)
        with self._lock:
            if not job.done:
                jobs = [self._queue.popleft() for _ in range(len(self._queue))]
                self._commit(jobs)
        if job.error is not None:
            raise JournalError(f"journal {self.path}: {job.error}") from None
        return job.result  # type: ignore[no-any-return]

    def _commit(self, jobs: list[_Job]) -> None:
        try:
            connection = self._opened()
            with connection:
                connection.execute("BEGIN IMMEDIATE")
                for job in jobs:
                    job.result = job.work(connection)
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

    def _renew_after_fork(self) -> None:
        if self._pid != os.getpid():
            # SQLite's handles must not cross a fork: the parent's is kept and never touched.
            self._inherited = (self._inherited, self._connection, self._queue)
            self._lock, self._queue, self._connection = threading.Lock(), deque(), None
            self._pid = os.getpid()


def _open(path: Path) -> sqlite3.Connection:
    import sqlite3  # noqa: PLC0415 - see the imports

    # Made before SQLite does, since it would ask the umask who may read it.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
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


def _owner() -> str:
    return f"{socket.gethostname()} {os.getpid()} {_PROCESS}"


def _is_gone(owner: str) -> bool:
    """Say whether the process that wrote a row is known to have ended."""
    host, pid, process = owner.rsplit(" ", 2)
    if host != socket.gethostname() or os.name != "posix":
        return False  # It can't be asked from here; the row's own end will tell.
    if int(pid) == os.getpid():
        return process != _PROCESS  # The number was used again.
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
