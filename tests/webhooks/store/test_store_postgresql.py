"""The store in a database: shared by machines, told by its name and never by its password."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from inbox.stores import run

from bestsms.errors import ConfigurationError, StoreError
from bestsms.webhooks.events import StatusEvent
from bestsms.webhooks.queue import Queue

Status = Callable[..., StatusEvent]

PASSWORD = "pass-word-canary"
NOWHERE = f"postgresql://user:{PASSWORD}@127.0.0.1:1/base"


@pytest.fixture
def queue(postgresql: str) -> Iterator[Queue]:
    """A queue there."""
    made = Queue(postgresql)
    yield made
    made._store.close()


async def test_a_server_that_was_started_anew_is_found_again(
    queue: Queue, status: Status, postgresql: str
) -> None:
    """Its connection is gone, and nobody hears of it."""
    assert await queue.put(status())
    ended = run(postgresql, END_THE_OTHERS)
    assert ended == [(True,)]
    assert not await queue.put(status())


END_THE_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE pid <> pg_backend_pid() AND datname = current_database()
"""


async def test_who_waits_too_long_for_the_others_is_told(
    queue: Queue, status: Status, postgresql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One writer at a time: who holds the lock for ever does not hold a webhook for ever."""
    import psycopg

    from bestsms.webhooks.store import postgresql as module

    await queue.put(status())
    monkeypatch.setattr(module, "_BEGIN", module._BEGIN.replace("'10s'", "'10ms'"))
    with psycopg.connect(postgresql) as other:
        other.execute(f"SELECT pg_advisory_xact_lock({module._LOCK})".encode())
        with pytest.raises(StoreError, match="lock timeout"):
            await queue.put(status("FAILED"))
    assert await queue.put(status("FAILED"))


async def test_what_fails_leaves_nothing_half(queue: Queue, postgresql: str) -> None:
    """The transaction is rolled back, and the connection works on."""

    def half(connection: Any) -> None:
        connection.execute("UPDATE bestsms_webhooks SET state = 'dead'", {})
        connection.execute("SELECT nonsense", {})

    with pytest.raises(StoreError, match='column "nonsense" does not exist'):
        queue._store.do(half)
    assert (await queue.counts())["dead"] == 0


async def test_a_table_of_a_newer_package_is_left_alone(
    queue: Queue, status: Status, postgresql: str
) -> None:
    """Its rows may mean something else."""
    await queue.put(status())
    await queue.aclose()
    run(postgresql, "COMMENT ON TABLE bestsms_webhooks IS '9'")
    with pytest.raises(StoreError, match=r"another version of this package \(9\)"):
        await queue.put(status())


async def test_a_user_of_few_rights_can_use_the_table(
    queue: Queue, status: Status, postgresql: str
) -> None:
    """Who made it may have been another; then only its rows are touched."""
    await queue.put(status())
    run(
        postgresql,
        """
        DROP ROLE IF EXISTS clerk;
        CREATE ROLE clerk LOGIN;
        REVOKE CREATE ON SCHEMA public FROM PUBLIC;
        GRANT SELECT, INSERT, UPDATE, DELETE ON bestsms_webhooks TO clerk;
        """,
    )
    clerk = Queue(postgresql.replace("postgres@", "clerk@"))
    assert not await clerk.put(status())
    assert await clerk.put(status("FAILED"))
    await clerk.aclose()


async def test_no_password_is_told(status: Status) -> None:
    """Not by an error, its context, or a repr; where the server is to be is."""
    queue = Queue(NOWHERE)
    where = r"^webhook store postgresql://127\.0\.0\.1/base: "
    with pytest.raises(StoreError, match=where) as told:
        await queue.put(status())
    assert repr(queue) == "<Queue postgresql://127.0.0.1/base>"
    assert PASSWORD not in repr([queue, vars(queue._store), told.value])
    assert told.value.__context__ is None
    await queue.aclose()


@pytest.mark.parametrize("url", [f"postgresql://u:{PASSWORD}@[x/", f"postgres://x/?{PASSWORD}=1"])
def test_a_url_that_can_not_be_read_makes_no_queue(url: str) -> None:
    """And is not quoted."""
    with pytest.raises(ConfigurationError, match=r"^webhook store: the URL can't be read") as told:
        Queue(url)
    assert PASSWORD not in str(told.value)
    assert told.value.__context__ is None


def test_without_its_driver_there_is_no_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the extra that is to be installed."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ConfigurationError, match=r"install bestsms-async\[postgresql\]"):
        Queue("postgresql://localhost/base")
