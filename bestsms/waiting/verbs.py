"""The verbs of a client that wait. What they stand on is loaded when the first of them is used."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Final

from bestsms._transport import Transport
from bestsms.api import ReceivedMessage, Report, SMSReply
from bestsms.sending import Sent

if TYPE_CHECKING:
    # Many programs only send; they do not pay for the import.
    from bestsms.bulk.outcomes import ChunkOutcome
    from bestsms.waiting.desk import Desk, Progress
    from bestsms.waiting.streams import Stream
    from bestsms.waiting.waits import Wait

__all__ = ["Waiting"]

TWO_DAYS: Final = 48 * 3600.0


class Waiting:
    """The half of a client that waits.

    Args:
        transport: Carries the looks.
    """

    __slots__ = ("_callbacks_in_threads", "_desks", "_transport")

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._desks: dict[str, Desk] = {}
        self._callbacks_in_threads = False

    def wait(
        self,
        message: Sent | ChunkOutcome | str,
        *,
        timeout: float = TWO_DAYS,
        on_progress: Progress | None = None,
    ) -> Wait:
        """Wait for the final report of a message: await it, for up to 48 hours.

        The status is looked at after 0, 2, 5, 9.5 ... seconds and then every five minutes, at most
        650 times in 48 hours. All waits of a client share one queue of ``poll_rate`` looks a second
        and need no task of their own; a webhook that reaches a receiver with this client brings the
        next look at once. Lost connections, full servers, a machine that sleeps and a clock that is
        set do not end a wait. That a message just accepted is not found means not yet, for ten
        minutes (U3).

        Args:
            message: What :meth:`send` returned, an outcome of :meth:`send_many`, or a MessageID.
            timeout: Seconds in all, up to a year. The wait is over when the provider was asked once
                more after them: if that look fails, it is made again for an hour at most.
            on_progress: Called with each new :class:`~bestsms.Report`, the final one included; a
                function or a coroutine function. What it raises ends the wait.

        Returns:
            The wait, to be awaited; its result is the final report, whether it is a success or not:
            see ``report.success`` and ``report.failed``. Of a message with many recipients it holds
            the first page. ``wait.dumps()`` is a handle for :meth:`resume`.

        Raises:
            WaitTimeout: The time is over; ``error.report`` is the last report seen.
            InvalidRequest: An argument is refused.
            NotFound: The provider does not know the message, also after ten minutes.
            Rejected: The provider says no: the token, or a right, is missing.
            BestSMSError: Anything else that will not pass by itself; see :mod:`bestsms.errors`.
        """
        return self._waits().wait(message, timeout, on_progress)

    def resume(self, handle: str, *, on_progress: Progress | None = None) -> Wait:
        """Go on with a wait that was begun elsewhere, until the same moment.

        Args:
            handle: What ``wait.dumps()`` returned.
            on_progress: As for :meth:`wait`.

        Returns:
            The wait, to be awaited. If its time is over it looks once.

        Raises:
            InvalidRequest: It is no handle.
        """
        return self._waits().resume(handle, on_progress)

    def wait_many(
        self,
        messages: Iterable[Sent | ChunkOutcome | str],
        *,
        timeout: float = TWO_DAYS,
        on_progress: Progress | None = None,
    ) -> AsyncIterator[Report]:
        """Wait for many messages, and yield each final report as it comes.

        A wait costs about two kilobytes, and no task: any number is fine. At one look a second a
        thousand messages are looked at every 17 minutes; ``poll_rate`` is the client's setting, and
        webhooks shorten it.

        Args:
            messages: What :meth:`send` returned, outcomes of :meth:`send_many`, or MessageIDs;
                each is waited for once. Of outcomes only the accepted ones make sense:
                ``[each for each in outcomes if each.verdict is Verdict.ACCEPTED]``.
            timeout: Seconds in all.
            on_progress: As for :meth:`wait`.

        Yields:
            The final reports, in the order in which they became final.

        Raises:
            WaitsFailed: At the end, when all the others are done: ``error.errors`` are what the
                rest ended with, each as :meth:`wait` would raise it.
            InvalidRequest: An argument is refused.
        """
        return self._waits().wait_many(messages, timeout, on_progress)

    def replies(
        self,
        message: Sent | ChunkOutcome | str,
        *,
        since: str | None = None,
        timeout: float | None = TWO_DAYS,
    ) -> Stream[SMSReply]:
        """Iterate over the replies to a message as they come, each once.

        Args:
            message: What :meth:`send` returned, an outcome of :meth:`send_many`, or a MessageID.
            since: The ``cursor`` of an earlier iteration, to go on from there.
            timeout: Seconds after which the iteration ends; ``None`` for never. A reply counts for
                seven days after its message.

        Returns:
            An async iterator with a ``cursor``; oldest reply first.

        Raises:
            WaitTimeout: The time is over and nobody could ask any more.
            BestSMSError: As for :meth:`wait`.
        """
        return self._waits().replies(message, since, timeout)

    def inbox(
        self, *, since: datetime | str | None = None, timeout: float | None = None
    ) -> Stream[ReceivedMessage]:
        """Iterate over every received message as it comes, each once and none skipped.

        Args:
            since: An aware ``datetime`` to begin at; the ``cursor`` of an earlier iteration, to go
                on from there; by default, now.
            timeout: Seconds after which the iteration ends; 0 for what is there already, ``None``
                for never.

        Returns:
            An async iterator with a ``cursor``, oldest message first: store the cursor when a
            message is dealt with, and after a crash nothing is lost, and that message alone may
            come again.

        Raises:
            WaitTimeout: The time is over and nobody could ask any more.
            InvalidRequest: ``since`` is no time with a zone, and no cursor.
            BestSMSError: As for :meth:`wait`.
        """
        return self._waits().inbox(since, timeout)

    def wake(self, message_id: str | None, *, reply: bool = False) -> None:
        """Look at once at what a webhook was about, in whichever loop it is waited for.

        A receiver of webhooks that was given this client does so by itself. From any thread.

        Args:
            message_id: The message, if the webhook names one.
            reply: Whether it was about a received message: then its replies and the inbox are
                looked at, else its status.
        """
        if desk := self._desks.get(""):
            desk.wake(message_id, reply=reply)

    def _end_waits(self) -> None:
        """End all waits, in every event loop: the client is closed."""
        if desk := self._desks.get(""):
            desk.end()

    def _waits(self) -> Desk:
        if not self._desks:
            from bestsms.waiting.desk import Desk  # noqa: PLC0415 - see the imports

            # Two threads may come here at once; the first desk stays.
            self._desks.setdefault("", Desk(self._transport, in_threads=self._callbacks_in_threads))
        return self._desks[""]
