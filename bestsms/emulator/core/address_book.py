"""Contacts, groups and who belongs where (section 1.2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from uuid import uuid4

from bestsms.emulator.core.records import Contact, Group
from bestsms.emulator.core.store import World
from bestsms.emulator.errors import Refused

_WHITE_SPACE = re.compile(r"\s")
_MAX_CODE = 100
_DIGITS = frozenset("0123456789")


class AddressBook:
    """The address book of one user; what it cannot find or do is refused with 400."""

    def __init__(self, world: World) -> None:
        self._world = world

    def find_contact(self, contact_id: str) -> Contact | None:
        """Return a contact, None when there is none; ids match in any case."""
        return self._world.store.contacts.get(contact_id.lower())

    def find_group(self, key: str) -> Group | None:
        """Return a group by its id, else by its code in any case (T3, T28)."""
        folded = key.lower()
        groups = self._world.store.groups
        if folded in groups:
            return groups[folded]
        return next((g for g in groups.values() if g.code.lower() == folded), None)

    def contact(self, contact_id: str) -> Contact:
        """Return a contact or refuse."""
        found = self.find_contact(contact_id)
        if found is None:
            raise Refused("Contact not found")
        return found

    def group(self, key: str) -> Group:
        """Return a group or refuse."""
        found = self.find_group(key)
        if found is None:
            raise Refused("Group not found")
        return found

    def contacts(self) -> list[Contact]:
        """Return every contact, oldest first."""
        return list(self._world.store.contacts.values())

    def search(self, wanted: Mapping[str, str], *, by_digits: bool) -> list[Contact]:
        """Return the contacts that have every wanted text in full, in any case (T17, U32).

        Args:
            wanted: Texts by field name; none at all finds every contact.
            by_digits: Telephone numbers match when their digits do.
        """
        return [
            contact
            for contact in self.contacts()
            if all(
                _same(contact.fields.get(name, ""), text, by_digits and name.endswith("Phone"))
                for name, text in wanted.items()
            )
        ]

    def groups(self) -> list[Group]:
        """Return every group, oldest first."""
        return list(self._world.store.groups.values())

    def create_contact(self, fields: Mapping[str, str]) -> Contact:
        """Make a contact; no field is required."""
        contact = Contact(str(uuid4()), self._world.now(), dict(fields))
        self._world.store.contacts[contact.contact_id] = contact
        return contact

    def update_contact(self, contact_id: str, fields: Mapping[str, str]) -> Contact:
        """Change the given fields; a blank one is cleared (U34)."""
        contact = self.contact(contact_id)
        contact.fields.update(fields)
        contact.updated_at = self._world.now()
        return contact

    def delete_contact(self, contact_id: str) -> Contact:
        """Remove a contact and its memberships (U35)."""
        contact = self.contact(contact_id)
        del self._world.store.contacts[contact.contact_id]
        for group in self.groups():
            group.members.pop(contact.contact_id, None)
        return contact

    def create_group(self, code: str, fields: Mapping[str, str]) -> Group:
        """Make a group; a blank code is made from the name, white space to ``_`` (T27, T28)."""
        code = code.strip() or _WHITE_SPACE.sub("_", fields["GroupName"].strip())
        if len(code) > _MAX_CODE:
            raise Refused(f"GroupCode is longer than {_MAX_CODE} characters")
        if self.find_group(code) is not None:
            raise Refused(f"GroupCode already exists: {code}")
        group = Group(str(uuid4()), code, self._world.now(), dict(fields))
        self._world.store.groups[group.group_id] = group
        return group

    def update_group(self, key: str, fields: Mapping[str, str]) -> Group:
        """Change the given fields; neither id nor code can change (T29)."""
        group = self.group(key)
        group.fields.update(fields)
        return group

    def delete_group(self, key: str) -> Group:
        """Remove a group; its contacts stay."""
        group = self.group(key)
        del self._world.store.groups[group.group_id]
        return group

    def groups_of(self, contact: Contact) -> list[Group]:
        """Return the groups a contact is in."""
        return [group for group in self.groups() if contact.contact_id in group.members]

    def members_of(self, group: Group) -> list[Contact]:
        """Return the contacts of a group, in the order they joined."""
        return [self._world.store.contacts[contact_id] for contact_id in group.members]

    def join(self, contact_id: str, key: str) -> tuple[Contact, Group]:
        """Put a contact into a group; doing it twice is no error (U18)."""
        contact, group = self.contact(contact_id), self.group(key)
        group.members[contact.contact_id] = None
        return contact, group

    def membership(self, contact_id: str, key: str) -> tuple[Contact, Group]:
        """Return both sides of a membership or refuse."""
        contact, group = self.contact(contact_id), self.group(key)
        if contact.contact_id not in group.members:
            raise Refused("Contact is not in the group")
        return contact, group

    def leave(self, contact_id: str, key: str) -> tuple[Contact, Group]:
        """Take a contact out of a group; both sides stay."""
        contact, group = self.membership(contact_id, key)
        del group.members[contact.contact_id]
        return contact, group


def _same(stored: str, text: str, by_digits: bool) -> bool:  # noqa: FBT001 - two of one kind
    if by_digits and (digits := _digits(text)):
        return _digits(stored) == digits
    return stored.casefold() == text.casefold()


def _digits(text: str) -> str:
    return "".join(character for character in text if character in _DIGITS)
