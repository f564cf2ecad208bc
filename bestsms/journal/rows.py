"""What stands in the journal: a row for each send, from its intent to its verdict."""

from __future__ import annotations

import threading
from os import PathLike
from typing import TYPE_CHECKING, Final, NamedTuple

from bestsms._evidence import Verdict
from bestsms._sqlite import File, Layout
from bestsms.journal.owners import is_gone, owner

if TYPE_CHECKING:
    # Few clients keep a journal; the others do not pay for the import.
    import sqlite3

__all__ = ["KEPT_SECONDS", "VERSION", "Intent", "Journal", "JournalError"]

KEPT_SECONDS: Final = 30 * 24 * 3600
"""How long a settled row is kept."""
VERSION: Final = 1

_SCRIPT: Final = f"""
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
DELETE FROM sends WHERE settled AND changed < strftime('%s', 'now') - {KEPT_SECONDS};
"""  # noqa: S608 - a number of ours


class JournalError(Exception):
    """The file can't be read or written; the text says which and why."""


_LAYOUT: Final = Layout("journal", VERSION, _SCRIPT, JournalError)


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


class Journal(File):
    """The rows of a file. Every method blocks, so async code calls it in a worker thread.

    Args:
        path: Where the file is; made if it is not there, readable by its owner alone.

    Raises:
        ConfigurationError: No file can be at that path.
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        super().__init__(path, _LAYOUT)

    def intend(self, intent: Intent, *, unless: threading.Event | None = None) -> Verdict | None:
        """Write an intent and sync it to the disk.

        Args:
            intent: The send that is about to be made.
            unless: Set before it is written, it is not written.

        Returns:
            ``None`` if it is written. Else the id was used before, nothing was written, and this
            is what is known of that send; a send that did not happen does not count.

        Raises:
            JournalError: It can't be written; then the send must not be made.
        """

        def write(connection: sqlite3.Connection) -> Verdict | None:
            if unless is not None and unless.is_set():
                return None
            found = connection.execute(
                "SELECT verdict FROM sends WHERE message_id = ?", (intent.message_id,)
            ).fetchone()
            if found is not None:
                before = Verdict[found[0] or "UNKNOWN"]
                if not before.nothing_done:
                    return before
            connection.execute(
                "INSERT OR REPLACE INTO sends VALUES (?, ?, ?, ?, ?, ?, NULL, ?, 0)",
                (
                    intent.message_id,
                    intent.body_sha256,
                    intent.given,
                    intent.begun,
                    intent.ends,
                    owner(),
                    intent.begun,
                ),
            )
            return None

        return self.do(write)

    def withdraw(self, intent: Intent) -> None:
        """Take an intent back whose send was broken off before its first byte.

        Raises:
            JournalError: It can't be written.
        """
        self.do(
            lambda connection: connection.execute(
                "UPDATE sends SET verdict = ?, settled = 1 WHERE message_id = ? AND begun = ?"
                " AND owner = ? AND verdict IS NULL",
                (Verdict.NOT_SENT.name, intent.message_id, intent.begun, owner()),
            )
        )

    def settle(
        self, message_id: str, verdict: Verdict, *, now: float, looked_up: bool = False
    ) -> Verdict:
        """Write what is known of a send now; what was known for certain stays.

        Args:
            message_id: The send.
            verdict: What is known. ``UNKNOWN`` leaves it open for a later recovery.
            now: The time, in seconds since 1970.
            looked_up: It was looked up to the end, so that ``UNKNOWN`` is not asked again.

        Returns:
            What the row says then: another process may have learnt more.

        Raises:
            JournalError: It can't be written.
        """
        settled = looked_up or verdict is not Verdict.UNKNOWN

        def write(connection: sqlite3.Connection) -> Verdict:
            connection.execute(
                "UPDATE sends SET verdict = :verdict, changed = :now, settled = :settled"
                " WHERE message_id = :id"
                " AND (:verdict <> 'UNKNOWN' OR verdict IS NULL OR verdict = 'UNKNOWN')",
                {"verdict": verdict.name, "now": now, "settled": settled, "id": message_id},
            )
            row = connection.execute(
                "SELECT verdict FROM sends WHERE message_id = ?", (message_id,)
            ).fetchone()
            return Verdict[row[0]] if row else verdict

        return self.do(write)

    def open_intents(self, *, now: float) -> list[Intent]:
        """Return what waits for a verdict and that no living process is still sending.

        Raises:
            JournalError: The file can't be read.
        """
        rows = self.do(
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
            if row[5] or row[4] < now or is_gone(row[7])
        ]
