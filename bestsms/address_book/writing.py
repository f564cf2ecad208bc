"""Contacts and groups that are made once, and changed where they differ."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from typing import Any, Final
from weakref import WeakValueDictionary

import anyio
from anyio.lowlevel import current_token

from bestsms._breath import breathe
from bestsms._evidence import Verdict
from bestsms._transport import Transport
from bestsms.address_book.matching import number_form, number_key
from bestsms.address_book.outcomes import SeveralMatches
from bestsms.address_book.people import Details
from bestsms.address_book.reading import identified, whole
from bestsms.address_book.settling import settle
from bestsms.api import Contact, Contacts, Group, Groups
from bestsms.errors import BestSMSError, OutcomeUnknown
from bestsms.sending import GroupCode, GroupID

__all__ = ["Writer", "differing", "several_contacts"]

SHOWN: Final = 20
"""How many IDs stand in a text; all of them are in ``ids``."""


class Writer:
    """Makes the contacts and groups of one client, one at a time of each number.

    Args:
        transport: Carries the calls.
        region: Where numbers in national form are from, if that is known.

    Attributes:
        key: What is the same for the same number.
        doubtful: The keys of numbers of which nobody knows whether a contact was created.
    """

    def __init__(self, transport: Transport, region: str | None = None) -> None:
        self.contacts = Contacts(transport)
        self.groups = Groups(transport)
        self._form = number_form(region)
        self.key = number_key(self._form)
        self.doubtful: set[str] = set()
        self._transport = transport
        self._locks: WeakValueDictionary[object, anyio.Lock] = WeakValueDictionary()
        self._witnesses: list[_Witness] = []

    def alone(self, key: str) -> anyio.Lock:
        """Return what only one task holds at a time for a number or a group; it is not kept."""
        # A lock belongs to an event loop, and a client may be used in one after another.
        return self._locks.setdefault((current_token(), key), anyio.Lock())

    @contextmanager
    def witnessing(self) -> Generator[dict[str, Contact]]:
        """Collect the contacts that this client creates meanwhile, by the key of their number."""
        witness = _Witness()
        self._witnesses.append(witness)
        try:
            yield witness.created
        finally:
            self._witnesses.remove(witness)

    async def with_number(self, key: str) -> Contact | None:
        """Return the one contact with a number, if there is one.

        Raises:
            SeveralMatches: There are several.
        """
        everyone = await whole(lambda page: self.contacts.list(page=page))
        found: list[Contact] = []
        for index, each in enumerate(everyone):
            await breathe(index)
            if self.key(each.mobile_phone or "") == key:
                found.append(each)
        if len(found) > 1:
            raise several_contacts(found)
        return found[0] if found else None

    async def create(self, key: str, number: str, details: Details) -> Contact:
        """Create a contact; hold the number alone meanwhile.

        Where the client has a region the number is stored in E.164 form: as it is written at home
        it would be nobody's abroad, and nobody's to a client without a region.

        Raises:
            OutcomeUnknown: Whether it was created can't be said.
            InvalidResponse: It was created, and the answer lacks its ID. Verdict ``ACCEPTED``.
        """
        fields: dict[str, Any] = {"mobile_phone": self._form(number), **details}
        # Until it is known what became of it; a cancellation leaves it so.
        self.doubtful.add(key)
        try:
            made = identified(await self.contacts.create(**fields), Verdict.ACCEPTED)
        except OutcomeUnknown as error:
            found = await settle(self._transport, error, lambda: self.with_number(key))
            made = await self.update(found, details)
        except BestSMSError as error:
            if error.verdict is not None and error.verdict.nothing_done:
                self.doubtful.discard(key)
            raise
        self.doubtful.discard(key)
        for witness in self._witnesses:
            witness.created[key] = made
        return made

    async def update(self, contact: Contact, details: Details) -> Contact:
        """Change the fields of a contact that differ, if any do."""
        fields: dict[str, Any] = differing(contact, details)
        if not fields:
            return contact
        return await self.contacts.update(str(contact.contact_id), **fields)

    async def find_group(self, wanted: str) -> Group | None:
        """Return the one group whose ID, code or name a text is.

        Args:
            wanted: The text; a GroupID or GroupCode is that alone.

        Raises:
            SeveralMatches: There are several: the name of one may be the code of another.
        """
        groups = await whole(lambda page: self.groups.list(page=page))
        attributes: tuple[str, ...] = ("group_id", "group_code", "group_name")
        if isinstance(wanted, GroupID | GroupCode):
            attributes = ("group_id",) if isinstance(wanted, GroupID) else ("group_code",)
        text = _folded(wanted)
        found = [
            each
            for each in groups
            if any(_folded(getattr(each, name) or "") == text for name in attributes)
        ]
        if len(found) > 1:
            raise _several_groups(found)
        return found[0] if found else None

    async def create_group(self, wanted: str) -> Group:
        """Create a group of this name, and of this code if it is a GroupCode."""
        name = wanted.strip()
        code = name if isinstance(wanted, GroupCode) else None
        try:
            made = await self.groups.create(group_name=name, group_code=code)
            return identified(made, Verdict.ACCEPTED)
        except OutcomeUnknown as error:
            return await settle(self._transport, error, lambda: self.find_group(wanted))


class _Witness:
    """One who is told of what is created."""

    def __init__(self) -> None:
        self.created: dict[str, Contact] = {}


def differing(contact: Contact, details: Details) -> Details:
    """Return the wanted fields that a contact has not; what it lacks is the same as blank."""
    return {
        name: value for name, value in details.items() if (getattr(contact, name) or "") != value
    }


def several_contacts(found: Iterable[Contact]) -> SeveralMatches:
    """Return the error of a number that several contacts have."""
    ids = tuple(str(each.contact_id) for each in found)
    return SeveralMatches(
        f"{len(ids)} contacts share the mobile number of one that is meant: {_shown(ids)}. Nothing "
        "was changed; name the one by its ID, or delete the others.",
        ids=ids,
    )


def _several_groups(found: Iterable[Group]) -> SeveralMatches:
    ids = tuple(str(each.group_id or each.group_code) for each in found)
    return SeveralMatches(
        f"{len(ids)} groups have this name, code or ID: {_shown(ids)}. Nothing was changed; name "
        "the one that is meant with GroupID or GroupCode.",
        ids=ids,
    )


def _shown(ids: tuple[str, ...]) -> str:
    return ", ".join(ids[:SHOWN]) + (", ..." if len(ids) > SHOWN else "")


def _folded(text: str) -> str:
    return text.strip().casefold()
