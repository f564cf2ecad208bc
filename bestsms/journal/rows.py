"""What stands in the journal: a row for each send, from its intent to its verdict."""

from __future__ import annotations

import threading
from os import PathLike
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from bestsms._evidence import Verdict
from bestsms._sqlite import File, Layout
from bestsms.journal import campaigns
from bestsms.journal.campaigns import Planned, Progress
from bestsms.journal.owners import is_gone, owner

if TYPE_CHECKING:
    # Few clients keep a journal; the others do not pay for the import.
    import sqlite3

__all__ = ["KEPT_SECONDS", "VERSION", "Intent", "Journal", "JournalError", "Known"]

KEPT_SECONDS: Final = 30 * 24 * 3600
"""How long a settled row is kept; one of a campaign's stays, and so may not be sent again."""
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
{campaigns.TABLES}
DELETE FROM sends WHERE settled AND changed < strftime('%s', 'now') - {KEPT_SECONDS}
    AND message_id NOT IN (SELECT message_id FROM chunks);
"""  # noqa: S608 - a number of ours


class JournalError(Exception):
    """The file can't be read or written; the text says which and why."""


_LAYOUT: Final = Layout("journal", VERSION, _SCRIPT, JournalError)


class Intent(NamedTuple):
    """A send that was about to be made. Times are seconds since 1970, UTC.

    Attributes:
        message_id: Its MessageID.
        body_sha256: The SHA-256 of its request's body, in hex; of a campaign's, of its content.
        given: Whether the id is the caller's own, and so may have been used before.
        begun: When it was written down, before the first byte.
        ends: After this moment nobody posts it any more.
        verdict: What is known of it; ``None`` while it is open.
        changed: When that was written down.
        planned: Of a campaign: what this send is made of, and those before it whose intent may not
            be written yet. So what is written of a campaign has no gap.
        again: Whether it is sent though an earlier one under its id is ``UNKNOWN``, and was looked
            up to the end.
    """

    message_id: str
    body_sha256: str
    given: bool
    begun: float
    ends: float
    verdict: Verdict | None = None
    changed: float = 0.0
    planned: tuple[Planned, ...] = ()
    again: bool = False


class Known(NamedTuple):
    """What stands in the journal under a MessageID of a campaign.

    Attributes:
        changed: Whether it was made of something else.
        intent: The send; ``None`` if none was ever begun.
        living: Whether a process may be sending it now.
    """

    changed: bool
    intent: Intent | None
    living: bool


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
                "SELECT verdict, settled FROM sends WHERE message_id = ?", (intent.message_id,)
            ).fetchone()
            if found is not None:
                before = Verdict[found[0] or "UNKNOWN"]
                absent = intent.again and found == (Verdict.UNKNOWN.name, 1)
                if not before.nothing_done and not absent:
                    return before
            for planned in intent.planned:
                campaigns.plan(connection, planned)
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
        # What was unknown before it stays so.
        verdict = Verdict.UNKNOWN if intent.again else Verdict.NOT_SENT
        self.do(
            lambda connection: connection.execute(
                "UPDATE sends SET verdict = ?, settled = 1 WHERE message_id = ? AND begun = ?"
                " AND owner = ? AND verdict IS NULL",
                (verdict.name, intent.message_id, intent.begun, owner()),
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
            updated = connection.execute(
                "UPDATE sends SET verdict = :verdict, changed = :now, settled = :settled"
                " WHERE message_id = :id"
                " AND (:verdict <> 'UNKNOWN' OR verdict IS NULL OR verdict = 'UNKNOWN')",
                {"verdict": verdict.name, "now": now, "settled": settled, "id": message_id},
            )
            if updated.rowcount:
                return verdict
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
                f"{_SELECT} WHERE NOT settled ORDER BY begun"
            ).fetchall()
        )
        return [_intent(row) for row in rows if not _living(row, now)]

    def known(self, planned: Planned, *, now: float) -> Known:
        """Return what is known of a request of a campaign before it is made.

        Raises:
            JournalError: The file can't be read.
        """

        def read(connection: sqlite3.Connection) -> Known:
            row = connection.execute(
                f"{_SELECT} WHERE message_id = ?", (planned.message_id,)
            ).fetchone()
            changed = campaigns.changed(connection, planned)
            if row is None:
                return Known(changed, None, living=False)
            return Known(changed, _intent(row), living=_living(row, now))

        return self.do(read)

    def progress(self, campaign: str) -> Progress:
        """Return how far a campaign came.

        Raises:
            JournalError: The file can't be read.
        """
        return self.do(lambda connection: campaigns.progress(connection, campaign))

    def campaigns(self) -> list[str]:
        """Return the names of the campaigns in it, as they are compared.

        Raises:
            JournalError: The file can't be read.
        """
        return self.do(campaigns.names)


_SELECT: Final = (
    "SELECT message_id, body_sha256, given, begun, ends, verdict, changed, owner FROM sends"
)


def _intent(row: tuple[Any, ...]) -> Intent:
    return Intent(
        message_id=row[0],
        body_sha256=row[1],
        given=bool(row[2]),
        begun=row[3],
        ends=row[4],
        verdict=Verdict[row[5]] if row[5] else None,
        changed=row[6],
    )


def _living(row: tuple[Any, ...], now: float) -> bool:
    """Say whether a process may be sending it."""
    return not (row[5] or row[4] < now or is_gone(row[7]))
