"""The store in a SQLite file: for the processes of one machine."""

from __future__ import annotations

from os import PathLike
from typing import Final

from bestsms._sqlite import File, Layout
from bestsms.errors import StoreError
from bestsms.webhooks.store.rows import VERSION
from bestsms.webhooks.store.statements import INDEXES, TABLE

__all__ = ["SQLiteStore"]

# AUTOINCREMENT, so that a number tells who came later also when rows have gone.
_SCRIPT: Final = TABLE.format(sequence="INTEGER PRIMARY KEY AUTOINCREMENT") + INDEXES
_LAYOUT: Final = Layout("webhook store", VERSION, _SCRIPT, StoreError)


class SQLiteStore(File):
    """A file, readable by its owner alone: the texts of people stand in it.

    Args:
        path: Where it is; made if it is not there.

    Raises:
        ConfigurationError: No file can be at that path.
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        super().__init__(path, _LAYOUT)

    @property
    def name(self) -> str:
        """Where it is."""
        return str(self.path)
