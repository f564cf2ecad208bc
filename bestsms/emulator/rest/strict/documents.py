"""Strict about XML: the roots of 1.3, and one way to write a list."""

from __future__ import annotations

from collections import Counter

from bestsms.emulator.rest.strict.deviation import deviation, shown
from bestsms.emulator.rest.xml_bodies import ITEMS
from bestsms.emulator.xml.reading import Element

_ROOTS = {
    "POST send/sms": "SMSRequest",
    "PATCH set/resubmit/*": "ResubmitRequest",
    "PATCH set/reschedule/*": "RescheduleRequest",
    "PATCH set/abort/*": "AbortRequest",
    "POST addressbook/contact": "Contact",
    "PATCH addressbook/contact/*": "Contact",
    "POST addressbook/group": "Group",
    "PATCH addressbook/group/*": "Group",
    "POST addressbook/contact/*/group": "AddGroupRequest",
    "POST addressbook/group/*/contact": "AddContactRequest",
}


def check(document: Element, call: str) -> None:
    """Check the structure of a document; its fields are checked as those of JSON are.

    Raises:
        Refused: 400.
    """
    if document.name != _ROOTS[call]:
        raise deviation(f"the root is {_ROOTS[call]}, not {shown(document.name)} (1.3)")
    _check(document)


def _check(parent: Element) -> None:
    if parent.children and parent.text.strip():
        raise deviation(f"{shown(parent.name)} holds elements and text at once (1.3)")
    if parent.name in ITEMS:
        _check_items(parent, ITEMS[parent.name])
    else:
        _check_fields(parent)
    for child in parent.children:
        _check(child)


def _check_items(parent: Element, item: str) -> None:
    others = any(child.name != item for child in parent.children)
    if others or not (parent.children or parent.is_blank):
        raise deviation(f"{parent.name} holds {item} elements and nothing else (1.3, T44)")
    if any(not child.children for child in parent.children):
        raise deviation(f"{item} holds elements (1.3, T44)")


def _check_fields(parent: Element) -> None:
    names = Counter(child.name for child in parent.children)
    for name, count in names.items():
        if count > 1:
            raise deviation(f"{shown(name)} is there {count} times (1.3)")
