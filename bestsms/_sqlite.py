"""Databases that threads share by group commit, and the SQLite files among them.

A connection is opened when it is used, every commit is on the disk when it returns, and none is
carried over a fork.
"""

from __future__ import annotations

import contextlib
import functools
import os
import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Generic, NamedTuple, Protocol, TypeVar
from weakref import WeakSet

from bestsms.errors import ConfigurationError

if TYPE_CHECKING:
    # Loaded when the first file is opened, and by the first to wait for one.
    import sqlite3

    import anyio
    from anyio.lowlevel import RunVar

__all__ = ["Database", "File", "Layout", "in_thread"]

THREADS: Final = 40
"""How many wait at once for a database in one event loop, and so share a sync to the disk."""
_BUSY_SECONDS: Final = 10.0
_TRIES: Final = 1000


class _Closable(Protocol):
    def close(self) -> None: ...


T = TypeVar("T")
ConnectionT = TypeVar("ConnectionT", bound=_Closable)


class Layout(NamedTuple):
    """What stands in a file, and how its errors begin.

    Attributes:
        name: What the file is to its user: ``journal``.
        version: Of the tables; a file of another version is left alone.
        script: The statements that make the tables, if they are not there, and forget old rows.
        error: What is raised if the file can't be read or written.
    """

    name: str
    version: int
    script: str
    error: type[Exception]


class _Job(Generic[ConnectionT]):
    """One piece of work for the database, and what became of it."""

    def __init__(self, work: Callable[[ConnectionT], Any]) -> None:
        self.work = work
        self.done = False
        self.result: Any = None
        self.error: Exception | None = RuntimeError("it was never written")


class Database(ABC, Generic[ConnectionT]):
    """One connection, and the threads that share its commits. Every method blocks."""

    def __init__(self) -> None:
        self._inherited: object = None
        self._renew()
        _databases.add(self)

    def _renew(self) -> None:
        self._lock = threading.Lock()
        self._queue: deque[_Job[ConnectionT]] = deque()
        self._connection: ConnectionT | None = None

    @abstractmethod
    def _transaction(self) -> AbstractContextManager[ConnectionT]:
        """Open what is not open; begin, and at the end commit or roll back."""

    @abstractmethod
    def _failure(self, error: Exception) -> Exception:
        """Say in this house's words what kept the work from the disk."""

    def do(self, work: Callable[[ConnectionT], T]) -> T:
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
            raise self._failure(job.error) from None
        return job.result  # type: ignore[no-any-return]

    def close(self) -> None:
        """Close the connection; the next use opens it again."""
        with self._lock:
            self._drop()

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _commit(self, jobs: list[_Job[ConnectionT]]) -> None:
        try:
            with self._transaction() as connection:
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

    def pause(self) -> None:
        """Finish what is being written, close the connection, and hold all else back."""
        self._lock.acquire()
        self._drop()

    def resume(self) -> None:
        """Let the others go on; the next of them opens the connection again."""
        self._lock.release()

    def forget(self) -> None:
        """Begin anew in a child of a fork; a handle of the parent's is kept and never touched."""
        self._inherited = (self._inherited, self._connection, self._queue)
        self._renew()


class File(Database["sqlite3.Connection"]):
    """A SQLite file that many threads and processes may share. Every method blocks.

    Args:
        path: Where it is; made if it is not there, readable by its owner alone.
        layout: What stands in it.

    Raises:
        ConfigurationError: No file can be at that path.
    """

    def __init__(self, path: str | PathLike[str], layout: Layout) -> None:
        self._layout = layout
        try:
            self.path = Path(path)
        except TypeError:
            raise ConfigurationError(f"{layout.name}: the path of a file is needed.") from None
        unusable = "\0" in str(path) or self.path.name == ":memory:"
        if unusable or not self.path.parent.is_dir() or self.path.is_dir():
            raise ConfigurationError(
                f"{layout.name}: {str(path)!r} can't be a file; its folder must be there already."
            )
        super().__init__()

    @contextmanager
    def _transaction(self) -> Generator[sqlite3.Connection, None, None]:
        if self._connection is None:
            self._connection = _open(self.path, self._layout)
        with self._connection as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection

    def _failure(self, error: Exception) -> Exception:
        return self._layout.error(f"{self._layout.name} {self.path}: {error}")


# SQLite keeps its locks for each process, not for each handle: a child that inherits an open file
# believes that it holds the parent's locks, and damages it. A socket to a server is no better: two
# processes would talk on it at once. So no connection is open during a fork.
_databases: WeakSet[Database[Any]] = WeakSet()
_paused: list[Database[Any]] = []


def _before_fork() -> None:
    for database in list(_databases):
        database.pause()
        _paused.append(database)


def _in_the_parent() -> None:
    while _paused:
        _paused.pop().resume()


def _in_the_child() -> None:
    _paused.clear()
    for database in _databases:
        database.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before_fork, after_in_parent=_in_the_parent, after_in_child=_in_the_child
    )


def _open(path: Path, layout: Layout) -> sqlite3.Connection:
    import sqlite3  # noqa: PLC0415 - see the imports

    # Made before SQLite does, since it would ask the umask who may read it. Only a new one: closing
    # a file that is there takes off it the locks that another handle of this process holds.
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    connection = sqlite3.connect(
        path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        _write_ahead(connection)
        connection.execute("PRAGMA synchronous = FULL")
        _prepare(connection, layout)
    except BaseException:
        connection.close()
        raise
    return connection


def _write_ahead(connection: sqlite3.Connection) -> None:
    from sqlite3 import OperationalError  # noqa: PLC0415 - see the imports

    for _ in range(_TRIES):
        # Refused at once, not waited for, while another one that opens the file does the same.
        with contextlib.suppress(OperationalError):
            connection.execute("PRAGMA journal_mode = WAL")
            break
        # This is waited for. Whoever never gets in writes as safely without it, and more slowly.
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")


def _prepare(connection: sqlite3.Connection, layout: Layout) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version not in {0, layout.version}:
        raise layout.error(f"it was written by another version of this package ({version})")
    # Immediate, since a lock that is only taken on the way is refused at once, not waited for:
    # processes that start together would not all get in.
    connection.executescript(
        f"BEGIN IMMEDIATE; {layout.script} PRAGMA user_version = {layout.version}; COMMIT;"
    )


async def in_thread(work: Callable[[], T]) -> T:
    """Run blocking work in a thread that is not one of the program's own forty."""
    from anyio import to_thread  # noqa: PLC0415 - see the imports

    return await to_thread.run_sync(work, limiter=_limiter())


@functools.cache
def _limiters() -> RunVar[anyio.CapacityLimiter]:
    from anyio.lowlevel import RunVar  # noqa: PLC0415 - see the imports

    return RunVar("bestsms.databases")


def _limiter() -> anyio.CapacityLimiter:
    import anyio  # noqa: PLC0415 - see the imports

    try:
        return _limiters().get()
    except LookupError:
        made = anyio.CapacityLimiter(THREADS)
        _limiters().set(made)
        return made
