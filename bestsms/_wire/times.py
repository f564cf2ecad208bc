"""Times on the wire: local text plus a zone's name going out, several formats coming in.

Going out, a time is ``YYYY-MM-DDTHH:mm:ss`` without an offset, in the zone that ``TimeZone`` names
(wire-facts 2.3, T37). Coming in, the RFC 3339 field is preferred and the UTC field is next; a local
text is an instant only where its zone is known, and its clock shows that time once.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final, overload

from bestsms.errors import InvalidRequest

__all__ = ["local", "moment", "printed", "zoned"]

_WIRE_TEXT: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?"
_SPELLED: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"
_PRINTED: Final = (
    r"(?:(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
    r"|(?P<day_first>[0-9]{2})/(?P<month_then>[0-9]{2})/(?P<year_last>[0-9]{4}))"
    r"[T ](?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})"
    r"(?::(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]{1,9}))?)?"
    r"(?: ?(?P<half>[aApP])\.?[mM]\.?)?(?P<offset>Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_NOON: Final = 12
_NEVER_YEAR: Final = 1


def zoned(
    field: str, value: datetime | str | None, zone: str | None
) -> tuple[str | None, str | None]:
    """Spell a time that travels with its zone, and name that zone by the provider's name for it.

    A zone that the provider has no name for never travels: a time in it, or an aware one for it,
    leaves as the same instant in ``E. Australia``, whose clocks never change.

    Example:
        >>> zoned("SendTime", "2025-07-01T10:00", "Australia/Melbourne")
        ('2025-07-01T10:00:00', 'AUS Eastern')
        >>> zoned("SendTime", "2025-07-01T02:00", "Europe/Oslo")
        ('2025-07-01T10:00:00', 'E. Australia')

    Args:
        field: The wire name, for errors.
        value: An aware ``datetime`` (any zone), a naive one (then ``zone`` is needed), or the text
            ``YYYY-MM-DDTHH:mm`` (seconds optional), which means the zone given or else the user's.
        zone: The provider's name (``AUS Eastern``) or an IANA name.

    Returns:
        The text and the zone's name, each ``None`` if there is none.

    Raises:
        InvalidRequest: A zone that is not known, a naive ``datetime`` without a zone, a text of
            another form, no time at all (pandas's ``NaT``), or a time that the zone's clock shows
            never or twice (its ``fold`` is not asked: 0 does not tell "the first" from "not said").
            An aware one, if its own zone's clock never shows it, or ``zone`` is of the provider's
            and its clock shows it twice.
    """
    when = None if value is None else _checked(field, value)
    if zone is None and not isinstance(value, datetime):
        return _spelled(field, when), None
    # Most sends name no zone, and need not load all that is known of them.
    from bestsms._wire.placing import placed  # noqa: PLC0415

    there, name = placed(field, when, zone)
    return _spelled(field, there), name


@overload
def local(field: str, value: datetime | str) -> str: ...
@overload
def local(field: str, value: None) -> None: ...
def local(field: str, value: datetime | str | None) -> str | None:
    """Spell a time whose zone the provider already knows (actions: T46; report ranges).

    Raises:
        InvalidRequest: An aware ``datetime``, whose zone could not travel; no time at all (pandas's
            ``NaT``); or a text of another form than ``YYYY-MM-DDTHH:mm`` (seconds optional).
    """
    when = None if value is None else _checked(field, value)
    if when is not None and when.tzinfo is not None:
        raise InvalidRequest(
            field,
            "this call has no field for a zone, so give a datetime without one, as the clock shows "
            "in the zone of the original message (or of your API user)",
        )
    return _spelled(field, when)


def moment(
    *texts: str | None, local: str | None = None, zone: str | None = None
) -> datetime | None:
    """Return the first of several texts that is a time, as an aware ``datetime`` in UTC.

    A text without an offset is taken as UTC: only UTC and RFC 3339 fields are passed in. Year 0001
    is the provider's "never" (T70).

    Args:
        texts: The texts, best first.
        local: A local text, for where none of them is a time.
        zone: The name of its zone, as the provider gives it. Where that is not known, or its clock
            shows the time never or twice, the local text is no instant.
    """
    for text in texts:
        if not text:
            continue
        try:
            found = datetime.fromisoformat(text.strip())
        except ValueError:
            continue
        aware = found.replace(tzinfo=UTC) if found.tzinfo is None else found
        if aware.year == _NEVER_YEAR:
            return None
        if (utc := _utc(aware)) is not None:
            return utc
    there = printed(local or "")
    if there is not None and there.tzinfo is None:
        there = _on_the_clock(there, zone)
    return None if there is None else _utc(there)


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


def _checked(field: str, value: object) -> datetime:
    if isinstance(value, datetime):
        # The NaT of pandas is a datetime by its type, and like NaN it is not equal to itself.
        if value != value:  # noqa: PLR0124
            raise _no_time(field, value)
        return value
    if not isinstance(value, str):
        raise InvalidRequest(field, f"must be a datetime or text, not {type(value).__name__}")
    if re.fullmatch(_WIRE_TEXT, value) is not None:
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            pass
    raise InvalidRequest(
        field,
        "as text, a time is YYYY-MM-DDTHH:mm or YYYY-MM-DDTHH:mm:ss, without an offset or Z",
        size=len(value),
    )


def _spelled(field: str, value: datetime | None) -> str | None:
    if value is None:
        return None
    text = value.replace(tzinfo=None).isoformat(timespec="seconds")
    # A class of somebody's own may print itself in another way.
    if re.fullmatch(_SPELLED, text) is None:
        raise _no_time(field, value)
    return text


def _no_time(field: str, value: datetime) -> InvalidRequest:
    kind = type(value).__name__
    return InvalidRequest(
        field,
        f"must print as YYYY-MM-DDTHH:mm:ss, and this {kind} does not; give a datetime of Python's "
        "own, or None where a time is missing",
    )


def _on_the_clock(value: datetime, zone: str | None) -> datetime | None:
    if zone is None:
        return None
    # Nearly every answer has a time in UTC, and needs no zones.
    from bestsms._wire import zones  # noqa: PLC0415

    clock = zones.read(zone)
    return None if clock is None or zones.jump(value, clock) else value.replace(tzinfo=clock)


def _utc(value: datetime) -> datetime | None:
    try:
        return value.astimezone(UTC)
    except OverflowError:  # The last hours of year 9999, west of Greenwich.
        return None
