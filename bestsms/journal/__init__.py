"""Intents and verdicts in a SQLite file, so that a crash can be settled afterwards.

A row is written and synced before the first byte of a send, and gets its verdict after the last.
What a crash leaves without one, ``client.recover()`` looks up. A row holds the MessageID, a hash of
the body, times, and who wrote it: no text, no number, no token. Several processes may share a file.
"""

from bestsms.journal.campaigns import Planned, Progress
from bestsms.journal.rows import KEPT_SECONDS, VERSION, Intent, Journal, JournalError, Known

__all__ = [
    "KEPT_SECONDS",
    "VERSION",
    "Intent",
    "Journal",
    "JournalError",
    "Known",
    "Planned",
    "Progress",
]
