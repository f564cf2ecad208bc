"""Traps 3.3 of the wire facts, column ACCEPT: what an answer's body is read as, in JSON and XML."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import attrs
import pytest

from bestsms import (
    AsyncClient,
    AuthenticationFailed,
    BestSMSError,
    JobStatus,
    MessageType,
    NotFound,
    OutcomeUnknown,
    RecipientStatus,
    Rejected,
    SMSReply,
    Verdict,
)

Call = Callable[[AsyncClient], Awaitable[Any]]

OK = {"Result": "Success"}
PAGED = {**OK, "TotalRecords": 3, "RecordsPerPage": 100, "PageCount": 1, "Page": 1}
RECEIVED = "This is a reply back from the mobile phone."
JESS = "+61421000001"
FIVE_PAST_TWO = datetime(2023, 9, 1, 2, 2, 3, tzinfo=UTC)


async def send(c: AsyncClient) -> Any:
    """A send about ID1."""
    return await c.send("Hello", to=JESS, message_id="ID1")


async def status(c: AsyncClient) -> Any:
    """The delivery report of ID1."""
    return await c.reports.status("ID1")


async def reply(c: AsyncClient) -> Any:
    """The replies to ID1."""
    return await c.reports.sms_reply("ID1")


async def received(c: AsyncClient) -> Any:
    """The received list."""
    return await c.reports.sms_received()


async def abort(c: AsyncClient) -> Any:
    """An action on ID1."""
    return await c.actions.abort("ID1")


async def contact(c: AsyncClient) -> Any:
    """One contact."""
    return await c.contacts.get("C1")


async def group(c: AsyncClient) -> Any:
    """One group."""
    return await c.groups.get("G1")


async def groups_of(c: AsyncClient) -> Any:
    """The groups of a contact."""
    return await c.contact_groups.list("C1")


@attrs.frozen
class Row:
    """A call, the body of its answer, and what is looked at of what it returns."""

    call: Call
    body: dict[str, Any]
    look: Callable[[Any], Any]
    sees: Any


def report(*recipients: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A report with these recipients."""
    return {**OK, "Status": "Completed", **fields, "Recipients": list(recipients)}


def of_recipient(field: str) -> Callable[[Any], Any]:
    """Look at a field of the one recipient."""
    return lambda found: getattr(found.recipients[0], field)


def replies_of(found: Any) -> Any:
    """Look at the replies of the one recipient."""
    return found.recipients[0].sms_replies


TWO_MESSAGES = [{"From": JESS, "MessageText": RECEIVED}, {"From": JESS, "MessageText": "Yes"}]
NESTED_REPLY = {"ReceivedID": "R1", "From": JESS, "MessageText": RECEIVED}
FLAT_REPLY = {"Date": "2019-12-01 14:02:03", "From": JESS, "MessageText": RECEIVED}
FLAT_SENT = {"Date": "2019-12-01 13:45:54", "Destination": JESS, "MessageText": "Sent"}
NEVER = {
    "UpdatedTimeLocal": "0001-01-01 12:00:00",
    "UpdatedTimeUTC": "0001-01-01 00:00:00",
    "UpdatedTimeUTC_RFC3339": "0001-01-01T00:00:00.000Z",
}
NEW_TIMES = {
    "SentTimeLocal": "2023-09-01 14:02:03",
    "SentTimeUTC": "2023-09-01 02:02:03",
    "SentTimeUTC_RFC3339": "2023-09-01T02:02:03.000Z",
}
OLD_TIMES = {"SentDate": "2023-09-01 14:02:03", "SentDateUTC": "2023-09-01 02:02:03"}
ODD_ID = "GGG0000a-f002-4000-8000-000000000000"

ROWS = {
    "T50": Row(send, {"Result": "SUCCESS", "MessageID": "ID1"}, lambda x: x.message_id, "ID1"),
    "T51": Row(send, {"MessageID": "ID1"}, lambda x: x.message_id, "ID1"),
    "T52": Row(
        status,
        report({"Status": "Failed", "Result": "Bad Number"}),
        lambda x: (x.result, x.recipients[0].result, x.recipients[0].status),
        ("Success", "Bad Number", RecipientStatus.FAILED),
    ),
    "T54": Row(
        send,
        {**OK, "MessageID": "ID1", "Message": "This is a reply."},
        lambda x: x.message_id,
        "ID1",
    ),
    "T55 new": Row(contact, {**OK, "Contact": {"ContactID": "C1"}}, lambda x: x.contact_id, "C1"),
    "T55 old": Row(contact, {**OK, "Contact": {"ID": "C1"}}, lambda x: x.contact_id, "C1"),
    "T55 a number": Row(
        received, {**PAGED, "Messages": [{"ID": 42}]}, lambda x: x.items[0].received_id, "42"
    ),
    "T56 new": Row(status, report(NEW_TIMES), of_recipient("sent_at"), FIVE_PAST_TWO),
    "T56 old": Row(status, report(OLD_TIMES), of_recipient("sent_at"), FIVE_PAST_TWO),
    "T56 created": Row(
        status,
        report(Created="2023-09-01 14:02:03", CreatedUTC="2023-09-01 02:02:03"),
        lambda x: (x.created_time_local, x.created_at),
        ("2023-09-01 14:02:03", FIVE_PAST_TWO),
    ),
    "T56 received": Row(
        received,
        {**PAGED, "Messages": [{"Date": "2023-09-01 14:02:03", "DateUTC": "2023-09-01 02:02:03"}]},
        lambda x: x.items[0].received_at,
        FIVE_PAST_TWO,
    ),
    "T57 Messages": Row(
        received, {**PAGED, "Messages": TWO_MESSAGES}, lambda x: x.items[1].message_text, "Yes"
    ),
    "T57 ReceivedMessages": Row(
        received,
        {**PAGED, "ReceivedMessages": TWO_MESSAGES},
        lambda x: x.items[1].message_text,
        "Yes",
    ),
    "T57 flat": Row(
        received, {**OK, **FLAT_REPLY}, lambda x: [y.message_text for y in x.items], [RECEIVED]
    ),
    "T58 nested": Row(
        reply,
        report({"Destination": JESS, "SMSReplies": [NESTED_REPLY]}),
        replies_of,
        (SMSReply(received_id="R1", from_=JESS, message_text=RECEIVED),),
    ),
    "T58 MessageReceived": Row(
        reply,
        {**OK, "Status": "Received", "MessageSent": FLAT_SENT, "MessageReceived": FLAT_REPLY},
        replies_of,
        (SMSReply(received_time_local=FLAT_REPLY["Date"], from_=JESS, message_text=RECEIVED),),
    ),
    "T58 ReceivedMessages": Row(
        reply,
        {**OK, "Status": "Received", "SentMessage": FLAT_SENT, "ReceivedMessages": [FLAT_REPLY]},
        replies_of,
        (SMSReply(received_time_local=FLAT_REPLY["Date"], from_=JESS, message_text=RECEIVED),),
    ),
    "T58 nobody yet": Row(
        reply,
        {**OK, "Status": "Received", "MessageSent": FLAT_SENT, "MessageReceived": {}},
        replies_of,
        (),
    ),
    "T59": Row(
        abort,
        {**OK, "MessageID": "ID1", "Status": "Delayed", "JobNum": "ABCD1234", "Action": "Abort"},
        lambda x: (x.status, x.action),
        (JobStatus.DELAYED, "Abort"),
    ),
    "T60": Row(status, {**OK, "JobStatus": "CreditHold"}, lambda x: x.status, "CreditHold"),
    "T61 upper": Row(
        status, report({"Status": "SUCCESS"}), of_recipient("status"), RecipientStatus.SUCCESS
    ),
    "T61 title": Row(
        status, report({"Status": "Success"}), of_recipient("status"), RecipientStatus.SUCCESS
    ),
    "T61 of the job": Row(
        status, {**OK, "Status": "COMPLETED"}, lambda x: x.status, JobStatus.COMPLETED
    ),
    "T62 Text": Row(status, report({"Type": "Text"}), of_recipient("type"), MessageType.TEXT),
    "T62 SMS": Row(status, report({"Type": "SMS"}), of_recipient("type"), MessageType.SMS),
    "T63 JobNum": Row(status, report(JobNum="10AB20CE"), lambda x: x.job_num, "10AB20CE"),
    "T63 JobNumber": Row(status, report(JobNumber="10AB20CE"), lambda x: x.job_num, "10AB20CE"),
    "T64 number": Row(status, report({"Price": 0.1}), of_recipient("price"), Decimal("0.1")),
    "T64 text": Row(status, report({"Price": "0.10"}), of_recipient("price"), Decimal("0.10")),
    "T64 null": Row(status, report({"Price": None}), of_recipient("price"), None),
    "T64 blank": Row(status, report({"Price": ""}), of_recipient("price"), None),
    "T64 of the job": Row(status, report(Price=12), lambda x: x.price, Decimal(12)),
    "T65 nested": Row(
        contact,
        {**OK, "Contact": {"ContactID": "C1", "FirstName": "Jess"}},
        lambda x: x.first_name,
        "Jess",
    ),
    "T65 flat": Row(
        contact, {"ContactID": "C1", "FirstName": "Jess"}, lambda x: x.first_name, "Jess"
    ),
    "T65 a flat group": Row(
        group, {"GroupID": "G1", "GroupName": "Test"}, lambda x: x.group_name, "Test"
    ),
    "T66 array": Row(
        groups_of,
        {**PAGED, "Groups": [{"GroupCode": "A"}, {"GroupCode": "B"}]},
        lambda x: [y.group_code for y in x.items],
        ["A", "B"],
    ),
    "T66 one object": Row(
        groups_of,
        {**PAGED, "Groups": {"GroupCode": "A", "GroupName": "a"}},
        lambda x: [y.group_code for y in x.items],
        ["A"],
    ),
    "T66 none": Row(groups_of, {**PAGED, "Groups": []}, lambda x: x.items, ()),
    "T67": Row(
        lambda c: c.group_contacts.list("G1"),
        {**PAGED, "Contacts": [{"ContactID": "C1"}]},
        lambda x: (x.total_records, len(x.items)),
        (3, 1),
    ),
    "T70": Row(
        contact,
        {**OK, "Contact": {"ContactID": "C1", **NEVER}},
        lambda x: (x.updated_at, x.updated_time_local),
        (None, "0001-01-01 12:00:00"),
    ),
    "T71": Row(
        contact,
        {**OK, "Contact": {"ContactID": "C1", "Country": "AUS Eastern", "State": "NZ"}},
        lambda x: (x.country, x.state),
        ("AUS Eastern", "NZ"),
    ),
    "T72": Row(status, report(JobNum="Completed"), lambda x: x.job_num, "Completed"),
    "T73": Row(
        reply,
        {**OK, "Status": "Received", "SentMessage": {**FLAT_SENT, "Destination": "6421000001"}},
        of_recipient("destination"),
        "+6421000001",
    ),
    "T74": Row(
        reply,
        {**OK, "Status": "Received", "SentMessage": FLAT_SENT, "ReceivedMessages": [FLAT_REPLY]},
        of_recipient("sent_time_local"),
        "2019-12-01 13:45:54",
    ),
    "T79": Row(
        abort,
        {**OK, "Status": "Pending", "JobNum": "ABCD1234", "Action": "Abort"},
        lambda x: (x.message_id, x.job_num),
        (None, "ABCD1234"),
    ),
    "T101": Row(
        status,
        {**report(), "Status": "Completed", "Count": 5, "Success": 4, "Failed": 1},
        lambda x: (x.status, x.failed),
        (JobStatus.COMPLETED, 1),
    ),
    "T103": Row(
        reply,
        report({"ContactID": "", "GroupID": "", "Price": "", "SMSReplies": []}),
        lambda x: (x.recipients[0].contact_id, x.recipients[0].group_id, x.recipients[0].price),
        (None, None, None),
    ),
    "T104": Row(reply, report({"GroupID": ODD_ID}), of_recipient("group_id"), ODD_ID),
}


@pytest.mark.parametrize("trap", ROWS)
async def test_what_is_read(trap: str, read: Any) -> None:
    """The body is read as the ACCEPT column has it, whichever of the spellings came."""
    row = ROWS[trap]
    assert row.look(await read(row.call, row.body)) == row.sees


FAILED = {"Result": "Failed"}
NOS: dict[str, tuple[Call, int, dict[str, Any], type[BestSMSError], tuple[str, ...]]] = {
    "T50 send": (send, 200, {**FAILED, "Message": "x"}, Rejected, ("x",)),
    "T50 received": (received, 200, {**FAILED, "Message": "x"}, Rejected, ("x",)),
    "T53 Message": (status, 400, {**FAILED, "Message": " Missing Sender "}, Rejected,
                    ("Missing Sender",)),
    "T53 ErrorMessage": (send, 400, {**FAILED, "ErrorMessage": ["a", "", "b"]}, Rejected,
                         ("a", "b")),
    "T53 one text": (send, 400, {**FAILED, "ErrorMessage": "a"}, Rejected, ("a",)),
    "T53 both": (send, 400, {**FAILED, "ErrorMessage": ["a", "b"], "Message": "a"}, Rejected,
                 ("a", "b")),
    "T53 Error": (send, 400, {"Error": "a"}, Rejected, ("a",)),
    "T53 message": (send, 400, {"message": "a"}, Rejected, ("a",)),
    "T54": (status, 400, {**FAILED, "MessageID": "ID1", "Message": "Missing Sender"}, Rejected,
            ("Missing Sender",)),
    "T75": (status, 404, {"Result": "RecordNotFound", "MessageID": "ID1",
                          "ErrorMessage": ["Unable to find entry."]}, NotFound,
            ("Unable to find entry.",)),
    "T76": (send, 415, {"status": 415, "extend1": "info1", "extend2": "info2"}, Rejected, ()),
    "T77": (send, 401, {"Result": "Unauthorized"}, AuthenticationFailed, ()),
}  # fmt: skip


@pytest.mark.parametrize("trap", NOS)
async def test_what_is_a_no(trap: str, read: Any) -> None:
    """A refusal is one whatever HTTP code it has, and its reasons are one list of texts."""
    call, code, body, kind, reasons = NOS[trap]
    with pytest.raises(kind) as caught:
        await read(call, body, code)
    assert caught.value.errors == reasons
    assert caught.value.verdict is (Verdict.REJECTED if call is send else None)


async def test_t50_a_yes_without_the_expected_key_is_none(read: Any) -> None:
    """T50: a 200 without a MessageID proves nothing about a send."""
    with pytest.raises(OutcomeUnknown):
        await read(send, {"Result": "Success"})


async def test_t14_the_pages_are_those_of_the_answer(read: Any) -> None:
    """T14: where the provider's pages are smaller than asked for, none is left out."""
    first, second = ({**OK, "TotalRecords": 3, "RecordsPerPage": 2, "PageCount": 2, "Page": page,
                      "Messages": [{"MessageText": text} for text in texts]}
                     for page, texts in ((1, "ab"), (2, "c")))  # fmt: skip

    async def walk(c: AsyncClient) -> list[Any]:
        return [each.message_text async for each in c.reports.iterate_sms_received()]

    assert await read(walk, first, then=[second]) == ["a", "b", "c"]


async def test_t18_an_answer_without_totals_is_complete(read: Any) -> None:
    """T18: no second page is asked for, which would be a failure here."""

    async def walk(c: AsyncClient) -> list[Any]:
        return [each.message_text async for each in c.reports.iterate_sms_received()]

    only = {**OK, "Messages": [{"MessageText": "a"}]}
    assert await read(walk, only, then=[{"Result": "Failed"}]) == ["a"]


async def test_t54_the_text_of_a_yes_is_kept(read: Any) -> None:
    """T54: ``Message`` beside a Success is no error, and not lost either."""
    answer = (await read(send, {**OK, "MessageID": "ID1", "Message": "queued"})).answer
    assert answer.extra == {"Message": "queued"}


async def test_t65_the_envelope_is_not_the_contact(read: Any) -> None:
    """T65: nothing of the envelope gets into the contact that lies in it."""
    found = await read(contact, {**OK, "Contact": {"ContactID": "C1", "Nickname": "J"}})
    assert found.extra == {"Nickname": "J"}


async def test_t102_status_is_not_result(read: Any) -> None:
    """T102: one page calls it Status in its text; the field is Result, and that one counts."""
    with pytest.raises(Rejected):
        await read(send, {"Status": "Success", "Result": "Failed", "MessageID": "ID1"})
