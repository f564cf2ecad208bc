"""Times: wall-clock text and a zone's name going out, aware UTC coming in."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, strategies as st

from bestsms._wire.times import ZONES, local, moment, zoned
from bestsms.errors import InvalidRequest

NAIVE = datetime.fromisoformat("2021-12-31T23:00")
SYDNEY = ZoneInfo("Australia/Sydney")
# Sends are for the future; Brisbane has not moved its clocks since 1992.
AWARE = st.datetimes(min_value=datetime(2000, 1, 1), timezones=st.timezones())  # noqa: DTZ001
# 02:30 on this morning comes twice in Sydney: at +11:00, and an hour later at +10:00.
TWICE = datetime(2025, 4, 5, 15, 30, tzinfo=UTC)


# -- going out, with a zone ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "zone", "sent"),
    [
        (None, None, (None, None)),
        (None, "Australia/Perth", (None, "W. Australia")),
        ("2021-12-31T23:00", None, ("2021-12-31T23:00:00", None)),
        ("2021-12-31 23:00:05", "AUS Eastern", ("2021-12-31T23:00:05", "AUS Eastern")),
        (NAIVE, "New Zealand", ("2021-12-31T23:00:00", "New Zealand")),
        (NAIVE, "Europe/Oslo", ("2021-12-31T23:00:00", "Europe/Oslo")),
        (datetime(2021, 7, 1, tzinfo=SYDNEY), None, ("2021-07-01T00:00:00", "AUS Eastern")),
        (datetime(2021, 7, 1, tzinfo=UTC), None, ("2021-07-01T10:00:00", "E. Australia")),
        (datetime(2021, 7, 1, tzinfo=UTC), "AUS Eastern", ("2021-07-01T10:00:00", "AUS Eastern")),
        (datetime(2021, 1, 1, tzinfo=UTC), "AUS Eastern", ("2021-01-01T11:00:00", "AUS Eastern")),
        (datetime(2021, 1, 1, tzinfo=UTC), "Australia/Darwin", None),
        (TWICE, None, ("2025-04-06T01:30:00", "E. Australia")),
        (TWICE.astimezone(SYDNEY), None, ("2025-04-06T01:30:00", "E. Australia")),
        (TWICE, "AUS Eastern", None),
        (NAIVE, None, None),
        (datetime.max.replace(tzinfo=UTC), None, None),
        (datetime.max.replace(tzinfo=UTC), "AUS Eastern", None),
    ],
)
def test_a_time_travels_with_its_zone(
    value: datetime | str | None, zone: str | None, sent: tuple[str | None, str | None] | None
) -> None:
    """T37, U33: no offset, and the zone by the provider's name; ``None`` here is a refusal."""
    if sent is None:
        with pytest.raises(InvalidRequest) as caught:
            zoned("SendTime", value, zone)
        assert caught.value.field == "SendTime"
    else:
        assert zoned("SendTime", value, zone) == sent


@given(value=AWARE)
@example(value=TWICE)
@example(value=TWICE + timedelta(hours=1))
def test_an_aware_time_leaves_as_one_instant(value: datetime) -> None:
    """What is sent, read in the zone it names, is the caller's instant, to the second."""
    try:
        text, zone = zoned("SendTime", value, None)
    except InvalidRequest:
        assert not 2 < value.year < 9998
        return
    assert text is not None
    assert zone is not None
    readings = {
        datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONES[zone]), fold=fold)
        for fold in (0, 1)
    }
    instant = value.astimezone(UTC)
    assert {each.astimezone(UTC) for each in readings} == {instant.replace(microsecond=0)}


@given(value=AWARE, zone=st.sampled_from(sorted(ZONES)))
def test_a_zone_of_ones_own_is_kept_or_the_time_refused(value: datetime, zone: str) -> None:
    """A zone that is asked for is never exchanged; an hour that comes twice there is refused."""
    try:
        text, name = zoned("SendTime", value, zone)
    except InvalidRequest:
        return
    assert name == zone
    assert text is not None
    there = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONES[zone]))
    assert there.astimezone(UTC) == value.astimezone(UTC).replace(microsecond=0)


# -- going out, without a zone ---------------------------------------------------------------------


def test_a_time_without_a_zone_is_what_the_clock_shows() -> None:
    """T46: actions and report ranges have no field for a zone."""
    assert local("SendTime", NAIVE) == "2021-12-31T23:00:00"
    assert local("SendTime", "2023-09-01 12:30") == "2023-09-01T12:30:00"
    assert local("SendTime", None) is None


def test_an_aware_time_can_not_be_told_to_an_action() -> None:
    """Its zone could not travel, and would silently be taken for another."""
    with pytest.raises(InvalidRequest, match="this call has no field for a zone"):
        local("SendTime", datetime(2023, 9, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    "text",
    [
        *("2021-12-31", "2021-12-31T23", "2021-12-31T23:00Z", "2021-12-31T23:00:00+10:00"),
        *("31/12/2021 23:00", "2021-02-30T12:00", "2021-12-31T25:00", "tomorrow", ""),
        *("2021-12-31T23:00:00.5", "\uff12021-12-31T23:00", 7, b"2021-12-31T23:00"),
    ],
)
@pytest.mark.parametrize("spell", [local, lambda field, value: zoned(field, value, None)])
def test_a_text_of_another_form_is_refused(spell, text: object) -> None:
    """An offset or a Z would be ignored by the provider, and the text go out hours off."""
    with pytest.raises(InvalidRequest, match=r"^SendTime: "):
        spell("SendTime", text)


@given(st.text())
def test_no_text_breaks_the_spelling(text: str) -> None:
    """Any text is refused as InvalidRequest, or sent as a time that exists."""
    try:
        sent = local("SendTime", text)
    except InvalidRequest:
        return
    assert datetime.fromisoformat(sent).tzinfo is None


# -- coming in -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("texts", "read"),
    [
        (("2024-05-01T03:51:42.000Z", "x"), datetime(2024, 5, 1, 3, 51, 42, tzinfo=UTC)),
        ((None, "2024-05-01 03:51:42"), datetime(2024, 5, 1, 3, 51, 42, tzinfo=UTC)),
        (("", "2023-06-12T20:44:30"), datetime(2023, 6, 12, 20, 44, 30, tzinfo=UTC)),
        (("2024-05-01T03:51:42+10:00",), datetime(2024, 4, 30, 17, 51, 42, tzinfo=UTC)),
        (("16/10/2019 13:43 p.m.", "2024-05-01 03:51:42"), datetime(2024, 5, 1, 3, 51, 42, 0, UTC)),
        (("16/10/2019 13:43 p.m.",), None),
        (("0001-01-01T00:00:00.000Z", "2024-05-01 03:51:42"), None),
        (("9999-12-31T23:59:59-10:00",), None),
        ((None, ""), None),
        ((), None),
    ],
)
def test_the_first_text_that_is_a_time_is_the_moment(
    texts: tuple[str | None, ...], read: datetime | None
) -> None:
    """RFC 3339 first, then UTC; year 0001 is "never" (T70), and no local text is an instant."""
    assert moment(*texts) == read


@given(st.lists(st.none() | st.text() | st.datetimes().map(str), max_size=3))
def test_a_moment_is_aware_or_nothing(texts: list[str | None]) -> None:
    """Whatever the provider writes, reading an answer's time raises nothing."""
    found = moment(*texts)
    assert found is None or found.tzinfo is UTC


@given(st.datetimes(), st.integers(-1439, 1439))
def test_an_offset_is_honoured_at_any_time(value: datetime, minutes: int) -> None:
    """Also where the calendar ends."""
    text = value.replace(tzinfo=timezone(timedelta(minutes=minutes))).isoformat()
    found = moment(text)
    assert found is None or found == datetime.fromisoformat(text)
    assert (found is not None) or not 1 < value.year < 9999


def test_a_machine_without_zone_data_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """An aware time needs the zones of the machine; a missing database is an InvalidRequest."""

    def nothing(name: str) -> None:
        raise zoneinfo.ZoneInfoNotFoundError(name)

    monkeypatch.setattr(zoneinfo, "ZoneInfo", nothing)
    with pytest.raises(InvalidRequest, match="tzdata"):
        zoned("SendTime", datetime(2025, 7, 1, tzinfo=UTC), "AUS Eastern")
    spelled = zoned("SendTime", datetime(2025, 7, 1, tzinfo=UTC), None)
    assert spelled == ("2025-07-01T10:00:00", "E. Australia")  # a fixed offset needs no data
