"""Every documented call makes exactly the request that the references print.

One row a call: what the caller writes, and the method, path, query and JSON body that leave. The
bodies and ids are the references' own samples; where wire-facts corrects them, the row says so.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import attrs
import httpx
import pytest
import respx

import bestsms
from bestsms import AsyncClient, Destination, File
from bestsms._settings import AREAS

CONTACT = "17f2b37e-4706-41c8-8dcb-de90e24c2447"
PAGE_ONE = {"page": "1", "recordsPerPage": "100"}  # T14: lists always send both

SENT = {"Result": "Success", "MessageID": "ID123456"}
ACTED = {**SENT, "Status": "Delayed", "JobNum": "ABCD1234", "Action": "Abort"}
REPORTED = {**SENT, "Status": "Completed", "JobNum": "10AB20CE", "Recipients": []}
PAGED = {"Result": "Success", "TotalRecords": 0, "RecordsPerPage": 100, "PageCount": 0, "Page": 1}
A_CONTACT = {"Result": "Success", "Contact": {"ContactID": CONTACT}}
A_GROUP = {"Result": "Success", "Group": {"GroupCode": "Test_Group"}}
A_RELATION = {**A_CONTACT, **A_GROUP}


@attrs.frozen
class Row:
    """One call and the request it must make."""

    name: str
    call: Callable[[AsyncClient], Awaitable[Any]]
    method: str
    path: str
    answer: dict[str, Any]
    query: dict[str, str] = attrs.field(factory=dict)
    body: dict[str, Any] | None = None
    versions: tuple[str, ...] = ("2.04", "2.03")

    def __str__(self) -> str:
        return self.name


ROWS = [
    Row(
        "send_sms, the smallest",
        lambda c: c.messaging.send_sms(
            message="Hello, this is a test.",
            destinations=[Destination(recipient="+61421000001")],
            message_id="ID123456",  # chosen here if not given: no send goes without one
        ),
        "POST",
        "/send/sms",
        SENT,
        body={
            "MessageData": {
                "Message": "Hello, this is a test.",
                "Destinations": [{"Recipient": "+61421000001"}],
                "MessageID": "ID123456",
            }
        },
    ),
    Row(
        "send_sms, every field",
        lambda c: c.messaging.send_sms(
            message="Test SMS for [[Attention]]. Click [[File1]]",
            destinations=[
                Destination(
                    recipient="+61421000001",
                    attention="John Doe",
                    first_name="John",
                    last_name="Doe",
                    company="Example Corp",
                    custom1="Custom1",
                    custom9="Custom9",
                ),
                Destination(contact_id="CCCCCCCC-BBBB-BBBB-BBBB-BBBBBBBBBBBB"),
                Destination(group_id="GGGGGGGG-BBBB-BBBB-BBBB-BBBBBBBBBBBB"),
                Destination(group_code="My_Address_Book_Group"),
            ],
            message_id="ID123456",
            reference="Test1",
            webhook_callback_url="https://www.example.com/webhook",
            webhook_callback_format="JSON",
            send_time="2021-12-31T23:00",
            time_zone="AUS Eastern",
            sub_account="SubAccount01",
            department="Department01",
            charge_code="BillingGroup01",
            from_number="61421000001",
            sms_email_reply="reply@example.com",
            report_to="report@example.com",
            character_conversion=True,
            files=[File.from_bytes(b"hello", name="File Name.pdf")],
            mode="Test",
        ),
        "POST",
        "/send/sms",
        SENT,
        body={
            "MessageData": {
                "Message": "Test SMS for [[Attention]]. Click [[File1]]",
                "Destinations": [
                    {
                        "Recipient": "+61421000001",
                        "Attention": "John Doe",
                        "FirstName": "John",  # T20: without a space
                        "LastName": "Doe",
                        "Company": "Example Corp",
                        "Custom1": "Custom1",
                        "Custom9": "Custom9",  # T21
                    },
                    {"ContactID": "CCCCCCCC-BBBB-BBBB-BBBB-BBBBBBBBBBBB"},
                    {"GroupID": "GGGGGGGG-BBBB-BBBB-BBBB-BBBBBBBBBBBB"},
                    {"GroupCode": "My_Address_Book_Group"},
                ],
                "MessageID": "ID123456",
                "Reference": "Test1",
                "WebhookCallbackURL": "https://www.example.com/webhook",
                "WebhookCallbackFormat": "JSON",
                "SendTime": "2021-12-31T23:00:00",  # T37: with seconds
                "TimeZone": "AUS Eastern",  # T22: capital Z
                "SubAccount": "SubAccount01",
                "Department": "Department01",
                "ChargeCode": "BillingGroup01",
                "FromNumber": "61421000001",  # T23
                "SMSEmailReply": "reply@example.com",
                "ReportTo": "report@example.com",
                "CharacterConversion": True,
                "Files": [{"Name": "File Name.pdf", "Data": "aGVsbG8="}],
                "Mode": "Test",
            }
        },
        versions=("2.04",),  # 2.03 knows no keys of the address book
    ),
    Row(
        "resubmit now",
        lambda c: c.actions.resubmit("ID123456"),
        "PATCH",
        "/set/resubmit/ID123456",
        ACTED,
        body={},  # T38: no SendTime unless asked for
    ),
    Row(
        "resubmit later",
        lambda c: c.actions.resubmit("ID123456", send_time="2023-09-01T12:30"),
        "PATCH",
        "/set/resubmit/ID123456",
        ACTED,
        body={"SendTime": "2023-09-01T12:30:00"},
    ),
    Row(
        "reschedule",
        lambda c: c.actions.reschedule("ID123456", send_time="2021-12-31T23:00"),
        "PATCH",
        "/set/reschedule/ID123456",
        ACTED,
        body={"SendTime": "2021-12-31T23:00:00"},  # T46: no zone beside it
    ),
    Row(
        "abort",
        lambda c: c.actions.abort("ID123456"),
        "PATCH",
        "/set/abort/ID123456",
        ACTED,
        body={},
    ),
    Row(
        "status",
        lambda c: c.reports.status("ID123456"),
        "GET",
        "/get/status/ID123456",
        REPORTED,  # T18: no paging unless asked for
    ),
    Row(
        "status, a page",
        lambda c: c.reports.status("ID123456", records_per_page=10, page=1),
        "GET",
        "/get/status/ID123456",
        REPORTED,
        query={"recordsPerPage": "10", "page": "1"},
    ),
    Row(
        "received, a period",
        lambda c: c.reports.sms_received(time_period=1440, records_per_page=20, page=1),
        "GET",
        "/get/sms/received",
        {**PAGED, "Messages": []},
        query={"timePeriod": "1440", "recordsPerPage": "20", "page": "1"},  # T13
    ),
    Row(
        "received, two dates",
        lambda c: c.reports.sms_received(
            date_from="2024-08-01T00:00:00", date_to="2024-08-01T23:59:59"
        ),
        "GET",
        "/get/sms/received",
        {**PAGED, "Messages": []},
        query={
            "dateFrom": "2024-08-01T00:00:00",
            "dateTo": "2024-08-01T23:59:59",
            **PAGE_ONE,
        },
    ),
    Row(
        "received, nothing given: the last day",
        lambda c: c.reports.sms_received(),
        "GET",
        "/get/sms/received",
        {**PAGED, "Messages": []},
        query={"timePeriod": "1440", **PAGE_ONE},  # T15: never neither
    ),
    Row(
        "reply",
        lambda c: c.reports.sms_reply("ID123456"),
        "GET",  # T1
        "/get/sms/reply/ID123456",
        REPORTED,
    ),
    Row(
        "contact list",
        lambda c: c.contacts.list(records_per_page=50, page=1),
        "GET",
        "/addressbook/contact/list",
        {**PAGED, "Contacts": []},
        query={"recordsPerPage": "50", "page": "1"},
    ),
    Row(
        "contact search",
        lambda c: c.contacts.search(mobile_phone="+64 21 000 001", first_name="Jess"),
        "GET",
        "/addressbook/contact/search",
        {**PAGED, "Contacts": []},
        query={
            "MobilePhone": "+64 21 000 001",  # T17
            "FirstName": "Jess",
            "page": "1",
            "recordsPerPage": "100",
        },
        versions=("2.04",),
    ),
    Row(
        "contact detail",
        lambda c: c.contacts.get(CONTACT),
        "GET",
        f"/addressbook/contact/{CONTACT}",
        A_CONTACT,
    ),
    Row(
        "contact create",
        lambda c: c.contacts.create(
            title="Mr",
            company="BestSMS",
            recip_department="Sales Dept.",
            first_name="First",
            last_name="Last",
            mobile_phone="+61421000001",
            alt_phone1="093334444",
            web_address="https://bestsms.au",
            custom1="Custom Value",
            view_by="Account",
            edit_by=bestsms.Visibility.NO,
        ),
        "POST",
        "/addressbook/contact",
        A_CONTACT,
        body={
            "Title": "Mr",
            "Company": "BestSMS",
            "RecipDepartment": "Sales Dept.",  # T24
            "FirstName": "First",
            "LastName": "Last",
            "MobilePhone": "+61421000001",
            "AltPhone1": "093334444",
            "WebAddress": "https://bestsms.au",
            "Custom1": "Custom Value",
            "ViewBy": "Account",
            "EditBy": "No",  # T40
        },
    ),
    Row(
        "contact update, and a blank to clear a field",
        lambda c: c.contacts.update(CONTACT, attention="Test Attention", position=""),
        "PATCH",
        f"/addressbook/contact/{CONTACT}",
        A_CONTACT,
        body={"Attention": "Test Attention", "Position": ""},  # U34
    ),
    Row(
        "contact delete",
        lambda c: c.contacts.delete(CONTACT),
        "DELETE",
        f"/addressbook/contact/{CONTACT}",
        A_CONTACT,  # T10: no body
    ),
    Row(
        "group list",
        lambda c: c.groups.list(),
        "GET",
        "/addressbook/group/list",
        {**PAGED, "Groups": []},
        query=PAGE_ONE,
    ),
    Row(
        "group detail",
        lambda c: c.groups.get("Test_Group"),
        "GET",
        "/addressbook/group/Test_Group",
        A_GROUP,
    ),
    Row(
        "group detail, a code with a slash and a space",
        lambda c: c.groups.get("A/B C"),
        "GET",
        "/addressbook/group/A%2FB%20C",  # T3: percent-encoded
        A_GROUP,
    ),
    Row(
        "group create",
        lambda c: c.groups.create(group_name="Test Group", view_edit_by="Account"),
        "POST",
        "/addressbook/group",
        A_GROUP,
        body={"GroupName": "Test Group", "ViewEditBy": "Account"},  # T27
    ),
    Row(
        "group update",
        lambda c: c.groups.update("Test_Group", group_name="Test Group 123", sub_account="Test"),
        "PATCH",
        "/addressbook/group/Test_Group",
        A_GROUP,
        body={"GroupName": "Test Group 123", "SubAccount": "Test"},  # T29: no code
    ),
    Row(
        "group delete",
        lambda c: c.groups.delete("Test_Group"),
        "DELETE",
        "/addressbook/group/Test_Group",
        A_GROUP,
    ),
    Row(
        "contact's groups",
        lambda c: c.contact_groups.list(CONTACT),
        "GET",
        f"/addressbook/contact/{CONTACT}/group/list",
        {**PAGED, **A_CONTACT, "Groups": []},
        query=PAGE_ONE,
    ),
    Row(
        "contact's group, detail",
        lambda c: c.contact_groups.get(CONTACT, "Test_Group"),
        "GET",
        f"/addressbook/contact/{CONTACT}/group/Test_Group",
        A_RELATION,
    ),
    Row(
        "contact's group, create, 2.04",
        lambda c: c.contact_groups.create(CONTACT, group_id="Test_Group"),
        "POST",
        f"/addressbook/contact/{CONTACT}/group",
        A_RELATION,
        body={"GroupID": "Test_Group"},  # T4
        versions=("2.04",),
    ),
    Row(
        "contact's group, create, 2.03",
        lambda c: c.contact_groups.create(CONTACT, group_id="Test_Group"),
        "POST",
        f"/addressbook/contact/{CONTACT}/group",
        A_RELATION,
        body={"GroupCode": "Test_Group"},  # T4
        versions=("2.03",),
    ),
    Row(
        "contact's group, delete",
        lambda c: c.contact_groups.delete(CONTACT, "Test_Group"),
        "DELETE",
        f"/addressbook/contact/{CONTACT}/group/Test_Group",
        A_RELATION,
    ),
    Row(
        "group's contacts",
        lambda c: c.group_contacts.list("Test_Group", records_per_page=10),
        "GET",
        "/addressbook/group/Test_Group/contact/list",
        {**PAGED, **A_GROUP, "Contacts": []},
        query={"recordsPerPage": "10", "page": "1"},
    ),
    Row(
        "group's contact, detail",
        lambda c: c.group_contacts.get("Test_Group", CONTACT),  # T2
        "GET",
        f"/addressbook/group/Test_Group/contact/{CONTACT}",
        A_RELATION,
    ),
    Row(
        "group's contact, create",
        lambda c: c.group_contacts.create("Test_Group", contact_id=CONTACT),
        "POST",
        "/addressbook/group/Test_Group/contact",
        A_RELATION,
        body={"ContactID": CONTACT},
    ),
    Row(
        "group's contact, delete",
        lambda c: c.group_contacts.delete("Test_Group", CONTACT),
        "DELETE",
        f"/addressbook/group/Test_Group/contact/{CONTACT}",
        A_RELATION,
    ),
]


@pytest.mark.parametrize(
    ("row", "version"),
    [pytest.param(row, version, id=f"{version} {row}") for row in ROWS for version in row.versions],
)
@respx.mock
async def test_the_request_is_the_references_own(row: Row, version: str) -> None:
    """Method, path, query, headers and body of each call are what the references print."""
    route = respx.route().mock(return_value=httpx.Response(200, json=row.answer))
    async with AsyncClient("eyJhbGciOiJI.adQssw5c", version=version) as client:
        await row.call(client)
    (sent,) = [call.request for call in route.calls]
    assert sent.method == row.method
    assert sent.url.scheme + "://" + sent.url.host == "https://api.bestsms.com.au"
    assert sent.url.raw_path.partition(b"?")[0].decode() == f"/api/v{version}{row.path}"
    assert dict(sent.url.params) == row.query
    assert sent.headers["Authorization"] == "Basic eyJhbGciOiJI.adQssw5c"  # T9
    assert sent.headers["Accept"] == "application/json"
    if row.body is None:
        assert sent.content == b""
        assert "Content-Type" not in sent.headers
    else:
        assert sent.headers["Content-Type"] == "application/json"  # T7
        assert json.loads(sent.content) == row.body


def test_every_call_has_a_row() -> None:
    """No documented call is left out of the table: 25 of the references, and the search."""
    client = AsyncClient("t")
    areas = [getattr(client, area) for area in AREAS]
    calls = {
        f"{type(area).__name__}.{name}"
        for area in areas
        for name in vars(type(area))
        if not name.startswith(("_", "iterate"))
    }
    assert len(calls) == 26
    assert len({(row.method, row.path.replace("A%2FB%20C", "Test_Group")) for row in ROWS}) == 26


@respx.mock
async def test_versions_are_mixed_by_area() -> None:
    """One area may speak another version than the rest: the references promise it."""
    status = respx.get("https://api.bestsms.com.au/api/v2.03/get/status/ID123456")
    status.mock(return_value=httpx.Response(200, json=REPORTED))
    contacts = respx.get("https://api.bestsms.com.au/api/v2.04/addressbook/contact/list")
    contacts.mock(return_value=httpx.Response(200, json={**PAGED, "Contacts": []}))
    async with AsyncClient("t", versions={"reports": "2.03"}) as client:
        await client.reports.status("ID123456")
        await client.contacts.list()
    assert status.called
    assert contacts.called
