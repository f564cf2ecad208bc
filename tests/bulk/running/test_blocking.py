"""A run for code without an event loop."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from bestsms import (
    AsyncClient,
    ChunkOutcome,
    InvalidRequest,
    RunStopped,
    SyncClient,
    SyncRun,
    Totals,
    Verdict,
)
from bestsms.bulk.report import Report

Make = Callable[..., SyncClient]


@pytest.fixture
def made(provider: Any) -> Iterator[Make]:
    """Make sync clients of the provider, and close them afterwards."""
    clients: list[SyncClient] = []

    def one(**settings: Any) -> SyncClient:
        clients.append(SyncClient(**{"auth_token": "token", "transport": provider, **settings}))
        return clients[-1]

    yield one
    for client in clients:
        client.close()


@pytest.fixture
def sync(made: Make) -> SyncClient:
    """A sync client as it comes."""
    return made()


def test_a_run_is_iterated_over(sync: SyncClient, provider: Any, numbers: list[str]) -> None:
    """As the async one is; the totals are current all the time."""
    found: list[ChunkOutcome] = []
    with sync.send_many(numbers, message="Hello", max_destinations=20) as run:
        for outcome in run:
            found.append(outcome)
            assert run.totals.accepted >= sum(map(len, found))
    assert run.totals == Totals(read=50, accepted=50, chunks=3, requests=3)
    assert provider.phones == dict.fromkeys(numbers, 1)
    assert repr(run) == f"<SyncRun {run.totals}>"


def test_a_run_is_finished(sync: SyncClient, provider: Any, numbers: list[str]) -> None:
    """With or without ``with``; of a run that was begun it is the rest."""
    assert sync.send_many(numbers, message="Hello").finish().accepted == 50
    with sync.send_many(numbers, message="Hello", max_destinations=10) as run:
        next(run)
        assert run.finish().accepted == 50
        assert run.finish().accepted == 50
    assert provider.phones == dict.fromkeys(numbers, 2)


def test_who_leaves_early_waits_for_what_is_under_way(
    sync: SyncClient, provider: Any, numbers: list[str]
) -> None:
    """And begins no other request; leaving twice is leaving once."""
    provider.seconds = 5.0
    with sync.send_many(numbers, message="Hello", max_destinations=5, concurrency=2) as run:
        next(run)
    run.close()
    assert run.totals.accepted == sum(provider.phones.values()) < 50
    assert not [thread for thread in threading.enumerate() if thread.name == "bestsms-run"]


def test_what_is_wrong_is_said_when_it_begins(sync: SyncClient, provider: Any) -> None:
    """As the async run says it."""
    with pytest.raises(InvalidRequest, match="concurrency"):
        sync.send_many(["+61421000001"], message="Hello", concurrency=0).finish()
    with (
        pytest.raises(InvalidRequest, match="Message"),
        sync.send_many(["+61421000001"], message=""),
    ):
        pass
    assert provider.sends == []


def test_a_stopped_run_says_why(sync: SyncClient, provider: Any, numbers: list[str]) -> None:
    """After every outcome."""
    provider.always = httpx.Response(401)
    with sync.send_many(numbers, message="Hello", max_destinations=10, concurrency=1) as run:
        assert next(run).verdict is Verdict.REJECTED
        with pytest.raises(RunStopped) as caught:
            next(run)
    assert caught.value.totals.rejected == 10


def test_an_error_at_the_end_is_raised_there(
    sync: SyncClient, numbers: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as a report whose last lines can't be written."""
    close = Report.close

    def full(report: Report) -> None:
        close(report)
        raise OSError("no space left")

    monkeypatch.setattr("bestsms.bulk.report.Report.close", full)
    with (
        pytest.raises(OSError, match="no space"),
        sync.send_many(numbers, message="Hello", report=tmp_path / "report.csv") as run,
    ):
        run.finish()


def test_progress_may_block(sync: SyncClient, numbers: list[str]) -> None:
    """A function of blocking code may call the client again."""
    heard: list[int] = []

    def hear(totals: Totals) -> None:
        heard.append(totals.accepted)

    sync.send_many(numbers, message="Hello", on_progress=hear).finish()
    assert heard == [50]


def test_a_client_that_was_closed_ends_its_run(sync: SyncClient, numbers: list[str]) -> None:
    """Leaving the run then waits for nobody."""
    with sync.send_many(numbers, message="Hello", max_destinations=1) as run:
        next(run)
        sync.close()
    assert run.totals.accepted < 50


def test_an_interrupt_while_it_begins_leaves_nothing_behind(
    sync: SyncClient, numbers: list[str]
) -> None:
    """The run is left before it is used."""

    class Interrupted(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            super().wait(timeout)
            raise KeyboardInterrupt

    run = sync.send_many(numbers, message="Hello", max_destinations=1)
    run._entered = Interrupted()
    with pytest.raises(KeyboardInterrupt), run:
        pass
    assert run.totals.accepted < 50


def test_an_interrupt_while_it_is_left_breaks_off_what_is_under_way(
    sync: SyncClient, provider: Any, numbers: list[str], time: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever waits for the end of a slow request, and will not, need not."""
    left = threading.Event()

    class Interrupted(threading.Thread):
        def join(self, timeout: float | None = None) -> None:
            if not left.is_set():
                left.set()
                raise KeyboardInterrupt
            super().join(timeout)

    provider.always = "hang"
    monkeypatch.setattr("bestsms.bulk.blocking.threading.Thread", Interrupted)
    with time.held():
        run = sync.send_many(numbers, message="Hello", max_destinations=10, concurrency=1)
        with pytest.raises(KeyboardInterrupt), run:
            provider.left.wait(timeout=60)
    assert run.totals == Totals()
    assert len(provider.sends) == 1


def test_the_types_of_both_worlds_meet(sync: SyncClient) -> None:
    """One method, two clients."""
    run = sync.send_many([], message="Hello")
    assert isinstance(run, SyncRun)
    assert run.finish() == Totals()


def test_a_run_that_was_never_begun_is_pointed_out(
    client: AsyncClient, sync: SyncClient, provider: Any
) -> None:
    """As a coroutine that nobody awaited; else nobody would get a text, and nobody would know."""
    for either in client, sync:
        with pytest.warns(RuntimeWarning, match="was never begun; nothing was sent"):
            either.send_many(["+61421000001"], message="Hello")
    assert provider.sends == []


def test_a_run_is_begun_before_it_is_iterated_over(sync: SyncClient, provider: Any) -> None:
    """The error says how; after it was left there is nothing more."""
    run = sync.send_many([], message="Hello")
    with pytest.raises(RuntimeError, match="Iterate inside of with, or call finish"):
        next(run)
    with run:
        pass
    assert list(run) == []
    assert provider.sends == []
