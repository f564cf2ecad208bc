"""Whom a fault strikes: by method, path, number, turn, times and chance."""

import httpx
import pytest

from bestsms.emulator import Fault

PHONE = "+61421000001"
OTHER = "+61421000002"


async def struck(way, *calls):
    """Make the calls and say which of them were struck; a struck one answers 503."""
    return [(await call()).status_code == 503 for call in calls]


async def test_by_method_and_path(inside):
    """A part of the path will do; case does not matter, the query is no part of it."""
    inside.emulator.inject(Fault(do="answer", method="post", path="SEND/sms"))
    inside.emulator.inject(Fault(do="answer", path="group/list"))
    calls = [
        inside.send,
        lambda: inside.call("PATCH", "send/sms"),
        lambda: inside.call("GET", "addressbook/group/list"),
        lambda: inside.call("GET", "addressbook/contact/list?path=group/list"),
    ]
    assert await struck(inside, *calls) == [True, False, True, False]


@pytest.mark.parametrize("place", [{}, {"at": "response_bytes", "after": 9}], ids=str)
async def test_by_number(inside, place):
    """Any spelling, on either side; what is no send goes to nobody."""
    inside.emulator.inject(Fault(do="reset", number="0421 000 001", **place))
    with pytest.raises(httpx.ReadError):
        await inside.send(to="61 421-000-001")
    assert (await inside.send(to=OTHER)).status_code == 200
    assert (await inside.send(to="nonsense")).status_code == 400
    assert (await inside.call("POST", "send/sms", content=b"{")).status_code == 400
    assert (await inside.call()).status_code == 400
    (fault,) = inside.emulator.faults()
    assert (fault["met"], fault["struck"], fault["number"]) == (1, 1, PHONE)


async def test_a_number_among_many_and_with_a_path(inside):
    """One of the destinations is enough; other conditions hold as well."""
    inside.emulator.inject(Fault(do="answer", number=OTHER, path="v2.04", method="POST"))
    inside.emulator.inject(Fault(do="answer", number=PHONE, path="v2.03"))
    data = {"Message": "Hello", "Destinations": [PHONE, {"Recipient": OTHER}]}
    answer = await inside.call("POST", "send/sms", json={"MessageData": data})
    assert answer.status_code == 503
    assert (await inside.send()).status_code == 200


async def test_by_turn(inside):
    """The k-th request that fits, counted from when the fault was laid down."""
    await inside.send()
    inside.emulator.inject(Fault(do="answer", method="POST", nth=2))
    calls = [inside.send, inside.call, inside.send, inside.send]
    assert await struck(inside, *calls) == [False, False, True, False]
    (fault,) = inside.emulator.faults()
    assert (fault["met"], fault["struck"]) == (3, 1)


async def test_turns_are_counted_whoever_strikes(inside):
    """The first and the second request, in two faults, are just that."""
    inside.emulator.inject(Fault(do="answer", at="headers", nth=1, status=500))
    inside.emulator.inject(Fault(do="answer", nth=2, status=502))
    inside.emulator.inject(Fault(do="answer", at="request_bytes", after=1, nth=3, status=504))
    codes = [(await inside.send()).status_code for _ in range(4)]
    assert codes == [500, 502, 504, 200]


async def test_by_times(inside):
    """So many strikes, then never again."""
    inside.emulator.inject(Fault(do="answer", times=2))
    assert await struck(inside, *[inside.send] * 4) == [True, True, False, False]


async def test_the_first_laid_down_strikes_first(inside):
    """At one place the order of inject decides, also between a number and none."""
    inside.emulator.inject(Fault(do="answer", number=PHONE, status=501, times=1))
    inside.emulator.inject(Fault(do="answer", status=502, times=1))
    inside.emulator.inject(Fault(do="answer", number=PHONE, status=504, times=1))
    codes = [(await inside.send()).status_code for _ in range(4)]
    assert codes == [501, 502, 504, 200]


async def test_by_chance_that_repeats(inside):
    """The same seed strikes the same requests; another seed, or another place, others."""

    async def run(*seeds):
        inside.emulator.clear_faults()
        for code, seed in enumerate(seeds, start=501):
            inside.emulator.inject(Fault(do="answer", status=code, probability=0.5, seed=seed))
        return [(await inside.send()).status_code for _ in range(64)]

    first = await run(0)
    assert set(first) == {501, 200}
    assert await run(0) == first
    assert await run(1) != first
    # Two with one seed are not the same dice, or the second would never strike.
    assert set(await run(0, 0)) == {501, 502, 200}


async def test_never_and_always(inside):
    """Chances 0 and 1 are certain."""
    inside.emulator.inject(Fault(do="answer", probability=0.0))
    assert not any(await struck(inside, *[inside.send] * 20))
    inside.emulator.inject(Fault(do="answer", probability=1))
    assert all(await struck(inside, *[inside.send] * 20))


async def test_at_accept_connections_are_counted(way):
    """In-process each request is a connection; over a socket a kept one meets nothing."""
    way.emulator.inject(Fault(do="answer", at="accept", nth=2))
    codes = []
    for _ in range(3):
        answer = await way.call(headers={"Connection": "close"})
        codes.append(answer.status_code)
    assert codes == [400, 503, 400]


async def test_the_control_api_meets_no_fault(way):
    """Or nobody could clear them."""
    way.emulator.inject(Fault(do="reset"))
    way.emulator.inject(Fault(do="reset", at="headers", path="_emulator"))
    answer = await way.http.get("/_emulator/faults")
    assert [fault["met"] for fault in answer.json()] == [0, 0]
    assert (await way.http.delete("/_emulator/faults")).json() == []
    assert (await way.send()).status_code == 200


async def test_faults_go_with_a_reset(inside):
    """After reset and clear_faults all calls are well, and ids begin anew."""
    assert inside.emulator.inject(Fault(do="reset")) == 1
    assert inside.emulator.inject(Fault(do="close")) == 2
    assert [fault["do"] for fault in inside.emulator.faults()] == ["reset", "close"]
    inside.emulator.reset()
    assert inside.emulator.faults() == []
    assert inside.emulator.inject(Fault(do="reset")) == 1
    inside.emulator.clear_faults()
    assert (await inside.send()).status_code == 200
