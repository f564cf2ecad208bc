"""The control API under /_emulator/, and its twin methods."""

import pytest

from bestsms.emulator import Emulator, EmulatorError

PHONE = "+61421000001"


async def test_state_shows_everything(api, emulator):
    """State tells the time, the jobs, the inbox, the book, the lists and the settings."""
    await api.send(PHONE, MessageID="m")
    await api.post("addressbook/contact", FirstName="Jess")
    await api.post("addressbook/group", GroupName="A")
    emulator.reply(PHONE, "STOP")
    emulator.set_destination("+61421000002", result="failed")
    state = (await api.control("GET", "state")).json()
    assert state == emulator.state()
    assert state["time"] == "2025-06-03T21:16:55.000Z"
    assert state["frozen"] is True
    (job,) = state["jobs"]
    assert (job["MessageID"], job["Status"], job["Version"]) == ("m", "Pending", "2.04")
    assert job["Recipients"][0]["replies"] == 1
    assert [message["MessageText"] for message in state["received"]] == ["STOP"]
    assert [contact["FirstName"] for contact in state["contacts"]] == ["Jess"]
    assert [group["GroupCode"] for group in state["groups"]] == ["A"]
    assert state["opt_outs"] == [PHONE]
    assert state["destinations"] == {"+61421000002": "failed"}
    assert state["settings"]["delivery_seconds"] == 2.0


async def test_advance_moves_the_clock_and_settles(api, emulator):
    """What is due by the new time has happened when the call returns."""
    await api.send(PHONE)
    answer = await api.control("POST", "clock/advance", json={"seconds": 60})
    assert answer.json() == {"time": "2025-06-03T21:17:55.000Z"}
    assert emulator.state()["jobs"][0]["Status"] == "Completed"


async def test_a_phone_replies(api):
    """The answer is the received record."""
    await api.send(PHONE, MessageID="m")
    answer = await api.control("POST", "replies", json={"from": PHONE, "message": "Yes"})
    assert answer.json()["MessageID"] == "m"
    unmatched = {"from": PHONE, "message": "Yes", "unmatched": True}
    assert (await api.control("POST", "replies", json=unmatched)).json()["MessageID"] == ""


async def test_a_destination_is_set(api, emulator):
    """The number is normalised; every option may be given."""
    rule = {
        "destination": "0421 000 001",
        "result": "failed",
        "delivery_seconds": 1,
        "visibility_seconds": 0,
        "reply": None,
    }
    answer = await api.control("POST", "destinations", json=rule)
    assert answer.json() == {"destination": PHONE, "result": "failed"}
    await api.control("POST", "destinations", json={**rule, "result": "delivered", "reply": "Hi"})
    await api.send(PHONE)
    emulator.advance(10)
    assert [message["MessageText"] for message in emulator.state()["received"]] == ["Hi"]


async def test_the_ledger_counts_accepted_sends(api, emulator):
    """Each MessageID with its count, and for each send the time and the numbers."""
    await api.send(PHONE, MessageID="m")
    emulator.advance(1)
    await api.send(PHONE, MessageID="m", Mode="Test")
    await api.send("nonsense", MessageID="refused")
    ledger = (await api.control("GET", "ledger")).json()
    assert ledger == emulator.ledger()
    (entry,) = ledger
    assert (entry["MessageID"], entry["count"]) == ("m", 2)
    first, second = entry["sends"]
    assert first == {
        "JobNum": first["JobNum"],
        "time": "2025-06-03T21:16:55.000Z",
        "version": "2.04",
        "test": False,
        "recipients": [PHONE],
    }
    assert second["test"] is True


async def test_callbacks_are_listed(make, caller, receiver):
    """The callback log is there over HTTP as well."""
    emulator = make(callback_transport=receiver, webhook_url="https://hooks.example")
    api = caller(emulator)
    await api.send(PHONE)
    emulator.advance(2)
    await emulator.deliver_callbacks()
    log = (await api.control("GET", "callbacks")).json()
    assert log == emulator.callbacks()
    assert [entry["status"] for entry in log] == [200]


async def test_settings_are_read_and_changed(api, emulator):
    """PATCH changes some switches, all or none."""
    before = (await api.control("GET", "settings")).json()
    assert before == emulator.settings()
    change = {"account": "7", "webhook_url": "http://127.0.0.1:9/hook"}
    after = (await api.control("PATCH", "settings", json=change)).json()
    assert after == {**before, **change}
    bad = await api.control("PATCH", "settings", json={"account": "8", "price_per_part": -1})
    assert bad.status_code == 400
    assert emulator.settings()["account"] == "7"
    emulator.change_settings(account="9")
    assert emulator.settings()["account"] == "9"


async def test_reset_goes_back_to_the_start(make, caller):
    """Data, settings and clock are as they were when the emulator was made."""
    emulator = make(account="first")
    api = caller(emulator)
    await api.send(PHONE)
    emulator.reply(PHONE, "STOP")
    emulator.change_settings(account="second")
    emulator.advance(60)
    fresh = make(account="first").state()
    assert (await api.control("POST", "reset")).json() == fresh
    emulator.reset()
    assert emulator.state() == fresh
    assert emulator.ledger() == []


BAD = [
    ("clock/advance", {}, "seconds must be a number"),
    ("clock/advance", {"seconds": True}, "seconds must be a number"),
    ("clock/advance", {"seconds": "60"}, "seconds must be a number"),
    ("clock/advance", {"seconds": -1}, "the clock moves by 0 to"),
    ("clock/advance", {"seconds": 10**400}, "the clock moves by 0 to"),
    ("replies", {}, "from must be a string"),
    ("replies", {"from": PHONE}, "message must be a string"),
    ("replies", {"from": PHONE, "message": 5}, "message must be a string"),
    ("replies", {"from": "x", "message": "y"}, "not a telephone number: 'x'"),
    ("replies", {"from": PHONE, "message": "y", "unmatched": 1}, "unmatched must be true or false"),
    ("destinations", {"destination": PHONE}, "result must be a string"),
    ("destinations", {"result": "failed"}, "destination must be a string"),
    ("destinations", {"destination": PHONE, "result": []}, "result must be a string"),
    ("destinations", {"destination": PHONE, "result": "bang"}, "unknown result 'bang'"),
    ("destinations", {"destination": PHONE, "result": "failed", "reply": 1}, "reply must be"),
    (
        "destinations",
        {"destination": PHONE, "result": "failed", "delivery_seconds": "1"},
        "delivery_seconds is a number",
    ),
    ("updates", {"MessageID": "m"}, "event must be a string"),
    ("updates", {"MessageID": "m", "event": "x"}, "no such message: 'm'"),
    ("reset", [], "the body must be a JSON object"),
]


@pytest.mark.parametrize(("path", "body", "text"), BAD)
async def test_bad_control_calls_say_why(api, path, body, text):
    """Bad input is HTTP 400 with one error text."""
    answer = await api.control("POST", path, json=body)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(text)


@pytest.mark.parametrize("content", [b"{", b"\xff", b"[" * 100_000, b'{"seconds": NaN}'])
async def test_a_control_body_that_is_no_json(api, content):
    """Neither half a body nor a deep one nor NaN is more than a 400."""
    answer = await api.control("POST", "clock/advance", content=content)
    assert (answer.status_code, answer.json()) == (400, {"error": "the body is not JSON"})


async def test_a_control_body_is_limited_too(api):
    """More than 20 MB is refused."""
    answer = await api.control("POST", "replies", content=b" " * (20 * 1024 * 1024 + 1))
    assert answer.status_code == 413
    assert answer.json()["error"].startswith("Request body is larger")


async def test_unknown_control_paths_and_methods(api):
    """404 and 405 are JSON as well, and need no token."""
    answer = await api.control("GET", "nothing")
    assert (answer.status_code, answer.json()) == (404, {"error": "Not Found"})
    answer = await api.control("DELETE", "state")
    assert (answer.status_code, answer.json()) == (405, {"error": "Method Not Allowed"})
    assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize("token", ["", " ", "token "])
def test_a_token_that_no_header_could_carry(token):
    """An empty token would lock everybody out, so it is refused at once."""
    with pytest.raises(EmulatorError, match="a token is neither empty"):
        Emulator(token=token)


def test_settings_are_checked_when_the_emulator_is_made():
    """A mistake in a keyword argument shows at once."""
    with pytest.raises(EmulatorError, match="unknown setting 'delivery'"):
        Emulator(delivery=3)
