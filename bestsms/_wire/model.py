"""What every model stands on: one convention of names, open enums, and the base classes.

The convention: an attribute's words become a CamelCase wire name, with a few acronyms kept in
capitals (``message_id`` is ``MessageID``, ``sms_email_reply`` is ``SMSEmailReply``). A field that
does not follow it carries its wire name as metadata. Query parameters are lower camel (T13).
"""

from __future__ import annotations

import enum
import functools
from collections.abc import Mapping
from typing import Any, Final, Protocol, Self

import attrs

__all__ = [
    "ACCEPT",
    "CHECK",
    "VERSIONS",
    "WIRE",
    "Answer",
    "Model",
    "OpenStrEnum",
    "Outgoing",
    "query_name",
    "wire_name",
]

WIRE: Final = "wire"
"""Metadata key: the wire name, where the convention does not give it."""
ACCEPT: Final = "accept"
"""Metadata key: other wire names that are read as this field (a tuple)."""
VERSIONS: Final = "versions"
"""Metadata key: the wire name by API version, where it differs (a mapping)."""
CHECK: Final = "check"
"""Metadata key: the check of what goes out in this field."""

_ACRONYMS: Final = {"id": "ID", "sms": "SMS", "url": "URL", "utc": "UTC"}


def wire_name(attribute: str) -> str:
    """Return the wire name of an attribute by convention: ``job_num`` is ``JobNum``."""
    words = attribute.rstrip("_").split("_")
    return "".join(_ACRONYMS.get(word, word[:1].upper() + word[1:]) for word in words)


def query_name(attribute: str) -> str:
    """Return the name of a query parameter: ``records_per_page`` is ``recordsPerPage`` (T13)."""
    first, *rest = attribute.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)


class OpenStrEnum(enum.StrEnum):
    """An enum of known texts that keeps the ones it does not know.

    Known values match in any case (T61). An unknown one becomes a member of its own text, equal to
    that text and with the name ``UNKNOWN_VALUE``: a new value at the provider is not an error here.
    """

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        folded = value.casefold()
        for member in cls:
            if member.value.casefold() == folded:
                return member
        unknown = str.__new__(cls, value)
        unknown._value_ = value
        unknown._name_ = "UNKNOWN_VALUE"
        return unknown

    def __reduce_ex__(self, protocol: object) -> tuple[Any, ...]:
        # By value, not by name, so that unknown values survive pickling too.
        return (type(self), (self._value_,))


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class Model:
    """The base of everything that is spelled on the wire.

    Equality and repr are written once, here, and not by attrs for every class: a repr shows only
    what is there (a contact has 38 fields), and the import is a third faster. Without slots: attrs
    fills those of a frozen class one by one, at twice the cost.
    """

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        fields = attrs.fields(type(self))
        return all(getattr(self, each.name) == getattr(other, each.name) for each in fields)

    def __hash__(self) -> int:
        fields = attrs.fields(type(self))
        return hash(tuple(getattr(self, each.name) for each in fields if each.hash is not False))

    def __repr__(self) -> str:
        fields = attrs.fields(type(self))
        shown = [
            f"{each.name}={value!r}"
            for each in fields
            if each.repr and (value := getattr(self, each.name)) not in (None, ())
        ]
        return f"{type(self).__name__}({', '.join(shown)})"


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class Answer(Model):
    """The base of what the provider answers.

    Attributes:
        extra: Fields that the references do not name, as they came.
    """

    extra: Mapping[str, object] = attrs.field(factory=dict[str, object], repr=False, hash=False)


class _Check(Protocol):
    def check(self, value: object) -> None: ...


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class Outgoing(Model):
    """The base of what goes out: making one is checking it, as the metadata ``CHECK`` says.

    Not by attrs' validators: these are called for every field, and most are absent.
    """

    def __attrs_post_init__(self) -> None:
        for name, default, check in _checks(type(self)):  # type: ignore[arg-type]
            value = getattr(self, name)
            if value is not default:
                check.check(value)


@functools.cache
def _checks(model: type[Outgoing]) -> tuple[tuple[str, object, _Check], ...]:
    """Return the name, the default and the check of each field; a required one has no default."""
    return tuple((each.name, each.default, each.metadata[CHECK]) for each in attrs.fields(model))
