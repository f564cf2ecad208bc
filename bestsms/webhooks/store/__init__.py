"""Where events are kept until their handler is done with them: a SQLite file, or PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike
from typing import Protocol, TypeVar

from bestsms.errors import ConfigurationError
from bestsms.webhooks.store.rows import Connection
from bestsms.webhooks.store.sqlite import SQLiteStore

__all__ = ["Store", "opened"]

T = TypeVar("T")


class Store(Protocol):
    """A database whose transactions come one after the other. Every method blocks."""

    @property
    def name(self) -> str:
        """Which one it is, without a password."""
        ...

    def do(self, work: Callable[[Connection], T], /) -> T:
        """Run a piece of work in a transaction; it is committed when this returns.

        Raises:
            StoreError: It could not be, and nothing of it is there.
        """
        ...

    def close(self) -> None:
        """Close the connection; the next use opens it again."""
        ...


def opened(store: str | PathLike[str]) -> Store:
    """Return the store at a path or URL; nothing is opened before it is used.

    Args:
        store: The path of a file, ``sqlite:///PATH`` (four slashes if it begins with one), or
            ``postgresql://user:password@host:port/database``.

    Raises:
        ConfigurationError: There can be no store.
    """
    if not isinstance(store, str) or "://" not in store:
        return SQLiteStore(store)
    scheme, _, rest = store.partition("://")
    if scheme == "sqlite" and rest.startswith("/"):
        return SQLiteStore(rest[1:])
    if scheme in {"postgresql", "postgres"}:
        # With the driver, which is an extra.
        from bestsms.webhooks.store.postgresql import PostgreSQLStore  # noqa: PLC0415

        return PostgreSQLStore(store)
    raise ConfigurationError(
        "webhook store: a path, sqlite:///PATH or postgresql://... is needed, not a URL of "
        f"{scheme[:20]!r}."
    )
