"""What a sync of a group comes to: the changes, or the error with what was made of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from bestsms.api import Group
from bestsms.errors import BestSMSError, Verdict

__all__ = ["MemberChanges", "SeveralMatches", "SyncFailed"]


@attrs.frozen(kw_only=True, repr=False)
class MemberChanges:
    """What changes, or was changed, in who belongs to a group; its repr shows counts alone.

    Attributes:
        group: The group; ``None`` in a dry run that would create it.
        create: The numbers, as given, of people who are in no contact yet: each becomes one.
        add: The IDs of contacts that are not in the group yet.
        update: The IDs of contacts of which a given field differs.
        remove: The IDs of members that were not given. The contacts stay.
        unchanged: The IDs of members that stay as they are.
        contact_ids: The ID of the contact by the number as given, of everyone who has one.
        dry_run: Whether nothing was done.
    """

    group: Group | None
    create: tuple[str, ...] = ()
    add: tuple[str, ...] = ()
    update: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    contact_ids: Mapping[str, str] = attrs.field(factory=dict[str, str], hash=False)
    dry_run: bool = False

    @property
    def count(self) -> int:
        """How many changes there are; 0 means that the group is as it should be."""
        return len(self.create) + len(self.add) + len(self.update) + len(self.remove)

    def __str__(self) -> str:
        return (
            f"create {len(self.create)}, add {len(self.add)}, update {len(self.update)}, "
            f"remove {len(self.remove)}, unchanged {len(self.unchanged)}"
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self}{' (dry run)' if self.dry_run else ''}>"


class SeveralMatches(BestSMSError):
    """Several contacts have the number, or several groups the name, where one is needed.

    Nothing was changed.

    Attributes:
        ids: Their IDs; codes, of groups in version 2.03.
    """

    def __init__(self, text: str, *, ids: tuple[str, ...] = ()) -> None:
        super().__init__(text, verdict=Verdict.NOT_SENT)
        self.ids = ids


class SyncFailed(BestSMSError):
    """Some changes of a group could not be made; calling again makes what is left.

    Its verdict is ``UNKNOWN`` where nobody knows of some whether they were made. Else it has none:
    what is in ``changes`` was done, and nothing else was.

    Attributes:
        changes: What was done, as a :class:`MemberChanges`.
        errors: What kept the others from being made, where they were tried.
    """

    changes: Any = None
    errors: tuple[BestSMSError, ...] = ()
