"""What hypothesis writes for the parsers to read: nonsense, near misses, and damaged samples."""

from __future__ import annotations

import functools
import json

from hypothesis import strategies as st
from ledger.drill import FULL

EXAMPLES = 2_000 if FULL else 60
"""How many of each."""

WEBHOOK = {
    "Version": "2.04",
    "Sender": "application@domain.com",
    "APIKey": "ta8wr7ymd",
    "Type": "SMSReply",
    "Destination": "+61421000001",
    "ContactID": "",
    "ReceivedID": "R-1",
    "MessageID": "js82hn8n",
    "JobNumber": "10C7B9A0",
    "SentTimeLocal": "2025-06-04 09:16:55",
    "SentTimeUTC-RFC3339": "2025-06-03T21:16:55.000Z",
    "Status": "RECEIVED",
    "Result": "RECEIVED",
    "Message": "This is a reply, \u010dau \U0001f600.",
    "Price": "0.10",
    "Detail": "InputToNumber:021-000 001",
    "URL": "https://hooks.example/sms?k=2025&e=1749000000&t=" + "x" * 43,
}
PIECES = (
    *(b"{", b"}", b"[", b"]", b'"', b",", b":", b"\\u0000", b"\\ud800", b"\\", b"null", b"NaN"),
    *(b"1e999999999", b"-0", b"9" * 5_000, b"true", b"[" * 2_000, b'{"a":' * 2_000),
    *(b"<", b">", b"</root>", b"<root>", b"<a b='c'/>", b"&amp;", b"&x;", b"&#0;", b"<![CDATA["),
    *(b"<!DOCTYPE r [<!ENTITY x 'y'>]>", b"<!--", b"-->", b"<?xml version='1.0' encoding='idna'?>"),
    *(b"\0", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xe9", b"\r\n", b" "),
    *(
        b"%",
        b"%ff",
        b"+",
        b"&",
        b"=",
        b"&&&&",
        b"p.m.",
        b"0001-01-01",
        b"9999-12-31T23:59:59-24:00",
    ),
    *(b"Sun, 06 Nov 1994 08:49:37 GMT", b"+9999", b"\xd9\xa1"),
)


@st.composite
def damaged(draw: st.DrawFn, sample: bytes) -> bytes:
    """Cut out, double, replace or turn around parts of a good sample."""
    found = sample
    for _ in range(draw(st.integers(1, 4))):
        start, end = sorted(draw(st.lists(st.integers(0, len(found)), min_size=2, max_size=2)))
        part = found[start:end]
        new = draw(st.sampled_from([b"", part * 2, part[::-1], *PIECES]) | st.binary(max_size=6))
        found = found[:start] + new + found[end:]
    return found


@functools.cache
def written(names: tuple[str, ...], *samples: bytes) -> st.SearchStrategy[bytes]:
    """Any bytes, pieces of the formats in any order, JSON of these names, and damaged samples."""
    values = st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text(max_size=9)
        | st.sampled_from([*WEBHOOK.values(), "Success", "Failed", "0001-01-01T00:00:00Z", "1e9"]),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(names) | st.text(max_size=5), inner, max_size=9)
        ),
        max_leaves=12,
    )
    several = st.lists(st.sampled_from(PIECES), max_size=9).map(b"".join)
    known = st.sampled_from(samples or (b"",))
    # A lone half of a surrogate pair is spelled as JSON spells it.
    as_json = values.map(lambda value: json.dumps(value).encode())
    return st.binary() | several | as_json | known.flatmap(damaged)
