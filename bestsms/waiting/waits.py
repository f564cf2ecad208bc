"""Waiting for what becomes of messages: one, or any number at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Coroutine, Generator
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import Any, cast

from bestsms._retry import Clock
from bestsms._transport import Once
from bestsms.api import Recipient, RecipientStatus, Report, Reports
from bestsms.errors import BestSMSError, WaitsFailed
from bestsms.waiting.asking import Ask, News, Seat, Term
from bestsms.waiting.polling import Poller
from bestsms.waiting.saved import dumped

__all__ = ["Told", "Wait", "is_final", "status_topic", "wait_for_all", "wait_for_one"]

Told = Callable[[Report], Awaitable[None]]
"""What is told of each new state of a message."""

# Completed by the references; the others by the vendor's own code and by what users saw.
_FINAL = frozenset({"completed", "deleted", "error", "failed", "success"})
_WAITING = frozenset({"unknown", "pending", "delayed", "credithold", "transmit"})
_FINISHED = frozenset({RecipientStatus.SUCCESS, RecipientStatus.FAILED})


def is_final(report: Report) -> bool:
    """Say whether a report is the last word on its message.

    A state that no source names is believed to be final only if every recipient's is: better to
    ask for too long than to end too soon.
    """
    status = (report.status or "").casefold()
    if status in _FINAL or status in _WAITING:
        return status in _FINAL
    whole = (report.page_count or 1) <= 1
    return whole and bool(report.recipients) and all(map(_is_finished, report.recipients))


def _is_finished(recipient: Recipient) -> bool:
    return recipient.status in _FINISHED


def status_topic(message_id: str) -> str:
    """Return what a webhook about the state of a message wakes."""
    return f"status {message_id.casefold()}"


class _StatusAsk(Ask):
    """The state of one message, until it is final."""

    __slots__ = ("_follows", "_report", "message_id")

    def __init__(self, seat: Seat, message_id: str, term: Term, *, follows: bool) -> None:
        super().__init__(seat, status_topic(message_id), term)
        self.message_id = message_id
        self._follows = follows
        self._report: Report | None = None

    async def look(self, once: Once) -> bool:
        """Read the status; tell what is final, and each change if somebody follows."""
        report = await Reports(once).status(self.message_id)
        before, self._report = self._report, report
        final = is_final(report)
        moved = before is None or _progress(before) != _progress(report)
        if final or (moved and self._follows):
            self.seat.tell(News(report, last=final))
        if moved and before is not None:
            self.fruitful = True
        return final

    def expire(self, cause: BestSMSError | None) -> None:
        """Tell that it is not final, with the last state."""
        report = self._report
        state = "never seen" if report is None else f"last seen {report.status or 'in no state'}"
        error = self.too_late(
            self.message_id,
            cause,
            f"The message was {state}; it may still be delivered. Wait again, or read its status.",
        )
        error.message_id = self.message_id
        error.report = report
        self.seat.tell(News(error=error, last=True))

    def fail(self, error: Exception) -> None:
        """Tell that no answer will come, and for which message."""
        if isinstance(error, BestSMSError):
            error.message_id = error.message_id or self.message_id
        super().fail(error)


def _progress(report: Report) -> tuple[object, ...]:
    return (report.status, report.complete, report.success, report.failed)


class Wait(Coroutine[Any, Any, Report]):
    """A wait for one message: await it, give it to a task, or hand it to another process.

    Made by :meth:`bestsms.AsyncClient.wait` and ``resume``. Its time runs from then on.

    Example:
        .. code-block:: python

            wait = client.wait(sent)
            handle = wait.dumps()         # a short text, for a database or a queue
            report = await wait           # here, or elsewhere: await client.resume(handle)

    Attributes:
        message_id: The message.
        timeout: Seconds it may take in all.
    """

    def __init__(
        self,
        run: Callable[[], Coroutine[Any, Any, Report]],
        message_id: str,
        term: Term,
        clock: Clock,
    ) -> None:
        self.message_id = message_id
        self.timeout = term.seconds
        self._term = term
        self._clock = clock
        self._run = run
        self._coroutine: Coroutine[Any, Any, Report] | None = None

    def __repr__(self) -> str:
        return f"<Wait for {self.message_id} until {self.ends_at:%Y-%m-%d %H:%M:%S}Z>"

    @property
    def ends_at(self) -> datetime:
        """When the time for it is over, in UTC, by what the clock on the wall says now."""
        left = timedelta(seconds=self._term.ends - self._clock.elapsed())
        return self._clock.now() + left

    def dumps(self) -> str:
        """Return a handle: a JSON text of a hundred characters or two, with no secret in it.

        Whoever gives it to ``client.resume`` waits for the same message until the same moment, in
        whichever process, now or after a restart. It holds the MessageID and two times.
        """
        return dumped(
            message_id=self.message_id, timeout=self.timeout, ends_at=self.ends_at.timestamp()
        )

    # A coroutine of its own making, so that asyncio.create_task takes it; the one inside begins
    # only when somebody awaits it, for a wait may also be made for its handle alone.
    def __await__(self) -> Generator[Any, Any, Report]:
        """Wait until the message is final."""
        return self._begun().__await__()

    def send(self, value: Any) -> Any:
        """Go on, as a coroutine does."""
        return self._begun().send(value)

    def throw(self, typ: Any, val: Any = None, tb: Any = None) -> Any:  # noqa: ARG002 - of old
        """Go on with an exception, as a coroutine does."""
        return self._begun().throw(typ if val is None else val)

    def close(self) -> None:
        """End it, as a coroutine is ended."""
        if self._coroutine is not None:
            self._coroutine.close()

    def _begun(self) -> Coroutine[Any, Any, Report]:
        if self._coroutine is None:
            self._coroutine = self._run()
        return self._coroutine


async def wait_for_one(
    poller: Poller, message_id: str, term: Term, on_progress: Told | None
) -> Report:
    """Return the final report of a message.

    Raises:
        WaitTimeout: The time is over.
        BestSMSError: It can't be waited for.
    """
    async with aclosing(_news(poller, [message_id], term, on_progress)) as all_news:
        async for news in all_news:
            if news.error is not None:
                raise news.error
            return cast("Report", news.what)
    raise AssertionError("the news of a wait end with its report or its error")


async def wait_for_all(
    here: Callable[[], Awaitable[Poller]],
    message_ids: Collection[str],
    term: Term,
    on_progress: Told | None,
) -> AsyncGenerator[Report, None]:
    """Yield the final report of each message as it comes.

    Raises:
        WaitsFailed: At the end, if some brought none.
    """
    failures: list[Exception] = []
    poller = await here()
    async with aclosing(_news(poller, message_ids, term, on_progress)) as all_news:
        async for news in all_news:
            if news.error is None:
                yield news.what
            else:
                failures.append(news.error)
    if failures:
        raise _failed(failures, len(message_ids))


async def _news(
    poller: Poller,
    message_ids: Collection[str],
    term: Term,
    on_progress: Told | None,
) -> AsyncGenerator[News, None]:
    """Yield the last news of each message."""
    seat = poller.join()
    try:
        for message_id in message_ids:
            follows = on_progress is not None
            poller.add(_StatusAsk(seat, message_id, term, follows=follows))
        pending = len(message_ids)
        while pending:
            news = await poller.next(seat)
            if on_progress is not None and news.error is None:
                await on_progress(news.what)
            if news.last:
                pending -= 1
                yield news
    finally:
        poller.leave(seat)


def _failed(failures: list[Exception], total: int) -> WaitsFailed:
    kinds = Counter(type(error).__name__ for error in failures)
    named = ", ".join(f"{number} {kind}" for kind, number in kinds.most_common())
    error = WaitsFailed(
        f"{len(failures):,} of {total:,} waits brought no final report: {named}. The others are "
        "done; each of .errors names its message_id."
    )
    error.errors = tuple(failures)
    return error
