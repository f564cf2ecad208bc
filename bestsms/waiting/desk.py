"""Where a client's waits begin: what is asked for, checked and given its time."""

from __future__ import annotations

import inspect
import math
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Any, Final, cast

import anyio

from bestsms._transport import PerLoop, Transport
from bestsms.api import ReceivedMessage, Report, SMSReply
from bestsms.bulk.outcomes import ChunkOutcome
from bestsms.errors import InvalidRequest
from bestsms.sending import Sent
from bestsms.waiting.asking import Term
from bestsms.waiting.inbox import INBOX_TOPIC, InboxAsk
from bestsms.waiting.polling import Poller
from bestsms.waiting.replies import RepliesAsk, replies_topic
from bestsms.waiting.saved import loaded, number
from bestsms.waiting.streams import Cursor, Stream
from bestsms.waiting.waits import Wait, status_topic, wait_for_all, wait_for_one

__all__ = ["Desk", "Progress"]

Progress = Callable[[Report], object]
"""What is called with each new state of a message; it may be a coroutine function."""

LONGEST_TIMEOUT: Final = 366 * 24 * 3600.0
A_HANDLE: Final = "what Wait.dumps() returned"
MOST_CHARACTERS: Final = 40


class Desk:
    """The waits of one client.

    Args:
        transport: Carries the looks.
        in_threads: Whether a callback that is a plain function runs in a thread, since the
            caller's own code may block.
    """

    def __init__(self, transport: Transport, *, in_threads: bool = False) -> None:
        self._transport = transport
        self._clock = transport.clock
        self._pollers = PerLoop(lambda: Poller(transport), _nothing)
        self._in_threads = in_threads

    def wait(
        self, message: Sent | ChunkOutcome | str, timeout: float, on_progress: Progress | None
    ) -> Wait:
        """Make a wait for one message."""
        return self._wait(_id_of(message), self._term(timeout), on_progress)

    def resume(self, handle: str, on_progress: Progress | None) -> Wait:
        """Make the wait that a handle is of, until the same moment."""
        message_id, timeout, ends_at = _read_handle(handle)
        left = ends_at - self._clock.now().timestamp()
        # A clock that was set back does not make it longer than it was.
        ends = self._clock.elapsed() + min(max(left, 0.0), timeout)
        return self._wait(message_id, Term(timeout, ends), on_progress)

    def _wait(self, message_id: str, term: Term, on_progress: Progress | None) -> Wait:
        async def run() -> Report:
            poller = await self._pollers.here()
            return await wait_for_one(poller, message_id, term, self._told(on_progress))

        return Wait(run, message_id, term, self._clock)

    def wait_many(
        self,
        messages: Iterable[Sent | ChunkOutcome | str],
        timeout: float,
        on_progress: Progress | None,
    ) -> AsyncIterator[Report]:
        """Yield the final report of each message as it comes."""
        message_ids = dict.fromkeys(_id_of(each) for each in messages)
        term = self._term(timeout)
        return wait_for_all(self._pollers.here, message_ids, term, self._told(on_progress))

    def replies(
        self, message: Sent | ChunkOutcome | str, since: str | None, timeout: float | None
    ) -> Stream[SMSReply]:
        """Make a stream of the replies to a message."""
        message_id = _id_of(message)
        topic = replies_topic(message_id)
        cursor = Cursor(topic) if since is None else Cursor.loads(since, topic)
        ask = partial(RepliesAsk, message_id=message_id, term=self._stream_term(timeout))
        return Stream(self._pollers.here, cursor, ask)

    def inbox(self, since: datetime | str | None, timeout: float | None) -> Stream[ReceivedMessage]:
        """Make a stream of all received messages."""
        term = self._stream_term(timeout)
        # Both clocks at one moment: one of them may be set before the first look.
        zero = self._clock.now().timestamp() - self._clock.elapsed()
        ask = partial(InboxAsk, clock=self._clock, zero=zero, term=term)
        return Stream(self._pollers.here, self._begin(since), ask)

    def wake(self, message_id: str | None, *, reply: bool) -> None:
        """Look at once at what a webhook was about; for any thread."""
        topics = [INBOX_TOPIC] if reply else []
        if message_id is not None:
            topics.append(replies_topic(message_id) if reply else status_topic(message_id))
        for poller in self._pollers.everywhere():
            poller.soon(poller.wake, topics)

    def end(self) -> None:
        """End all waits, in every event loop: the client is closed."""
        for poller in self._pollers.everywhere():
            poller.soon(poller.close)

    def _term(self, timeout: float) -> Term:
        seconds = _seconds("timeout", timeout)
        return Term(seconds, self._clock.elapsed() + seconds)

    def _stream_term(self, timeout: float | None) -> Term:
        return Term(math.inf, math.inf) if timeout is None else self._term(timeout)

    def _begin(self, since: datetime | str | None) -> Cursor:
        at = self._clock.now() if since is None else since
        if not isinstance(at, datetime):
            return Cursor.loads(at, INBOX_TOPIC)
        if at.tzinfo is None:
            raise InvalidRequest(
                "since", "needs a time zone, such as datetime.now(UTC); or a stream's cursor"
            )
        second = math.floor(at.timestamp())
        return Cursor(INBOX_TOPIC, second, second, by_our_clock=since is None)

    def _told(self, on_progress: Progress | None) -> Callable[[Report], Any] | None:
        if on_progress is None:
            return None

        async def tell(report: Report) -> None:
            if self._in_threads:
                result = await anyio.to_thread.run_sync(on_progress, report)
            else:
                result = on_progress(report)
            if inspect.isawaitable(result):
                await result

        return tell


async def _nothing(_: Poller) -> None:
    """A poller ends with its loop, and has nothing to close."""


def _id_of(message: object) -> str:
    message_id: object = message.message_id if isinstance(message, Sent | ChunkOutcome) else message
    if not isinstance(message_id, str) or not 0 < len(message_id) <= MOST_CHARACTERS:
        raise InvalidRequest(
            "MessageID", f"what send() returned or its id is needed, 1 to {MOST_CHARACTERS} letters"
        )
    return message_id


def _seconds(name: str, value: object) -> float:
    given = isinstance(value, int | float) and not isinstance(value, bool)
    if given and 0 <= (seconds := float(cast("float", value))) <= LONGEST_TIMEOUT:
        return seconds
    raise InvalidRequest(name, "seconds are needed, a number from 0 to a year")


def _read_handle(text: object) -> tuple[str, float, float]:
    state = loaded("handle", text, A_HANDLE)
    try:
        message_id, seconds = _id_of(state["message_id"]), number(state["timeout"])
        return message_id, _seconds("timeout", seconds), number(state["ends_at"])
    except (ValueError, KeyError):
        raise InvalidRequest("handle", f"{A_HANDLE} is needed") from None
