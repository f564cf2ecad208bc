"""Countries by the beginning of a number, and the beginnings that are of none.

Numbers of no country are satellite phones, international premium rates and the like: dear to text,
and what thieves have others pay for. A list of customers has none of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

__all__ = ["ANY_COUNTRY", "country_code"]

# ITU-T E.164: 7 and the zone +1 have one digit, these have two, all others three.
_CODE: Final = re.compile(r"\+(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|[0-9]{3})")
# Freephone, shared cost, Inmarsat, personal numbers, satellites, networks, disaster relief, premium
# rate, and a trial.
_OF_NO_COUNTRY: Final = (
    "800",
    "808",
    "870",
    "878",
    "881",
    "882",
    "883",
    "888",
    "979",
    "991",
)


def country_code(number: str) -> str:
    """Return the country's code that a number begins with, or ``other``.

    Example:
        >>> country_code("+61421000001"), country_code("+6421000001"), country_code("+852")
        ('+61', '+64', '+852')
    """
    found = _CODE.match(number)
    return found[0] if found else "other"


def _all_but(codes: Iterable[str], begin: str = "") -> list[str]:
    """Return the shortest beginnings that allow everything but these."""
    allowed: list[str] = []
    for digit in "0123456789" if begin else "123456789":
        left = [code for code in codes if code.startswith(begin + digit)]
        if not left:
            allowed.append(f"+{begin}{digit}")
        elif begin + digit not in left:
            allowed += _all_but(left, begin + digit)
    return allowed


ANY_COUNTRY: Final = tuple(_all_but(_OF_NO_COUNTRY))
"""What a number of any country begins with, as ``allowed_prefixes``."""
