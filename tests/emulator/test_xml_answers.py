"""Answers in XML: every call of both versions says in XML what it says in JSON (section 1.3)."""

from xml.etree import ElementTree as ET

import pytest

SEND = (
    "<SMSRequest><MessageData><MessageID>m</MessageID><Message>Hi</Message><Destinations>"
    "<Destination><Recipient>+61421000001</Recipient></Destination>"
    "<Destination><Recipient>+61421000002</Recipient></Destination>"
    "</Destinations></MessageData></SMSRequest>"
)
ITEMS = {
    "Contacts": "Contact",
    "Groups": "Group",
    "Messages": "Message",
    "Recipients": "Recipient",
    "ReceivedMessages": "ReceivedMessage",
    "SMSReplies": "SMSReply",
}


def twin(name, value):
    """Return what a JSON value is in XML, as nested (name, text or children)."""
    if isinstance(value, dict):
        return (name, [each for key, inner in value.items() for each in twins(key, inner)])
    if isinstance(value, list):
        return (name, [twin(ITEMS[name], item) for item in value])
    return (name, "" if value is None else str(value).replace("\x01", "\ufffd"))


def twins(name, value):
    """Return the elements of one field: texts of a refusal are repeated, without a wrapper."""
    if name == "ErrorMessage":
        return [(name, text) for text in value]
    return [twin(name, value)]


def tree(element, like):
    """Return an element as twin() does, empty ones as what they are compared with."""
    if isinstance(like[1], list):
        assert not (element.text or "").strip()
        inner = list(element)
        padded = [*like[1], *[("", "")] * (len(inner) - len(like[1]))]
        return (element.tag, [tree(*pair) for pair in zip(inner, padded, strict=False)])
    return (element.tag, element.text or "")


async def same(api, method, path):
    """Check that a reading call answers the same in both formats; return the XML."""
    json = await api.call(method, path)
    answer = await api.xml(method, path)
    assert answer.status_code == json.status_code
    like = twin("root", json.json())
    assert tree(ET.fromstring(answer.content), like) == like
    return ET.fromstring(answer.content)


@pytest.fixture
async def book(either_api):
    """A contact in a group, both made in XML; their keys."""
    contact = (
        "<Contact><FirstName>Jess</FirstName><MobilePhone>+61421000001</MobilePhone></Contact>"
    )
    made = ET.fromstring((await either_api.xml("POST", "addressbook/contact", contact)).content)
    old = either_api.version == "2.03"
    contact_id = made.findtext("Contact/ID" if old else "Contact/ContactID")
    group = "<Group><GroupName>Test Group</GroupName><ViewEditBy>No</ViewEditBy></Group>"
    made = ET.fromstring((await either_api.xml("POST", "addressbook/group", group)).content)
    assert made.findtext("Group/GroupCode") == "Test_Group"
    key = "GroupCode" if old else "GroupID"
    body = f"<AddGroupRequest><{key}>Test_Group</{key}></AddGroupRequest>"
    answer = await either_api.xml("POST", f"addressbook/contact/{contact_id}/group", body)
    assert [each.tag for each in ET.fromstring(answer.content)] == ["Result", "Contact", "Group"]
    return contact_id, "Test_Group"


async def test_the_reports(either_api, emulator):
    """Recipients, replies and received messages, before and after there are any."""
    await either_api.xml("POST", "send/sms", SEND)
    for _ in range(2):
        for path in (
            "get/status/m",
            "get/status/m?recordsPerPage=1&page=2",
            "get/sms/reply/m",
            "get/sms/received?timePeriod=60",
        ):
            root = await same(either_api, "GET", path)
            assert root.findtext("Result") == "Success"
        emulator.advance(10)
        emulator.reply("+61421000001", "Yes & no\x01\r\n")
        emulator.reply("+61421000001", "Again")
    root = await same(either_api, "GET", "get/sms/reply/m")
    replies = root.findall("Recipients/Recipient/SMSReplies/SMSReply/MessageText")
    assert [each.text for each in replies][:2] == ["Yes & no\ufffd\r\n", "Again"]


@pytest.mark.parametrize("count", [0, 1, 2])
async def test_replies_in_their_flat_shape(make, caller, count):
    """2.03 has MessageReceived, 2.04 ReceivedMessages/ReceivedMessage (T58)."""
    emulator = make(reply_shape="flat")
    for version in ("2.03", "2.04"):
        api = caller(emulator, version)
        await api.xml("POST", "send/sms", SEND)
        emulator.advance(10)
        for _ in range(count):
            emulator.reply("+61421000001", "Yes")
        await same(api, "GET", "get/sms/reply/m")


@pytest.mark.parametrize(
    ("action", "root", "answered"),
    [
        ("resubmit", "ResubmitRequest", "Resubmit"),
        ("reschedule", "RescheduleRequest", "Reschedule"),
        ("abort", "AbortRequest", "Abort"),
    ],
)
async def test_the_actions(either_api, emulator, action, root, answered):
    """Each answers as its JSON twin does; a zone may be given in either spelling (T46)."""
    later = SEND.replace("<Message>", "<SendTime>2025-06-05T10:00:00</SendTime><Message>")
    if action == "resubmit":
        emulator.set_destination("+61421000001", result="failed")
        later = SEND
    await either_api.xml("POST", "send/sms", later)
    emulator.advance(10)
    moved = "<SendTime>2025-06-06 10:00:00</SendTime><Timezone>AUS Eastern</Timezone>"
    answer = await either_api.xml("PATCH", f"set/{action}/m", f"<{root}>{moved}</{root}>")
    found = ET.fromstring(answer.content)
    assert [each.tag for each in found] == ["Result", "MessageID", "Status", "JobNum", "Action"]
    assert (found.findtext("MessageID"), found.findtext("Action")) == ("m", answered)


async def test_the_address_book_is_read(either_api, book):
    """Lists and details of contacts, groups and both sides of a membership."""
    contact, group = book
    for path in (
        "addressbook/contact/list",
        f"addressbook/contact/{contact}",
        f"addressbook/contact/{contact}/group/list",
        f"addressbook/contact/{contact}/group/{group}",
        "addressbook/group/list",
        f"addressbook/group/{group}",
        f"addressbook/group/{group}/contact/list?recordsPerPage=1&page=1",
        f"addressbook/group/{group}/contact/{contact}",
    ):
        assert (await same(either_api, "GET", path)).findtext("Result") == "Success"
    listed = await same(either_api, "GET", f"addressbook/group/{group}/contact/list")
    assert listed.findtext("Contacts/Contact/FirstName") == "Jess"
    assert listed.findtext("Group/GroupName") == "Test Group"
    if either_api.version == "2.04":
        found = await same(either_api, "GET", "addressbook/contact/search?FirstName=jess")
        assert found.findtext("TotalRecords") == "1"
    assert (await same(either_api, "GET", "addressbook/contact/x")).findtext("Result") == "Failed"


async def test_the_address_book_is_changed(either_api, book):
    """An empty element clears a field (U34), an absent one leaves it; deletes answer in XML."""
    contact, group = book
    path = f"addressbook/contact/{contact}"
    answer = await either_api.xml(
        "PATCH", path, "<Contact><FirstName/><City>Perth</City></Contact>"
    )
    found = ET.fromstring(answer.content).find("Contact")
    assert (found.findtext("FirstName"), found.findtext("City")) == ("", "Perth")
    assert found.findtext("ViewBy") == "Account"
    answer = await either_api.xml(
        "PATCH", f"addressbook/group/{group}", "<Group><SubAccount>S</SubAccount></Group>"
    )
    assert ET.fromstring(answer.content).findtext("Group/SubAccount") == "S"

    member = f"addressbook/group/{group}/contact"
    assert (await either_api.xml("DELETE", f"{member}/{contact}")).status_code == 200
    body = f"<AddContactRequest><ContactID>{contact}</ContactID></AddContactRequest>"
    answer = await either_api.xml("POST", member, body)
    assert [each.tag for each in ET.fromstring(answer.content)] == ["Result", "Group", "Contact"]
    for gone in (f"{path}/group/{group}", path, f"addressbook/group/{group}"):
        answer = await either_api.xml("DELETE", gone)
        assert ET.fromstring(answer.content).findtext("Result") == "Success"


async def test_blanks_are_empty_elements(api):
    """Null and "" are the same: an element with nothing in it."""
    await api.xml("POST", "send/sms", SEND)
    text = (await api.xml("GET", "get/status/m")).text
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?><root><Result>Success</Result>')
    assert "<Price/>" in text
    assert "<Reference/>" in text
    assert (await api.xml("GET", "addressbook/group/list")).text.endswith("<Groups/></root>")
