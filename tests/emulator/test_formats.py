"""Which format an answer has: what Accept asks for, else that of the body, else JSON."""

import json
from xml.etree import ElementTree as ET

import pytest

XML = "application/xml; charset=utf-8"
BODY = "<AbortRequest/>"


@pytest.mark.parametrize(
    ("accept", "content", "spoken"),
    [
        ("application/xml", "application/xml", XML),
        ("text/xml; encoding=utf-8", "text/xml; charset=utf-8", XML),
        ("APPLICATION/XML; encoding='utf-8'", "application/xml; encoding='utf-8'", XML),
        ("", "application/xml", XML),
        ("*/*", "text/xml", XML),
        ("application/*", "text/xml", XML),
        ("text/html, */*;q=0.1", "text/xml", XML),
        ("application/json", "application/xml", "application/json"),
        ("application/json, application/xml", "application/xml", "application/json"),
        ("text/html, application/xml;q=0.1, application/json", "application/json", XML),
        ("application/xml", "application/json", XML),
        ("*/*, application/xml", "application/json", "application/json"),
        ("", "", "application/json"),
    ],
)
async def test_the_answer_is_in_the_format_that_is_asked_for(either_api, accept, content, spoken):
    """The first of Accept that is spoken counts, weights or not; a wildcard follows the body."""
    body = BODY if "xml" in content.lower() else "{}"
    answer = await either_api.call(
        "PATCH",
        "set/abort/m",
        content=body.encode(),
        headers={"accept": accept, "content-type": content},
    )
    assert (answer.status_code, answer.headers["content-type"]) == (400, spoken)
    assert "Message not found" in answer.text
    if spoken == XML:
        assert ET.fromstring(answer.content).findtext("Result") == "Failed"
    else:
        assert json.loads(answer.content)["Result"] == "Failed"


@pytest.mark.parametrize(
    ("status", "options"),
    [
        (404, {"path": "nothing/here"}),
        (405, {"path": "send/sms"}),
        (401, {"headers": {"authorization": "Basic wrong"}}),
        (400, {}),
    ],
)
async def test_every_refusal_is_in_xml_for_who_asked_for_xml(either_api, status, options):
    """Also those that are made before anything of the request is read."""
    call = {"path": "get/status/m", **options}
    headers = {"accept": "application/xml", **call.pop("headers", {})}
    answer = await either_api.call("GET", call["path"], headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (status, XML)
    assert ET.fromstring(answer.content).findtext("Result") == "Failed"


async def test_a_format_that_is_not_spoken_is_refused_in_one_that_is(either_api):
    """415 in XML to an XML body, in JSON to any other."""
    headers = {"accept": "text/html", "content-type": "text/xml"}
    answer = await either_api.call("POST", "send/sms", content=b"<a/>", headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (415, XML)
    headers = {"accept": "application/xml", "content-type": "text/html"}
    answer = await either_api.call("POST", "send/sms", content=b"<a/>", headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (415, XML)
    headers = {"content-type": "text/html"}
    answer = await either_api.call("POST", "send/sms", content=b"<a/>", headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (415, "application/json")


@pytest.mark.parametrize(
    ("error_key", "names"),
    [
        ("both", ["Result", "MessageID", "Message", "ErrorMessage"]),
        ("message", ["Result", "MessageID", "Message"]),
        ("error_message", ["Result", "MessageID", "ErrorMessage"]),
    ],
)
async def test_texts_of_a_refusal_by_version(make, caller, error_key, names):
    """2.03 has Message, 2.04 as the setting says; no wrapper around ErrorMessage (T53)."""
    emulator = make(error_key=error_key)
    answer = await caller(emulator).xml("GET", "get/status/m")
    assert [child.tag for child in ET.fromstring(answer.content)] == names
    answer = await caller(emulator, "2.03").xml("GET", "get/status/m")
    assert answer.text == (
        '<?xml version="1.0" encoding="UTF-8"?><root><Result>Failed</Result>'
        "<MessageID>m</MessageID><Message>Message not found</Message></root>"
    )


async def test_several_texts_are_repeated_elements(api):
    """Each text is an ErrorMessage of its own (1.1.6)."""
    answer = await api.xml(
        "POST", "send/sms", "<SMSRequest><MessageData>x</MessageData></SMSRequest>"
    )
    root = ET.fromstring(answer.content)
    assert [each.text for each in root.findall("ErrorMessage")] == [root.findtext("Message")]
    answer = await api.xml(
        "POST",
        "send/sms",
        "<a><MessageData><Message>a</Message><Message>b</Message></MessageData></a>",
    )
    assert [each.text for each in ET.fromstring(answer.content).findall("ErrorMessage")] == [
        "Failed to process your API request. Check your syntax.",
        "MessageData.Message must be a string",
    ]


async def test_an_xml_answer_comes_in_one_piece(api):
    """With a Content-Length, as JSON does (T78)."""
    answer = await api.xml("GET", "get/status/m")
    assert int(answer.headers["content-length"]) == len(answer.content)


async def test_the_control_api_speaks_json(api):
    """It is not of the API, so Accept does not move it."""
    answer = await api.control("GET", "ledger", headers={"accept": "application/xml"})
    assert answer.json() == []
