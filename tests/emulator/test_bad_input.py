"""Whatever arrives, the answer is clear: never a 500, never silence."""

import pytest

from bestsms.emulator import Emulator

LIMIT = 20 * 1024 * 1024
SYNTAX = "Failed to process your API request. Check your syntax."
BODY = {"MessageData": {"Message": "Hello", "Destinations": ["+61421000001"]}}


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"not json",
        b"\xff\xfe{",
        b'{"MessageData": NaN}',
        b'{"MessageData": Infinity}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"MessageData": {"Message": "\\ud800"}}',
        b"1" * 5000,
    ],
)
async def test_a_body_that_cannot_be_read(either_api, content):
    """No JSON, bad UTF-8, NaN, deep nesting, half surrogates, huge numbers: all are 400 (E1)."""
    answer = await either_api.call("POST", "send/sms", content=content)
    assert answer.status_code == 400
    assert answer.json()["Message"] == SYNTAX


async def test_a_byte_order_mark_and_real_surrogate_pairs_are_fine(api):
    """What is legal is taken: a BOM, and an emoji as an escaped pair."""
    text = r'{"MessageData": {"Message": "\ud83d\ude00", "Destinations": ["+61421000001"]}}'
    answer = await api.call("POST", "send/sms", content=b"\xef\xbb\xbf" + text.encode())
    assert answer.json()["Result"] == "Success"


@pytest.mark.parametrize("value", [None, True, 0, 1.5, "x", [], {}, [[]], [{}], {"a": {}}])
@pytest.mark.parametrize(
    "key",
    [
        *("Message", "Destinations", "MessageID", "Reference", "SendTime", "TimeZone", "Files"),
        *("WebhookCallbackURL", "WebhookCallbackFormat", "Mode", "CharacterConversion"),
        *("SubAccount", "FromNumber", "ReportTo"),
    ],
)
async def test_any_json_type_anywhere_gets_a_clear_answer(api, key, value):
    """Each field of a send takes its type or is refused with 400."""
    data = {**BODY["MessageData"], key: value}
    answer = await api.call("POST", "send/sms", json={"MessageData": data})
    assert answer.status_code in (200, 400)
    assert answer.json()["Result"] == ("Success" if answer.status_code == 200 else "Failed")


@pytest.mark.parametrize(
    "key", ["Recipient", "ContactID", "GroupID", "GroupCode", "FirstName", "Custom9"]
)
@pytest.mark.parametrize("value", [True, 0, [], {}])
async def test_any_json_type_in_a_destination(api, key, value):
    """A destination's fields are text or refused."""
    data = {"Message": "Hello", "Destinations": [{"Recipient": "+61421000001", key: value}]}
    answer = await api.call("POST", "send/sms", json={"MessageData": data})
    assert answer.status_code == 400


async def test_twenty_megabytes_are_the_limit(api):
    """A body of 20 MB is read, one byte more is 413."""
    padding = LIMIT - len('{"MessageData":{"Message":"","Destinations":["+61421000001"]}}')
    text = '{"MessageData":{"Message":"%s","Destinations":["+61421000001"]}}' % ("x" * padding)
    assert (await api.call("POST", "send/sms", content=text.encode())).status_code == 200
    answer = await api.call("POST", "send/sms", content=text.encode() + b" ")
    assert answer.status_code == 413
    assert answer.json()["Message"] == f"Request body is larger than {LIMIT} bytes"


async def test_an_endless_body_is_cut_off(api):
    """A caller who never stops writing is answered all the same."""

    async def endless():
        while True:
            yield b" " * LIMIT

    answer = await api.call("POST", "send/sms", content=endless())
    assert answer.status_code == 413


async def test_bodies_of_get_and_delete_are_ignored(api):
    """The Node client writes a body on every call, whatever the method (T10)."""
    contact = (await api.post("addressbook/contact"))["Contact"]["ContactID"]
    for method in ("GET", "DELETE"):
        answer = await api.call(
            method,
            f"addressbook/contact/{contact}",
            content=b"<not json>",
            headers={"content-type": "text/xml"},
        )
        assert answer.status_code == 200


@pytest.mark.parametrize("path", ["SEND/sms", "Send/SMS/", "send/sms///"])
async def test_paths_match_in_any_case_with_any_slashes_behind(api, path):
    """The Node client capitalises and adds slashes (T6)."""
    assert (await api.call("POST", path, json=BODY)).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/",
            "/x",
            "/api",
            "/api/v2.04",
            "/api/v3.00/sms",
            "/api/v3.00/send/sms",
            "/api/2.04/send/sms",
        ),
        *(
            "/api/v2.04/send",
            "/api/v2.04/get/status",
            "/api/v2.04/get/status//",
            "/api/v2.04//send/sms",
        ),
        *(
            "/api/v2.04/%ff%00",
            "/api/v2.04/%0a/%2e%2e",
            "/%0a",
            "/_emulatorx",
            "/api/v2.04/get/sms/status",
        ),
        "/api/v2.04/" + "a/" * 500,
    ],
)
async def test_garbage_paths_are_404(api, path):
    """No call has that path; v3.00 and the v2 paths below it are such too (T12, E2)."""
    answer = await api.http.post(path, json=BODY)
    assert answer.status_code == 404
    assert answer.json().get("Result", "Failed") == "Failed"


async def test_a_path_of_2_03_is_refused_in_its_spelling(old_api):
    """2.03 has Message alone, for 404 as well."""
    answer = await old_api.call("GET", "nothing")
    assert answer.json() == {"Result": "Failed", "Message": "No such API call: /api/v2.03/nothing"}


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("GET", "send/sms", "POST"),
        ("POST", "set/abort/m", "PATCH"),
        ("PATCH", "get/sms/reply/m", "GET"),
        ("PUT", "addressbook/contact/c", "DELETE, GET, PATCH"),
        ("HEAD", "get/status/m", "GET"),
        ("BREW", "get/status/m", "GET"),
    ],
)
async def test_another_method_is_405(api, method, path, allow):
    """The path exists, the method does not: PATCH on the reply call is one such (T1)."""
    answer = await api.call(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allow)


@pytest.mark.parametrize(
    "header",
    [
        *(
            "",
            "Basic",
            "Basic ",
            "Basic wrong",
            "test-token",
            "Bearer test-token",
            "Digest test-token",
        ),
        *("Basic test-token ", "Basic test\xe9token"),
    ],
)
async def test_a_bad_token_is_401(api, header):
    """Basic and the token as it is; a space around it is no harm (T9, T77)."""
    answer = await api.call(
        "GET", "get/status/m", headers={"Authorization": header.encode("latin-1")}
    )
    if header == "Basic test-token ":
        assert answer.status_code == 400
        return
    assert answer.status_code == 401
    assert answer.json() == {
        "Result": "Failed",
        "Message": "Unauthorized",
        "ErrorMessage": ["Unauthorized"],
    }


async def test_any_token_will_do_when_none_was_chosen(caller):
    """Without a token of its own the emulator takes any that is not empty."""
    assert (
        await caller(Emulator(), token="whatever").call("GET", "get/status/m")
    ).status_code == 400
    assert (await caller(Emulator(), token=" ").call("GET", "get/status/m")).status_code == 401


async def test_bearer_is_a_switch(make, caller):
    """2.x speaks Basic; whether it takes Bearer is unknown (T9, U26)."""
    api = caller(make(accept_bearer=True))
    header = {"Authorization": "bearer test-token"}
    assert (await api.call("GET", "get/status/m", headers=header)).status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {
            "content-type": "application/json; encoding='utf-8'",
            "accept": "application/json; encoding='utf-8'",
        },
        {"content-type": "APPLICATION/JSON"},
        {"content-type": "text/json", "accept": "text/html, */*;q=0.1"},
        {"content-type": "", "accept": ""},
        {"accept": "application/*"},
    ],
)
async def test_json_by_any_of_its_names(api, headers):
    """The media type counts, parameters do not (T7)."""
    answer = await api.call("POST", "send/sms", content=b"{}", headers=headers)
    assert answer.json()["Message"] == "Missing message data"


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "application/atom+xml"},
        {"content-type": "application/json", "accept": "text/html"},
    ],
)
async def test_other_formats_are_415(api, headers):
    """JSON and XML are spoken, and nothing else in either direction."""
    answer = await api.call("POST", "send/sms", content=b"<x/>", headers=headers)
    assert answer.status_code == 415
    assert "use application/json" in answer.json()["Message"]


@pytest.mark.parametrize("path", ["/api/v2.04/send/sms", "/_emulator/reset"])
async def test_a_caller_who_hangs_up_does_no_harm(emulator, path):
    """A body that is broken off is nobody's error."""
    sent = []

    async def receive():
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": b"",
        "headers": [(b"authorization", b"Basic test-token"), (b"host", b"emulator")],
    }
    await emulator.app(scope, receive, send)
    assert sent[0]["status"] == 400
    assert emulator.ledger() == []


async def test_query_names_match_in_any_case(api):
    """PY's client capitalises Page and RecordsPerPage (T13)."""
    answer = await api.get("addressbook/contact/list", RECORDSPERPAGE=7, Page=2)
    assert (answer["RecordsPerPage"], answer["Page"]) == (7, 2)


async def test_answers_come_in_one_piece(api):
    """A Content-Length and one write: the Node client parses each chunk by itself (T78)."""
    answer = await api.call("POST", "send/sms", json=BODY)
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert answer.headers["content-type"] == "application/json"
