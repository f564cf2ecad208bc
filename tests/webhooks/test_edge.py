"""The checks by themselves: no sockets, no store, and nothing that is posted makes them raise."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from hypothesis import given, strategies as st

from bestsms._settings import Secret
from bestsms.webhooks import Callback, Event
from bestsms.webhooks.complaints import Complaints
from bestsms.webhooks.edge import Answer, Edge

logging.getLogger("bestsms.webhooks").addHandler(logging.NullHandler())

NAMES = ["Sender", "APIKey", "Type", "MessageID", "ReceivedID", "Destination", "Status", "Price"]
VALUES = st.one_of(
    st.sampled_from(["s", "k", "SMS", "SMSReply", "SMSInbound", "SUCCESS", "", "ID1"]),
    st.text(),
    st.none(),
    st.booleans(),
    st.floats(),
    st.lists(st.text(), max_size=3),
)
BODIES = st.one_of(
    st.binary(max_size=500),
    st.text(max_size=500).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.dictionaries(st.one_of(st.sampled_from(NAMES), st.text()), VALUES).map(
        lambda fields: json.dumps(fields).encode()
    ),
)
HEADERS = st.dictionaries(
    st.sampled_from(["x-sender", "authorization", "content-type", "content-encoding"]), st.text()
)
CALLBACK = Callback("https://hooks.example/", {"a": "k" * 32})


@pytest.mark.parametrize("insecure", [False, True])
@given(body=BODIES, headers=HEADERS, query=st.one_of(st.text(), st.binary()), signed=st.booleans())
def test_nothing_that_is_posted_makes_it_raise(
    body: bytes, headers: Any, query: Any, signed: Any, insecure: Any
) -> None:
    """Whatever comes is an event or a refusal; without the secrets it is never an event."""
    edge = Edge(
        [Secret("s-1")],
        [Secret("k-1")],
        CALLBACK if signed else None,
        Complaints(lambda: 0.0),
        insecure=insecure,
    )
    edge.refuse("POST", headers)
    found = edge.judge(body, headers, query)
    if isinstance(found, Answer):
        assert found.status in {400, 401}
    else:
        assert insecure
        assert isinstance(found, Event)
        assert Event.from_json(found.to_json()) == found


@given(text=st.text())
def test_a_content_length_is_believed_when_it_is_too_large(text: str) -> None:
    """Any other text in its place is left to the count of the bytes."""
    edge = Edge([], [], None, Complaints(lambda: 0.0), insecure=True)
    refused = edge.refuse("POST", {"content-length": text})
    assert refused is None or (refused.status == 413 and int(text[:18]) > 256 * 1024)
