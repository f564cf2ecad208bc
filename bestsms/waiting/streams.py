"""Messages as they come: an async iterator that yields each once, and can say where it is."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from types import TracebackType
from typing import Any, Final, Generic, NamedTuple, Self, TypeVar, cast

from bestsms.api import ReceivedMessage, SMSReply
from bestsms.errors import InvalidRequest
from bestsms.waiting.asking import Ask, Seat
from bestsms.waiting.polling import Poller
from bestsms.waiting.saved import dumped, loaded, number

__all__ = ["Arrival", "Cursor", "Position", "Stream", "in_order", "sighted"]

ItemT = TypeVar("ItemT")
MessageT = TypeVar("MessageT", SMSReply, ReceivedMessage)

A_CURSOR: Final = "a cursor that was read from a stream"


class Arrival(NamedTuple):
    """A message that came.

    Attributes:
        key: What it is known by when it is seen again.
        message: The message itself.
        seen_at: When it was first seen, in seconds since 1970.
    """

    key: str
    message: Any
    seen_at: float = 0.0

    @property
    def at(self) -> float | None:
        """When it was received, in seconds since 1970, if it says so."""
        moment = self.message.received_at
        return None if moment is None else float(moment.timestamp())


class Position(NamedTuple):
    """How far everything has come: nothing that was received before is new.

    Attributes:
        at: The provider's time when the list was read, in seconds since 1970.
        floor: Nothing that was received before is handed out.
        oldest: What was first seen before can't be seen again, and need not be remembered.
    """

    at: float
    floor: float
    oldest: float


class Cursor:
    """What was handed out, and from when on to look for more.

    Attributes:
        of: What it is a place in: the topic of the stream.
        at: Where the next look begins, less a margin; in seconds since 1970.
        floor: Nothing that was received before is handed out.
        by_our_clock: Whether these two are our own clock's, and to be read by the provider's.
        seen: What was handed out, by its key, with the time when it was first seen.
    """

    __slots__ = ("at", "by_our_clock", "floor", "of", "seen")

    def __init__(
        self,
        of: str,
        at: float = 0.0,
        floor: float = 0.0,
        *,
        by_our_clock: bool = False,
        seen: dict[str, float] | None = None,
    ) -> None:
        self.of = of
        self.at = at
        self.floor = floor
        self.by_our_clock = by_our_clock
        self.seen = {} if seen is None else seen

    def copy(self) -> Cursor:
        """Return one that goes its own way."""
        ours, seen = self.by_our_clock, dict(self.seen)
        return Cursor(self.of, self.at, self.floor, by_our_clock=ours, seen=seen)

    def move(self, to: Position) -> None:
        """Go on to a position, and forget what can't be seen again."""
        self.at, self.floor, self.by_our_clock = to.at, to.floor, False
        self.seen = {key: at for key, at in self.seen.items() if at >= to.oldest}

    def dumps(self) -> str:
        """Return it as a text, with ids and times in it, no number and no message."""
        ours = self.by_our_clock
        return dumped(of=self.of, at=self.at, floor=self.floor, ours=ours, seen=self.seen)

    @classmethod
    def loads(cls, text: object, of: str) -> Cursor:
        """Read one back.

        Args:
            text: What :meth:`dumps` returned.
            of: The topic of the stream that it is to be used for.

        Raises:
            InvalidRequest: It is not what :meth:`dumps` writes, or of another stream.
        """
        state = loaded("since", text, A_CURSOR)
        try:
            seen = {key: number(at) for key, at in state["seen"].items()}
            ours, at, floor = state["ours"], number(state["at"]), number(state["floor"])
            if (state["of"], type(ours)) == (of, bool):
                return cls(of, at, floor, by_our_clock=ours, seen=seen)
        except (ValueError, KeyError, AttributeError):
            pass
        raise InvalidRequest("since", f"{A_CURSOR} of the same kind is needed")


class Stream(AsyncIterator[ItemT], Generic[ItemT]):
    """Messages as they come, each once, oldest first; made by ``client.inbox`` and ``replies``.

    It looks while it is awaited, and only then, and for one reader at a time. A loop that is left
    may be entered again, and goes on where it was; ``async with`` or :meth:`aclose` ends it.

    Example:
        .. code-block:: python

            inbox = client.inbox(since=saved_cursor)
            async for message in inbox:
                await handle(message)
                save(inbox.cursor)        # after a crash: this message and no other comes again
    """

    def __init__(
        self,
        poller: Callable[[], Awaitable[Poller]],
        cursor: Cursor,
        ask: Callable[[Seat, Cursor], Ask],
    ) -> None:
        self._poller = poller
        self._handed_out = cursor
        self._ask = ask
        self._at_table: tuple[Poller, Seat] | None = None
        self._over = False

    @property
    def cursor(self) -> str:
        """Where the stream is, as a text to store: pass it as ``since`` to go on from there.

        It covers every message that was handed out, the last one included. It is JSON of a few
        hundred characters and about 50 for each message of the last quarter of an hour.
        """
        return self._handed_out.dumps()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> ItemT:
        while not self._over:
            poller = await self._poller()
            news = await poller.next(self._seat(poller))
            if news.last:
                await self.aclose()
            if news.error is not None:
                raise news.error
            if isinstance(news.what, Position):
                self._handed_out.move(news.what)
            elif isinstance(news.what, Arrival):
                self._handed_out.seen[news.what.key] = news.what.seen_at
                return cast("ItemT", news.what.message)
        raise StopAsyncIteration

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """End it, also for who waits for its next message; the cursor stays readable."""
        self._over = True
        self._leave()

    def _seat(self, poller: Poller) -> Seat:
        """Return where to wait in this event loop, which may be another one than before."""
        if self._at_table is not None and self._at_table[0] is poller:
            return self._at_table[1]
        self._leave()
        seat = poller.join()
        self._at_table = poller, seat
        poller.add(self._ask(seat, self._handed_out.copy()))
        return seat

    def _leave(self) -> None:
        # Nothing may be begun where it is called: a stream is often just forgotten.
        if self._at_table is not None:
            poller, seat = self._at_table
            self._at_table = None
            poller.soon(poller.leave, seat)

    __del__ = _leave


def sighted(messages: Iterable[MessageT], now: float = 0.0) -> Iterator[Arrival]:
    """Give every message its key: its ReceivedID, else what it says and how often it says so.

    Version 2.03 has no id for a reply; two that are alike in all they say are the first and the
    second of their kind in every list.

    Args:
        messages: The messages of one list, all of its pages.
        now: When they are seen.
    """
    alike: Counter[str] = Counter()
    for message in messages:
        key = message.received_id or _fingerprint(message)
        if message.received_id is None:
            alike[key] += 1
            key = f"{key}.{alike[key]}"
        yield Arrival(key, message, now)


def in_order(arrivals: Iterable[Arrival]) -> list[Arrival]:
    """Return them oldest first; those that do not say when they came stand before the others."""
    return sorted(arrivals, key=lambda each: each.at or 0.0)


def _fingerprint(message: SMSReply | ReceivedMessage) -> str:
    said = (
        message.from_,
        message.received_time_utc,
        message.received_time_local,
        message.message_text,
    )
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:24]
