"""What must hold when something breaks that nobody plans for: each of these was a false verdict."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from anyio import to_thread

from bestsms import (
    AsyncClient,
    ConfigurationError,
    InvalidRequest,
    NotSent,
    NotSentInTime,
    Obstacle,
    OutcomeUnknown,
    Verdict,
)
from bestsms.journal import Journal
from bestsms.sending.register import Register

NUMBER = "+61421000001"
Make = Callable[..., AsyncClient]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the journal is."""
    return tmp_path / "sends.sqlite"


def rows(path: Path) -> list[tuple[str, str | None, int]]:
    """What the journal says."""
    with sqlite3.connect(path) as connection:
        found = connection.execute("SELECT message_id, verdict, settled FROM sends").fetchall()
    connection.close()
    return found


def raising(error: BaseException) -> Callable[[], Any]:
    """Break a request off with an error, once it has left."""

    async def break_off() -> None:
        raise error

    return break_off


@pytest.mark.parametrize("broken", [MemoryError(), SystemExit(1), GeneratorExit()], ids=repr)
async def test_whatever_breaks_a_request_off_it_may_have_left(
    make: Make, provider: Any, path: Path, broken: BaseException
) -> None:
    """Not only a cancellation: the id is not free, the row stays open, and the note says why."""
    client = make(journal=path, settle_window=0)
    provider.sends = [raising(broken)]
    # A plain Exception is judged like any lost answer; the others go on as they are.
    kind = OutcomeUnknown if isinstance(broken, Exception) else type(broken)
    with pytest.raises(kind) as caught:
        await client.send("Hello", to=NUMBER, message_id="ID1")
    if kind is not OutcomeUnknown:
        assert caught.value is broken
        assert "message ID1 was broken off; verdict UNKNOWN" in broken.__notes__[0]
    assert [(name, settled) for name, _, settled in rows(path)] == [("ID1", 0)]
    with pytest.raises(InvalidRequest, match="whose verdict is UNKNOWN"):
        await client.send("Hello", to=NUMBER, message_id="ID1")
    assert provider.ids == ["ID1"]


async def test_an_answer_outlives_a_verdict_that_can_not_be_written(
    make: Make, provider: Any, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No thread may be left when the answer comes: the caller still hears that it was accepted."""
    client = make(journal=path)
    ran = to_thread.run_sync

    async def no_more_threads(*_: Any, **__: Any) -> None:
        raise RuntimeError("can't start new thread")

    async def then_none() -> None:
        monkeypatch.setattr(to_thread, "run_sync", no_more_threads)

    provider.sends = ["ok"]
    provider.answers = []
    monkeypatch.setattr(provider, "heard", type("Heard", (), {"set": lambda _: None})())
    real = provider._fulfil

    async def fulfil(*given: Any) -> httpx.Response:
        await then_none()
        return await real(*given)

    monkeypatch.setattr(provider, "_fulfil", fulfil)
    assert (await client.send("Hello", to=NUMBER, message_id="ID1")).message_id == "ID1"
    with pytest.raises(NotSent, match="can't start new thread") as caught:
        await client.send("Hello", to=NUMBER)
    assert caught.value.obstacle is Obstacle.JOURNAL
    assert provider.ids == ["ID1"]
    monkeypatch.setattr(to_thread, "run_sync", ran)
    assert rows(path) == [("ID1", None, 0)]


async def test_a_closed_client_says_so_instead_of_looking(make: Make, provider: Any) -> None:
    """An error that outlives its client can't be looked up with it, and does not pretend to."""
    client = make(settle_window=0)
    provider.sends = ["lose"]
    with pytest.raises(OutcomeUnknown) as caught:
        await client.send("Hello", to=NUMBER)
    await client.aclose()
    with pytest.raises(NotSent, match="the client is closed"):
        await caught.value.reconcile()
    assert caught.value.verdict is Verdict.UNKNOWN
    assert provider.looks == []


async def test_a_client_that_is_closed_between_look_ups(make: Make, provider: Any) -> None:
    """The send is as unknown as it was, and says so at once."""
    client = make()

    async def close() -> None:
        await client.aclose()

    provider.sends, provider.answers = ["drop"], [close]
    with pytest.raises(OutcomeUnknown) as caught:
        await client.send("Hello", to=NUMBER)
    assert isinstance(caught.value.__cause__, httpx.ReadError)
    assert len(provider.looks) == 1


async def test_a_slow_recovery_does_not_unlearn(
    make: Make, provider: Any, path: Path, time: Any
) -> None:
    """Another process found the message meanwhile: that is what is said, and what stays."""
    first = make(journal=path, settle_window=0)
    provider.sends = ["drop"]
    with pytest.raises(OutcomeUnknown):
        await first.send("Hello", to=NUMBER, message_id="ID1")

    async def meanwhile() -> None:
        other = Journal(path)
        other.settle("ID1", Verdict.ACCEPTED, now=time.now.timestamp())
        other.close()

    provider.answers = [meanwhile, "ok", "ok", "ok", "ok", "ok", "ok", "ok"]
    (left,) = await make(journal=path).recover()
    assert (left.verdict, left.absent) == (Verdict.ACCEPTED, False)
    assert rows(path) == [("ID1", "ACCEPTED", 1)]


async def test_a_machine_that_slept_sends_nothing_more(
    make: Make, provider: Any, time: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The monotonic clock stood still; by the wall clock another may have given the message up."""
    slept = time.sleep

    async def suspend(seconds: float) -> None:
        await slept(seconds)
        monkeypatch.setattr(type(time), "now", time.now + timedelta(hours=1))

    monkeypatch.setattr(time, "sleep", suspend)
    provider.sends = ["refuse", "ok"]
    with pytest.raises(NotSentInTime):
        await make().send("Hello", to=NUMBER, message_id="ID1")
    assert provider.ids == []


async def test_a_callers_own_error_keeps_its_traceback(make: Make, provider: Any) -> None:
    """A send in an ``except`` block takes nothing off the error that is being handled there."""
    provider.sends = ["drop"]
    client, mine = make(settle_window=0), ValueError("mine")
    with pytest.raises(ValueError, match="mine"):  # noqa: PT012 - the send is in its shadow
        try:
            raise mine
        finally:
            with pytest.raises(OutcomeUnknown):
                await client.send("Hello", to=NUMBER)
            assert mine.__traceback__ is not None


async def test_a_contradiction_is_no_refusal(make: Make, provider: Any) -> None:
    """400 with Result: Success says yes and no: the message is looked up."""
    provider.sends = [httpx.Response(400, json={"Result": "Success", "MessageID": "ID1"})]
    with pytest.raises(OutcomeUnknown, match="a contradiction"):
        await make(settle_window=0).send("Hello", to=NUMBER, message_id="ID1")


async def test_a_pause_is_not_counted_as_looking(make: Make, provider: Any) -> None:
    """A look-up that the provider's own Retry-After kept back was not made."""
    provider.sends = [httpx.Response(503, headers={"Retry-After": "100"})]
    with pytest.raises(OutcomeUnknown, match=r"gave no clear answer \(0 look-ups\)"):
        await make(settle_window=3).send("Hello", to=NUMBER)
    assert provider.looks == []


async def test_a_file_is_closed_also_while_cancelled(make: Make, path: Path) -> None:
    """A client that is closed in a cancelled scope leaves no handle behind."""
    client = make(journal=path)
    await client.send("Hello", to=NUMBER)
    with anyio.CancelScope() as scope:
        scope.cancel()
        await client.aclose()
    kept = client._sender.register.journal
    assert kept is not None
    assert kept._connection is None


def test_an_id_is_claimed_once() -> None:
    """In one step, whatever the case of its letters; an unclear one is never forgotten."""
    register = Register(None, None)  # type: ignore[arg-type]
    register.claim("Id1")
    with pytest.raises(InvalidRequest):
        register.claim("ID1")
    register.release("Id1", Verdict.NOT_SENT)
    register.claim("ID1")
    register.release("ID1", Verdict.UNKNOWN)
    with pytest.raises(InvalidRequest):
        register.claim("id1")


def test_a_journal_is_a_file(tmp_path: Path) -> None:
    """A name that no file can have is found when the client is made."""
    with pytest.raises(ConfigurationError, match="can't be a file"):
        Journal(f"{tmp_path}/a\0b")
