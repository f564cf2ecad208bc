"""Every webhook that the references print becomes the event it is (wire-facts 1.4, 1.5, 1.6.5)."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from bestsms import MessageType, RecipientStatus
from bestsms.webhooks import Event, ReplyEvent, StatusEvent, parse

HOOK = "https://www.example.com/webhook"
COMMON = {
    "message_id": "js82hn8n",
    "sub_account": "SubAccount01",
    "department": "Department01",
    "job_num": "10C7B9A0",
    "url": HOOK,
}

STATUS_203_JSON = """
{
"Sender": "[email protected]",
"APIKey": "ta8wr7ymd",
"Type": "SMS",
"Destination": "+61421000001",
"MessageID": "js82hn8n",
"SubAccount": "SubAccount01",
"Department": "Department01",
"JobNumber": "10C7B9A0",
"SentTime": "16/10/2019 13:43 p.m.",
"Status": "SUCCESS",
"Result": "delivered",
"Price": "0.10",
"Detail": "SMSParts:1",
"URL": "https://www.example.com/webhook",
"RESPONSEMODE": "JSON"
}
"""

STATUS_203_XML = """<?xml version='1.0' encoding='UTF-8'?>
<root>
<Sender>[email protected]</Sender>
<APIKey>ta8wr7ymd</APIKey>
<Type>SMS</Type>
<Destination>+61421000001</Destination>
<MessageID>js82hn8n</MessageID>
<SubAccount>SubAccount01</SubAccount>
<Department>Department01</Department>
<JobNumber>10C7B9A0</JobNumber>
<SentTime>2019-10-16 14:52 p.m.</SentTime>
<Status>SUCCESS</Status>
<Result>delivered</Result>
<Price>0.10</Price>
<Detail>SMSParts:1</Detail>
<URL>https://www.example.com/webhook</URL>
<RESPONSEMODE>XML</RESPONSEMODE>
</root>
"""

REPLY_203_JSON = """
{
"Sender": "[email protected]",
"APIKey": "ta8wr7ymd",
"Type": "SMSReply",
"Destination": "+61421000001",
"MessageID": "js82hn8n",
"SubAccount": "SubAccount01",
"Department": "Department01",
"JobNumber": "10C7B9A0",
"SentTime": "2019-10-16 13:43:00",
"Status": "RECEIVED",
"Result": "RECEIVED",
"Message": "This is a reply.",
"Price": "",
"Detail": "",
"URL": "https://www.example.com/webhook",
"RESPONSEMODE": "JSON"
}
"""

REPLY_203_XML = """<?xml version="1.0" encoding="UTF-8" ?>
<root>
<Sender>[email protected]</Sender>
<APIKey>ta8wr7ymd</APIKey>
<Type>SMSReply</Type>
<Destination>+61421000001</Destination>
<MessageID>js82hn8n</MessageID>
<SubAccount>SubAccount01</SubAccount>
<Department>Department01</Department>
<JobNumber>10C7B9A0</JobNumber>
<SentTime>2019-10-16 13:43</SentTime>
<Status>RECEIVED</Status>
<Result>RECEIVED</Result>
<Message>This is a reply.</Message>
<Price></Price>
<Detail></Detail>
<URL>https://www.example.com/webhook</URL>
<RESPONSEMODE>XML</RESPONSEMODE>
</root>
"""

STATUS_204_JSON = """
{
"Version": "2.04",
"Sender": "[email protected]",
"APIKey": "ta8wr7ymd",
"Type": "SMS",
"Destination": "+61421000001",
"ContactID": "",
"ReceivedID": "",
"MessageID": "js82hn8n",
"SubAccount": "SubAccount01",
"Department": "Department01",
"JobNumber": "10C7B9A0",
"SentTimeLocal": "2025-06-04 09:16:55",
"SentTimeUTC-ISO8601": "2025-06-03 21:16:55",
"SentTimeUTC-RFC3339": "2025-06-03T21:16:55.000Z",
"Status": "SUCCESS",
"Result": "delivered",
"Price": "0.10",
"Detail": "SMSParts:1",
"URL": "https://www.example.com/webhook"
}
"""

STATUS_204_XML = """<?xml version='1.0' encoding='UTF-8'?>
<root>
<Version>2.04</Version>
<Sender>[email protected]</Sender>
<APIKey>ta8wr7ymd</APIKey>
<Type>SMS</Type>
<Destination>+61421000001</Destination>
<ContactID></ContactID>
<ReceivedID></ReceivedID>
<MessageID>js82hn8n</MessageID>
<SubAccount>SubAccount01</SubAccount>
<Department>Department01</Department>
<JobNumber>10C7B9A0</JobNumber>
<SentTimeLocal>2025-06-04 09:16:55</SentTimeLocal>
<SentTimeUTC-ISO8601>2025-06-03 21:16:55</SentTimeUTC-ISO8601>
<SentTimeUTC-RFC3339>2025-06-03T21:16:55.000Z</SentTimeUTC-RFC3339>
<Status>SUCCESS</Status>
<Result>delivered</Result>
<Price>0.10</Price>
<Detail>SMSParts:1</Detail>
<URL>https://www.example.com/webhook</URL>
</root>
"""

REPLY_204_JSON = """
{
"Version": "2.04",
"Sender": "[email protected]",
"APIKey": "ta8wr7ymd",
"Type": "SMSReply",
"Destination": "+61421000001",
"ContactID": "AAAAAAAA-BBBB-BBBB-CCCC-DDDDDDDDDDDD",
"ReceivedID": "AAAAAAAA-BBBB-BBBB-CCCC-EEEEEEEEEEEE",
"MessageID": "js82hn8n",
"SubAccount": "SubAccount01",
"Department": "Department01",
"JobNumber": "10C7B9A0",
"SentTimeLocal": "2025-06-04 09:16:55",
"SentTimeUTC-ISO8601": "2025-06-03 21:16:55",
"SentTimeUTC-RFC3339": "2025-06-03T21:16:55.000Z",
"Status": "RECEIVED",
"Result": "RECEIVED",
"Message": "This is a reply.",
"Price": "",
"Detail": "InputToNumber:021-000 001",
"URL": "https://www.example.com/webhook"
}
"""

# The slip in Version, the double quotes and the space are as printed (T82, T92).
REPLY_204_XML = """<?xml version="1.0" encoding="UTF-8" ?>
<root>
<Version>2.04@domain.com</Version>
<Sender>[email protected]</Sender>
<APIKey>ta8wr7ymd</APIKey>
<Type>SMSReply</Type>
<Destination>+61421000001</Destination>
<ContactID>AAAAAAAA-BBBB-BBBB-CCCC-DDDDDDDDDDDD</ContactID>
<ReceivedID>AAAAAAAA-BBBB-BBBB-CCCC-EEEEEEEEEEEE</ReceivedID>
<MessageID>js82hn8n</MessageID>
<SubAccount>SubAccount01</SubAccount>
<Department>Department01</Department>
<JobNumber>10C7B9A0</JobNumber>
<SentTimeLocal>2025-06-04 09:16:55</SentTimeLocal>
<SentTimeUTC-ISO8601>2025-06-03 21:16:55</SentTimeUTC-ISO8601>
<SentTimeUTC-RFC3339>2025-06-03T21:16:55.000Z</SentTimeUTC-RFC3339>
<Status>RECEIVED</Status>
<Result>RECEIVED</Result>
<Message>This is a reply.</Message>
<Price></Price>
<Detail>InputToNumber:021-000 001</Detail>
<URL>https://www.example.com/webhook</URL>
</root>
"""

STATUS_300_JSON = """
{
"Version": "v3.00",
"Sender": "[email protected]",
"APIKey": "ta8wr7ymd",
"Type": "SMS",
"Destination": "+61421000001",
"ContactID": null,
"ReceivedID": null,
"MessageID": "js82hn8n",
"SubAccount": "SubAccount01",
"Department": "Department01",
"JobNumber": "10C7B9A0",
"SentTimeLocal": "2025-06-13 08:44:16",
"SendTimeUTC": "2025-06-12 20:44:16",
"SentTimeUTC_RFC3339": "2025-06-12T20:44:16.000Z",
"Status": "Failed",
"Result": "Bad Number",
"Message": null,
"Price": 0.2,
"Detail": "SMSParts:2",
"URL": "https://www.example.com/webhook"
}
"""

INBOUND_300_JSON = """
{
"Version": "v3.00",
"Sender": "[email protected]",
"APIKey": "ta8wr7ymd",
"Type": "SMSInbound",
"Destination": "+61421000001",
"ContactID": null,
"ReceivedID": "AAAAAAAA-BBBB-BBBB-CCCC-EEEEEEEEEEEE",
"MessageID": null,
"SubAccount": null,
"Department": null,
"JobNumber": null,
"SentTimeLocal": "2025-06-13 08:44:16",
"SendTimeUTC": "2025-06-12 20:44:16",
"SentTimeUTC_RFC3339": "2025-06-12T20:44:16.000Z",
"Status": "RECEIVED",
"Result": "RECEIVED",
"Message": "Hello?",
"Price": null,
"Detail": "InputToNumber:021-777909",
"URL": "https://www.example.com/webhook"
}
"""


def status(**changed: object) -> StatusEvent:
    """The event of the status samples of 2.x."""
    told = {
        **COMMON,
        "type": MessageType.SMS,
        "destination": "+61421000001",
        "status": RecipientStatus.SUCCESS,
        "result": "delivered",
        "price": Decimal("0.10"),
        "detail": "SMSParts:1",
    }
    return StatusEvent(**{**told, **changed})


def reply(**changed: object) -> ReplyEvent:
    """The event of the reply samples of 2.x."""
    told = {
        **COMMON,
        "type": MessageType.SMS_REPLY,
        "from_": "+61421000001",
        "message_text": "This is a reply.",
        "result": "RECEIVED",
    }
    return ReplyEvent(**{**told, **changed})


MORNING = {
    "sent_time_local": "2025-06-04 09:16:55",
    "sent_at": datetime(2025, 6, 3, 21, 16, 55, tzinfo=UTC),
}
ARRIVED = {
    "contact_id": "AAAAAAAA-BBBB-BBBB-CCCC-DDDDDDDDDDDD",
    "received_id": "AAAAAAAA-BBBB-BBBB-CCCC-EEEEEEEEEEEE",
    "received_time_local": "2025-06-04 09:16:55",
    "received_at": datetime(2025, 6, 3, 21, 16, 55, tzinfo=UTC),
    "detail": "InputToNumber:021-000 001",
}
THE_13TH = datetime(2025, 6, 12, 20, 44, 16, tzinfo=UTC)

SAMPLES = {
    "2.03 status JSON": (
        STATUS_203_JSON,
        status(version="2.03", sent_time_local="16/10/2019 13:43 p.m."),
    ),
    "2.03 status XML": (
        STATUS_203_XML,
        status(version="2.03", sent_time_local="2019-10-16 14:52 p.m."),
    ),
    "2.03 reply JSON": (
        REPLY_203_JSON,
        reply(version="2.03", received_time_local="2019-10-16 13:43:00"),
    ),
    "2.03 reply XML": (
        REPLY_203_XML,
        reply(version="2.03", received_time_local="2019-10-16 13:43"),
    ),
    "2.04 status JSON": (STATUS_204_JSON, status(version="2.04", **MORNING)),
    "2.04 status XML": (STATUS_204_XML, status(version="2.04", **MORNING)),
    "2.04 reply JSON": (REPLY_204_JSON, reply(version="2.04", **ARRIVED)),
    "2.04 reply XML": (REPLY_204_XML, reply(version="2.04", **ARRIVED)),
    "3.00 status JSON": (
        STATUS_300_JSON,
        status(
            version="3.00",
            sent_time_local="2025-06-13 08:44:16",
            sent_at=THE_13TH,
            status=RecipientStatus.FAILED,
            result="Bad Number",
            price=Decimal("0.2"),
            detail="SMSParts:2",
        ),
    ),
    "3.00 inbound JSON": (
        INBOUND_300_JSON,
        ReplyEvent(
            version="3.00",
            type=MessageType.SMS_INBOUND,
            from_="+61421000001",
            message_text="Hello?",
            received_id="AAAAAAAA-BBBB-BBBB-CCCC-EEEEEEEEEEEE",
            received_time_local="2025-06-13 08:44:16",
            received_at=THE_13TH,
            result="RECEIVED",
            detail="InputToNumber:021-777909",
            url=HOOK,
        ),
    ),
}

sample = pytest.mark.parametrize(("body", "event"), SAMPLES.values(), ids=SAMPLES.keys())


@sample
def test_a_printed_webhook_is_this_event(body: str, event: Event) -> None:
    """All fields, and no others; what is blank or null is absent (U12, T103)."""
    content_type = "text/xml" if body.startswith("<") else "application/json"
    found = parse(body.encode(), content_type)
    assert found == event
    assert type(found) is type(event)
    assert found.extra == {}


@sample
def test_nothing_secret_is_in_the_event_of_a_sample(body: str, event: Event) -> None:
    """Not in its fields, its stored form or its repr."""
    found = parse(body)
    assert "ta8wr7ymd" not in found.to_json() + repr(found)
    assert "[email" not in found.to_json() + repr(found)


def test_the_four_printed_local_times_are_read() -> None:
    """T81: day first or year first, with a redundant p.m. on a 24-hour clock, without seconds."""
    read = [SAMPLES[name][1] for name in SAMPLES if name.startswith("2.03")]
    times = [
        each.sent_time if isinstance(each, StatusEvent) else each.received_time for each in read
    ]
    assert [str(each) for each in times] == [
        "2019-10-16 13:43:00",
        "2019-10-16 14:52:00",
        "2019-10-16 13:43:00",
        "2019-10-16 13:43:00",
    ]


@pytest.mark.parametrize("kind", ["2.03 reply", "2.04 status", "2.04 reply"])
def test_one_event_has_one_key_in_both_formats(kind: str) -> None:
    """So that a changed setting does not double what is tried again."""
    assert SAMPLES[f"{kind} JSON"][1].key == SAMPLES[f"{kind} XML"][1].key


def test_different_events_have_different_keys() -> None:
    """The two 2.03 status samples are of different minutes."""
    kinds = ("2.03 status JSON", "2.03 status XML", "2.03 reply JSON", "2.04 status JSON")
    assert len({SAMPLES[each][1].key for each in kinds}) == len(kinds)
