"""The answers of the providers, in the shapes they document: accepted, failed, and status."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

__all__ = ["PROVIDERS", "Provider", "status_answer"]

Answer = dict[str, Any]

NUMBER: Final = "+61421000001"
MESSAGE_ID: Final = re.compile(rb'"MessageID" *: *"([^"]+)"')


@dataclass(frozen=True)
class Provider:
    """What one provider's API looks like from outside.

    Attributes:
        path: The path of the call that sends a text, as a pattern.
        choose: Give the id of a new message, from the body of its request.
        accepted: Give the status and the body for an accepted message.
        failed: Give the body of an error, by its status.
    """

    path: str
    choose: Callable[[bytes], str]
    accepted: Callable[[str], tuple[int, Answer]]
    failed: Callable[[int], Answer]


def status_answer(message_id: str, *, known: bool) -> tuple[int, Answer]:
    """Answer ``GET /api/v2.04/get/status/{MessageID}`` of BestSMS, for a message just accepted."""
    if not known:
        said = "Message not found"
        failed = {"Result": "Failed", "MessageID": message_id}
        return 400, failed | {"Message": said, "ErrorMessage": [said]}
    local, utc, rfc = "2025-06-04 10:00:00", "2025-06-04 00:00:00", "2025-06-04T00:00:00.000Z"
    times = {f"{name}TimeLocal": local for name in ("Created", "Delayed")}
    times |= {f"{name}TimeUTC": utc for name in ("Created", "Delayed")}
    times |= {f"{name}TimeUTC_RFC3339": rfc for name in ("Created", "Delayed")}
    recipient = {
        "Type": "Text",
        "DestSeq": "00000001",
        "Destination": NUMBER,
        "ContactID": "",
        "Status": "PENDING",
        "Result": "",
        "SentTimeLocal": "",
        "SentTimeUTC": "",
        "SentTimeUTC_RFC3339": "",
        "Price": None,
    }
    job = {"Result": "Success", "MessageID": message_id, "Status": "Pending"}
    job |= {"JobNum": "ABCD1234", "Account": "102030", "SubAccount": "", "Department": ""}
    counts = {"Count": 1, "Complete": 0, "Success": 0, "Failed": 0, "Price": None}
    paging = {"TotalRecords": 1, "RecordsPerPage": 100, "PageCount": 1, "Page": 1}
    zone = {"Reference": "", "Timezone": "AUS Eastern"}
    return 200, job | times | zone | counts | paging | {"Recipients": [recipient]}


def _words(status: int) -> str:
    return "Too many requests" if status == 429 else "Internal server error"


def _bestsms_id(body: bytes) -> str:
    # BestSMS takes the id that the caller chose; without one it makes one (v2.04 and v3.00 alike).
    # Within a string the quotes would be escaped, and to parse a body of a megabyte takes too long.
    place = body.find(b'"MessageID"')
    found = MESSAGE_ID.match(body, place) if place >= 0 else None
    return found[1].decode() if found else str(uuid.uuid4())


def _bestsms_failed(status: int) -> Answer:
    return {"Result": "Failed", "ErrorMessage": [_words(status)]}


def _twilio_accepted(message_id: str) -> tuple[int, Answer]:
    return 201, {
        "account_sid": "AC" + "0" * 32,
        "api_version": "2010-04-01",
        "body": "Hello",
        "date_created": "Wed, 04 Jun 2025 00:00:00 +0000",
        "date_sent": None,
        "date_updated": "Wed, 04 Jun 2025 00:00:00 +0000",
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": NUMBER,
        "num_media": "0",
        "num_segments": "1",
        "sid": message_id,
        "status": "queued",
        "to": NUMBER,
    }


def _twilio_failed(status: int) -> Answer:
    code = 20429 if status == 429 else 20500
    return {"code": code, "message": _words(status), "more_info": "", "status": status}


def _telnyx_accepted(message_id: str) -> tuple[int, Answer]:
    to = [{"phone_number": NUMBER, "status": "queued", "carrier": "", "line_type": ""}]
    text = {"record_type": "message", "direction": "outbound", "type": "SMS", "text": "Hello"}
    return 200, {"data": {"id": message_id, "to": to, "parts": 1, "errors": []} | text}


def _telnyx_failed(status: int) -> Answer:
    code = "10011" if status == 429 else "10007"
    return {"errors": [{"code": code, "title": _words(status), "detail": _words(status)}]}


def _vonage_failed(status: int) -> Answer:
    words = _words(status)
    return {"type": "about:blank", "title": words, "detail": words, "instance": "0"}


PROVIDERS: Final = {
    "bestsms": Provider(
        r"/api/v2\.0[34]/send/sms",
        _bestsms_id,
        lambda message_id: (200, {"Result": "Success", "MessageID": message_id}),
        _bestsms_failed,
    ),
    # An accepted message of v3.00 is its id and nothing else.
    "bestsms-3": Provider(
        r"/api/v3\.00/sms",
        _bestsms_id,
        lambda message_id: (200, {"MessageID": message_id}),
        _bestsms_failed,
    ),
    "twilio": Provider(
        r"/2010-04-01/Accounts/\w+/Messages\.json",
        lambda _: "SM" + uuid.uuid4().hex,
        _twilio_accepted,
        _twilio_failed,
    ),
    "telnyx": Provider(
        r"/v2/messages",
        lambda _: str(uuid.uuid4()),
        _telnyx_accepted,
        _telnyx_failed,
    ),
    "vonage": Provider(
        r"/v1/messages",
        lambda _: str(uuid.uuid4()),
        lambda message_id: (202, {"message_uuid": message_id}),
        _vonage_failed,
    ),
}

STATUS: Final = re.compile(r"/api/v2\.0[34]/get/status/([^/?]+)/?(\?.*)?")
