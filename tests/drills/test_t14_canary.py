"""A secret canary through all main paths of both clients, with every logger at DEBUG (T14).

The token shows up nowhere: not in a log of anyone's, an error, a traceback with locals, a repr, a
pickle, a warning, on a terminal, in the journal. What was sent, and a whole phone number, are in
none of our errors, nor in our log or the journal.
"""

from __future__ import annotations

import asyncio
import itertools
import warnings
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from survival.breaking import by_scope, by_task, by_task_twice, in_a_task
from survival.watching import NATIONAL, NUMBER, TEXT, TOKEN, Watch, copies_of, things

from bestsms import AsyncClient, BestSMSError, ConfigurationError, SyncClient
from bestsms.cli import main
from bestsms.emulator import Emulator, Fault

ECHO = f'{{"Result":"Failed","Message":"{TEXT} for {NUMBER}; Basic {TOKEN}"}}'
FAULTS = [
    *(Fault(do="reset", at=at) for at in ("accept", "headers", "request", "response_bytes")),  # type: ignore[arg-type]
    Fault(do="close", accept="yes"),
    Fault(do="garbage"),
    Fault(do="html", body=ECHO),
    Fault(do="cut", at="response_bytes", after=40),
    Fault(do="wrong_length"),
    Fault(do="stall", accept="yes"),
    *(
        Fault(do="answer", status=status, body=ECHO)
        for status in (200, 202, 400, 401, 403, 404, 408, 409, 413, 429, 500, 502, 503)
    ),
    Fault(do="answer", status=307, headers={"Location": "https://elsewhere.example/x"}, body=ECHO),
]
Call = Callable[[Any], Any]
CALLS: list[Call] = [
    lambda client: client.send(TEXT, to=NUMBER),
    lambda client: client.reports.status("none"),
    lambda client: client.actions.abort("none"),
    lambda client: client.contacts.create(first_name=TEXT, mobile_phone=NUMBER),
]
REFUSED: list[Call] = [
    lambda client: client.send(TEXT, to=[]),
    lambda client: client.send(TEXT, to=NUMBER, reference=TEXT * 9),
    lambda client: client.send(TEXT, to=NUMBER, message_id=NUMBER),
    lambda client: client.send(TEXT * 99, to=NUMBER),
    lambda client: client.send(TEXT + "\ud800", to=NUMBER),
    lambda client: client.reports.status(".."),
]


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """A provider behind a port that takes the token and no other."""
    made = Emulator(token=TOKEN)
    with made.serve():
        yield made


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch, brisk: None) -> Iterator[Watch]:
    """Whoever logs is heard, warnings are written down, the token comes from outside."""
    monkeypatch.setenv("BESTSMS_AUTH_TOKEN", TOKEN)
    made = Watch()
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        made.begin()
        yield made
        made.end()
    made.lines += [("warnings", f"{each.message} {each}") for each in warned]
    hold(made)


def hold(watch: Watch) -> None:
    """What must be true of all that was said."""
    assert watch.errors
    for where in (watch.said_by(), watch.words(), watch.tracebacks()):
        assert TOKEN not in where
    for where in (watch.said_by("bestsms", "warnings"), watch.words()):
        assert TEXT not in where
        assert NATIONAL not in where


def settings(emulator: Emulator, **more: Any) -> dict[str, Any]:
    """Those of both clients."""
    return {"base_url": emulator.url, "timeout": 0.2, "settle_window": 0, **more}


async def test_no_fault_and_no_refusal_shows_a_secret(emulator: Emulator, watch: Watch) -> None:
    """Each kind of call through each fault, and each refusal, with the loop in debug mode."""
    asyncio.get_running_loop().set_debug(True)
    async with AsyncClient(**settings(emulator)) as client:
        await client.send(TEXT, to=NUMBER)
        for fault, call in itertools.product([None, *FAULTS], [*CALLS, *REFUSED]):
            emulator.clear_faults()
            if fault is not None:
                emulator.inject(fault)
                if call in REFUSED:
                    continue
            await told(call(client), watch)
    async with AsyncClient("wrong-" + "token", **settings(emulator)) as stranger:
        await told(stranger.send(TEXT, to=NUMBER), watch)
    await told(client.send(TEXT, to=NUMBER), watch)
    kinds = {type(error).__name__ for error in watch.errors}
    assert kinds > {"InvalidRequest", "NotSent", "OutcomeUnknown", "Rejected", "RateLimited"}
    assert "httpcore" in {name.split(".")[0] for name, _ in watch.lines}


async def told(call: Awaitable[Any], watch: Watch) -> None:
    """Make a call and keep the error, if it ends so."""
    try:
        await call
    except BestSMSError as error:
        watch.errors.append(error)


@pytest.mark.parametrize("warm", [False, True], ids=["a new connection", "a used connection"])
@pytest.mark.parametrize("way", [by_task, by_task_twice, by_scope])
async def test_no_cancellation_shows_a_secret(
    emulator: Emulator, watch: Watch, way: Call, warm: bool
) -> None:
    """Wherever it strikes: it passes through frames that hold the header and the body."""
    for wait in itertools.count(1):
        async with AsyncClient(**settings(emulator)) as client:
            if warm:
                await client.send(TEXT, to=NUMBER)
            known = len(watch.errors)
            await in_a_task(way(kept(client.send(TEXT, to=NUMBER), watch), wait))
            if len(watch.errors) == known:
                return


async def kept(call: Awaitable[Any], watch: Watch) -> None:
    """Make a call; how it is broken off is seen on the way."""
    try:
        await call
    except BaseException as error:
        watch.errors.append(error)
        raise


def test_the_sync_client_shows_no_secret(emulator: Emulator, watch: Watch) -> None:
    """Its errors cross from one thread to another."""
    with SyncClient(**settings(emulator)) as client:
        for fault, call in itertools.product(FAULTS[::3], [*CALLS, *REFUSED]):
            emulator.clear_faults()
            emulator.inject(fault)
            try:
                call(client)
            except BestSMSError as error:
                watch.errors.append(error)


async def test_the_journal_holds_no_secret(
    emulator: Emulator, watch: Watch, tmp_path: Path
) -> None:
    """Sent, refused, lost, recovered: the file has ids, digests and times."""
    path = tmp_path / "journal"
    for fault in FAULTS:
        emulator.clear_faults()
        emulator.inject(fault)
        async with AsyncClient(journal=path, **settings(emulator)) as client:
            await told(client.send(TEXT, to=NUMBER), watch)
    emulator.clear_faults()
    async with AsyncClient(journal=path, **settings(emulator)) as client:
        recovered = await client.recover()
        written = b"".join(each.read_bytes() for each in tmp_path.glob("journal*"))
    assert len(recovered) > 3
    assert str(recovered[0].message_id).encode() in written
    for secret in (TOKEN, TEXT, NATIONAL):
        assert secret.encode() not in written
        assert secret not in repr(recovered)


async def test_no_thing_in_memory_shows_the_token(emulator: Emulator, watch: Watch) -> None:
    """Every object of the client's and of httpx: as text, as a pickle, as a copy of it."""
    async with AsyncClient(**settings(emulator)) as client:
        await client.send(TEXT, to=NUMBER)
        await told(client.reports.status("none"), watch)
        with pytest.raises(ConfigurationError) as caught:
            AsyncClient(TOKEN + "\n" + TOKEN)
        watch.errors.append(caught.value)
        found = things()
        assert {"AsyncClient", "Secret", "Settings"} <= {type(each).__name__ for each in found}
        for thing in found:
            shown = f"{thing!r} {thing}"
            assert TOKEN not in shown, type(thing)
            # httpx's own can be pickled with all they hold; they do not leave the engine.
            if not type(thing).__module__.startswith("httpx"):
                assert not any(TOKEN.encode() in each for each in copies_of(thing)), type(thing)


def test_the_command_line_shows_no_secret(
    emulator: Emulator, watch: Watch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What it prints of a send, of a report, and of what went wrong."""
    for fault in (None, FAULTS[1], FAULTS[4], FAULTS[13], FAULTS[-1]):
        emulator.clear_faults()
        if fault is not None:
            emulator.inject(fault)
        for words in (["send", TEXT, "--to", NUMBER], ["status", "none"], ["received"]):
            for style in ([], ["--json"]):
                main([*words, *style, "--emulator", emulator.url])
    said = capsys.readouterr()
    assert said.out
    assert said.err
    watch.errors.append(ConfigurationError(said.err))
    assert TOKEN not in said.out + said.err
