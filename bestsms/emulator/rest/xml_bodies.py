"""A request in XML as the values that its JSON twin would hold (section 1.3).

The root's name says nothing (U11). A list is ``<Destinations>`` with a ``<Destination>``
each; the older variant repeats ``<Destinations>``, with the fields or just a number in it
(T44). An empty element is an absent one, except where a blank clears a field (U34): there
it is ``""`` as in JSON.
"""

from __future__ import annotations

from typing import Any

from bestsms.emulator.errors import bad_syntax
from bestsms.emulator.xml import reading
from bestsms.emulator.xml.reading import Element

ITEMS = {"Destinations": "Destination", "Files": "File"}
"""The lists of a request, and what one item of each is called."""

_OBJECT = "MessageData"
_FLAG = "CharacterConversion"


def parse(body: bytes) -> Element:
    """Read a body; an empty one is an empty root.

    Raises:
        Refused: It is no XML, has a document type, or is beyond the bounds.
    """
    if not body.strip():
        return Element("")
    try:
        return reading.read(body)
    except reading.NotXML:
        raise bad_syntax() from None


def decode(body: bytes) -> dict[str, Any]:
    """Decode a body.

    Raises:
        Refused: It cannot be read, or holds what has no safe reading.
    """
    return values(parse(body))


def values(parent: Element) -> dict[str, Any]:
    """Return what an element holds, by name; one that is there twice is a list.

    Raises:
        Refused: A list mixes both variants, so that no reading of it is safe.
    """
    found: dict[str, list[Any]] = {}
    for child in parent.children:
        if child.name in ITEMS:
            found.setdefault(child.name, []).extend(_items(child))
        elif not (child.name == _OBJECT and child.is_blank):
            found.setdefault(child.name, []).append(_value(child))
    return {
        name: each if name in ITEMS or len(each) > 1 else each[0] for name, each in found.items()
    }


def _value(element: Element) -> Any:
    if element.children:
        return values(element)
    if element.name == _FLAG and element.text == "true":
        return True
    return "" if element.is_blank else element.text


def _items(element: Element) -> list[Any]:
    wrapped = [child for child in element.children if child.name == ITEMS[element.name]]
    if not wrapped:
        return [] if element.is_blank else [_value(element)]
    if len(wrapped) < len(element.children):
        raise bad_syntax(f"{element.name} must hold {ITEMS[element.name]} elements only")
    return [_value(child) for child in wrapped if not child.is_blank]
