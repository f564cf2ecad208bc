"""Traps 3.1 and 3.2 of the wire facts, column SEND: what leaves, and what is refused before it.

Every row holds in JSON and in XML, in 2.04 and in 2.03; it is named after its trap.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import attrs
import pytest

from bestsms import AsyncClient, ConfigurationError, Destination, File, InvalidRequest, Rejected

JESS = "+61421000001"
GROUP_ID = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
LONGEST_ID = "ID-" + "9" * 37
PAGED = "page=1&recordsPerPage=100"
NINE = datetime(2025, 6, 5, 9, 0)  # noqa: DTZ001 - as the clock on the wall shows it
NINE_IN_SYDNEY = NINE.replace(tzinfo=timezone(timedelta(hours=10)))

Call = Callable[[AsyncClient], Awaitable[Any]]


def message(**fields: Any) -> dict[str, Any]:
    """The body of the smallest send, and what a row adds to it."""
    plain = {"Message": "Hello", "Destinations": [{"Recipient": JESS}], "MessageID": "ID1"}
    return {"MessageData": {**plain, **fields}}


def send(**fields: Any) -> Call:
    """Send the smallest message, and what a row adds to it."""
    return lambda c: c.send("Hello", **{"to": JESS, "message_id": "ID1", **fields})


@attrs.frozen
class Row:
    """A call, and what leaves.

    Attributes:
        line: Method and target below the version.
        body: What it holds, in plain values; ``None`` for no body.
        old_body: The same in 2.03, where it differs.
        root: The outermost element in XML (wire-facts 1.3).
        message_id: The message that the answer is about.
    """

    call: Call
    line: str
    body: Any = None
    root: str | None = None
    old_body: Any = None
    message_id: str = "ID1"


SENT = "POST /send/sms"
LINES = {
    "T1": Row(lambda c: c.reports.sms_reply("ID1"), "GET /get/sms/reply/ID1"),
    "T2": Row(
        lambda c: c.group_contacts.get("Test_Group", "C1"),
        "GET /addressbook/group/Test_Group/contact/C1",
    ),
    "T3 by code": Row(lambda c: c.groups.get("A/B C"), "GET /addressbook/group/A%2FB%20C"),
    "T3 by id": Row(
        lambda c: c.contact_groups.delete("C1", GROUP_ID),
        f"DELETE /addressbook/contact/C1/group/{GROUP_ID}",
    ),
    "T4": Row(
        lambda c: c.contact_groups.create("C1", group_id="Test_Group"),
        "POST /addressbook/contact/C1/group",
        {"GroupID": "Test_Group"},
        "AddGroupRequest",
        {"GroupCode": "Test_Group"},
    ),
    "T5 from the contact": Row(
        lambda c: c.contact_groups.create("C1", group_id="G1"),
        "POST /addressbook/contact/C1/group",
        {"GroupID": "G1"},
        "AddGroupRequest",
        {"GroupCode": "G1"},
    ),
    "T5 from the group": Row(
        lambda c: c.group_contacts.create("G1", contact_id="C1"),
        "POST /addressbook/group/G1/contact",
        {"ContactID": "C1"},
        "AddContactRequest",
    ),
    "T6 contacts": Row(lambda c: c.contacts.list(), f"GET /addressbook/contact/list?{PAGED}"),
    "T6 groups": Row(lambda c: c.groups.list(), f"GET /addressbook/group/list?{PAGED}"),
    "T10 delete": Row(lambda c: c.contacts.delete("C1"), "DELETE /addressbook/contact/C1"),
    "T10 get": Row(lambda c: c.contacts.get("C1"), "GET /addressbook/contact/C1"),
    "T13": Row(
        lambda c: c.reports.sms_received(time_period=5),
        f"GET /get/sms/received?timePeriod=5&{PAGED}",
    ),
    "T14": Row(
        lambda c: c.contacts.list(page=3, records_per_page=100),
        "GET /addressbook/contact/list?page=3&recordsPerPage=100",
    ),
    "T15 neither": Row(
        lambda c: c.reports.sms_received(), f"GET /get/sms/received?timePeriod=1440&{PAGED}"
    ),
    "T15 both dates": Row(
        lambda c: c.reports.sms_received(
            date_from="2024-08-01T00:00:00", date_to="2024-08-01T23:59:59"
        ),
        "GET /get/sms/received?"
        f"dateFrom=2024-08-01T00%3A00%3A00&dateTo=2024-08-01T23%3A59%3A59&{PAGED}",
    ),
    "T16": Row(lambda c: c.reports.status("ID1"), "GET /get/status/ID1"),
    "T17": Row(
        lambda c: c.contacts.search(mobile_phone="+64 21 000 001", main_phone="09 500 5000"),
        "GET /addressbook/contact/search?MobilePhone=%2B64%2021%20000%20001"
        f"&MainPhone=09%20500%205000&{PAGED}",
    ),
    "T18 small": Row(lambda c: c.reports.status("ID1"), "GET /get/status/ID1"),
    "T18 large": Row(
        lambda c: c.reports.status("ID1", page=2, records_per_page=50),
        "GET /get/status/ID1?page=2&recordsPerPage=50",
    ),
    "T19 detail": Row(
        lambda c: c.contact_groups.get("C1", "G1"), "GET /addressbook/contact/C1/group/G1"
    ),
    "T19 list": Row(
        lambda c: c.group_contacts.list("G1"), f"GET /addressbook/group/G1/contact/list?{PAGED}"
    ),
    "T20": Row(
        send(to=Destination(recipient=JESS, first_name="Jess", last_name="Doe")),
        SENT,
        message(Destinations=[{"Recipient": JESS, "FirstName": "Jess", "LastName": "Doe"}]),
        "SMSRequest",
    ),
    "T21 destination": Row(
        send(to=Destination(recipient=JESS, **{f"custom{n}": f"c{n}" for n in range(1, 10)})),
        SENT,
        message(
            Destinations=[{"Recipient": JESS, **{f"Custom{n}": f"c{n}" for n in range(1, 10)}}]
        ),
        "SMSRequest",
    ),
    "T21 contact": Row(
        lambda c: c.contacts.create(**{f"custom{n}": f"c{n}" for n in range(1, 5)}),
        "POST /addressbook/contact",
        {f"Custom{n}": f"c{n}" for n in range(1, 5)},
        "Contact",
    ),
    "T22": Row(
        send(send_time=NINE, time_zone="New Zealand"),
        SENT,
        message(SendTime="2025-06-05T09:00:00", TimeZone="New Zealand"),
        "SMSRequest",
    ),
    "T23": Row(
        send(from_number="+61421000002"), SENT, message(FromNumber="61421000002"), "SMSRequest"
    ),
    "T24": Row(
        lambda c: c.contacts.create(recip_department="Sales Dept."),
        "POST /addressbook/contact",
        {"RecipDepartment": "Sales Dept."},
        "Contact",
    ),
    "T25": Row(
        lambda c: c.contacts.update("C1", view_by="Account", edit_by="Department"),
        "PATCH /addressbook/contact/C1",
        {"ViewBy": "Account", "EditBy": "Department"},
        "Contact",
    ),
    "T26": Row(
        lambda c: c.contacts.update("C1", postcode="1234"),
        "PATCH /addressbook/contact/C1",
        {"Postcode": "1234"},
        "Contact",
    ),
    "T27 name": Row(
        lambda c: c.groups.create(group_name="Test Group"),
        "POST /addressbook/group",
        {"GroupName": "Test Group"},
        "Group",
    ),
    "T27 name and code": Row(
        lambda c: c.groups.create(group_name="Test Group", group_code="TG"),
        "POST /addressbook/group",
        {"GroupName": "Test Group", "GroupCode": "TG"},
        "Group",
    ),
    "T29": Row(
        lambda c: c.groups.update("Test_Group", group_name="Test Group 123"),
        "PATCH /addressbook/group/Test_Group",
        {"GroupName": "Test Group 123"},
        "Group",
    ),
    "T30": Row(send(reference="r" * 80), SENT, message(Reference="r" * 80), "SMSRequest"),
    "T31": Row(
        send(message_id=LONGEST_ID),
        SENT,
        message(MessageID=LONGEST_ID),
        "SMSRequest",
        message_id=LONGEST_ID,
    ),
    "T32": Row(send(), SENT, message(), "SMSRequest"),
    "T33": Row(send(test=True), SENT, message(Mode="Test"), "SMSRequest"),
    "T34": Row(
        lambda c: c.messaging.send_sms(
            message="Hello",
            destinations=[Destination(recipient=JESS)],
            message_id="ID1",
            mode="TEST",
        ),
        SENT,
        message(Mode="Test"),
        "SMSRequest",
    ),
    "T35": Row(
        send(report_to="report@example.com"),
        SENT,
        message(ReportTo="report@example.com"),
        "SMSRequest",
    ),
    "T37 text": Row(
        send(send_time="2021-12-31T23:00"),
        SENT,
        message(SendTime="2021-12-31T23:00:00"),
        "SMSRequest",
    ),
    "T37 text with a space": Row(
        send(send_time="2021-12-31 23:00:00", time_zone="AUS Eastern"),
        SENT,
        message(SendTime="2021-12-31T23:00:00", TimeZone="AUS Eastern"),
        "SMSRequest",
    ),
    "T37 aware": Row(
        send(send_time=NINE_IN_SYDNEY, time_zone="AUS Eastern"),
        SENT,
        message(SendTime="2025-06-05T09:00:00", TimeZone="AUS Eastern"),
        "SMSRequest",
    ),
    "T38": Row(
        lambda c: c.actions.resubmit("ID1"), "PATCH /set/resubmit/ID1", {}, "ResubmitRequest"
    ),
    "T39": Row(
        send(webhook_callback_url="https://www.example.com/webhook", webhook_callback_format="XML"),
        SENT,
        message(WebhookCallbackURL="https://www.example.com/webhook", WebhookCallbackFormat="XML"),
        "SMSRequest",
    ),
    "T40": Row(
        lambda c: c.groups.update("G1", view_edit_by="No"),
        "PATCH /addressbook/group/G1",
        {"ViewEditBy": "No"},
        "Group",
    ),
    "T41": Row(
        lambda c: c.reports.sms_received(date_from=NINE, date_to=NINE.replace(day=6)),
        "GET /get/sms/received?"
        f"dateFrom=2025-06-05T09%3A00%3A00&dateTo=2025-06-06T09%3A00%3A00&{PAGED}",
    ),
    "T43": Row(
        send(reference=None, time_zone=None, files=(), from_number=None),
        SENT,
        message(),
        "SMSRequest",
    ),
    "T44": Row(
        send(to=["+61421000001", "+61421000002"]),
        SENT,
        message(Destinations=[{"Recipient": "+61421000001"}, {"Recipient": "+61421000002"}]),
        "SMSRequest",
    ),
    "T45": Row(
        lambda c: c.groups.create(group_name="Test Group", group_code=None),
        "POST /addressbook/group",
        {"GroupName": "Test Group"},
        "Group",
    ),
    "T46 reschedule": Row(
        lambda c: c.actions.reschedule("ID1", send_time=NINE),
        "PATCH /set/reschedule/ID1",
        {"SendTime": "2025-06-05T09:00:00"},
        "RescheduleRequest",
    ),
    "T46 resubmit": Row(
        lambda c: c.actions.resubmit("ID1", send_time="2023-09-01T12:30"),
        "PATCH /set/resubmit/ID1",
        {"SendTime": "2023-09-01T12:30:00"},
        "ResubmitRequest",
    ),
    "T47 on": Row(
        send(character_conversion=True), SENT, message(CharacterConversion=True), "SMSRequest"
    ),
    "T47 off": Row(send(character_conversion=False), SENT, message(), "SMSRequest"),
}


def in_xml(value: Any) -> Any:
    """XML has nothing but text."""
    if isinstance(value, dict):
        return {name: in_xml(item) for name, item in value.items()}
    if isinstance(value, list):
        return [in_xml(item) for item in value]
    return str(value).lower() if isinstance(value, bool) else value


# What 2.03 does not know, and so does not leave: by row, the field that is named.
ONLY_IN_204 = {"T3 by id": "GroupCode", "T17": "version", "T35": "ReportTo"}


@pytest.mark.parametrize("trap", LINES)
async def test_what_leaves(trap: str, leaving: Any, form: str, version: str) -> None:
    """Method, target and body of the call are the SEND column's, and hold nothing else."""
    row = LINES[trap]
    if version == "2.03" and trap in ONLY_IN_204:
        with pytest.raises(InvalidRequest, match=f"^{ONLY_IN_204[trap]}: .*version 2.03 of"):
            await leaving(row.call, row.message_id)
        return
    left = await leaving(row.call, row.message_id)
    body = row.old_body if version == "2.03" and row.old_body is not None else row.body
    assert left.line == row.line
    if form == "json":
        assert left.body == body
    else:
        assert (left.body, left.root) == (in_xml(body), row.root)


# What the client leaves to its caller, and the strict emulator refuses: by row, in which versions.
LEFT_TO_THE_CALLER = {
    "T37 text": ("2.03", "2.04"),  # a text without a zone, which is then documented as the user's
}


@pytest.mark.parametrize("trap", LINES)
async def test_what_leaves_is_no_deviation(
    trap: str, account: Any, form: str, version: str, request: pytest.FixtureRequest
) -> None:
    """The emulator's strict mode is another reading of the SEND column: it refuses none of it."""
    if version in LEFT_TO_THE_CALLER.get(trap, ()):
        request.applymarker(pytest.mark.xfail(strict=True, reason="it is left to the caller"))
    transport = account(version, strict=True).emulator.transport()
    settings = {"version": version, "wire_format": form, "transport": transport}
    async with AsyncClient("eyJhbGciOiJI.adQssw5c", **settings) as client:
        try:
            await LINES[trap].call(client)
        except InvalidRequest:
            assert (version, trap in ONLY_IN_204) == ("2.03", True)
        except Rejected as error:
            # No message, contact or group of these rows exists.
            assert not any("Strict" in reason for reason in error.errors)  # noqa: PT017


REFUSED: dict[str, tuple[Call, str, str]] = {
    "T14": (lambda c: c.contacts.list(records_per_page=101), "recordsPerPage", "at most 100"),
    "T14 none": (lambda c: c.groups.list(page=0), "page", "at least 1"),
    "T15 one date": (
        lambda c: c.reports.sms_received(date_from="2024-08-01T00:00:00"),
        "dateTo",
        "need each other",
    ),
    "T15 both kinds": (
        lambda c: c.reports.sms_received(time_period=5, date_from=NINE, date_to=NINE),
        "timePeriod",
        "together",
    ),
    "T15 no time": (lambda c: c.reports.sms_received(time_period=0), "timePeriod", "at least 1"),
    "T27": (lambda c: c.groups.create(group_name=" "), "GroupName", "not be empty"),
    "T30": (send(reference="r" * 81), "Reference", "at most 80"),
    "T31 too long": (send(message_id="x" * 41), "MessageID", "at most 40"),
    "T31 a space": (send(message_id="ID 1"), "MessageID", "letters, digits and hyphens"),
    "T31 an accent": (send(message_id="\u0131d1"), "MessageID", "letters, digits and hyphens"),
    "T37 an offset": (send(send_time="2021-12-31T23:00Z"), "SendTime", "without an offset"),
    "T37 day first": (send(send_time="31/12/2021 23:00"), "SendTime", "YYYY-MM-DD"),
    "T37 no zone": (send(send_time=NINE), "SendTime", "TimeZone"),
    "T39": (
        send(webhook_callback_url="http://www.example.com/webhook"),
        "WebhookCallbackURL",
        "https://",
    ),
    "T40": (lambda c: c.groups.update("G1", view_edit_by="Nobody"), "ViewEditBy", "one of"),
    "T44": (send(to=[]), "Destinations", "at least 1"),
    "T45 message": (send(message_id=""), "MessageID", "not be empty"),
    "T45 group": (
        lambda c: c.groups.create(group_name="A", group_code=""),
        "GroupCode",
        "not be empty",
    ),
    "T46": (
        lambda c: c.actions.reschedule("ID1", send_time=NINE_IN_SYDNEY),
        "SendTime",
        "without one",
    ),
}


@pytest.mark.parametrize("trap", REFUSED)
async def test_what_is_refused(trap: str, leaving: Any) -> None:
    """Outside the SEND column nothing leaves, and the error names the field and its limit."""
    call, field, limit = REFUSED[trap]
    with pytest.raises(InvalidRequest, match=limit) as caught:
        await leaving(call)
    assert caught.value.field == field


NO_SUCH: dict[str, Call] = {
    "T21": lambda c: c.contacts.create(custom5="c5"),
    "T25": lambda c: c.contacts.update("C1", view_public="Account"),
    "T29": lambda c: c.groups.update("Test_Group", group_code="Other"),
    "T33": lambda c: c.messaging.send_sms(message="x", destinations=[], send_mode="Live"),
    "T35": send(error_email_notify="a@example.com"),
    "T42": send(fallback_mode="WAPP"),
    "T46": lambda c: c.actions.reschedule("ID1", send_time=NINE, time_zone="AUS Eastern"),
}


@pytest.mark.parametrize("trap", NO_SUCH)
async def test_what_has_no_argument(trap: str, leaving: Any) -> None:
    """What the SEND column rules out has no name to be given by."""
    with pytest.raises(TypeError, match="unexpected keyword"):
        await leaving(NO_SUCH[trap])


@pytest.mark.parametrize("call", [send(), lambda c: c.contacts.get("C1")], ids=["send", "get"])
async def test_t7_t8_t9_t16_the_headers(call: Call, leaving: Any, form: str) -> None:
    """T7, T8: plain media types, the same in both headers; T9: the token as it is, after Basic."""
    headers = (await leaving(call)).request.headers
    assert headers["Authorization"] == "Basic eyJhbGciOiJI.adQssw5c"
    assert headers["Accept"] == f"application/{form}"
    assert headers.get("Content-Type", headers["Accept"]) == f"application/{form}"
    assert not {"Sender", "APIKey"} & headers.keys()


async def test_t7_t10_no_body_means_no_content_type(leaving: Any) -> None:
    """T10: a GET or DELETE has neither a body nor headers that announce one."""
    request = (await leaving(lambda c: c.contacts.delete("C1"))).request
    assert request.content == b""
    assert not {"content-type", "content-length", "transfer-encoding"} & request.headers.keys()


@pytest.mark.parametrize(
    "settings",
    [{"version": "3.00"}, {"version": "v2.04"}, {"versions": {"reports": "3.00"}}],
    ids=["T12 version", "T11", "T12 area"],
)
def test_t11_t12_versions_are_not_mixed_up(settings: dict[str, Any]) -> None:
    """T12: 3.00 has other bodies, so it is refused as a setting, and not sent 2.x ones."""
    with pytest.raises(ConfigurationError):
        AsyncClient("t", **settings)


async def test_t36_a_long_text_is_not_held_up(leaving: Any) -> None:
    """T36: beyond three parts (459 and 201 characters) it is the provider that decides."""
    for text in ("x" * 460, "\N{SNOWMAN}" * 202):
        left = await leaving(lambda c, text=text: c.send(text, to=JESS, message_id="ID1"))
        assert left.body["MessageData"]["Message"] == text


async def test_t37_an_aware_time_always_names_its_zone(leaving: Any) -> None:
    """T37: the same moment, whatever zone the clock of the caller is in."""
    data = (await leaving(send(send_time=NINE_IN_SYDNEY))).body["MessageData"]
    assert (data["SendTime"], data["TimeZone"]) == ("2025-06-05T09:00:00", "E. Australia")


async def test_t44_a_file_is_an_object(leaving: Any) -> None:
    """T44: destinations and files are objects in lists, in XML one element each."""
    left = await leaving(send(files=File.from_bytes(b"hello", name="a.pdf")))
    assert left.body == message(Files=[{"Name": "a.pdf", "Data": "aGVsbG8="}])
