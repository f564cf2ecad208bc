"""What the emulator posts is read as what happened, in every layout and format."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import attrs
import pytest

from bestsms import MessageType, RecipientStatus
from bestsms.webhooks import Event, ReplyEvent, StatusEvent, UnknownEvent, parse, verify

PHONE = "+61421000001"
SENDER = "application@domain.com"
API_KEY = "ta8wr7ymd"

layouts = pytest.mark.parametrize("layout", ["2.03", "2.04"])
formats = pytest.mark.parametrize("form", ["JSON", "XML"])


async def read(posted: Any, kind: str, layout: str, form: str, text: str = "Yes <&> \n") -> Event:
    """Have it posted, and read it as a receiver would, Content-Type and all."""
    request = await posted(kind, text, webhook_layout=layout, webhook_format=form)
    content_type = request.headers["content-type"]
    pair = {"sender": SENDER, "api_key": API_KEY}
    assert verify(request.content, content_type, request.headers, **pair)
    event = parse(request.content, content_type)
    assert API_KEY not in event.to_json()
    assert SENDER not in event.to_json()
    assert Event.from_json(event.to_json()) == event
    return event


@layouts
@formats
async def test_a_status(posted: Any, layout: str, form: str) -> None:
    """It names the message, the outcome and its price; 2.03 has only a local time."""
    event = await read(posted, "status", layout, form)
    assert isinstance(event, StatusEvent)
    assert event.type is MessageType.SMS
    assert event.status is RecipientStatus.SUCCESS
    assert event.is_final
    told = (event.version, event.message_id, event.destination, event.sub_account, event.department)
    assert told == (layout, "js82hn8n", PHONE, "S", "D")
    assert (event.result, event.price, event.detail) == ("delivered", Decimal("0.10"), "SMSParts:1")
    assert event.job_num
    assert event.url == "https://hooks.example/sms"
    assert event.sent_time is not None
    assert (event.sent_time.day, event.sent_time.hour, event.sent_time.minute) == (4, 7, 16)
    sent = datetime(2025, 6, 3, 21, 16, 57, tzinfo=UTC)
    assert event.sent_at == (None if layout == "2.03" else sent)
    assert event.extra == {}


@layouts
@formats
async def test_a_reply(posted: Any, layout: str, form: str) -> None:
    """It names who sent it and the message it answers, and says what was typed (T88, T100)."""
    event = await read(posted, "reply", layout, form)
    assert isinstance(event, ReplyEvent)
    assert event.matched
    assert (event.version, event.message_id, event.from_) == (layout, "js82hn8n", PHONE)
    assert (event.message_text, event.result, event.price) == ("Yes <&> \n", "RECEIVED", None)
    assert event.received_time is not None
    assert (event.received_time.hour, event.received_time.minute) == (7, 17)
    arrived = datetime(2025, 6, 3, 21, 17, 55, tzinfo=UTC)
    assert event.received_at == (None if layout == "2.03" else arrived)
    assert event.input_to_number == (None if layout == "2.03" else "0421 000 001")
    assert (event.received_id is None) == (layout == "2.03")
    assert event.extra == {}


@layouts
@formats
async def test_a_message_that_answers_none(posted: Any, layout: str, form: str) -> None:
    """SMSInbound has no MessageID (T89)."""
    event = await read(posted, "inbound", layout, form)
    assert isinstance(event, ReplyEvent)
    assert not event.matched
    assert (event.type, event.message_id) == (MessageType.SMS_INBOUND, None)
    assert (event.from_, event.message_text) == (PHONE, "Yes <&> \n")
    assert event.extra == {}


@layouts
@formats
async def test_an_updated_event(posted: Any, layout: str, form: str) -> None:
    """A click is no outcome of the message, and must not take the place of one (T93)."""
    event = await read(posted, "updated", layout, form)
    assert isinstance(event, UnknownEvent)
    assert (event.type_, event.message_id) == ("SMS", "js82hn8n")
    assert (event.fields["Status"], event.fields["Result"]) == ("UPDATED", "Link clicked")


def of_any_run(event: Event) -> Event:
    """Take out the ids that the emulator makes up in each run."""
    if isinstance(event, UnknownEvent):
        return attrs.evolve(event, fields={**event.fields, "JobNumber": ""})
    return attrs.evolve(event, received_id=None) if isinstance(event, ReplyEvent) else event


@layouts
@pytest.mark.parametrize("kind", ["status", "reply", "inbound", "updated"])
async def test_an_event_has_one_key_in_both_formats(posted: Any, kind: str, layout: str) -> None:
    """A line break, and what XML can't carry, do not make another event of it.

    But for a 2.03 reply: the seconds that only its JSON has tell two equal replies apart.
    """
    text = "two\r\nlines \x01\x00 \ufffe"
    in_json, in_xml = [await read(posted, kind, layout, form, text) for form in ("JSON", "XML")]
    same = of_any_run(in_json).key == of_any_run(in_xml).key
    assert same == (layout == "2.04" or kind in {"status", "updated"})
