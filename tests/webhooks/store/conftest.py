"""A queue on each kind of store, with a clock that stands still until a test moves it."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import anyio
import pytest

from bestsms._retry import Clock
from bestsms.api import MessageType, RecipientStatus
from bestsms.webhooks.events import ReplyEvent, StatusEvent
from bestsms.webhooks.queue import Queue
from bestsms.webhooks.store import Store

# importlib mode puts no folder of tests on the path; the drills need the same stores.
sys.path.insert(0, str(Path(__file__).parents[2] / "drills"))

from inbox.stores import database, postgresql, store

__all__ = ["database", "postgresql", "store"]

START = datetime(2025, 6, 4, tzinfo=UTC)
SENT = "The code is 1234"


class Time:
    """A wall clock that stands still until it is moved, and draws the longest pause."""

    def __init__(self) -> None:
        self.at = START.timestamp()
        self._sleepers: list[tuple[float, anyio.Event]] = []

    async def sleep(self, seconds: float) -> None:
        """Sleep until the clock has been moved so far."""
        woken = anyio.Event()
        self._sleepers.append((self.at + seconds, woken))
        await woken.wait()

    def move(self, seconds: float) -> None:
        """Let so much time pass."""
        self.at += seconds
        for until, woken in self._sleepers:
            if until <= self.at:
                woken.set()
        self._sleepers = [each for each in self._sleepers if not each[1].is_set()]

    def set_back(self, seconds: float) -> None:
        """Put the clock back; whoever sleeps does so for no longer."""
        self.at -= seconds
        self._sleepers = [(until - seconds, woken) for until, woken in self._sleepers]

    async def idle(self, sleepers: int) -> None:
        """Wait until so many sleep: whoever is woken by the next move was asleep before it."""
        with anyio.fail_after(60):
            while len(self._sleepers) < sleepers:
                await anyio.to_thread.run_sync(int)

    async def until(
        self, queue: Queue, done: Callable[[Mapping[str, int]], bool], *, step: float = 1.0
    ) -> None:
        """Let time pass step by step until a queue's counts are so; no handler's runs out by it."""
        for _ in range(5000):
            counts = await queue.counts()
            if done(counts):
                return
            if not counts["running"]:
                self.move(step)
        raise AssertionError(counts)

    def clock(self) -> Clock:
        """The clock of a queue."""
        return Clock(
            now=lambda: datetime.fromtimestamp(self.at, UTC),
            sleep=self.sleep,
            random=lambda: 1.0,
        )


class Handled:
    """A handler that writes down what it was given, and fails as often as a test says."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.times: list[float] = []
        self.fails: list[BaseException] = []
        self.time: Time | None = None

    async def __call__(self, event: Any) -> None:
        """Take an event."""
        self.keys.append(event.key)
        if self.time is not None:
            self.times.append(self.time.at)
        if self.fails:
            raise self.fails.pop(0)
        await anyio.lowlevel.checkpoint()


@pytest.fixture
def time() -> Time:
    """The time of the test."""
    return Time()


@pytest.fixture
def handled(time: Time) -> Handled:
    """A handler."""
    made = Handled()
    made.time = time
    return made


Make = Callable[..., Queue]


@pytest.fixture
def make(store: str, time: Time, handled: Handled) -> Iterator[Make]:
    """Make a queue on the store; each may be another process's."""
    made: list[Queue] = []

    def one(**given: Any) -> Queue:
        queue = Queue(store, **{"handler": handled.__call__, "clock": time.clock(), **given})
        made.append(queue)
        return queue

    yield one
    for queue in made:
        queue._store.close()


@pytest.fixture
def queue(make: Make) -> Queue:
    """A queue on the store."""
    return make()


@pytest.fixture
def running() -> Callable[[Queue], AbstractAsyncContextManager[None]]:
    """Work a queue while a block lasts."""

    @asynccontextmanager
    async def run(queue: Queue) -> AsyncIterator[None]:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(queue.run)
            yield
            tasks.cancel_scope.cancel()

    return run


@pytest.fixture
def status() -> Callable[..., StatusEvent]:
    """Make a status event."""

    def make(state: str = "SUCCESS", message_id: str = "M1", **given: Any) -> StatusEvent:
        fields = {"destination": "+61421000001", "type": MessageType.SMS, **given}
        return StatusEvent(message_id=message_id, status=RecipientStatus(state), **fields)

    return make


@pytest.fixture
def reply() -> Callable[..., ReplyEvent]:
    """Make a reply."""

    def make(received_id: str | None = "R1", **given: Any) -> ReplyEvent:
        fields = {
            "type": MessageType.SMS_REPLY,
            "message_id": "M1",
            "from_": "+61421000001",
            "message_text": SENT,
            **given,
        }
        return ReplyEvent(received_id=received_id, **fields)

    return make


class Away:
    """A switch that takes every store away."""

    def __init__(self) -> None:
        self.gone = False
        self.refused = 0


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> Away:
    """Take the stores of this process away, and give them back."""
    from bestsms._sqlite import Database
    from bestsms.errors import StoreError

    switch, do = Away(), Database.do

    def maybe(self: Store, work: Any) -> Any:
        if switch.gone:
            switch.refused += 1
            raise StoreError("webhook store x: it is away")
        return do(self, work)  # type: ignore[arg-type]

    monkeypatch.setattr(Database, "do", maybe)
    return switch
