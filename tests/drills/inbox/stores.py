"""The fixtures that give a test each kind of store: a file, and a database."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from inbox.postgresql import programs, server


@pytest.fixture(scope="session")
def database() -> Iterator[str]:
    """The URL of a database in a server of this run's own."""
    pytest.importorskip("psycopg", reason="psycopg is not installed (the extra postgresql)")
    folder = programs()
    if folder is None:
        pytest.skip("no PostgreSQL server is installed here (Debian: apt-get install postgresql)")
    with server(folder) as url:
        yield url


@pytest.fixture
def postgresql(database: str) -> str:
    """The URL of a database without our tables."""
    run(database, "DROP TABLE IF EXISTS bestsms_webhooks")
    return database


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty store, of each kind."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgresql"))
    return str(tmp_path / "webhooks.sqlite")


def run(store: str, sql: str) -> list[Any]:
    """Do something to a store behind its back, and return the rows if there are any."""
    if "://" in store:
        import psycopg

        with psycopg.connect(store, autocommit=True) as connection:
            cursor: Any = connection.execute(sql.encode())
            return cursor.fetchall() if cursor.description else []
    import sqlite3

    with contextlib.closing(sqlite3.connect(store, isolation_level=None)) as connection:
        return connection.execute(sql).fetchall()
