"""What CharacterConversion would make of a text: an estimate, for the provider does not say.

The references give one example, the copyright sign that becomes ``(C)``, "and the like". What is
here is what such a conversion can hardly leave out: typographic quotes and dashes, and letters
whose base letter is in GSM-7. What is not here stays, so that no saving is promised that may not
come.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import Final

from bestsms.segments.alphabet import BASIC, OUTSIDE

__all__ = ["plain"]

_PLAIN: Final = {
    "\N{COPYRIGHT SIGN}": "(C)",
    "\N{REGISTERED SIGN}": "(R)",
    "\N{TRADE MARK SIGN}": "(TM)",
    "\N{LEFT SINGLE QUOTATION MARK}": "'",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{SINGLE LOW-9 QUOTATION MARK}": "'",
    "\N{SINGLE HIGH-REVERSED-9 QUOTATION MARK}": "'",
    "\N{LEFT DOUBLE QUOTATION MARK}": '"',
    "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
    "\N{DOUBLE LOW-9 QUOTATION MARK}": '"',
    "\N{DOUBLE HIGH-REVERSED-9 QUOTATION MARK}": '"',
    "\N{HYPHEN}": "-",
    "\N{NON-BREAKING HYPHEN}": "-",
    "\N{FIGURE DASH}": "-",
    "\N{EN DASH}": "-",
    "\N{EM DASH}": "-",
    "\N{HORIZONTAL BAR}": "-",
    "\N{MINUS SIGN}": "-",
    "\N{BULLET}": "*",
    "\N{HORIZONTAL ELLIPSIS}": "...",
    "\N{NO-BREAK SPACE}": " ",
    "\N{NARROW NO-BREAK SPACE}": " ",
}
_OUTSIDE: Final = re.compile(OUTSIDE)
_DISTINCT: Final = 4096
"""How many characters are remembered: more than an alphabet, less than all of Unicode."""


def plain(text: str) -> str:
    r"""Return what CharacterConversion would make of a text, as far as can be known.

    Example:
        >>> from bestsms.segments import plain
        >>> plain("“Crème brûlée” \N{EM DASH} © 2025")
        '"Crème brulée" - (C) 2025'

    Args:
        text: A message's text. What is in GSM-7 stays as it is: è and é do, û does not. The plain
            form may be the longer one: © takes three characters.
    """
    return _OUTSIDE.sub(_replaced, text)


def _replaced(found: re.Match[str]) -> str:
    return _plain_character(found[0])


@functools.lru_cache(_DISTINCT)
def _plain_character(character: str) -> str:
    if character in _PLAIN:
        return _PLAIN[character]
    if not character.isalpha():
        return character
    decomposed = unicodedata.normalize("NFKD", character)
    base = "".join(each for each in decomposed if not unicodedata.combining(each))
    return base if base and all(each in BASIC for each in base) else character
