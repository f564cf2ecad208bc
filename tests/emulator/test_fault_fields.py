"""A fault is data, checked when it is made: no drill runs on a fault that cannot happen."""

import contextlib
import math

import attrs
import httpx
import pytest
from hypothesis import given, settings, strategies as st

from bestsms.emulator import Clock, Emulator, EmulatorError, Fault

PHONE = "+61421000001"
LATE = {"accept": "late", "late_seconds": 5}


def test_every_field_is_documented():
    """The docstring names the same fields as the class."""
    documented = {line.strip().partition(":")[0] for line in (Fault.__doc__ or "").splitlines()}
    assert {attribute.name for attribute in attrs.fields(Fault)} <= documented


@pytest.mark.parametrize(
    "fields",
    [
        {"do": "refuse"},
        {"do": "explode"},
        {"do": ["reset"]},
        {"do": "reset", "at": "lunch"},
        {"do": "reset", "at": "request_bytes"},
        {"do": "reset", "at": "request_bytes", "after": 0},
        {"do": "reset", "at": "response_bytes", "after": -1},
        {"do": "reset", "at": "response_bytes", "after": True},
        {"do": "reset", "at": "response_bytes", "after": 1.5},
        {"do": "reset", "at": "request", "after": 1},
        {"do": "drip", "at": "response_bytes"},
        {"do": "cut", "at": "response_bytes"},
        {"do": "wrong_length", "at": "response_bytes", "after": 1},
        {"do": "html", "at": "response_bytes"},
        {"do": "answer", "at": "response_bytes"},
        {"do": "reset", "accept": "perhaps"},
        {"do": "reset", "accept": "yes", "at": "headers"},
        {"do": "reset", "at": "accept", **LATE},
        {"do": "reset", "accept": "no", "at": "response_bytes"},
        {"do": "reset", "accept": "late"},
        {"do": "reset", "late_seconds": 5},
        {"do": "reset", "accept": "late", "late_seconds": -1},
        {"do": "reset", "accept": "late", "late_seconds": math.nan},
        {"do": "reset", "seconds": 1},
        {"do": "stall", "seconds": "1"},
        {"do": "answer", "status": 199},
        {"do": "answer", "status": 600},
        {"do": "answer", "status": "503"},
        {"do": "answer", "status": 204, "body": "x"},
        {"do": "reset", "status": 503},
        {"do": "stall", "headers": {"Retry-After": "1"}},
        {"do": "garbage", "body": "x"},
        {"do": "cut", "accept": "yes", "body": "x"},
        {"do": "answer", "headers": 5},
        {"do": "answer", "headers": [("a", "b", "c")]},
        {"do": "answer", "headers": {"Retry-After": 1}},
        {"do": "answer", "headers": {"a b": "c"}},
        {"do": "answer", "headers": {"a": "b\r\nc: d"}},
        {"do": "answer", "headers": {"a": "\u20ac"}},
        {"do": "answer", "headers": {"Content-Length": "7"}},
        {"do": "answer", "headers": {"transfer-encoding": "chunked"}},
        {"do": "answer", "body": 5},
        {"do": "answer", "body": "\ud800"},
        {"do": "reset", "method": ""},
        {"do": "reset", "path": 5},
        {"do": "reset", "number": "nobody"},
        {"do": "reset", "number": 61421000001},
        {"do": "reset", "number": PHONE, "at": "headers"},
        {"do": "reset", "number": PHONE, "at": "accept"},
        {"do": "reset", "method": "POST", "at": "accept"},
        {"do": "reset", "path": "sms", "at": "accept"},
        {"do": "reset", "nth": 0},
        {"do": "reset", "times": 0},
        {"do": "reset", "times": True},
        {"do": "reset", "probability": 1.1},
        {"do": "reset", "probability": math.nan},
        {"do": "reset", "probability": True},
        {"do": "reset", "probability": "1"},
        {"do": "reset", "seed": -1},
    ],
    ids=str,
)
def test_an_impossible_fault_is_refused(fields):
    """The error names the field that is wrong, or one of the two that do not go together."""
    with pytest.raises(EmulatorError) as caught:
        Fault(**fields)
    assert any(name in str(caught.value) for name in fields)


@pytest.mark.parametrize("at", ["accept", "headers", "request"])
@pytest.mark.parametrize("do", ["reset", "close", "stall", "garbage", "drip", "cut", "answer"])
def test_most_things_can_happen_anywhere(at, do):
    """Only what makes no sense at a place is refused there."""
    assert Fault(at=at, do=do).accept == "no"
    assert Fault(at="request_bytes", after=1, do=do).accept == "no"


def test_the_usual_fault_is_short():
    """It strikes when the request has been read; what is cut while answered was carried out."""
    assert Fault(do="reset").at == "request"
    assert Fault(do="reset", at="response_bytes").accept == "yes"


def test_values_are_brought_into_one_form():
    """Numbers are normalised, headers become pairs, a body becomes bytes."""
    fault = Fault(do="answer", number="0421 000 001", headers={"X-A": "1"}, body="\u00e4")
    assert fault.number == PHONE
    assert fault.headers == (("X-A", "1"),)
    assert fault.body == b"\xc3\xa4"
    twice = (("Set-Cookie", "a"), ("Set-Cookie", "b"))
    assert Fault(do="html", headers=twice).headers == twice


def test_as_data_and_back():
    """What the control API shows of a fault makes the same fault; null means absent."""
    fault = Fault(do="answer", status=429, headers={"Retry-After": "1"}, body="{}", number=PHONE)
    assert Fault.of(fault.as_dict()) == fault


@pytest.mark.parametrize(
    ("fields", "text"),
    [({"at": "request"}, "do is missing"), ({"do": "reset", "when": 1}, "unknown field 'when'")],
)
def test_fields_by_name_are_known_and_complete(fields, text):
    """A typing mistake in a control call is an error, not a fault that never strikes."""
    with pytest.raises(EmulatorError, match=text):
        Fault.of(fields)


DEEDS = ("refuse", "reset", "close", "stall", "drip", "cut", "wrong_length", "garbage", "html")
FIELDS = {
    "at": st.sampled_from(["accept", "headers", "request_bytes", "request", "response_bytes"]),
    "after": st.none() | st.integers(0, 250),
    "accept": st.sampled_from(["no", "yes", "late"]),
    "late_seconds": st.none() | st.floats(0, 9),
    "seconds": st.none() | st.just(0),
    "status": st.none() | st.integers(199, 600),
    "headers": st.dictionaries(st.sampled_from(["X-A", "Date", "Connection"]), st.text(max_size=3)),
    "body": st.none() | st.text(max_size=30),
    "method": st.sampled_from([None, "POST", "GET"]),
    "path": st.sampled_from([None, "sms", "status"]),
    "number": st.sampled_from([None, PHONE, "0421000002"]),
    "nth": st.none() | st.integers(1, 2),
    "times": st.none() | st.integers(1, 2),
    "probability": st.floats(0, 1),
    "seed": st.integers(0, 9),
}
ANYTHING = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just([])


@settings(max_examples=300)
@given(st.dictionaries(st.sampled_from(["do", *FIELDS, "x"]), ANYTHING | st.sampled_from(DEEDS)))
def test_any_fields_are_a_fault_or_an_emulator_error(fields):
    """Whatever JSON holds, nothing else is raised."""
    with contextlib.suppress(EmulatorError):
        assert Fault.of(fields).do == fields["do"]


@settings(max_examples=300)
@given(st.fixed_dictionaries({"do": st.sampled_from([*DEEDS, "answer"])}, optional=FIELDS))
async def test_any_fault_is_met_as_httpx_would(fields):
    """An answer or an error of httpx, at most one send accepted; afterwards all is well."""
    emulator = Emulator(clock=Clock.frozen("2025-06-04T00:00:00Z"))
    try:
        fault = Fault.of(fields)
    except EmulatorError:
        return
    emulator.inject(fault)
    body = {"MessageData": {"MessageID": "m", "Message": "Hello", "Destinations": [PHONE]}}
    async with httpx.AsyncClient(
        transport=emulator.transport(),
        base_url="http://emulator/api/v2.04",
        headers={"Authorization": "Basic any"},
        timeout=httpx.Timeout(20, read=0.001),
    ) as client:
        with contextlib.suppress(httpx.TransportError):
            await client.post("send/sms", json=body)
        emulator.advance(10)
        (struck,) = (fault["struck"] for fault in emulator.faults())
        accepted = [entry["count"] for entry in emulator.ledger()]
        assert accepted == ([] if struck and fault.accept == "no" else [1])
        emulator.clear_faults()
        assert (await client.get("get/status/m")).status_code == (200 if accepted else 400)
