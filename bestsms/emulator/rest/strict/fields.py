"""Which fields each object may have, by version: the tables of 1.1.1, 1.1.2 and 1.2."""

from __future__ import annotations

from functools import cache

from bestsms.emulator.rest.formats import Format
from bestsms.emulator.rest.spelling import OLD
from bestsms.emulator.rest.spelling_book import CONTACT_FIELDS
from bestsms.emulator.rest.strict.rules import (
    LOCAL_TIME,
    MESSAGE_ID,
    TIME_ZONE,
    Rule,
    Shape,
    at_most,
    each,
    filled,
    in_base64,
    like,
    old_group_code,
    one,
    one_of,
    text,
    true,
)

_ACCESS = ("Account", "SubAccount", "Department", "No")
_NAMES = ("Recipient", "Attention", "Company", "FirstName", "LastName")
_FIRST_NAME = {"First Name": "FirstName (T20)", "Last Name": "LastName (T20)"}
_FROM_THE_BOOK: dict[str, Rule] = {"ContactID": filled, "GroupID": filled, "GroupCode": filled}
_LATER = dict.fromkeys(_FROM_THE_BOOK, "2.04 has it, 2.03 has not (1.1.1)")
_ZONES = ("TimeZone", "Timezone")
_ZONE_IN_ACTION = "an action is in the zone of the original send (T46)"
_WRONG_IN_MESSAGE = {
    "MessageText": "Message (T32)",
    "Timezone": "TimeZone (T22)",
    "ErrorEmailNotify": "ReportTo, and only when wanted (T35)",
    **dict.fromkeys(("SendMode", "MessageType", "APIVersion"), "of the 1.x API (T33)"),
}
_WRONG_IN_CONTACT = {
    **_FIRST_NAME,
    "CompanyDepartment": "RecipDepartment (T24)",
    "ViewPublic": "ViewBy (T25)",
    "EditPublic": "EditBy (T25)",
    "EditPublid": "EditBy (T25)",
    "PostCode": "Postcode (T26)",
}

_FILE = Shape({"Name": text, "Data": in_base64}, "1.1.1")


def _destination(version: str) -> Shape:
    customs = (f"Custom{number}" for number in range(1, 10))
    fields: dict[str, Rule] = dict.fromkeys((*_NAMES, *customs), text)
    if version == OLD:
        return Shape(fields, "1.1.1, T21", _FIRST_NAME | _LATER)
    return Shape(fields | _FROM_THE_BOOK, "1.1.1, T21", _FIRST_NAME)


def _message(version: str, written: Format) -> Shape:
    fields: dict[str, Rule] = {
        "Message": text,
        "Destinations": each(_destination(version)),
        "MessageID": MESSAGE_ID,
        "Reference": at_most(80, source="T30"),
        "WebhookCallbackURL": filled,
        "WebhookCallbackFormat": one_of("JSON", "XML", source="2.2"),
        "SendTime": LOCAL_TIME,
        "TimeZone": TIME_ZONE,
        **dict.fromkeys(("SubAccount", "Department", "ChargeCode", "SMSEmailReply"), text),
        "FromNumber": like("[0-9]+", "digits without a plus (T23)"),
        "CharacterConversion": true,
        "Files": each(_FILE, most=10),
        "Mode": one_of("Test", source="T34"),
    }
    if version != OLD:
        fields["ReportTo"] = text
        if written is Format.XML:
            fields["ServiceName"] = text
    return Shape(fields, "1.1.1", _WRONG_IN_MESSAGE, {"SendTime": ("TimeZone", "T37")})


def _contact(*, changing: bool) -> Shape:
    access = one_of(*_ACCESS, source="2.2, T40", blank=changing)
    fields = {name: access if name in ("ViewBy", "EditBy") else text for name in CONTACT_FIELDS}
    return Shape(fields, "1.2, T21", _WRONG_IN_CONTACT)


def _group(*, changing: bool) -> Shape:
    fields: dict[str, Rule] = {
        **dict.fromkeys(("GroupName", "SubAccount", "Department"), text),
        "ViewEditBy": one_of(*_ACCESS, source="2.2, T40", blank=changing),
    }
    if changing:
        return Shape(fields, "1.2", {"GroupCode": "it never changes (T29)"})
    return Shape(fields | {"GroupCode": filled}, "1.2")


def _membership(version: str) -> Shape:
    if version == OLD:
        return Shape({"GroupCode": old_group_code}, "1.2", {"GroupID": "GroupCode (T4)"})
    return Shape({"GroupID": filled}, "1.2", {"GroupCode": "GroupID (T4)"})


@cache
def shape_of(call: str, version: str, written: Format) -> Shape:
    """Return what the body of a call is like.

    Args:
        call: Method and pattern, as ``routing`` names it.
        version: ``2.03`` or ``2.04``.
        written: JSON or XML.
    """
    sent = Shape({"MessageData": one(_message(version, written))}, "1.1.1, E1")
    timed = Shape({"SendTime": LOCAL_TIME}, "1.1.2", dict.fromkeys(_ZONES, _ZONE_IN_ACTION))
    return {
        "POST send/sms": sent,
        "PATCH set/resubmit/*": timed,
        "PATCH set/reschedule/*": timed,
        "PATCH set/abort/*": Shape({}, "1.1.2"),
        "POST addressbook/contact": _contact(changing=False),
        "PATCH addressbook/contact/*": _contact(changing=True),
        "POST addressbook/group": _group(changing=False),
        "PATCH addressbook/group/*": _group(changing=True),
        "POST addressbook/contact/*/group": _membership(version),
        "POST addressbook/group/*/contact": Shape({"ContactID": filled}, "1.2"),
    }[call]
