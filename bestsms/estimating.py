"""What a message will cost, before it is sent: parts per recipient, in all, and their price."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Context, Decimal
from typing import Final

import attrs

from bestsms._placeholders import BRACED, FIELDS, distinct
from bestsms._settings import Version
from bestsms._wire.arguments import is_several
from bestsms._wire.checks import Flag
from bestsms.api import Destination
from bestsms.errors import InvalidRequest
from bestsms.segments import MOST_PARTS, Encoding, parts
from bestsms.sending import Destinations
from bestsms.sending.addressing import destinations_of

__all__ = ["Estimate", "estimate"]

_SOMEBODY: Final = Destination(recipient="somebody")
"""A destination of which no personal field is known."""

_WHOLE_DIGITS: Final = 9
_DIGITS: Final = 28
_PRICE: Final = f"[0-9]{{1,{_WHOLE_DIGITS}}}([.][0-9]{{1,{_DIGITS - _WHOLE_DIGITS}}})?"
_EXACT_DIGITS: Final = 100


@attrs.frozen
class Estimate:
    """What a message, or several, will take.

    Attributes:
        parts: The SMS to pay for, all recipients and texts together; the least it can be unless
            ``exact``.
        recipients: How many are counted: numbers and contacts.
        unknown_recipients: How many destinations are groups: how many people are in one is the
            provider's to know, and none of them is counted.
        longest: The parts of the longest text to one recipient.
        over_limit: How many texts take more than three parts, the provider's limit unless it was
            raised: one text to two recipients is two (T36).
        encoding: UCS-2 if any text needs it.
        exact: Whether all is known: no group, no placeholder without a value here, no character
            conversion.
        per_recipient: The parts of each destination, in the order of ``to``; 0 of a group.
        price: ``parts`` at the price of one, if that was given.
    """

    parts: int
    recipients: int
    unknown_recipients: int
    longest: int
    over_limit: int
    encoding: Encoding
    exact: bool
    per_recipient: tuple[int, ...] = attrs.field(repr=False)
    price: Decimal | None = None


def estimate(
    message: str | Iterable[str],
    to: Destinations | None,
    *,
    version: Version,
    price_per_part: Decimal | int | str | None,
    character_conversion: bool,
) -> Estimate:
    """Estimate; the arguments are those of :meth:`bestsms.AsyncClient.estimate`.

    Raises:
        InvalidRequest: An argument is refused.
    """
    Flag("CharacterConversion").check(character_conversion)
    price = _price(price_per_part)
    receivers = [_SOMEBODY] if to is None else list(_receivers(to, version))
    tally = _Tally(receivers, character_conversion=character_conversion)
    for text in _texts(message):
        tally.add(text)
    return tally.result(price)


class _Tally:
    """The parts of every text to every receiver, added up."""

    def __init__(self, receivers: Sequence[Destination], *, character_conversion: bool) -> None:
        self._receivers = receivers
        self._conversion = character_conversion
        self._groups = sum(map(_is_group, receivers))
        self._for_all = 0
        self._for_one = [0] * len(receivers)
        self._longest = 0
        self._over_limit = 0
        self._encoding = Encoding.GSM_7
        self._exact = not self._groups

    def add(self, text: str) -> None:
        """Count one text to everyone."""
        if FIELDS.keys().isdisjoint(distinct(text)):
            self._for_all += self._count(text, len(self._receivers) - self._groups)
            return
        for index, receiver in enumerate(self._receivers):
            own = BRACED.sub(functools.partial(_value, receiver), text)
            self._for_one[index] += self._count(own, 0 if _is_group(receiver) else 1)

    def _count(self, text: str, times: int) -> int:
        """Return the parts of a text that goes out a number of times; 0 times to a group."""
        encoding, count, exact = parts(text, character_conversion=self._conversion)
        self._longest = max(self._longest, count)
        self._over_limit += times if count > MOST_PARTS else 0
        self._encoding = encoding if encoding is Encoding.UCS_2 else self._encoding
        self._exact = self._exact and exact
        return count

    def result(self, price: Decimal | None) -> Estimate:
        """Return the sum."""
        per_recipient = tuple(
            0 if _is_group(receiver) else own + self._for_all
            for receiver, own in zip(self._receivers, self._for_one, strict=True)
        )
        total = sum(per_recipient)
        return Estimate(
            parts=total,
            recipients=len(self._receivers) - self._groups,
            unknown_recipients=self._groups,
            longest=self._longest,
            over_limit=self._over_limit,
            encoding=self._encoding,
            exact=self._exact,
            per_recipient=per_recipient,
            price=None if price is None else _times(price, total),
        )


def _texts(message: object) -> Iterable[str]:
    if isinstance(message, str):
        return [message]
    if not is_several(message):
        raise InvalidRequest("Message", f"takes a text or texts, not {type(message).__name__}")
    return map(_text, message)


def _text(message: object) -> str:
    if not isinstance(message, str):
        raise InvalidRequest("Message", f"each must be text, not {type(message).__name__}")
    return message


def _receivers(to: object, version: Version) -> Iterator[Destination]:
    several = to if is_several(to) else destinations_of(to, version)
    for index, each in enumerate(several):
        # Most are plain numbers, and of a number there is nothing to know here.
        if type(each) is str and each.strip():
            yield _SOMEBODY
            continue
        one: object = destinations_of([each], version)[0]
        if not isinstance(one, Destination):  # pyright: ignore[reportUnnecessaryIsInstance]
            kind = type(one).__name__
            raise InvalidRequest("Destinations", f"item {index} must be a Destination, not {kind}")
        yield one


def _is_group(destination: Destination) -> bool:
    return bool(destination.group_id or destination.group_code)


def _value(receiver: Destination, found: re.Match[str]) -> str:
    """Return what stands for a placeholder, or itself, which is then counted as unknown."""
    name = found[1]
    value = getattr(receiver, FIELDS[name]) if name in FIELDS else None
    return found[0] if value is None else value


def _price(given: object) -> Decimal | None:
    if given is None:
        return None
    # A binary float of 0.07 is 0.070000000000000006661...: an invoice has no such price.
    if isinstance(given, bool) or not isinstance(given, Decimal | int | str):
        raise InvalidRequest(
            "price_per_part",
            f"must be a Decimal, a whole number or text like '0.07', not {type(given).__name__}",
        )
    if not _is_price(given):
        raise InvalidRequest(
            "price_per_part",
            f"must be a number like 0.07, not below 0, of at most {_WHOLE_DIGITS} digits before "
            f"the point and {_DIGITS} in all; as text, digits and a point alone",
        )
    return Decimal(given)


def _times(price: Decimal, parts: int) -> Decimal:
    # The caller's own context may round, or raise. No count has as many digits as are left here.
    return Context(prec=_EXACT_DIGITS, traps=[]).multiply(price, parts)


def _is_price(given: Decimal | int | str) -> bool:
    if isinstance(given, str):
        return re.fullmatch(_PRICE, given) is not None
    if isinstance(given, int):
        return 0 <= given < 10**_WHOLE_DIGITS
    return (
        given.is_finite()
        and not given.is_signed()
        and -_DIGITS <= given.adjusted() < _WHOLE_DIGITS
        and len(given.as_tuple().digits) <= _DIGITS
    )
