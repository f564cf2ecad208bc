"""The store in a PostgreSQL database: for receivers on several machines.

One writer at a time, as SQLite has it, by an advisory lock that each transaction takes first. So
the rules of :mod:`~bestsms.webhooks.store.rows` hold without a word more, two transactions can't
wait for each other's rows in a circle, and what a process waits for the lock its next commit makes
good: it takes along all that came meanwhile.
"""

from __future__ import annotations

import contextlib
import functools
import os
import re
import socket
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from bestsms._settings import Secret
from bestsms._sqlite import Database
from bestsms.errors import ConfigurationError, StoreError
from bestsms.webhooks.store.rows import VERSION, Cursor
from bestsms.webhooks.store.statements import INDEXES, TABLE

if TYPE_CHECKING:
    # An extra, which only those install who use it.
    import psycopg

__all__ = ["PostgreSQLStore"]

_CONNECT_SECONDS: Final = 10
LONGEST_TRANSACTION: Final = 30.0
"""Seconds, the lock included: a server that says nothing for so long is hung up on."""
_LOCK: Final = 0x42455354534D53  # "BESTSMS"
# In every transaction, not once for a connection: a pooler between may hand out another. A server
# whose own default is to look at all rows as they were before the wait would show old ones, and a
# process that stands still in a transaction must not hold up all others for ever.
_BEGIN: Final = f"""
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
SET LOCAL lock_timeout = '10s';
SET LOCAL idle_in_transaction_session_timeout = '10s';
SELECT pg_advisory_xact_lock({_LOCK});
"""
_THERE: Final = "SELECT obj_description(to_regclass('bestsms_webhooks'), 'pg_class')"
_SCRIPT: Final = (
    TABLE.format(sequence="BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY")
    + INDEXES
    + f"COMMENT ON TABLE bestsms_webhooks IS '{VERSION}';"
)


class _Connection:
    """A connection that takes the statements as SQLite does."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def execute(self, sql: str, parameters: Mapping[str, Any] | None = None, /) -> Cursor:
        """Run a statement; without parameters, maybe several."""
        if parameters is None:
            return self._connection.execute(sql.encode())
        return self._connection.execute(_translated(sql), parameters)

    @property
    def closed(self) -> bool:
        """Whether the server has gone."""
        return self._connection.closed

    @contextmanager
    def hung_up_on(self, seconds: float) -> Generator[None, None, None]:
        """Cut the line if this is not over in time: libpq itself waits for an answer for ever."""
        with socket.socket(fileno=os.dup(self._connection.fileno())) as line:
            timer = threading.Timer(seconds, _cut, [line])
            timer.daemon = True
            timer.start()
            try:
                yield
            finally:
                timer.cancel()

    def close(self) -> None:
        """Hang up; a transaction that was not committed has never been."""
        self._connection.close()


class PostgreSQLStore(Database[_Connection]):
    """A table in a database that receivers on several machines share. Every method blocks.

    Args:
        url: As libpq reads it: ``postgresql://user:password@host:port/database``.

    Raises:
        ConfigurationError: psycopg is not installed, or the URL can't be read.
    """

    def __init__(self, url: str) -> None:
        self.name = _name(url)
        self._url = Secret(url)
        super().__init__()

    @contextmanager
    def _transaction(self) -> Generator[_Connection, None, None]:
        try:
            connection = self._begun()
            with connection.hung_up_on(LONGEST_TRANSACTION):
                yield connection
                connection.execute("COMMIT")
        except BaseException:
            # It may be anywhere in a transaction, or gone: the next use opens another.
            self._drop()
            raise

    def _begun(self) -> _Connection:
        if self._connection is not None:
            try:
                with self._connection.hung_up_on(LONGEST_TRANSACTION):
                    self._connection.execute(_BEGIN)
            except Exception:
                # A server that was started anew meanwhile is there again.
                if not self._connection.closed:
                    raise
                self._drop()
            else:
                return self._connection
        self._connection = self._opened()
        with self._connection.hung_up_on(LONGEST_TRANSACTION):
            self._connection.execute(_BEGIN)
        return self._connection

    def _opened(self) -> _Connection:
        import psycopg  # noqa: PLC0415 - see the imports

        # Prepared statements are not for a pooler that hands out another connection each time.
        made = psycopg.connect(
            self._url.reveal(),
            autocommit=True,
            client_encoding="utf8",
            connect_timeout=_CONNECT_SECONDS,
            prepare_threshold=None,
            keepalives_idle=10,
            keepalives_interval=5,
            keepalives_count=3,
        )
        connection = _Connection(made)
        try:
            with connection.hung_up_on(LONGEST_TRANSACTION):
                _prepare(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _failure(self, error: Exception) -> Exception:
        # The server's own first line: what follows it may quote a row, and so a text.
        primary = getattr(getattr(error, "diag", None), "message_primary", None)
        said = (primary or str(error)).strip().partition("\n")[0]
        return StoreError(f"webhook store {self.name}: {said or type(error).__name__}")


def _cut(line: socket.socket) -> None:
    # It may be over at this very moment.
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


def _prepare(connection: _Connection) -> None:
    connection.execute(_BEGIN)
    (version,) = connection.execute(_THERE).fetchone()
    if version is None:
        # Asked first, since who may only use the table may not even say that it is there.
        connection.execute(_SCRIPT)
    elif version != str(VERSION):
        raise StoreError(f"it was written by another version of this package ({version})")
    connection.execute("COMMIT")


@functools.cache
def _translated(sql: str) -> bytes:
    return re.sub(r":(\w+)", r"%(\1)s", sql).encode()


def _name(url: str) -> str:
    """Return what may be told of a URL: the host and the database, and no password."""
    try:
        from psycopg import Error  # noqa: PLC0415 - see the imports
        from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415 - see the imports
    except ImportError:
        raise ConfigurationError(
            "webhook store: PostgreSQL needs psycopg; install bestsms-async[postgresql]."
        ) from None
    try:
        parts = conninfo_to_dict(url)
    except Error:
        parts = None
    # Outside, since the error quotes the URL.
    if parts is None:
        raise ConfigurationError(
            "webhook store: the URL can't be read; it is to be like "
            "postgresql://user:password@host:port/database."
        )
    return f"postgresql://{parts.get('host', '')}/{parts.get('dbname', '')}"
