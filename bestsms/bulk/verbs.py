"""The verb of a client that sends to a list. What it stands on is loaded when it is used."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from datetime import datetime
from os import PathLike
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Protocol, TypeVar, cast
from weakref import WeakSet

from bestsms._bridge import Bridged
from bestsms.api import CallbackFormat
from bestsms.sending import Attachable, Sender

if TYPE_CHECKING:
    # Many programs send to a few; they do not pay for the import.
    from bestsms.bulk.blocking import SyncRun
    from bestsms.bulk.rows import Recipients
    from bestsms.bulk.running import Run
    from bestsms.bulk.telling import OnProgress

__all__ = ["Bulk", "blocking_run"]

P = ParamSpec("P")
TargetT = TypeVar("TargetT")


class Bulk:
    """The part of a client that sends to a list."""

    __slots__ = ()

    _sender: Sender
    _callbacks_in_threads: bool

    def send_many(
        self,
        recipients: Recipients,
        *,
        message: str | None = None,
        campaign: str | None = None,
        separate: bool = False,
        max_destinations: int = 3_000,
        max_bytes: int = 1_000_000,
        concurrency: int = 4,
        requests_per_second: float | None = None,
        recipients_per_second: float | None = None,
        resend_absent: bool = False,
        report: str | PathLike[str] | None = None,
        on_progress: OnProgress | None = None,
        reference: str | None = None,
        send_time: datetime | str | None = None,
        time_zone: str | None = None,
        from_number: str | None = None,
        sub_account: str | None = None,
        department: str | None = None,
        charge_code: str | None = None,
        sms_email_reply: str | None = None,
        report_to: str | None = None,
        webhook_callback_url: str | None = None,
        webhook_callback_format: CallbackFormat | str | None = None,
        character_conversion: bool | None = None,
        files: Attachable | Iterable[Attachable] = (),
        test: bool = False,
    ) -> Run:
        """Send a text to a list of any length: packed, paced, nobody twice, nobody lost.

        The list is read as it is sent, and never held as a whole. As many recipients as fit go into
        one request, which is made as :meth:`send` makes it: at most once, and with a verdict. A
        repeated number, and a row that can't be sent as it stands, is passed over and reported.

        A ``campaign`` can be run again, after a crash or a stop: the same list under the same name
        makes the same MessageIDs, and what was accepted is not sent again. What is unknown is
        looked up; if the provider does not know it, it stays unknown, unless ``resend_absent``.
        That needs a client with ``journal=``, whose rows of campaigns are kept for good; of a
        campaign that is new to it the provider is asked once, before anything is sent, so that a
        lost file sends nothing twice. A test, or a run against this machine (an emulator), is a
        campaign of its own. Without a journal each request is asked for first, which finds what was
        accepted, not what is on its way, nor that the text has changed; that the list has, only as
        far as a report tells.

        A 429 halves the requests at once, a Retry-After holds all of them, five faults in a row
        pause the run and try again with one request, for up to half an hour. Five refusals in a
        row, or one of the token, stop it.

        Args:
            recipients: An iterable or async iterable of numbers, :class:`~bestsms.Destination`,
                contacts, groups, or mappings with a number and personal fields
                (``{"mobile": "+61421000001", "First Name": "Jess"}``), which may have a ``message``
                of their own; or the :class:`~pathlib.Path` of a CSV file. A plain iterable is read
                in the event loop, of a sync client in a thread of its own, and may block there;
                what is bound to a thread, as a cursor of ``sqlite3`` is, belongs into a generator
                that opens it (or needs ``check_same_thread=False``).
            message: The text, with ``[[FirstName]]`` and the like; ``None`` if every row has one.
            campaign: The name of the campaign; case does not matter. Without one the MessageIDs are
                chosen by chance, and a rerun sends to all again.
            separate: Whether each recipient gets a request and a MessageID of its own.
            max_destinations: The most recipients of a request, 3,000 if not given; up to 10,000.
            max_bytes: The most bytes of a request's recipients, 1 MB if not given; a request is at
                most 20 MB.
            concurrency: The most requests at once, 4 if not given, but not more than
                ``max_connections``; with ``separate`` you will want more.
            requests_per_second: The most requests that are begun in a second.
            recipients_per_second: The most recipients in a second, on the average.
            resend_absent: Whether what an earlier run left unknown is sent once more if the
                provider, asked after the settle window, does not know it.
            report: Where a line for each recipient is written: ``*.csv`` or ``*.jsonl``.
            on_progress: Called with the :class:`~bestsms.Totals` after each request; a function or
                a coroutine function. What it raises ends the run.
            reference: As for :meth:`send`, and so are all that follow.
            send_time: As for :meth:`send`.
            time_zone: As for :meth:`send`.
            from_number: As for :meth:`send`.
            sub_account: As for :meth:`send`.
            department: As for :meth:`send`.
            charge_code: As for :meth:`send`.
            sms_email_reply: As for :meth:`send`.
            report_to: As for :meth:`send`.
            webhook_callback_url: As for :meth:`send`.
            webhook_callback_format: As for :meth:`send`.
            character_conversion: As for :meth:`send`.
            files: As for :meth:`send`.
            test: As for :meth:`send`.

        Returns:
            The run, to be awaited for its totals, or entered and iterated over. Nothing is read or
            sent before, and what is wrong with the arguments is raised then.

        Raises:
            InvalidRequest: An argument is refused.
            CampaignChanged: The campaign was run with another list, text or packing; or the
                provider knows it, and the journal does not.
            NotSent: Whether the provider knows a campaign that is new to the journal could not be
                asked.
            RunStopped: It gave up before the list was through. So it does of whatever is raised
                once a request was made; that is the ``__cause__``.
            ConfigurationError: The journal can't be read.
        """
        from bestsms.bulk.ordering import Order  # noqa: PLC0415 - see the imports
        from bestsms.bulk.running import Run  # noqa: PLC0415 - see the imports

        order = Order(
            recipients=recipients,
            message=message,
            campaign=campaign,
            separate=separate,
            max_destinations=max_destinations,
            max_bytes=max_bytes,
            concurrency=concurrency,
            requests_per_second=requests_per_second,
            recipients_per_second=recipients_per_second,
            resend_absent=resend_absent,
            report=report,
            on_progress=on_progress,
            reference=reference,
            fields={
                "send_time": send_time,
                "time_zone": time_zone,
                "from_number": from_number,
                "sub_account": sub_account,
                "department": department,
                "charge_code": charge_code,
                "sms_email_reply": sms_email_reply,
                "report_to": report_to,
                "webhook_callback_url": webhook_callback_url,
                "webhook_callback_format": webhook_callback_format,
                "character_conversion": character_conversion,
                "files": files,
                "test": test,
            },
        )
        return Run(self._sender, order, in_threads=self._callbacks_in_threads)


class _HasRuns(Protocol):
    """A sync client, which leaves its runs when it is closed."""

    _runs: WeakSet[SyncRun]


def blocking_run(
    method: Callable[Concatenate[TargetT, P], Run],
) -> Callable[Concatenate[Bridged[TargetT], P], SyncRun]:
    """Make the blocking twin of a method that returns a run; it says what it returns."""

    @functools.wraps(method)
    def call(self: Bridged[TargetT], /, *args: P.args, **kwargs: P.kwargs) -> SyncRun:
        from bestsms.bulk.blocking import SyncRun  # noqa: PLC0415 - see the imports

        run = SyncRun(method(self._target, *args, **kwargs), self._portal)  # pyright: ignore[reportPrivateUsage]
        cast("_HasRuns", self)._runs.add(run)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
        return run

    call.__doc__ = (method.__doc__ or "").replace(
        "to be awaited for its totals, or entered", "to be finished for its totals, or entered"
    )
    call.__signature__ = inspect.signature(method).replace(  # type: ignore[attr-defined]
        return_annotation="SyncRun"
    )
    return cast("Callable[Concatenate[Bridged[TargetT], P], SyncRun]", call)
