"""The difference, made: a few calls at a time, and nothing that could not be made again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from functools import partial
from typing import Any, Final

import anyio
import attrs

from bestsms._evidence import Verdict
from bestsms.address_book.outcomes import MemberChanges, SeveralMatches, SyncFailed
from bestsms.address_book.people import Person
from bestsms.address_book.planning import Plan
from bestsms.address_book.writing import Writer
from bestsms.api import Contact, Group, GroupContacts
from bestsms.errors import (
    AuthenticationFailed,
    BestSMSError,
    InvalidRequest,
    OutcomeUnknown,
    PermissionDenied,
    RateLimited,
    Rejected,
)

__all__ = ["Applying"]

AT_ONCE: Final = 8
"""Calls under way at a time."""
MOST_FAILURES: Final = 100
"""So many refusals are about more than those they name."""

_JOINING: Final = ("create", "add")
_Step = tuple[str, str, Callable[[], Awaitable[object]]]
"""One change: its kind, its ID or number, and what makes it."""


@attrs.define(kw_only=True, eq=False, repr=False)
class Applying:
    """Makes the changes of one plan.

    Attributes:
        writer: Makes contacts.
        members: Makes memberships.
        group: The group.
        group_key: How the group is named in calls.
        plan: What there is to do.
        created: The contacts that this client created since the address book was read.
    """

    writer: Writer
    members: GroupContacts
    group: Group
    group_key: str
    plan: Plan
    created: Mapping[str, Contact]
    _contact_ids: dict[str, str] = attrs.field(factory=dict[str, str], init=False)
    _done: list[tuple[str, str]] = attrs.field(factory=list[tuple[str, str]], init=False)
    _errors: list[BestSMSError] = attrs.field(factory=list[BestSMSError], init=False)
    _stopped: bool = attrs.field(default=False, init=False)
    _lacking: bool = attrs.field(default=False, init=False)

    async def run(self) -> MemberChanges:
        """Make the changes; nobody is removed unless everyone who should be in is.

        Where the new ones are refused, a group would else end up empty.

        Raises:
            SyncFailed: Some could not be made.
        """
        await self._make(self._steps())
        if not self._lacking:
            await self._make(self._removals())
        changes = self._changes()
        if self._errors:
            raise self._failure(changes) from self._errors[0]
        return changes

    async def _make(self, steps: Iterator[_Step]) -> None:
        async with anyio.create_task_group() as group:
            for _ in range(AT_ONCE):
                group.start_soon(self._work, steps)

    def _steps(self) -> Iterator[_Step]:
        plan = self.plan
        for person in plan.create:
            yield "create", person.number, partial(self._create, person)
        for contact_id, details in plan.update.items():
            fields: dict[str, Any] = dict(details)
            yield "update", contact_id, partial(self.writer.contacts.update, contact_id, **fields)
        for contact_id in plan.add:
            yield "add", contact_id, partial(self._add, contact_id)

    def _removals(self) -> Iterator[_Step]:
        for contact_id in self.plan.remove:
            yield "remove", contact_id, partial(self._remove, contact_id)

    async def _work(self, steps: Iterator[_Step]) -> None:
        while not self._stopped and (step := next(steps, None)) is not None:
            kind, name, make = step
            try:
                await make()
            except BestSMSError as error:
                self._errors.append(error)
                self._lacking = self._lacking or kind in _JOINING
                if len(self._errors) >= MOST_FAILURES or not _concerns_one(error):
                    self._stopped = True
            else:
                self._done.append((kind, name))

    async def _create(self, person: Person) -> None:
        async with self.writer.alone(person.key):
            made = self.created.get(person.key)
            if made is None and person.key in self.writer.doubtful:
                made = await self.writer.with_number(person.key)
            if made is None:
                made = await self.writer.create(person.key, person.number, person.details)
            else:
                made = await self.writer.update(made, person.details)
        self._contact_ids[person.number] = str(made.contact_id)
        await self._add(str(made.contact_id))

    async def _add(self, contact_id: str) -> None:
        # What a second adding answers is not documented (U18); being in is what counts.
        try:
            await self.members.create(self.group_key, contact_id=contact_id)
        except (OutcomeUnknown, Rejected) as error:
            if _of_all(error) or await self._is_member(contact_id) is not True:
                raise

    async def _remove(self, contact_id: str) -> None:
        # Nor what a second removing answers, which is what follows a lost answer; being out counts.
        try:
            await self.members.delete(self.group_key, contact_id)
        except (OutcomeUnknown, Rejected) as error:
            if _of_all(error) or await self._is_member(contact_id) is not False:
                raise

    async def _is_member(self, contact_id: str) -> bool | None:
        """Say whether a contact is in the group; ``None`` where that can't be told."""
        try:
            await self.members.get(self.group_key, contact_id)
        except Rejected as error:
            return None if _of_all(error) else False
        except BestSMSError:
            return None
        return True

    def _changes(self) -> MemberChanges:
        def done(kind: str) -> tuple[str, ...]:
            return tuple(name for each, name in self._done if each == kind)

        return MemberChanges(
            group=self.group,
            create=done("create"),
            add=done("add"),
            update=done("update"),
            remove=done("remove"),
            unchanged=self.plan.unchanged,
            contact_ids={**self.plan.contact_ids, **self._contact_ids},
        )

    def _failure(self, changes: MemberChanges) -> SyncFailed:
        wanted = self.plan.changes(self.group).count
        kept = self._lacking and self.plan.remove
        unknown = any(each.verdict is Verdict.UNKNOWN for each in self._errors)
        error = SyncFailed(
            f"{changes.count} of {wanted} changes of the group were made, {len(self._errors)} "
            f"failed, and {wanted - changes.count - len(self._errors)} were not tried. "
            f"{'Nobody was removed, as not everyone could be added. ' if kept else ''}"
            f"Calling again makes what is left. The first failure: {self._errors[0]}",
            verdict=Verdict.UNKNOWN if unknown else None,
        )
        error.changes, error.errors = changes, tuple(self._errors)
        return error


def _concerns_one(error: BestSMSError) -> bool:
    """Say whether an error is about one contact, and the others may well be made."""
    kinds = Rejected | InvalidRequest | SeveralMatches
    return isinstance(error, kinds) and not _of_all(error)


def _of_all(error: BestSMSError) -> bool:
    """Say whether a refusal is of the caller, whatever was asked."""
    return isinstance(error, AuthenticationFailed | PermissionDenied | RateLimited)
