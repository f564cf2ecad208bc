"""Every answer that the references print, in JSON and in XML: one model, whoever spelled it.

The references print answers as tables; the JSON is those tables' names and example values. Nobody
prints the XML: it is written out by hand, as wire-facts 1.3 has it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from printed.node_2_04 import S3
from printed.rest_2_03 import S0
from printed.sample import JESS, UUID, send
from printed.vendor import VENDOR

from bestsms import (
    NotFound,
    Rejected,
)
from bestsms.webhooks import parse

SAMPLES = {
    f"{source} {name}": each
    for source, several in (("2.03", S0), ("2.04", S3), ("vendor", VENDOR))
    for name, each in several.items()
}


@pytest.mark.parametrize("name", SAMPLES)
async def test_a_printed_answer_is_this_model(name: str, read: Any, form: str) -> None:
    """All fields, and no others, in JSON and in XML, whichever version printed it."""
    sample = SAMPLES[name]
    body = (sample.json if form == "json" else sample.xml).encode()
    assert await read(sample.call, body) == sample.model


@pytest.mark.parametrize("name", SAMPLES)
async def test_an_answer_in_the_other_format_is_read_too(name: str, read: Any, form: str) -> None:
    """U11: a server may answer JSON where XML was asked for, or the other way about."""
    sample = SAMPLES[name]
    body = (sample.xml if form == "json" else sample.json).encode()
    assert await read(sample.call, body) == sample.model


REFUSALS = {
    "2.03 actions": (
        lambda c: c.actions.abort("ID123456"),
        '{"Result":"Failed","MessageID":"ID123456","Message":"Message not found"}',
        (
            "<root><Result>Failed</Result><MessageID>ID123456</MessageID>"
            "<Message>Message not found</Message></root>"
        ),
        NotFound,
        ("Message not found",),
    ),
    "2.03 status": (
        lambda c: c.reports.status(UUID),
        f'{{"Result":"Failed","MessageID":"{UUID}","Message":"Missing Sender"}}',
        (
            f"<root><Result>Failed</Result><MessageID>{UUID}</MessageID>"
            "<Message>Missing Sender</Message></root>"
        ),
        Rejected,
        ("Missing Sender",),
    ),
    "2.03 received": (
        lambda c: c.reports.sms_received(),
        '{"Result":"Failed","Message":"Missing Sender"}',
        "<root><Result>Failed</Result><Message>Missing Sender</Message></root>",
        Rejected,
        ("Missing Sender",),
    ),
    "2.04": (
        lambda c: c.contacts.list(),
        '{"Result":"Failed","ErrorMessage":["Missing Sender"]}',
        "<root><Result>Failed</Result><ErrorMessage>Missing Sender</ErrorMessage></root>",
        Rejected,
        ("Missing Sender",),
    ),
    "2.04 several": (
        send,
        (
            '{"Result":"Failed","ErrorMessage":["Missing or empty message",'
            '"Missing or empty destinations"]}'
        ),
        (
            "<root><Result>Failed</Result><ErrorMessage>Missing or empty message</ErrorMessage>"
            "<ErrorMessage>Missing or empty destinations</ErrorMessage></root>"
        ),
        Rejected,
        ("Missing or empty message", "Missing or empty destinations"),
    ),
}


@pytest.mark.parametrize("code", [400, 200])
@pytest.mark.parametrize("name", REFUSALS)
async def test_a_printed_refusal_is_this_error(name: str, read: Any, form: str, code: int) -> None:
    """With its reasons, whatever key they came under and however often it stands there."""
    call, in_json, in_xml, kind, reasons = REFUSALS[name]
    with pytest.raises(kind) as caught:
        await read(call, (in_json if form == "json" else in_xml).encode(), code)
    assert type(caught.value) is kind
    assert caught.value.errors == reasons


# -- the times of section 2.3 ----------------------------------------------------------------------

UTC_TIMES = [
    ("CreatedUTC", "2024-06-12T20:44:16", "2024-06-12 20:44:16"),
    ("CreatedUTC", "2023-06-12 20:44:30", "2023-06-12 20:44:30"),
    ("CreatedTimeUTC", "2024-05-01 03:51:42", "2024-05-01 03:51:42"),
    ("CreatedTimeUTC", "2022-03-20 09:49:41", "2022-03-20 09:49:41"),
    ("CreatedTimeUTC_RFC3339", "2024-05-01T03:51:42.000Z", "2024-05-01 03:51:42"),
    ("CreatedTimeUTC_RFC3339", "2025-05-29T17:11:03.000Z", "2025-05-29 17:11:03"),
]


@pytest.mark.parametrize(("field", "text", "at"), UTC_TIMES)
async def test_a_time_of_a_report_is_aware(read: Any, field: str, text: str, at: str) -> None:
    """In every form that section 2.3 has seen."""
    report = await read(lambda c: c.reports.status("ID1"), {"Status": "Pending", field: text})
    assert report.created_at == datetime.fromisoformat(at).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("16/10/2019 13:43 p.m.", "2019-10-16 13:43:00"),
        ("2019-10-16 14:52 p.m.", "2019-10-16 14:52:00"),
        ("2019-10-16 13:43:00", "2019-10-16 13:43:00"),
        ("2019-10-16 13:43", "2019-10-16 13:43:00"),
        ("16/10/2018 13:43 p.m.", "2018-10-16 13:43:00"),
        ("2025-06-04 09:16:55", "2025-06-04 09:16:55"),
        ("2025-06-13 08:44:16", "2025-06-13 08:44:16"),
    ],
)
def test_a_time_of_a_webhook_is_read(text: str, at: str) -> None:
    """Local ones, without a zone; S3's sample and S0's text are one format."""
    event = parse(
        f'{{"Type":"SMS","Destination":"{JESS}","MessageID":"m","Status":"SUCCESS",'
        f'"SentTime":"{text}"}}'
    )
    assert str(event.sent_time) == at
