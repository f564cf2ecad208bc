"""Placeholders: what the provider fills in where a message says ``[[...]]``.

A leaf: what a message costs and what it lacks both begin with finding them. Names are matched as
the references print them, capitals included; of any other the provider may do what it likes.
"""

from __future__ import annotations

import enum
import re
from typing import Final

import attrs

__all__ = ["BRACED", "FIELDS", "Kind", "Placeholder", "distinct", "placeholders"]

# No possessive quantifier: up to Python 3.11.4 they miss matches. Each character fits in one way
# only, so that a bracket that never closes costs no more than its own length.
BRACED: Final = re.compile(r"\[\[(?!\[|\]\])([^\[\]]*(?:(?:\[(?!\[)|\](?!\]))[^\[\]]*)*)\]\]")
"""A placeholder, the innermost of nested brackets. It takes linear time on any text."""

FIELDS: Final = {
    "Attention": "attention",
    "Company": "company",
    "FirstName": "first_name",
    "LastName": "last_name",
    **{f"Custom{digit}": f"custom{digit}" for digit in range(1, 10)},
}
"""The personal fields, and the attribute of a :class:`~bestsms.Destination` behind each (T21)."""

_FILE: Final = r"File[1-9][0-9]{0,5}"
_LINK: Final = "Link:"
_KEYWORDS: Final = ("REPLY", "STOP")


class Kind(enum.StrEnum):
    """What stands behind a placeholder."""

    FIELD = "field"
    """A personal field of the destination: ``[[FirstName]]``."""
    FILE = "file"
    """A link to an attached file: ``[[File1]]``."""
    LINK = "link"
    """A link of its own: ``[[Link:https://example.com]]``."""
    KEYWORD = "keyword"
    """``[[REPLY]]`` or ``[[STOP]]``."""
    UNKNOWN = "unknown"
    """A name that the references do not have."""


def _shown(name: str) -> str:
    """Return the repr of a documented name; a link, or any other text, may be about a person."""
    return "..." if _kind(name) in {Kind.LINK, Kind.UNKNOWN} else repr(name)


@attrs.frozen
class Placeholder:
    """One placeholder in a text.

    Attributes:
        name: What stands between the brackets.
        start: The index of its first bracket, in characters.
        kind: What stands behind it.
    """

    name: str = attrs.field(repr=_shown)
    start: int
    kind: Kind

    @property
    def end(self) -> int:
        """The index after its last bracket."""
        return self.start + len(self.name) + 4


def placeholders(text: str) -> tuple[Placeholder, ...]:
    """Find the placeholders of a text, in their order.

    Example:
        >>> from bestsms.templates import placeholders
        >>> [(each.name, each.kind.value) for each in placeholders("Hi [[FirstName]] [[STOP]]")]
        [('FirstName', 'field'), ('STOP', 'keyword')]

    Args:
        text: A message's text.

    Returns:
        Each of them. Brackets that do not close are plain text.
    """
    return tuple(
        Placeholder(found[1], found.start(), _kind(found[1])) for found in BRACED.finditer(text)
    )


def distinct(text: str) -> dict[str, Kind]:
    """Return the names of a text's placeholders, each once, in their order, with their kinds.

    Of a text of many megabytes it takes no more memory than it must.
    """
    names = dict.fromkeys(found[1] for found in BRACED.finditer(text))
    return {name: _kind(name) for name in names}


def _kind(name: str) -> Kind:
    if name in FIELDS:
        return Kind.FIELD
    if name in _KEYWORDS:
        return Kind.KEYWORD
    if name.startswith(_LINK):
        return Kind.LINK
    return Kind.FILE if re.fullmatch(_FILE, name) else Kind.UNKNOWN
