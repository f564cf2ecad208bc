"""Resubmit, reschedule and abort: what they do, and the state they tell."""

import pytest

FAILS, WORKS = "+61491570156", "+61421000001"


async def recipient_results(api, message_id):
    """Return the job's status and each recipient's result."""
    report = await api.get(f"get/status/{message_id}")
    return report["Status"], [recipient["Result"] for recipient in report["Recipients"]]


async def test_send_time_in_the_future_delays(either_api, emulator):
    """A job waits as Delayed until its SendTime, in the zone of the send (2.3)."""
    await either_api.send(WORKS, MessageID="m", SendTime="2025-06-04T08:00", TimeZone="New Zealand")
    # 08:00 in New Zealand was more than an hour ago: sent at once.
    assert await recipient_results(either_api, "m") == ("Pending", ["Pending"])
    await either_api.send(WORKS, MessageID="m", SendTime="2025-06-04T08:00")
    assert await recipient_results(either_api, "m") == ("Delayed", ["Delayed"])
    emulator.advance(43 * 60 + 5)
    assert await recipient_results(either_api, "m") == ("Pending", ["Pending"])
    emulator.advance(2)
    assert await recipient_results(either_api, "m") == ("Completed", ["delivered"])


async def test_delayed_times_are_reported(api):
    """The report says until when, in each form."""
    await api.send(WORKS, MessageID="m", SendTime="2025-06-04T08:00")
    report = await api.get("get/status/m")
    assert report["DelayedTimeLocal"] == "2025-06-04 08:00:00"
    assert report["DelayedTimeUTC_RFC3339"] == "2025-06-03T22:00:00.000Z"


async def test_reschedule_moves_a_delayed_job(either_api, emulator):
    """The answer names the state before, and the old time no longer counts (T59)."""
    await either_api.send(WORKS, MessageID="m", SendTime="2025-06-04T08:00")
    answer = await either_api.patch("set/reschedule/m", SendTime="2025-06-04T10:00")
    assert answer == {
        "Result": "Success",
        "MessageID": "m",
        "Status": "Delayed",
        "JobNum": emulator.state()["jobs"][0]["JobNum"],
        "Action": "Reschedule",
    }
    emulator.advance(3600)
    assert (await either_api.get("get/status/m"))["Status"] == "Delayed"
    emulator.advance(3600 * 2)
    assert (await either_api.get("get/status/m"))["Status"] == "Completed"


async def test_reschedule_into_the_past_means_now(api):
    """A time that has passed sends at once (T38)."""
    await api.send(WORKS, MessageID="m", SendTime="2025-06-04T08:00")
    await api.patch("set/reschedule/m", SendTime="2020-01-01T00:00")
    assert (await api.get("get/status/m"))["Status"] == "Pending"


@pytest.mark.parametrize("key", ["TimeZone", "Timezone"])
async def test_an_action_may_name_its_own_zone(api, key):
    """Both spellings are taken; without one the message's zone counts (T46)."""
    await api.send(WORKS, MessageID="m", SendTime="2025-06-05T08:00", TimeZone="W. Australia")
    await api.patch("set/reschedule/m", SendTime="2025-06-05T09:00")
    assert (await api.get("get/status/m"))["DelayedTimeUTC"] == "2025-06-05 01:00:00"
    await api.patch("set/reschedule/m", SendTime="2025-06-05T09:00", **{key: "New Zealand"})
    assert (await api.get("get/status/m"))["DelayedTimeUTC"] == "2025-06-04 21:00:00"


async def test_abort_cancels_what_is_not_sent_yet(either_api, emulator):
    """An aborted job reads as completed, its recipients as Control Deleted (T97)."""
    await either_api.send(WORKS, MessageID="m", SendTime="2025-06-04T08:00")
    assert (await either_api.patch("set/abort/m"))["Status"] == "Delayed"
    emulator.advance(86400)
    assert await recipient_results(either_api, "m") == ("Completed", ["Control Deleted"])
    again = await either_api.call("PATCH", "set/abort/m", json={})
    assert again.status_code == 400
    assert again.json()["MessageID"] == "m"


async def test_abort_stops_a_delivery_under_way(api, emulator):
    """A pending job can be aborted too; what was delivered stays delivered."""
    emulator.set_destination("+61421000002", delivery_seconds=60)
    await api.send(WORKS, "+61421000002", MessageID="m")
    emulator.advance(5)
    assert (await api.patch("set/abort/m"))["Status"] == "Pending"
    emulator.advance(60)
    assert await recipient_results(api, "m") == ("Completed", ["delivered", "Control Deleted"])
    report = await api.get("get/status/m")
    assert [recipient["Price"] for recipient in report["Recipients"]] == [0.1, None]


async def test_resubmit_tries_the_failed_recipients_again(either_api, emulator):
    """Only a completed job with failures can be resubmitted, and only those go out (T101, U27)."""
    await either_api.send(WORKS, FAILS, MessageID="m")
    emulator.advance(2)
    first = (await either_api.get("get/status/m"))["Recipients"][0]
    emulator.set_destination(FAILS, result="delivered")
    emulator.advance(10)
    answer = await either_api.patch("set/resubmit/m")
    assert (answer["Status"], answer["Action"]) == ("Transmit", "Resubmit")
    assert await recipient_results(either_api, "m") == ("Pending", ["delivered", "Pending"])
    emulator.advance(2)
    assert await recipient_results(either_api, "m") == ("Completed", ["delivered", "delivered"])
    assert (await either_api.get("get/status/m"))["Recipients"][0] == first


async def test_resubmit_may_wait(api, emulator):
    """A SendTime in the future delays the retry; the vendor's stale one means now (T38)."""
    await api.send(FAILS, MessageID="m")
    emulator.advance(2)
    await api.patch("set/resubmit/m", SendTime="2025-06-04T08:00")
    assert (await api.get("get/status/m"))["Status"] == "Delayed"
    emulator.advance(3600)
    await api.patch("set/resubmit/m", SendTime="2025-06-04T08:00")
    assert (await api.get("get/status/m"))["Status"] == "Pending"


@pytest.mark.parametrize(
    ("action", "text"),
    [
        ("resubmit", "Message has not failed"),
        ("reschedule", "Message is not delayed"),
        ("abort", "Message has already been processed"),
    ],
)
async def test_an_action_that_does_not_fit_the_state_is_refused(api, emulator, action, text):
    """A delivered message can be neither resubmitted, moved nor cancelled."""
    await api.send(WORKS, MessageID="m")
    emulator.advance(2)
    answer = await api.call("PATCH", f"set/{action}/m", json={"SendTime": "2030-01-01T00:00"})
    assert answer.status_code == 400
    expected = {"Result": "Failed", "MessageID": "m", "Message": text, "ErrorMessage": [text]}
    assert answer.json() == expected


@pytest.mark.parametrize("action", ["resubmit", "reschedule", "abort"])
async def test_an_action_on_an_unknown_message_is_refused(old_api, action):
    """2.03 answers with Message alone (T53)."""
    answer = await old_api.patch(f"set/{action}/nobody", SendTime="2030-01-01T00:00")
    assert answer == {"Result": "Failed", "MessageID": "nobody", "Message": "Message not found"}


async def test_reschedule_needs_a_time(api):
    """SendTime is required; nonsense is refused."""
    await api.send(WORKS, MessageID="m", SendTime="2025-06-04T08:00")
    assert (await api.patch("set/reschedule/m"))["Message"] == "Missing SendTime"
    assert (await api.patch("set/reschedule/m", SendTime="x"))["Message"] == "Invalid SendTime: x"
    assert (await api.get("get/status/m"))["Status"] == "Delayed"


async def test_actions_act_on_the_most_recent_job(api, emulator):
    """A reused MessageID means the last send (T90)."""
    await api.send(WORKS, MessageID="m", SendTime="2025-06-04T08:00")
    await api.send(WORKS, MessageID="m", SendTime="2025-06-04T09:00")
    await api.patch("set/abort/m")
    assert [job["Status"] for job in emulator.state()["jobs"]] == ["Delayed", "Deleted"]
