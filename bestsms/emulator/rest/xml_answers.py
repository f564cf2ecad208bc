"""An answer in XML: the names of its JSON twin, lists in a wrapper, blanks empty (section 1.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bestsms.emulator.reading import is_list, is_object
from bestsms.emulator.xml.writing import escaped

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
_ITEMS = {
    "Contacts": "Contact",
    "Groups": "Group",
    "Messages": "Message",
    "ReceivedMessages": "ReceivedMessage",
    "Recipients": "Recipient",
    "SMSReplies": "SMSReply",
}


def document(answer: Mapping[str, Any]) -> str:
    """Spell an answer; texts of a refusal are repeated ``<ErrorMessage>`` without a wrapper."""
    return _DECLARATION + _element("root", answer)


def _element(name: str, value: object) -> str:
    inner = _inner(name, value)
    return f"<{name}>{inner}</{name}>" if inner else f"<{name}/>"


def _inner(name: str, value: object) -> str:
    if is_object(value):
        return "".join(_field(each, content) for each, content in value.items())
    if is_list(value):
        return "".join(_element(_ITEMS[name], item) for item in value)
    return "" if value is None else escaped(str(value))


def _field(name: str, value: object) -> str:
    if is_list(value) and name not in _ITEMS:
        return "".join(_element(name, item) for item in value)
    return _element(name, value)
