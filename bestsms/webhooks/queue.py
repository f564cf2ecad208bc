"""The stored queue between the answer to a webhook and its handler.

What :meth:`Queue.put` returned for is on the disk, once; :meth:`Queue.run` hands it to the handler
at least once. More is not possible: where a process dies between the handler's effect and the note
of it, the handler is called again, with the same ``event.key``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from os import PathLike
from typing import Final, TypeVar

import anyio
import attrs

from bestsms._retry import Clock
from bestsms._sqlite import in_thread
from bestsms.errors import ConfigurationError, QueueFull
from bestsms.webhooks.events import Event, ReplyEvent, StatusEvent, UnknownEvent
from bestsms.webhooks.store import opened, rows
from bestsms.webhooks.work import Handler, Terms, Worker

__all__ = ["DeadLetter", "Handler", "Queue"]

T = TypeVar("T")

LONGEST_KEY: Final = 200
"""A longer key is kept as its hash: a database's index has no room for any length."""


@attrs.frozen(kw_only=True)
class DeadLetter:
    """An event whose handler failed as often as it may; it is kept until it is tried again.

    Attributes:
        key: The event's key, for :meth:`Queue.retry`.
        error: The type of the last error, and its text with the numbers masked.
        attempts: How often the handler was called.
        arrived_at: When the event came.
        died_at: When the last attempt ended.
    """

    key: str
    error: str
    attempts: int
    arrived_at: datetime
    died_at: datetime
    _stored: str = attrs.field(repr=False, alias="stored")

    @property
    def event(self) -> StatusEvent | ReplyEvent | UnknownEvent:
        """The event itself.

        Raises:
            InvalidWebhook: Another version of this package stored it, in a form of its own.
        """
        return Event.from_json(self._stored)


class Queue:
    """Events in a store, from their arrival until their handler is done with them.

    Any number of queues in any number of processes may share a store. Its times are those of the
    machines' clocks, which are to agree within seconds.

    A status that its message has left behind is kept, as ``superseded``, and never handled: one
    that is not final after one that is, and one of an earlier time. The events of one message and
    destination are handled one at a time, in the order they came.

    Args:
        store: The path of a SQLite file, or a URL: ``sqlite:///PATH``, ``postgresql://...``.
        handler: What is called with each event: a coroutine function, or a plain one, which is
            called in a worker thread. Without one nothing is handled here.
        handler_timeout: Seconds a handler may take. A plain function can't be stopped: its thread
            goes on, and the next attempt may meet it.
        attempts: How often a handler is called with an event that it fails on, by an exception or
            a crash, before the event is a dead letter. The pauses between are random, at most 2 s,
            8 s, 32 s and so on to an hour.
        max_backlog: How many events may wait for their handler.
        at_once: How many handlers run at once.
        clock: Time and chance.
        before: Awaited before each call of the handler; what it raises is a failed attempt.

    Raises:
        ConfigurationError: A setting is wrong.
    """

    def __init__(
        self,
        store: str | PathLike[str],
        *,
        handler: Handler | None = None,
        handler_timeout: float = 30.0,
        attempts: int = 8,
        max_backlog: int = 10_000,
        at_once: int = 8,
        clock: Clock | None = None,
        before: Callable[[Event], Awaitable[None]] | None = None,
    ) -> None:
        for name, value in (
            ("handler_timeout", handler_timeout),
            ("attempts", attempts),
            ("max_backlog", max_backlog),
            ("at_once", at_once),
        ):
            if not value > 0:
                raise ConfigurationError(f"{name}: a number above 0 is needed, not {value!r}.")
        self._store = opened(store)
        self._clock = clock or Clock()
        self._max_backlog = max_backlog
        terms = Terms(timeout=handler_timeout, attempts=attempts, at_once=at_once)
        self._worker = Worker(self._store, handler, before, terms, self._clock)

    def __repr__(self) -> str:
        # Also while it is being made: a traceback with captured locals may show it then.
        return f"<Queue {self._store.name if hasattr(self, '_store') else 'of nothing yet'}>"

    async def put(self, event: Event) -> bool:
        """Keep an event; it is on the disk when this returns.

        Returns:
            Whether it is new. Its key is known for 8 days after it is done.

        Raises:
            QueueFull: As many events wait for their handler as may.
            StoreError: It can't be written.
        """
        entry, max_backlog = _entry(event), self._max_backlog
        now = self._now()
        arrival = await self._do(
            lambda connection: rows.put(connection, entry, now=now, max_backlog=max_backlog)
        )
        if arrival is rows.Arrival.FULL:
            raise QueueFull(
                f"webhook store {self._store.name}: {max_backlog} events wait for their handler "
                "already. Is one running?"
            )
        new = arrival is rows.Arrival.NEW
        if new:
            self._worker.wake()
        return new

    async def run(self) -> None:
        """Hand events to the handler until this is cancelled.

        What is being handled then is given back, and handled again by whoever runs next.
        """
        await self._worker.run()

    async def aclose(self) -> None:
        """Close the store; the next use opens it again."""
        with anyio.CancelScope(shield=True):
            await in_thread(self._store.close)

    async def counts(self) -> Mapping[str, int]:
        """Return how many events are pending, running, done, superseded and dead.

        Raises:
            StoreError: The store can't be read.
        """
        return await self._do(rows.counts)

    async def dead(self, *, most: int = 1000) -> list[DeadLetter]:
        """Return the dead letters, the first that came first.

        Args:
            most: At most so many.

        Raises:
            StoreError: The store can't be read.
        """
        found = await self._do(lambda connection: rows.dead(connection, most=most))
        return [
            DeadLetter(
                key=key,
                stored=event,
                attempts=attempts,
                error=error,
                arrived_at=datetime.fromtimestamp(arrived, UTC),
                died_at=datetime.fromtimestamp(changed, UTC),
            )
            for key, event, attempts, error, arrived, changed in found
        ]

    async def retry(self, key: str) -> bool:
        """Hand a dead letter to the handler again, with all its attempts before it.

        Returns:
            Whether it will be: not if there is none of that key, and not if its message is in a
            later state by now; then it is superseded.

        Raises:
            StoreError: The store can't be written.
        """
        stored, now = _kept(key), self._now()
        again = await self._do(lambda connection: rows.retry(connection, stored, now=now))
        if again:
            self._worker.wake()
        return again

    async def _do(self, work: Callable[[rows.Connection], T]) -> T:
        return await in_thread(lambda: self._store.do(work))

    def _now(self) -> float:
        return self._clock.now().timestamp()


def _entry(event: Event) -> rows.Entry:
    key, text = _kept(event.key), event.to_json()
    if not isinstance(event, StatusEvent):
        return rows.Entry(key, text)
    of = f"{event.message_id.casefold()}\0{event.destination}".encode("utf-8", "surrogatepass")
    return rows.Entry(
        key,
        text,
        subject=hashlib.sha256(of).hexdigest(),
        final=event.is_final,
        event_time=_seconds(event),
    )


def _seconds(event: StatusEvent) -> float | None:
    if event.sent_at is not None:
        return event.sent_at.timestamp()
    # Of one message the zone is the same, whichever it is.
    local = event.sent_time
    return None if local is None else local.replace(tzinfo=UTC).timestamp()


def _kept(key: str) -> str:
    return key if len(key) <= LONGEST_KEY else hashlib.sha256(key.encode()).hexdigest()
