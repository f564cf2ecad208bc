"""A secret canary through all main paths of both clients, with every logger at DEBUG (T14).

The token shows up nowhere: not in a log of anyone's, an error, a traceback with locals, a repr, a
pickle, a warning, on a terminal, in the journal. What was sent, and a whole phone number, are in
none of our errors, nor in our log or the journal.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import warnings
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from rig.engines import use
from survival.breaking import by_scope, by_task, by_task_twice, in_a_task
from survival.watching import NATIONAL, NUMBER, TEXT, TOKEN, Watch, copies_of, found, things

from bestsms import AsyncClient, BestSMSError, ConfigurationError, SyncClient
from bestsms.cli import main
from bestsms.emulator import Emulator, Fault

ECHO = f'{{"Result":"Failed","Message":"No credit for {NUMBER}. Basic {TOKEN}"}}'
"""A provider's own words are shown, but for numbers and the token."""
WHOLE_ECHO = f'{{"MessageText":"{TEXT}","Destination":"{NUMBER}","Authorization":"Basic {TOKEN}"}}'
"""What was sent, all of it: nothing of such an answer is shown."""
STATUSES = (200, 202, 400, 401, 403, 404, 408, 409, 413, 429, 500, 502, 503)
FAULTS = {
    "reset at accept": Fault(do="reset", at="accept"),
    "reset in the head": Fault(do="reset", at="headers"),
    "reset after the request": Fault(do="reset"),
    "reset in the answer": Fault(do="reset", at="response_bytes"),
    "closed": Fault(do="close", accept="yes"),
    "not HTTP": Fault(do="garbage"),
    "a page": Fault(do="html", body=ECHO),
    "half an answer": Fault(do="cut", at="response_bytes", after=40),
    "a wrong length": Fault(do="wrong_length"),
    "no answer": Fault(do="stall", accept="yes"),
    "a redirect": Fault(do="answer", status=307, headers={"Location": "https://x.example/"}),
    **{f"HTTP {each}": Fault(do="answer", status=each, body=ECHO) for each in STATUSES},
    **{
        f"HTTP {each} with all of it": Fault(
            do="answer", status=each, body=WHOLE_ECHO, method="POST"
        )
        for each in STATUSES
    },
    "a page with all of it": Fault(do="html", body=f"<p>{WHOLE_ECHO}", method="POST"),
}
"""By name: a frame that held the fault itself would show what is in it."""
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
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(True)
        made.begin()
        try:
            yield made
        finally:
            made.end()
            logging.captureWarnings(False)
    assert made.errors


def settings(emulator: Emulator, **more: Any) -> dict[str, Any]:
    """Those of both clients."""
    return {"base_url": emulator.url, "timeout": 0.2, "settle_window": 0, **more}


@pytest.mark.parametrize(
    ("engine", "heard"),
    [("httptools", {"bestsms"}), ("h11", {"bestsms"}), ("lanes", {"bestsms", "httpx", "httpcore"})],
)
async def test_no_fault_and_no_refusal_shows_a_secret(
    engine: str,
    heard: set[str],
    emulator: Emulator,
    watch: Watch,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A send through each fault, other calls through some, each refusal; the loop in debug mode."""
    use(engine, monkeypatch)
    asyncio.get_running_loop().set_debug(True)
    async with AsyncClient(**settings(emulator)) as client:
        await client.send(TEXT, to=NUMBER)
        for call in [*CALLS, *REFUSED]:
            await told(call(client), watch)
        for turn, name in enumerate(FAULTS):
            emulator.clear_faults()
            emulator.inject(FAULTS[name])
            for call in {CALLS[0], CALLS[turn % len(CALLS)]}:
                await told(call(client), watch)
    emulator.clear_faults()
    async with AsyncClient("wrong-" + "token", **settings(emulator)) as stranger:
        await told(stranger.send(TEXT, to=NUMBER), watch)
    await told(client.send(TEXT, to=NUMBER), watch)
    kinds = {type(error).__name__ for error in watch.errors}
    assert kinds > {"InvalidRequest", "NotSent", "OutcomeUnknown", "Rejected", "RateLimited"}
    assert {name.split(".")[0] for name, _ in watch.lines} >= heard
    assert watch.shown() == []


async def told(call: Awaitable[Any], watch: Watch) -> None:
    """Make a call and keep the error, if it ends so."""
    try:
        await call
    except BestSMSError as error:
        watch.errors.append(error)


@pytest.mark.parametrize("warm", [False, True], ids=["a new connection", "a used connection"])
@pytest.mark.parametrize("way", [by_task, by_task_twice, by_scope])
async def test_no_cancellation_shows_a_secret(
    *, emulator: Emulator, watch: Watch, way: Call, warm: bool
) -> None:
    """Wherever it strikes: it passes through frames that hold the header and the body."""
    for wait in itertools.count(1):
        async with AsyncClient(**settings(emulator)) as client:
            if warm:
                await client.send(TEXT, to=NUMBER)
            known = len(watch.errors)
            await in_a_task(way(kept(client.send(TEXT, to=NUMBER), watch), wait))
            if len(watch.errors) == known:
                break
    assert watch.shown() == []


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
        for name, call in zip(FAULTS, itertools.cycle([*CALLS, *REFUSED]), strict=False):
            emulator.clear_faults()
            emulator.inject(FAULTS[name])
            try:
                call(client)
            except BestSMSError as error:
                watch.errors.append(error)
    assert watch.shown() == []


async def test_the_journal_holds_no_secret(
    emulator: Emulator, watch: Watch, tmp_path: Path
) -> None:
    """Sent, refused, lost, recovered: the file has ids, digests and times."""
    path = tmp_path / "journal"

    def files() -> Iterator[Path]:
        return tmp_path.glob("journal*")

    for name in list(FAULTS):
        emulator.clear_faults()
        emulator.inject(FAULTS[name])
        async with AsyncClient(journal=path, **settings(emulator)) as client:
            await told(client.send(TEXT, to=NUMBER), watch)
    emulator.clear_faults()
    async with AsyncClient(journal=path, **settings(emulator)) as client:
        recovered = await client.recover()
        written = b"".join(map(Path.read_bytes, files()))
    assert len(recovered) > 3
    assert str(recovered[0].message_id).encode() in written
    for secret in (TOKEN, TEXT, NATIONAL):
        assert secret.encode() not in written
        assert secret not in repr(recovered)
    assert watch.shown() == []


async def test_no_thing_in_memory_shows_the_token(emulator: Emulator, watch: Watch) -> None:
    """Every object of the client's and of httpx: as text, as a pickle, as a copy of it."""
    async with AsyncClient(**settings(emulator)) as client:
        await client.send(TEXT, to=NUMBER)
        await told(client.reports.status("none"), watch)
        with pytest.raises(ConfigurationError) as caught:
            AsyncClient(TOKEN + "\n" + TOKEN)
        watch.errors.append(caught.value)
        living = things()
        assert {"AsyncClient", "Secret", "Settings"} <= {type(each).__name__ for each in living}
        for thing in living:
            shown = f"{thing!r} {thing}"
            assert TOKEN not in shown, type(thing)
            # httpx's own can be pickled with all they hold; they do not leave the engine.
            if not type(thing).__module__.startswith("httpx"):
                assert not any(TOKEN.encode() in each for each in copies_of(thing)), type(thing)
    assert watch.shown() == []


def test_the_command_line_shows_no_secret(
    emulator: Emulator, watch: Watch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What it prints of a send, of a report, and of what went wrong."""
    # None that leaves a send in doubt for as long as the command would look.
    for name in ("closed", "HTTP 400", "HTTP 401", "HTTP 404"):
        emulator.clear_faults()
        emulator.inject(attrs.evolve(FAULTS[name], times=1))
        for words in (["send", TEXT, "--to", NUMBER], ["status", "none"], ["received"]):
            for style in ([], ["--json"]):
                main([*words, *style, "--emulator", emulator.url])
    said = capsys.readouterr()
    assert said.out
    assert said.err
    assert found(TOKEN, said.out, "stdout") == []
    # What is complained of is an error's text, held to the same.
    watch.errors.append(ConfigurationError(said.err))
    assert watch.shown() == []
