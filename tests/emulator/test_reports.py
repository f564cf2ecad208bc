"""The reports of one message: status and replies, in both versions' own names."""

import pytest


async def test_status_of_2_04_uses_its_own_names(api, emulator):
    """2.04 prints local, UTC and RFC 3339 times, and ContactID (T56, T61, T62, T103)."""
    await api.send("+61421000001", MessageID="m", Reference="Test1", SubAccount="S", Department="D")
    emulator.advance(60)
    report = await api.get("get/status/m")
    recipient = report["Recipients"][0]
    job = report["JobNum"]
    custom = {f"Custom{n}": "" for n in range(1, 10)}
    assert recipient == {
        "Type": "Text",
        "DestSeq": "00000001",
        "Destination": "+61421000001",
        "ContactID": "",
        "Status": "Success",
        "Result": "delivered",
        "SentTimeLocal": "2025-06-04 07:16:57",
        "SentTimeUTC": "2025-06-03 21:16:57",
        "SentTimeUTC_RFC3339": "2025-06-03T21:16:57.000Z",
        "Attention": "",
        "Company": "",
        **custom,
        "RemoteID": "",
        "Price": 0.1,
    }
    del report["Recipients"]
    assert report == {
        "Result": "Success",
        "MessageID": "m",
        "Status": "Completed",
        "JobNum": job,
        "Account": "102030",
        "SubAccount": "S",
        "Department": "D",
        "Reference": "Test1",
        "CreatedTimeLocal": "2025-06-04 07:16:55",
        "CreatedTimeUTC": "2025-06-03 21:16:55",
        "CreatedTimeUTC_RFC3339": "2025-06-03T21:16:55.000Z",
        "DelayedTimeLocal": "",
        "DelayedTimeUTC": "",
        "DelayedTimeUTC_RFC3339": "",
        "Timezone": "AUS Eastern",
        "Count": 1,
        "Complete": 1,
        "Success": 1,
        "Failed": 0,
        "Price": 0.1,
    }


async def test_status_of_2_03_uses_its_own_names(old_api, emulator):
    """2.03 prints Created, Delayed and SentDate pairs, and no ContactID (T56)."""
    await old_api.send("+61421000001", MessageID="m")
    emulator.advance(60)
    report = await old_api.get("get/status/m")
    times = {key: value for key, value in report.items() if key.startswith(("Created", "Delayed"))}
    assert times == {
        "Created": "2025-06-04 07:16:55",
        "CreatedUTC": "2025-06-03 21:16:55",
        "Delayed": "",
        "DelayedUTC": "",
    }
    recipient = report["Recipients"][0]
    assert recipient["SentDate"] == "2025-06-04 07:16:57"
    assert recipient["SentDateUTC"] == "2025-06-03 21:16:57"
    assert "ContactID" not in recipient


async def test_a_delivery_takes_its_time(either_api, emulator):
    """A message is Pending until delivery_seconds have passed (2 by default)."""
    await either_api.send("+61421000001", MessageID="m")
    report = await either_api.get("get/status/m")
    assert (report["Status"], report["Complete"], report["Price"]) == ("Pending", 0, None)
    assert report["Recipients"][0]["Status"] == "Pending"
    assert report["Recipients"][0]["Result"] == "Pending"
    emulator.advance(1.9)
    assert (await either_api.get("get/status/m"))["Status"] == "Pending"
    emulator.advance(0.1)
    assert (await either_api.get("get/status/m"))["Status"] == "Completed"


async def test_the_price_counts_parts(api, emulator):
    """Each part costs price_per_part; the job's price is the sum (T64)."""
    await api.send("+61421000001", "+61421000002", message="x" * 161, MessageID="m")
    emulator.advance(2)
    report = await api.get("get/status/m")
    assert [r["Price"] for r in report["Recipients"]] == [0.2, 0.2]
    assert report["Price"] == 0.4


async def test_the_message_s_own_zone_rules_its_report(api):
    """Timezone and local times are those of the send's TimeZone."""
    await api.send("+61421000001", MessageID="m", TimeZone="New Zealand")
    report = await api.get("get/status/m")
    assert report["Timezone"] == "New Zealand"
    assert report["CreatedTimeLocal"] == "2025-06-04 09:16:55"


@pytest.mark.parametrize("call", ["get/status", "get/sms/reply"])
async def test_reports_page_only_when_asked(api, call):
    """Page numbers are printed, and recipients cut, only where the query asks (T18)."""
    await api.send("+61421000001", "+61421000002", "+61421000003", MessageID="m")
    whole = await api.get(f"{call}/m")
    assert len(whole["Recipients"]) == 3
    assert "TotalRecords" not in whole
    second = await api.get(f"{call}/m", recordsPerPage=2, page=2)
    assert [r["DestSeq"] for r in second["Recipients"]] == ["00000003"]
    numbers = {key: second[key] for key in ("TotalRecords", "RecordsPerPage", "PageCount", "Page")}
    assert numbers == {"TotalRecords": 3, "RecordsPerPage": 2, "PageCount": 2, "Page": 2}
    assert second["Count"] == 3


@pytest.mark.parametrize(
    ("status", "error_key"), [(400, "both"), (404, "message"), (200, "error_message")]
)
@pytest.mark.parametrize("call", ["get/status", "get/sms/reply"])
async def test_an_unknown_message_fails_as_the_switches_say(make, caller, status, error_key, call):
    """400 with both keys by default; 404, 200 and one key alone are switches (U1, T53)."""
    api = caller(make(unknown_message_status=status, error_key=error_key))
    answer = await api.call("GET", f"{call}/nobody")
    assert answer.status_code == status
    expected = {"Result": "Failed", "MessageID": "nobody"}
    if error_key != "error_message":
        expected["Message"] = "Message not found"
    if error_key != "message":
        expected["ErrorMessage"] = ["Message not found"]
    assert answer.json() == expected


async def test_an_unknown_message_of_2_03_has_message_whatever_the_switch(make, caller):
    """The error_key switch is of 2.04; 2.03 always has Message (T53)."""
    answer = await caller(make(error_key="error_message"), "2.03").get("get/status/nobody")
    assert answer == {"Result": "Failed", "MessageID": "nobody", "Message": "Message not found"}


async def test_reports_may_come_to_know_a_message_late(make, caller):
    """status_visibility_seconds hides an accepted message for a while (U3, T75)."""
    emulator = make(status_visibility_seconds=30)
    api = caller(emulator)
    await api.send("+61421000001", MessageID="m")
    assert (await api.get("get/status/m"))["Result"] == "Failed"
    emulator.advance(30)
    assert (await api.get("get/status/m"))["Status"] == "Completed"


async def test_a_hidden_reuse_leaves_the_older_message_visible(api, emulator):
    """Until the newer job of a MessageID is visible, reports are of the older one."""
    emulator.set_destination("+61421000002", visibility_seconds=60)
    await api.send("+61421000001", MessageID="m", Reference="old")
    await api.send("+61421000002", MessageID="m", Reference="new")
    assert (await api.get("get/status/m"))["Reference"] == "old"
    emulator.advance(60)
    assert (await api.get("get/status/m"))["Reference"] == "new"


async def test_unset_delayed_times_can_equal_the_creation(make, caller):
    """D204's own sample prints the creation where nothing was delayed (U13)."""
    api = caller(make(unset_delayed_time="created"))
    await api.send("+61421000001", MessageID="m")
    report = await api.get("get/status/m")
    assert report["DelayedTimeUTC"] == report["CreatedTimeUTC"] == "2025-06-03 21:16:55"


async def test_replies_hang_off_their_recipient(api, emulator):
    """2.04 nests SMSReplies under the recipient, with the sent text beside them (T58)."""
    await api.send("+61421000001", "+61421000002", MessageID="m")
    emulator.advance(5)
    received = emulator.reply("+61421000002", "Yes")
    report = await api.get("get/sms/reply/m")
    first, second = report["Recipients"]
    assert (report["Status"], first["SMSReplies"], second["MessageText"]) == (
        "Completed",
        [],
        "Hello",
    )
    assert second["SMSReplies"] == [
        {
            "ReceivedID": received["ReceivedID"],
            "ReceivedTimeLocal": "2025-06-04 07:17:00",
            "ReceivedTimeUTC": "2025-06-03 21:17:00",
            "ReceivedTimeUTC_RFC3339": "2025-06-03T21:17:00.000Z",
            "Timezone": "AUS Eastern",
            "From": "+61421000002",
            "MessageText": "Yes",
        }
    ]


async def test_replies_of_2_03(old_api, emulator):
    """2.03 prints Date pairs, and the job's Status is the fixed word Received (1.1.5)."""
    await old_api.send("+61421000001", MessageID="m")
    emulator.advance(5)
    emulator.reply("+61421000001", "Yes")
    report = await old_api.get("get/sms/reply/m")
    assert report["Status"] == "Received"
    (recipient,) = report["Recipients"]
    assert "GroupID" not in recipient
    assert recipient["SMSReplies"] == [
        {
            "Date": "2025-06-04 07:17:00",
            "DateUTC": "2025-06-03 21:17:00",
            "Timezone": "AUS Eastern",
            "From": "+61421000001",
            "MessageText": "Yes",
        }
    ]


async def test_flat_replies_are_the_references_own_shape(make, caller):
    """S3 prints SentMessage and ReceivedMessages, S0 one of each; a switch plays that (T58)."""
    emulator = make(reply_shape="flat")
    new, old = caller(emulator), caller(emulator, "2.03")
    await new.send("+61421000001", "+61421000002", MessageID="m")
    assert (await new.get("get/sms/reply/m"))["ReceivedMessages"] == []
    before = await old.get("get/sms/reply/m")
    assert (before["MessageSent"]["Date"], before["MessageReceived"]) == ("", {})
    emulator.advance(5)
    for text in ("One", "Two"):
        emulator.reply("+61421000002", text)
    report = await new.get("get/sms/reply/m")
    sent = {
        "Date": "2025-06-04 07:16:57",
        "Destination": "+61421000002",
        "MessageText": "Hello",
    }
    assert (report["Status"], report["SentMessage"]) == ("Received", sent)
    assert [message["MessageText"] for message in report["ReceivedMessages"]] == ["One", "Two"]
    last = {"Date": "2025-06-04 07:17:00", "From": "+61421000002", "MessageText": "Two"}
    flat = await old.get("get/sms/reply/m")
    assert (flat["MessageSent"], flat["MessageReceived"]) == (sent, last)
