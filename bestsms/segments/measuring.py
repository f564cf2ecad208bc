"""A text laid out in parts: 160 or 153 septets of GSM-7, 70 or 67 code units of UCS-2 (T36)."""

from __future__ import annotations

import enum
import itertools
import re
import unicodedata
from collections.abc import Callable, Set as AbstractSet
from typing import Final

import attrs

from bestsms._placeholders import BRACED
from bestsms.segments.alphabet import BASIC, ESCAPE, OUTSIDE, SHIFTED
from bestsms.segments.converting import plain

__all__ = ["MOST_PARTS", "Encoding", "Forced", "Segments", "measure", "parts"]

MOST_PARTS: Final = 3
"""The parts of one text that an account may send unless the provider was asked for more."""

_LISTED: Final = 1000
"""How many characters are listed as forcing UCS-2: a text of three parts has 201 at most."""
_HIGH_SURROGATE: Final = 0xD8
_SURROGATE_BITS: Final = 0xFC
_BASIC_ASCII: Final = bytes(ord(each) for each in BASIC if each.isascii())
_OUTSIDE: Final = re.compile(OUTSIDE)
_FORCED: Final = re.compile(f"{BRACED.pattern}|(?P<forced>{OUTSIDE})")


class Encoding(enum.StrEnum):
    """How the characters of a text are sent; one for the whole text."""

    GSM_7 = "GSM-7"
    UCS_2 = "UCS-2"


_SIZES: Final = {Encoding.GSM_7: (160, 153), Encoding.UCS_2: (70, 67)}
"""Units of a lone part, and of each of several: these lose seven septets to the header."""


@attrs.frozen
class Forced:
    """A character that GSM-7 does not have.

    Attributes:
        character: The character.
        index: Where it stands in the text, in characters.
    """

    character: str
    index: int

    @property
    def name(self) -> str:
        """Its Unicode name, or its code (``U+0009``) if it has none."""
        return unicodedata.name(self.character, f"U+{ord(self.character):04X}")


@attrs.frozen
class Segments:
    """What a text takes to send.

    Attributes:
        encoding: GSM-7, unless some character is not in it.
        units: Septets, two for a character of the extension table; or UTF-16 code units.
        parts: How many SMS the text takes, one at least.
        units_left: What the last part has room for.
        forced_by: The characters that force UCS-2, in their order; the first 1,000 of them.
        unknown: How many placeholders were left out of the count: what stands for them isn't known
            here, so that ``parts`` is the least it can be.
        saved_by_conversion: The parts that CharacterConversion would save, by :func:`plain`; 0
            where it would cost some.
        exact: Whether the count holds for certain: no placeholder and no conversion is in it.
    """

    encoding: Encoding
    units: int
    parts: int
    units_left: int
    # A whole message may be among them, and a repr ends up in a log.
    forced_by: tuple[Forced, ...] = attrs.field(default=(), repr=False)
    unknown: int = 0
    saved_by_conversion: int = 0
    exact: bool = True

    @property
    def over_limit(self) -> bool:
        """Whether it takes more than three parts, the provider's limit unless raised (T36)."""
        return self.parts > MOST_PARTS


def measure(text: str, *, character_conversion: bool = False) -> Segments:
    """Count the parts of a text.

    An escaped character and a surrogate pair are never split between two parts, so a part may stay
    one unit short.

    Example:
        >>> from bestsms.segments import measure
        >>> price = measure("Only 5 € today, and today alone")
        >>> price.encoding.value, price.units, price.parts
        ('GSM-7', 32, 1)
        >>> party = measure("Party at 8 🎉")
        >>> party.encoding.value, [(each.name, each.index) for each in party.forced_by]
        ('UCS-2', [('PARTY POPPER', 11)])

    Args:
        text: A message's text. Placeholders are counted in ``unknown``, and take no units.
        character_conversion: Whether to count what CharacterConversion would make of it. That may
            take more parts, where ``…`` becomes three characters of a text that stays UCS-2.
    """
    counted, unknown, exact = _counted(text, character_conversion=character_conversion)
    encoding, units, count, left = _lay_out(counted)
    if encoding is Encoding.GSM_7:
        return Segments(encoding, units, count, left, unknown=unknown, exact=exact)
    return Segments(
        encoding,
        units,
        count,
        left,
        forced_by=_forced(text, set(counted).difference(BASIC, SHIFTED)),
        unknown=unknown,
        # What fits into one part can't take less.
        saved_by_conversion=(
            0 if character_conversion or count == 1 else max(0, count - _lay_out(plain(counted))[2])
        ),
        exact=exact,
    )


def parts(text: str, *, character_conversion: bool = False) -> tuple[Encoding, int, bool]:
    """Return the encoding, the parts and whether they are exact, and nothing besides.

    Args:
        text: As for :func:`measure`, at a fraction of its time where the text needs UCS-2.
        character_conversion: As for :func:`measure`.
    """
    counted, _, exact = _counted(text, character_conversion=character_conversion)
    encoding, _, count, _ = _lay_out(counted)
    return encoding, count, exact


def _counted(text: str, *, character_conversion: bool) -> tuple[str, int, bool]:
    """Return what of a text is counted, its placeholders, and whether that is what will be sent."""
    counted, unknown = BRACED.subn("", text) if "[[" in text else (text, 0)
    converted = plain(counted) if character_conversion else counted
    return converted, unknown, not unknown and converted == counted


def _lay_out(text: str) -> tuple[Encoding, int, int, int]:
    """Return the encoding, the units, the parts, and the units left in the last of them."""
    # Most texts are this, and bytes are the fastest to look through.
    if text.isascii() and not text.encode().translate(None, _BASIC_ASCII):
        return _evenly(Encoding.GSM_7, len(text))
    if _OUTSIDE.search(text) is None:
        units = len(text) + sum(map(text.count, SHIFTED))
        if units == len(text) or units <= _SIZES[Encoding.GSM_7][0]:
            return _evenly(Encoding.GSM_7, units)
        septets = text
        for character in SHIFTED:
            septets = septets.replace(character, ESCAPE + character)
        return _around_pairs(Encoding.GSM_7, units, lambda at: septets[at] == ESCAPE)
    raw = text.encode("utf-16-le", "surrogatepass")
    units = len(raw) // 2
    if units == len(text) or units <= _SIZES[Encoding.UCS_2][0]:
        return _evenly(Encoding.UCS_2, units)
    return _around_pairs(
        Encoding.UCS_2, units, lambda at: raw[2 * at + 1] & _SURROGATE_BITS == _HIGH_SURROGATE
    )


def _evenly(encoding: Encoding, units: int) -> tuple[Encoding, int, int, int]:
    """Lay out units that may be split anywhere."""
    alone, joined = _SIZES[encoding]
    if units <= alone:
        return encoding, units, 1, alone - units
    count = -(-units // joined)
    return encoding, units, count, count * joined - units


def _around_pairs(
    encoding: Encoding, units: int, opens_pair: Callable[[int], bool]
) -> tuple[Encoding, int, int, int]:
    """Lay out units of which some two belong together; there are more than fit into one part."""
    joined = _SIZES[encoding][1]
    count, begin = 1, 0
    while units - begin > joined:
        begin += joined - 1 if opens_pair(begin + joined - 1) else joined
        count += 1
    return encoding, units, count, joined - (units - begin)


def _forced(text: str, characters: AbstractSet[str]) -> tuple[Forced, ...]:
    """Find these characters outside the placeholders."""
    found = (
        Forced(each["forced"], each.start())
        for each in _FORCED.finditer(text)
        if each["forced"] in characters
    )
    return tuple(itertools.islice(found, _LISTED))
