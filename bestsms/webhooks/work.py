"""The worker of a stored queue: takes events out, calls the handler, and writes down what came."""

from __future__ import annotations

import inspect
import logging
import math
import traceback
from collections.abc import Awaitable, Callable
from typing import Any, Final, NamedTuple, TypeVar, cast

import anyio
import anyio.lowlevel
import anyio.to_thread

from bestsms._retry import Clock
from bestsms._sqlite import in_thread
from bestsms._wire.privacy import masked
from bestsms.errors import ConfigurationError, StoreError
from bestsms.webhooks.events import Event
from bestsms.webhooks.store import Store, rows

__all__ = ["Handler", "Terms", "Worker"]

T = TypeVar("T")

Handler = Callable[[Event], Awaitable[None] | None]
"""What is called with each event: a coroutine function, or a plain one in a worker thread."""

LEASE_MARGIN: Final = 30.0
"""Seconds that a lease is longer than a handler may take: for the notes before and after it."""
LOOK_SECONDS: Final = 1.0
"""How often the store is looked into for what other processes put there, and for what is due."""
PRUNE_SECONDS: Final = 60.0
FIRST_PAUSE: Final = 2.0
"""Seconds: the bound of the pause after a first failed attempt; four times as long at each more."""
LONGEST_PAUSE: Final = 3600.0
FIRST_PAUSE_OF_STORE: Final = 1.0
LONGEST_PAUSE_OF_STORE: Final = 30.0

_log = logging.getLogger("bestsms.webhooks")


class Terms(NamedTuple):
    """How handlers are called.

    Attributes:
        timeout: Seconds that one may take.
        attempts: How often an event is tried.
        at_once: How many run at once.
    """

    timeout: float
    attempts: int
    at_once: int


class Worker:
    """Works a store's queue.

    Args:
        store: Holds the events.
        handler: What is called with them, if they are handled here.
        before: Awaited before each call.
        terms: How it is called.
        clock: Time and chance.
    """

    def __init__(
        self,
        store: Store,
        handler: Handler | None,
        before: Callable[[Event], Awaitable[None]] | None,
        terms: Terms,
        clock: Clock,
    ) -> None:
        self._store = store
        self._handler = handler
        self._plain = not inspect.iscoroutinefunction(handler)
        self._before = before
        self._terms = terms
        self._clock = clock
        self._free = terms.at_once
        self._handling: set[str] = set()
        self._busy_threads: set[object] = set()
        self._stuck = False
        self._loop: object = None
        self._news: anyio.Event | None = None
        self._threads: anyio.CapacityLimiter | None = None
        self._pruned = -math.inf

    def wake(self) -> None:
        """Have the store looked into now; from another event loop this is left to the next look."""
        if self._news is not None and self._loop == anyio.lowlevel.current_token():
            self._news.set()

    async def run(self) -> None:
        """Work until this is cancelled."""
        if self._handler is None:
            raise ConfigurationError("handler: one is needed to work the queue.")
        self._free = self._terms.at_once
        self._loop = anyio.lowlevel.current_token()
        # Its own, since the program's may all be taken by what the handlers wait for.
        self._threads = anyio.CapacityLimiter(self._terms.at_once)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._look_on)
            while True:
                # Renewed before the look, so that what comes during it is not missed.
                self._news = news = anyio.Event()
                wanted = self._wanted()
                claims = await self._take(wanted) if wanted else []
                for each in claims:
                    self._free -= 1
                    tasks.start_soon(self._handle, each)
                if len(claims) < wanted or not wanted:
                    await news.wait()

    def _wanted(self) -> int:
        """Return how many events to take: a thread that goes on past its time keeps its place."""
        left = self._terms.at_once - len(self._busy_threads)
        if self._free and left <= 0 and not self._stuck:
            _log.error(
                "webhooks wait: all %d threads are held by handlers that are past their %g s",
                self._terms.at_once,
                self._terms.timeout,
            )
        self._stuck = left <= 0
        return max(0, min(self._free, left))

    async def _look_on(self) -> None:
        while True:
            await self._clock.sleep(LOOK_SECONDS)
            self.wake()

    async def _take(self, most: int) -> list[rows.Claim]:
        """Take what is due, however long the store is away."""
        pause = FIRST_PAUSE_OF_STORE
        while True:
            try:
                taken = await self._do(lambda on: self._claim(on, most))
            except StoreError as error:
                if pause == FIRST_PAUSE_OF_STORE:
                    _log.error("%s; webhooks wait until it is there again", error)
                await self._clock.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE_OF_STORE)
            else:
                if pause != FIRST_PAUSE_OF_STORE:
                    _log.warning("webhook store %s: it is there again", self._store.name)
                return taken

    def _claim(self, connection: rows.Connection, most: int) -> list[rows.Claim]:
        now, terms = self._now(), self._terms
        if now - self._pruned >= PRUNE_SECONDS:
            rows.prune(connection, now=now)
            self._pruned = now
        until = now + terms.timeout + LEASE_MARGIN
        return rows.claim(
            connection,
            now=now,
            until=until,
            latest=max(until, now + LONGEST_PAUSE) + LEASE_MARGIN,
            most=most,
            attempts=terms.attempts,
            ours=self._handling,
        )

    async def _handle(self, claimed: rows.Claim) -> None:
        ends = self._now() + self._terms.timeout + LEASE_MARGIN
        self._handling.add(claimed.key)
        try:
            error = await self._attempt(claimed)
            await self._note(claimed, error, ends)
        finally:
            self._handling.discard(claimed.key)
            self._free += 1
            self.wake()

    async def _attempt(self, claimed: rows.Claim) -> BaseException | None:
        try:
            event = Event.from_json(claimed.event)
            ends = anyio.current_time() + self._terms.timeout
            with anyio.fail_after(self._terms.timeout):
                if self._before is not None:
                    await self._before(event)
            # A thread can't be stopped, so at the end of the program it is waited for.
            left = ends - anyio.current_time()
            with anyio.fail_after(left, shield=self._plain):
                await self._call(event)
        except anyio.get_cancelled_exc_class() as error:
            if anyio.current_effective_deadline() > -math.inf:
                return error  # The handler's own, and not the end of all of this.
            await self._give_back(claimed)
            raise
        # Whatever it is, the event is tried again, and the others go on.
        except Exception as error:  # noqa: BLE001
            return error
        return None

    async def _call(self, event: Event) -> None:
        handler = cast("Callable[[Event], Any]", self._handler)
        if self._plain:
            result = await anyio.to_thread.run_sync(
                self._in_thread, handler, event, abandon_on_cancel=True, limiter=self._threads
            )
        else:
            result = handler(event)
        if inspect.isawaitable(result):
            await result

    def _in_thread(self, handler: Callable[[Event], Any], event: Event) -> Any:
        mark = object()
        self._busy_threads.add(mark)
        try:
            return handler(event)
        finally:
            self._busy_threads.discard(mark)

    async def _give_back(self, claimed: rows.Claim) -> None:
        """Leave an event to the next run: the attempt that was broken off does not count."""
        now, attempts = self._now(), claimed.attempts - 1
        with anyio.CancelScope(shield=True):
            try:
                await self._do(
                    lambda on: rows.back(
                        on, claimed, due=now, attempts=attempts, now=now, error=None
                    )
                )
            except StoreError as error:
                _log.warning("%s; webhook %r waits for its lease", error, claimed.key)

    async def _note(self, claimed: rows.Claim, error: BaseException | None, ends: float) -> None:
        """Write down how an attempt ended; until its lease is over, if the store is away."""
        work = self._ending(claimed, error)
        pause, lost = FIRST_PAUSE_OF_STORE, "it took longer than its lease"
        while True:
            # Also while all of this ends: what was done must not be done again.
            with anyio.CancelScope(shield=True):
                try:
                    if await self._do(work):
                        return
                    break
                except StoreError as failure:
                    lost = str(failure)
            if self._now() + pause >= ends:
                break
            await self._clock.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_OF_STORE)
        _log.warning("webhook %r may be handled again: %s", claimed.key, lost)

    def _ending(
        self, claimed: rows.Claim, error: BaseException | None
    ) -> Callable[[rows.Connection], bool]:
        now = self._now()
        if error is None:
            return lambda on: rows.done(on, claimed, now=now)
        key, made, kind = claimed.key, claimed.attempts, type(error).__name__
        text = masked(traceback.format_exception_only(error)[0].strip())
        # Its text may quote the event's, and stays in the store.
        if made >= self._terms.attempts:
            due = None
            _log.error("webhook %r: dead after %d attempts, the last a %s", key, made, kind)
        else:
            bound = min(LONGEST_PAUSE, FIRST_PAUSE * 4.0 ** (made - 1))
            due = now + self._clock.random() * bound
            _log.warning(
                "webhook %r: attempt %d failed with %s, again in %.0f s", key, made, kind, due - now
            )
        return lambda on: rows.back(on, claimed, due=due, attempts=made, now=now, error=text)

    async def _do(self, work: Callable[[rows.Connection], T]) -> T:
        return await in_thread(lambda: self._store.do(work))

    def _now(self) -> float:
        return self._clock.now().timestamp()
