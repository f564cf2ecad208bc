"""Any JSON in any call: ASGITransport raises what the app raises, so a crash cannot hide."""

from string import ascii_letters

import httpx
from hypothesis import given, settings, strategies as st

from bestsms.emulator import Clock, Emulator

CALLS = [
    ("POST", "/api/v2.04/send/sms"),
    ("PATCH", "/api/v2.03/set/resubmit/m"),
    ("PATCH", "/api/v2.04/set/reschedule/m"),
    ("PATCH", "/api/v2.04/set/abort/m"),
    ("POST", "/api/v2.03/addressbook/contact"),
    ("PATCH", "/api/v2.04/addressbook/group/g"),
    ("POST", "/api/v2.04/addressbook/group"),
    ("POST", "/api/v2.04/addressbook/group/g/contact"),
    ("POST", "/api/v2.04/addressbook/contact/c/group"),
    ("POST", "/_emulator/replies"),
    ("POST", "/_emulator/destinations"),
    ("POST", "/_emulator/clock/advance"),
    ("PATCH", "/_emulator/settings"),
]
KEYS = st.sampled_from(
    [
        *("MessageData", "Message", "Destinations", "Recipient", "MessageID", "SendTime", "Files"),
        *("Name", "Data", "GroupName", "GroupCode", "GroupID", "ContactID", "ViewBy", "TimeZone"),
        *("from", "message", "destination", "result", "seconds", "reply", "delivery_seconds"),
        *("account", "webhook_url", "time_zone", "price_per_part", "unmatched"),
    ]
)
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=12),
    st.sampled_from(["+61421000001", "failed", "2025-06-04T08:00", "AUS Eastern", "https://h"]),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=15,
)


def fresh():
    """Return a client of a new emulator in which message m and group g exist."""
    emulator = Emulator(clock=Clock.frozen("2025-06-04T00:00:00Z"))
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=emulator.app),
        base_url="http://emulator",
        headers={"Authorization": "Basic any"},
    )


@settings(max_examples=100, deadline=None, database=None)
@given(call=st.sampled_from(CALLS), body=VALUES)
async def test_any_json_gets_a_documented_answer(call, body):
    """200 or 400, in JSON, whatever the body holds; and the emulator still works after."""
    async with fresh() as client:
        data = {"MessageID": "m", "Message": "Hi", "Destinations": ["+61421000001"]}
        await client.post("/api/v2.04/send/sms", json={"MessageData": data})
        await client.post("/api/v2.04/addressbook/group", json={"GroupName": "g"})
        answer = await client.request(*call, json=body)
        assert answer.status_code in (200, 400)
        assert isinstance(answer.json(), dict)
        for path in ("get/status/m", "get/sms/reply/m", "get/sms/received?timePeriod=9"):
            for version in ("2.03", "2.04"):
                report = await client.get(f"/api/v{version}/{path}")
                assert report.json()["Result"] == "Success"
        assert (await client.get("/_emulator/state")).status_code == 200


@settings(max_examples=60, deadline=None, database=None)
@given(
    method=st.sampled_from(["GET", "POST", "PATCH", "DELETE", "PUT"]),
    path=st.lists(
        st.sampled_from(["send", "sms", "get", "list", "group", "contact", "%00", "%2F", "é", ""])
        | st.text(ascii_letters, max_size=5),
        max_size=7,
    ),
    version=st.sampled_from(["2.03", "2.04", "3.00", "x"]),
    content=st.binary(max_size=20),
)
async def test_any_path_gets_a_documented_answer(method, path, version, content):
    """Paths, methods and raw bytes at random end in a documented code."""
    async with fresh() as client:
        answer = await client.request(method, f"/api/v{version}/{'/'.join(path)}", content=content)
        assert answer.status_code in (200, 400, 404, 405)
        assert answer.json()["Result"] in ("Success", "Failed")
