"""The body of a send, checked and in the emulator's own words (section 1.1.1)."""

from __future__ import annotations

import re
from typing import Any

from attrs import frozen

from bestsms.emulator.errors import Refused, bad_syntax
from bestsms.emulator.reading import Fields
from bestsms.emulator.settings import is_receiver

NO_DESTINATION = "Missing or empty destinations"
_MAX_FILES = 10
_MAX_REFERENCE = 100
_MESSAGE_ID = re.compile(r"[A-Za-z0-9._~-]{1,40}")
_CUSTOM = tuple(f"Custom{n}" for n in range(1, 10))
_NO_CUSTOM = ("",) * len(_CUSTOM)
_UNUSED = ("ChargeCode", "SMSEmailReply", "ReportTo")
"""Texts that change nothing here; they must be texts all the same."""

_MISPLACED = ("Message", "Destinations", "MessageID", "Reference", "SendTime", "Mode", "Files")


@frozen
class DestinationRequest:
    """One item of ``Destinations``; a number, a contact, a group or nothing usable."""

    recipient: str = ""
    contact_id: str = ""
    group: str = ""
    attention: str = ""
    company: str = ""
    first_name: str = ""
    last_name: str = ""
    custom: tuple[str, ...] = _NO_CUSTOM


@frozen
class SendRequest:
    """One send call as it was asked for; blank means absent throughout."""

    message: str
    destinations: tuple[DestinationRequest, ...]
    message_id: str
    reference: str
    sub_account: str
    department: str
    from_number: str
    send_time: str
    time_zone: str
    callback_url: str
    callback_format: str
    character_conversion: bool
    test: bool
    files: int


def read(body: Any) -> SendRequest:
    """Read a send body.

    Raises:
        Refused: With the documented text of section 1.1.6 where there is one.
    """
    top = Fields(body)
    if not top.has("MessageData"):
        raise Refused("Missing message data")
    # E1: known fields beside MessageData, or MessageData as a string, get this one text.
    if not isinstance(top.value("MessageData"), dict) or any(map(top.has, _MISPLACED)):
        raise bad_syntax()
    data = Fields(top.value("MessageData"), "MessageData")
    if not (message := data.text("Message")):
        raise Refused("Missing or empty message")
    for name in _UNUSED:
        data.text(name)
    if not (destinations := tuple(_destinations(data))):
        raise Refused(NO_DESTINATION)
    return SendRequest(
        message=message,
        destinations=destinations,
        message_id=_message_id(data),
        reference=_reference(data),
        sub_account=data.text("SubAccount"),
        department=data.text("Department"),
        from_number=data.text("FromNumber").lstrip("+"),
        send_time=data.text("SendTime"),
        time_zone=data.text("TimeZone", "Timezone"),
        callback_url=_callback_url(data),
        callback_format=_callback_format(data),
        character_conversion=data.flag("CharacterConversion"),
        test=data.text("Mode").strip().lower() == "test",
        files=_files(data),
    )


def _destinations(data: Fields) -> list[DestinationRequest]:
    found: list[DestinationRequest] = []
    for index, item in enumerate(data.items("Destinations")):
        if isinstance(item, str):
            found.append(DestinationRequest(recipient=item.strip()))
            continue
        one = Fields(item, f"{data.at('Destinations')}[{index}]")
        found.append(
            DestinationRequest(
                recipient=one.text("Recipient").strip(),
                contact_id=one.text("ContactID").strip(),
                group=(one.text("GroupID") or one.text("GroupCode")).strip(),
                attention=one.text("Attention"),
                company=one.text("Company"),
                first_name=one.text("FirstName", "First Name"),
                last_name=one.text("LastName", "Last Name"),
                custom=_NO_CUSTOM if one.lacks(_CUSTOM) else tuple(map(one.text, _CUSTOM)),
            )
        )
    return found


def _message_id(data: Fields) -> str:
    message_id = data.text("MessageID").strip()
    if message_id and not _MESSAGE_ID.fullmatch(message_id):
        raise Refused("Invalid MessageID: 1 to 40 letters, digits or . _ ~ -")
    return message_id


def _reference(data: Fields) -> str:
    reference = data.text("Reference")
    if len(reference) > _MAX_REFERENCE:
        raise Refused(f"Reference is longer than {_MAX_REFERENCE} characters")
    return reference


def _callback_url(data: Fields) -> str:
    url = data.text("WebhookCallbackURL").strip()
    # The provider takes https alone; plain http on this machine is for a receiver in development.
    if url and not (url.lower().startswith("https://") or is_receiver(url)):
        raise Refused("WebhookCallbackURL must start with https://")
    return url


def _callback_format(data: Fields) -> str:
    name = data.text("WebhookCallbackFormat").strip().upper()
    if name not in ("", "JSON", "XML"):
        raise Refused("WebhookCallbackFormat must be JSON or XML")
    return name


def _files(data: Fields) -> int:
    files = list(data.objects("Files"))
    if len(files) > _MAX_FILES:
        raise Refused(f"More than {_MAX_FILES} files")
    for number, one in enumerate(files, start=1):
        if not one.text("Name"):
            raise Refused(f"Missing file name on file {number}")
        if not one.text("Data"):
            raise Refused(f"Missing file data on file {number}")
    return len(files)
