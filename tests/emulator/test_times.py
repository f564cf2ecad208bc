"""Times: every form that is read, every form that is printed."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfoNotFoundError

import pytest

from bestsms.emulator import times

SYDNEY = times.zone("AUS Eastern")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2021-12-31T23:00", "2021-12-31T12:00:00"),
        ("2021-12-31 23:00", "2021-12-31T12:00:00"),
        ("2021-12-31T23:00:05", "2021-12-31T12:00:05"),
        ("2021-12-31 23:00:05.123", "2021-12-31T12:00:05"),
        ("31/12/2021 23:00", "2021-12-31T12:00:00"),
        ("16/10/2019 13:43 p.m.", "2019-10-16T02:43:00"),
        ("2019-10-16 02:52 p.m.", "2019-10-16T03:52:00"),
        ("16/10/2019 12:05 AM", "2019-10-15T13:05:00"),
        ("16/10/2019 1:05 am", "2019-10-15T14:05:00"),
        ("2020-05-12 14:05:00", "2020-05-12T04:05:00"),
        ("2021-12-31", "2021-12-30T13:00:00"),
        ("2025-07-09T01:02:03.000Z", "2025-07-09T01:02:03"),
        ("2025-07-09T01:02:03+10:00", "2025-07-08T15:02:03"),
        ("2025-07-09T01:02:03-0130", "2025-07-09T02:32:03"),
        (" 2021-12-31T23:00 ", "2021-12-31T12:00:00"),
    ],
)
def test_every_listed_form_is_read(written, expected):
    """Day first, T or a space, optional seconds, both clocks, Z and offsets (2.3)."""
    assert times.read(written, SYDNEY) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        *(
            "",
            "now",
            "2021-13-01T00:00",
            "2021-02-30T00:00",
            "12/31/2021 23:00",
            "2021-12-31T24:00",
        ),
        *(
            "0001-01-01T00:00",
            "9999-12-31T23:59",
            "2021-12-31T23:00+99:00",
            "\u0662\u0660\u0662\u0661-\u0661\u0662-\u0663\u0661T\u0662\u0663:\u0660\u0660",
        ),
    ],
)
def test_what_is_no_time_is_none(written):
    """Impossible dates, US order and far years are not read."""
    assert times.read(written, SYDNEY) is None


@pytest.mark.parametrize(
    ("name", "hours"),
    [
        ("New Zealand", 12),
        ("aus eastern", 10),
        ("E. Australia Standard Time", 10),
        ("W. Australia", 8),
        ("Cen. Australia", 9.5),
        ("Central Pacific", 11),
    ],
)
def test_the_six_known_zones(name, hours):
    """Windows names without "Standard Time", in any case (U33)."""
    winter = datetime(2025, 7, 1, tzinfo=times.zone(name))
    assert winter.utcoffset().total_seconds() == hours * 3600
    assert times.zone("Pacific/Auckland") is None


def test_daylight_saving_is_known():
    """Sydney is an hour further in January."""
    assert times.plain(datetime(2025, 1, 1, tzinfo=UTC), SYDNEY) == "2025-01-01 11:00:00"
    assert times.has_zone_data()


def test_a_machine_without_zone_data_has_standard_time(monkeypatch, emulator):
    """Where tzdata is missing, zones are their standard offset, and state says so."""

    def missing(key):
        raise ZoneInfoNotFoundError(key)

    monkeypatch.setattr(
        times, "ZoneInfo", type("Missing", (), {"__new__": lambda _, key: missing(key)})
    )
    summer = datetime(2025, 1, 1, tzinfo=UTC)
    assert times.plain(summer, times.zone("AUS Eastern")) == "2025-01-01 10:00:00"
    assert emulator.state()["zone_data"] is False


def test_the_four_spellings_of_a_2_03_webhook():
    """Status and reply, JSON and XML: four formats for one field (T81)."""
    moment = datetime(2019, 10, 16, 2, 43, 9, 120_000, tzinfo=UTC)
    assert times.status_json(moment, SYDNEY) == "16/10/2019 13:43 p.m."
    assert times.status_xml(moment, SYDNEY) == "2019-10-16 13:43 p.m."
    assert times.plain(moment, SYDNEY) == "2019-10-16 13:43:09"
    assert times.reply_xml(moment, SYDNEY) == "2019-10-16 13:43"
    assert times.rfc3339(moment) == "2019-10-16T02:43:09.120Z"
