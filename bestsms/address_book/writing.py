"""Contacts and groups that are made once, and changed where they differ."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from typing import Any, Final
from weakref import WeakValueDictionary

import anyio
from anyio.lowlevel import current_token

from bestsms._transport import Transport
from bestsms.address_book.matching import NumberKey
from bestsms.address_book.outcomes import SeveralMatches
from bestsms.address_book.people import Details
from bestsms.address_book.reading import key_of, whole
from bestsms.address_book.settling import settle
from bestsms.api import Contact, Contacts, Group, Groups
from bestsms.errors import OutcomeUnknown
from bestsms.sending import GroupCode, GroupID

__all__ = ["Writer", "differing", "several_contacts"]

SHOWN: Final = 20
"""How many IDs stand in a text; all of them are in ``ids``."""


class Writer:
    """Makes the contacts and groups of one client, one at a time of each number.

    Args:
        transport: Carries the calls.
        key: What is the same for the same number.
    """

    def __init__(self, transport: Transport, key: NumberKey) -> None:
        self.contacts = Contacts(transport)
        self.groups = Groups(transport)
        self.key = key
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
        found = [each for each in everyone if self.key(each.mobile_phone or "") == key]
        if len(found) > 1:
            raise several_contacts(found)
        return found[0] if found else None

    async def create(self, key: str, number: str, details: Details) -> Contact:
        """Create a contact; hold the number alone meanwhile.

        Raises:
            OutcomeUnknown: Whether it was created can't be said.
        """
        fields: dict[str, Any] = {"mobile_phone": number, **details}
        try:
            made = await self.contacts.create(**fields)
        except OutcomeUnknown as error:
            found = await settle(self._transport, error, lambda: self.with_number(key))
            made = await self.update(found, details)
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
        """Return the group of an ID, else of a code, else of a name.

        Args:
            wanted: The text; a GroupID or GroupCode is that alone.

        Raises:
            SeveralMatches: Several have the name, and none the ID or code.
        """
        groups = await whole(lambda page: self.groups.list(page=page))
        attributes: tuple[str, ...] = ("group_id", "group_code", "group_name")
        if isinstance(wanted, GroupID | GroupCode):
            attributes = ("group_id",) if isinstance(wanted, GroupID) else ("group_code",)
        text = wanted.strip().casefold()
        for attribute in attributes:
            found = [each for each in groups if (getattr(each, attribute) or "").casefold() == text]
            if len(found) > 1:
                ids = tuple(map(key_of, found))
                raise SeveralMatches(
                    f"{len(found)} groups have this name: {', '.join(ids)}. Nothing was changed; "
                    "name the one that is meant with GroupID or GroupCode.",
                    ids=ids,
                )
            if found:
                return found[0]
        return None

    async def create_group(self, wanted: str) -> Group:
        """Create a group of this name, and of this code if it is a GroupCode."""
        code = str(wanted) if isinstance(wanted, GroupCode) else None
        try:
            return await self.groups.create(group_name=str(wanted), group_code=code)
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
    shown = ", ".join(ids[:SHOWN]) + (", ..." if len(ids) > SHOWN else "")
    return SeveralMatches(
        f"{len(ids)} contacts share the mobile number of one that is meant: {shown}. Nothing was "
        "changed; name the one by its ID, or delete the others.",
        ids=ids,
    )
