"""Who a message goes to: numbers, people, contacts and groups of the address book.

Version 2.04 of the API sends to all of these by their keys. Version 2.03 knows numbers only: there
a contact goes by its mobile number, and what has none is refused before a byte leaves.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, Union, cast, final

from bestsms._settings import Version
from bestsms._wire.arguments import is_several
from bestsms.api import Destination, SMSMessage
from bestsms.errors import InvalidRequest

if TYPE_CHECKING:
    # Who sends to one of these has loaded it; the others need not.
    from bestsms.api import Contact, Group

__all__ = [
    "ContactID",
    "Destinations",
    "GroupCode",
    "GroupID",
    "destinations_of",
    "refuse_unknown",
]


@final
class ContactID(str):
    """The ID of a contact, as a destination: ``to=ContactID("...")``; a plain text is a number."""

    __slots__ = ()


@final
class GroupID(str):
    """The ID of a group, as a destination: ``to=GroupID("...")``; a plain text is a number."""

    __slots__ = ()


@final
class GroupCode(str):
    """The code of a group, as a destination: ``to=GroupCode("Staff")``; a plain text is a number.

    Example:
        >>> destinations_of(["+61421000001", GroupCode("Staff")], "2.04")
        [Destination(recipient='+61421000001'), Destination(group_code='Staff')]
    """

    __slots__ = ()


_One = Union[str, Destination, "Contact", "Group"]
Destinations = _One | Iterable[_One]
"""Who gets a message, one or a list of any mixture: a number, a :class:`Destination`, a
:class:`Contact`, a :class:`Group`, a :class:`ContactID`, a :class:`GroupID`, a :class:`GroupCode`.
"""

_ADVICE: Final = "make the client with versions={'messaging': '2.04'}"
_FIELDS: Final[dict[type[str], str]] = {
    ContactID: "contact_id",
    GroupID: "group_id",
    GroupCode: "group_code",
}


def destinations_of(to: object, version: Version) -> list[Destination]:
    """Turn what ``to=`` takes into the destinations of the documented send.

    Args:
        to: See :data:`Destinations`.
        version: The API version of the send.

    Raises:
        InvalidRequest: It is of the wrong kind, or a contact or group without any key.
    """
    if is_several(to):
        return [_one(each, version) for each in to]
    found = _one(to, version)
    if isinstance(found, Destination):  # pyright: ignore[reportUnnecessaryIsInstance]
        return [found]
    raise InvalidRequest(
        "Destinations",
        "to= takes a number, a Destination, a Contact, a Group, or a list of these, "
        f"not {type(to).__name__}",
    )


def _one(to: object, version: Version) -> Destination:
    if isinstance(to, str):
        # The text itself, also of an enum, whose str() is its name.
        return Destination(**{_FIELDS.get(type(to), "recipient"): str.__str__(to)})
    if isinstance(to, Destination):
        return to
    from bestsms.api import Contact, Group  # noqa: PLC0415 - see the imports

    if isinstance(to, Contact):
        return _contact(to, version)
    if isinstance(to, Group):
        # One key only: two could contradict each other.
        return Destination(group_id=to.group_id, group_code=None if to.group_id else to.group_code)
    # What is no Destination either is refused, with its place, where all of them are.
    return cast("Destination", to)


def _contact(contact: Contact, version: Version) -> Destination:
    if contact.contact_id and not (version == "2.03" and contact.mobile_phone):
        return Destination(contact_id=contact.contact_id)
    return Destination(
        recipient=contact.mobile_phone,
        attention=contact.attention,
        first_name=contact.first_name,
        last_name=contact.last_name,
        company=contact.company,
        custom1=contact.custom1,
        custom2=contact.custom2,
        custom3=contact.custom3,
        custom4=contact.custom4,
    )


def refuse_unknown(message: SMSMessage, version: Version) -> None:
    """Refuse what the API version of the send does not know.

    Raises:
        InvalidRequest: The version is 2.03, and a destination is a contact or a group, or the
            delivery report is to go by e-mail.
    """
    if version != "2.03":
        return
    if message.report_to is not None:
        raise InvalidRequest(
            "ReportTo",
            f"version 2.03 of the API has no such field (T35); {_ADVICE}",
            message_id=message.message_id,
        )
    for index, each in enumerate(message.destinations):
        keys = (each.contact_id, each.group_id, each.group_code)
        if keys != (None, None, None):
            raise InvalidRequest(
                "Destinations",
                f"item {index} is a contact or a group of the address book, and version 2.03 of "
                f"the API sends to numbers only; give the number (a contact's mobile_phone), or "
                f"{_ADVICE}",
                message_id=message.message_id,
            )
