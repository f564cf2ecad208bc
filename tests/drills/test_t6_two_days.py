"""T6: two days of waiting, through clocks that are set, nights, storms and dead networks.

A wait never ends before its time, never misses a final state, and looks at most 650 times. It is in
virtual time: the clocks stand where the drill puts them, and nothing is waited for.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import timedelta
from email.utils import format_datetime
from typing import Any, NamedTuple

import anyio
import httpx
import pytest
from hypothesis import given, settings, strategies as st
from ledger.drill import FULL
from waits.provider import Course, Provider, Spell, captive_portal, dead, limited, refused
from waits.virtual import VirtualTime

from bestsms import AsyncClient, AuthenticationFailed, BestSMSError, Report, WaitTimeout
from bestsms._transport import transport
from bestsms.waiting.pace import MOST_LOOKS, TWO_DAYS

HOUR = 3600.0
PAUSE = 300.0
"""The longest between two looks."""
NAP = 60.0
"""The longest that a timer may sleep on after the machine woke up."""

Deed = Callable[[VirtualTime], None]


class Weather(NamedTuple):
    """What happens in the two days.

    Attributes:
        spells: When the service is not what it should be.
        deeds: What is done to the machine's clocks, and after how many waking seconds.
        readable_at: When the message is known at last (U3).
        over_end: Seconds after the end until which nobody can ask.
        late: How long a final state may go unnoticed while the service is well.
    """

    spells: Sequence[Spell] = ()
    deeds: Sequence[tuple[float, Deed]] = ()
    readable_at: float = 0.0
    over_end: float = 0.0
    late: float = PAUSE


def storm(begins: float, ends: float, answer: Any) -> Weather:
    """The service answers so, for some hours."""
    return Weather(spells=[Spell(begins * HOUR, ends * HOUR, answer)])


def night(seconds: float) -> Deed:
    """The lid is closed for so long."""
    return lambda time: time.suspend(seconds)


def wall(seconds: float) -> Deed:
    """The wall clock is put forward, or back."""
    return lambda time: time.set_wall(seconds)


def until_the_storm_ends(time: VirtualTime, ends: float) -> Callable[[httpx.Request], Any]:
    """Answer 429 with the date when it will be better."""

    def answer(request: httpx.Request) -> httpx.Response:
        better = time.true + timedelta(seconds=ends - time.elapsed)
        found: httpx.Response = limited(format_datetime(better, usegmt=True))(request)
        found.headers["Date"] = format_datetime(time.true, usegmt=True)
        return found

    return answer


DAY = 24 * HOUR
WEATHERS: dict[str, Weather] = {
    "a quiet one": Weather(),
    "the clock is put forward by three days": Weather(deeds=[(HOUR, wall(3 * DAY))]),
    "the clock is put back by three days": Weather(deeds=[(HOUR, wall(-3 * DAY))]),
    "the clock can't be trusted": Weather(
        deeds=[(hour * HOUR, wall((-1) ** hour * 9 * DAY)) for hour in range(1, 40)]
    ),
    "ten minutes asleep every hour": Weather(
        deeds=[(hour * HOUR, night(600.0)) for hour in range(1, 41)], late=PAUSE + 600.0
    ),
    "a long night": Weather(deeds=[(10 * HOUR, night(30 * HOUR))], late=30 * HOUR),
    "asleep over the end": Weather(
        deeds=[(47 * HOUR, night(5 * HOUR))], over_end=4 * HOUR, late=5 * HOUR
    ),
    "429": storm(1, 20, limited()),
    "429, in 30 seconds": storm(1, 20, limited("30")),
    "429, in two minutes": storm(1, 20, limited("120")),
    "429, in a month": storm(1, 20, limited("2592000"))._replace(late=HOUR),
    "429, in so many words": storm(1, 20, limited("soon, and \u00b2")),
    "429, in 10^400 seconds": storm(1, 20, limited("1" + 400 * "0")),
    "503": storm(5, 30, refused(503)),
    "503, in an hour": storm(5, 30, refused(503, Retry_After="3600"))._replace(late=HOUR),
    "a dead network": storm(5, 30, dead),
    "a dead network over the end": storm(47.5, 48.5, dead)._replace(over_end=0.5 * HOUR),
    "a hotel's network": storm(10, 12, captive_portal),
    "refused now and then": Weather(
        spells=[Spell(hour * HOUR, hour * HOUR + 400.0, refused(400)) for hour in range(3, 40)]
    ),
    "known after a minute": Weather(readable_at=60.0),
    "known after nine minutes": Weather(readable_at=540.0),
}
ENDS = {"never": math.inf, "in the last second": TWO_DAYS - 1}
if FULL:
    ENDS |= {"after a minute": 61.0, "after 17 hours": 17 * HOUR, "at the end": TWO_DAYS}
BOTH = [
    pytest.param(name, final, id=f"{name}-{final}")
    for name, weather in WEATHERS.items()
    for final in ENDS
    # After a spell that is over by then, the end of the two days is that of any others.
    if FULL or final != "never" or weather.over_end or not weather.spells
]


def waited(time: VirtualTime, provider: Provider, weather: Weather) -> tuple[Any, float]:
    """Wait two days in some weather, and return what it came to and when."""

    async def main() -> tuple[Any, float]:
        async with (
            AsyncClient("token", transport=provider) as client,
            anyio.create_task_group() as tasks,
        ):
            for after, deed in weather.deeds:
                tasks.start_soon(later, after, deed)
            try:
                found: Any = await client.wait("A1")
            except BestSMSError as error:
                found = error
            tasks.cancel_scope.cancel()
            return found, time.elapsed

    async def later(seconds: float, deed: Deed) -> None:
        await anyio.sleep(seconds)
        deed(time)

    return time.run(main())


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> VirtualTime:
    """The time of the drill."""
    made = VirtualTime()
    monkeypatch.setattr(transport, "Clock", made.clock)
    return made


@pytest.mark.parametrize(("name", "final"), BOTH)
def test_two_days_of(name: str, final: str, time: VirtualTime) -> None:
    """Ended by the state where there is one; else not before the time, and after a last look."""
    weather, final_at = WEATHERS[name], ENDS[final]
    provider = Provider(time)
    provider.spells = list(weather.spells)
    provider.courses["A1"] = Course(final_at=final_at, readable_at=weather.readable_at)
    found, at = waited(time, provider, weather)
    assert len(provider.looks["A1"]) <= MOST_LOOKS
    assert provider.most_in(0.99) == 1
    if final_at <= TWO_DAYS:
        assert isinstance(found, Report)
        assert found.status == "Completed"
        assert at >= final_at
        over = [each.ends for each in weather.spells if each.begins <= final_at < each.ends]
        assert at <= max(final_at, weather.readable_at, *over, 0.0) + weather.late + NAP
    else:
        assert isinstance(found, WaitTimeout)
        assert at >= TWO_DAYS
        assert found.confirmed
        assert provider.answered["A1"][-1] >= TWO_DAYS
        assert at <= TWO_DAYS + weather.over_end + PAUSE + NAP


def test_a_date_to_come_back_at_is_kept(time: VirtualTime) -> None:
    """By the provider's own clock, whatever the machine's says."""
    provider = Provider(time)
    ends = 30 * HOUR
    provider.spells = [Spell(29 * HOUR, ends, until_the_storm_ends(time, ends))]
    provider.courses["A1"] = Course(final_at=29.5 * HOUR)
    found, at = waited(time, provider, Weather(deeds=[(HOUR, wall(-9 * DAY))]))
    assert isinstance(found, Report)
    assert ends <= at <= ends + PAUSE
    assert len([look for look in provider.looks["A1"] if 29 * HOUR <= look < ends]) == 1


def test_a_network_that_stays_dead_ends_the_wait_an_hour_late(time: VirtualTime) -> None:
    """It says that nobody could be asked, why, and what was seen last."""
    provider = Provider(time)
    provider.spells = [Spell(47 * HOUR, math.inf, dead)]
    provider.courses["A1"] = Course(final_at=47.5 * HOUR)
    found, at = waited(time, provider, Weather())
    assert isinstance(found, WaitTimeout)
    assert (found.confirmed, found.report.status) == (False, "Pending")
    assert TWO_DAYS + HOUR <= at <= TWO_DAYS + HOUR + PAUSE
    assert len(provider.looks["A1"]) <= MOST_LOOKS


def test_a_refused_token_ends_the_wait_at_once(time: VirtualTime) -> None:
    """However well it went before: nobody's token gets better by asking."""
    provider = Provider(time)
    provider.spells = [Spell(20 * HOUR, math.inf, refused(401))]
    provider.courses["A1"] = Course()
    found, at = waited(time, provider, Weather())
    assert isinstance(found, AuthenticationFailed)
    assert found.message_id == "A1"
    assert 20 * HOUR <= at <= 20 * HOUR + PAUSE


@given(
    spells=st.lists(
        st.tuples(
            st.floats(0, 50),
            st.floats(0, 20),
            st.sampled_from([dead, refused(503), limited(), limited("90"), captive_portal]),
        ),
        max_size=5,
    ),
    nights=st.lists(st.tuples(st.floats(0, 48), st.floats(0, 20)), max_size=5),
    jumps=st.lists(st.tuples(st.floats(0, 48), st.floats(-200, 200)), max_size=5),
    final=st.floats(0, 60) | st.just(math.inf),
)
@settings(max_examples=200 if FULL else 12)
def test_any_two_days(
    spells: list[tuple[float, float, Any]],
    nights: list[tuple[float, float]],
    jumps: list[tuple[float, float]],
    final: float,
) -> None:
    """Whatever comes together: never early, never blind to what was final, never too often."""
    time = VirtualTime()
    provider = Provider(time)
    provider.spells = [
        # The first ten minutes are good: a page of a hotel all that time would rightly end it.
        Spell(begins * HOUR + 601, (begins + lasts) * HOUR + 601, answer)
        for begins, lasts, answer in spells
    ]
    provider.courses["A1"] = Course(final_at=final * HOUR)
    deeds = [(at * HOUR, night(lasts * HOUR)) for at, lasts in nights]
    deeds += [(at * HOUR, wall(by * HOUR)) for at, by in jumps]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(transport, "Clock", time.clock)
        found, at = waited(time, provider, Weather(deeds=deeds))
    assert len(provider.looks["A1"]) <= MOST_LOOKS
    if isinstance(found, Report):
        assert at >= final * HOUR
    else:
        assert at >= TWO_DAYS
        assert found.confirmed == (provider.answered["A1"][-1] >= TWO_DAYS)
        assert not found.confirmed or final * HOUR > provider.answered["A1"][-1]
