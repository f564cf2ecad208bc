"""Requests in XML: the shapes of section 1.3, the older ones, and what cannot be read."""

import httpx
import pytest

from bestsms.emulator import Fault

NUMBERS = ["+61421000001", "+61421000002"]
SYNTAX = "Failed to process your API request. Check your syntax."


def message(inner, root="SMSRequest"):
    """Return a send with this beside its text."""
    data = f"<MessageData><Message>Hello</Message>{inner}</MessageData>"
    return f'<?xml version="1.0" encoding="UTF-8"?><{root}>{data}</{root}>'


def recipients(emulator):
    """Return where the last message went."""
    return [each["Destination"] for each in emulator.state()["jobs"][-1]["Recipients"]]


@pytest.mark.parametrize("root", ["SMSRequest", "root", "anything"])
async def test_a_full_send(either_api, emulator, root):
    """Every element of 1.3 says what its JSON twin says; the root's name is not looked at."""
    inner = """
      <MessageID>ID123456</MessageID><Reference>Test1</Reference>
      <SendTime>2025-06-04 23:00:00</SendTime><TimeZone>AUS Eastern</TimeZone>
      <SubAccount>Sub</SubAccount><Department/><ChargeCode/><ServiceName/>
      <FromNumber>61421000009</FromNumber><SMSEmailReply/><ReportTo/>
      <WebhookCallbackURL>https://www.example.com/</WebhookCallbackURL>
      <WebhookCallbackFormat>XML</WebhookCallbackFormat>
      <Destinations>
        <Destination>
          <Recipient>+61421000001</Recipient><FirstName>Jess &amp; Co</FirstName><Company/>
        </Destination>
        <Destination><Recipient>+61421000002</Recipient></Destination>
      </Destinations>
      <Files><File><Name>a.pdf</Name><Data>aGVsbG8=</Data></File></Files>"""
    answer = await either_api.xml("POST", "send/sms", message(inner, root))
    assert answer.text == (
        '<?xml version="1.0" encoding="UTF-8"?>'
        "<root><Result>Success</Result><MessageID>ID123456</MessageID></root>"
    )
    (job,) = emulator.state()["jobs"]
    assert (job["Reference"], job["FromNumber"], job["Status"]) == (
        "Test1",
        "61421000009",
        "Delayed",
    )
    assert recipients(emulator) == NUMBERS


@pytest.mark.parametrize(
    "inner",
    [
        "<L>{0}</L><L>{1}</L>",
        "<L><Recipient>{0}</Recipient></L><L><Recipient>{1}</Recipient></L>",
        "<L><Destination>{0}</Destination><Destination>{1}</Destination></L>",
        "<L><Destination>{0}</Destination></L><L><Recipient>{1}</Recipient></L><L/>",
        "<L><Destination/><Destination><Recipient>{0}</Recipient></Destination></L><L>{1}</L>",
    ],
)
async def test_older_ways_to_list_destinations(either_api, emulator, inner):
    """Repeated Destinations with fields or a number in them, and bare numbers (T44)."""
    inner = inner.format(*NUMBERS).replace("L>", "Destinations>").replace("<L/", "<Destinations/")
    answer = await either_api.xml("POST", "send/sms", message(inner))
    assert answer.status_code == 200
    assert recipients(emulator) == NUMBERS


async def test_a_lone_element_is_a_list_of_one(either_api, emulator):
    """One destination and one file, in either variant."""
    inner = (
        "<Destinations><Recipient>+61421000001</Recipient></Destinations>"
        "<Files><Name>a</Name><Data>YQ==</Data></Files>"
    )
    answer = await either_api.xml("POST", "send/sms", message(inner))
    assert answer.status_code == 200
    assert recipients(emulator) == NUMBERS[:1]


async def test_a_list_of_both_kinds_is_refused(api, emulator):
    """No reading of it is safe: some destination would be lost."""
    inner = (
        "<Destinations><Destination>+61421000001</Destination>"
        "<Recipient>+61421000002</Recipient></Destinations>"
    )
    answer = await api.xml("POST", "send/sms", message(inner))
    assert answer.status_code == 400
    assert "Destinations must hold Destination elements only" in answer.text
    assert emulator.ledger() == []


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<a/>", "Missing message data"),
        ("<a><MessageData/></a>", "Missing message data"),
        ("<a><MessageData> <!-- x --> </MessageData></a>", "Missing message data"),
        ("", "Missing message data"),
        ("<a><MessageData>text</MessageData></a>", SYNTAX),
        ("<a><MessageData><Mode>Test</Mode></MessageData></a>", "Missing or empty message"),
        ("<a><MessageData><Message/><Mode>Test</Mode></MessageData></a>", "Missing or empty"),
        (message(""), "Missing or empty destinations"),
        (message("<Destinations/>"), "Missing or empty destinations"),
        (message("<Destinations>+61421000001</Destinations><Files><File/></Files>"), None),
        (message("<Destinations>1</Destinations><Files><File>x</File></Files>"), SYNTAX),
        (message("<Destinations>+61421000001</Destinations>") + "x", SYNTAX),
        ("<!DOCTYPE a><a/>", SYNTAX),
        ("<a>" * 11 + "</a>" * 11, SYNTAX),
        ("{}", SYNTAX),
    ],
)
async def test_what_is_missing_or_cannot_be_read(either_api, body, text):
    """An empty element is an absent one; what is malformed gets the documented text."""
    answer = await either_api.xml("POST", "send/sms", body)
    assert answer.status_code == (400 if text else 200)
    assert (text or "Success") in answer.text


@pytest.mark.parametrize(
    ("word", "code"), [("true", 200), ("True", 200), ("false", 200), ("", 200), ("1", 400)]
)
async def test_a_flag_is_a_word(api, word, code):
    """CharacterConversion is true or false in any case, or empty."""
    inner = f"<Destinations>+61421000001</Destinations><CharacterConversion>{word}"
    answer = await api.xml("POST", "send/sms", message(inner + "</CharacterConversion>"))
    assert answer.status_code == code


async def test_a_message_id_that_is_empty_is_made_by_the_server(api, emulator):
    """Blank counts as absent (T45)."""
    inner = "<MessageID/><Destinations>+61421000001</Destinations>"
    answer = await api.xml("POST", "send/sms", message(inner))
    (entry,) = emulator.ledger()
    assert len(entry["MessageID"]) == 36
    assert entry["MessageID"] in answer.text


async def test_a_body_of_get_is_not_read(api):
    """Whatever it is (T10)."""
    answer = await api.xml("GET", "addressbook/contact/list", "<not xml")
    assert answer.status_code == 200


async def test_a_fault_leaves_a_call_in_xml_carried_out(make):
    """A lost answer does not lose the send, in either format."""
    emulator = make()
    emulator.inject(Fault(do="answer", status=503, accept="yes"))
    async with httpx.AsyncClient(transport=emulator.transport()) as http:
        answer = await http.post(
            "http://emulator/api/v2.04/send/sms",
            content=message("<Destinations>+61421000001</Destinations>"),
            headers={"Authorization": "Basic test-token", "Content-Type": "text/xml"},
        )
    assert answer.status_code == 503
    assert len(emulator.ledger()) == 1
