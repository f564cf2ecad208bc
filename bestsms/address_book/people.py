"""Who should be in a group, and the fields of a contact that can be written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, TypedDict, cast

import attrs

from bestsms._breath import breathe
from bestsms._wire.arguments import choose, is_several
from bestsms._wire.checks import Text
from bestsms._wire.privacy import masked
from bestsms.address_book.matching import NumberKey
from bestsms.address_book.mobiles import given_number
from bestsms.api import Contact, Destination, Visibility
from bestsms.api.contacts import ContactFields
from bestsms.errors import InvalidRequest
from bestsms.sending import ContactID

__all__ = ["ContactDetails", "Details", "People", "Person", "details_of", "read_people"]

Details = dict[str, str]
"""Fields of a contact, checked: by attribute name, those that were given."""


class ContactDetails(TypedDict, total=False):
    """The fields of a contact that can be written, but for ``mobile_phone``; see ``ContactFields``.

    ``None`` means not given, and an empty text clears a field (U34).
    """

    view_by: Visibility | str | None
    edit_by: Visibility | str | None
    attention: str | None
    title: str | None
    company: str | None
    recip_department: str | None
    first_name: str | None
    last_name: str | None
    position: str | None
    street_address: str | None
    suburb: str | None
    city: str | None
    state: str | None
    country: str | None
    postcode: str | None
    main_phone: str | None
    alt_phone1: str | None
    alt_phone2: str | None
    direct_phone: str | None
    fax_number: str | None
    email_address: str | None
    web_address: str | None
    custom1: str | None
    custom2: str | None
    custom3: str | None
    custom4: str | None


People = Iterable[str | Contact | Destination | Mapping[str, Any]]
"""People for a group: mobile numbers, :class:`ContactID`, contacts, destinations, or mappings of
``mobile_phone`` and :class:`ContactDetails`."""

_WRITABLE: Final = tuple(each.name for each in attrs.fields(ContactFields))
_OF_A_DESTINATION: Final = tuple(
    each.name for each in attrs.fields(Destination) if each.name in _WRITABLE
)
# A contact has four free fields, a destination nine (T21).
_NOT_OF_A_CONTACT: Final = tuple(
    each.name
    for each in attrs.fields(Destination)
    if each.name not in {*_WRITABLE, "recipient", "contact_id"}
)


@attrs.frozen(kw_only=True, repr=False)
class Person:
    """Someone who should be in a group: a contact by its ID, or whoever has a number.

    Attributes:
        contact_id: The contact, if it was named.
        number: The mobile number as given, else.
        key: What is the same for the same number.
        details: The fields that its contact should have.
    """

    contact_id: str | None = None
    number: str = ""
    key: str = ""
    details: Details = attrs.field(factory=dict[str, str])


def details_of(**given: Any) -> Details:
    """Check the fields of a contact.

    Raises:
        InvalidRequest: A value is refused.
        TypeError: A field is none of a contact's.
    """
    chosen = {
        name: choose(Visibility, value) if name in {"view_by", "edit_by"} else value
        for name, value in given.items()
    }
    fields = ContactFields(**chosen)
    return {name: value for name in _WRITABLE if (value := getattr(fields, name)) is not None}


async def read_people(people: object, key: NumberKey) -> list[Person]:
    """Read who is meant; who is given twice is one person with the fields of both.

    Raises:
        InvalidRequest: Someone can't be read, or is given twice with different fields.
    """
    if not is_several(people):
        raise InvalidRequest("people", f"a list of people is needed, not {type(people).__name__}")
    found: dict[tuple[str, str], tuple[int, Person]] = {}
    # What may change while others have a turn is read at once.
    for index, each in enumerate(tuple(people)):
        await breathe(index)
        person = _person(index, each, key)
        identity = ((person.contact_id or "").casefold(), person.key)
        first, known = found.setdefault(identity, (index, person))
        details = {**known.details, **person.details}
        if details != {**person.details, **known.details}:
            raise InvalidRequest(
                "people", f"items {first} and {index} are the same person with different fields"
            )
        found[identity] = first, attrs.evolve(known, details=details)
    return [person for _, person in found.values()]


def _person(index: int, given: object, key: NumberKey) -> Person:
    match given:
        case ContactID():
            return _named(str(given))
        case str():
            return _with_number(index, given, {}, key)
        case Contact(contact_id=str(contact_id)):
            return _named(contact_id)
        case Contact():
            fields = {name: getattr(given, name) for name in _WRITABLE}
        case Destination():
            return _destination(index, given, key)
        case Mapping():
            fields = dict(cast("Mapping[str, Any]", given))
        case _:
            raise InvalidRequest(
                "people",
                f"item {index} must be a number, a ContactID, a Contact, a Destination or a "
                f"mapping, not {type(given).__name__}",
            )
    return _with_number(index, fields.pop("mobile_phone", None), fields, key)


def _destination(index: int, given: Destination, key: NumberKey) -> Person:
    for name in _NOT_OF_A_CONTACT:
        if getattr(given, name) is not None:
            raise InvalidRequest(
                "people", f"item {index} has {name}, which no contact has; leave it out"
            )
    if given.contact_id is not None:
        return _named(given.contact_id)
    fields = {name: getattr(given, name) for name in _OF_A_DESTINATION}
    return _with_number(index, given.recipient, fields, key)


def _named(contact_id: str) -> Person:
    Text("ContactID", min_length=1).check(contact_id)
    return Person(contact_id=contact_id)


def _with_number(index: int, number: object, fields: dict[str, Any], key: NumberKey) -> Person:
    if number is None:
        raise InvalidRequest("MobilePhone", f"item {index} has no mobile number")
    unknown = sorted(str(name) for name in fields if name not in _WRITABLE)
    if unknown:
        names = masked(", ".join(unknown))
        raise InvalidRequest("people", f"item {index} has {names}, which no contact has")
    try:
        given = given_number(number)
        details = details_of(**fields)
    except InvalidRequest as error:
        raise InvalidRequest(
            error.field, f"of item {index} {error.limit}", size=error.size
        ) from None
    return Person(number=given, key=key(given), details=details)
