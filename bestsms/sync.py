"""The sync client: the async client's own coroutines, run on a portal thread.

Nothing is written twice: every method is one line that wraps its async original, with the same
name, arguments, types and docstring.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from os import PathLike
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, NoReturn, Self
from weakref import WeakSet

from bestsms._bridge import (
    Bridged,
    PortalThread,
    blocking,
    blocking_iter,
    blocking_stream,
    direct,
)
from bestsms._later import Later
from bestsms._settings import POLL_RATE, SETTLE_WINDOW
from bestsms._transport import AsyncBaseTransport
from bestsms.api import SyncActions, SyncMessaging, SyncReports
from bestsms.bulk.verbs import blocking_run
from bestsms.client import AsyncClient
from bestsms.sending import Sent
from bestsms.waiting.verbs import TWO_DAYS

if TYPE_CHECKING:
    from bestsms.address_book.blocking import SyncAddressBook
    from bestsms.api import SyncContactGroups, SyncContacts, SyncGroupContacts, SyncGroups
    from bestsms.bulk.blocking import SyncRun
    from bestsms.webhooks import Callback

__all__ = ["SyncClient"]


class SyncClient(Bridged[AsyncClient]):
    """A client of the BestSMS API for code without an event loop.

    Every call runs on one background thread with its own event loop, started by the first call;
    one client serves any number of threads. Close it, or use it as a context manager.

    Example:
        .. code-block:: python

            with bestsms.SyncClient() as client:  # BESTSMS_AUTH_TOKEN
                sent = client.send("Hello", to="+61421000001")
                print(client.reports.status(sent.message_id).status)

    The arguments are those of :class:`bestsms.AsyncClient`.

    Raises:
        ConfigurationError: A setting is missing or wrong.
    """

    __slots__ = ("_parts", "_runs", "actions", "messaging", "reports")

    contacts: Later[SyncContacts] = Later("bestsms.api.contacts:SyncContacts")
    groups: Later[SyncGroups] = Later("bestsms.api.groups:SyncGroups")
    contact_groups: Later[SyncContactGroups] = Later("bestsms.api.contact_groups:SyncContactGroups")
    group_contacts: Later[SyncGroupContacts] = Later("bestsms.api.group_contacts:SyncGroupContacts")
    address_book: Later[SyncAddressBook] = Later("bestsms.address_book.blocking:SyncAddressBook")
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
            client = AsyncClient(
                auth_token,
                base_url=base_url,
                version=version,
                versions=versions,
                timeout=timeout,
                deadline=deadline,
                settle_window=settle_window,
                journal=journal,
                callback=callback,
                default_region=default_region,
                allowed_prefixes=allowed_prefixes,
                allowed_regions=allowed_regions,
                only_to=only_to,
                max_connections=max_connections,
                poll_rate=poll_rate,
                wire_format=wire_format,
                transport=transport,
            )
        finally:
            # Whatever is raised, a traceback with captured locals finds no token in this frame.
            del auth_token
        # A function of blocking code may block, or call this client again.
        client._callbacks_in_threads = True  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
        portal = PortalThread()
        super().__init__(client, portal)
        self.messaging: Final = SyncMessaging(client.messaging, portal)
        self.actions: Final = SyncActions(client.actions, portal)
        self.reports: Final = SyncReports(client.reports, portal)
        self._parts: Final[dict[str, Any]] = {}
        self._runs: Final[WeakSet[SyncRun]] = WeakSet()

    def _make(self, name: str, kind: type[Bridged[Any]]) -> Any:
        """Make the twin of a part that was not there until now."""
        return kind(getattr(self._target, name), self._portal)

    def __repr__(self) -> str:
        # Also while it is being made: a traceback with captured locals may show it then.
        where = (
            repr(self._target).partition(" ")[2] if hasattr(self, "_target") else "of nowhere yet>"
        )
        return f"<{type(self).__name__} {where}"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        self._target.__reduce_ex__(protocol)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection and end the background thread. Calling it again does nothing."""
        for run in tuple(self._runs):
            run.close()
        if self._portal.running:
            self._aclose()
        self._portal.stop()

    _aclose = blocking(AsyncClient.aclose)
    send = blocking(AsyncClient.send)
    send_many = blocking_run(AsyncClient.send_many)
    """Send to a list: ``with client.send_many(...) as run``, or ``client.send_many(...).finish()``.

    All else is as :meth:`bestsms.AsyncClient.send_many` has it.
    """
    estimate = direct(AsyncClient.estimate)
    reconcile = blocking(AsyncClient.reconcile)
    recover = blocking(AsyncClient.recover)
    wait = blocking(AsyncClient.wait)
    resume = blocking(AsyncClient.resume)
    wait_many = blocking_iter(AsyncClient.wait_many)
    replies = blocking_stream(AsyncClient.replies)
    inbox = blocking_stream(AsyncClient.inbox)
    wake = direct(AsyncClient.wake)

    def wait_handle(self, message: Sent | str, *, timeout: float = TWO_DAYS) -> str:
        """Return a handle for :meth:`resume`, without waiting.

        Args:
            message: What :meth:`send` returned, or a MessageID.
            timeout: Seconds in all; they run from now on.

        Raises:
            InvalidRequest: An argument is refused.
        """
        return self._target.wait(message, timeout=timeout).dumps()
