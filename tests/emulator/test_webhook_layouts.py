"""Webhook bodies and headers, letter by letter, in both layouts and both formats."""

import json
from xml.etree import ElementTree as ET

import pytest

HOOK = "https://hooks.example/sms"
PHONE = "+61421000001"


@pytest.fixture
def posted(make, caller, receiver):
    """Send in a version, let the phone answer, and return the requests that were posted."""

    async def play(version, **options):
        data = options.pop("data", {})
        emulator = make(callback_transport=receiver, webhook_url=HOOK, **options)
        await caller(emulator, version).send(
            "0421 000 001", MessageID="js82hn8n", SubAccount="S", Department="D", **data
        )
        emulator.advance(60)
        emulator.reply(PHONE, "This is a <reply> & more\x00")
        assert await emulator.deliver_callbacks() == len(receiver.requests)
        job = emulator.state()["jobs"][0]["JobNum"]
        received = emulator.state()["received"][0]["ReceivedID"]
        return list(receiver.requests), job, received

    return play


async def test_the_2_03_layout_in_json(posted):
    """The fifteen fields of S0 in its order; SentTime differs by event (1.4, T81, T83, T87)."""
    (status, reply), job, _ = await posted("2.03")
    head = {"Sender": "application@domain.com", "APIKey": "ta8wr7ymd"}
    common = {
        "Destination": PHONE,
        "MessageID": "js82hn8n",
        "SubAccount": "S",
        "Department": "D",
        "JobNumber": job,
    }
    tail = {"URL": HOOK, "RESPONSEMODE": "JSON"}
    assert list(json.loads(status.content).items()) == list(
        {
            **head,
            "Type": "SMS",
            **common,
            "SentTime": "04/06/2025 07:16 a.m.",
            "Status": "SUCCESS",
            "Result": "delivered",
            "Price": "0.10",
            "Detail": "SMSParts:1",
            **tail,
        }.items()
    )
    assert list(json.loads(reply.content).items()) == list(
        {
            **head,
            "Type": "SMSReply",
            **common,
            "SentTime": "2025-06-04 07:17:55",
            "Status": "RECEIVED",
            "Result": "RECEIVED",
            "Message": "This is a <reply> & more\x00",
            "Price": "",
            "Detail": "",
            **tail,
        }.items()
    )
    assert status.headers["content-type"] == "application/json"
    assert not {"x-timestamp", "x-sender", "authorization"} & set(status.headers)


async def test_the_2_03_layout_in_xml(posted):
    """The same in XML: two more ways to print SentTime, and quotes as documented (T81, T92)."""
    (status, reply), _, _ = await posted("2.03", webhook_format="XML")
    assert status.headers["content-type"] == "text/xml"
    assert status.content.startswith(b"<?xml version='1.0' encoding='UTF-8'?>\n<root>")
    assert reply.content.startswith(b'<?xml version="1.0" encoding="UTF-8" ?>\n<root>')
    fields = {child.tag: child.text for child in ET.fromstring(status.content)}
    assert (fields["SentTime"], fields["RESPONSEMODE"]) == ("2025-06-04 07:16 a.m.", "XML")
    answered = {child.tag: child.text for child in ET.fromstring(reply.content)}
    assert answered["SentTime"] == "2025-06-04 07:17"
    assert answered["Message"] == "This is a <reply> & more\ufffd"
    assert answered["Price"] is None


async def test_the_2_04_layout_in_json(posted):
    """The nineteen fields of D204 in its order, hyphens and all (1.5, T80, T82, T100)."""
    (status, reply), job, received = await posted("2.04")
    head = {"Version": "2.04", "Sender": "application@domain.com", "APIKey": "ta8wr7ymd"}
    common = {
        "MessageID": "js82hn8n",
        "SubAccount": "S",
        "Department": "D",
        "JobNumber": job,
    }
    assert list(json.loads(status.content).items()) == list(
        {
            **head,
            "Type": "SMS",
            "Destination": PHONE,
            "ContactID": "",
            "ReceivedID": "",
            **common,
            "SentTimeLocal": "2025-06-04 07:16:57",
            "SentTimeUTC-ISO8601": "2025-06-03 21:16:57",
            "SentTimeUTC-RFC3339": "2025-06-03T21:16:57.000Z",
            "Status": "SUCCESS",
            "Result": "delivered",
            "Price": "0.10",
            "Detail": "SMSParts:1",
            "URL": HOOK,
        }.items()
    )
    assert list(json.loads(reply.content).items()) == list(
        {
            **head,
            "Type": "SMSReply",
            "Destination": PHONE,
            "ContactID": "",
            "ReceivedID": received,
            **common,
            "SentTimeLocal": "2025-06-04 07:17:55",
            "SentTimeUTC-ISO8601": "2025-06-03 21:17:55",
            "SentTimeUTC-RFC3339": "2025-06-03T21:17:55.000Z",
            "Status": "RECEIVED",
            "Result": "RECEIVED",
            "Message": "This is a <reply> & more\x00",
            "Price": "",
            "Detail": "InputToNumber:0421 000 001",
            "URL": HOOK,
        }.items()
    )


async def test_the_2_04_headers_carry_the_secret(posted):
    """X-Timestamp is the time of the POST, Authorization the raw key (1.5, T85)."""
    (status, _), _, _ = await posted(
        "2.04", webhook_sender="me@example.com", webhook_api_key="secret"
    )
    assert status.method == "POST"
    assert str(status.url) == HOOK
    assert status.headers["x-timestamp"] == "2025-06-03T21:16:57.000Z"
    assert status.headers["x-sender"] == "me@example.com"
    assert status.headers["authorization"] == "secret"
    body = json.loads(status.content)
    assert (body["Sender"], body["APIKey"]) == ("me@example.com", "secret")


async def test_the_2_04_layout_in_xml(posted):
    """Hyphens are legal in XML names; the callback format of the message wins (1.5)."""
    (status, _), _, _ = await posted("2.04", data={"WebhookCallbackFormat": "xml"})
    fields = {child.tag: child.text for child in ET.fromstring(status.content)}
    assert fields["SentTimeUTC-RFC3339"] == "2025-06-03T21:16:57.000Z"
    assert "RESPONSEMODE" not in fields


async def test_the_layout_can_be_set_for_all(posted):
    """Version is configured for the webhook, not by the send call (T82)."""
    (status, _), _, _ = await posted("2.04", webhook_layout="2.03")
    assert "RESPONSEMODE" in json.loads(status.content)


async def test_an_unmatched_message_is_sms_inbound(make, receiver):
    """Nobody was sent anything: the user's default URL, format and the 2.04 layout (T89, T99)."""
    emulator = make(callback_transport=receiver, webhook_url=HOOK, webhook_format="XML")
    emulator.reply(PHONE, "Hello?")
    await emulator.deliver_callbacks()
    fields = {child.tag: child.text for child in ET.fromstring(receiver.requests[0].content)}
    assert (fields["Version"], fields["Type"], fields["MessageID"]) == ("2.04", "SMSInbound", None)
    assert (fields["Message"], fields["Detail"], fields["JobNumber"]) == ("Hello?", None, None)


async def test_a_failure_has_no_price(make, caller, receiver):
    """A failed message costs nothing, and its result is told."""
    emulator = make(callback_transport=receiver, webhook_url=HOOK)
    await caller(emulator).send("+61491570157")
    emulator.advance(5)
    await emulator.deliver_callbacks()
    body = json.loads(receiver.requests[0].content)
    assert (body["Status"], body["Result"], body["Price"]) == ("FAILED", "Bad Number", "")
