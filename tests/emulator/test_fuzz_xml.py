"""Any XML in any call, lenient and strict: ASGITransport raises what the app raises."""

from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

import httpx
import pytest
from hypothesis import given, settings, strategies as st

from bestsms.emulator import Clock, Emulator

CALLS = [
    ("POST", "send/sms"),
    ("PATCH", "set/resubmit/m"),
    ("PATCH", "set/reschedule/m"),
    ("PATCH", "set/abort/m"),
    ("POST", "addressbook/contact"),
    ("PATCH", "addressbook/group/g"),
    ("POST", "addressbook/group"),
    ("POST", "addressbook/group/g/contact"),
    ("POST", "addressbook/contact/c/group"),
]
NAMES = st.sampled_from(
    [
        *("SMSRequest", "MessageData", "Message", "Destinations", "Destination", "Recipient"),
        *("MessageID", "SendTime", "TimeZone", "Files", "File", "Name", "Data", "Contact"),
        *("ContactID", "GroupName", "GroupCode", "GroupID", "ViewBy", "CharacterConversion"),
    ]
)
TEXTS = st.sampled_from(["", " ", "+61421000001", "true", "2025-06-04T08:00:00", "AUS Eastern"]) | (
    st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"))
)
ELEMENTS = st.recursive(
    st.tuples(NAMES, TEXTS.map(escape)),
    lambda inner: st.tuples(NAMES, st.lists(inner, max_size=4)),
    max_leaves=15,
)


def written(element):
    """Return an element as a document."""
    name, inner = element
    content = inner if isinstance(inner, str) else "".join(map(written, inner))
    return f"<{name}>{content}</{name}>"


@pytest.mark.parametrize("strict", [False, True])
@settings(max_examples=60, deadline=None, database=None)
@given(call=st.sampled_from(CALLS), version=st.sampled_from(["2.03", "2.04"]), body=ELEMENTS)
async def test_any_document_gets_a_documented_answer(strict, call, version, body):
    """200 or 400, in XML that can be read, whatever the document holds."""
    emulator = Emulator(clock=Clock.frozen("2025-06-04T00:00:00Z"), strict=strict)
    headers = {
        "Authorization": "Basic any",
        "Accept": "application/xml",
        "Content-Type": "application/xml",
    }
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=emulator.app),
        base_url=f"http://emulator/api/v{version}/",
        headers=headers,
    ) as client:
        answer = await client.request(*call, content=written(body).encode())
    assert answer.status_code in (200, 400)
    assert ET.fromstring(answer.content).findtext("Result") in ("Success", "Failed")


@settings(max_examples=100, deadline=None, database=None)
@given(content=st.binary(max_size=40) | st.text(max_size=40).map(lambda t: f"<a>{t}".encode()))
async def test_any_bytes_get_a_documented_answer(content):
    """Bytes at random are no document, and 400."""
    emulator = Emulator(clock=Clock.frozen("2025-06-04T00:00:00Z"))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=emulator.app)) as client:
        answer = await client.post(
            "http://emulator/api/v2.04/send/sms",
            content=content,
            headers={"Authorization": "Basic any", "Content-Type": "text/xml"},
        )
    assert answer.status_code == 400
    assert ET.fromstring(answer.content).findtext("Result") == "Failed"
