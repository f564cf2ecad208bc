"""The async client: settings, one transport, the seven areas, and the verbs most users touch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from os import PathLike
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, NoReturn, Self

from bestsms._later import Later
from bestsms._settings import POLL_RATE, SETTLE_WINDOW, Settings, read_token
from bestsms._transport import AsyncBaseTransport, Transport
from bestsms.api import Actions, Messaging, Reports
from bestsms.bulk.verbs import Bulk
from bestsms.sending import Destinations, Sender
from bestsms.sending.verbs import Sending
from bestsms.waiting.verbs import Waiting

if TYPE_CHECKING:
    from bestsms.address_book.book import AddressBook
    from bestsms.api import ContactGroups, Contacts, GroupContacts, Groups
    from bestsms.estimating import Estimate
    from bestsms.journal import Journal
    from bestsms.sending.guarding import Guard
    from bestsms.webhooks import Callback

__all__ = ["AsyncClient"]


class AsyncClient(Sending, Bulk, Waiting):
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
        default_region: Where numbers in national form are from, ``"AU"`` or any region of ISO 3166:
            ``0421 000 001`` is sent as ``+61421000001``, and a number that can't exist is refused.
            Needs the extra ``numbers``. Without it numbers are sent as given.
        allowed_prefixes: A guard against toll fraud: numbers must begin with one of these,
            ``("+614", "+642")``, best those of mobiles: a premium-rate number is only known as one
            where a region is set as well.
        allowed_regions: The same by region, ``("AU", "NZ")``, and no premium-rate numbers there:
            for countries that share a code, as the USA and Jamaica do (+1). The mobiles of
            Christmas Island and the Cocos Islands count as ``AU``. Needs the extra ``numbers``.
        only_to: A guard for staging: the only numbers that may be sent to, and the only ContactIDs,
            GroupIDs and GroupCodes. An empty list of any guard allows nobody. A guard refuses the
            whole message, :class:`InvalidRequest`, for one destination that is not allowed or can't
            be checked. ``actions.resubmit`` is not guarded.
        max_connections: The most connections open at once.
        poll_rate: The most looks a second of all waits together; the provider asks for one.
        wire_format: ``"json"``, or ``"xml"``: how requests are written and answers asked for; the
            same models, errors and methods either way.
        transport: An ``httpx.AsyncBaseTransport`` of your own: a proxy, a mock, an emulator in
            this process. Proxies in the environment are not obeyed. One that does not report to
            httpx's ``trace`` extension proves nothing: what fails in it is ``UNKNOWN``.

    Raises:
        ConfigurationError: A setting is missing or wrong.
    """

    __slots__ = ("_parts", "_sender", "_settings", "actions", "messaging", "reports")

    contacts: Later[Contacts] = Later("bestsms.api.contacts:Contacts")
    groups: Later[Groups] = Later("bestsms.api.groups:Groups")
    contact_groups: Later[ContactGroups] = Later("bestsms.api.contact_groups:ContactGroups")
    group_contacts: Later[GroupContacts] = Later("bestsms.api.group_contacts:GroupContacts")
    address_book: Later[AddressBook] = Later("bestsms.address_book.book:AddressBook")
    """The address book as a whole: walked, searched, and brought up to date."""

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
        default_region: str | None = None,
        allowed_prefixes: Iterable[str] | None = None,
        allowed_regions: Iterable[str] | None = None,
        only_to: Iterable[str] | None = None,
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
            wire_format=wire_format,
        )
        guard = _guard(
            default_region=default_region,
            allowed_prefixes=allowed_prefixes,
            allowed_regions=allowed_regions,
            only_to=only_to,
        )
        super().__init__(Transport(self._settings, http=transport))
        kept = None if journal is None else _journal(journal)
        self._sender = Sender(self._transport, kept, callback, guard)
        self._parts: Final[dict[str, Any]] = {}
        self.messaging: Final = Messaging(self._sender)
        self.actions: Final = Actions(self._transport)
        self.reports: Final = Reports(self._transport)

    def _make(self, name: str, kind: type[Any]) -> Any:
        """Make a part that was not there until now; only the address book compares numbers."""
        if name != "address_book":
            return kind(self._transport)
        guard = self._sender.guard
        return kind(self._transport, None if guard is None else guard.region)

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

    def estimate(
        self,
        message: str | Iterable[str],
        *,
        to: Destinations | None = None,
        price_per_part: Decimal | int | str | None = None,
        character_conversion: bool = False,
    ) -> Estimate:
        """Say how many SMS a message will take, and their price; nothing is sent or asked.

        Personal fields are filled in for each destination that has them. What can't be known here
        (the contacts of a group, the length of a link) is left out: ``exact`` is then ``False``,
        and the figures are the least it can be.

        Example:
            .. code-block:: python

                estimate = client.estimate("Hello", to=numbers, price_per_part="0.07")
                print(estimate.parts, estimate.price)

        Args:
            message: A text, or several that all go to ``to``.
            to: As for :meth:`send`; one somebody, if not given.
            price_per_part: What one SMS costs: a :class:`~decimal.Decimal`, a whole number, or
                text such as ``"0.07"``. Not a float, for there is none that is 0.07.
            character_conversion: Whether it will be sent so; its effect is an estimate too.

        Raises:
            InvalidRequest: An argument is refused.
        """
        from bestsms.estimating import estimate  # noqa: PLC0415 - a plain send needs none of it

        return estimate(
            message,
            to,
            version=self._settings.versions["messaging"],
            price_per_part=price_per_part,
            character_conversion=character_conversion,
        )


def _journal(path: str | PathLike[str]) -> Journal:
    from bestsms.journal import Journal  # noqa: PLC0415 - few clients keep one

    return Journal(path)


def _guard(**settings: Any) -> Guard | None:
    if all(value is None for value in settings.values()):
        return None
    from bestsms.sending.guarding import Guard  # noqa: PLC0415 - few clients are guarded

    return Guard.resolve(**settings)
