"""The webhook as a doorbell: a final state is believed when the report says the same."""

from __future__ import annotations

import inspect
from typing import Any, Protocol

import anyio.to_thread

from bestsms._wire.privacy import masked
from bestsms.errors import BestSMSError
from bestsms.webhooks.events import Event, StatusEvent

__all__ = ["Client", "Confirmation", "Unconfirmed"]


class Client(Protocol):
    """What a receiver needs of a client; :class:`bestsms.AsyncClient` and its sync twin have it."""

    @property
    def reports(self) -> Any:
        """The reports area, for ``reports.status(message_id)``."""
        ...

    def wake(self, message_id: str | None, *, reply: bool = False) -> None:
        """Have the waits on a message look at once; with ``reply``, those for replies too."""
        ...


class Unconfirmed(BestSMSError):
    """A webhook tells a final state that the message's report has not for that number (yet)."""


class Confirmation:
    """Asks for the report before an event that ends a message goes to the handler.

    Args:
        client: Whom to ask.
    """

    def __init__(self, client: Client) -> None:
        self._status = client.reports.status

    async def __call__(self, event: Event) -> None:
        """Return if the event may be believed; what is not final needs no proof.

        Raises:
            Unconfirmed: The report has another state for that number, or none.
            BestSMSError: The report can't be had.
        """
        if not (isinstance(event, StatusEvent) and event.is_final):
            return
        report = await self._report(event.message_id)
        number = _digits(event.destination)
        found = [each.status for each in report.recipients if _digits(each.destination) == number]
        shown = ", ".join(masked(each or "-") for each in found) or "nothing"
        told = f"a webhook says {event.status} of {masked(event.destination)}, the report {shown}"
        # The same one: who knows the APIKey could turn a success into a failure, to be sent again.
        if event.status not in found:
            raise Unconfirmed(f"Message {event.message_id}: {told}.", message_id=event.message_id)

    async def _report(self, message_id: str) -> Any:
        if inspect.iscoroutinefunction(self._status):
            return await self._status(message_id)
        return await anyio.to_thread.run_sync(self._status, message_id)


def _digits(number: str | None) -> str:
    # The references print numbers with and without the plus.
    return "".join(character for character in number or "" if character.isdigit())
