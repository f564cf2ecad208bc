"""What the provider posts in these drills: the same event in JSON and in XML, over and over."""

from __future__ import annotations

import json
from typing import Any
from xml.sax.saxutils import escape

from bestsms.webhooks.events import Event
from bestsms.webhooks.parsing import parse

Post = tuple[str, str]
"""A Content-Type and a body."""

_FIELDS = {
    "Version": "2.04",
    "Sender": "someone@example.com",
    "APIKey": "a-key",
    "Type": "SMS",
    "Destination": "+61421000001",
    "ContactID": "",
    "ReceivedID": "",
    "SentTimeLocal": "2025-06-04 09:16:55",
    "SentTimeUTC-RFC3339": "2025-06-03T21:16:55.000Z",
    "Result": "",
}


def status(message_id: str, state: str, **given: str) -> dict[str, str]:
    """The fields of a status event."""
    return {**_FIELDS, "MessageID": message_id, "Status": state, **given}


def reply(received_id: str) -> dict[str, str]:
    """The fields of a reply."""
    fields = {"Type": "SMSReply", "ReceivedID": received_id, "Message": "Yes", "MessageID": "M"}
    return {**_FIELDS, **fields, "Status": "RECEIVED", "Result": "RECEIVED"}


def post(fields: dict[str, str], *, xml: bool) -> Post:
    """Write the fields down as the provider does."""
    if not xml:
        return "application/json", json.dumps(fields)
    inner = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in fields.items())
    return "text/xml", f"<?xml version='1.0' encoding='utf-8'?><root>{inner}</root>"


def read(given: Any) -> Event:
    """Read what was posted."""
    content_type, body = given
    return parse(body, content_type)
