"""What a caller gives, brought to the form that a request's model holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeGuard, TypeVar, cast, overload

from bestsms._wire.model import OpenStrEnum
from bestsms.errors import InvalidRequest

__all__ = ["choose", "is_several", "period", "sequence"]

EnumT = TypeVar("EnumT", bound=OpenStrEnum)
ItemT = TypeVar("ItemT")

A_DAY_IN_MINUTES: Final = 1440
# What nearly all are, before the abstract classes, which take long to ask.
_LISTS: Final = (list, tuple)
_NO_LISTS: Final = (str, bytes, type(None), Mapping)


def period(time_period: int | None, date_from: str | None, date_to: str | None) -> int | None:
    """Settle the range of the received list: minutes, or both dates, never neither or all (T15).

    Returns:
        The minutes to send: as given, 1440 (a day, the libraries' default) if nothing was given, or
        ``None`` with two dates.
    """
    if date_from is None and date_to is None:
        return A_DAY_IN_MINUTES if time_period is None else time_period
    if time_period is not None:
        raise InvalidRequest("timePeriod", "must not be given together with dateFrom and dateTo")
    if date_from is None or date_to is None:
        missing = "dateFrom" if date_from is None else "dateTo"
        raise InvalidRequest(missing, "is missing: dateFrom and dateTo need each other")
    return None


def choose(kind: type[EnumT], value: str | None) -> EnumT | None:
    """Fold a text to the enum member it names; whether it names one is :class:`Choice`'s to say."""
    return kind(value) if isinstance(value, str) else value


@overload
def sequence(value: Iterable[ItemT]) -> tuple[ItemT, ...]: ...
@overload
def sequence(value: None) -> None: ...
def sequence(value: Iterable[ItemT] | None) -> tuple[ItemT, ...] | None:
    """Freeze an iterable into a tuple; what is none, a text or a mapping, is left for the check."""
    return tuple(value) if is_several(value) else cast("None", value)


def is_several(value: object) -> TypeGuard[Iterable[Any]]:
    """Say whether a value is a list of things: a text or a mapping iterates, and is none."""
    if isinstance(value, _LISTS):
        return True
    return not isinstance(value, _NO_LISTS) and isinstance(value, Iterable)
