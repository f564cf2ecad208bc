"""Drill T9: whatever the provider answers, each call reads it or raises an error of the package."""

from __future__ import annotations

import contextlib
import json
from importlib import import_module
from typing import Any

import pytest
from fuzz.writing import EXAMPLES, written
from hypothesis import given, settings, strategies as st

from bestsms import BestSMSError
from bestsms._answers import decipher
from bestsms._protocol import Operation, Request, Response
from bestsms._settings import AREAS
from bestsms._wire.convert import spellings
from bestsms._wire.xml_body import dumps

OPERATIONS: dict[str, Operation[Any]] = {
    each.name: each
    for area in AREAS
    for each in vars(import_module(f"bestsms.api.{area}")).values()
    if isinstance(each, Operation)
}
ANSWER = {
    "Result": "Success",
    "MessageID": "js82hn8n",
    "Status": "Completed",
    "JobNum": "10AB20CE",
    "Count": 1,
    "TotalRecords": 1,
    "CreatedTimeUTC_RFC3339": "2024-05-01T03:51:42.000Z",
    "Recipients": [{"Destination": "+61421000001", "Status": "Success", "Price": "0.10"}],
    "Messages": [{"ReceivedID": "R-1", "From": "+61421000001", "MessageText": "Yes"}],
    "Contact": {"ContactID": "C-1", "FirstName": "Jess"},
    "Contacts": [{"ContactID": "C-1"}],
    "Group": {"GroupID": "G-1", "GroupCode": "a"},
    "Groups": [{"GroupID": "G-1"}],
    "ErrorMessage": ["no"],
}
SAMPLES = (json.dumps(ANSWER).encode(), dumps(ANSWER, "root"))
STATUSES = (200, 200, 200, 201, 302, 400, 401, 403, 404, 408, 409, 429, 500, 503, 100, 999)
HEADERS = st.dictionaries(
    st.sampled_from(["retry-after", "date", "content-type", "location"]), st.text(max_size=30)
)


def wire_names(operation: Operation[Any]) -> tuple[str, ...]:
    """Every name that the answer's model reads, and those around it."""
    fields = operation.answer.__attrs_attrs__
    own = {name for field in fields for name in (spellings(field)[0], *spellings(field)[1])}
    return tuple(sorted(own | ANSWER.keys() | {operation.unwrap or "Message"}))


@pytest.mark.parametrize("name", sorted(OPERATIONS))
@settings(max_examples=EXAMPLES // 4)
@given(st.data())
def test_an_answer_is_deciphered_or_is_a_typed_error(name: str, data: st.DataObject) -> None:
    """Of every call of the API, at every status; they are many, and share their code."""
    operation = OPERATIONS[name]
    request = Request(operation=operation, target="/api", headers={}, message_id="js82hn8n")
    response = Response(
        status=data.draw(st.sampled_from(STATUSES), label="status"),
        headers=data.draw(HEADERS, label="headers"),
        body=data.draw(written(wire_names(operation), *SAMPLES), label="body"),
        whole=data.draw(st.booleans() | st.just(value=True), label="whole"),
    )
    with contextlib.suppress(BestSMSError):
        answer = decipher(request, response)
        assert isinstance(answer, operation.answer)
        assert repr(answer)


@pytest.mark.parametrize("sample", SAMPLES, ids=["JSON", "XML"])
def test_the_sample_is_good(sample: bytes) -> None:
    """A drill on what is refused at its first byte would show nothing."""
    assert len(OPERATIONS) > 20
    for operation in OPERATIONS.values():
        request = Request(operation=operation, target="/api", headers={}, message_id="js82hn8n")
        assert decipher(request, Response(status=200, headers={}, body=sample))
