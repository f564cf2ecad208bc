"""The async client: settings, one transport, the seven areas, and the verbs most users touch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from os import PathLike
from types import TracebackType
from typing import TYPE_CHECKING, Final, NoReturn, Self

from bestsms._evidence import Verdict
from bestsms._settings import POLL_RATE, SETTLE_WINDOW, Settings, read_token
from bestsms._transport import AsyncBaseTransport, Transport
from bestsms.api import (
    Actions,
    CallbackFormat,
    ContactGroups,
    Contacts,
    GroupContacts,
    Groups,
    Messaging,
    Reports,
)
from bestsms.errors import ConfigurationError, OutcomeUnknown
from bestsms.sending import Attachable, Destinations, OnUnknown, Sender, Sent
from bestsms.waiting.verbs import Waiting

if TYPE_CHECKING:
    from bestsms.journal import Journal
    from bestsms.sending.recovering import Recovered
    from bestsms.webhooks import Callback

__all__ = ["AsyncClient"]


class AsyncClient(Waiting):
    """A client of the BestSMS API for asyncio.

    Use it as a context manager and keep it: connections are reused, and one client serves any
    number of tasks. It may be used in one event loop after another, and after a fork: each has
    connections of its own.

    Example:
        .. code-block:: python

            async with bestsms.AsyncClient() as client:  # BESTSMS_AUTH_TOKEN
                sent = await client.send("Hello", to="+61421000001")
                report = await client.wait(sent)

    Args:
        auth_token: The Auth Token of an API user, as the Dashboard shows it; else
            ``BESTSMS_AUTH_TOKEN``.
        base_url: Scheme and host, up to but not including ``/api/v2.04``; else
            ``BESTSMS_BASE_URL``, else the provider's. https, unless it is this machine.
        version: The API version, ``"2.04"`` or ``"2.03"``; else ``BESTSMS_VERSION``, else 2.04.
        versions: Another version for some areas: ``{"reports": "2.03"}``.
        timeout: Seconds for each phase of one attempt.
        deadline: Seconds for one call in all, retries included; four times ``timeout`` if not
            given.
        settle_window: Seconds to look an unclear send up by its MessageID; 0 for not at all. It
            should be longer than the provider takes to process a request.
        journal: The path of a SQLite file that survives a crash: each send is written there before
            its first byte, and its verdict after the last; see :meth:`recover`.
        callback: A signed callback URL, see :class:`bestsms.webhooks.Callback`: a message that is
            given no ``webhook_callback_url`` gets one that fits it alone.
        max_connections: The most connections open at once.
        poll_rate: The most looks a second of all waits together; the provider asks for one.
        wire_format: ``"json"``, the one format of this release.
        transport: An ``httpx.AsyncBaseTransport`` of your own: a proxy, a mock, an emulator in
            this process. Proxies in the environment are not obeyed. One that does not report to
            httpx's ``trace`` extension proves nothing: what fails in it is ``UNKNOWN``.

    Raises:
        ConfigurationError: A setting is missing or wrong.
    """

    __slots__ = (
        "_sender",
        "_settings",
        "actions",
        "contact_groups",
        "contacts",
        "group_contacts",
        "groups",
        "messaging",
        "reports",
    )

    def __init__(
        self,
        auth_token: str | None = None,
        *,
        base_url: str | None = None,
        version: str | None = None,
        versions: Mapping[str, str] | None = None,
        timeout: float = 30.0,
        deadline: float | None = None,
        settle_window: float = SETTLE_WINDOW,
        journal: str | PathLike[str] | None = None,
        callback: Callback | None = None,
        max_connections: int = 100,
        poll_rate: float = POLL_RATE,
        wire_format: str = "json",
        transport: AsyncBaseTransport | None = None,
    ) -> None:
        try:
            token = read_token(auth_token)
        finally:
            # Whatever is raised, a traceback with captured locals finds no token in this frame.
            del auth_token
        if wire_format != "json":
            raise ConfigurationError(
                f"wire_format: this release speaks 'json', not {wire_format!r}."
            )
        self._settings = Settings.resolve(
            token,
            base_url=base_url,
            version=version,
            versions=versions,
            timeout=timeout,
            deadline=deadline,
            settle_window=settle_window,
            max_connections=max_connections,
            poll_rate=poll_rate,
        )
        super().__init__(Transport(self._settings, http=transport))
        kept = None if journal is None else _journal(journal)
        self._sender = Sender(self._transport, kept, callback)
        self.messaging: Final = Messaging(self._sender)
        self.actions: Final = Actions(self._transport)
        self.reports: Final = Reports(self._transport)
        self.contacts: Final = Contacts(self._transport)
        self.groups: Final = Groups(self._transport)
        self.contact_groups: Final = ContactGroups(self._transport)
        self.group_contacts: Final = GroupContacts(self._transport)

    def __repr__(self) -> str:
        # Also while it is being made: a traceback with captured locals may show it then.
        where = self._settings.base_url if hasattr(self, "_settings") else "nowhere yet"
        return f"<{type(self).__name__} of {where}>"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("A client is not copied or pickled: it holds a token and open connections.")

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
        """Close what is open. Calls under way go on to their end, and none begins any more.

        Waits end at once, with an error that says so.
        """
        self._end_waits()
        try:
            await self._transport.aclose()
        finally:
            await self._sender.register.aclose()

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
                fields; or a list of either.
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
            time_zone: The provider's name of a zone (``AUS Eastern``), or an IANA name that has
                one (``Australia/Sydney``); any other is sent as it is.
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

        return await recover(self._transport, self._sender.register)


def _journal(path: str | PathLike[str]) -> Journal:
    from bestsms.journal import Journal  # noqa: PLC0415 - few clients keep one

    return Journal(path)
