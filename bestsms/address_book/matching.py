"""When two numbers are the same number, and two texts the same text."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from typing import Final

from bestsms.api import Contact
from bestsms.numbers import Reader, Refused

__all__ = ["NumberForm", "NumberKey", "digits_of", "folded", "matches", "number_form", "number_key"]

NumberForm = Callable[[str], str]
"""Turns a number, however it is written, into the form in which it is stored."""
NumberKey = Callable[[str], str]
"""Turns a number, however it is written, into what is the same for the same number; or ``""``."""

_NUMBERS: Final = frozenset(
    {
        "alt_phone1",
        "alt_phone2",
        "direct_phone",
        "fax_number",
        "main_phone",
        "mobile_phone",
    }
)
# Marks that phones' address books put in front are not seen.
_INTERNATIONAL: Final = r"[\s\u200e\u202a\u202c\u2068\u2069\ufeff]*(?:\+|\(?00\)?|\(\+)"
_TRUNK: Final = r"\(0\)"


def digits_of(number: str) -> str:
    """Return the digits of a number, without what stands for "international" before them.

    Whether a national number, ``0421 000 001``, is the same as an international one can't be known
    without a region; so it is not.

    Example:
        >>> {digits_of("+61 421-000-001"), digits_of("0061421000001"), digits_of("61421000001")}
        {'61421000001'}
        >>> digits_of("+61 (0)421 000 001"), digits_of("(0421) 000 001")
        ('61421000001', '0421000001')
    """
    found = re.match(_INTERNATIONAL, number)
    if found:
        number = re.sub(_TRUNK, "", number[found.end() :], count=1)
    return re.sub("[^0-9]", "", number)


def number_form(region: str | None) -> NumberForm:
    """Return how numbers are stored: in their E.164 form in a region, else as they are given."""
    if region is None:
        return str
    reader = Reader(region)

    @functools.lru_cache(maxsize=100_000)
    def form(number: str) -> str:
        try:
            return reader.read(number).text
        except Refused:
            return number

    return form


def number_key(form: NumberForm) -> NumberKey:
    """Return how numbers are compared: by the digits of the form in which they are stored."""

    def key(number: str) -> str:
        return digits_of(form(number))

    return key


def matches(contact: Contact, wanted: Mapping[str, str], key: NumberKey) -> bool:
    """Say whether a contact has every wanted value: numbers as numbers, texts in any case."""
    return all(
        folded(name, getattr(contact, name) or "", key) == folded(name, value, key)
        for name, value in wanted.items()
    )


def folded(name: str, value: str, key: NumberKey) -> str:
    """Return what is the same for two values of a field that count as the same."""
    return key(value) if name in _NUMBERS else value.strip().casefold()
