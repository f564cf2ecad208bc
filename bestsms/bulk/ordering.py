"""What a run is asked to do: checked as a whole before its first request."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

import anyio
import attrs

from bestsms._protocol import MAX_REQUEST_BYTES
from bestsms._wire.checks import Flag, Number
from bestsms.bulk.breaker import Breaker
from bestsms.bulk.carrying import Courier
from bestsms.bulk.ending import Ending
from bestsms.bulk.naming import Names
from bestsms.bulk.pace import Pace
from bestsms.bulk.planning import FEWEST_BYTES, Plan
from bestsms.bulk.rehearsing import mark, marked
from bestsms.bulk.resuming import History
from bestsms.bulk.rows import Recipients
from bestsms.bulk.telling import OnProgress
from bestsms.errors import InvalidRequest
from bestsms.sending import ContactID, Sender
from bestsms.sending.composing import compose
from bestsms.sending.preparing import Prepared, measure

__all__ = ["CONCURRENCY", "Order", "Ready", "rate", "refuse_overwriting"]

MOST_AT_ONCE: Final = 10_000
SLOWEST: Final = 1e-3
FASTEST: Final = 1_000_000
"""What the rates may be, per second."""
XML_SHARE: Final = 4
"""How many times as many bytes recipients take in XML as in JSON, at the most."""

CONCURRENCY: Final = Number("concurrency", minimum=1, maximum=MOST_AT_ONCE)
_BYTES: Final = Number("max_bytes", minimum=FEWEST_BYTES)
_RESEND_ABSENT: Final = Flag("resend_absent")


class Ready(NamedTuple):
    """An order that can be carried out.

    Attributes:
        plan: Its chunks.
        courier: Who takes them to the provider.
        workers: How many chunks are taken there at once, at the most.
    """

    plan: Plan
    courier: Courier
    workers: int


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Order:
    """The arguments of :meth:`bestsms.AsyncClient.send_many`.

    Attributes:
        fields: Those that go into every request, as :func:`compose` takes them.
    """

    recipients: Recipients
    message: str | None
    campaign: str | None
    separate: bool
    max_destinations: int
    max_bytes: int
    concurrency: int
    requests_per_second: float | None
    recipients_per_second: float | None
    resend_absent: bool
    report: str | PathLike[str] | None
    on_progress: OnProgress | None
    reference: str | None
    fields: Mapping[str, Any]

    async def ready(self, sender: Sender, ending: Ending, *, in_threads: bool) -> Ready:
        """Check all of it, without a byte to the provider.

        Args:
            sender: The client's.
            ending: Whether the run goes on.
            in_threads: Whether the caller's own code, which may block, runs in threads.

        Raises:
            InvalidRequest: An argument is refused.
            CampaignChanged: The campaign was begun in another way.
            ConfigurationError: The journal can't be read.
            OSError: A file to attach can't be read.
        """
        await anyio.to_thread.run_sync(refuse_overwriting, self.report, self.recipients)
        transport = sender.transport
        CONCURRENCY.check(self.concurrency)
        _BYTES.check(self.max_bytes)
        _RESEND_ABSENT.check(self.resend_absent)
        requests = rate("requests_per_second", self.requests_per_second)
        recipients = rate("recipients_per_second", self.recipients_per_second)
        workers = min(self.concurrency, transport.settings.max_connections)
        version = transport.settings.versions["messaging"]
        # Of a contact nobody here knows the fields, so no placeholder is missed.
        fields = await compose(
            version=version, to=ContactID("-"), message=self.message, **self.fields
        )
        campaign = self._name(transport.settings.base_url)
        plan = Plan(
            self.recipients,
            message=self.message,
            campaign=campaign,
            separate=self.separate,
            max_destinations=self.max_destinations,
            max_bytes=await self._room(sender, fields),
            version=version,
            guard=sender.guard,
            files=len(fields["files"] or ()),
            in_threads=in_threads,
            wire_format=transport.settings.wire_format,
        )
        history = History(
            sender,
            campaign,
            separate=self.separate,
            resend_absent=self.resend_absent,
            ending=ending,
        )
        await history.begin()
        courier = Courier(
            sender=sender,
            fields=fields,
            reference=self.reference,
            history=history,
            pace=Pace(transport.clock, workers, requests, recipients),
            breaker=Breaker(ending.pause),
            ending=ending,
        )
        return Ready(plan, courier, workers)

    def _name(self, base_url: str) -> str | None:
        """Return the name that MessageIDs and rows of the journal are made of."""
        if self.campaign is None:
            return None
        return marked(self.campaign, mark(test=self.fields["test"], base_url=base_url))

    async def _room(self, sender: Sender, fields: Mapping[str, Any]) -> int:
        """Return the bytes that a request has for its recipients."""
        head = Prepared(message_id=Names(None).of_chunk(0), message=self.message or "-")
        room = MAX_REQUEST_BYTES - await measure(sender, head, fields, self.reference)
        if sender.transport.settings.wire_format == "xml":
            room //= XML_SHARE
        return max(FEWEST_BYTES, min(self.max_bytes, room))


def rate(name: str, value: object) -> float | None:
    """Return a rate, per second, if there is one.

    Args:
        name: The setting's name.
        value: What was given.

    Raises:
        InvalidRequest: It is no number, or out of all reason.
    """
    if value is None:
        return None
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if number and SLOWEST <= cast("float", value) <= FASTEST:
        return float(cast("float", value))
    raise InvalidRequest(name, f"must be a number from {SLOWEST:g} to {FASTEST:,}")


def refuse_overwriting(report: str | PathLike[str] | None, recipients: Recipients) -> None:
    """See that a report is not written over its own list; this blocks.

    Raises:
        InvalidRequest: It would be.
    """
    if report is None or not isinstance(recipients, Path):
        return
    with contextlib.suppress(OSError):  # One of them is not there.
        if Path(report).samefile(recipients):
            raise InvalidRequest(
                "report", f"{report} is the list itself, which it would overwrite; name another"
            )
