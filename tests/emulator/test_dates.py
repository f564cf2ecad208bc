"""Every answer has a Date, and it is the emulator's."""

from bestsms.emulator import Fault

FIRST = "Tue, 03 Jun 2025 21:16:55 GMT"


async def test_every_answer_is_dated_in_emulated_time(way):
    """Answers, refusals and the control API: one Date, the clock's and not the machine's."""
    for answer in (
        await way.send(),
        await way.call("GET", "get/status/unknown"),
        await way.call("GET", "no/such/call"),
        await way.http.get("/_emulator/state"),
        await way.http.get("/_emulator/nothing"),
    ):
        assert answer.headers.get_list("date") == [FIRST]
    way.emulator.advance(86_400)
    assert (await way.send()).headers.get_list("date") == ["Wed, 04 Jun 2025 21:16:55 GMT"]


async def test_an_answer_of_a_fault_is_dated_too(way):
    """Unless the fault has a Date of its own; a spoilt answer keeps the one it has."""
    for fields in (
        {"do": "answer"},
        {"do": "html", "at": "headers"},
        {"do": "wrong_length", "accept": "yes"},
    ):
        way.emulator.inject(Fault(times=1, **fields))
        assert (await way.send()).headers.get_list("date") == [FIRST]
    wrong = "Thu, 01 Jan 1970 00:00:00 GMT"
    way.emulator.inject(Fault(do="answer", headers={"date": wrong}))
    assert (await way.send()).headers.get_list("date") == [wrong]
