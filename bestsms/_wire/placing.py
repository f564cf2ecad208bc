"""A time put where the provider has a name for the zone, and the clock shows the time once.

Loaded with :mod:`bestsms._wire.zones`, when a zone is named or a time is aware.
"""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from bestsms._wire.zones import ALIASES, BRISBANE, STEADY, Zone, find, jump
from bestsms.errors import InvalidRequest

__all__ = ["placed"]


def placed(
    field: str, value: datetime | None, name: str | None
) -> tuple[datetime | None, str | None]:
    """Return a time as a clock shows it, and the provider's name of the zone of that clock.

    Raises:
        InvalidRequest: See :func:`bestsms._wire.times.zoned`.
    """
    where = None if name is None else find(name)
    if value is None:
        # A zone that the provider has no name for is of use to a time only.
        return None, None if where is None else where.name
    if value.utcoffset() is not None:
        return _aware(field, value, where)
    if where is None:
        raise InvalidRequest(
            field,
            "a datetime without a zone needs TimeZone too, for example 'AUS Eastern'; "
            "or pass an aware datetime",
        )
    return _naive(field, value.replace(tzinfo=None), where)


def _naive(field: str, value: datetime, where: Zone) -> tuple[datetime, str]:
    # Without zone data, the time can't be checked, and is left to the provider.
    by = jump(value, where.clock)
    _refuse_skipped(field, value, by, where.label)
    if by < timedelta():
        raise InvalidRequest(
            field,
            f"{value} comes twice in {where.label}, where the clock goes back; to say which of the "
            "two, give an aware datetime and leave TimeZone out",
        )
    if where.name is not None:
        return value, where.name
    return _there(field, value.replace(tzinfo=where.clock), STEADY), BRISBANE


def _aware(field: str, value: datetime, where: Zone | None) -> tuple[datetime, str]:
    # Its offset would make an instant of it, but one that the clock shows as another time.
    shown = value.replace(tzinfo=None)
    _refuse_skipped(field, shown, jump(shown, value.tzinfo), str(value.tzinfo))
    asked = where is not None and where.name is not None
    chosen = where or find(ALIASES.get(str(value.tzinfo), BRISBANE))
    if chosen.name is not None and chosen.clock is not None:
        there = _there(field, value, chosen.clock)
        if not jump(there, chosen.clock):
            return there, chosen.name
        if asked:
            raise InvalidRequest(
                field,
                f"{there} comes twice in {chosen.name}, where the clock goes back; leave TimeZone "
                "out, and a zone is chosen that shows it once",
            )
    elif asked:
        raise InvalidRequest(
            field,
            "this machine has no time zone data to put an aware datetime into a zone with; leave "
            "TimeZone out, or install tzdata",
        )
    return _there(field, value, STEADY), BRISBANE


def _refuse_skipped(field: str, value: datetime, by: timedelta, label: str) -> None:
    if by > timedelta():
        raise InvalidRequest(
            field,
            f"{value} does not exist in {label}, where the clock goes forward over it; "
            f"give {value - by} or {value + by}",
        )


def _there(field: str, value: datetime, clock: tzinfo) -> datetime:
    try:
        return value.astimezone(clock).replace(tzinfo=None)
    except OverflowError:
        raise InvalidRequest(field, "must lie within the years 1 to 9999 in every zone") from None
