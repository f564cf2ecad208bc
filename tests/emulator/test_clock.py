"""The clock runs, or stands until it is moved."""

from datetime import UTC, datetime, timedelta

import pytest

from bestsms.emulator import Clock, Emulator, EmulatorError


@pytest.mark.parametrize(
    "moment",
    [
        "2025-06-04T00:00:00Z",
        "2025-06-04T10:00:00+10:00",
        "2025-06-04",
        datetime(2025, 6, 4, tzinfo=UTC),
        datetime(2025, 6, 4),  # noqa: DTZ001 - a naive time is read as UTC
    ],
)
def test_a_frozen_clock_stands_until_moved(moment):
    """Only advance moves it; reset takes it back."""
    clock = Clock.frozen(moment)
    start = datetime(2025, 6, 4, tzinfo=UTC)
    assert (clock.is_frozen, clock.now()) == (True, start)
    assert clock.advance(90) == clock.now() == start + timedelta(seconds=90)
    clock.reset()
    assert clock.now() == start


def test_a_running_clock_follows_the_wall():
    """By default time passes by itself, plus what advance adds."""
    clock = Clock()
    before = datetime.now(UTC)
    moved = clock.advance(3600)
    assert not clock.is_frozen
    assert before + timedelta(hours=1) <= moved <= datetime.now(UTC) + timedelta(hours=1)


def test_an_emulator_runs_by_default():
    """Without a clock of its own an emulator lives in the present."""
    assert Emulator().state()["frozen"] is False


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf"), 10**400, 101 * 366 * 86400])
def test_the_clock_only_moves_forward_and_not_too_far(seconds):
    """A step is from 0 seconds to a hundred years."""
    clock = Clock.frozen("2025-06-04T00:00:00Z")
    with pytest.raises(EmulatorError, match="the clock moves by 0 to"):
        clock.advance(seconds)


def test_the_clock_has_an_end():
    """No date may ever overflow, so the year stays below 2900."""
    clock = Clock.frozen("2899-12-31T00:00:00Z")
    with pytest.raises(EmulatorError, match="past the year 2900"):
        clock.advance(86400 * 2)


@pytest.mark.parametrize("moment", ["yesterday", "0001-01-01", "9999-12-31T23:59:59"])
def test_a_frozen_clock_needs_a_sensible_moment(moment):
    """Nonsense and far years are refused."""
    with pytest.raises(EmulatorError):
        Clock.frozen(moment)


async def test_one_long_step_equals_many_short_ones(make, caller):
    """What happens during a long advance happens at its own moment."""
    reports = []
    for steps in ((3600,), (60,) * 60):
        emulator = make()
        api = caller(emulator)
        await api.send("+61491570313", MessageID="m", SendTime="2025-06-04T07:30")
        for step in steps:
            emulator.advance(step)
        report = await api.get("get/sms/reply/m")
        (recipient,) = report["Recipients"]
        reports.append((recipient["SentTimeUTC"], recipient["SMSReplies"][0]["ReceivedTimeUTC"]))
    assert reports == [("2025-06-03 21:30:02", "2025-06-03 21:30:05")] * 2
