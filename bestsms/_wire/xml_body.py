"""API bodies as XML: plain values to a document, and a document to plain values.

The names are the JSON's. An object is an element with a child a field; a list is an element with a
child an item, named in the singular: ``<Recipients><Recipient>``; reasons are repeated
``<ErrorMessage>`` without anything around them (wire-facts 1.3). All values are text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, cast

from bestsms._wire.xml import FORBIDDEN, Element, NotXML, read

__all__ = ["LISTS", "NotWritable", "dumps", "loads"]

LISTS: Final = {
    "Contacts": "Contact",
    "Destinations": "Destination",
    "Files": "File",
    "Groups": "Group",
    "Messages": "Message",
    "ReceivedMessages": "ReceivedMessage",
    "Recipients": "Recipient",
    "SMSReplies": "SMSReply",
}
"""The lists of the API, and what one item of each is called."""

MAX_DEPTH: Final = 10
MAX_ELEMENTS: Final = 200_000
"""About as many as JSON may hold values; a page has at most 100 records (T18)."""

_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>'
_ROOT: Final = "root"
# A carriage return would be read back as a line feed.
_ESCAPES: Final = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord("\r"): "&#13;"}


class NotWritable(ValueError):
    """A text holds a character that no XML document can hold.

    Attributes:
        path: The element it was for: ``MessageData/Message``.
        code_point: Which character.
        index: Where it stands in the text.
    """

    def __init__(self, path: str, code_point: int, index: int) -> None:
        super().__init__(f"{path} holds U+{code_point:04X}")
        self.path = path
        self.code_point = code_point
        self.index = index


def dumps(payload: Mapping[str, Any], root: str) -> bytes:
    """Write a document of UTF-8.

    Example:
        >>> dumps({"SendTime": "2021-12-31T23:00:00"}, "ResubmitRequest").decode()[38:]
        '<ResubmitRequest><SendTime>2021-12-31T23:00:00</SendTime></ResubmitRequest>'

    Args:
        payload: Names and values: texts, numbers, booleans, and mappings and lists of these.
        root: What the outermost element is called.

    Raises:
        NotWritable: A text can't be written in XML.
    """
    parts = [_DECLARATION]
    _write(parts, root, payload, "")
    return "".join(parts).encode()


def loads(body: bytes) -> object:
    """Read an answer: its root's fields, as a mapping; lists are lists, whatever their length.

    Raises:
        NotXML: It is not well-formed, out of bounds, or no answer of the API: the root is neither
            ``<root>`` nor holds a ``<Result>``.
    """
    root = read(body, max_depth=MAX_DEPTH, max_elements=MAX_ELEMENTS)
    if root.name != _ROOT and all(child.name != "Result" for child in root.children):
        raise NotXML("neither <root> nor any <Result>")
    return _fields(root)


def _write(parts: list[str], name: str, value: object, above: str) -> None:
    path = f"{above}/{name}" if above else name
    if isinstance(value, list) and name not in LISTS:
        for item in cast("list[object]", value):
            _write(parts, name, item, above)
        return
    parts.append(f"<{name}>")
    if isinstance(value, Mapping):
        for key, item in cast("Mapping[str, object]", value).items():
            _write(parts, key, item, path)
    elif isinstance(value, list):
        for item in cast("list[object]", value):
            _write(parts, LISTS[name], item, path)
    else:
        parts.append(_text(value, path))
    parts.append(f"</{name}>")


def _text(value: object, path: str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    # The text itself, also of an enum, whose str() is its name.
    text = str.__str__(value) if isinstance(value, str) else str(value)
    if not text.isprintable() and (found := re.search(FORBIDDEN, text)):
        raise NotWritable(path.partition("/")[2], ord(found[0]), found.start())
    return text.translate(_ESCAPES)


def _value(element: Element) -> object:
    return _fields(element) if element.children else element.text


def _items(element: Element) -> list[object]:
    item = LISTS[element.name]
    if all(child.name == item or child.children for child in element.children):
        return [_value(child) for child in element.children]
    return [_fields(element)]  # One object where a list is due (T66).


def _fields(element: Element) -> dict[str, object]:
    found: dict[str, list[object]] = {}
    for child in element.children:
        values = found.setdefault(child.name, [])
        if child.name in LISTS:
            values += _items(child)
        else:
            values.append(_value(child))
    return {
        name: values if name in LISTS or len(values) > 1 else values[0]
        for name, values in found.items()
    }
