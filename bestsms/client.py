"""The async client: settings, one transport, the seven areas, and the verbs most users touch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from os import PathLike
from types import TracebackType
from typing import Final, NoReturn, Self

from bestsms import sending
from bestsms._settings import Settings, read_token
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
from bestsms.errors import ConfigurationError
from bestsms.sending import Attachable, Destinations, Sent

__all__ = ["AsyncClient"]

SETTLE_WINDOW: Final = 60.0


class AsyncClient:
    """A client of the BestSMS API for asyncio.

    Use it as a context manager and keep it: connections are reused, and one client serves any
    number of tasks.

    Example:
        .. code-block:: python

            async with bestsms.AsyncClient() as client:  # BESTSMS_AUTH_TOKEN
                sent = await client.send("Hello", to="+61421000001")
                report = await client.reports.status(sent.message_id)

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
        settle_window: Seconds to look an unclear send up. Reserved: this release raises
            :class:`~bestsms.OutcomeUnknown` at once, and takes only the default.
        journal: A file that survives a crash. Reserved: this release takes only ``None``.
        max_connections: The most connections open at once.
        wire_format: ``"json"``, the one format of this release.
        transport: An ``httpx.AsyncBaseTransport`` of your own: a proxy, a mock, an emulator in
            this process. Proxies in the environment are not obeyed.

    Raises:
        ConfigurationError: A setting is missing or wrong.
    """

    __slots__ = (
        "_settings",
        "_transport",
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
        max_connections: int = 100,
        wire_format: str = "json",
        transport: AsyncBaseTransport | None = None,
    ) -> None:
        try:
            token = read_token(auth_token)
        finally:
            # Whatever is raised, a traceback with captured locals finds no token in this frame.
            del auth_token
        _refuse_reserved(settle_window, journal, wire_format)
        self._settings = Settings.resolve(
            token,
            base_url=base_url,
            version=version,
            versions=versions,
            timeout=timeout,
            deadline=deadline,
            max_connections=max_connections,
        )
        self._transport = Transport(self._settings, http=transport)
        self.messaging: Final = Messaging(self._transport)
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
        """Close every connection. Calling it again does nothing."""
        await self._transport.aclose()

    async def send(
        self,
        message: str,
        *,
        to: Destinations,
        message_id: str | None = None,
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
        """Send one text to one number or many, at most once.

        A MessageID is chosen before the first byte unless you give one, so that the message can be
        looked up whatever happens. The request is made once and never repeated.

        Args:
            message: The text; three parts by default, which is 459 characters of GSM-7 or 201 of
                Unicode (T36). ``[[FirstName]]`` and the like are filled in per destination.
            to: A number, best as ``+61421000001``; a :class:`~bestsms.Destination` with personal
                fields; or a list of either.
            message_id: Your own id, up to 40 letters, digits and hyphens, a new one per message.
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
            The accepted message. Accepted is not delivered.

        Raises:
            InvalidRequest: An argument is refused. Verdict ``NOT_SENT``.
            OSError: A file can't be read. Nothing was sent.
            NotSent: No connection was made. Verdict ``NOT_SENT``.
            Rejected: The provider said no. Verdict ``REJECTED``.
            OutcomeUnknown: The request left and no usable answer came. Verdict ``UNKNOWN``: look
                ``message_id`` up before you send again.
        """
        return await sending.send(
            self.messaging,
            message,
            to=to,
            message_id=message_id,
            reference=reference,
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
        )


def _refuse_reserved(settle_window: float, journal: object, wire_format: object) -> None:
    # The names are promised from the first day; what they will do is not built yet, and a safety
    # setting that is silently ignored is worse than an error.
    if journal is not None:
        raise ConfigurationError("journal: reserved for a later release; this one keeps none.")
    if settle_window != SETTLE_WINDOW:
        raise ConfigurationError(
            f"settle_window: reserved for a later release; this one takes only {SETTLE_WINDOW:g}."
        )
    if wire_format != "json":
        raise ConfigurationError(f"wire_format: this release speaks 'json', not {wire_format!r}.")
