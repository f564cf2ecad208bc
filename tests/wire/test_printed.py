"""Local times as the provider prints them: four formats, two clocks, one reading (2.3, T81)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given, strategies as st

from bestsms._wire.times import printed

MINUTES = st.datetimes(min_value=datetime(2, 1, 1)).map(  # noqa: DTZ001 - local times are naive
    lambda value: value.replace(second=0, microsecond=0)
)
DATES = ("%d/%m/%Y", "%Y-%m-%d")
MARKS = st.sampled_from([("a.m.", "p.m."), ("am", "pm"), ("AM", "PM"), ("A.M.", "P.M.")])


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("16/10/2019 13:43 p.m.", "2019-10-16 13:43:00"),
        ("2019-10-16 14:52 p.m.", "2019-10-16 14:52:00"),
        ("2019-10-16 13:43:00", "2019-10-16 13:43:00"),
        ("2019-10-16 13:43", "2019-10-16 13:43:00"),
        ("16/10/2018 13:43 p.m.", "2018-10-16 13:43:00"),
        ("2025-06-04 09:16:55", "2025-06-04 09:16:55"),
        ("2021-12-31T23:00", "2021-12-31 23:00:00"),
        ("01/02/2019 01:43 p.m.", "2019-02-01 13:43:00"),
        ("2019-10-16 12:05 a.m.", "2019-10-16 00:05:00"),
        ("2019-10-16 12:05 p.m.", "2019-10-16 12:05:00"),
        ("2019-10-16 00:05 a.m.", "2019-10-16 00:05:00"),
        ("2019-10-16 11:05:09 PM", "2019-10-16 23:05:09"),
        (" 2019-10-16 11:05AM\n", "2019-10-16 11:05:00"),
        ("2019-10-16 13:43:00.5", "2019-10-16 13:43:00.500000"),
        ("2019-10-16 13:43:00.123456789", "2019-10-16 13:43:00.123456"),
        ("2025-06-03T21:16:55.000Z", "2025-06-03 21:16:55+00:00"),
        ("2025-06-03 21:16:55+1000", "2025-06-03 21:16:55+10:00"),
        ("2025-06-03 21:16-09:30", "2025-06-03 21:16:00-09:30"),
    ],
)
def test_a_printed_time_is_read(text: str, read: str) -> None:
    """The references' samples, both clocks, and what the accept rule of 2.3 adds."""
    assert str(printed(text)) == read


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "soon",
            "2019-10-16",
            "13:43",
            "2019-10-16 13",
            "10/16/2019 13:43",
            "1/2/2019 13:43",
        ),
        *("2019-13-01 13:43", "2019-02-30 13:43", "2019-10-16 24:00", "2019-10-16 13:60"),
        *("2019-10-16 13:43 xm", "2019-10-16 13:43:00 +25:00", "2019-10-16 13:43+99:00"),
        *(
            "0001-01-01 00:00:00",
            "01/01/0001 12:00 p.m.",
            "0000-01-01 00:00",
            "\u0662019-10-16 13:43",
        ),
        "2019-10-16 13:43" + "0" * 100_000,
    ],
)
def test_what_is_no_time_is_nothing(text: str) -> None:
    """Also US order, dates that do not exist, and year 0001, which is "never" (T70)."""
    assert printed(text) is None


@given(value=MINUTES, date=st.sampled_from(DATES), separator=st.sampled_from(" T"), marks=MARKS)
@example(value=datetime(2019, 10, 16, 0, 5), date=DATES[0], separator=" ", marks=("a.m.", "p.m."))  # noqa: DTZ001
@example(value=datetime(2019, 10, 16, 12, 5), date=DATES[0], separator=" ", marks=("a.m.", "p.m."))  # noqa: DTZ001
def test_both_clocks_are_read_without_loss(
    value: datetime, date: str, separator: str, marks: tuple[str, str]
) -> None:
    """A true 12-hour clock, a 24-hour clock with the redundant mark, and one without: one time."""
    day = f"{value.day:02}/{value.month:02}/{value.year:04}"
    if date == DATES[1]:
        day = f"{value.year:04}-{value.month:02}-{value.day:02}"
    mark = marks[value.hour >= 12]
    of_twelve = value.hour % 12 or 12
    for hour, behind in ((of_twelve, f" {mark}"), (value.hour, f" {mark}"), (value.hour, "")):
        assert printed(f"{day}{separator}{hour:02}:{value.minute:02}{behind}") == value
        assert printed(f"{day}{separator}{hour:02}:{value.minute:02}:00{behind}") == value


@given(st.datetimes(min_value=datetime(2, 1, 1)), st.none() | st.integers(-1439, 1439))  # noqa: DTZ001
def test_what_python_prints_is_read(value: datetime, minutes: int | None) -> None:
    """To the microsecond, with an offset where there is one."""
    zone = None if minutes is None else timezone(timedelta(minutes=minutes))
    aware = value.replace(tzinfo=zone)
    assert printed(str(aware)) == aware
    assert printed(aware.isoformat()) == aware
    assert (printed(str(aware)) or aware).tzinfo == (UTC if minutes == 0 else zone)


@given(st.text() | st.text("0123456789-/:. TZapmAPM+"))
def test_no_text_breaks_the_reading(text: str) -> None:
    """A time or nothing."""
    assert isinstance(printed(text), datetime | None)
