"""Traps 3.4 of the wire facts, column ACCEPT: what a webhook is read as, in JSON and in XML."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import attrs
import httpx
import pytest

from bestsms import InvalidWebhook, MessageType, RecipientStatus
from bestsms.webhooks import Event, Receiver, ReplyEvent, StatusEvent, UnknownEvent, parse, verify

JESS = "+61421000001"
PAIR = {"Sender": "application@domain.com", "APIKey": "ta8wr7ymd"}
STATUS = {
    **PAIR,
    "Type": "SMS",
    "Destination": JESS,
    "MessageID": "js82hn8n",
    "JobNumber": "10C7B9A0",
    "Status": "SUCCESS",
    "Result": "delivered",
    "Price": "0.10",
    "Detail": "SMSParts:1",
}
REPLY = {
    **STATUS,
    "Type": "SMSReply",
    "Status": "RECEIVED",
    "Result": "RECEIVED",
    "Message": "This is a reply.",
    "Price": "",
    "Detail": "",
}
SENT_AT = datetime(2025, 6, 3, 21, 16, 55, tzinfo=UTC)


def in_xml(fields: dict[str, Any], declaration: str = "") -> bytes:
    """Write a webhook as XML; what is null is an empty element."""
    children = "".join(
        f"<{name}>{'' if value is None else escape(str(value))}</{name}>"
        for name, value in fields.items()
    )
    return f"{declaration}<root>{children}</root>".encode()


@attrs.frozen
class Row:
    """The fields of a webhook, and what is looked at of the event that it is."""

    fields: dict[str, Any]
    look: Callable[[Any], Any]
    sees: Any


def without(fields: dict[str, Any], *names: str) -> dict[str, Any]:
    """Return the other fields."""
    return {name: value for name, value in fields.items() if name not in names}


def local(event: Any) -> Any:
    """The local time of a status or reply, as far as it is read."""
    return str(event.sent_time if isinstance(event, StatusEvent) else event.received_time)


NEW = {
    "Version": "2.04",
    "SentTimeLocal": "2025-06-04 09:16:55",
    "SentTimeUTC-ISO8601": "2025-06-03 21:16:55",
    "SentTimeUTC-RFC3339": "2025-06-03T21:16:55.000Z",
}
TIMES = ("SentTimeLocal", "SentTimeUTC-ISO8601", "SentTimeUTC-RFC3339")

ROWS = {
    "T80 2.03": Row({**STATUS, "SentTime": "2019-10-16 13:43"}, local, "2019-10-16 13:43:00"),
    "T80 2.04": Row({**STATUS, **NEW}, lambda x: x.sent_at, SENT_AT),
    "T80 2.04 ISO8601 alone": Row(
        {**STATUS, "SentTimeUTC-ISO8601": "2025-06-03 21:16:55"}, lambda x: x.sent_at, SENT_AT
    ),
    "T80 3.00": Row(
        {**STATUS, "SentTimeUTC_RFC3339": "2025-06-03T21:16:55.000Z"},
        lambda x: x.sent_at,
        SENT_AT,
    ),
    "T80 3.00 SendTimeUTC": Row(
        {**STATUS, "SendTimeUTC": "2025-06-03 21:16:55"}, lambda x: x.sent_at, SENT_AT
    ),
    "T81 status JSON": Row(
        {**STATUS, "SentTime": "16/10/2019 13:43 p.m."}, local, "2019-10-16 13:43:00"
    ),
    "T81 status XML": Row(
        {**STATUS, "SentTime": "2019-10-16 14:52 p.m."}, local, "2019-10-16 14:52:00"
    ),
    "T81 reply JSON": Row(
        {**REPLY, "SentTime": "2019-10-16 13:43:00"}, local, "2019-10-16 13:43:00"
    ),
    "T81 reply XML": Row({**REPLY, "SentTime": "2019-10-16 13:43"}, local, "2019-10-16 13:43:00"),
    "T81 on a true 12-hour clock": Row(
        {**STATUS, "SentTime": "16/10/2019 01:43 p.m."}, local, "2019-10-16 13:43:00"
    ),
    "T82 none": Row(STATUS, lambda x: x.version, "2.03"),
    "T82 none, new keys": Row({**STATUS, **without(NEW, "Version")}, lambda x: x.version, "2.04"),
    "T82 2.04": Row({**STATUS, "Version": "2.04"}, lambda x: x.version, "2.04"),
    "T82 v2.04": Row({**STATUS, "Version": "v2.04"}, lambda x: x.version, "2.04"),
    "T82 v3.00": Row({**STATUS, "Version": "v3.00"}, lambda x: x.version, "3.00"),
    "T82 the slip": Row({**REPLY, "Version": "2.04@domain.com"}, lambda x: x.version, "2.04"),
    "T83 absent": Row(STATUS, lambda x: x.status, RecipientStatus.SUCCESS),
    "T83 blank": Row({**STATUS, "Message": ""}, lambda x: x.extra, {}),
    "T83 null": Row({**STATUS, "Message": None}, lambda x: x.extra, {}),
    "T84 AuthToken": Row({**STATUS, "AuthToken": "eyJ"}, lambda x: x.extra, {}),
    "T84 no pair": Row(without(STATUS, "Sender", "APIKey"), lambda x: x.message_id, "js82hn8n"),
    "T87 blank": Row(REPLY, lambda x: (x.price, x.detail), (None, None)),
    "T87 the outbound's cost": Row({**REPLY, "Price": "0.20"}, lambda x: x.price, Decimal("0.20")),
    "T88": Row(REPLY, lambda x: (x.from_, hasattr(x, "destination")), (JESS, False)),
    "T89 in time": Row(REPLY, lambda x: (x.matched, x.message_id), (True, "js82hn8n")),
    "T89 late": Row(
        {**REPLY, "Type": "SMSInbound", "MessageID": ""},
        lambda x: (x.matched, x.message_id),
        (False, None),
    ),
    "T91 a status": Row({**STATUS, "Status": "RECEIVED"}, type, StatusEvent),
    "T91 a reply": Row({**REPLY, "Status": "SUCCESS"}, type, ReplyEvent),
    "T93": Row(
        {**STATUS, "Status": "UPDATED", "Result": "Link clicked"},
        lambda x: (type(x), x.fields["Result"]),
        (UnknownEvent, "Link clicked"),
    ),
    "T96 a status": Row({**STATUS, **NEW}, lambda x: x.sent_at, SENT_AT),
    "T96 a reply": Row({**REPLY, **NEW}, lambda x: x.received_at, SENT_AT),
    "T97 never confirmed": Row(
        {**STATUS, "Result": "delivered-to-network"},
        lambda x: (x.status, x.result),
        (RecipientStatus.SUCCESS, "delivered-to-network"),
    ),
    "T97 aborted": Row(
        {**STATUS, "Result": "Control Deleted"},
        lambda x: (x.status, x.result),
        (RecipientStatus.SUCCESS, "Control Deleted"),
    ),
    "T98": Row(
        {**STATUS, "Status": "PENDING", "Result": "Pending"},
        lambda x: (type(x), x.is_final),
        (StatusEvent, False),
    ),
    "T100": Row(
        {**REPLY, "Version": "2.04", "Detail": "InputToNumber:021-000 001"},
        lambda x: x.input_to_number,
        "021-000 001",
    ),
    "T100 a colon in it": Row(
        {**REPLY, "Detail": "InputToNumber:tel:021-777909"},
        lambda x: x.input_to_number,
        "tel:021-777909",
    ),
}

formats = pytest.mark.parametrize("write", [lambda f: json.dumps(f).encode(), in_xml],
                                  ids=["json", "xml"])  # fmt: skip


@formats
@pytest.mark.parametrize("trap", ROWS)
def test_what_is_read(trap: str, write: Callable[[Any], bytes]) -> None:
    """The webhook is read as the ACCEPT column has it, in either format."""
    row = ROWS[trap]
    assert row.look(parse(write(row.fields))) == row.sees


@formats
def test_t85_either_place_of_the_secret_will_do_and_all_must_be_right(
    write: Callable[[Any], bytes],
) -> None:
    """T85: the pair stands in the body, in 2.04 in the headers too; a wrong one anywhere is no."""
    pair = {"sender": PAIR["Sender"], "api_key": PAIR["APIKey"]}
    headers = {"X-Sender": PAIR["Sender"], "Authorization": PAIR["APIKey"]}
    body = write(STATUS)
    assert verify(body, None, {}, **pair)
    assert verify(body, None, headers, **pair)
    assert not verify(body, None, {**headers, "Authorization": "another"}, **pair)
    assert not verify(write({**STATUS, "APIKey": "another"}), None, {}, **pair)
    assert not verify(write(without(STATUS, "Sender", "APIKey")), None, {}, **pair)


def test_t86_a_repeated_event_has_the_key_of_the_first() -> None:
    """T86: (MessageID, Destination, Status, Result) of a status, ReceivedID of a reply."""

    def key(fields: dict[str, Any]) -> str:
        return parse(json.dumps(fields)).key

    assert key(STATUS) == key({**STATUS, "Price": "0.20"}) == parse(in_xml(STATUS)).key
    for name in ("MessageID", "Destination", "Status", "Result"):
        assert key(STATUS) != key({**STATUS, name: "FAILED"})
    assert key({**REPLY, "ReceivedID": "R1"}) == "R1"


@pytest.mark.parametrize(
    "declaration",
    ["<?xml version='1.0' encoding='UTF-8'?>\n", '<?xml version="1.0" encoding="UTF-8" ?>\n', ""],
    ids=["status", "reply", "none"],
)
def test_t92_both_declarations_are_read(declaration: str) -> None:
    """T92: single or double quotes, a space before its end, or no declaration."""
    assert isinstance(parse(in_xml(STATUS, declaration), "text/xml"), StatusEvent)


def test_t92_no_entity_is_expanded() -> None:
    """T92: a document type is refused, and with it everything that it could fetch or expand."""
    with pytest.raises(InvalidWebhook, match="document type"):
        parse(in_xml(STATUS, '<!DOCTYPE root [<!ENTITY x SYSTEM "file:///etc/passwd">]>'))


async def test_t93_t94_every_event_is_answered_200(tmp_path: Path) -> None:
    """T94: 200 and a short body; T93: also for an event that nobody knows."""
    store = tmp_path / "webhooks.sqlite"
    receiver = Receiver(sender=PAIR["Sender"], api_key=PAIR["APIKey"], store=store)
    http = httpx.AsyncClient(
        transport=httpx.ASGITransport(app=receiver), base_url="https://me.example"
    )
    async with receiver, http:
        for fields in (STATUS, REPLY, {**STATUS, "Status": "UPDATED"}, {**STATUS, "Type": "Fax"}):
            answer = await http.post("/", content=json.dumps(fields).encode())
            assert (answer.status_code, len(answer.content) < 100) == (200, True)


@pytest.mark.parametrize(
    "content_type", ["application/json", "text/xml", "application/xml", "text/plain", "", None]
)
@formats
def test_t99_the_first_character_tells(
    write: Callable[[Any], bytes], content_type: str | None
) -> None:
    """T99: whatever Content-Type a body has, it is read as what it is."""
    event: Event = parse(write({**REPLY, "Type": "SMSInbound"}), content_type)
    assert isinstance(event, ReplyEvent)
    assert event.type is MessageType.SMS_INBOUND
