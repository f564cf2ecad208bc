"""Events: their keys, their stored form, and what they show of a person."""

from __future__ import annotations

import copy
import json
import pickle
from datetime import UTC, datetime
from decimal import Decimal

import attrs
import pytest
from hypothesis import given, strategies as st

from bestsms import BestSMSError, MessageType, RecipientStatus
from bestsms.webhooks import Event, InvalidWebhook, ReplyEvent, StatusEvent, UnknownEvent, parse

AT = datetime(2025, 6, 3, 21, 16, 55, tzinfo=UTC)
STATUS = StatusEvent(
    type=MessageType.SMS,
    message_id="js82hn8n",
    destination="+61421000001",
    status=RecipientStatus.SUCCESS,
    result="delivered",
    price=Decimal("0.10"),
    sent_at=AT,
    extra={"New": "x"},
)
REPLY = ReplyEvent(
    type=MessageType.SMS_REPLY,
    message_id="js82hn8n",
    received_id="R-1",
    from_="+61421000001",
    message_text="Yes\r\n\u20ac",
    received_time_local="2019-10-16 13:43:00",
    version="2.03",
)
UNKNOWN = UnknownEvent(type_="Fax", message_id="js82hn8n", fields={"Type": "Fax", "Status": "x"})

events = pytest.mark.parametrize("event", [STATUS, REPLY, UNKNOWN], ids=lambda event: event.kind)


# -- keys ------------------------------------------------------------------------------------------


def test_a_reply_is_known_by_the_providers_id_of_it() -> None:
    """T86: whatever else is said of it."""
    assert REPLY.key == "R-1"
    assert attrs.evolve(REPLY, message_text="No").key == "R-1"


@pytest.mark.parametrize("event", [STATUS, attrs.evolve(REPLY, received_id=None), UNKNOWN])
def test_any_other_is_known_by_what_it_tells(event: Event) -> None:
    """A SHA-256 in hex; equal for equal ones, and not by their order or their price."""
    assert len(bytes.fromhex(event.key)) == 32
    assert event.key == copy.deepcopy(event).key
    if not isinstance(event, UnknownEvent):
        assert (
            attrs.evolve(event, price=Decimal(2), detail="x", url="https://b", extra={}).key
            == event.key
        )


@pytest.mark.parametrize(
    "changed",
    [
        {"type": MessageType.TEXT},
        {"message_id": "js82hn8o"},
        {"destination": "+61421000002"},
        {"status": RecipientStatus.FAILED},
        {"result": "Control Deleted"},
        {"result": None},
        {"sent_at": None},
        {"sent_at": AT.replace(second=56)},
    ],
)
def test_a_status_that_differs_is_another(changed: dict[str, object]) -> None:
    """Each of the fields that tell two reports apart."""
    assert attrs.evolve(STATUS, **changed).key != STATUS.key


@pytest.mark.parametrize(
    "changed",
    [
        {"type": MessageType.SMS_INBOUND},
        {"message_id": None},
        {"from_": "+61421000002"},
        {"message_text": "yes"},
        {"message_text": ""},
        {"received_time_local": "2019-10-16 13:43:01"},
        {"received_at": AT},
    ],
)
def test_a_reply_that_differs_is_another(changed: dict[str, object]) -> None:
    """Also where the provider gave it no id; YES and yes are two texts."""
    told = attrs.evolve(REPLY, received_id=None, message_text="Yes")
    assert attrs.evolve(told, **changed).key != told.key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("16/10/2019 13:43 p.m.", "2019-10-16 13:43 p.m."),
        ("2019-10-16 13:43:00", "2019-10-16T13:43"),
        ("2019-10-16 01:43 PM", "2019-10-16 13:43"),
        ("Soon", "soon"),
        (None, ""),
    ],
)
def test_a_time_is_one_however_it_is_printed(one: str | None, other: str) -> None:
    """T81: the formats print one time in two ways."""
    told = attrs.evolve(STATUS, sent_at=None)
    first = attrs.evolve(told, sent_time_local=one)
    assert first.key == attrs.evolve(told, sent_time_local=other).key


def test_the_case_of_a_word_does_not_matter_but_in_a_reply() -> None:
    """SUCCESS and Success are one status, and so are two spellings of one id."""
    shouted = attrs.evolve(STATUS, message_id="JS82HN8N", result="DELIVERED")
    assert shouted.key == STATUS.key


def test_what_xml_can_not_carry_makes_no_other_event() -> None:
    """A carriage return is lost in XML, and a control character is replaced in it."""
    told = attrs.evolve(REPLY, received_id=None, message_text="a\r\nb\rc\x01\ufffe\ud800")
    other = attrs.evolve(told, message_text="a\nb\nc\ufffd\ufffd\ufffd")
    assert told.key == other.key


def test_texts_that_run_into_each_other_make_another_event() -> None:
    """Each has its length in front."""
    one = attrs.evolve(STATUS, message_id="ab", destination="c")
    assert one.key != attrs.evolve(STATUS, message_id="a", destination="bc").key
    digits = attrs.evolve(STATUS, message_id="1:a", destination="b")
    assert digits.key != attrs.evolve(STATUS, message_id="1", destination=":ab").key


def test_an_unknown_event_is_known_by_all_of_it() -> None:
    """What tells two of a kind apart is not known; how it is spelled and formatted is no part."""
    one = UnknownEvent(
        fields={"A": "1", "SentTime": "16/10/2019 13:43 p.m.", "RESPONSEMODE": "XML"}
    )
    same = UnknownEvent(fields={"Sent-Time": "2019-10-16 13:43", "a": "1", "B": ""})
    assert one.key == same.key
    for fields in ({"A": "2"}, {"B": "1"}, {"A": "1", "ReceivedID": "R-1"}):
        assert attrs.evolve(one, fields={**one.fields, **fields}).key != one.key
    assert attrs.evolve(UNKNOWN, received_id="R-1").key != "R-1"


# -- stored ----------------------------------------------------------------------------------------


@events
def test_an_event_comes_back_as_it_was_stored(event: Event) -> None:
    """Equal in every field, of the same kind, with the same key."""
    back = Event.from_json(event.to_json())
    assert back == event
    assert (type(back), back.kind, back.key) == (type(event), event.kind, event.key)
    assert pickle.loads(pickle.dumps(event)) == event
    assert hash(back) == hash(event)


texts = st.text(st.characters(exclude_categories=["Cs"]))
maybe = st.none() | texts
common = {
    "sub_account": maybe,
    "job_num": maybe,
    "result": maybe,
    "detail": maybe,
    "price": st.none() | st.decimals(allow_nan=False),
    "version": st.sampled_from(["2.03", "2.04", "3.00"]),
    "extra": st.dictionaries(texts, texts, max_size=3),
}
moments = st.none() | st.datetimes(timezones=st.just(UTC))
any_event = st.one_of(
    st.builds(
        StatusEvent,
        type=texts.map(MessageType),
        message_id=texts,
        destination=texts,
        status=st.sampled_from(RecipientStatus) | texts.map(RecipientStatus),
        sent_at=moments,
        sent_time_local=maybe,
        **common,
    ),
    st.builds(
        ReplyEvent,
        type=st.sampled_from(MessageType),
        message_id=maybe,
        from_=texts,
        message_text=texts,
        received_id=maybe,
        received_at=moments,
        received_time_local=maybe,
        **common,
    ),
    st.builds(UnknownEvent, type_=maybe, message_id=maybe, fields=st.dictionaries(texts, texts)),
)


@given(any_event)
def test_any_event_can_be_stored(event: Event) -> None:
    """Nothing is lost, whatever it holds."""
    back = Event.from_json(event.to_json())
    assert back == event
    assert back.key == event.key
    assert back.to_json() == event.to_json()


@given(st.dictionaries(texts, texts | st.none() | st.integers() | st.lists(texts), max_size=6))
def test_any_webhook_can_be_stored(fields: dict[str, object]) -> None:
    """What is read from outside holds nothing that JSON or a database can't."""
    try:
        event = parse(json.dumps({"Type": "SMSReply", "Destination": "1", **fields}))
    except InvalidWebhook:
        return
    assert Event.from_json(event.to_json()) == event
    assert "\0" not in event.to_json()


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "null", "[]", "{}", '"status"', '{"kind": "status"}', '{"kind": "other"}'),
        *('{"kind": []}', '{"kind": "unknown", "fields": []}', '{"kind": "unknown", "x": "y"}'),
        *('{"kind": "unknown", "fields": {"a": 1}}', '{"kind": "unknown", "type_": 7}', "\ud800"),
        STATUS.to_json().replace("0.10", "much"),
        STATUS.to_json().replace("2025-06", "June"),
        STATUS.to_json().replace('"SMS"', "7"),
        STATUS.to_json().replace('"status":', '"sent_at":'),
        REPLY.to_json().replace('"extra":{}', '"extra":"x"'),
    ],
)
def test_what_was_not_stored_is_no_event(text: str) -> None:
    """One error of one type, which holds nothing of the text."""
    with pytest.raises(InvalidWebhook, match=r"^This is not the stored form of an event") as caught:
        Event.from_json(text)
    assert isinstance(caught.value, BestSMSError)
    assert "js82hn8n" not in str(caught.value)


# -- shown -----------------------------------------------------------------------------------------


@events
def test_a_repr_shows_ids_and_no_person(event: Event) -> None:
    """FAULTS 3: a number by its last three digits, and never the text."""
    shown = repr(event)
    assert shown.startswith(f"{type(event).__name__}(message_id='js82hn8n', ")
    assert "0421" not in shown
    assert "61421" not in shown
    assert "Yes" not in shown


def test_each_kind_shows_what_it_is() -> None:
    """What a person needs at 3 a.m."""
    assert repr(STATUS) == (
        "StatusEvent(message_id='js82hn8n', destination='...001', status='Success')"
    )
    assert repr(REPLY) == ("ReplyEvent(message_id='js82hn8n', received_id='R-1', from_='...001')")
    assert repr(UNKNOWN) == "UnknownEvent(message_id='js82hn8n', type_='Fax')"


def test_a_repr_is_one_short_line() -> None:
    """An id from outside can't write a line of its own into a log, nor fill it."""
    event = attrs.evolve(STATUS, message_id="a\r\nERROR \x1b[31m" + "x" * 1_000)
    assert repr(event).isprintable()
    assert len(repr(event)) < 300


@events
def test_an_event_is_frozen(event: Event) -> None:
    """A handler can't change what another sees."""
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        event.message_id = "x"
