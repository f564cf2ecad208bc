"""Rows that are alike, as columns: checked, compared and encoded by loops that run in C.

A short cut and no more: what it takes comes out as row by row, byte for byte, and what it does not
take is left to that.
"""

from __future__ import annotations

import functools
import re
import sys
from array import array
from binascii import unhexlify
from collections.abc import Callable, Mapping, Sequence
from itertools import chain, compress
from typing import Any, Final, NamedTuple

from bestsms.bulk.fields import KEYS, shape_of
from bestsms.bulk.seen import MOST_DIGITS, NATIONAL, Key
from bestsms.numbers import Refused

__all__ = ["Alike", "Columns", "alike"]

_NUMBERS: Final = re.compile(r"(?:(?:\+?[1-9]|0[1-9])[0-9]{6,13}\n)*")
_DIGITS: Final = b"0123456789"
_FEWEST_DIGITS: Final = 7
_HEX_DIGITS: Final = 16
_NATIVE: Final = slice(None, None, -1 if sys.byteorder == "little" else 1)
"""Read backwards, the bytes of a number are as a little-endian machine has them."""
_ESCAPED: Final = bytes([*range(0x20), *b'"\\'])
"""What JSON does not write as it is; the rest of UTF-8 it does."""


class Columns(NamedTuple):
    """Rows of the same fields, all of them text, none of which JSON has to escape.

    Attributes:
        names: The wire names, that of the number first.
        values: The values of each.
    """

    names: tuple[str, ...]
    values: Sequence[Sequence[str]]

    @classmethod
    def of(cls, parts: Sequence[Columns | None]) -> Columns | None:
        """Return several as one, or ``None`` if any of them is not there or has other fields."""
        first = parts[0]
        if first is None or any(each is None or each.names != first.names for each in parts):
            return None
        columns = zip(*[each.values for each in parts if each is not None], strict=True)
        return cls(first.names, [list(chain.from_iterable(column)) for column in columns])

    def only(self, kept: bytes) -> Columns:
        """Return the rows for which there is a 1 among the bytes, and not a 0."""
        return Columns(self.names, [list(compress(each, kept)) for each in self.values])

    def encoded(self, start: int, end: int) -> bytes:
        """Return rows as a JSON array in UTF-8."""
        parts = _separators(self.names, end - start).copy()
        width = 2 * len(self.names)
        for place, values in enumerate(self.values):
            parts[2 * place + 1 :: width] = values[start:end]
        return "".join(parts).encode()


@functools.lru_cache(maxsize=1)
def _separators(names: tuple[str, ...], count: int) -> list[str]:
    """Return what JSON has between the values of rows, with places left for those."""
    row = [part for name in names for part in (f'","{name}":"', "")]
    row[0] = f'"}},{{"{names[0]}":"'
    return [f'[{{"{names[0]}":"', *(row * count)[1:], '"}]']


class Alike(NamedTuple):
    """What is made of rows that are alike.

    Attributes:
        names: The wire names, that of the number first.
        rows: The rows.
        keys: What the recipients are compared by.
        columns: The rows as columns, unless JSON has to escape some of it.
    """

    names: tuple[str, ...]
    rows: Sequence[Mapping[str, str]]
    keys: Sequence[Key]
    columns: Columns | None


def alike(drawn: Sequence[Any], number: Callable[[str], str] | None) -> Alike | None:
    """Return what is made of rows, or ``None`` if they are not alike or anything is odd.

    Args:
        drawn: Numbers, or dicts.
        number: Reads a number, and raises :class:`Refused`; ``None`` if they go as they are.
    """
    kinds, count = list(map(type, drawn)), len(drawn)
    ready = False
    if kinds.count(str) == count:
        names, values = KEYS[:1], [drawn]
    elif kinds.count(dict) == count and len(set(map(len, drawn))) == 1:
        shape = shape_of(tuple(drawn[0]))
        names = shape.names
        # A column of no field is one less; and it must be numbers that the rows go to.
        if len(names) != len(drawn[0]) or [name for name in names if name in KEYS] != [KEYS[0]]:
            return None
        try:
            values = [[row[column] for row in drawn] for column in shape.columns]
        except KeyError:
            return None
        ready = shape.columns == names
    else:
        return None
    try:
        if number is not None:
            values[0], ready = list(map(number, values[0])), False
        others = "".join(map("".join, values[1:])).encode()
        keys = _keys(values[0])
    except (Refused, TypeError, UnicodeEncodeError):
        return None
    if keys is None:
        return None
    rows = drawn if ready else [dict(zip(names, each)) for each in zip(*values)]  # noqa: B905
    bare = len(others.translate(None, _ESCAPED)) == len(others)
    return Alike(names, rows, keys, Columns(names, values) if bare else None)


def _keys(numbers: Sequence[str]) -> Sequence[int] | None:
    """Return what numbers are compared by, or ``None`` if any of them is not digits alone."""
    joined = "\n".join(numbers)
    lines, count = joined.encode(), len(numbers)
    width = len(numbers[0]) + 1
    # Lines of one length, each a plus in front of digits that do not begin with a zero.
    if (
        _FEWEST_DIGITS <= width - 2 <= MOST_DIGITS
        and len(lines) == count * width - 1
        and lines[::width] == b"+" * count
        and len(lines.translate(None, _DIGITS)) == 2 * count - 1
        and b"0" not in lines[1::width]
    ):
        digits = bytearray(b"0") * (_HEX_DIGITS * count)
        for place in range(1, width - 1):
            digits[_HEX_DIGITS - width + 1 + place :: _HEX_DIGITS] = lines[place::width]
        return array("Q", unhexlify(digits)[_NATIVE])[_NATIVE]
    if lines.count(b"\n") != count - 1 or not _NUMBERS.fullmatch(f"{joined}\n"):
        return None
    return [
        int(f"{NATIONAL}{each}" if each[0] == "0" else each.removeprefix("+"), 16)
        for each in numbers
    ]
