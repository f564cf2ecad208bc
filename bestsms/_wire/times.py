"""Times on the wire: local text plus a zone's name going out, several formats coming in.

Going out, a time is ``YYYY-MM-DDTHH:mm:ss`` without an offset, in the zone that ``TimeZone`` names
(wire-facts 2.3, T37). Coming in, the RFC 3339 field is preferred and the UTC field is next; a local
text is not turned into an instant, its zone not being known for certain.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Final, overload

from bestsms.errors import InvalidRequest

__all__ = ["ZONES", "local", "moment", "printed", "zoned"]

ZONES: Final = {
    "New Zealand": "Pacific/Auckland",
    "AUS Eastern": "Australia/Sydney",
    "E. Australia": "Australia/Brisbane",
    "W. Australia": "Australia/Perth",
    "Cen. Australia": "Australia/Adelaide",
    "Central Pacific": "Pacific/Guadalcanal",
}
"""The provider's zone names that are known (U33), with the IANA zone each one means."""

_PROVIDER_NAMES: Final = {iana: name for name, iana in ZONES.items()} | {
    "Australia/Melbourne": "AUS Eastern",
    "Australia/Canberra": "AUS Eastern",
    "Australia/Hobart": "AUS Eastern",
}
# Brisbane has no daylight saving: every instant has exactly one wall-clock text there.
_WITHOUT_DST: Final = "E. Australia"

_WIRE_TEXT: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?"
_PRINTED: Final = (
    r"(?:(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
    r"|(?P<day_first>[0-9]{2})/(?P<month_then>[0-9]{2})/(?P<year_last>[0-9]{4}))"
    r"[T ](?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})"
    r"(?::(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]{1,9}))?)?"
    r"(?: ?(?P<half>[aApP])\.?[mM]\.?)?(?P<offset>Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_NOON: Final = 12
_NEVER_YEAR: Final = 1
_WIRE_LENGTH: Final = len("YYYY-MM-DDTHH:mm:ss")


def zoned(
    field: str, value: datetime | str | None, zone: str | None
) -> tuple[str | None, str | None]:
    """Spell a time that travels with its zone, and name that zone.

    Args:
        field: The wire name, for errors.
        value: An aware ``datetime`` (any zone), a naive one (then ``zone`` is needed), or the text
            ``YYYY-MM-DDTHH:mm`` (seconds optional), which means the zone given or else the user's.
        zone: The provider's name (``AUS Eastern``) or an IANA name; others pass unchanged (U33).

    Returns:
        The text and the zone's name, each ``None`` if there is none.

    Raises:
        InvalidRequest: A naive ``datetime`` without a zone, a text of another form, a time that the
            zone's clock shows twice, or an aware time for a zone that is not known.
    """
    name = _PROVIDER_NAMES.get(zone, zone) if isinstance(zone, str) else zone
    if not isinstance(value, datetime):
        return (None if value is None else _checked(field, value)), name
    if value.tzinfo is None:
        if name is None:
            raise InvalidRequest(
                field,
                "a datetime without a zone needs TimeZone too, for example 'AUS Eastern'; "
                "or pass an aware datetime",
            )
        return _spelled(value), name
    given = name is not None
    if name is None:
        name = _PROVIDER_NAMES.get(str(value.tzinfo), _WITHOUT_DST)
    elif name not in tuple(ZONES):  # by equality: a wrong type need not be hashable
        known = ", ".join(ZONES)
        raise InvalidRequest(
            field, f"an aware datetime can be put into these zones only: {known}; not {name!r}"
        )
    there = _there(field, value, name)
    if _ambiguous(there):
        if given:
            raise InvalidRequest(
                field,
                f"this wall-clock time comes twice in {name} (the clock goes back); "
                "leave TimeZone out and an unambiguous zone is chosen",
            )
        name = _WITHOUT_DST
        there = _there(field, value, name)
    return _spelled(there), name


@overload
def local(field: str, value: datetime | str) -> str: ...
@overload
def local(field: str, value: None) -> None: ...
def local(field: str, value: datetime | str | None) -> str | None:
    """Spell a time whose zone the provider already knows (actions: T46; report ranges).

    Raises:
        InvalidRequest: An aware ``datetime``, whose zone could not travel; or a text of another
            form than ``YYYY-MM-DDTHH:mm`` (seconds optional).
    """
    if not isinstance(value, datetime):
        return None if value is None else _checked(field, value)
    if value.tzinfo is not None:
        raise InvalidRequest(
            field,
            "this call has no field for a zone, so give a datetime without one, as the clock shows "
            "in the zone of the original message (or of your API user)",
        )
    return _spelled(value)


def moment(*texts: str | None) -> datetime | None:
    """Return the first of several texts that is a time, as an aware ``datetime`` in UTC.

    A text without an offset is taken as UTC: only UTC and RFC 3339 fields are passed in. Year 0001
    is the provider's "never" (T70).
    """
    for text in texts:
        if not text:
            continue
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            continue
        aware = found.replace(tzinfo=UTC) if found.tzinfo is None else found
        if aware.year == _NEVER_YEAR:
            return None
        try:
            return aware.astimezone(UTC)
        except OverflowError:  # The last hours of year 9999, west of Greenwich.
            continue
    return None


def printed(text: str) -> datetime | None:
    """Read a time in any of the ways the provider prints local ones (wire-facts 2.3, T81).

    ``YYYY-MM-DD`` or ``DD/MM/YYYY``, never the month first; seconds and fractions are optional. An
    hour may be of either clock: before a p.m. 12 is added to one below 12, before an a.m. 12 is 0,
    and any other is what it says, so ``13:43 p.m.`` is 13:43. Year 0001 is "never" (T70).

    Returns:
        A time without a zone, or with the offset that the text has; ``None`` if it is no time.
    """
    found = re.fullmatch(_PRINTED, text.strip())
    if found is None:
        return None
    part = found.groupdict(default="")
    year, month, day = (
        int(part[one] or part[other])
        for one, other in (("year", "year_last"), ("month", "month_then"), ("day", "day_first"))
    )
    hour, half = int(part["hour"]), part["half"].lower()
    if half == "p" and hour < _NOON:
        hour += _NOON
    elif half == "a" and hour == _NOON:
        hour = 0
    minute, second = part["minute"], part["second"] or "00"
    fraction = f"{part['fraction']:0<6}"[:6]
    spelled = (
        f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute}:{second}.{fraction}{part['offset']}"
    )
    try:
        return None if year == _NEVER_YEAR else datetime.fromisoformat(spelled)
    except ValueError:
        return None


def _checked(field: str, text: object) -> str:
    if not isinstance(text, str):
        raise InvalidRequest(field, f"must be a datetime or text, not {type(text).__name__}")
    if re.fullmatch(_WIRE_TEXT, text) is not None:
        try:
            datetime.fromisoformat(text)
        except ValueError:
            pass
        else:
            return f"{text.replace(' ', 'T')}:00"[:_WIRE_LENGTH]
    raise InvalidRequest(
        field,
        "as text, a time is YYYY-MM-DDTHH:mm or YYYY-MM-DDTHH:mm:ss, without an offset or Z",
        size=len(text),
    )


def _spelled(value: datetime) -> str:
    return value.replace(tzinfo=None).isoformat(timespec="seconds")


def _there(field: str, value: datetime, name: str) -> datetime:
    try:
        return value.astimezone(_zone(field, name))
    except OverflowError:
        raise InvalidRequest(field, "must lie within the years 1 to 9999 in every zone") from None


def _ambiguous(there: datetime) -> bool:
    return there.replace(fold=0).utcoffset() != there.replace(fold=1).utcoffset()


def _zone(field: str, name: str) -> tzinfo:
    if name == _WITHOUT_DST:
        return timezone(timedelta(hours=10))  # A fixed offset needs no zone data.
    # Most programs never send at a set time, and need not load it.
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # noqa: PLC0415

    try:
        return ZoneInfo(ZONES[name])
    except ZoneInfoNotFoundError:
        raise InvalidRequest(
            field,
            "this machine has no time zone data to put an aware datetime into a zone with; install "
            "tzdata, or give a datetime without a zone and its TimeZone",
        ) from None
