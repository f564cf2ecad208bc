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
from itertools import compress
from typing import Any, Final, NamedTuple

from bestsms.bulk.fields import KEYS, shape_of
from bestsms.bulk.seen import MOST_DIGITS, NATIONAL, Key
from bestsms.numbers import Refused

__all__ = ["Alike", "Columns", "alike", "encoded"]

_NUMBERS: Final = re.compile(r"(?:(?:\+?[1-9]|0[1-9])[0-9]{6,13}\n)*")
_DIGITS: Final = b"0123456789"
_FEWEST_DIGITS: Final = 7
_HEX_DIGITS: Final = 16
_PLUS_AS_ZERO: Final = bytes.maketrans(b"+", b"0")
_NATIVE: Final = slice(None, None, -1 if sys.byteorder == "little" else 1)
"""Read backwards, the bytes of a number are as a little-endian machine has them."""
_ESCAPED: Final = bytes([*range(0x20), *b'"\\'])
"""What JSON does not write as it is; the rest of UTF-8 it does."""


class Columns:
    """Rows of the same fields, all of them text, none of which JSON has to escape.

    Args:
        names: The wire names, that of the number first.
        values: The values of each.
    """

    __slots__ = ("_lines", "names", "values")

    def __init__(self, names: tuple[str, ...], values: Sequence[Sequence[str]]) -> None:
        self.names = names
        self.values = values
        self._lines: bytes | None = None

    def __len__(self) -> int:
        return len(self.values[0])

    def only(self, kept: bytes) -> Columns:
        """Return the rows for which there is a 1 among the bytes, and not a 0."""
        return Columns(self.names, [list(compress(each, kept)) for each in self.values])

    def encode(self) -> None:
        """Encode all rows now, while the processor has them at hand: later takes twice as long."""
        self._lines = self._encoded(0, len(self))

    def encoded(self, start: int, end: int) -> bytes:
        """Return rows as the elements of a JSON array in UTF-8."""
        if self._lines is not None and end - start == len(self):
            return self._lines
        return self._encoded(start, end)

    def _encoded(self, start: int, end: int) -> bytes:
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
    return [f'{{"{names[0]}":"', *(row * count)[1:], '"}']


def encoded(columns: Sequence[Columns], start: int, end: int) -> bytes:
    """Return rows, by their places among those of all blocks, as a JSON array in UTF-8."""
    parts: list[bytes] = []
    for each in columns:
        first, last = max(start, 0), min(end, len(each))
        if first < last:
            parts += (b",", each.encoded(first, last))
        start, end = start - len(each), end - len(each)
    parts[0] = b"["
    return b"".join([*parts, b"]"])


class Alike(NamedTuple):
    """What is made of rows that are alike.

    Attributes:
        names: The wire names, that of the number first.
        rows: The rows, their fields in the caller's order.
        keys: What the recipients are compared by.
        size: The bytes of all values but the numbers.
        columns: The rows as columns, unless JSON has to escape some of it.
    """

    names: tuple[str, ...]
    rows: Sequence[Mapping[str, str]]
    keys: Sequence[Key]
    size: int
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
    bare = len(others.translate(None, _ESCAPED)) == len(others)
    if not ready:
        drawn = [dict(zip(names, each)) for each in zip(*values)]  # noqa: B905
    return Alike(names, drawn, keys, len(others), Columns(names, values) if bare else None)


def _keys(numbers: Sequence[str]) -> Sequence[int] | None:
    """Return what numbers are compared by, or ``None`` if any of them is not digits alone."""
    count, zeros = len(numbers), _HEX_DIGITS - len(numbers[0])
    # Lines of one length, each a plus in front of digits that do not begin with a zero.
    if _FEWEST_DIGITS <= _HEX_DIGITS - 1 - zeros <= MOST_DIGITS:
        before = "\n" + "0" * zeros
        lines = before.join(["", *numbers]).encode()
        width = _HEX_DIGITS + 1
        if (
            len(lines) == count * width
            and lines[::width] == b"\n" * count
            and lines[zeros + 1 :: width] == b"+" * count
            and len(lines.translate(None, _DIGITS)) == 2 * count
            and b"0" not in lines[zeros + 2 :: width]
        ):
            digits = lines.translate(_PLUS_AS_ZERO, b"\n")
            return array("Q", unhexlify(digits)[_NATIVE])[_NATIVE]
    joined = "\n".join(numbers)
    if joined.count("\n") != count - 1 or not _NUMBERS.fullmatch(f"{joined}\n"):
        return None
    return [
        int(f"{NATIONAL}{each}" if each[0] == "0" else each.removeprefix("+"), 16)
        for each in numbers
    ]
