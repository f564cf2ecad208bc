"""Who was there already, kept so that a million numbers take a few megabytes.

A number is an integer: its digits, four bits each. It is kept by its upper digits; the lower four
are a character of a text, in no order, or, once there are many, one of ten thousand marks. What is
no number is kept as a digest of sixteen bytes.
"""

from __future__ import annotations

import hashlib
import re
import sys
from array import array
from collections.abc import Sequence
from typing import Final, cast

from bestsms.address_book.matching import digits_of

__all__ = ["Key", "Seen", "key_of"]

Key = int | bytes
"""What is the same for the same recipient, and for no other."""

MOST_DIGITS: Final = 15
NATIONAL: Final = "f"
"""No digit: before a number that begins with a zero, which no integer does."""

_DIGITS_ALONE: Final = re.compile("[1-9][0-9]*")
_DIGITS: Final = 4
_BITS: Final = 4 * _DIGITS
_LOW: Final = (1 << _BITS) - 1
_DECIMAL: Final = [0] * (0x9999 + 1)
"""The lower digits, four bits each, as a number."""
for _number in range(10**_DIGITS):
    _DECIMAL[int(str(_number), 16)] = _number
_LANES: Final = 4
_LOWEST: Final = 0 if sys.byteorder == "little" else _LANES - 1
MANY: Final = 500
"""Neighbours in a list from which on they are taken for neighbours in number."""
MOST_FEW: Final = 1_500
"""Numbers of the same upper digits beyond which a mark is found sooner than a character."""


def key_of(name: str, value: str) -> Key:
    """Return what a recipient is compared by.

    Numbers are the same if their digits are, without what stands for "international". A national
    number is the same as itself only: whose it is can't be known without a region.

    Example:
        >>> key_of("Recipient", "+61 421 000 001") == key_of("Recipient", "0061421000001")
        True
        >>> key_of("Recipient", "0421 000 001") == key_of("Recipient", "+421000001")
        False

    Args:
        name: The wire name of the field that says who it is.
        value: The number, or the key of a contact or group, whose case does not matter.
    """
    if name == "Recipient":
        # A plus and digits is what most numbers are, and the digits are soon told.
        bare = value.removeprefix("+")
        digits = bare if _DIGITS_ALONE.fullmatch(bare) else digits_of(value)
        if 0 < len(digits) <= MOST_DIGITS:
            return int(digits if digits[0] != "0" else f"{NATIONAL}{digits}", 16)
    named = f"{name}:{value.strip().casefold()}".encode(errors="surrogatepass")
    return hashlib.blake2b(named, digest_size=16).digest()


class Seen:
    """The recipients so far."""

    __slots__ = ("_few", "_many", "_others")

    def __init__(self) -> None:
        self._few: dict[int, str] = {}
        self._many: dict[int, bytearray] = {}
        self._others: set[bytes] = set()

    def add(self, keys: Sequence[Key]) -> list[int]:
        """Add recipients in their order.

        Returns:
            The indices of those that were there already, or stand earlier among these.

        Example:
            >>> Seen().add([0x61421000001, 0x61421000002, 0x61421000001])
            [2]
        """
        return [] if self._add_neighbours(keys) else self._add_each(keys)

    def _add_neighbours(self, keys: Sequence[Key]) -> bool:
        """Add numbers if they are many of the same upper digits, and all of them new."""
        count = len(keys)
        if count < MANY or not isinstance(keys, array):
            return False
        keys = cast("array[int]", keys)
        high = keys[0] >> _BITS
        if keys[-1] >> _BITS != high:
            return False
        lanes = array("H", keys.tobytes())
        upper = [lanes[lane::_LANES] for lane in range(_LANES) if lane != _LOWEST]
        if any(each.tobytes() != each[:1].tobytes() * count for each in upper):
            return False
        marks = self._marks(high)
        before = bytes(marks)
        for low in lanes[_LOWEST::_LANES]:
            marks[_DECIMAL[low]] = 1
        if marks.count(1) == before.count(1) + count:
            return True
        marks[:] = before
        return False

    def _add_each(self, keys: Sequence[Key]) -> list[int]:
        again: list[int] = []
        few, many = self._few, self._many
        for index, key in enumerate(keys):
            if isinstance(key, bytes):
                if key in self._others:
                    again.append(index)
                self._others.add(key)
                continue
            high, low = key >> _BITS, key & _LOW
            if (marks := many.get(high)) is not None:
                if marks[_DECIMAL[low]]:
                    again.append(index)
                marks[_DECIMAL[low]] = 1
            elif (character := chr(low)) in (text := few.get(high, "")):
                again.append(index)
            else:
                few[high] = text + character
                if len(text) > MOST_FEW:
                    self._marks(high)
        return again

    def _marks(self, high: int) -> bytearray:
        """Return the marks of numbers with these upper digits."""
        if high not in self._many:
            self._many[high] = marks = bytearray(10**_DIGITS)
            for low in map(ord, self._few.pop(high, "")):
                marks[_DECIMAL[low]] = 1
        return self._many[high]
