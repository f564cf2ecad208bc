"""One journal, many writers: threads share a commit, processes a file, a fork nothing."""

from __future__ import annotations

import importlib.util
import os
import sqlite3
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bestsms import _sqlite
from bestsms._sqlite import _in_the_child
from bestsms.journal import Intent, Journal, JournalError


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


def intent(message_id: str, body_sha256: str = "00") -> Intent:
    """An intent."""
    return Intent(
        message_id=message_id, body_sha256=body_sha256, given=False, begun=1.0, ends=121.0
    )


def names(connection: sqlite3.Connection) -> list[str]:
    """The ids in a file."""
    return [row[0] for row in connection.execute("SELECT message_id FROM sends ORDER BY 1")]


def test_many_threads_share_a_sync(journal: Journal, peer: sqlite3.Connection) -> None:
    """While one commit waits for the disk others queue up, and go with the next one together."""
    journal.intend(intent("first"))
    connection = journal._connection
    assert connection is not None
    statements: list[str] = []
    connection.set_trace_callback(statements.append)
    workers = [
        threading.Thread(target=journal.intend, args=(intent(f"ID{number:02}"),))
        for number in range(40)
    ]
    with journal._lock:  # a commit is under way
        for worker in workers:
            worker.start()
        while len(journal._queue) < len(workers):
            time.sleep(0)
    for worker in workers:
        worker.join()
    assert names(peer) == ["first", *(f"ID{number:02}" for number in range(40))]
    assert statements.count("COMMIT") == 1


def test_who_shares_a_commit_that_fails_is_told(journal: Journal, peer: sqlite3.Connection) -> None:
    """No row of it is on the disk, so nobody may believe that his is."""
    failed: list[str] = []

    def write(name: str, sha: str) -> None:
        try:
            journal.intend(intent(name, body_sha256=sha))
        except JournalError:
            failed.append(name)

    wrong: Any = b"\x00", None
    workers = [
        threading.Thread(target=write, args=each) for each in (("ID1", "00"), ("ID2", wrong))
    ]
    with journal._lock:
        for worker in workers:
            worker.start()
        while len(journal._queue) < len(workers):
            time.sleep(0)
    for worker in workers:
        worker.join()
    assert sorted(failed) == ["ID1", "ID2"]
    assert names(peer) == []


WRITER = """
import sys
from bestsms.journal import Intent, Journal

journal = Journal(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()

def write(name):
    return journal.intend(Intent(message_id=name, body_sha256="", given=True, begun=1.0, ends=2.0))

for number in range(5):
    assert write(f"{sys.argv[2]}-{number}") is None
    journal.close()  # so that opening meets writing
print(write("the same"))
"""


def test_processes_that_start_together_share_a_file(path: Path, peer: sqlite3.Connection) -> None:
    """Each waits for the others; every row is there, and one id has one owner."""
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, path, str(number)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(4)
    ]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    peer.execute("DROP TABLE sends")  # they all find a file to prepare
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    said = [worker.communicate(timeout=60)[0] for worker in workers]
    assert sorted(said) == ["None\n", *["Verdict.UNKNOWN\n"] * 3]
    assert len(names(peer)) == 21


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_child_of_a_fork_opens_the_file_for_itself(
    journal: Journal, peer: sqlite3.Connection
) -> None:
    """SQLite's handles must not cross a fork; parent, child and grandchild write on."""
    journal.intend(intent("parent"))
    child = _fork()
    if child == 0:
        _end(_child(journal))
    assert os.waitpid(child, 0)[1] == 0
    journal.intend(intent("parent, after"))
    assert names(peer) == ["child", "grandchild", "parent", "parent, after"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_no_file_is_open_during_a_fork(journal: Journal, peer: sqlite3.Connection) -> None:
    """A child that inherits one damages it; what is being written is written first."""
    journal.intend(intent("ID1"))
    with journal._lock:
        writer = threading.Thread(target=journal.intend, args=[intent("ID2")])
        writer.start()
    child = _fork()
    if child == 0:
        ((_, inherited, _), own) = journal._inherited, journal._connection
        journal.close()
        _end(inherited is None and own is None)
    assert os.waitpid(child, 0)[1] == 0
    writer.join()
    journal.intend(intent("ID3"))
    assert names(peer) == ["ID1", "ID2", "ID3"]


def test_handles_of_another_process_are_kept_and_never_touched(
    journal: Journal,
) -> None:
    """Also those of the grandparent: a handle that nobody holds would be closed."""
    handles: list[sqlite3.Connection | None] = []
    for generation in range(3):
        if generation:
            _in_the_child()
        journal.intend(intent(f"ID{generation}"))
        handles.append(journal._connection)
    journal.close()
    assert len({id(handle) for handle in handles}) == 3
    kept = repr(journal._inherited)
    assert all(repr(handle) in kept for handle in handles[:2])
    for handle in handles[:2]:
        assert handle is not None
        handle.close()


def test_a_system_without_fork_has_a_journal_too(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows knows nothing to be told of."""
    monkeypatch.delattr(os, "register_at_fork", raising=False)
    spec = importlib.util.spec_from_file_location("file_without_fork", _sqlite.__file__)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    file = module.File(path, module.Layout("file", 1, "", JournalError))
    assert file.do(lambda connection: connection.execute("SELECT 1").fetchone()) == (1,)
    file.close()


def _fork() -> int:
    # From 3.12 on Python warns of threads that stay behind, such as other tests' own.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _child(journal: Journal) -> bool:
    inherited = journal._connection
    journal.intend(intent("child"))
    own = journal._connection
    grandchild = _fork()
    if grandchild == 0:
        written = journal.intend(intent("grandchild")) is None
        _end(written and journal._connection is not own)
    return os.waitpid(grandchild, 0)[1] == 0 and own is not inherited


def _end(good: bool) -> None:  # noqa: FBT001
    os._exit(0 if good else 1)
