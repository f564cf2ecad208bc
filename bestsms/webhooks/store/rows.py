"""What is written about an event, in the SQL that SQLite and PostgreSQL share.

A row is ``pending`` until its handler is started, ``running`` then, and ``done`` at last; or
``superseded``, when its message is known to be in a later state; or ``dead``, when its handler
failed too often. Every function runs in a transaction that no other writer is in, whatever the
database, so that what it reads stays true until it is committed.
"""

from __future__ import annotations

import math
import uuid
from collections.abc import Container, Mapping, Sequence
from enum import Enum
from typing import Any, Final, NamedTuple, Protocol

from bestsms.webhooks.store import statements

__all__ = [
    "KEPT_SECONDS",
    "STATES",
    "VERSION",
    "Arrival",
    "Claim",
    "Connection",
    "Cursor",
    "Entry",
    "back",
    "claim",
    "counts",
    "dead",
    "done",
    "prune",
    "put",
    "retry",
]

VERSION: Final = 1
KEPT_SECONDS: Final = 8 * 24 * 3600
"""How long a row that is done or superseded is kept, and its key known: FAULTS 3 asks for 72 h."""
PRUNED_AT_ONCE: Final = 10_000
STATES: Final = ("pending", "running", "done", "superseded", "dead")


class Cursor(Protocol):
    """As much of a cursor of DB-API as is used."""

    @property
    def rowcount(self) -> int:
        """How many rows a statement changed."""
        ...

    def fetchone(self) -> Any:
        """Return the next row, or ``None``."""
        ...

    def fetchall(self) -> Sequence[Any]:
        """Return all rows."""
        ...


class Connection(Protocol):
    """As much of a connection as is used; a parameter is written ``:name``."""

    def execute(self, sql: str, parameters: Mapping[str, Any] = ..., /) -> Cursor:
        """Run one statement."""
        ...


class Entry(NamedTuple):
    """An event, as it is kept.

    Attributes:
        key: Its deduplication key.
        event: Its stored form.
        subject: What it is a state of; ``None`` where no state is overtaken by another.
        final: Whether no later state is to be expected.
        event_time: When that was, in seconds since 1970, if it is known.
    """

    key: str
    event: str
    subject: str | None = None
    final: bool = False
    event_time: float | None = None


class Claim(NamedTuple):
    """An event whose handler is this process's to run; its lease is held under ``claim``."""

    key: str
    event: str
    attempts: int
    claim: str


class Arrival(Enum):
    """What became of an event that came."""

    NEW = "new"
    KNOWN = "known"
    FULL = "full"


def put(connection: Connection, entry: Entry, *, now: float, max_backlog: int) -> Arrival:
    """Keep an event, once; a state that its message has left behind is superseded at once."""
    values = {
        **entry._asdict(),
        "final": int(entry.final),
        "now": now,
        "max_backlog": max_backlog,
    }
    if connection.execute(statements.PUT, values).rowcount:
        if entry.final:
            connection.execute(statements.OVERTAKE, values)
        return Arrival.NEW
    known = connection.execute(statements.FIND, {"key": entry.key}).fetchone()
    return Arrival.KNOWN if known else Arrival.FULL


def claim(
    connection: Connection,
    *,
    now: float,
    until: float,
    most: int,
    attempts: int,
    latest: float = math.inf,
    ours: Container[str] = (),
) -> list[Claim]:
    """Take events that are due, the oldest first, and of each message one at a time.

    What a process left running when it ended is taken up again; that was an attempt too, so that
    an event that kills its process is dead in the end.

    Args:
        connection: In a transaction.
        now: The time.
        until: When the leases of these events end.
        most: How many to take.
        attempts: How many an event has.
        latest: The latest time that anything can be due at by a clock that is right.
        ours: What this process itself is still running, whatever its lease says: a clock that was
            put forward, or a machine that slept, ends no handler.
    """
    for key, made in connection.execute(
        statements.EXPIRED, {"now": now, "latest": latest}
    ).fetchall():
        if key in ours:
            continue
        due = now if made < attempts else None
        error = "LeaseExpired: the process ended, or stood still, while its handler ran"
        _move(connection, key, due=due, attempts=made, now=now, error=error)
    name = uuid.uuid4().hex
    values = {"claim": name, "now": now, "until": until, "latest": latest, "most": most}
    if not connection.execute(statements.CLAIM, values).rowcount:
        return []
    found = connection.execute(statements.CLAIMED, values).fetchall()
    return [Claim(key, event, made, name) for key, event, made in found]


def done(connection: Connection, claimed: Claim, *, now: float) -> bool:
    """Close an event whose handler ended well; false if it is another's by now."""
    values = {"key": claimed.key, "claim": claimed.claim, "now": now}
    return connection.execute(statements.DONE, values).rowcount > 0


def back(
    connection: Connection,
    claimed: Claim,
    *,
    due: float | None,
    attempts: int,
    now: float,
    error: str | None,
) -> bool:
    """Put an event back until it is due, or among the dead if it is never; false as above."""
    found = connection.execute(statements.FIND, {"key": claimed.key}).fetchone()
    if found is None or tuple(found[:2]) != ("running", claimed.claim):
        return False
    _move(connection, claimed.key, due=due, attempts=attempts, now=now, error=error)
    return True


def retry(connection: Connection, key: str, *, now: float) -> bool:
    """Give a dead event all its attempts again; false if it is not dead, or overtaken."""
    found = connection.execute(statements.FIND, {"key": key}).fetchone()
    if found is None or found[0] != "dead":
        return False
    _move(connection, key, due=now, attempts=0, now=now, error=None)
    state, _, _ = connection.execute(statements.FIND, {"key": key}).fetchone()
    return bool(state == "pending")


def counts(connection: Connection) -> dict[str, int]:
    """Return how many events are in which state."""
    return dict.fromkeys(STATES, 0) | {
        state: int(count) for state, count in connection.execute(statements.COUNTS).fetchall()
    }


def dead(connection: Connection, *, most: int) -> list[tuple[Any, ...]]:
    """Return the dead events, in the order they came: key, event, attempts, error, two times."""
    return [tuple(row) for row in connection.execute(statements.DEAD, {"most": most}).fetchall()]


def prune(connection: Connection, *, now: float) -> int:
    """Forget what was closed long ago, so much at a time; dead events are kept."""
    values = {"oldest": now - KEPT_SECONDS, "most": PRUNED_AT_ONCE}
    return connection.execute(statements.PRUNE, values).rowcount


def _move(
    connection: Connection,
    key: str,
    *,
    due: float | None,
    attempts: int,
    now: float,
    error: str | None,
) -> None:
    values = {
        "key": key,
        "state": "dead" if due is None else "pending",
        "due": due,
        "attempts": attempts,
        "now": now,
        "error": error,
    }
    connection.execute(statements.BACK, values)
