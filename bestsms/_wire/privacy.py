"""What may be shown of a person in an error or a log: the last three digits of a number."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["masked"]

# Seven digits are the shortest phone number; separators as people type them: "+61 (0) 421 ...".
# A date is not a number, and an error about a time is of no use without it.
_NUMBER: Final = (
    r"(?<!\d)(?!(?:19|20)\d\d-[01]\d-[0-3]\d(?!\d|[ \-()./,_\u2013\u2014]+\d{3}))"
    r"\+?\d(?:(?:[ \-()./_\u2013\u2014]{0,4}|,)\d){6,}"
)
_SHOWN: Final = 3
_WORTH: Final = 8
_HALF: Final = r"[\d +\-()./,_\u2013\u2014]{0,99}\Z"


def masked(text: str, *, limit: int = 300) -> str:
    """Return a text with its phone numbers masked, control characters as spaces, cut to a limit.

    Example:
        >>> masked("+61421000001 is not valid")
        '...001 is not valid'
    """
    # A long text is not worth the time; where it is cut, no half of a number may be left.
    whole = len(text) <= _WORTH * limit
    kept = text if whole else re.sub(_HALF, "", text[: _WORTH * limit])
    printable = "".join(character if character.isprintable() else " " for character in kept)
    # Masked before it is cut: the cut must not leave the first half of a number, too short to see.
    safe = re.sub(_NUMBER, _ending, printable)
    return safe if whole and len(safe) <= limit else f"{safe[:limit]}..."


def _ending(found: re.Match[str]) -> str:
    digits = [character for character in found[0] if character.isdecimal()]
    return f"...{''.join(digits[-_SHOWN:])}"
