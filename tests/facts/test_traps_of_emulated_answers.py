"""Traps 3.3 and 3.4 of the wire facts, column EMIT: what the emulator answers and posts."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest

JESS = "+61421000001"
HOOK = "https://hooks.example/sms"
UNMATCHED = {"unmatched": True}

Make = Callable[..., Any]

versions = pytest.mark.parametrize("version", ["2.04", "2.03"])


async def delivered(mine: Any, *to: str, **data: Any) -> dict[str, Any]:
    """Send ID1, have it delivered, and return its report."""
    await mine.send(*(to or (JESS,)), MessageID="ID1", **data)
    mine.emulator.advance(2)
    return await mine.get("get/status/ID1")


async def test_t50_a_failure_is_400_but_of_the_received_list_200(account: Make) -> None:
    """T50: as documented; a switch has a refused send answer 200 as well."""
    mine = account()
    assert (await mine.call("GET", "get/status/no")).status_code == 400
    assert (await mine.call("GET", "get/sms/received")).status_code == 200
    for switch, status in ((False, 400), (True, 200)):
        mine = account(send_failures_as_200=switch)
        answer = await mine.call("POST", "send/sms", json={"MessageData": {}})
        assert (answer.status_code, answer.json()["Result"]) == (status, "Failed")


@versions
async def test_t51_a_yes_says_success(account: Make, version: str) -> None:
    """T51: always in 2.x; only 3.00 leaves it out."""
    assert (await delivered(account(version)))["Result"] == "Success"


@pytest.mark.parametrize(
    ("version", "switch", "keys"),
    [
        ("2.03", "both", {"Message"}),
        ("2.04", "both", {"Message", "ErrorMessage"}),
        ("2.04", "message", {"Message"}),
        ("2.04", "error_message", {"ErrorMessage"}),
    ],
)
async def test_t53_the_reason_under_each_versions_key(
    account: Make, version: str, switch: str, keys: set[str]
) -> None:
    """T53: a text in 2.03; in 2.04 also a list, so that every known client can read it."""
    answer = await account(version, error_key=switch).get("get/status/no")
    assert answer.keys() & {"Message", "ErrorMessage"} == keys
    assert answer.get("Message", "Message not found") == "Message not found"
    assert answer.get("ErrorMessage", ["Message not found"]) == ["Message not found"]


@pytest.mark.parametrize(("version", "key"), [("2.04", "ContactID"), ("2.03", "ID")])
async def test_t55_t65_t71_a_contact_is_nested_and_has_an_id(
    account: Make, version: str, key: str
) -> None:
    """T55: ID in 2.03; T65: under ``Contact``; T70: never changed is the year 1."""
    answer = await account(version).call(
        "POST", "addressbook/contact", json={"Country": "AUS Eastern", "State": "NZ"}
    )
    contact = answer.json()["Contact"]
    assert uuid.UUID(contact[key]).version == 4
    assert (contact["Country"], contact["State"]) == ("AUS Eastern", "NZ")
    assert contact["UpdatedTimeUTC" if version == "2.04" else "UpdatedUTC"] == "0001-01-01 00:00:00"


@pytest.mark.parametrize(
    ("version", "created", "sent"),
    [
        ("2.03", {"Created", "CreatedUTC"}, {"SentDate", "SentDateUTC"}),
        (
            "2.04",
            {"CreatedTimeLocal", "CreatedTimeUTC", "CreatedTimeUTC_RFC3339"},
            {"SentTimeLocal", "SentTimeUTC", "SentTimeUTC_RFC3339"},
        ),
    ],
)
async def test_t56_t60_each_version_has_its_names(
    account: Make, version: str, created: set[str], sent: set[str]
) -> None:
    """T56: of times; T60: the state of a job is ``Status`` in both."""
    report = await delivered(account(version))
    assert {name for name in report if name.startswith("Created")} == created
    assert {name for name in report["Recipients"][0] if name.startswith("Sent")} == sent
    assert (report["Status"], "JobStatus" in report) == ("Completed", False)


@versions
async def test_t57_the_received_list_is_messages(account: Make, version: str) -> None:
    """T57: neither ReceivedMessages nor flat."""
    mine = account(version)
    mine.emulator.reply(JESS, "hi")
    page = await mine.get("get/sms/received", timePeriod=60)
    assert [each["MessageText"] for each in page["Messages"]] == ["hi"]


@pytest.mark.parametrize(
    ("version", "switch", "key"),
    [
        ("2.04", "nested", "Recipients"),
        ("2.03", "nested", "Recipients"),
        ("2.04", "flat", "ReceivedMessages"),
        ("2.03", "flat", "MessageReceived"),
    ],
)
async def test_t58_replies_are_nested_unless_a_switch_says_flat(
    account: Make, version: str, switch: str, key: str
) -> None:
    """T58: all three shapes that are documented; T73: with a plus in every one."""
    mine = account(version, reply_shape=switch)
    await delivered(mine)
    mine.emulator.reply(JESS, "Yes")
    answer = await mine.get("get/sms/reply/ID1")
    assert "Yes" in str(answer[key])
    assert f"'{JESS}'" in str(answer)


async def test_t59_t79_an_action_tells_the_state_before_it(account: Make) -> None:
    """T59: not the one after; T79: and always the MessageID."""
    mine = account()
    await mine.send(JESS, MessageID="ID1", SendTime="2025-06-09T09:00")
    answer = (await mine.call("PATCH", "set/abort/ID1", json={})).json()
    assert answer.pop("JobNum").isalnum()
    assert answer == {
        "Result": "Success",
        "MessageID": "ID1",
        "Status": "Delayed",
        "Action": "Abort",
    }


async def test_t61_t62_t64_title_case_and_numbers_in_reports(account: Make) -> None:
    """T61: Success; T62: Text; T64: a number, or null where there is none."""
    mine = account()
    mine.emulator.set_destination("+61421000002", result="failed")
    good, bad = (await delivered(mine, JESS, "+61421000002"))["Recipients"]
    assert (good["Status"], good["Type"], good["Price"]) == ("Success", "Text", 0.1)
    assert (bad["Status"], bad["Price"]) == ("Failed", None)


async def test_t61_t62_t63_t64_upper_case_and_texts_in_webhooks(account: Make) -> None:
    """T61: SUCCESS; T62: SMS; T63: JobNumber; T64: a price with two digits as text."""
    mine = account()
    report = await delivered(mine)
    [posted] = await mine.posted()
    assert (posted["Status"], posted["Type"], posted["Price"]) == ("SUCCESS", "SMS", "0.10")
    assert posted["JobNumber"] == report["JobNum"]
    assert re.fullmatch("[0-9A-Z]{8}", report["JobNum"])  # T72


async def test_t66_groups_are_an_array(account: Make) -> None:
    """T66: of none, and of one."""
    mine = account()
    assert (await mine.get("addressbook/group/list"))["Groups"] == []
    await mine.call("POST", "addressbook/group", json={"GroupName": "A"})
    page = await mine.get("addressbook/group/list")
    assert [each["GroupCode"] for each in page["Groups"]] == ["A"]
    assert page["TotalRecords"] == 1  # T67


async def test_t75_a_message_may_be_known_late(account: Make) -> None:
    """T75: a switch has reports not know a message for a while after it was accepted."""
    mine = account(status_visibility_seconds=30.0, unknown_message_status=404)
    await mine.send(JESS, MessageID="ID1")
    assert (await mine.call("GET", "get/status/ID1")).status_code == 404
    mine.emulator.advance(30)
    assert (await mine.call("GET", "get/status/ID1")).status_code == 200


async def test_t77_a_wrong_token_is_401(account: Make) -> None:
    """T77: at once, by code; what the provider mails later is not emulated."""
    headers = {"Authorization": "Basic other"}
    assert (await account().call("GET", "get/status/x", headers=headers)).status_code == 401


async def test_t78_an_answer_has_a_length(account: Make) -> None:
    """T78: one vendor client parses each chunk by itself, so an answer is one."""
    answer = await account().call("GET", "addressbook/group/list")
    assert int(answer.headers["Content-Length"]) == len(answer.content)


async def test_t103_t104_what_is_empty_is_there(account: Make) -> None:
    """T103: empty ContactID, GroupID, ReceivedID and Price; T104: ids are UUIDs of version 4."""
    mine = account()
    answer = await mine.send(JESS)
    assert uuid.UUID(answer["MessageID"]).version == 4
    mine.emulator.advance(2)
    [recipient] = (await mine.get(f"get/sms/reply/{answer['MessageID']}"))["Recipients"]
    assert (recipient["ContactID"], recipient["GroupID"]) == ("", "")
    mine.emulator.reply(JESS, "Yes")
    status, reply = await mine.posted()
    assert (status["ContactID"], status["ReceivedID"], reply["Price"]) == ("", "", "")
    assert uuid.UUID(reply["ReceivedID"]).version == 4


OLD_KEYS = [
    *("Sender", "APIKey", "Type", "Destination", "MessageID", "SubAccount", "Department"),
    *("JobNumber", "SentTime", "Status", "Result", "Price", "Detail", "URL", "RESPONSEMODE"),
]
NEW_KEYS = [
    *("Version", "Sender", "APIKey", "Type", "Destination", "ContactID", "ReceivedID"),
    *("MessageID", "SubAccount", "Department", "JobNumber", "SentTimeLocal"),
    *("SentTimeUTC-ISO8601", "SentTimeUTC-RFC3339", "Status", "Result", "Price", "Detail", "URL"),
]


@pytest.mark.parametrize(("version", "keys"), [("2.03", OLD_KEYS), ("2.04", NEW_KEYS)])
async def test_t80_t82_t83_t84_the_keys_of_each_layout(
    account: Make, version: str, keys: list[str]
) -> None:
    """T80: in their order; T82: by the version of the send; T83: no Message; T84: no AuthToken."""
    mine = account(version)
    await delivered(mine)
    [posted] = await mine.posted()
    assert list(posted) == keys
    assert posted.get("Version", version) == version


async def test_t82_the_layout_is_a_setting_too(account: Make) -> None:
    """T82: a sender of 2.03 may receive the layout of 2.04, and the other way about."""
    for version, layout, key in (("2.03", "2.04", "SentTimeLocal"), ("2.04", "2.03", "SentTime")):
        mine = account(version, webhook_layout=layout)
        await delivered(mine)
        assert key in (await mine.posted())[0]


TIME = "<SentTime>(.*?)</SentTime>"


@pytest.mark.parametrize(
    ("form", "status", "reply"),
    [
        ("JSON", "04/06/2025 07:16 a.m.", "2025-06-04 07:16:57"),
        ("XML", "2025-06-04 07:16 a.m.", "2025-06-04 07:16"),
    ],
)
async def test_t81_four_ways_to_print_a_time(
    account: Make, form: str, status: str, reply: str
) -> None:
    """T81: by event and by format, in the sender's own zone."""
    mine = account("2.03", webhook_format=form)
    await delivered(mine)
    mine.emulator.reply(JESS, "Yes")
    await mine.emulator.deliver_callbacks()
    bodies = [each.content.decode() for each in mine.hooks]
    pattern = TIME if form == "XML" else '"SentTime": "(.*?)"'
    assert [re.search(pattern, each)[1] for each in bodies] == [status, reply]


async def test_t85_the_secret_in_the_body_and_in_the_headers(account: Make) -> None:
    """T85: in both in 2.04, in the body alone in 2.03."""
    for version, in_headers in (("2.04", True), ("2.03", False)):
        mine = account(version, webhook_sender="me@example.com", webhook_api_key="k3y")
        await delivered(mine)
        [posted] = await mine.posted()
        assert (posted["Sender"], posted["APIKey"]) == ("me@example.com", "k3y")
        headers = mine.hooks[0].headers
        assert (headers.get("X-Sender") == "me@example.com") is in_headers
        assert (headers.get("Authorization") == "k3y") is in_headers
        assert ("X-Timestamp" in headers) is in_headers


async def test_t86_events_come_twice_and_out_of_order(account: Make) -> None:
    """T86: each by a switch."""
    mine = account(webhook_duplicates=True)
    await delivered(mine)
    first, second = await mine.posted()
    assert first == second
    mine = account(webhook_disorder=True)
    await delivered(mine)
    mine.emulator.advance(60)
    mine.emulator.reply(JESS, "Yes")
    assert [each["Type"] for each in await mine.posted()] == ["SMSReply", "SMS"]


async def test_t87_t88_t96_t100_what_a_reply_says(account: Make) -> None:
    """T87: no price; T88: Destination replied; T96: the time it came; T100: the number as typed."""
    mine = account()
    await delivered(mine, "0421 000-001")
    mine.emulator.advance(60)
    mine.emulator.reply(JESS, "Yes")
    status, reply = await mine.posted()
    assert (reply["Price"], reply["Destination"]) == ("", JESS)
    assert reply["Detail"] == "InputToNumber:0421 000-001"
    assert status["SentTimeUTC-ISO8601"] == "2025-06-03 21:16:57"
    assert reply["SentTimeUTC-ISO8601"] == "2025-06-03 21:17:57"


async def test_t89_after_seven_days_a_reply_answers_nothing(account: Make) -> None:
    """T89: it is an SMSInbound without a MessageID then; a test may ask for one at once."""
    mine = account()
    await delivered(mine)
    mine.emulator.advance(7 * 24 * 3600 - 2)
    mine.emulator.reply(JESS, "in time")
    mine.emulator.advance(1)
    mine.emulator.reply(JESS, "late")
    mine.emulator.reply(JESS, "by itself", unmatched=True)
    kinds = [(each["Type"], each["MessageID"]) for each in await mine.posted()]
    assert kinds[1:] == [("SMSReply", "ID1"), ("SMSInbound", ""), ("SMSInbound", "")]


@pytest.mark.parametrize(
    ("kind", "declaration"),
    [("status", "<?xml version='1.0' encoding='UTF-8'?>"),
     ("reply", '<?xml version="1.0" encoding="UTF-8" ?>')],
)  # fmt: skip
async def test_t92_each_event_has_its_declaration(
    account: Make, kind: str, declaration: str
) -> None:
    """T92: single quotes of a status, double ones and a space of a reply; always text/xml."""
    mine = account(webhook_format="XML")
    await delivered(mine)
    mine.emulator.reply(JESS, "Yes")
    await mine.emulator.deliver_callbacks()
    hook = mine.hooks[0 if kind == "status" else 1]
    assert hook.content.decode().startswith(f"{declaration}\n<root>")
    assert hook.headers["Content-Type"] == "text/xml"


async def test_t93_an_updated_event_on_demand(account: Make) -> None:
    """T93: nothing but its words is known of it."""
    mine = account()
    await delivered(mine)
    mine.emulator.update("ID1", "Link clicked")
    last = (await mine.posted())[-1]
    assert (last["Type"], last["Status"], last["Result"]) == ("SMS", "UPDATED", "Link clicked")


async def test_t94_anything_but_2xx_is_posted_again(account: Make) -> None:
    """T94: every five minutes for 24 hours."""
    mine = account()
    mine.codes += [503, 302, 204]
    await delivered(mine)
    for posts in (1, 2, 3, 3):
        assert len(await mine.posted()) == posts
        mine.emulator.advance(300)


@pytest.mark.parametrize(("switch", "posts"), [(False, 0), (True, 2)])
async def test_t95_t98_no_webhook_tells_of_what_waits(
    account: Make, *, switch: bool, posts: int
) -> None:
    """T95: neither of a forbidden link; T98: nor of Pending; unless a switch says so."""
    mine = account(webhook_for_silent_results=switch)
    mine.emulator.set_destination(JESS, result="LinkNotPermitted")
    report = await delivered(mine)
    assert report["Recipients"][0]["Result"] == "LinkNotPermitted"
    assert len(await mine.posted()) == posts


@pytest.mark.parametrize("result", ["delivered-to-network", "Control Deleted"])
async def test_t97_a_success_that_reached_nobody(account: Make, result: str) -> None:
    """T97: both can be asked for, and both are a Success."""
    mine = account()
    mine.emulator.set_destination(JESS, result=result)
    [recipient] = (await delivered(mine))["Recipients"]
    assert (recipient["Status"], recipient["Result"]) == ("Success", result)


@pytest.mark.parametrize(("own", "kinds"), [("JSON", "json"), ("XML", "xml")])
async def test_t99_the_format_is_the_messages_or_the_users(
    account: Make, own: str, kinds: str
) -> None:
    """T99: what answers no message has none to take it from."""
    mine = account(webhook_format="XML" if own == "JSON" else "JSON")
    await delivered(mine, WebhookCallbackURL=HOOK, WebhookCallbackFormat=own)
    mine.emulator.reply(JESS, "by itself", **UNMATCHED)
    await mine.emulator.deliver_callbacks()
    [status, inbound] = [each.headers["Content-Type"] for each in mine.hooks]
    assert status.endswith(kinds)
    assert not inbound.endswith(kinds)
