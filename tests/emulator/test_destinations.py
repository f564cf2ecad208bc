"""What becomes of a message: magic numbers, and destinations set by hand."""

import pytest

from bestsms.emulator import EmulatorError
from bestsms.emulator.core import magic, outcomes

ORDINARY = "+61421000001"


async def fate(api, emulator, number, seconds=10):
    """Send to a number, wait, and return job status, recipient status and result."""
    sent = await api.send(number)
    emulator.advance(seconds)
    report = await api.get(f"get/status/{sent['MessageID']}")
    (recipient,) = report["Recipients"]
    return report["Status"], recipient["Status"], recipient["Result"]


@pytest.mark.parametrize("number", [ORDINARY, "+61411111111", "+61422222222", "+6421000001"])
async def test_ordinary_numbers_are_delivered(api, emulator, number):
    """The numbers of the documentation have nothing magic about them."""
    assert await fate(api, emulator, number) == ("Completed", "Success", "delivered")


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("+61491570006", ("Completed", "Success", "delivered")),
        ("+61491570156", ("Completed", "Failed", "Undelivered")),
        ("+61491570157", ("Completed", "Failed", "Bad Number")),
        ("+61491570158", ("Completed", "Failed", "Destination is blacklisted")),
        ("+61491570159", ("CreditHold", "Pending", "CreditHold")),
        ("+61491570110", ("Pending", "Pending", "Pending")),
        ("+61491571491", ("Completed", "Success", "delivered-to-network")),
    ],
)
async def test_magic_numbers_have_their_fate(api, emulator, number, expected):
    """Each number of the magic table ends as documented."""
    assert await fate(api, emulator, number) == expected


def test_the_magic_table_is_documented():
    """Every magic number stands in the module's docstring, and has a known result."""
    for number, rule in magic.NUMBERS.items():
        assert number in (magic.__doc__ or "")
        assert outcomes.outcome(rule.result)


async def test_a_magic_phone_answers_yes(api, emulator):
    """+61491570313 answers YES a few seconds after each delivery."""
    await api.send("+61491570313", MessageID="m")
    emulator.advance(10)
    (recipient,) = (await api.get("get/sms/reply/m"))["Recipients"]
    assert [reply["MessageText"] for reply in recipient["SMSReplies"]] == ["YES"]


async def test_a_magic_phone_opts_out(api, emulator):
    """+61491570737 answers STOP, so the next message to it is blacklisted (E7)."""
    assert (await fate(api, emulator, "+61491570737"))[2] == "delivered"
    assert emulator.state()["opt_outs"] == ["+61491570737"]
    assert (await fate(api, emulator, "+61491570737"))[2] == "Destination is blacklisted"


async def test_a_magic_message_shows_late(api, emulator):
    """Reports know messages to +61491571266 only after 60 seconds (U3)."""
    await api.send("+61491571266", MessageID="m")
    emulator.advance(59)
    assert (await api.get("get/status/m"))["Result"] == "Failed"
    emulator.advance(1)
    assert (await api.get("get/status/m"))["Status"] == "Completed"


@pytest.mark.parametrize("result", ["failed", "Undelivered", "UNDELIVERED"])
async def test_a_destination_can_be_set_by_name_or_result(api, emulator, result):
    """set_destination knows names and documented Result texts, however spelled (2.2)."""
    emulator.set_destination("0421 000 001", result=result)
    assert (await fate(api, emulator, ORDINARY))[2] == "Undelivered"


async def test_a_destination_set_by_hand_beats_magic(api, emulator):
    """The control API wins over the magic table."""
    emulator.set_destination("+61491570156", result="Sent OK")
    assert (await fate(api, emulator, "+61491570156"))[1:] == ("Success", "Sent OK")


async def test_a_destination_can_be_slow_and_talkative(api, emulator):
    """Delivery time and an answer can be set per number."""
    emulator.set_destination(ORDINARY, delivery_seconds=30, reply="On my way")
    await api.send(ORDINARY, MessageID="m")
    emulator.advance(29)
    assert (await api.get("get/status/m"))["Status"] == "Pending"
    emulator.advance(10)
    (recipient,) = (await api.get("get/sms/reply/m"))["Recipients"]
    assert [reply["MessageText"] for reply in recipient["SMSReplies"]] == ["On my way"]


async def test_a_failed_phone_does_not_answer(api, emulator):
    """Who was not reached cannot reply."""
    emulator.set_destination(ORDINARY, result="failed", reply="Hm?")
    await fate(api, emulator, ORDINARY)
    assert emulator.state()["received"] == []


async def test_setting_a_destination_free_lets_credit_held_jobs_go(api, emulator):
    """A held job waits whole, and goes on when its last hold is lifted."""
    emulator.set_destination("+61421000002", result="credit_hold")
    await api.send(ORDINARY, "+61421000002", "+61491570159", MessageID="m")
    emulator.advance(100)
    report = await api.get("get/status/m")
    assert (report["Status"], report["Complete"]) == ("CreditHold", 0)
    emulator.set_destination("+61421000002", result="delivered")
    assert (await api.get("get/status/m"))["Status"] == "CreditHold"
    emulator.set_destination("+61491570159", result="failed")
    emulator.advance(2)
    report = await api.get("get/status/m")
    assert (report["Status"], report["Success"], report["Failed"]) == ("Completed", 2, 1)


async def test_setting_a_destination_free_lets_pending_messages_go(api, emulator):
    """A message that would stay pending is delivered after the change, and only that one."""
    await api.send("+61491570110", ORDINARY, MessageID="m")
    await api.send("+61491570110", MessageID="later", SendTime="2030-01-01T00:00")
    emulator.advance(100)
    assert (await api.get("get/status/m"))["Complete"] == 1
    emulator.set_destination("+61491570110", result="delivered")
    emulator.advance(2)
    assert (await api.get("get/status/m"))["Status"] == "Completed"
    assert (await api.get("get/status/later"))["Status"] == "Delayed"


async def test_setting_a_destination_takes_it_off_the_opt_out_list(api, emulator):
    """The latest word counts: a number set to be delivered is reachable again."""
    emulator.reply(ORDINARY, "STOP")
    emulator.set_destination(ORDINARY, result="blacklisted")
    assert (await fate(api, emulator, ORDINARY))[2] == "Destination is blacklisted"
    emulator.set_destination(ORDINARY)
    assert (await fate(api, emulator, ORDINARY))[2] == "delivered"


@pytest.mark.parametrize(
    ("number", "options", "text"),
    [
        ("nobody", {}, "not a telephone number: 'nobody'"),
        (ORDINARY, {"result": "exploded"}, "unknown result 'exploded'"),
        (ORDINARY, {"delivery_seconds": -1}, "delivery_seconds is a number from 0"),
        (ORDINARY, {"visibility_seconds": float("nan")}, "visibility_seconds is a number from 0"),
        (ORDINARY, {"reply": "\ud800"}, "half a surrogate pair"),
    ],
)
def test_a_senseless_destination_is_refused(emulator, number, options, text):
    """The error says what is wrong, and nothing is set."""
    with pytest.raises(EmulatorError, match=text):
        emulator.set_destination(number, **options)
    assert emulator.state()["destinations"] == {}
