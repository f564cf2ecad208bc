"""Accept late: the connection meets its fate now, the call follows in the emulator's time."""

import httpx
import pytest

from bestsms.emulator import Clock, Emulator, Fault

PHONE = "+61421000001"
LATE = {"accept": "late", "late_seconds": 30}


@pytest.mark.parametrize("do", ["reset", "close", "stall", "garbage"])
async def test_the_send_is_accepted_after_its_time(way, do):
    """Until then nobody knows the message; then it has the time at which it was accepted."""
    way.emulator.inject(Fault(do=do, number=PHONE, times=1, **LATE))
    with pytest.raises(httpx.TransportError):
        await way.send(timeout=way.patience(do))
    assert way.accepted == []
    assert (await way.call("GET", "get/status/m")).status_code == 400
    way.emulator.advance(29)
    assert way.accepted == []
    way.emulator.advance(10)
    (entry,) = way.emulator.ledger()
    assert (entry["MessageID"], entry["count"]) == ("m", 1)
    assert entry["sends"][0]["time"] == "2025-06-03T21:17:25.000Z"
    report = (await way.call("GET", "get/status/m")).json()
    assert (report["Status"], report["CreatedTimeUTC_RFC3339"]) == (
        "Completed",
        "2025-06-03T21:17:25.000Z",
    )


async def test_the_answer_may_be_any(way):
    """A 504 of a gateway, and the call is carried out behind it."""
    way.emulator.inject(Fault(do="answer", status=504, **LATE))
    assert (await way.send()).status_code == 504
    way.emulator.advance(30)
    assert way.accepted == ["m"]


async def test_what_is_refused_is_refused_late_too(inside):
    """No token, no JSON, no call of that name, too large: nothing happens, and nothing breaks."""
    inside.emulator.inject(Fault(do="answer", **LATE))
    await inside.send(headers={"Authorization": "Basic other"})
    await inside.call("POST", "send/sms", content=b"{")
    await inside.call("POST", "no/such/call", content=b"{}")
    whole = b'{"MessageData": {"Message": "Hello", "Destinations": ["+61421000001"]}}'
    await inside.call("POST", "send/sms", content=whole + b" " * (20 * 1024 * 1024))
    await inside.call("GET", "get/status/m")
    inside.emulator.advance(60)
    assert inside.accepted == []


async def test_each_at_its_own_moment(inside):
    """One long step and many short ones come to the same."""
    for name, seconds in (("a", 20), ("b", 10), ("c", 0)):
        inside.emulator.inject(Fault(do="reset", times=1, accept="late", late_seconds=seconds))
        with pytest.raises(httpx.ReadError):
            await inside.send(name)
    inside.emulator.advance(3600)
    times = {
        entry["MessageID"]: entry["sends"][0]["time"][11:19] for entry in inside.emulator.ledger()
    }
    assert times == {"c": "21:16:55", "b": "21:17:05", "a": "21:17:15"}


async def test_a_reset_forgets_what_is_late(inside):
    """A new beginning has no past; clear_faults alone leaves it."""
    inside.emulator.inject(Fault(do="answer", **LATE))
    await inside.send("forgotten")
    inside.emulator.reset()
    inside.emulator.inject(Fault(do="answer", **LATE))
    await inside.send("kept")
    inside.emulator.clear_faults()
    inside.emulator.advance(60)
    assert inside.accepted == ["kept"]


async def test_other_calls_can_be_late_too(inside):
    """An abort that arrives before the message goes out still holds it."""
    data = {
        "MessageID": "m",
        "Message": "Hello",
        "SendTime": "2025-06-05T08:00",
        "Destinations": [PHONE],
    }
    await inside.call("POST", "send/sms", json={"MessageData": data})
    inside.emulator.inject(Fault(do="reset", method="PATCH", **LATE))
    with pytest.raises(httpx.ReadError):
        await inside.call("PATCH", "set/abort/m")
    assert inside.emulator.state()["jobs"][0]["Status"] == "Delayed"
    inside.emulator.advance(30)
    assert inside.emulator.state()["jobs"][0]["Status"] == "Deleted"


async def test_a_running_clock_is_looked_at():
    """Asking for the ledger is enough for what is due by now to have happened."""
    emulator = Emulator(clock=Clock())
    emulator.inject(Fault(do="answer", accept="late", late_seconds=0))
    async with httpx.AsyncClient(
        transport=emulator.transport(), base_url="http://emulator"
    ) as http:
        body = {"MessageData": {"Message": "Hello", "Destinations": [PHONE]}}
        await http.post("/api/v2.04/send/sms", json=body, headers={"Authorization": "Basic x"})
    assert len(emulator.ledger()) == 1
