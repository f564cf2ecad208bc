"""Telephone numbers as an Australian account may type them, made E.164 (section 2.4)."""

from __future__ import annotations

import re

_DECORATION = re.compile(r"[\s\-()\[\].]")
_PLAUSIBLE = re.compile(r"\+?[0-9]+")
SHORTEST, LONGEST = 8, 15
"""Digits of an E.164 number with its country code."""

TOO_SHORT = "Invalid Mobile Number (RP-Min)"
TOO_LONG = "Invalid Mobile Number (RP-Max)"
NOT_A_NUMBER = "Bad Number"


def normalise(text: str) -> str | None:
    """Return ``+E.164``, or None where the text is no telephone number.

    ``+61…``, ``0061…``, ``61…``, ``04…`` and ``4…`` are Australian; every other
    country needs ``+`` or ``00``. Spaces, dashes, dots and brackets are dropped.
    """
    number = _international(text)
    return number if number and SHORTEST < len(number) <= LONGEST + 1 else None


def fault(text: str) -> str | None:
    """Return the delivery ``Result`` of a number that cannot be one, else None (section 2.2)."""
    number = _international(text)
    if number is None:
        return NOT_A_NUMBER
    digits = len(number) - 1
    if digits < SHORTEST:
        return TOO_SHORT
    return TOO_LONG if digits > LONGEST else None


def _international(text: str) -> str | None:
    bare = _DECORATION.sub("", text)
    # isascii: \d and str.isdigit would let Arabic and other digits through.
    if not _PLAUSIBLE.fullmatch(bare):
        return None
    if bare.startswith("+"):
        return bare
    if bare.startswith("00"):
        return "+" + bare[2:]
    if bare.startswith("0"):
        return "+61" + bare[1:]
    if bare.startswith("4") and len(bare) == len("421000001"):
        return "+61" + bare
    return "+" + bare
