"""Messages from phones: which message they answer, and opting out."""

import pytest

from bestsms.emulator import EmulatorError

PHONE = "+61421000001"
WEEK = 7 * 86400


async def test_a_reply_answers_the_last_message_to_its_number(api, emulator):
    """Several messages went out; the reply is credited to the last one sent (E9)."""
    await api.send(PHONE, MessageID="first")
    await api.send(PHONE, MessageID="second")
    await api.send("+61421000002", MessageID="other")
    await api.send(PHONE, MessageID="later", SendTime="2030-01-01T00:00")
    received = emulator.reply("0421 000 001", "Yes")
    assert received == {
        "ID": 1,
        "ReceivedID": received["ReceivedID"],
        "MessageID": "second",
        "From": PHONE,
        "MessageText": "Yes",
        "ReceivedTime": "2025-06-03T21:16:55.000Z",
        "ContactID": "",
    }


async def test_a_delayed_message_that_went_out_later_is_the_last(api, emulator):
    """What counts is when a message went out, not when it was accepted."""
    await api.send(PHONE, MessageID="delayed", SendTime="2025-06-04T08:00")
    emulator.advance(60)
    assert emulator.reply(PHONE, "1")["MessageID"] == ""
    await api.send(PHONE, MessageID="at-once")
    assert emulator.reply(PHONE, "2")["MessageID"] == "at-once"
    emulator.advance(3600)
    assert emulator.reply(PHONE, "3")["MessageID"] == "delayed"


async def test_a_message_that_failed_cannot_be_answered(api, emulator):
    """A failed message never reached the phone, so an older one is answered."""
    await api.send(PHONE, MessageID="reached")
    emulator.advance(10)
    emulator.set_destination(PHONE, result="failed")
    await api.send(PHONE, MessageID="failed")
    emulator.advance(10)
    assert emulator.reply(PHONE, "Yes")["MessageID"] == "reached"


async def test_an_aborted_message_cannot_be_answered(api, emulator):
    """A message that was cancelled under way never reached the phone."""
    await api.send(PHONE, MessageID="m")
    await api.patch("set/abort/m")
    assert emulator.reply(PHONE, "Yes")["MessageID"] == ""


async def test_the_reply_window_is_seven_days(api, emulator):
    """A reply after seven days is a message of its own (T89)."""
    await api.send(PHONE, MessageID="m")
    emulator.advance(WEEK)
    assert emulator.reply(PHONE, "Just in time")["MessageID"] == "m"
    emulator.advance(1)
    assert emulator.reply(PHONE, "Too late")["MessageID"] == ""


async def test_a_reply_can_be_unmatched_at_will(api, emulator):
    """The unmatched option plays a late reply without waiting for one (T89)."""
    await api.send(PHONE, MessageID="m")
    assert emulator.reply(PHONE, "Hello", unmatched=True)["MessageID"] == ""


@pytest.mark.parametrize(
    "word", ["STOP", "stop it", " Opt-out", "OPT OUT", "optout!", "Unsubscribe", "UNSUB"]
)
async def test_stop_words_opt_out(api, emulator, word):
    """A text that begins with a STOP word lists the number; later sends fail (E7, E11, U23)."""
    received = emulator.reply(PHONE, word)
    assert emulator.state()["received"] == [received]
    sent = await api.send(PHONE)
    assert sent["Result"] == "Success"
    emulator.advance(2)
    (recipient,) = (await api.get(f"get/status/{sent['MessageID']}"))["Recipients"]
    assert (recipient["Status"], recipient["Result"]) == ("Failed", "Destination is blacklisted")


@pytest.mark.parametrize("word", ["Stopping by later", "Please stop", "unsubtle", "options"])
def test_other_words_do_not_opt_out(emulator, word):
    """Only a whole word at the beginning counts (U23)."""
    emulator.reply(PHONE, word)
    assert emulator.state()["opt_outs"] == []


@pytest.mark.parametrize("word", ["START", "subscribe", "Unstop", "opt-in please", "OPTIN"])
def test_start_words_opt_in_again(emulator, word):
    """A START word takes the number off the list; without being on it, nothing happens."""
    emulator.reply(PHONE, word)
    emulator.reply(PHONE, "STOP")
    emulator.reply(PHONE, word)
    assert emulator.state()["opt_outs"] == []


def test_a_reply_needs_a_number_and_a_text(emulator):
    """What could not come from a phone is refused."""
    with pytest.raises(EmulatorError, match="not a telephone number"):
        emulator.reply("BestSMS", "Hi")
    with pytest.raises(EmulatorError, match="surrogate"):
        emulator.reply(PHONE, "\udfff")
