"""What the columns of a row are called, and which fields of a destination they are."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

import attrs

from bestsms._wire.convert import spellings
from bestsms.api import Destination

__all__ = [
    "KEYS",
    "MESSAGE",
    "NAMES",
    "Shape",
    "field_of",
    "folded",
    "in_order",
    "known",
    "shape_of",
    "surest",
]

_WIRE: Final = {field.name: spellings(field)[0] for field in attrs.fields(Destination)}
KEYS: Final = tuple(_WIRE[name] for name in ("recipient", "contact_id", "group_id", "group_code"))
"""What says who gets a message, by wire name: a row has one of them, and it comes first."""
NAMES: Final = {
    wire: name for name, wire in sorted(_WIRE.items(), key=lambda each: each[1] not in KEYS)
}
"""The fields of a row by wire name in the order in which they are sent, with their attributes."""
MESSAGE: Final = "message"
"""A row's own text, which is no field of a destination."""

RECIPIENT_TOO: Final = (
    "to",
    "mobile",
    "mobilephone",
    "mobilenumber",
    "tonumber",
    "phone",
    "phonenumber",
    "number",
)
"""What else a column of numbers is called, the surest first; a number alone may be any."""
_FOLDED: Final = {
    **dict.fromkeys(RECIPIENT_TOO, KEYS[0]),
    **{wire.casefold(): wire for wire in NAMES},
    MESSAGE: MESSAGE,
    "messagetext": MESSAGE,
}


class Shape(NamedTuple):
    """What the columns of a row stand for.

    Attributes:
        columns: The columns that are fields, in the order in which they are sent.
        names: Their wire names.
        message: The column of a text of its own, if there is one.
        unknown: The places of the columns that are neither, from 0.
        twice: The wire names that more than one column stands for.
    """

    columns: tuple[str, ...]
    names: tuple[str, ...]
    message: str | None
    unknown: tuple[int, ...]
    twice: tuple[str, ...]


def field_of(column: object) -> str | None:
    """Return the wire name of the field that a column is, ``message``, or ``None``.

    Example:
        >>> [field_of(name) for name in ("first_name", "First Name", "Mobile Phone", "Town")]
        ['FirstName', 'FirstName', 'Recipient', None]
    """
    return _FOLDED.get(folded(column)) if isinstance(column, str) else None


def folded(name: str) -> str:
    """Return a name without case, blanks, underscores and hyphens."""
    return re.sub(r"[\s_\-\ufeff]", "", name).casefold()


@functools.lru_cache(maxsize=256)
def shape_of(columns: tuple[object, ...]) -> Shape:
    """Return what the columns of a row stand for."""
    found: dict[str, list[str]] = {}
    unknown: list[int] = []
    for place, column in enumerate(columns):
        name = field_of(column)
        if name is None:
            unknown.append(place)
        else:
            found.setdefault(name, []).append(str(column))
    names = tuple(name for name in NAMES if name in found)
    return Shape(
        columns=tuple(found[name][0] for name in names),
        names=names,
        message=found[MESSAGE][0] if MESSAGE in found else None,
        unknown=tuple(unknown),
        twice=tuple(name for name in (*names, MESSAGE) if len(found.get(name, ())) > 1),
    )


def in_order(row: Mapping[str, str]) -> Mapping[str, str]:
    """Return the fields of a row, by wire name, in the order in which they are sent."""
    given = tuple(row)
    names = shape_of(given).names
    return row if given == names else {name: row[name] for name in names}


def surest(columns: Sequence[str], places: Iterable[int]) -> list[int]:
    """Return, of the places of columns of numbers, those of the surest name."""
    order = (KEYS[0].casefold(), *RECIPIENT_TOO)
    by_name = [(order.index(folded(columns[place])), place) for place in places]
    best = min(by_name)[0]
    return [place for rank, place in by_name if rank == best]


def known() -> str:
    """Return the columns that a row may have, for an error."""
    return ", ".join([*NAMES, MESSAGE])
