"""A group brought to hold exactly some people: read, compared, and changed or only shown."""

from __future__ import annotations

from bestsms._transport import Transport
from bestsms.address_book.applying import Applying
from bestsms.address_book.outcomes import MemberChanges
from bestsms.address_book.people import People, Person, read_people
from bestsms.address_book.planning import Plan, all_inside, plan
from bestsms.address_book.reading import whole
from bestsms.address_book.writing import Writer
from bestsms.api import Contact, Group, GroupContacts
from bestsms.errors import InvalidRequest
from bestsms.sending import GroupID

__all__ = ["sync"]


async def sync(
    transport: Transport,
    writer: Writer,
    group: Group | str,
    people: People,
    *,
    dry_run: bool,
    remove: bool,
    create: bool,
    allow_empty: bool,
) -> MemberChanges:
    """Sync a group; the arguments are those of :meth:`AddressBook.sync_group`."""
    wanted = read_people(people, writer.key)
    if remove and not wanted and not allow_empty:
        raise InvalidRequest(
            "people",
            "is empty, which would remove every member; if that is meant, pass allow_empty=True",
            size=0,
        )
    with writer.witnessing() as created:
        found = await _find(writer, group, create=create, dry_run=dry_run)
        if found is None:
            return (await _compare(writer, wanted, [], remove=remove)).changes(None)
        key = _key(found, transport.settings.versions["group_contacts"])
        async with writer.alone(f"members {key.casefold()}"):
            area = GroupContacts(transport)
            members = await whole(lambda page: area.list(key, page=page))
            difference = await _compare(writer, wanted, members, remove=remove)
            if dry_run:
                return difference.changes(found)
            applying = Applying(
                writer=writer,
                members=area,
                group=found,
                group_key=key,
                plan=difference,
                created=created,
            )
            return await applying.run()


async def _compare(
    writer: Writer, people: list[Person], members: list[Contact], *, remove: bool
) -> Plan:
    everyone: list[Contact] = []
    if not all_inside(people, members, writer.key):
        everyone = await whole(lambda page: writer.contacts.list(page=page))
    return plan(people, members, everyone, writer.key, remove=remove)


async def _find(writer: Writer, group: object, *, create: bool, dry_run: bool) -> Group | None:
    """Return the group; ``None`` is one that a dry run does not create."""
    if isinstance(group, Group):
        return group
    if not isinstance(group, str) or not group.strip():
        raise InvalidRequest("group", "must be a Group, or the ID, code or name of one")
    async with writer.alone(f"group {group.strip().casefold()}"):
        found = await writer.find_group(group)
        if found is not None:
            return found
        if not create or isinstance(group, GroupID):
            raise InvalidRequest(
                "group",
                "there is none of this ID; the provider chooses the IDs of new groups"
                if isinstance(group, GroupID)
                else "there is none of this ID, code or name; create=True makes one",
            )
        return None if dry_run else await writer.create_group(group)


def _key(group: Group, version: str) -> str:
    """Return how a group is named in calls: by its code in version 2.03, else by its ID (T3)."""
    keys = [group.group_id, group.group_code]
    if version == "2.03":
        keys.reverse()
    key = keys[0] or keys[1]
    if key is None:
        raise InvalidRequest("group", "has neither a group_id nor a group_code")
    return key
