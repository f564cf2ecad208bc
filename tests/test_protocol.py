"""Requests, built without a network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
import pytest
from hypothesis import given, strategies as st

from bestsms import InvalidRequest, Report, SendResult
from bestsms._protocol import MAX_REQUEST_BYTES, Operation, Request, Response, Safety, build
from bestsms._wire.model import Model
from bestsms.api.contact_groups import GroupKey

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


def test_a_read_is_a_path_and_a_query() -> None:
    """No body, no content type; a parameter that is not given is left out."""
    made = request(READ, query={"page": 2, "recordsPerPage": None})
    assert made.target == "/api/v2.04/get/status/ID1?page=2"
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
