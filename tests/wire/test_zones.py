"""The provider's zones and everybody's: one table of names, and no clock taken for another."""

from __future__ import annotations

import subprocess
import sys
import zoneinfo
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from bestsms._wire.times import moment, zoned
from bestsms._wire.zones import ALIASES, BRISBANE, STEADY, ZONES, find, jump, read
from bestsms.errors import InvalidRequest

JULY = datetime(2025, 7, 1, tzinfo=UTC)
NEW_YEAR = datetime(2025, 1, 1, tzinfo=UTC)
# Every quarter of a day from 2020 to 2037: no clock is changed and changed back within one.
QUARTERS = [datetime(2020, 1, 1, tzinfo=UTC) + timedelta(hours=6 * n) for n in range(26_300)]


# -- the table -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("alias", "name"), ALIASES.items(), ids=str)
def test_an_alias_keeps_the_clock_of_its_zone(alias: str, name: str) -> None:
    """From 2020 on, by the zone data of this machine."""
    here, there = ZoneInfo(alias), ZoneInfo(ZONES[name])
    assert [at.astimezone(here).utcoffset() for at in QUARTERS] == [
        at.astimezone(there).utcoffset() for at in QUARTERS
    ]


def test_every_zone_is_an_alias_of_itself() -> None:
    """The table's two directions agree."""
    assert {ALIASES[iana] for iana in ZONES.values()} == set(ZONES)
    assert all(ALIASES[iana] == name for name, iana in ZONES.items())


def test_no_australian_clock_of_the_table_is_left_out() -> None:
    """Darwin, Eucla and Lord Howe keep clocks that the provider has no name for."""
    places = {name for name in zoneinfo.available_timezones() if name.startswith("Australia/")}
    assert places - ALIASES.keys() == {
        *("Australia/Darwin", "Australia/North", "Australia/Eucla"),
        *("Australia/LHI", "Australia/Lord_Howe"),
    }


def test_brisbane_is_steady() -> None:
    """Its fixed offset is what the zone data says, in every year that a message may be of."""
    there = ZoneInfo(ZONES[BRISBANE])
    assert {at.astimezone(there).utcoffset() for at in QUARTERS} == {STEADY.utcoffset(None)}


# -- names -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "name", "hours"),
    [
        ("AUS Eastern", "AUS Eastern", 10),
        ("E. Australia", "E. Australia", 10),
        ("NZ", "New Zealand", 12),
        ("Antarctica/McMurdo", "New Zealand", 12),
        ("Australia/Broken_Hill", "Cen. Australia", 9.5),
        ("Australia/Darwin", None, 9.5),
        ("Asia/Singapore", None, 8),
        ("UTC", None, 0),
    ],
)
def test_a_zone_is_found_by_its_name(zone: str, name: str | None, hours: float) -> None:
    """The provider's or IANA's, as each spells it."""
    found = find(zone)
    assert (found.label, found.name) == (name or zone, name)
    assert found.clock is not None
    assert JULY.astimezone(found.clock).utcoffset() == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("zone", "meant"),
    [
        ("aus eastern", "'AUS Eastern'"),
        ("AUS Eastern Standard Time", "'AUS Eastern'"),
        ("E Australia", "'E. Australia'"),
        ("W. Australia ", "'W. Australia'"),
        ("New Zeland", "'New Zealand'"),
        ("Tasmania Standard Time", "'AUS Eastern'"),
        ("AUS Central Standard Time", "'Australia/Darwin'"),
        ("AEST", "'AUS Eastern' or 'E. Australia'"),
        ("EST", "'AUS Eastern' or 'E. Australia'"),
        ("Australia", "'W. Australia', 'E. Australia' or 'Cen. Australia'"),
        ("melborne", "'Australia/Melbourne'"),
        ("Brisbane", "'Australia/Brisbane'"),
        ("broken hill", "'Australia/Broken_Hill'"),
        ("europe/oslo", "'Europe/Oslo'"),
    ],
)
def test_a_name_that_is_nearly_one_is_refused_with_the_right_one(zone: str, meant: str) -> None:
    """Another case, Windows's own name, what people say, a city alone, and a slip of the keys."""
    with pytest.raises(InvalidRequest) as caught:
        find(zone)
    assert caught.value.field == "TimeZone"
    assert caught.value.size == len(zone)
    assert caught.value.limit == (
        f"{zone!r} is not the name of a zone; did you mean {meant}? "
        "An aware datetime needs no TimeZone"
    )


@pytest.mark.parametrize(
    "zone",
    [
        *("", "Mars", "GMT+10", "UTC+10", "localtime", "Factory", "posixrules", "Europe", "../.."),
        *("/etc/localtime", "Hello Jess, your parcel is here", "+61421000001", "x" * 10_000, "\0"),
    ],
)
def test_a_name_that_is_like_none_is_refused_and_not_repeated(zone: str) -> None:
    """It may be anything, by a slip of the arguments; the six names are told instead."""
    with pytest.raises(
        InvalidRequest, match=r"'Cen\. Australia' or 'Central Pacific', or an IANA"
    ) as e:
        find(zone)
    assert not zone or zone not in str(e.value)


def test_a_long_name_is_not_repeated_whole() -> None:
    """An error is read by a person."""
    with pytest.raises(InvalidRequest, match="did you mean 'Australia/Perth'") as caught:
        find("Perth" + " " * 10_000)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("zone", [ZoneInfo("Australia/Sydney"), UTC, 10, b"NZ", ["NZ"]])
def test_a_zone_is_text(zone: object) -> None:
    """A zone object belongs into the datetime."""
    with pytest.raises(InvalidRequest, match=r"^TimeZone: must be text such as 'AUS Eastern', not"):
        find(zone)


@given(st.text() | st.text("./\0abcAE"))
def test_no_name_breaks_the_search(zone: str) -> None:
    """Any text names a zone or is refused as InvalidRequest; to a reader it is a clock or none."""
    clock = read(zone)
    try:
        found = find(zone)
    except InvalidRequest:
        return
    assert found.clock == clock


@pytest.mark.parametrize(
    ("zone", "key"),
    [
        ("AUS Eastern", "Australia/Sydney"),
        ("AUS EASTERN STANDARD TIME", "Australia/Sydney"),
        (" cen. australia", "Australia/Adelaide"),
        ("Pacific/Auckland", "Pacific/Auckland"),
        ("Asia/Singapore", "Asia/Singapore"),
    ],
)
def test_the_provider_may_spell_a_zone_its_own_way(zone: str, key: str) -> None:
    """Accept leniently: names come back in any case, and with Windows's ending."""
    assert read(zone) == ZoneInfo(key)


# -- clocks ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "zone", "minutes"),
    [
        ("2025-04-06 01:59:59", "Australia/Sydney", 0),
        ("2025-04-06 02:00:00", "Australia/Sydney", -60),
        ("2025-04-06 02:59:59", "Australia/Sydney", -60),
        ("2025-04-06 03:00:00", "Australia/Sydney", 0),
        ("2025-10-05 01:59:59", "Australia/Sydney", 0),
        ("2025-10-05 02:00:00", "Australia/Sydney", 60),
        ("2025-10-05 02:59:59", "Australia/Sydney", 60),
        ("2025-10-05 03:00:00", "Australia/Sydney", 0),
        ("2025-10-05 02:15:00", "Australia/Lord_Howe", 30),
        ("2011-12-30 12:00:00", "Pacific/Apia", 24 * 60),
        ("2025-04-06 02:30:00", "Australia/Brisbane", 0),
    ],
)
def test_a_clock_jumps_over_a_time_or_back_over_it(text: str, zone: str, minutes: int) -> None:
    """From the first second of the jump up to its last."""
    for fold in (0, 1):
        at = datetime.fromisoformat(text).replace(fold=fold)
        assert jump(at, ZoneInfo(zone)) == timedelta(minutes=minutes)


# -- the machine -----------------------------------------------------------------------------------


@pytest.fixture
def without_data(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that has no time zone data, as Windows has none."""

    def nothing(name: str) -> None:
        raise zoneinfo.ZoneInfoNotFoundError(name)

    monkeypatch.setattr(zoneinfo, "ZoneInfo", nothing)


@pytest.mark.usefixtures("without_data")
def test_a_machine_without_zone_data_says_what_to_install() -> None:
    """An aware time for a zone that is asked for, and a name that only the data has."""
    with pytest.raises(InvalidRequest, match=r"^SendTime: this machine .* TimeZone out.* tzdata"):
        zoned("SendTime", JULY, "AUS Eastern")
    with pytest.raises(InvalidRequest, match=r"^TimeZone: without time zone data .* tzdata"):
        zoned("SendTime", "2025-07-01T10:00", "Europe/Oslo")


@pytest.mark.usefixtures("without_data")
def test_a_machine_without_zone_data_sends_at_a_set_time_too() -> None:
    """What needs no data still leaves: an aware time, and a local one of a zone with a name."""
    there = datetime(2025, 1, 1, 11, tzinfo=ZoneInfo("Australia/Sydney"))
    for aware in (there, NEW_YEAR):
        assert zoned("SendTime", aware, None) == ("2025-01-01T10:00:00", "E. Australia")
    text = "2025-10-05T02:30:00"
    assert zoned("SendTime", text, "Australia/Sydney") == (text, "AUS Eastern")
    assert zoned("SendTime", JULY, "E. Australia") == ("2025-07-01T10:00:00", "E. Australia")


@pytest.mark.usefixtures("without_data")
def test_a_machine_without_zone_data_reads_what_it_can() -> None:
    """A local time that can't be placed is no instant, and no error."""
    assert moment(None, local="2025-07-01 10:00:00", zone="AUS Eastern") is None
    assert moment(None, local="2025-07-01 10:00:00", zone="E. Australia") == JULY


def test_a_plain_send_loads_no_zones() -> None:
    """Neither the package nor a time in UTC needs them, and an import is paid by everybody."""
    code = (
        "import sys, bestsms.api; from bestsms._wire.times import moment, zoned\n"
        "zoned('SendTime', None, None); zoned('SendTime', '2025-07-01T10:00', None)\n"
        "moment('2025-07-01T00:00:00Z', local='2025-07-01 10:00:00', zone='AUS Eastern')\n"
        "assert 'bestsms._wire.zones' not in sys.modules\n"
        "assert 'zoneinfo' not in sys.modules\n"
        "zoned('SendTime', '2025-07-01T10:00', 'AUS Eastern')\n"
        "assert 'bestsms._wire.zones' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
