"""Times: wall-clock text and a zone's name going out, aware UTC coming in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, strategies as st

from bestsms._wire.times import local, moment, zoned
from bestsms._wire.zones import ALIASES, ZONES
from bestsms.errors import InvalidRequest

NAIVE = datetime.fromisoformat("2021-12-31T23:00")
SYDNEY = ZoneInfo("Australia/Sydney")
# Sends are for the future; Brisbane has not moved its clocks since 1992.
AWARE = st.datetimes(  # That none is imaginary means that each exists in its zone.
    min_value=datetime(2000, 1, 1),  # noqa: DTZ001
    timezones=st.timezones(),
    allow_imaginary=False,
)
# 02:30 on this morning comes twice in Sydney: at +11:00, and an hour later at +10:00.
TWICE = datetime(2025, 4, 5, 15, 30, tzinfo=UTC)
INSTANTS = st.datetimes(datetime(2000, 1, 1), datetime(2037, 12, 31), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda value: value.replace(microsecond=0)
)
SKIPPED = datetime(2025, 10, 5, 2, 30, tzinfo=SYDNEY)
FOREIGN = ("Australia/Darwin", "Australia/Eucla", "Australia/Lord_Howe", "Europe/Oslo", "UTC")


class NoOffset(tzinfo):
    """A zone that does not say how far it is, which makes a time naive."""

    def utcoffset(self, _: datetime | None) -> None:
        """Return nothing."""


class NotATime(datetime):
    """What pandas's ``NaT`` is: a datetime by its type, and no time."""

    __hash__ = datetime.__hash__

    def __eq__(self, _: object) -> bool:
        """Equal to nothing, like NaN."""
        return False

    def __ne__(self, _: object) -> bool:
        """Not even to itself."""
        return True

    def utcoffset(self) -> None:
        """Fail, as it does there."""
        raise ValueError("NaTType does not support utcoffset")

    def isoformat(self, sep: str = "T", timespec: str = "auto") -> str:  # noqa: ARG002
        """Return its name."""
        return "NaT"


class Wordy(datetime):
    """A time that prints itself in a way of its own."""

    def isoformat(self, sep: str = "T", timespec: str = "auto") -> str:  # noqa: ARG002
        """Return more than was asked for."""
        return f"{super().isoformat(sep)}.000"


def read_back(text: str | None, name: str | None) -> set[datetime]:
    """Return every instant that a sent time may be read as, in the zone that was sent with it."""
    assert text is not None
    assert name is not None
    there = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONES[name]))
    return {there.replace(fold=fold).astimezone(UTC) for fold in (0, 1)}


# -- going out, with a zone ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "zone", "sent"),
    [
        (None, None, (None, None)),
        (None, "Australia/Perth", (None, "W. Australia")),
        (None, "Europe/Oslo", (None, None)),
        ("2021-12-31T23:00", None, ("2021-12-31T23:00:00", None)),
        ("2021-12-31 23:00:05", "AUS Eastern", ("2021-12-31T23:00:05", "AUS Eastern")),
        ("2021-12-31 23:00", "Europe/Oslo", ("2022-01-01T08:00:00", "E. Australia")),
        (NAIVE, "New Zealand", ("2021-12-31T23:00:00", "New Zealand")),
        (NAIVE, "Australia/Hobart", ("2021-12-31T23:00:00", "AUS Eastern")),
        (NAIVE, "Australia/Darwin", ("2021-12-31T23:30:00", "E. Australia")),
        (NAIVE, "Europe/Oslo", ("2022-01-01T08:00:00", "E. Australia")),
        (datetime(2021, 7, 1, tzinfo=SYDNEY), None, ("2021-07-01T00:00:00", "AUS Eastern")),
        (datetime(2021, 7, 1, tzinfo=UTC), None, ("2021-07-01T10:00:00", "E. Australia")),
        (datetime(2021, 7, 1, tzinfo=UTC), "AUS Eastern", ("2021-07-01T10:00:00", "AUS Eastern")),
        (datetime(2021, 1, 1, tzinfo=UTC), "AUS Eastern", ("2021-01-01T11:00:00", "AUS Eastern")),
        (datetime(2021, 1, 1, tzinfo=UTC), "Europe/Oslo", ("2021-01-01T10:00:00", "E. Australia")),
        (TWICE, None, ("2025-04-06T01:30:00", "E. Australia")),
        (TWICE.astimezone(SYDNEY), None, ("2025-04-06T01:30:00", "E. Australia")),
        (TWICE.astimezone(SYDNEY), "Australia/Darwin", ("2025-04-06T01:30:00", "E. Australia")),
    ],
)
def test_a_time_travels_with_its_zone(
    value: datetime | str | None, zone: str | None, sent: tuple[str | None, str | None]
) -> None:
    """T37, U33: no offset, and a zone by the provider's name, in which the clock shows it once."""
    assert zoned("SendTime", value, zone) == sent


@pytest.mark.parametrize(
    ("value", "zone", "said"),
    [
        (NAIVE, None, "SendTime: a datetime without a zone needs TimeZone too"),
        (NAIVE.replace(tzinfo=NoOffset()), None, "SendTime: a datetime without a zone needs"),
        (datetime.max.replace(tzinfo=UTC), None, "SendTime: must lie within the years 1 to 9999"),
        (datetime.max.replace(tzinfo=UTC), "AUS Eastern", "SendTime: must lie within the years"),
        ("9999-12-31 23:00", "America/Lima", "SendTime: must lie within the years"),
        (TWICE, "AUS Eastern", "SendTime: 2025-04-06 02:30:00 comes twice in AUS Eastern, where "),
        ("2021-12-31T23:00", "Mars", "TimeZone: must be 'New Zealand', 'AUS Eastern', "),
        (None, "Sydney", r"TimeZone: 'Sydney' is not the name of a zone; did you mean 'Australia/"),
    ],
)
def test_a_time_that_can_not_travel_is_refused(
    value: datetime | str | None, zone: str | None, said: str
) -> None:
    """What would be read at another hour than was meant never leaves."""
    with pytest.raises(InvalidRequest, match=f"^{said}"):
        zoned("SendTime", value, zone)


@pytest.mark.parametrize("fold", [0, 1])
@pytest.mark.parametrize(
    ("text", "zone", "said"),
    [
        ("2025-04-06 02:30:00", "AUS Eastern", "comes twice in AUS Eastern, .* aware datetime"),
        ("2025-04-06 02:30:00", "Australia/Hobart", "comes twice in AUS Eastern"),
        ("2025-10-26 02:30:00", "Europe/Oslo", "comes twice in Europe/Oslo"),
        ("2025-10-05 02:30:00", "AUS Eastern", "05 01:30:00 or 2025-10-05 03:30:00"),
        ("2025-10-05 02:15:00", "Australia/Lord_Howe", "05 01:45:00 or 2025-10-05 02:45:00"),
        ("2025-03-30 02:00:00", "Europe/Oslo", "give 2025-03-30 01:00:00 or 2025-03-30 03:00:00"),
        ("2011-12-30 12:00:00", "Pacific/Apia", "give 2011-12-29 12:00:00 or 2011-12-31 12:00:00"),
    ],
)
def test_a_time_that_the_clock_shows_never_or_twice_is_refused(
    text: str, zone: str, said: str, fold: int
) -> None:
    """As text and as a datetime, whatever its fold: 0 can't be told from not said (PEP 495)."""
    for value in (text, datetime.fromisoformat(text).replace(fold=fold)):
        with pytest.raises(InvalidRequest, match=f"^SendTime: {text} .*{said}"):
            zoned("SendTime", value, zone)


@pytest.mark.parametrize(("fold", "sent"), [(0, "2025-04-06T01:30:00"), (1, "2025-04-06T02:30:00")])
def test_an_aware_time_says_which_of_two_it_is(fold: int, sent: str) -> None:
    """The hour that comes twice in Sydney comes once in Brisbane."""
    value = datetime(2025, 4, 6, 2, 30, tzinfo=SYDNEY, fold=fold)
    assert zoned("SendTime", value, None) == (sent, "E. Australia")


@pytest.mark.parametrize("zone", [None, "AUS Eastern", "Australia/Sydney", "NZ", "Europe/Oslo"])
@pytest.mark.parametrize("fold", [0, 1])
@pytest.mark.parametrize(
    ("value", "said"),
    [
        (SKIPPED, "02:30:00 does not exist in Australia/Sydney, where the clock goes forward"),
        (SKIPPED, "give 2025-10-05 01:30:00 or 2025-10-05 03:30:00"),
        (SKIPPED.replace(tzinfo=ZoneInfo("Australia/Melbourne")), "exist in Australia/Melbourne"),
        (datetime(2025, 3, 30, 2, tzinfo=ZoneInfo("Europe/Oslo")), "03-30 01:00:00 or 2025-03-30"),
    ],
)
def test_an_aware_time_that_its_own_clock_never_shows_is_refused(
    value: datetime, said: str, fold: int, zone: str | None
) -> None:
    """Python gives it an offset, and so an hour that the caller did not write; as a naive one."""
    with pytest.raises(InvalidRequest, match=f"^SendTime: .*{said}"):
        zoned("SendTime", value.replace(fold=fold), zone)


@given(
    value=st.datetimes(datetime(2025, 10, 5, 1), datetime(2025, 10, 5, 4)),  # noqa: DTZ001
    zone=st.sampled_from([*ALIASES, *FOREIGN]),
)
def test_an_aware_time_leaves_just_if_it_exists(value: datetime, zone: str) -> None:
    """If it is the same again after a way through UTC, around the change of Sydney's clock."""
    there = value.replace(tzinfo=ZoneInfo(zone))
    if there.astimezone(UTC).astimezone(there.tzinfo).replace(tzinfo=None) == value:
        assert read_back(*zoned("SendTime", there, None)) == {
            there.astimezone(UTC).replace(microsecond=0)
        }
    else:
        with pytest.raises(InvalidRequest, match=f"does not exist in {zone}"):
            zoned("SendTime", there, None)


@given(instant=INSTANTS, zone=st.sampled_from([*ZONES, *ALIASES, *FOREIGN]))
def test_a_naive_time_leaves_as_the_instant_that_its_zone_means(
    instant: datetime, zone: str
) -> None:
    """Or is refused, just when its zone's clock shows it twice."""
    there = instant.astimezone(ZoneInfo(ZONES.get(ALIASES.get(zone, zone), zone)))
    text = f"{there:%Y-%m-%dT%H:%M:%S}"
    twice = there.utcoffset() != there.replace(fold=1 - there.fold).utcoffset()
    for value in (text, there.replace(tzinfo=None)):
        if twice:
            with pytest.raises(InvalidRequest, match="comes twice"):
                zoned("SendTime", value, zone)
        else:
            sent, name = zoned("SendTime", value, zone)
            assert read_back(sent, name) == {instant}


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
    assert read_back(text, zone) == {value.astimezone(UTC).replace(microsecond=0)}


@given(value=AWARE, zone=st.sampled_from(sorted(ZONES)))
def test_a_zone_of_ones_own_is_kept_or_the_time_refused(value: datetime, zone: str) -> None:
    """A zone that is asked for is never exchanged; an hour that comes twice there is refused."""
    try:
        text, name = zoned("SendTime", value, zone)
    except InvalidRequest:
        return
    assert name == zone
    assert read_back(text, name) == {value.astimezone(UTC).replace(microsecond=0)}


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


@pytest.mark.parametrize("zone", [None, "AUS Eastern", "Europe/Oslo"])
def test_a_datetime_that_is_no_time_is_refused(zone: str | None) -> None:
    """A hole in a table of pandas is a ``NaT``: "NaT" would have left as the time."""
    for spell in (local, lambda field, value: zoned(field, value, zone)):
        with pytest.raises(InvalidRequest, match=r"^SendTime: must print as .*, and this NotATime"):
            spell("SendTime", NotATime(2025, 7, 1))


def test_a_datetime_that_prints_in_another_way_is_refused() -> None:
    """Nothing leaves but the form of the wire."""
    value = Wordy(2025, 7, 1)
    for spell in (local, lambda field, value: zoned(field, value, "AUS Eastern")):
        with pytest.raises(InvalidRequest, match=r"^SendTime: must print as .*, and this Wordy"):
            spell("SendTime", value)


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
        ((" 2024-05-01T03:51:42.000Z\n",), datetime(2024, 5, 1, 3, 51, 42, tzinfo=UTC)),
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


# -- coming in, as local text ----------------------------------------------------------------------

PRINTED = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H:%M:%S", "%Y-%m-%dT%H:%M:%S.000")


@pytest.mark.parametrize(
    ("utc", "local_text", "zone", "read"),
    [
        (None, "2025-07-01 10:00:00", "AUS Eastern", datetime(2025, 7, 1, tzinfo=UTC)),
        (None, "2025-01-01 11:00:00", "AUS Eastern", datetime(2025, 1, 1, tzinfo=UTC)),
        (
            "",
            "01/01/2025 11:00 a.m.",
            "aus eastern standard time",
            datetime(2025, 1, 1, tzinfo=UTC),
        ),
        ("soon", "2025-06-04 09:16:55", "New Zealand", datetime(2025, 6, 3, 21, 16, 55, 0, UTC)),
        (None, "2025-06-04 09:16:55", "Pacific/Auckland", datetime(2025, 6, 3, 21, 16, 55, 0, UTC)),
        (None, "2025-06-04T00:00:00Z", "AUS Eastern", datetime(2025, 6, 4, tzinfo=UTC)),
        (None, "2025-06-04 10:00:00+1000", None, datetime(2025, 6, 4, tzinfo=UTC)),
        ("2025-06-04", "2025-07-01 10:00:00", "AUS Eastern", datetime(2025, 6, 4, tzinfo=UTC)),
        ("0001-01-01 00:00:00", "2025-07-01 10:00:00", "AUS Eastern", None),
        (None, "0001-01-01 12:00:00", "AUS Eastern", None),
        (None, "2025-04-06 02:30:00", "AUS Eastern", None),
        (None, "2025-10-05 02:30:00", "AUS Eastern", None),
        (None, "2025-07-01 10:00:00", None, None),
        (None, "2025-07-01 10:00:00", "", None),
        (None, "2025-07-01 10:00:00", "Mars", None),
        (None, "2025-07-01 10:00:00", "EST", None),
        (None, "soon", "AUS Eastern", None),
        (None, "9999-12-31 23:59:59-10:00", None, None),
        (None, "9999-12-31 23:59:59", "America/Lima", None),
    ],
)
def test_a_local_text_is_a_moment_where_its_zone_is_known(
    utc: str | None, local_text: str, zone: str | None, read: datetime | None
) -> None:
    """Only in place of UTC, never against it, and not if the clock shows the time never or twice.

    Year 0001 is "never" in UTC and in local time (T70).
    """
    assert moment(utc, local=local_text, zone=zone) == read


@given(instant=INSTANTS, zone=st.sampled_from([*ZONES, *ALIASES]), form=st.sampled_from(PRINTED))
@example(instant=TWICE, zone="AUS Eastern", form=PRINTED[0])
def test_a_local_text_is_never_another_moment(instant: datetime, zone: str, form: str) -> None:
    """What a zone's clock showed is that instant again, or nothing if it was shown twice."""
    there = instant.astimezone(ZoneInfo(ZONES[ALIASES.get(zone, zone)]))
    twice = there.utcoffset() != there.replace(fold=1 - there.fold).utcoffset()
    found = moment(None, local=there.strftime(form), zone=zone)
    assert found == (None if twice else instant)


@given(texts=st.tuples(*[st.none() | st.text() | st.datetimes().map(str)] * 2), zone=st.text())
def test_no_local_text_breaks_the_reading(texts: tuple[str | None, str | None], zone: str) -> None:
    """Nor does any name of a zone."""
    found = moment(texts[0], local=texts[1], zone=zone)
    assert found is None or found.tzinfo is UTC
