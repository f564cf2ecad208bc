"""Section 5 of the wire facts: what the real server was seen to do, and how client and emulator do.

The clients speak to an emulated account in both wire formats; where they sleep, its clock moves.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from bestsms import (
    AsyncClient,
    AuthenticationFailed,
    JobStatus,
    MessageType,
    NotFound,
    OutcomeUnknown,
    RecipientStatus,
    Rejected,
    Verdict,
)
from bestsms.templates import escape
from bestsms.webhooks import ReplyEvent, StatusEvent, parse, verify

JESS = "+61421000001"
SAM = "+61421000002"
TOKEN = "eyJhbGciOiJI.adQssw5c"

Make = Callable[..., Any]

# The loop of a test begins before what the test asks for, so it is asked for first.
pytestmark = pytest.mark.usefixtures("time")
versions = pytest.mark.parametrize("version", ["2.04", "2.03"])


async def send(c: AsyncClient) -> Any:
    """A send about ID1."""
    return await c.send("Hello", to=JESS, message_id="ID1")


async def status(c: AsyncClient) -> Any:
    """The report of ID1."""
    return await c.reports.status("ID1")


@pytest.mark.parametrize(
    "body",
    [
        {"MessageData": '{"Message":"Hello"}'},
        {"MessageData": {"Message": "x", "Destinations": [{"Recipient": JESS}]}, "Mode": "Test"},
    ],
    ids=["a text", "a field beside it"],
)
async def test_e1_fields_beside_message_data_fail(account: Make, body: Any) -> None:
    """E1: 400, in these words."""
    answer = await account().call("POST", "send/sms", json=body)
    assert answer.status_code == 400
    found = answer.json()
    assert (found["Result"], found["ErrorMessage"]) == (
        "Failed",
        ["Failed to process your API request. Check your syntax."],
    )


async def test_e1_its_reason_is_read(read: Any) -> None:
    """E1: the one real 400 that was seen is a Rejected with that reason."""
    reason = "Failed to process your API request. Check your syntax."
    with pytest.raises(Rejected) as caught:
        await read(send, {"Result": "Failed", "ErrorMessage": [reason]}, 400)
    assert (caught.value.errors, caught.value.verdict) == ((reason,), Verdict.REJECTED)


@pytest.mark.parametrize("code", [400, 404, 200])
async def test_e2_an_unknown_id_is_not_found(account: Make, client_of: Make, code: int) -> None:
    """E2: by 400 or 404 and Result Failed; a path that does not exist is 404 for everything."""
    mine = account(unknown_message_status=code)
    assert (await mine.call("GET", "get/sms/status/ID1")).status_code == 404
    async with client_of(mine) as client:
        with pytest.raises(NotFound) as caught:
            await status(client)
    assert caught.value.status == code


async def test_e3_a_refused_send_may_be_a_200(account: Make, client_of: Make) -> None:
    """E3: it counts as a failure, and nothing was sent."""
    mine = account(send_failures_as_200=True)
    async with client_of(mine) as client:
        with pytest.raises(Rejected) as caught:
            await client.send("Hello", to="nobody")
    assert (caught.value.status, caught.value.verdict) == (200, Verdict.REJECTED)
    assert mine.emulator.ledger() == []


async def test_e4_bearer_and_3_00_are_never_mixed_with_2_x(account: Make, leaving: Any) -> None:
    """E4: the emulator knows neither; the client speaks 2.x with Basic."""
    body = {"MessageData": {"Message": "Hello", "Destinations": [{"Recipient": JESS}]}}
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    mine = account()
    assert (await mine.call("POST", "/api/v3.00/send/sms", json=body)).status_code == 404
    assert (await mine.call("POST", "send/sms", json=body, headers=bearer)).status_code == 401
    left = await leaving(send)
    assert left.request.headers["Authorization"] == f"Basic {TOKEN}"


async def test_e5_send_mode_is_tolerated(account: Make) -> None:
    """E5: a key of 1.x, without effect."""
    assert (await account().send(JESS, SendMode="Test"))["Result"] == "Success"


@versions
async def test_e6_plain_json_without_an_accept_is_enough(account: Make, version: str) -> None:
    """E6: on both versions."""
    mine = account(version)
    del mine.http.headers["Accept"]
    assert (await mine.send(JESS))["Result"] == "Success"


async def opted_out(mine: Any, client: AsyncClient, text: str = "Stop please") -> None:
    """Have Jess get a message, and opt out."""
    await client.send("Hello", to=JESS)
    mine.emulator.advance(2)
    mine.emulator.reply(JESS, text)


@versions
async def test_e7_an_opted_out_number_fails_after_it_was_accepted(
    account: Make, client_of: Make, version: str, form: str
) -> None:
    """E7: accepted with 200, then Failed with its reason, in the poll and in the webhook."""
    mine = account(version)
    async with client_of(mine, wire_format=form) as client:
        await opted_out(mine, client)
        report = await client.wait(await client.send("Hello again", to=JESS))
    [recipient] = report.recipients
    told = (RecipientStatus.FAILED, "Destination is blacklisted")
    assert (recipient.status, recipient.result) == told
    event = parse(json.dumps((await mine.posted())[-1]))
    assert isinstance(event, StatusEvent)
    assert (event.status, event.result) == told


async def test_e8_one_webhook_per_destination(account: Make, client_of: Make) -> None:
    """E8: a message to two is two webhooks."""
    mine = account()
    async with client_of(mine) as client:
        sent = await client.send("Hello", to=[JESS, SAM])
    mine.emulator.advance(2)
    posted = await mine.posted()
    assert {each["Destination"] for each in posted} == {JESS, SAM}
    assert {each["MessageID"] for each in posted} == {sent.message_id}


async def test_e9_a_reply_answers_the_last_message(account: Make, client_of: Make) -> None:
    """E9: of two messages to one mobile the later one has the reply."""
    mine = account()
    async with client_of(mine) as client:
        first, last = [await client.send(text, to=JESS) for text in ("first", "last")]
        mine.emulator.advance(2)
        mine.emulator.reply(JESS, "Yes")
        none, one = [
            (await client.reports.sms_reply(each.message_id)).recipients[0].sms_replies
            for each in (first, last)
        ]
    assert none == ()
    assert [each.message_text for each in one] == ["Yes"]


async def test_e10_a_message_needs_no_sender_number(account: Make, client_of: Make) -> None:
    """E10: the provider allots one, and replies come back to it."""
    mine = account()
    async with client_of(mine) as client:
        await client.send("Hello", to=JESS)
        mine.emulator.advance(2)
        mine.emulator.reply(JESS, "Yes")
        page = await client.reports.sms_received()
    assert [each.message_text for each in page.items] == ["Yes"]


@pytest.mark.parametrize("word", ["STOP", "Opt-out", "unsubscribe me"])
async def test_e11_an_opt_out_is_heeded_and_forwarded(
    account: Make, client_of: Make, word: str
) -> None:
    """E11: the number is listed by the platform, and its text is in the inbox all the same."""
    mine = account()
    async with client_of(mine) as client:
        await opted_out(mine, client, word)
        page = await client.reports.sms_received()
        report = await client.wait(await client.send("Hello again", to=JESS))
    assert [each.message_text for each in page.items] == [word]
    assert report.failed == 1


async def test_e12_a_webhook_proves_itself_twice(account: Make) -> None:
    """E12: by headers and by the same pair in its body; X-Timestamp is RFC 3339."""
    mine = account(webhook_sender="me@example.com", webhook_api_key="k3y")
    await mine.send(JESS)
    mine.emulator.advance(2)
    await mine.emulator.deliver_callbacks()
    [hook] = mine.hooks
    assert hook.headers["X-Timestamp"] == "2025-06-03T21:16:57.000Z"
    pair = {"sender": "me@example.com", "api_key": "k3y"}
    assert verify(hook.content, hook.headers["Content-Type"], hook.headers, **pair)
    assert verify(hook.content, None, {}, **pair)
    assert not verify(hook.content, None, hook.headers, sender="me@example.com", api_key="other")


@pytest.mark.parametrize(("price", "read_as"), [(0.1, Decimal("0.1")), (None, None)])
async def test_e13_type_is_text_and_price_a_number_or_null(
    read: Any, price: Any, read_as: Any
) -> None:
    """E13: as confirmed by the vendor's own code."""
    body = {"Status": "Completed", "Recipients": [{"Type": "Text", "Price": price}]}
    [recipient] = (await read(status, body)).recipients
    assert (recipient.type, recipient.price) == (MessageType.TEXT, read_as)


async def test_e14_a_count_of_zero_is_no_contradiction(read: Any) -> None:
    """E14: Count 0 with Complete 1, a DestSeq in hex, a JobNum in digits, a time with a space."""
    recipient = {
        "Type": "Text",
        "DestSeq": "00F16FEE",
        "Destination": JESS,
        "Status": "Success",
        "Result": "Sent OK",
        "SentTimeUTC": "2022-03-20 09:49:41",
        "Price": 0.1,
    }
    body = {"Result": "Success", "Status": "Completed", "JobNum": "12907969", "Count": 0}
    report = await read(status, {**body, "Complete": 1, "Success": 1, "Recipients": [recipient]})
    assert (report.count, report.complete, report.job_num) == (0, 1, "12907969")
    [found] = report.recipients
    assert (found.dest_seq, found.result, found.price) == ("00F16FEE", "Sent OK", Decimal("0.1"))
    assert found.sent_at == datetime(2022, 3, 20, 9, 49, 41, tzinfo=UTC)


async def test_e14_a_wait_ends_though_the_count_is_zero(read: Any) -> None:
    """E14: so no wait may ask that Complete has reached Count."""
    done = {"Status": "Success", "Destination": JESS}
    body = {"MessageID": "ID1", "Status": "Completed", "Count": 0, "Complete": 1}

    async def wait(c: AsyncClient) -> Any:
        return await c.wait("ID1", timeout=0)

    assert (await read(wait, {**body, "Recipients": [done]})).complete == 1


async def test_e15_a_yes_without_a_result(read: Any) -> None:
    """E15: as 3.00 answers."""
    assert (await read(send, {"MessageID": "ID1"})).message_id == "ID1"


async def test_e16_a_report_that_comes_again_is_the_same(account: Make) -> None:
    """E16: also one of a message whose send has not returned: nothing of it is needed to read."""
    mine = account(webhook_duplicates=True)
    await mine.send(JESS, MessageID="ID1")
    mine.emulator.advance(2)
    first, second = [parse(json.dumps(each)) for each in await mine.posted()]
    assert first.key == second.key
    other = {**(await mine.posted())[0], "Result": "delivered-to-network"}
    assert parse(json.dumps(other)).key != first.key


@pytest.mark.parametrize(
    ("result", "state", "said"),
    [
        ("LinkNotPermitted", JobStatus.COMPLETED, "LinkNotPermitted"),
        ("CreditHold", JobStatus.CREDIT_HOLD, "CreditHold"),
        ("Pending", JobStatus.PENDING, "Pending"),
    ],
)
async def test_e17_polling_sees_what_no_webhook_tells(
    account: Make, client_of: Make, form: str, result: str, state: JobStatus, said: str
) -> None:
    """E17: no webhook comes, and the report tells."""
    mine = account()
    mine.emulator.set_destination(JESS, result=result)
    async with client_of(mine, wire_format=form) as client:
        await send(client)
        mine.emulator.advance(60)
        report = await status(client)
    assert await mine.posted() == []
    assert (report.status, report.recipients[0].result) == (state, said)


async def test_e17_t95_a_wait_ends_without_a_webhook(account: Make, client_of: Make) -> None:
    """E17, T95: polling is the backstop."""
    mine = account()
    mine.emulator.set_destination(JESS, result="LinkNotPermitted")
    async with client_of(mine) as client:
        report = await client.wait(await send(client))
    assert report.recipients[0].result == "LinkNotPermitted"
    assert await mine.posted() == []


async def test_e18_a_lower_case_message_id_is_no_message_id(read: Any) -> None:
    """E18: no evidence that the server ever sends it, so it proves nothing and is kept."""
    answer = (await read(send, {"MessageID": "ID1", "messageID": "ID2"})).answer
    assert (answer.message_id, answer.extra) == ("ID1", {"messageID": "ID2"})
    with pytest.raises(OutcomeUnknown):
        await read(send, {"messageID": "ID1"})


async def test_e19_a_text_from_outside_pulls_no_fields(account: Make, client_of: Make) -> None:
    """E19: the server fills in whatever is in brackets; what was escaped stays as it is."""
    mine = account()
    texts = []
    async with client_of(mine) as client:
        for outside in ("[[Recipient]] [[STOP]]", "[[Link:https://evil.example]]"):
            sent = await client.send(f"Hi, {escape(outside)}", to=JESS)
            report = await client.reports.sms_reply(sent.message_id)
            texts.append(report.recipients[0].message_text)
    assert texts == ["Hi, ((Recipient)) ((STOP))", "Hi, ((Link:https://evil.example))"]
    [raw] = (await mine.get(f"get/sms/reply/{await unescaped(mine)}"))["Recipients"]
    assert raw["MessageText"] == "Hi, https://evil.example"


async def unescaped(mine: Any) -> str:
    """Send the same without escaping, and return its MessageID."""
    return (await mine.send(JESS, message="Hi, [[Link:https://evil.example]]"))["MessageID"]


async def test_e20_names_of_2_03_in_an_answer_of_2_04(read: Any) -> None:
    """E20: as a sample on the provider's own pages has them."""
    recipient = {"Status": "Success", "SentDate": "x", "SentDateUTC": "2023-06-12T20:44:30"}
    body = {"Status": "Completed", "CreatedUTC": "2024-06-12T20:44:16", "Recipients": [recipient]}
    report = await read(status, body)
    assert report.created_at == datetime(2024, 6, 12, 20, 44, 16, tzinfo=UTC)
    assert report.recipients[0].sent_at == datetime(2023, 6, 12, 20, 44, 30, tzinfo=UTC)


async def test_e21_the_form_api_s_refusal_is_read(read: Any) -> None:
    """E21: 401 with one text."""
    body = {"Result": "Failed", "ErrorMessage": "Missing or empty sender"}
    with pytest.raises(AuthenticationFailed) as caught:
        await read(send, body, 401)
    assert caught.value.errors == ("Missing or empty sender",)


async def test_t75_not_found_is_not_yet_after_an_accepted_send(
    account: Make, client_of: Make, form: str
) -> None:
    """T75: wrong ID or still processing: a message just accepted is waited for."""
    mine = account(status_visibility_seconds=30.0, unknown_message_status=404)
    async with client_of(mine, wire_format=form) as client:
        sent = await send(client)
        with pytest.raises(NotFound):
            await status(client)
        report = await client.wait(sent)
    assert report.success == 1


async def test_t90_every_message_has_an_id_of_its_own(account: Make, client_of: Make) -> None:
    """T90: since a reused one means the most recent message, the client does not reuse any."""
    mine = account()
    async with client_of(mine) as client:
        first, second = await client.send("a", to=JESS), await client.send("b", to=JESS)
        assert first.message_id != second.message_id
    mine.emulator.advance(2)
    mine.emulator.reply(JESS, "Yes")
    event = parse(json.dumps((await mine.posted())[-1]))
    assert isinstance(event, ReplyEvent)
    assert event.message_id == second.message_id


async def test_t101_a_failed_message_is_completed_with_failures(
    account: Make, client_of: Make
) -> None:
    """T101: that is what can be resubmitted; the client asks for it, the provider decides."""
    mine = account()
    mine.emulator.set_destination(JESS, result="failed")
    async with client_of(mine) as client:
        report = await client.wait(await send(client))
        assert (report.status, report.failed) == (JobStatus.COMPLETED, 1)
        assert (await client.actions.resubmit("ID1")).message_id == "ID1"
