"""What is taken for a mobile number where one is given; stored ones are taken as they are.

A new contact is made of whatever is given, so a name, an ID or a column that slipped must not pass
for a number because it has a digit.
"""

from __future__ import annotations

import re
from typing import Final, cast

from bestsms._wire.checks import Text
from bestsms.address_book.matching import digits_of
from bestsms.errors import InvalidRequest
from bestsms.numbers import DECIMALS, FOREIGN, HAS_DECIMALS
from bestsms.sending import ContactID, GroupCode, GroupID

__all__ = ["given_number"]

FEWEST: Final = 6
MOST: Final = 15
"""Digits of a number, without what stands for "international" before them."""

_TEXT: Final = Text("MobilePhone", min_length=1)
_ID: Final = r"(?i)[{(]?[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}[)}]?"
_PLUS_WITHIN: Final = r"[0-9][^0-9]*\+|\+[^0-9]*\+"


def given_number(value: object) -> str:
    """Return a mobile number as it was given, if it can be one.

    Raises:
        InvalidRequest: It is no text, an ID, has decimals (``61421000001.0``), holds what stands in
            no number, or has too few or too many digits: 6 to 15 are a number's.

    Example:
        >>> given_number("+61 (421) 000-001")
        '+61 (421) 000-001'
    """
    if isinstance(value, ContactID | GroupID | GroupCode):
        raise _refusal(f"must be a mobile number, not a {type(value).__name__}")
    _TEXT.check(value)
    # The text itself, also of an enum, whose str() is its name.
    number = str.__str__(cast("str", value))
    text = number.strip()
    if re.fullmatch(_ID, text):
        raise _refusal(
            "is an ID, and no mobile number; in a list of people, wrap it in ContactID(...)",
            size=len(text),
        )
    if foreign := FOREIGN.search(text):
        raise _refusal(
            f"must be a mobile number, and holds {foreign[0]!a}, which is neither a digit of 0 to "
            "9 nor a separator"
        )
    if DECIMALS.fullmatch(text):
        raise _refusal(HAS_DECIMALS)
    if re.search(_PLUS_WITHIN, text):
        raise _refusal("must be one mobile number, with a + only in front")
    if not FEWEST <= (count := len(digits_of(text))) <= MOST:
        raise _refusal(
            f"must be a mobile number of {FEWEST} to {MOST} digits, and has {count}", size=count
        )
    return number


def _refusal(limit: str, *, size: int | None = None) -> InvalidRequest:
    return InvalidRequest("MobilePhone", limit, size=size)
