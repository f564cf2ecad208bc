"""The verbs of a client that send, and settle what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from bestsms._evidence import Verdict
from bestsms.api import CallbackFormat
from bestsms.errors import OutcomeUnknown
from bestsms.sending import Attachable, Destinations, OnUnknown, Sender, Sent

if TYPE_CHECKING:
    # Few clients keep a journal; the others do not pay for the import.
    from bestsms.sending.recovering import Recovered

__all__ = ["Sending"]


class Sending:
    """The half of a client that sends."""

    __slots__ = ()

    _sender: Sender

    async def send(
        self,
        message: str,
        *,
        to: Destinations,
        message_id: str | None = None,
        if_new: bool = False,
        on_unknown: OnUnknown | str = OnUnknown.RAISE,
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
    ) -> Sent:
        """Send one text to one number or many: at most once, and never without a verdict.

        A MessageID is chosen before the first byte unless you give one. The request is made again,
        the same bytes, only where it provably never left or was refused for now (429). If its
        outcome is unclear, it is looked up by its id through the settle window, and never made
        again. All of this ends with the deadline; a second copy (``on_unknown``) has its own.

        Args:
            message: The text; three parts by default, which is 459 characters of GSM-7 or 201 of
                Unicode (T36). ``[[FirstName]]`` and the like are filled in per destination.
            to: A number, best as ``+61421000001``; a :class:`~bestsms.Destination` with personal
                fields; a :class:`~bestsms.Contact` or :class:`~bestsms.Group`; a
                :class:`~bestsms.ContactID`, :class:`~bestsms.GroupID` or
                :class:`~bestsms.GroupCode`; or a list of any of these. Version 2.03 of the API
                knows numbers only: a contact goes there by its ``mobile_phone``, and a group not.
            message_id: Your own id, up to 40 letters, digits and hyphens, a new one per message:
                one that this client or its journal has used is refused.
            if_new: Whether to ask the provider first that it does not know ``message_id``: for ids
                that another process may have used.
            on_unknown: What to do if the outcome stays unknown: ``"raise"``, or ``"resend"``
                (``OnUnknown.RESEND_AT_LEAST_ONCE``), which sends a second copy under a new id with
                a ``reference`` that names the first. That is at least one text, and perhaps two.
            reference: A note of your own, up to 80 characters.
            send_time: When to send: an aware ``datetime``; or a naive one or its text, in the zone
                of ``time_zone``. Now, if not given.
            time_zone: The provider's name of a zone (``AUS Eastern``) or any IANA name. One that
                the provider has no name for is sent as the same instant in ``E. Australia``, and
                that is then the zone of a later reschedule.
            from_number: The number to send from.
            sub_account: A label for reports and billing.
            department: A label for reports and billing, below the sub-account.
            charge_code: A cost code for the invoice.
            sms_email_reply: Where replies go by e-mail.
            report_to: Where the delivery report goes by e-mail.
            webhook_callback_url: Where webhooks of this message go; it starts with ``https://``.
            webhook_callback_format: ``JSON`` or ``XML``.
            character_conversion: Whether characters outside GSM-7 are made plain.
            files: A file or at most 10, linked to as ``[[File1]]``; a ``Path`` is read from disk.
            test: Whether the provider reports success without sending (``Mode=Test``).

        Returns:
            The accepted message. Accepted is not delivered. ``reconciled`` says that its answer was
            lost and it was found by looking it up.

        Raises:
            InvalidRequest: An argument is refused. Verdict ``NOT_SENT``.
            OSError: A file can't be read. Nothing was sent.
            NotSent: Nothing left, in any attempt. Verdict ``NOT_SENT``.
            Rejected: The provider said no. Verdict ``REJECTED``.
            Redirected: A redirect came over TLS; it is not followed. Verdict ``REJECTED``.
            OutcomeUnknown: The request left, no usable answer came, and the look-ups did not find
                the message. Verdict ``UNKNOWN``: ``await error.reconcile()`` looks again.
        """
        return await self._sender.send(
            message=message,
            to=to,
            send_time=send_time,
            time_zone=time_zone,
            from_number=from_number,
            sub_account=sub_account,
            department=department,
            charge_code=charge_code,
            sms_email_reply=sms_email_reply,
            report_to=report_to,
            webhook_callback_url=webhook_callback_url,
            webhook_callback_format=webhook_callback_format,
            character_conversion=character_conversion,
            files=files,
            test=test,
            message_id=message_id,
            if_new=if_new,
            on_unknown=on_unknown,
            reference=reference,
        )

    async def reconcile(self, error: OutcomeUnknown) -> Verdict:
        """Look an unclear send up once more: ``error.reconcile()``, for code that can't await.

        Args:
            error: What the send raised.

        Returns:
            ``ACCEPTED`` if the provider knows the message now, else what was known before.
        """
        return await error.reconcile()

    async def recover(self) -> list[Recovered]:
        """Settle what the journal holds open, after a crash or an unclear outcome.

        Every open message is looked up by its id, through what is left of its settle window. Call
        it when a program starts. What other living processes are sending is left to them. A message
        that can't be looked up now stays open for the next time.

        Returns:
            What was open, oldest first.

        Raises:
            ConfigurationError: The client has no journal, or it can't be read.
        """
        from bestsms.sending.recovering import recover  # noqa: PLC0415 - few clients keep a journal

        return await recover(self._sender.transport, self._sender.register)
