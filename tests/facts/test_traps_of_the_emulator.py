"""Traps 3.1 and 3.2 of the wire facts, column ACCEPT: what the emulator takes from any client.

The calls are written out as other clients make them, not by ours.
"""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable
from typing import Any
from xml.etree import ElementTree as ET

import pytest

JESS = "+61421000001"
NINE_UTC = "2025-06-04 23:00:00"

Make = Callable[..., Any]
Calling = Callable[[Any], Awaitable[Any]]

versions = pytest.mark.parametrize("version", ["2.04", "2.03"])


async def book(account: Any) -> tuple[str, str, str]:
    """Put a contact and a group into the book, and return the keys of them."""
    made = await account.call("POST", "addressbook/contact", json={"FirstName": "Jess"})
    contact = made.json()["Contact"]
    made = await account.call("POST", "addressbook/group", json={"GroupName": "Test Group"})
    group = made.json()["Group"]
    return contact.get("ContactID") or contact["ID"], group.get("GroupID", ""), group["GroupCode"]


async def sent(account: Any, *to: Any, **data: Any) -> dict[str, Any]:
    """Send, and return the reply report of it, which has the text and all the fields."""
    answer = await account.send(*(to or (JESS,)), **data)
    assert answer["Result"] == "Success", answer
    account.emulator.advance(2)
    return await account.get(f"get/sms/reply/{answer['MessageID']}")


async def test_t1_a_patch_of_the_reply_poll_is_405(account: Make) -> None:
    """T1: both references head it PATCH; GET is what it is."""
    mine = account()
    await mine.send(JESS, MessageID="ID1")
    assert (await mine.call("PATCH", "get/sms/reply/ID1", json={})).status_code == 405
    assert (await mine.get("get/sms/reply/ID1"))["Result"] == "Success"


@versions
async def test_t3_t4_a_group_goes_by_id_and_by_code(account: Make, version: str) -> None:
    """T3: in the URL of both versions, ID first; T4: under either key of the body."""
    mine = account(version)
    contact, _, code = await book(mine)
    mine.version = "2.04"
    group_id = (await mine.get(f"addressbook/group/{code}"))["Group"]["GroupID"]
    mine.version = version
    for key in (group_id, code, code.upper()):
        assert (await mine.get(f"addressbook/group/{key}"))["Group"]["GroupCode"] == code
        for name in ("GroupID", "GroupCode"):
            path = f"addressbook/contact/{contact}/group"
            assert (await mine.call("POST", path, json={name: key})).status_code == 200


async def test_t5_a_contact_joins_from_either_side(account: Make) -> None:
    """T5: by POST on both sides; PATCH is 3.00's."""
    mine = account()
    contact, group, _ = await book(mine)
    for path, body in (
        (f"addressbook/contact/{contact}/group", {"GroupID": group}),
        (f"addressbook/group/{group}/contact", {"ContactID": contact}),
    ):
        assert (await mine.call("POST", path, json=body)).status_code == 200
        assert (await mine.call("PATCH", path, json=body)).status_code == 405


@pytest.mark.parametrize("path", ["addressbook/contact/List", "addressbook/Group/List",
                                  "AddressBook/group/list/", "addressbook/group/list"])  # fmt: skip
async def test_t6_t10_paths_in_any_case_with_a_slash_and_a_body(account: Make, path: str) -> None:
    """T6: capitals and a slash at the end; T10: a body on a GET is read and ignored."""
    answer = await account().call("GET", path, json={"HTTPMethod": "GET"})
    assert answer.json()["Result"] == "Success"


async def test_t10_a_body_on_delete_is_ignored(account: Make) -> None:
    """T10: one vendor library always writes one."""
    mine = account()
    contact, _, _ = await book(mine)
    path = f"addressbook/contact/{contact}"
    assert (await mine.call("DELETE", path, json={"HTTPMethod": "DELETE"})).status_code == 200


@pytest.mark.parametrize(
    "media",
    [
        "application/json",
        "application/json; encoding='utf-8'",
        "application/json; charset=utf-8",
        'application/json; encoding="UTF-8"',
    ],
)
async def test_t7_parameters_of_the_content_type_mean_nothing(account: Make, media: str) -> None:
    """T7: ``encoding='utf-8'`` is not ``charset``, and its quotes do no harm."""
    body = b'{"MessageData":{"Message":"Hello","Destinations":[{"Recipient":"+61421000001"}]}}'
    headers = {"Content-Type": media, "Accept": media}
    answer = await account().call("POST", "send/sms", content=body, headers=headers)
    assert answer.json()["Result"] == "Success"


@pytest.mark.parametrize("media", ["application/xml; encoding='utf-8'", "text/xml; charset=utf-8"])
async def test_t8_xml_goes_by_either_name(account: Make, media: str) -> None:
    """T8: both names in both headers; the answer is the documented ``<root>``."""
    body = (
        "<SMSRequest><MessageData><MessageID>ID1</MessageID><Message>Hello</Message><Destinations>"
        "<Destination><Recipient>+61421000001</Recipient></Destination></Destinations>"
        "</MessageData></SMSRequest>"
    )
    headers = {"Content-Type": media, "Accept": media}
    answer = await account().call("POST", "send/sms", content=body, headers=headers)
    found = ET.fromstring(answer.content)
    assert (found.tag, found.findtext("Result"), found.findtext("MessageID")) == (
        "root",
        "Success",
        "ID1",
    )


@pytest.mark.parametrize(
    ("scheme", "switch", "status"),
    [("Basic", False, 400), ("basic", False, 400), ("BASIC", False, 400), ("Bearer", False, 401),
     ("Bearer", True, 400)],
)  # fmt: skip
async def test_t9_the_scheme_is_basic_in_any_case(
    account: Make, scheme: str, *, switch: bool, status: int
) -> None:
    """T9: Bearer is 3.00's, and here only by a switch; 400 says that the token was taken."""
    mine = account(accept_bearer=switch)
    headers = {"Authorization": f"{scheme} eyJhbGciOiJI.adQssw5c"}
    answer = await mine.call("GET", "get/status/unknown", headers=headers)
    assert answer.status_code == status


@pytest.mark.parametrize("path", ["/api/2.04/send/sms", "/api/v3.00/send/sms", "/api/v3.00/sms"])
async def test_t11_t12_other_bases_are_not_found(account: Make, path: str) -> None:
    """T11: without the v; T12: 2.x paths and bodies under 3.00."""
    body = {"MessageData": {"Message": "Hello", "Destinations": [{"Recipient": JESS}]}}
    assert (await account().call("POST", path, json=body)).status_code == 404


@pytest.mark.parametrize("name", ["timePeriod", "TimePeriod", "timeperiod"])
async def test_t13_query_names_in_any_case(account: Make, name: str) -> None:
    """T13: the tables print a capital where the URL lines have none."""
    mine = account()
    mine.emulator.reply(JESS, "hi")
    page = await mine.get("get/sms/received", **{name: 60, "RecordsPerPage": 10, "Page": 1})
    assert (len(page["Messages"]), page["RecordsPerPage"]) == (1, 10)


@pytest.mark.parametrize(("asked", "used"), [(0, 1), (100, 100), (999, 999), (5000, 1000)])
async def test_t14_page_sizes_are_clamped(account: Make, asked: int, used: int) -> None:
    """T14: too many are cut, and the answer says so."""
    page = await account().get("addressbook/contact/list", recordsPerPage=asked)
    assert page["RecordsPerPage"] == used


@pytest.mark.parametrize("query", [{}, {"dateFrom": "2024-08-01T00:00:00"},
                                   {"dateTo": "2024-08-01T23:59:59"}])  # fmt: skip
async def test_t15_neither_period_nor_both_dates_is_failed(account: Make, query: Any) -> None:
    """T15: there is no default of the server; and one date needs the other."""
    assert (await account().get("get/sms/received", **query))["Result"] == "Failed"


@pytest.mark.parametrize(("typed", "found"), [("+64 21 000 001", 1), ("+6421000001", 0)])
async def test_t17_a_search_is_for_the_stored_text(account: Make, typed: str, found: int) -> None:
    """T17: in full and as it was typed; an escaped plus is a plus."""
    mine = account()
    contact = {"MobilePhone": "+64 21 000 001"}
    await mine.call("POST", "addressbook/contact", json=contact)
    page = await mine.get("addressbook/contact/search", MobilePhone=typed)
    assert page["TotalRecords"] == found


async def test_t18_reports_page_only_when_asked(account: Make) -> None:
    """T18: the paging keys come with the paging query, and not without."""
    mine = account()
    await mine.send(JESS, "+61421000002", MessageID="ID1")
    assert "TotalRecords" not in await mine.get("get/status/ID1")
    page = await mine.get("get/status/ID1", recordsPerPage=1, page=2)
    assert (page["TotalRecords"], page["PageCount"], len(page["Recipients"])) == (2, 2, 1)


@pytest.mark.parametrize(
    "names", [("FirstName", "LastName"), ("First Name", "Last Name")], ids=["joined", "apart"]
)
async def test_t20_t21_names_and_custom_fields_of_a_destination(
    account: Make, names: tuple[str, str]
) -> None:
    """T20: with a space or without; T21: Custom1 to Custom9."""
    to = {"Recipient": JESS, names[0]: "Jess", names[1]: "Doe", "Custom1": "one", "Custom9": "nine"}
    text = "[[FirstName]] [[LastName]] [[Custom1]] [[Custom9]]"
    [recipient] = (await sent(account(), to, message=text))["Recipients"]
    assert recipient["MessageText"] == "Jess Doe one nine"
    assert (recipient["Custom1"], recipient["Custom9"]) == ("one", "nine")


@pytest.mark.parametrize("name", ["TimeZone", "Timezone"])
async def test_t22_the_zone_with_either_z(account: Make, name: str) -> None:
    """T22: requests of 2.x have a capital one; both are taken."""
    mine = account()
    await mine.send(JESS, MessageID="ID1", SendTime="2025-06-05T11:00", **{name: "New Zealand"})
    assert (await mine.get("get/status/ID1"))["DelayedTimeUTC"] == NINE_UTC


@pytest.mark.parametrize("sender", ["61421000002", "+61421000002"])
async def test_t23_the_sender_with_and_without_a_plus(account: Make, sender: str) -> None:
    """T23: two spellings of one sender are one, so that a duplicate is found."""
    mine = account(reject_duplicates=True)
    await sent(mine, FromNumber="61421000002")
    [recipient] = (await sent(mine, FromNumber=sender))["Recipients"]
    assert recipient["Result"] == "Rejected-Duplicate"


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ({"RecipDepartment": "Sales"}, {"RecipDepartment": "Sales"}),
        ({"CompanyDepartment": "Sales"}, {"RecipDepartment": "Sales"}),
        ({"Postcode": "1234"}, {"Postcode": "1234"}),
        ({"PostCode": "1234"}, {"Postcode": "1234"}),
        ({"ViewPublic": "No", "EditPublid": "No"}, {"ViewBy": "Account", "EditBy": "Account"}),
        ({"Custom4": "d", "Custom5": "e"}, {"Custom4": "d"}),
    ],
    ids=["T24", "T24 S3", "T26", "T26 P24", "T25", "T21"],
)
async def test_the_fields_of_a_contact(account: Make, given: Any, read: Any) -> None:
    """T24, T26: both spellings; T25: wrong names do nothing; T21: four custom fields."""
    answer = await account().call("POST", "addressbook/contact", json=given)
    assert read.items() <= answer.json()["Contact"].items()
    assert "Custom5" not in answer.json()["Contact"]


async def test_t27_t28_t29_t45_a_group_needs_a_name_and_keeps_its_code(account: Make) -> None:
    """T27: the name alone; T28: spaces to underscores, case kept; T45: a blank code; T29."""
    mine = account()

    async def group(method: str, path: str, **body: str) -> Any:
        return (await mine.call(method, path, json=body)).json().get("Group")

    assert await group("POST", "addressbook/group", GroupCode="Only_Code") is None
    made = await group("POST", "addressbook/group", GroupName="Test Group", GroupCode="")
    assert made["GroupCode"] == "Test_Group"
    changed = await group(
        "PATCH", "addressbook/group/TEST_GROUP", GroupName="Other Name", GroupCode="Other"
    )
    assert (changed["GroupName"], changed["GroupCode"]) == ("Other Name", "Test_Group")


@pytest.mark.parametrize(
    "data",
    [
        {"Reference": "r" * 100},
        {"MessageID": "x" * 40},
        {"MessageID": "a.b_c~d-e"},
        {"SendMode": "Live", "MessageType": "SMS", "APIVersion": "1.05"},
        {"Mode": "TEST"},
        {"ReportTo": "a@example.com"},
        {"ErrorEmailNotify": "a@example.com"},
        {"FallbackMode": "WhatsApp"},
        {"FallbackMode": "WAPP"},
        {"Reference": None, "TimeZone": None, "Files": None, "HTTPMethod": "POST"},
        {"MessageID": ""},
        {"MessageID": None},
        {"CharacterConversion": None},
    ],
    ids=["T30", "T31", "T31 printable", "T33", "T34", "T35", "T35 ErrorEmailNotify", "T42",
         "T42 live", "T43", "T45", "T45 null", "T47"],
)  # fmt: skip
async def test_what_is_accepted_of_a_send(account: Make, data: Any) -> None:
    """Longer, older, unknown and empty values of a send do it no harm."""
    answer = await account().send(JESS, **data)
    assert answer["Result"] == "Success"
    assert answer["MessageID"] == (data.get("MessageID") or answer["MessageID"])


@pytest.mark.parametrize(
    ("data", "reason"),
    [({"MessageID": "x" * 41}, "MessageID"), ({"Reference": "r" * 101}, "Reference")],
    ids=["T31", "T30"],
)
async def test_what_is_refused_of_a_send(account: Make, data: Any, reason: str) -> None:
    """T30, T31: beyond the widest reading."""
    answer = await account().send(JESS, **data)
    assert answer["Result"] == "Failed"
    assert reason in answer["Message"]


async def test_t32_message_text_is_no_message(account: Make) -> None:
    """T32: the library's alias is not the wire's key."""
    data = {"MessageText": "Hello", "Destinations": [{"Recipient": JESS}]}
    answer = await account().call("POST", "send/sms", json={"MessageData": data})
    assert answer.json()["ErrorMessage"] == ["Missing or empty message"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [("x" * 459, 3), ("x" * 460, 4), ("\N{SNOWMAN}" * 201, 3), ("\N{SNOWMAN}" * 210, 4)],
)
async def test_t36_67_units_a_part_of_unicode(account: Make, text: str, parts: int) -> None:
    """T36: 210 are four parts, and no number of parts is refused."""
    [recipient] = (await sent(account(price_per_part=1.0), message=text))["Recipients"]
    assert recipient["Price"] == parts


@pytest.mark.parametrize(
    "written",
    ["2025-06-05T09:00", "2025-06-05T09:00:00", "2025-06-05 09:00", "2025-06-05 09:00:00",
     "05/06/2025 09:00", "05/06/2025 09:00 a.m."],
)  # fmt: skip
async def test_t37_every_form_of_a_send_time(account: Make, written: str) -> None:
    """T37: all forms that were ever documented mean one time."""
    mine = account()
    await mine.send(JESS, MessageID="ID1", SendTime=written, TimeZone="AUS Eastern")
    assert (await mine.get("get/status/ID1"))["DelayedTimeUTC"] == NINE_UTC


async def test_t38_t101_a_send_time_in_the_past_is_now(account: Make) -> None:
    """T38: one vendor client always resubmits with an old one; T101: only what has failed."""
    mine = account()
    mine.emulator.set_destination(JESS, result="failed")
    await sent(mine, MessageID="ID1", SendTime="2020-01-01T00:00")
    mine.emulator.set_destination(JESS, result="delivered")
    past = {"SendTime": "2020-01-01T00:00:00"}
    assert (await mine.call("PATCH", "set/resubmit/ID1", json=past)).status_code == 200
    mine.emulator.advance(2)
    assert (await mine.get("get/status/ID1"))["Success"] == 1
    assert (await mine.call("PATCH", "set/resubmit/ID1", json={})).status_code == 400


async def test_t39_t90_a_callback_url_needs_no_default_here(account: Make) -> None:
    """T39: a callback URL is enough; T90: a reused MessageID means the most recent message."""
    mine = account(webhook_url="")
    await mine.send("+61421000002", MessageID="ID1")
    await mine.send(JESS, MessageID="ID1", WebhookCallbackURL="https://hooks.example/own")
    mine.emulator.advance(2)
    assert [each["Destination"] for each in await mine.posted()] == [JESS]
    assert (await mine.get("get/status/ID1"))["Recipients"][0]["Destination"] == JESS


@pytest.mark.parametrize("value", ["No", "no", "Account"])
async def test_t40_no_is_a_value_in_any_case(account: Make, value: str) -> None:
    """T40: one vendor library refuses its own ``No``."""
    body = {"GroupName": "A", "ViewEditBy": value}
    answer = await account().call("POST", "addressbook/group", json=body)
    assert answer.json()["Group"]["ViewEditBy"] == value.capitalize()


async def test_t44_a_destination_may_be_a_plain_text(account: Make) -> None:
    """T44: as in old XML samples; the client itself sends objects."""
    data = {"Message": "Hello", "Destinations": [JESS]}
    answer = await account().call("POST", "send/sms", json={"MessageData": data})
    assert answer.json()["Result"] == "Success"


@pytest.mark.parametrize(
    ("body", "utc"),
    [
        ({"SendTime": "2025-06-05T11:00"}, "2025-06-04 23:00:00"),
        ({"SendTime": "2025-06-05T09:00", "TimeZone": "AUS Eastern"}, "2025-06-04 23:00:00"),
        ({"SendTime": "2025-06-05T09:00", "Timezone": "AUS Eastern"}, "2025-06-04 23:00:00"),
    ],
    ids=["the message's zone", "TimeZone", "Timezone"],
)
async def test_t46_the_zone_of_a_new_time(account: Make, body: Any, utc: str) -> None:
    """T46: that of the original message unless the call names one, by either name."""
    mine = account()
    first = {"SendTime": "2025-06-09T09:00", "TimeZone": "New Zealand"}
    await mine.send(JESS, MessageID="ID1", **first)
    assert (await mine.call("PATCH", "set/reschedule/ID1", json=body)).status_code == 200
    assert (await mine.get("get/status/ID1"))["DelayedTimeUTC"] == utc


@pytest.mark.parametrize(
    ("data", "text"), [({}, "©"), ({"CharacterConversion": True}, "(C)")], ids=["off", "on"]
)
async def test_t47_characters_are_converted_on_demand(account: Make, data: Any, text: str) -> None:
    """T47: off by default."""
    [recipient] = (await sent(account(), message="©", **data))["Recipients"]
    assert recipient["MessageText"] == text


async def test_t16_the_token_is_no_pair_of_body_fields(account: Make) -> None:
    """T16: the legacy Sender and APIKey of a body are not taken for a token."""
    token = base64.b64encode(b"user:secret").decode()
    body = {"Sender": "me@example.com", "APIKey": "k", "MessageID": "ID1"}
    headers = {"Authorization": f"Basic {token}"}
    answer = await account().call("GET", "get/status/ID1", headers=headers, json=body)
    assert answer.status_code == 401
