"""A group brought to hold exactly some people: read, compared, and changed or only shown."""

from __future__ import annotations

from collections.abc import Mapping

import anyio
import attrs

from bestsms._settings import Version
from bestsms._transport import Transport
from bestsms._wire.checks import Flag
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
    flags = {"dry_run": dry_run, "remove": remove, "create": create, "allow_empty": allow_empty}
    for name, flag in flags.items():
        Flag(name).check(flag)
    wanted = await read_people(people, writer.key)
    if remove and not wanted and not allow_empty:
        raise InvalidRequest(
            "people",
            "is empty, which would remove every member; if that is meant, pass allow_empty=True",
            size=0,
        )
    versions = transport.settings.versions
    with writer.witnessing() as created:
        syncing = _Syncing(
            writer=writer,
            members=GroupContacts(transport),
            version=versions["group_contacts"],
            people=wanted,
            created=created,
            dry_run=dry_run,
            remove=remove,
        )
        if isinstance(group, Group):
            return await syncing.existing(group)
        async with writer.alone(f"group {_text(group).strip().casefold()}"):
            found = await writer.find_group(group)
            if found is None:
                if not create or isinstance(group, GroupID):
                    raise _no_such(group, versions["groups"])
                return await syncing.missing(group)
        return await syncing.existing(found)


@attrs.frozen(kw_only=True, eq=False, repr=False)
class _Syncing:
    """One sync.

    Attributes:
        writer: Makes contacts and groups.
        members: Makes memberships.
        version: The API version of the calls that do.
        people: Who should be in the group.
        created: The contacts that this client has created since the sync began.
        dry_run: Whether to do nothing.
        remove: Whether others leave the group.
    """

    writer: Writer
    members: GroupContacts
    version: Version
    people: list[Person]
    created: Mapping[str, Contact]
    dry_run: bool
    remove: bool

    async def existing(self, group: Group) -> MemberChanges:
        """Sync a group that there is."""
        key = _key(group, self.version)
        async with self._alone(key):
            members = await whole(lambda page: self.members.list(key, page=page))
            difference = await self._compare(members)
            if self.dry_run:
                return difference.changes(group)
            return await self._apply(group, key, difference)

    async def missing(self, name: str) -> MemberChanges:
        """Create a group and sync it; hold its name alone meanwhile.

        What can be told without the group is told before there is one.
        """
        difference = await self._compare([])
        if self.dry_run:
            return difference.changes(None)
        group = await self.writer.create_group(name)
        key = _key(group, self.version)
        async with self._alone(key):
            return await self._apply(group, key, difference)

    def _alone(self, key: str) -> anyio.Lock:
        return self.writer.alone(f"members {key.casefold()}")

    async def _compare(self, members: list[Contact]) -> Plan:
        key = self.writer.key
        everyone: list[Contact] = []
        if not await all_inside(self.people, members, key):
            everyone = await whole(lambda page: self.writer.contacts.list(page=page))
        return await plan(self.people, members, everyone, key, remove=self.remove)

    async def _apply(self, group: Group, key: str, difference: Plan) -> MemberChanges:
        applying = Applying(
            writer=self.writer,
            members=self.members,
            group=group,
            group_key=key,
            plan=difference,
            created=self.created,
        )
        return await applying.run()


def _text(group: object) -> str:
    if not isinstance(group, str) or not group.strip():
        raise InvalidRequest("group", "must be a Group, or the ID, code or name of one")
    return group


def _no_such(group: str, version: Version) -> InvalidRequest:
    if not isinstance(group, GroupID):
        return InvalidRequest(
            "group", "there is none of this ID, code or name; create=True makes one"
        )
    if version == "2.03":
        return InvalidRequest(
            "group", "version 2.03 of the API knows groups by their code (T3); give its GroupCode"
        )
    return InvalidRequest(
        "group", "there is none of this ID; the provider chooses the IDs of new groups"
    )


def _key(group: Group, version: Version) -> str:
    """Return how a group is named in calls: by its code in version 2.03, else by its ID (T3)."""
    keys = [group.group_id, group.group_code]
    if version == "2.03":
        keys.reverse()
    key = keys[0] or keys[1]
    if key is None:
        raise InvalidRequest("group", "has neither a group_id nor a group_code")
    return key
