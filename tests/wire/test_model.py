"""Names by one convention, and enums that outlive the provider's next value."""

from __future__ import annotations

import copy
import json
import pickle

import attrs
import pytest
from hypothesis import given, strategies as st

from bestsms._wire.model import Answer, Model, OpenStrEnum, query_name, wire_name
from bestsms.api import JobStatus, SendResult


@pytest.mark.parametrize(
    ("attribute", "name"),
    [
        ("message", "Message"),
        ("message_id", "MessageID"),
        ("sms_email_reply", "SMSEmailReply"),
        ("webhook_callback_url", "WebhookCallbackURL"),
        ("created_time_utc", "CreatedTimeUTC"),
        ("job_num", "JobNum"),
        ("alt_phone1", "AltPhone1"),
        ("from_", "From"),
    ],
)
def test_words_become_a_camel_case_name(attribute: str, name: str) -> None:
    """An acronym stays in capitals, and the underscore that a keyword needs is not a word."""
    assert wire_name(attribute) == name


@pytest.mark.parametrize(
    ("attribute", "name"),
    [
        ("page", "page"),
        ("records_per_page", "recordsPerPage"),
        ("time_period", "timePeriod"),
        ("date_from", "dateFrom"),
    ],
)
def test_a_query_parameter_is_lower_camel(attribute: str, name: str) -> None:
    """T13: the reference's URL lines are right, not its tables."""
    assert query_name(attribute) == name


class Colour(OpenStrEnum):
    """An enum of its own, to show the rules."""

    DARK_RED = "DarkRed"
    BLUE = "Blue"


@pytest.mark.parametrize("text", ["DarkRed", "DARKRED", "darkred"])
def test_a_known_value_is_known_in_any_case(text: str) -> None:
    """T61: ``SUCCESS`` and ``Success`` are one member."""
    assert Colour(text) is Colour.DARK_RED


@given(st.text().filter(lambda text: text.casefold() not in {"darkred", "blue"}))
def test_an_unknown_value_keeps_its_text(text: str) -> None:
    """A new value at the provider is not an error here, and equals what came."""
    value = Colour(text)
    assert isinstance(value, Colour)
    assert (value, value.value, str(value)) == (text, text, text)
    assert value.name == "UNKNOWN_VALUE"
    assert hash(value) == hash(text)
    assert value not in tuple(Colour) or text in {"DarkRed", "Blue"}


def test_an_unknown_value_does_not_become_a_member() -> None:
    """What one answer held does not change the enum for the next."""
    Colour("Mauve")
    assert [member.name for member in Colour] == ["DARK_RED", "BLUE"]


@pytest.mark.parametrize("value", [None, 7, True, b"Blue"])
def test_only_text_names_a_value(value: object) -> None:
    """Anything but text is as wrong as in any enum."""
    with pytest.raises(ValueError, match="not a valid Colour"):
        Colour(value)


@pytest.mark.parametrize("status", [JobStatus.PENDING, JobStatus("Teleported")])
@pytest.mark.parametrize(
    "remake", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))]
)
def test_a_value_survives_a_pickle_and_a_copy(status: JobStatus, remake) -> None:
    """Known and unknown values reach another process as they were."""
    again = remake(status)
    assert (type(again), again, again.name) == (JobStatus, status, status.name)


def test_a_value_is_its_text_in_json() -> None:
    """No encoder is needed to log an answer's status."""
    assert json.dumps([JobStatus.CREDIT_HOLD, JobStatus("Lost")]) == '["CreditHold", "Lost"]'


def test_an_answer_keeps_what_the_references_do_not_name() -> None:
    """Unknown fields count for equality, and are shown neither in a repr nor in a hash."""
    plain = SendResult(message_id="ID1")
    richer = SendResult(message_id="ID1", extra={"Cost": "secret"})
    assert plain != richer
    assert hash(plain) == hash(richer)
    assert repr(plain) == repr(richer) == "SendResult(message_id='ID1')"


def test_models_of_two_kinds_are_never_equal() -> None:
    """Nor is a model equal to what it looks like."""
    assert Model() != Answer()
    assert SendResult(message_id="ID1") != "ID1"


@pytest.mark.parametrize("kind", [Model, Answer])
def test_a_model_is_frozen_and_takes_names_only(kind: type[Model]) -> None:
    """Fields may be added at any place later; so none is positional, and none can be changed."""
    assert all(field.kw_only for field in attrs.fields(kind))
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        kind().extra = {}
