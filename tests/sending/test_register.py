"""The register: an id is used once, and the journal knows of a send before its first byte."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from bestsms import AsyncClient, InvalidRequest, NotSent, Obstacle, OutcomeUnknown, Verdict
from bestsms.sending import register as registers

NUMBER = "+61421000001"
Make = Callable[..., AsyncClient]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the journal is."""
    return tmp_path / "sends.sqlite"


def rows(path: Path) -> list[tuple[Any, ...]]:
    """What the file holds, as another program reads it."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        found = connection.execute("SELECT message_id, verdict, settled, given FROM sends")
        return found.fetchall()


# -- in memory -------------------------------------------------------------------------------------


@pytest.mark.parametrize("again", ["ID1", "id1", "Id1"])
async def test_an_id_that_was_used_is_refused(
    client: AsyncClient, provider: Any, again: str
) -> None:
    """In any case of letters, since the provider does not tell them apart."""
    await client.send("Hello", to=NUMBER, message_id="ID1")
    with pytest.raises(InvalidRequest, match="whose verdict is ACCEPTED") as caught:
        await client.send("Hello", to=NUMBER, message_id=again)
    assert caught.value.message_id == again
    assert caught.value.verdict is Verdict.NOT_SENT
    assert provider.ids == ["ID1"]


async def test_an_unclear_id_is_looked_up_not_sent_again(
    client: AsyncClient, provider: Any
) -> None:
    """Whether it was the caller's own or chosen here: the error's id is no way to send twice."""
    for given in ("ID1", None):
        provider.sends = ["drop"]
        with pytest.raises(OutcomeUnknown) as caught:
            await client.send("Hello", to=NUMBER, message_id=given)
        with pytest.raises(InvalidRequest, match=r"whose verdict is UNKNOWN; .* looked up"):
            await client.send("Hello", to=NUMBER, message_id=caught.value.message_id)
    assert len(provider.ids) == 2


async def test_an_id_under_way_is_refused(client: AsyncClient, provider: Any) -> None:
    """Two tasks with the same id: one POST."""
    provider.sends = ["hang"]
    first = asyncio.create_task(client.send("Hello", to=NUMBER, message_id="ID1"))
    await provider.heard.wait()
    with pytest.raises(InvalidRequest, match="was used"):
        await client.send("Hello", to=NUMBER, message_id="ID1")
    first.cancel()
    await asyncio.wait([first])
    assert provider.ids == ["ID1"]


@pytest.mark.parametrize("fate", ["refuse", httpx.Response(400)], ids=["not sent", "rejected"])
async def test_an_id_that_came_to_nothing_is_free(
    make: Make, provider: Any, path: Path, fate: Any
) -> None:
    """Who corrects what was refused may keep the id; with and without a journal."""
    for client in (make(), make(journal=path)):
        provider.known.clear()
        provider.sends = [fate] * (4 if fate == "refuse" else 1)
        with pytest.raises(Exception, match=r"Nothing was (sent|done)"):
            await client.send("Hello", to=NUMBER, message_id="ID1")
        assert (await client.send("Hello", to=NUMBER, message_id="ID1")).message_id == "ID1"
    assert rows(path) == [("ID1", "ACCEPTED", 1, 1)]


async def test_a_client_forgets_the_oldest_of_very_many(
    client: AsyncClient, provider: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it remembers has a bound; a journal has none."""
    monkeypatch.setattr(registers, "MOST_ACCEPTED", 2)
    for name in ("ID1", "ID2", "ID3"):
        await client.send("Hello", to=NUMBER, message_id=name)
    with pytest.raises(InvalidRequest):
        await client.send("Hello", to=NUMBER, message_id="ID2")
    await client.send("Hello", to=NUMBER, message_id="ID1")
    assert provider.ids == ["ID1", "ID2", "ID3", "ID1"]


# -- on disk ---------------------------------------------------------------------------------------


async def test_the_intent_is_on_disk_before_the_first_byte(
    make: Make, provider: Any, path: Path
) -> None:
    """Another program can read it while the POST is under way; the verdict follows the answer."""
    seen: list[Any] = []

    async def look() -> None:
        seen.extend(rows(path))

    provider.sends = [look]
    client = make(journal=path)
    with pytest.raises(OutcomeUnknown):
        await client.send("Hello", to=NUMBER)
    sent = await client.send("Hello", to=NUMBER, message_id="ID2")
    assert seen == [(provider.ids[0], None, 0, 0)]
    assert sorted(rows(path)) == sorted(
        [(provider.ids[0], "UNKNOWN", 0, 0), (sent.message_id, "ACCEPTED", 1, 1)]
    )


async def test_a_send_that_was_looked_up_is_accepted(make: Make, provider: Any, path: Path) -> None:
    """Within the window, or later through the error."""
    client = make(journal=path)
    provider.sends = ["lose", 100.0]
    await client.send("Hello", to=NUMBER, message_id="ID1")
    with pytest.raises(OutcomeUnknown) as caught:
        await client.send("Hello", to=NUMBER, message_id="ID2")
    assert rows(path) == [("ID1", "ACCEPTED", 1, 1), ("ID2", "UNKNOWN", 0, 1)]
    await caught.value.reconcile()
    assert rows(path) == [("ID1", "ACCEPTED", 1, 1), ("ID2", "ACCEPTED", 1, 1)]


@pytest.mark.parametrize("fate", ["ok", "drop", "hang"])
async def test_two_clients_of_a_journal_share_its_ids(
    make: Make, provider: Any, path: Path, fate: str
) -> None:
    """Accepted, unknown or still under way: refused before a byte leaves."""
    provider.sends = [fate]
    first = asyncio.create_task(make(journal=path).send("Hello", to=NUMBER, message_id="ID1"))
    await (provider.heard.wait() if fate == "hang" else asyncio.wait([first]))
    known = "ACCEPTED" if fate == "ok" else "UNKNOWN"
    with pytest.raises(InvalidRequest, match=f"whose verdict is {known}"):
        await make(journal=path).send("Hello", to=NUMBER, message_id="id1")
    assert provider.ids == ["ID1"]
    first.cancel()
    await asyncio.wait([first])
    first.exception() if not first.cancelled() else None


async def test_nothing_secret_is_in_the_file(make: Make, provider: Any, path: Path) -> None:
    """Not the token, not the text, not the number: only ids, hashes and times."""
    token = "eyJhbGciOiJIUzI1NiJ9.canary"
    provider.sends = ["ok", "drop", httpx.Response(400, json={"Message": f"no {NUMBER}"})]
    client = make(auth_token=token, journal=path)
    for _ in range(3):
        await asyncio.wait(
            [asyncio.create_task(client.send("secret text", to=NUMBER, reference="secret note"))]
        )
    written = b"".join(each.read_bytes() for each in path.parent.iterdir())
    assert {each.name for each in path.parent.iterdir()} >= {"sends.sqlite", "sends.sqlite-wal"}
    assert provider.ids[0].encode() in written
    for secret in (token, "canary", "secret", NUMBER[1:], "61421"):
        assert secret.encode() not in written


@pytest.fixture
def no_database(path: Path) -> Path:
    """A file of another kind, where the journal should be."""
    path.write_bytes(b"this is no database, and was here before" * 100)
    return path


async def test_without_its_journal_nothing_is_sent(
    make: Make, provider: Any, no_database: Path
) -> None:
    """A file that is no database: NotSent, no POST, and the id is free."""
    client = make(journal=no_database)
    for _ in range(2):
        with pytest.raises(NotSent, match="file is not a database") as caught:
            await client.send("Hello", to=NUMBER, message_id="ID1")
        assert caught.value.obstacle is Obstacle.JOURNAL
        assert (caught.value.verdict, caught.value.message_id) == (Verdict.NOT_SENT, "ID1")
    assert provider.ids == []


async def test_a_verdict_that_can_not_be_written_is_not_lost_on_the_caller(
    make: Make, provider: Any, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The message is accepted, and says so; the row stays open for ``recover``."""
    client = make(journal=path)
    away = path.with_suffix(".away")

    async def move_it() -> None:
        await asyncio.to_thread(client._sender.register.journal.close)
        await anyio.Path(path).rename(away)
        await anyio.Path(path).mkdir()

    provider.sends = [move_it]
    provider.known["id1"] = provider.now
    with caplog.at_level(logging.WARNING, logger="bestsms"):
        assert (await client.send("Hello", to=NUMBER, message_id="ID1")).reconciled
    assert "message ID1 stays open in it: ACCEPTED" in caplog.text
    assert rows(away) == [("ID1", None, 0, 1)]


async def test_a_journal_is_closed_with_its_client(make: Make, path: Path) -> None:
    """Nothing of it is left beside the file."""
    client = make(journal=path)
    await client.send("Hello", to=NUMBER)
    await client.aclose()
    assert [each.name for each in path.parent.iterdir()] == ["sends.sqlite"]
