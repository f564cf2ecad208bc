"""Reading a webhook leniently: the provider's spellings, slips and gaps (wire-facts 3.4)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from urllib.parse import urlencode

import pytest

from bestsms import MessageType, RecipientStatus
from bestsms.webhooks import Event, ReplyEvent, StatusEvent, UnknownEvent, parse

STATUS = {
    "Type": "SMS",
    "Destination": "+61421000001",
    "MessageID": "js82hn8n",
    "Status": "SUCCESS",
    "Result": "delivered",
}
REPLY = {
    "Type": "SMSReply",
    "Destination": "+61421000001",
    "MessageID": "js82hn8n",
    "Status": "RECEIVED",
    "Message": "Yes",
}


def of(*bases: dict[str, object], **changed: object) -> Event:
    """Parse a JSON webhook; a field given as ``...`` is left out."""
    fields = {**dict(item for base in bases for item in base.items()), **changed}
    return parse(json.dumps({name: text for name, text in fields.items() if text is not ...}))


def status(**changed: object) -> StatusEvent:
    """Parse a status."""
    event = of(STATUS, **changed)
    assert isinstance(event, StatusEvent)
    return event


def reply(**changed: object) -> ReplyEvent:
    """Parse a reply."""
    event = of(REPLY, **changed)
    assert isinstance(event, ReplyEvent)
    return event


# -- which format ----------------------------------------------------------------------------------

IN_JSON = json.dumps(STATUS)
IN_XML = "<root>" + "".join(f"<{name}>{text}</{name}>" for name, text in STATUS.items()) + "</root>"
IN_FORM = urlencode(STATUS)


@pytest.mark.parametrize("body", [IN_JSON, IN_XML], ids=["JSON", "XML"])
@pytest.mark.parametrize(
    "content_type",
    [
        *("application/json", "APPLICATION/JSON; charset=utf-8", "text/xml", "application/xml"),
        *("application/x-www-form-urlencoded", "text/plain", "nonsense", "", None),
    ],
)
def test_the_first_character_tells_json_from_xml(body: str, content_type: str | None) -> None:
    """T99: a wrong Content-Type, or none, does no harm."""
    assert parse(body, content_type) == status()


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "text/plain", None])
def test_a_form_is_read(content_type: str | None) -> None:
    """U10: the POST format of 3.00, with the same names."""
    assert parse(IN_FORM, content_type) == status()


@pytest.mark.parametrize("before", ["", "\ufeff", "\n ", "\ufeff\r\n\t "])
def test_a_mark_and_space_in_front_are_no_part_of_the_body(before: str) -> None:
    """Some servers put a byte order mark in front, and some templates a line break."""
    assert parse(before + IN_JSON) == status()
    assert parse((before + IN_JSON).encode()) == status()
    assert parse(before + IN_XML) == status()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_xml_may_be_in_utf_16(encoding: str) -> None:
    """With its mark in front, whatever the declaration says of the two."""
    document = f"<?xml version='1.0' encoding='utf-16'?>{IN_XML}"
    assert parse(document.encode(encoding), "text/xml") == status()


# -- which layout ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "version"),
    [
        ({}, "2.03"),
        ({"SentTime": "2019-10-16 13:43"}, "2.03"),
        ({"Version": "2.04"}, "2.04"),
        ({"Version": 2.04}, "2.04"),
        ({"Version": "v2.04"}, "2.04"),
        ({"Version": "2.04@domain.com"}, "2.04"),
        ({"Version": "V3.00"}, "3.00"),
        ({"Version": "2.03", "ContactID": ""}, "2.03"),
        ({"Version": "4.00", "ReceivedID": ""}, "2.04"),
        ({"Version": "2.041", "SentTimeLocal": ""}, "2.04"),
        ({"ContactID": None}, "2.04"),
        ({"SentTimeUTC-RFC3339": "2025-06-03T21:16:55.000Z", "SentTimeLocal": ""}, "2.04"),
        ({"SentTimeUTC_RFC3339": "2025-06-03T21:16:55.000Z", "ContactID": ""}, "3.00"),
        ({"SendTimeUTC": "2025-06-03 21:16:55"}, "3.00"),
    ],
)
def test_the_layout_is_told_by_version_or_else_by_names(
    fields: dict[str, object], version: str
) -> None:
    """T82: a leading v and the printed slip are tolerated."""
    assert status(**fields).version == version
    assert "Version" not in status(**fields).extra


@pytest.mark.parametrize(
    ("rfc", "iso"),
    [
        ("SentTimeUTC-RFC3339", "SentTimeUTC-ISO8601"),
        ("SentTimeUTC_RFC3339", "SentTimeUTC"),
        ("SentTimeUTC_RFC3339", "SendTimeUTC"),
        ("SendTimeUTC-RFC3339", "SendTimeUTC_ISO8601"),
        ("senttimeutcrfc3339", "SENTTIMEUTC"),
    ],
)
def test_hyphens_underscores_and_send_are_one_spelling(rfc: str, iso: str) -> None:
    """T80: and RFC 3339 is preferred to the other, which may be wrong or missing."""
    told = {rfc: "2025-06-03T21:16:55.500Z", iso: "2025-06-03 21:16:55"}
    assert status(**told).sent_at == datetime(2025, 6, 3, 21, 16, 55, 500_000, tzinfo=UTC)
    assert status(**told).extra == {}
    told[rfc] = ""
    assert reply(**told).received_at == datetime(2025, 6, 3, 21, 16, 55, tzinfo=UTC)


def test_a_second_spelling_of_a_name_is_extra() -> None:
    """The first that is not blank counts; nothing is lost, and nothing overwritten."""
    event = status(JobNumber="", JobNum="10C7B9A0", Job_Num="10C7B9A1")
    assert (event.job_num, event.extra) == ("10C7B9A0", {"Job_Num": "10C7B9A1"})


# -- times -----------------------------------------------------------------------------------------


def test_an_offset_in_the_local_time_makes_it_a_moment() -> None:
    """Wire-facts 2.3: a trailing Z or offset is honoured; without one a zone is not guessed."""
    event = status(SentTime="2019-10-16T13:43:00+11:00")
    assert event.sent_at == datetime(2019, 10, 16, 2, 43, tzinfo=UTC)
    assert str(event.sent_time) == "2019-10-16 13:43:00"
    assert status(SentTime="2019-10-16T13:43:00").sent_at is None


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00.000Z", "soon"])
def test_a_time_that_is_none_stays_as_text(text: str) -> None:
    """T70: year 0001 is never. What can't be read is kept, for whoever can."""
    event = status(**{"SentTimeUTC-RFC3339": text, "SentTimeLocal": text})
    assert (event.sent_at, event.sent_time) == (None, None)
    assert event.sent_time_local == text
    assert event.extra == {"SentTimeUTC-RFC3339": text}


# -- values ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "price"),
    [("0.10", "0.10"), (0.1, "0.1"), (2, "2"), ("-0.20", "-0.20"), ("", None), (None, None)],
)
def test_a_price_is_a_decimal(given: object, price: str | None) -> None:
    """T64: a text, a number or absent; no digit of it is changed."""
    assert status(Price=given).price == (price and Decimal(price))
    assert str(status(Price=given).price) == str(price)


@pytest.mark.parametrize("given", ["free", "NaN", "1e9", "1_000", "\u0661", "$0.10", True])
def test_a_price_that_is_none_stays_as_text(given: object) -> None:
    """It is no reason to lose the event."""
    event = status(Price=given)
    assert (event.price, event.extra["Price"]) == (None, str(given).replace("True", "true"))


def test_numbers_and_booleans_are_text() -> None:
    """As they are in XML; a number keeps its digits, however many."""
    body = (
        '{"Type":"SMS","Destination":61421000001,"MessageID":7.10,"Status":"x","SubAccount":true}'
    )
    event = parse(body)
    assert isinstance(event, StatusEvent)
    assert (event.destination, event.message_id) == ("61421000001", "7.10")
    assert event.sub_account == "true"
    assert status(MessageID=10**50).message_id == "1" + "0" * 50
    assert parse('{"X": ' + "9" * 5_000 + "}").fields == {"X": "9" * 5_000}


@pytest.mark.parametrize("blank", ["", None, ..., "  "])
def test_what_is_blank_is_absent(blank: object) -> None:
    """U12, T103: omitted, null and an empty text are one."""
    event = status(SubAccount=blank, Result=blank, Message=blank, URL=blank)
    assert (event.sub_account, event.result, event.url, event.extra) == (None, None, None, {})
    assert reply(MessageID=blank, ReceivedID=blank).message_id is None


@pytest.mark.parametrize(
    ("text", "kept"),
    [("", ""), (None, ""), (..., ""), (" ", " "), (" a\r\nb ", " a\r\nb "), ("a\0b", "a\ufffdb")],
)
def test_a_reply_says_what_it_says(text: object, kept: str) -> None:
    """Spaces belong to it; it may say nothing; NUL is replaced, as no database takes it."""
    assert reply(Message=text).message_text == kept


def test_half_a_surrogate_pair_is_replaced() -> None:
    """JSON can spell it and no encoder takes it; a whole pair is one character."""
    assert reply(Message="\ud83d\ude00 \ud83d!").message_text == "\U0001f600 \ufffd!"


# -- which event -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["SMS", "sms", "Text"])
@pytest.mark.parametrize(
    ("word", "read", "final"),
    [
        ("SUCCESS", RecipientStatus.SUCCESS, True),
        ("Failed", RecipientStatus.FAILED, True),
        ("pending", RecipientStatus.PENDING, False),
        ("RECEIVED", RecipientStatus.RECEIVED, False),
        ("Parked", "Parked", False),
    ],
)
def test_a_status_of_any_case_is_read(kind: str, word: str, read: str, *, final: bool) -> None:
    """T61, T98: PENDING is no outcome; a word that is not known keeps its text, and is none."""
    event = status(Type=kind, Status=word)
    assert (event.status, event.is_final) == (read, final)
    assert event.kind == "status"


@pytest.mark.parametrize("word", ["RECEIVED", "SUCCESS", "UPDATED", "", ...])
def test_type_decides_not_status(word: object) -> None:
    """T91: a reply with a strange status is a reply; a strange one is kept."""
    event = reply(Status=word, Type="smsreply")
    assert (event.kind, event.matched, event.message_text) == ("reply", True, "Yes")
    kept = {"Status": word} if word in {"SUCCESS", "UPDATED"} else {}
    assert event.extra == kept
    assert reply(Type="SMSInbound", MessageID="").matched is False


@pytest.mark.parametrize(
    ("changed", "missing"),
    [
        *(({"Type": kind}, "") for kind in ("Email", "Fax", "Voice", "TextToSpeech", "MMSReply")),
        ({"Type": ...}, "Type"),
        ({"Type": ""}, ""),
        ({"MessageID": ...}, "MessageID"),
        ({"MessageID": None}, ""),
        ({"Destination": ...}, "Destination"),
        ({"Status": ...}, "Status"),
        ({"Status": "Updated"}, ""),
    ],
)
def test_what_is_neither_is_an_unknown_event(changed: dict[str, object], missing: str) -> None:
    """T93, U24: other channels, clicks, and what lacks a field; all of it is kept."""
    event = of(STATUS, **changed)
    assert isinstance(event, UnknownEvent)
    assert event.kind == "unknown"
    told = {**STATUS, **{name: text or "" for name, text in changed.items() if text is not ...}}
    told.pop(missing, None)
    assert event.fields == told
    assert event.type_ == (told.get("Type") or None)
    assert event.message_id == (told.get("MessageID") or None)
    assert of(REPLY, Destination=..., ReceivedID="7").received_id == "7"


@pytest.mark.parametrize("value", [["+61421000001"], {"a": 1}, [], {}])
@pytest.mark.parametrize("name", ["Destination", "MessageID", "Status", "Type", "URL", "Price"])
def test_a_known_field_that_is_not_one_text_makes_it_unknown(name: str, value: object) -> None:
    """It is kept as JSON: a wrong guess would be worse, and an error would be lost."""
    event = of(STATUS, **{name: value})
    assert isinstance(event, UnknownEvent)
    assert event.fields[name] == json.dumps(value).replace("1}", '"1"}')


def test_unknown_fields_are_extra() -> None:
    """They keep their names and their text; a nested one is the text of its JSON."""
    event = status(New="x", None_="", List=[1, {"a": None}, "\u00e9\ud800\0"], Flag=False)
    assert event.extra == {
        "New": "x",
        "None_": "",
        "List": '["1", {"a": null}, "\u00e9\ufffd\\u0000"]',
        "Flag": "false",
    }


def test_nested_xml_is_kept_too() -> None:
    """Names may come more than once in it, so each stands before what it holds."""
    body = IN_XML.replace("</root>", "<New><a>1</a><a>2<b/></a></New></root>")
    event = parse(body)
    assert isinstance(event, StatusEvent)
    assert event.extra == {"New": '[["a", "1"], ["a", [["b", ""]]]]'}
    assert isinstance(parse(body.replace("New", "Price")), UnknownEvent)


# -- secrets ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Sender", "APIKey", "AuthToken", "apikey", "API-Key", "SENDER"])
@pytest.mark.parametrize("base", [STATUS, REPLY, {"Type": "Fax"}], ids=["status", "reply", "other"])
def test_a_secret_is_in_no_event(name: str, base: dict[str, object]) -> None:
    """Sender and APIKey, however spelled, and the AuthToken that one table lists (T84)."""
    for value in ("hush", ["hush"]):
        event = of(base, **{name: value, "New": "x"})
        assert "hush" not in event.to_json() + repr(event) + str(event.extra)


def test_the_input_number_is_read_up_to_its_first_colon() -> None:
    """T100: it is as it was typed when sending, dashes, spaces and all."""
    assert reply(Detail="InputToNumber:021-000 001").input_to_number == "021-000 001"
    assert reply(Detail="inputtonumber: a:b ").input_to_number == "a:b"
    assert reply(Detail="InputToNumber:").input_to_number is None
    assert reply(Detail="SMSParts:1").input_to_number is None
    assert reply().input_to_number is None


def test_the_type_of_an_event_is_of_the_enum() -> None:
    """So that a comparison by identity holds."""
    assert status(Type="sms").type is MessageType.SMS
