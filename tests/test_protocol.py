"""Requests, built without a network."""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Mapping
from typing import Any

import attrs
import pytest
from hypothesis import given, strategies as st

from bestsms import InvalidRequest, Report, SendResult, Verdict
from bestsms._protocol import (
    MAX_ANSWER_BYTES,
    MAX_LIST_BYTES,
    MAX_REQUEST_BYTES,
    Operation,
    Request,
    Response,
    Safety,
    build,
)
from bestsms._wire.model import Model
from bestsms.api import (
    actions,
    contact_groups,
    contacts,
    group_contacts,
    groups,
    messaging,
    reports,
)
from bestsms.api.contact_groups import GroupKey
from bestsms.api.contacts import ContactPage

READ = Operation(
    name="reports.status",
    method="GET",
    path="/get/status/{MessageID}",
    safety=Safety.SAFE,
    answer=Report,
    expect=("Status",),
)
SEND = Operation(
    name="messaging.send_sms",
    method="POST",
    path="/send/sms",
    safety=Safety.UNSAFE,
    answer=SendResult,
    expect=("MessageID",),
    wrap="MessageData",
)


@attrs.frozen(kw_only=True)
class Text(Model):
    """A body with a text and an id of its own."""

    message: str = "Hello"
    message_id: str | None = "ID1"


def request(operation: Operation[Any], **given: Any) -> Request[Any]:
    """A request of an operation, about message ID1."""
    path: Mapping[str, str] = {"MessageID": "ID1"} if "{MessageID}" in operation.path else {}
    body = Text() if operation is SEND else None
    return build(operation, "2.04", **{"path": path, "query": {}, "body": body, **given})


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ({"page": 2}, "page=2&recordsPerPage=100"),
        ({"recordsPerPage": 50}, "recordsPerPage=50&page=1"),
        ({"page": 2, "recordsPerPage": 50}, "page=2&recordsPerPage=50"),
    ],
)
def test_a_page_is_asked_for_with_its_size(given: dict[str, int], asked: str) -> None:
    """Both or neither, whatever the server's own defaults are (T14)."""
    assert request(READ, query=given).target == f"/api/v2.04/get/status/ID1?{asked}"


class Colour(str, enum.Enum):  # noqa: UP042 - as older programs have it
    """A text that a program has as an enum; ``str()`` of it is its name."""

    RED = "red"


def test_an_enum_is_its_text() -> None:
    """In the query and in either format, also one that is none of ours."""
    assert request(READ, query={"x": Colour.RED}).target.endswith("?x=red")
    for form, text in (("json", b'"Message":"red"'), ("xml", b"<Message>red</Message>")):
        made = request(SEND, body=Text(message=Colour.RED), wire_format=form)
        assert text in (made.body or b"")


def test_what_xml_can_not_hold_is_refused_with_its_place() -> None:
    """The field, the character and where it stands; never the text."""
    with pytest.raises(InvalidRequest) as caught:
        request(SEND, body=Text(message="Hello\x07"), wire_format="xml")
    assert caught.value.field == "Message"
    assert "U+0007 at character 5" in str(caught.value)
    assert "wire_format='json'" in str(caught.value)
    assert caught.value.message_id == "ID1"
    assert "Hello" not in str(caught.value)


def test_a_read_is_a_path_and_a_query() -> None:
    """No body, no content type; a parameter that is not given is left out."""
    made = request(READ, query={"timePeriod": 5, "dateFrom": None})
    assert made.target == "/api/v2.04/get/status/ID1?timePeriod=5"
    assert (made.body, dict(made.headers)) == (None, {"Accept": "application/json"})
    assert (str(made), made.message_id, made.changes) == (
        "GET /get/status/{MessageID}",
        "ID1",
        False,
    )
    assert request(READ, query={"page": None}).target == "/api/v2.04/get/status/ID1"


def test_a_send_is_wrapped_json() -> None:
    """The whole body is one key, and the id is known from the body for the errors."""
    made = request(SEND)
    assert made.body == b'{"MessageData":{"Message":"Hello","MessageID":"ID1"}}'
    assert made.headers["Content-Type"] == "application/json"
    assert (made.message_id, made.changes) == ("ID1", True)
    assert made.operation.area == "messaging"


def test_a_body_that_is_not_wrapped_lies_flat() -> None:
    """In the version's own names: the group's key is GroupCode in 2.03 (T4)."""
    flat = attrs.evolve(SEND, wrap=None)
    for version, name in (("2.03", b"GroupCode"), ("2.04", b"GroupID")):
        made = build(flat, version, path={}, query={}, body=GroupKey(group_id="g"))
        assert made.body == b'{"%s":"g"}' % name
        assert made.target == f"/api/v{version}/send/sms"


def test_a_plus_and_a_space_are_escaped() -> None:
    """T17: an unescaped plus in a query is read as a space, and another contact is found."""
    made = request(READ, path={"MessageID": "a b/ü"}, query={"MobilePhone": "+64 21"})
    assert made.target == "/api/v2.04/get/status/a%20b%2F%C3%BC?MobilePhone=%2B64%2021"


@pytest.mark.parametrize("value", [".", ".."])
def test_dots_do_not_walk_out_of_the_path(value: str) -> None:
    """Any HTTP client would resolve them, and make another call."""
    with pytest.raises(InvalidRequest, match=r"MessageID: must not be '\.' or"):
        request(READ, path={"MessageID": value})


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_a_path_parameter_stays_one_segment(value: str) -> None:
    """Whatever a key holds, the call stays the call, and one line of ASCII."""
    try:
        target = request(READ, path={"MessageID": value}).target
    except InvalidRequest:
        return
    before, _, segment = target.rpartition("/")
    assert before == "/api/v2.04/get/status"
    assert segment.isascii()
    assert not set(segment) & set("?#\r\n /")


def test_half_a_surrogate_pair_is_refused_before_a_byte_leaves() -> None:
    """With the code point to look for; the text itself is not in the error or its chain."""
    with pytest.raises(InvalidRequest, match=r"half of a surrogate pair \(U\+D83D\)") as caught:
        request(SEND, body=Text(message="secret \ud83d"))
    assert caught.value.message_id == "ID1"
    assert "secret" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_a_request_is_at_most_20_megabytes() -> None:
    """Checked before connecting: the server's early 413 is lost on the wire."""
    frame = len(request(SEND, body=Text(message="")).body or b"")
    fits = Text(message="x" * (MAX_REQUEST_BYTES - frame))
    assert len(request(SEND, body=fits).body or b"") == MAX_REQUEST_BYTES
    with pytest.raises(InvalidRequest, match="at most 20,000,000 bytes, and this one is") as caught:
        request(SEND, body=Text(message=fits.message + "x"))
    assert (caught.value.size, caught.value.message_id) == (MAX_REQUEST_BYTES + 1, "ID1")


def test_a_request_shows_no_body() -> None:
    """Its repr may land in a log."""
    assert "Hello" not in repr(request(SEND))
    assert "secret" not in repr(Response(status=200, headers={}, body=b"secret"))


# -- what a call is --------------------------------------------------------------------------------


def test_the_same_bytes_have_the_same_digest() -> None:
    """Two attempts, or two errors, can be told to be about the same message."""
    digest = request(SEND).body_sha256()
    assert digest == hashlib.sha256(request(SEND).body or b"").hexdigest()
    assert request(SEND, body=Text(message="Bye")).body_sha256() != digest
    assert request(READ).body_sha256() is None


def test_only_a_change_has_a_verdict() -> None:
    """A read changes nothing, whatever became of it."""
    assert request(SEND).verdict(Verdict.UNKNOWN) is Verdict.UNKNOWN
    assert request(READ).verdict(Verdict.UNKNOWN) is None


@pytest.mark.parametrize(
    ("name", "method", "removes"),
    [
        ("contacts.delete", "DELETE", True),
        ("group_contacts.delete", "DELETE", True),
        ("actions.abort", "PATCH", True),
        ("actions.reschedule", "PATCH", False),
        ("contacts.update", "PATCH", False),
        ("messaging.send_sms", "POST", False),
    ],
)
def test_a_call_that_removes_knows_it(name: str, method: str, *, removes: bool) -> None:
    """Of these a "not found" may mean "done"."""
    assert attrs.evolve(SEND, name=name, method=method).removes is removes


def test_a_list_may_be_longer_than_an_object() -> None:
    """Eight megabytes of whatever has items or recipients, one of anything else."""
    assert attrs.evolve(READ, answer=ContactPage).max_answer_bytes == MAX_LIST_BYTES == 8_000_000
    assert attrs.evolve(READ, answer=Report).max_answer_bytes == MAX_LIST_BYTES
    assert SEND.max_answer_bytes == MAX_ANSWER_BYTES == 1_000_000


OPERATIONS = {
    each.name: each
    for area in (actions, contact_groups, contacts, group_contacts, groups, messaging, reports)
    for each in vars(area).values()
    if isinstance(each, Operation)
}


@pytest.mark.parametrize("operation", [*OPERATIONS.values()], ids=lambda each: each.name)
def test_every_call_is_as_safe_as_its_method_says(operation: Operation[Any]) -> None:
    """GET is a read, POST is two made twice, and so is a resubmit; the rest fix a state."""
    by_method = {"GET": Safety.SAFE, "POST": Safety.UNSAFE}
    fixed = by_method.get(operation.method, Safety.IDEMPOTENT)
    resubmit = operation.name == "actions.resubmit"
    assert operation.safety is (Safety.UNSAFE if resubmit else fixed)
