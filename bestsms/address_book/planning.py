"""The difference between a group as it is and the people who should be in it; nothing is done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs

from bestsms._breath import breathe
from bestsms.address_book.matching import NumberKey
from bestsms.address_book.outcomes import MemberChanges
from bestsms.address_book.people import Details, Person
from bestsms.address_book.reading import key_of
from bestsms.address_book.writing import differing, several_contacts
from bestsms.api import Contact, Group

__all__ = ["Plan", "all_inside", "plan"]


@attrs.frozen(kw_only=True, repr=False)
class Plan:
    """What there is to do.

    Attributes:
        create: People without a contact.
        add: The IDs of contacts to add.
        update: What to change, by the ID of the contact.
        remove: The IDs of members to remove.
        unchanged: The IDs of members to leave alone.
        contact_ids: The IDs that are known, by the number as given.
    """

    create: tuple[Person, ...]
    add: tuple[str, ...]
    update: dict[str, Details]
    remove: tuple[str, ...]
    unchanged: tuple[str, ...]
    contact_ids: dict[str, str]

    def changes(self, group: Group | None) -> MemberChanges:
        """Return what a dry run shows."""
        return MemberChanges(
            group=group,
            create=tuple(person.number for person in self.create),
            add=self.add,
            update=tuple(self.update),
            remove=self.remove,
            unchanged=self.unchanged,
            contact_ids=self.contact_ids,
            dry_run=True,
        )


async def all_inside(people: Iterable[Person], members: Iterable[Contact], key: NumberKey) -> bool:
    """Say whether everyone who was given by number is a member: then nobody is looked for."""
    known = await _by_number(members, key)
    return all(person.key in known for person in people if person.contact_id is None)


async def plan(
    people: Iterable[Person],
    members: Sequence[Contact],
    everyone: Iterable[Contact],
    key: NumberKey,
    *,
    remove: bool,
) -> Plan:
    """Compare people with the members of a group.

    Every member with someone's number is that person. A number of no member is looked for among all
    contacts: the one that has it is added, and none created.

    Args:
        people: Who should be in the group.
        members: Who is.
        everyone: All contacts of the address book.
        key: What is the same for the same number.
        remove: Whether other members are to go.

    Raises:
        SeveralMatches: Several contacts, none of them a member, have someone's number.
    """
    inside = {key_of(each): each for each in members}
    by_member, by_contact = await _by_number(members, key), await _by_number(everyone, key)
    wanted: dict[str, str] = {}
    update: dict[str, Details] = {}
    contact_ids: dict[str, str] = {}
    create: list[Person] = []
    doubled: list[Contact] = []
    for index, person in enumerate(people):
        await breathe(index)
        if person.contact_id is not None:
            wanted.setdefault(person.contact_id.casefold(), person.contact_id)
            continue
        found = by_member.get(person.key) or by_contact.get(person.key, [])
        if not found:
            create.append(person)
            continue
        if len(found) > 1 and person.key not in by_member:
            doubled += found
        contact_ids[person.number] = str(found[0].contact_id)
        for each in found:
            wanted.setdefault(key_of(each), str(each.contact_id))
            if fields := differing(each, person.details):
                update[str(each.contact_id)] = fields
    if doubled:
        raise several_contacts(doubled)
    stay = {str(each.contact_id): not remove or one in wanted for one, each in inside.items()}
    return Plan(
        create=tuple(create),
        add=tuple(name for one, name in wanted.items() if one not in inside),
        update=update,
        remove=tuple(name for name, stays in stay.items() if not stays),
        unchanged=tuple(name for name, stays in stay.items() if stays and name not in update),
        contact_ids=contact_ids,
    )


async def _by_number(contacts: Iterable[Contact], key: NumberKey) -> dict[str, list[Contact]]:
    found: dict[str, list[Contact]] = {}
    for index, each in enumerate(contacts):
        await breathe(index)
        if folded := key(each.mobile_phone or ""):
            found.setdefault(folded, []).append(each)
    return found
