"""Times on the wire: what the API accepts, what it prints, and whose clock it means (2.3)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_ZONES = {
    "new zealand": ("Pacific/Auckland", 12.0),
    "aus eastern": ("Australia/Sydney", 10.0),
    "e. australia": ("Australia/Brisbane", 10.0),
    "w. australia": ("Australia/Perth", 8.0),
    "cen. australia": ("Australia/Adelaide", 9.5),
    "central pacific": ("Pacific/Guadalcanal", 11.0),
}
_WINDOWS_SUFFIX = " standard time"

_WRITTEN = re.compile(
    r"""(?:(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})
        |(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{4}))
        (?:[T ]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?
           \s*(?P<half>[ap]\.?m\.?)?)?
        \s*(?P<offset>Z|[+-]\d{2}:?\d{2})?""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_FIRST_YEAR, _LAST_YEAR = 1900, 2899
_NOON = 12

NEVER_LOCAL = "0001-01-01 12:00:00"
NEVER_UTC = "0001-01-01 00:00:00"
NEVER_RFC3339 = "0001-01-01T00:00:00.000Z"
"""How a contact that was never updated spells its update times (T70)."""


def zone(name: str) -> tzinfo | None:
    """Return the zone behind one of the six known names, else None (U33).

    Where the machine has no zone data (no ``tzdata``), the zone is its standard offset
    without daylight saving; ``has_zone_data`` says so.
    """
    entry = _ZONES.get(name.strip().lower().removesuffix(_WINDOWS_SUFFIX))
    if entry is None:
        return None
    key, hours = entry
    try:
        return ZoneInfo(key)
    except ZoneInfoNotFoundError:
        return timezone(timedelta(hours=hours), name)


def has_zone_data() -> bool:
    """Say whether local times follow daylight saving on this machine."""
    return isinstance(zone("AUS Eastern"), ZoneInfo)


def read(text: str, local: tzinfo) -> datetime | None:
    """Read a time in any of the listed forms, as UTC; None where it is none of them.

    Args:
        text: ``YYYY-MM-DD`` or ``DD/MM/YYYY`` (day first), a space or ``T``, ``HH:mm``
            with optional seconds, fraction, a.m./p.m. marker, ``Z`` or ``±hh:mm``.
        local: Whose clock it is when the text carries no offset.
    """
    match = _WRITTEN.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day = (
        int(match[iso] or match[slashed])
        for iso, slashed in (("year", "y"), ("month", "m"), ("day", "d"))
    )
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        moment = datetime(
            year,
            month,
            day,
            _hour(int(match["hour"] or 0), match["half"]),
            int(match["minute"] or 0),
            int(match["second"] or 0),
            tzinfo=_offset(match["offset"]) or local,
        )
    except ValueError:
        return None
    return moment.astimezone(UTC)


def _hour(hour: int, half: str | None) -> int:
    """Read both clocks: ``13:43 p.m.`` is 13, ``1:43 p.m.`` too, ``12:05 a.m.`` is 0."""
    if half is None:
        return hour
    if half[0] in "pP":
        return hour + _NOON if hour < _NOON else hour
    return 0 if hour == _NOON else hour


def _offset(text: str | None) -> tzinfo | None:
    if text is None:
        return None
    if text in "Zz":
        return UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    size = timedelta(hours=hours, minutes=minutes)
    return timezone(size if text[0] == "+" else -size)


def plain(moment: datetime, where: tzinfo = UTC) -> str:
    """Print ``2024-05-01 15:51:42``, the spelling of both versions' reports."""
    return moment.astimezone(where).strftime("%Y-%m-%d %H:%M:%S")


def rfc3339(moment: datetime) -> str:
    """Print ``2024-05-01T03:51:42.000Z``."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def status_json(moment: datetime, where: tzinfo) -> str:
    """Print ``16/10/2019 13:43 p.m.``: a 2.03 status webhook in JSON (T81)."""
    local = moment.astimezone(where)
    return f"{local:%d/%m/%Y %H:%M} {_marker(local)}"


def status_xml(moment: datetime, where: tzinfo) -> str:
    """Print ``2019-10-16 14:52 p.m.``: a 2.03 status webhook in XML (T81)."""
    local = moment.astimezone(where)
    return f"{local:%Y-%m-%d %H:%M} {_marker(local)}"


def reply_xml(moment: datetime, where: tzinfo) -> str:
    """Print ``2019-10-16 13:43``: a 2.03 reply webhook in XML (T81)."""
    return moment.astimezone(where).strftime("%Y-%m-%d %H:%M")


def _marker(local: datetime) -> str:
    return "a.m." if local.hour < _NOON else "p.m."
