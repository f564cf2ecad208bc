"""The bodies and headers of webhooks in the 2.03 and 2.04 layouts (sections 1.4, 1.5)."""

from __future__ import annotations

import json
from datetime import datetime, tzinfo

from bestsms.emulator import times
from bestsms.emulator.core.records import Callback, Event
from bestsms.emulator.core.sending import zone_of
from bestsms.emulator.rest.spelling import OLD
from bestsms.emulator.settings import Settings
from bestsms.emulator.xml.writing import escaped

_STATUS_DECLARATION = "<?xml version='1.0' encoding='UTF-8'?>"
_REPLY_DECLARATION = '<?xml version="1.0" encoding="UTF-8" ?>'


def body(callback: Callback, settings: Settings) -> bytes:
    """Spell one webhook in its layout and format."""
    where = zone_of(settings.time_zone)
    fields = _old(callback, settings, where) if callback.layout == OLD else _new(callback, settings)
    if callback.format == "XML":
        return _xml(fields, status=_is_status(callback.event)).encode()
    return json.dumps(fields, ensure_ascii=False).encode()


def headers(callback: Callback, settings: Settings, posted_at: datetime) -> dict[str, str]:
    """Return the headers of one POST; only 2.04 sends the shared secret in them (T85).

    Args:
        callback: The webhook.
        settings: For Sender and APIKey.
        posted_at: The emulated time of this attempt; it is renewed on a retry (U8).
    """
    content_type = "text/xml" if callback.format == "XML" else "application/json"
    found = {"Content-Type": content_type}
    if callback.layout != OLD:
        found |= {
            "X-Timestamp": times.rfc3339(posted_at),
            "X-Sender": settings.webhook_sender,
            "Authorization": settings.webhook_api_key,
        }
    return found


def _is_status(event: Event) -> bool:
    return event.kind == "SMS"


def _message(event: Event) -> dict[str, str]:
    """``Message`` is absent from a status event (T83)."""
    return {} if event.message is None else {"Message": event.message}


def _old(callback: Callback, settings: Settings, where: tzinfo) -> dict[str, str]:
    event = callback.event
    return {
        "Sender": settings.webhook_sender,
        "APIKey": settings.webhook_api_key,
        "Type": event.kind,
        "Destination": event.destination,
        "MessageID": event.message_id,
        "SubAccount": event.sub_account,
        "Department": event.department,
        "JobNumber": event.job_num,
        "SentTime": _old_time(callback, where),
        "Status": event.status,
        "Result": event.result,
        **_message(event),
        "Price": event.price,
        "Detail": event.detail,
        "URL": callback.url,
        "RESPONSEMODE": callback.format,
    }


def _old_time(callback: Callback, where: tzinfo) -> str:
    """Print the time in one of four ways, by event and format (T81)."""
    xml = callback.format == "XML"
    if _is_status(callback.event):
        spell = times.status_xml if xml else times.status_json
    else:
        spell = times.reply_xml if xml else times.plain
    return spell(callback.event.at, where)


def _new(callback: Callback, settings: Settings) -> dict[str, str]:
    event = callback.event
    reply_detail = f"InputToNumber:{event.submitted}" if event.submitted else ""
    return {
        "Version": "2.04",
        "Sender": settings.webhook_sender,
        "APIKey": settings.webhook_api_key,
        "Type": event.kind,
        "Destination": event.destination,
        "ContactID": event.contact_id,
        "ReceivedID": event.received_id,
        "MessageID": event.message_id,
        "SubAccount": event.sub_account,
        "Department": event.department,
        "JobNumber": event.job_num,
        "SentTimeLocal": times.plain(event.at, zone_of(settings.time_zone)),
        "SentTimeUTC-ISO8601": times.plain(event.at),
        "SentTimeUTC-RFC3339": times.rfc3339(event.at),
        "Status": event.status,
        "Result": event.result,
        **_message(event),
        "Price": event.price,
        "Detail": event.detail if _is_status(event) else reply_detail,
        "URL": callback.url,
    }


def _xml(fields: dict[str, str], *, status: bool) -> str:
    """Spell the fields as XML; each kind of event quotes its declaration in its own way (T92)."""
    children = "\n".join(f"<{name}>{escaped(value)}</{name}>" for name, value in fields.items())
    declaration = _STATUS_DECLARATION if status else _REPLY_DECLARATION
    return f"{declaration}\n<root>\n{children}\n</root>"
