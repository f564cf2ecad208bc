"""From an accepted send to a job: contacts and groups unfolded, text filled in, parts counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, tzinfo
from uuid import uuid4

import attrs

from bestsms.emulator import numbers, text, times
from bestsms.emulator.core.address_book import AddressBook
from bestsms.emulator.core.delivery import Delivery
from bestsms.emulator.core.records import Contact, Job, Recipient
from bestsms.emulator.core.send_request import DestinationRequest, SendRequest
from bestsms.emulator.core.store import World
from bestsms.emulator.errors import Refused

NO_VALID_DESTINATION = "Error - Could not find any valid destination(s)."


class Sending:
    """Accepts sends."""

    def __init__(self, world: World, book: AddressBook, delivery: Delivery) -> None:
        self._world = world
        self._book = book
        self._delivery = delivery

    def accept(self, version: str, request: SendRequest) -> Job:
        """Make a job of a send and set it going, now or at its SendTime.

        Raises:
            Refused: No destination is valid, or SendTime or TimeZone cannot be read.
        """
        zone = self.zone_name(request.time_zone)
        send_at = read_send_time(request.send_time, zone_of(zone))
        job_num = self._world.store.new_job_num()
        recipients = list(self._recipients(request, job_num))
        if all(recipient.fault for recipient in recipients):
            raise Refused(NO_VALID_DESTINATION)
        now = self._world.now()
        job = Job(
            message_id=request.message_id or str(uuid4()),
            job_num=job_num,
            version=version,
            created_at=now,
            visible_at=now + timedelta(seconds=self._invisible(recipients)),
            zone=zone,
            recipients=recipients,
            reference=request.reference,
            sub_account=request.sub_account,
            department=request.department,
            from_number=request.from_number,
            test=request.test,
            callback_url=request.callback_url,
            callback_format=request.callback_format,
        )
        self._world.store.add_job(job)
        if request.test:
            self._delivery.complete_test(job)
        else:
            self._delivery.schedule(job, send_at)
        return job

    def zone_name(self, name: str) -> str:
        """Return the zone to use for a TimeZone as it was sent, blank or unknown included.

        Raises:
            Refused: It is unknown, and the settings say that this is an error (U14).
        """
        if not name:
            return self._world.settings.time_zone
        if times.zone(name) is not None:
            return name
        if self._world.settings.refuse_unknown_time_zone:
            raise Refused(f"Unknown TimeZone: {name}")
        return self._world.settings.time_zone

    def _invisible(self, recipients: Iterable[Recipient]) -> float:
        delays = (self._delivery.rule(r.destination).visibility_seconds for r in recipients)
        usual = self._world.settings.status_visibility_seconds
        return max(usual, *(delay or 0.0 for delay in delays))

    def _recipients(self, request: SendRequest, job_num: str) -> Iterator[Recipient]:
        message = text.plain(request.message) if request.character_conversion else request.message
        files = {
            f"file{n}": f"https://files.example/{job_num}/{n}" for n in range(1, request.files + 1)
        }
        targets = (target for d in request.destinations for target in self._targets(d))
        for seq, (destination, group_id) in enumerate(targets, start=1):
            body = text.expand(message, _placeholders(destination) | files)
            fault = numbers.fault(destination.recipient)
            number = None if fault else numbers.normalise(destination.recipient)
            yield Recipient(
                seq=seq,
                destination=number or destination.recipient,
                submitted=destination.recipient,
                text=body,
                parts=text.parts(body),
                attention=destination.attention,
                company=destination.company,
                custom=destination.custom,
                contact_id=destination.contact_id,
                group_id=group_id,
                fault=fault,
            )

    def _targets(self, asked: DestinationRequest) -> Iterator[tuple[DestinationRequest, str]]:
        """Yield who is meant: one number, one contact, or every member of a group."""
        if asked.recipient or asked.contact_id:
            contact = self._book.find_contact(asked.contact_id)
            yield (_merged(asked, contact) if contact else asked), ""
            return
        group = self._book.find_group(asked.group)
        if group is None:
            # Kept as a recipient that fails, so that the report shows what was asked for.
            yield attrs.evolve(asked, recipient=asked.group), ""
            return
        for contact_id in group.members:
            member = self._world.store.contacts[contact_id]
            yield _merged(asked, member), group.group_id


def zone_of(name: str) -> tzinfo:
    """Return the zone behind a name that is known to be good."""
    zone = times.zone(name)
    if zone is None:
        raise AssertionError(name)
    return zone


def read_send_time(written: str, zone: tzinfo) -> datetime | None:
    """Read a SendTime, None when absent.

    Raises:
        Refused: It is in none of the accepted forms (2.3).
    """
    if not written.strip():
        return None
    moment = times.read(written, zone)
    if moment is None:
        raise Refused(f"Invalid SendTime: {written}")
    return moment


def _merged(asked: DestinationRequest, contact: Contact) -> DestinationRequest:
    """Fill in from the contact what the destination itself leaves open."""
    stored = contact.fields
    own = (*(stored.get(f"Custom{n}", "") for n in range(1, 5)), *("",) * 5)
    return attrs.evolve(
        asked,
        recipient=asked.recipient or stored.get("MobilePhone", ""),
        contact_id=contact.contact_id,
        attention=asked.attention or stored.get("Attention", ""),
        company=asked.company or stored.get("Company", ""),
        first_name=asked.first_name or stored.get("FirstName", ""),
        last_name=asked.last_name or stored.get("LastName", ""),
        custom=tuple(mine or theirs for mine, theirs in zip(asked.custom, own, strict=True)),
    )


def _placeholders(destination: DestinationRequest) -> dict[str, str]:
    values = {
        "attention": destination.attention,
        "company": destination.company,
        "firstname": destination.first_name,
        "lastname": destination.last_name,
    }
    return values | {f"custom{n}": value for n, value in enumerate(destination.custom, start=1)}
