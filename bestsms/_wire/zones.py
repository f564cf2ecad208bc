"""Time zones: the provider's names, the IANA names, and what the clocks there show.

The provider takes names of its own (wire-facts 2.3, U33), which are Windows's without its "Standard
Time". Every place has an IANA name too, and several places keep one clock.

Loaded when a zone is named or a time is aware, which is neither in most sends.
"""

from __future__ import annotations

import difflib
import re
import zoneinfo
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone, tzinfo
from typing import Final, NamedTuple

from bestsms.errors import InvalidRequest

__all__ = ["ALIASES", "BRISBANE", "STEADY", "ZONES", "Zone", "find", "jump", "read"]

ZONES: Final = {
    "New Zealand": "Pacific/Auckland",
    "AUS Eastern": "Australia/Sydney",
    "E. Australia": "Australia/Brisbane",
    "W. Australia": "Australia/Perth",
    "Cen. Australia": "Australia/Adelaide",
    "Central Pacific": "Pacific/Guadalcanal",
}
"""The provider's zone names that are known (U33), with the IANA zone each one means."""

ALIASES: Final = {
    f"{region}/{place}" if region else place: name
    for name, region, places in (
        ("New Zealand", "", "NZ"),
        ("New Zealand", "Antarctica", "McMurdo South_Pole"),
        ("New Zealand", "Pacific", "Auckland"),
        ("AUS Eastern", "Australia", "ACT Canberra Currie Hobart Melbourne NSW Sydney Tasmania"),
        ("AUS Eastern", "Australia", "Victoria"),
        ("E. Australia", "Australia", "Brisbane Lindeman Queensland"),
        ("W. Australia", "Australia", "Perth West"),
        ("Cen. Australia", "Australia", "Adelaide Broken_Hill South Yancowinna"),
        ("Central Pacific", "Pacific", "Efate Guadalcanal Kosrae Noumea Pohnpei Ponape"),
    )
    for place in places.split()
}
"""The IANA names of places whose clocks are those of a name of the provider's, from 2020 on.

Darwin (``Australia/North``) is not Adelaide's: it has no daylight saving. Unicode's CLDR table of
Windows names says the same of the rest, and is why Singapore, with Perth's clock, is not here.
"""

BRISBANE: Final = "E. Australia"
STEADY: Final = timezone(timedelta(hours=10))
"""The clock of Brisbane, which was last changed in 1992: it shows every time once.

A fixed offset, which needs no zone data.
"""

# What people say and Windows writes, with the names that they mean by it.
_SPOKEN: Final = {
    "acdt": ("Cen. Australia",),
    "acst": ("Cen. Australia", "Australia/Darwin"),
    "aedt": ("AUS Eastern",),
    "aest": ("AUS Eastern", "E. Australia"),
    "aus central": ("Australia/Darwin",),
    "awst": ("W. Australia",),
    "est": ("AUS Eastern", "E. Australia"),
    "nzdt": ("New Zealand",),
    "nzst": ("New Zealand",),
    "tasmania": ("AUS Eastern",),
}
# Files beside the zones' own: the machine's zone, clocks that count leap seconds, no zone at all.
# IANA's EST is New York's, without its summer, and whoever writes it in Australia means another.
# Some file systems would find them in any case.
_NO_ZONES: Final = ("est", "factory", "localtime", "posix", "posixrules", "right")
_SUGGESTED: Final = 3
_LONGEST: Final = 75

_FIELD: Final = "TimeZone"
_NAMELESS: Final = "An aware datetime needs no TimeZone"


class Zone(NamedTuple):
    """A zone that exists.

    Attributes:
        label: Its name, for errors.
        name: The provider's name of it, if it has one.
        clock: What the clocks there show; ``None`` if this machine has no time zone data.
    """

    label: str
    name: str | None
    clock: tzinfo | None


def find(zone: object) -> Zone:
    """Return the zone of a name: the provider's, exactly as spelled in :data:`ZONES`, or IANA's.

    Raises:
        InvalidRequest: It is neither, with the names that it is like; or it is no name of the
            provider's, and this machine has no time zone data to know the others by.
    """
    if not isinstance(zone, str):
        raise InvalidRequest(
            _FIELD, f"must be text such as 'AUS Eastern', not {type(zone).__name__}"
        )
    if (found := _named(zone)) is not None:
        return found
    if _loaded(ZONES["New Zealand"]) is None:
        raise InvalidRequest(
            _FIELD,
            f"without time zone data on this machine, must be {_listed(ZONES)}; or install tzdata. "
            f"{_NAMELESS}",
            size=len(zone),
        )
    text = zone[:_LONGEST]
    likely = _likely(text)
    raise InvalidRequest(
        _FIELD,
        # What is like a name that everybody knows is no secret; else it might be anything.
        f"{text!r} is not the name of a zone; did you mean {_listed(likely)}? {_NAMELESS}"
        if likely
        else f"must be {_listed(ZONES)}, or an IANA name such as 'Australia/Darwin'. {_NAMELESS}",
        size=len(zone),
    )


def read(text: str) -> tzinfo | None:
    """Return the clock of a zone that the provider names, in any case, or ``None`` (T22)."""
    found = _named(_PLAIN.get(_plain(text), text))
    return None if found is None else found.clock


def jump(value: datetime, clock: tzinfo | None) -> timedelta:
    """Return how far a clock is put forward over a wall-clock time, or back over it if negative.

    Zero for nearly all: the time comes once. Over zero, it does not come; below, it comes twice.
    Zero without a clock too.
    """
    first, second = (value.replace(tzinfo=clock, fold=fold).utcoffset() for fold in (0, 1))
    return (second or timedelta()) - (first or timedelta())


def _named(zone: str) -> Zone | None:
    name = zone if zone in ZONES else ALIASES.get(zone)
    if name is not None:
        return Zone(name, name, STEADY if name == BRISBANE else _loaded(ZONES[name]))
    clock = None if zone.partition("/")[0].casefold() in _NO_ZONES else _loaded(zone)
    return None if clock is None else Zone(zone, None, clock)


def _loaded(key: str) -> tzinfo | None:
    try:
        return zoneinfo.ZoneInfo(key)
    # What is no name may be a folder, too long for a file, or not even a path.
    except (zoneinfo.ZoneInfoNotFoundError, OSError, ValueError):
        return None


def _plain(text: str) -> str:
    words = re.sub(r"[._\s]+", " ", text.casefold()).strip()
    return words.removesuffix(" standard time")


_PLAIN: Final = {_plain(name): name for name in ZONES}


def _likely(text: str) -> tuple[str, ...]:
    """Return the names that a text may have been meant for, best first."""
    plain = _plain(text)
    if plain in _SPOKEN:
        return _SPOKEN[plain]
    # Etc/GMT+10 is ten hours behind Greenwich, and not what anyone means by GMT+10.
    known = [
        name
        for name in sorted(zoneinfo.available_timezones())
        if name.casefold() not in _NO_ZONES and "GMT" not in name
    ]
    # A place is known by its own name too, and not only by its continent's.
    spelled = {_plain(name.rpartition("/")[2]): name for name in known}
    spelled |= {_plain(name): name for name in known} | _PLAIN
    if plain in spelled:
        return (spelled[plain],)
    close = difflib.get_close_matches(plain, spelled, _SUGGESTED, cutoff=0.8)
    return tuple(dict.fromkeys(spelled[each] for each in close))


def _listed(names: Iterable[str]) -> str:
    *rest, last = map(repr, names)
    return f"{', '.join(rest)} or {last}" if rest else last
