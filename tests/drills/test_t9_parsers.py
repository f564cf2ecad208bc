"""Drill T9: whatever comes from outside, a parser reads it or raises the error that is its own.

Hypothesis writes the input: any bytes, any JSON made of the names that the parsers look for, and
good samples that were damaged. ``BESTSMS_DRILLS=full`` takes a few minutes.
"""

from __future__ import annotations

import contextlib
import functools
import json
import tracemalloc
from collections.abc import Callable
from typing import NamedTuple

import pytest
from fuzz.writing import EXAMPLES, WEBHOOK, written
from hypothesis import given, settings, strategies as st

from bestsms import AsyncClient, BestSMSError, InvalidRequest
from bestsms._retry import Clock, http_date, read_retry_after
from bestsms._wire import json as wire_json, times, xml
from bestsms.webhooks import (
    Callback,
    Event,
    InvalidWebhook,
    ReplyEvent,
    StatusEvent,
    UnknownEvent,
    parse,
    verify,
)

IN_JSON = json.dumps(WEBHOOK).encode()
IN_XML = (
    "<?xml version='1.0' encoding='UTF-8'?>\n<root>\n"
    + "\n".join(f"<{name}>{text.replace('&', '&amp;')}</{name}>" for name, text in WEBHOOK.items())
    + "\n</root>"
).encode()
IN_FORM = b"Type=SMS&Destination=%2B61421000001&MessageID=js82hn8n&Status=SUCCESS&APIKey=ta8wr7ymd"
EVENT = parse(IN_JSON)
PAIR = {"sender": WEBHOOK["Sender"], "api_key": ["ta8wr7ymd", "other"]}
CALLBACK = Callback("https://hooks.example/sms", {"2025": "0123456789abcdef"})
SIGNED = CALLBACK.url_for("js82hn8n").partition("?")[2].encode()

# -- who reads it ----------------------------------------------------------------------------------


class Parser(NamedTuple):
    """One parser: how it is called, the errors it may raise, and what it likes to read."""

    read: Callable[[bytes], object]
    errors: tuple[type[Exception], ...]
    samples: tuple[bytes, ...]


def any_text(body: bytes) -> str:
    """Any text, with halves of surrogate pairs for the bytes that are no UTF-8."""
    return body.decode("utf-8", "surrogateescape")


def read_webhook(body: bytes) -> None:
    """Read one, and use all that an event offers."""
    for media in ("application/json", "text/xml", "application/x-www-form-urlencoded"):
        with contextlib.suppress(InvalidWebhook):
            use(parse(body, media))
    use(parse(body))


def use(event: StatusEvent | ReplyEvent | UnknownEvent) -> None:
    """Ask for everything."""
    stored = event.to_json()
    assert Event.from_json(stored) == event
    assert "\0" not in stored
    assert repr(event).isprintable()
    assert hash(event) == hash(event)
    assert event.key
    if isinstance(event, StatusEvent):
        assert (event.is_final, event.sent_time) is not None
    elif isinstance(event, ReplyEvent):
        assert (event.matched, event.received_time, event.input_to_number) is not None


def check_secret(body: bytes) -> None:
    """Ask whether it is the provider's, with the same as headers."""
    headers = {"Content-Type": any_text(body[:30]), "Authorization": any_text(body)}
    assert verify(body, any_text(body[:20]), headers, **PAIR) is False
    assert verify(body, None, None, **PAIR) in {True, False}
    assert verify(any_text(body), None, None, **PAIR) in {True, False}


def check_query(body: bytes) -> None:
    """Ask whether it is a query that was signed."""
    other = UnknownEvent(message_id=any_text(body), fields={})
    for query in (body, any_text(body)):
        assert CALLBACK.allows(query, EVENT) in {True, False}
        assert CALLBACK.allows(query, other) is False or body == SIGNED


def read_stored(body: bytes) -> None:
    """Read an event of a store."""
    event = Event.from_json(any_text(body))
    assert event.key
    assert repr(event).isprintable()


def read_times(body: bytes) -> None:
    """Read a time, of any of the places where times come in."""
    text = any_text(body)
    for found in (times.printed(text), times.moment(text), http_date(text)):
        assert found is None or found.year
    wait = read_retry_after({"retry-after": text, "date": text[::-1]}, Clock())
    assert wait is None or wait >= 0


def read_times_out(body: bytes) -> None:
    """Spell a time that a caller gives as text."""
    times.zoned("SendTime", any_text(body), None)
    times.local("SendTime", any_text(body))


def resume(body: bytes) -> None:
    """Take a handle or a cursor that a caller kept somewhere."""
    for take in (client().resume, lambda text: client().inbox(since=text)):
        take(any_text(body))


@functools.cache
def client() -> AsyncClient:
    """One for all: it never gets as far as a connection."""
    return AsyncClient(auth_token="t")


PARSERS = {
    "parse": Parser(read_webhook, (InvalidWebhook,), (IN_JSON, IN_XML, IN_FORM)),
    "verify": Parser(check_secret, (), (IN_JSON, IN_XML, IN_FORM)),
    "Callback.allows": Parser(check_query, (), (SIGNED,)),
    "Event.from_json": Parser(read_stored, (InvalidWebhook,), (EVENT.to_json().encode(),)),
    "_wire.json": Parser(wire_json.loads, (wire_json.NotJSON,), (IN_JSON,)),
    "_wire.xml": Parser(
        lambda body: xml.read(body, max_depth=16, max_elements=200), (xml.NotXML,), (IN_XML,)
    ),
    "times": Parser(
        read_times,
        (),
        (
            *(b"16/10/2019 13:43 p.m.", b"2025-06-03T21:16:55.000Z", b"120", b"2019-10-16 13:43"),
            b"Sun, 06 Nov 1994 08:49:37 GMT",
        ),
    ),
    "times going out": Parser(read_times_out, (InvalidRequest,), (b"2021-12-31T23:00",)),
    "handle and cursor": Parser(
        resume,
        (InvalidRequest,),
        (
            b'{"v":1,"message_id":"js82hn8n","timeout":172800.0,"ends_at":1749000000.0}',
            b'{"v":1,"at":1749000000.0,"floor":1748999000.0,"seen":[["R-1",1749000000.0]]}',
        ),
    ),
}


@pytest.mark.parametrize("name", PARSERS)
@settings(max_examples=EXAMPLES)
@given(st.data())
def test_a_parser_raises_its_own_error_or_none(name: str, data: st.DataObject) -> None:
    """No other error, and no warning, which is an error in this run."""
    parser = PARSERS[name]
    body = data.draw(written(tuple(WEBHOOK), *parser.samples), label="body")
    with contextlib.suppress(*parser.errors):
        parser.read(body)


@pytest.mark.parametrize("name", PARSERS)
def test_the_samples_are_good(name: str) -> None:
    """A drill on what is refused at its first byte would show nothing."""
    parser = PARSERS[name]
    refused = []
    for sample in parser.samples:
        try:
            parser.read(sample)
        except parser.errors as error:
            refused.append(error)
    # Of a handle and a cursor, each is refused as the other.
    assert len(refused) == (len(parser.samples) if name == "handle and cursor" else 0)


# -- memory ----------------------------------------------------------------------------------------

SIZE = 256 * 1024
HOSTILE = {
    "empty objects": b'{"a":[' + b"{}," * (SIZE // 3 - 4) + b"{}]}",
    "brackets": b'{"a":' + b"[" * (SIZE - 10),
    "objects in objects": b'{"a":' * (SIZE // 5),
    "names": b"{" + b",".join(b'"%x":0' % n for n in range(SIZE // 10)) + b"}",
    "escapes": b'{"a":"' + b"\\ud800" * (SIZE // 6 - 2) + b'"}',
    "digits": b'{"a":' + b"9" * (SIZE - 6) + b"}",
    "elements": b"<r>" + b"<a/>" * (SIZE // 4 - 2) + b"</r>",
    "elements in elements": b"<a>" * (SIZE // 3),
    "attributes": b"<r " + b" ".join(b"a%x=''" % n for n in range(SIZE // 10)) + b"/>",
    "references": b"<r>" + b"&lt;" * (SIZE // 4 - 2) + b"</r>",
    "entities": b"<!DOCTYPE r [<!ENTITY a '%b'>]><r>%b</r>" % (b"x" * 130_000, b"&a;" * 40_000),
    "comments": b"<!---->" * (SIZE // 7),
    "a form": b"a&" * (SIZE // 2),
    "a form of percents": b"a=" + b"%00" * (SIZE // 3 - 1),
    "a time": b"0" * SIZE,
}
MOST_MEMORY = 32 * 1024 * 1024


@pytest.mark.parametrize("shape", HOSTILE)
def test_a_body_takes_little_memory(shape: str) -> None:
    """Whatever 256 KB hold; what they could be blown up to is not made."""
    body = HOSTILE[shape]
    assert len(body) <= SIZE * 1.1
    for name in ("_wire.json", "_wire.xml", "Callback.allows", "Event.from_json", None):
        read = parse if name is None else PARSERS[name].read
        tracemalloc.start()
        with contextlib.suppress(BestSMSError, wire_json.NotJSON, xml.NotXML):
            read(body)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < MOST_MEMORY, name
