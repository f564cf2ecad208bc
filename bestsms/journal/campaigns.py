"""What the journal knows of campaigns: which request of which has which content.

A row stands beside the one of its send, for as long as the file is kept: a rerun after a year must
not send again what was accepted. It holds hashes and counts, no text and no number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from bestsms._evidence import Verdict

if TYPE_CHECKING:
    # Few clients keep a journal; the others do not pay for the import.
    import sqlite3

__all__ = ["TABLES", "Planned", "Progress", "changed", "names", "plan", "progress"]

TABLES: Final = """
CREATE TABLE IF NOT EXISTS chunks (
    message_id  TEXT PRIMARY KEY COLLATE NOCASE,
    campaign    TEXT NOT NULL COLLATE NOCASE,
    place       INTEGER,
    digest      TEXT NOT NULL,
    recipients  INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS chunks_of_campaigns ON chunks (campaign, place);
"""

_POSSIBLY_DONE: Final = "(sends.verdict IS NULL OR sends.verdict NOT IN ('NOT_SENT', 'REJECTED'))"
_PLAN: Final = f"""
INSERT INTO chunks VALUES (?, ?, ?, ?, ?)
ON CONFLICT (message_id) DO UPDATE SET digest = excluded.digest, recipients = excluded.recipients
WHERE digest <> excluded.digest AND NOT EXISTS (
    SELECT 1 FROM sends WHERE sends.message_id = chunks.message_id AND {_POSSIBLY_DONE}
)
"""  # noqa: S608 - a text of ours
_TOUCHED: Final = f"""
SELECT 1 FROM chunks JOIN sends USING (message_id)
WHERE {_POSSIBLY_DONE} AND (message_id = ? OR campaign = ? AND place > ?) LIMIT 1
"""  # noqa: S608 - a text of ours


class Planned(NamedTuple):
    """One request of a campaign, as it is planned.

    Attributes:
        message_id: Its MessageID.
        campaign: The campaign's name; case does not matter.
        place: Its place among the others; ``None`` if its content does not depend on theirs.
        digest: SHA-256, in hex, of what is sent to whom.
        recipients: How many there are.
    """

    message_id: str
    campaign: str
    place: int | None
    digest: str
    recipients: int


class Progress(NamedTuple):
    """How far a campaign came, by the journal.

    Attributes:
        requests: How many of its requests have which verdict; ``None`` of those that are open.
        recipients: The same in recipients.
        separate: Whether each recipient has a request of its own; ``None`` if there is no request.
    """

    requests: dict[Verdict | None, int]
    recipients: dict[Verdict | None, int]
    separate: bool | None


def plan(connection: sqlite3.Connection, planned: Planned) -> None:
    """Write down what a request is made of, unless one under its id may have been made."""
    connection.execute(_PLAN, planned)


def changed(connection: sqlite3.Connection, planned: Planned) -> bool:
    """Say whether a request differs from the one that an earlier run made, or may differ.

    A request that was never made may be changed. But where its rows stand between others', changing
    it moves theirs: then it may not be if any after it may have been made.
    """
    found = connection.execute(
        "SELECT digest FROM chunks WHERE message_id = ?", (planned.message_id,)
    ).fetchone()
    if found is None or found[0] == planned.digest:
        return False
    where = planned.message_id, planned.campaign, planned.place
    return connection.execute(_TOUCHED, where).fetchone() is not None


def names(connection: sqlite3.Connection) -> list[str]:
    """Return the names of all campaigns."""
    return [name for (name,) in connection.execute("SELECT DISTINCT campaign FROM chunks")]


def progress(connection: sqlite3.Connection, campaign: str) -> Progress:
    """Count what is known of a campaign."""
    rows = connection.execute(
        "SELECT CASE WHEN sends.message_id IS NULL THEN 'NOT_SENT' ELSE sends.verdict END,"
        " count(*), sum(recipients), max(place) FROM chunks LEFT JOIN sends USING (message_id)"
        " WHERE campaign = ? GROUP BY 1",
        (campaign,),
    ).fetchall()
    verdicts = [Verdict[row[0]] if row[0] else None for row in rows]
    return Progress(
        requests=dict(zip(verdicts, (row[1] for row in rows), strict=True)),
        recipients=dict(zip(verdicts, (row[2] for row in rows), strict=True)),
        separate=all(row[3] is None for row in rows) if rows else None,
    )
