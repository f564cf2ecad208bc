"""Times as a person types them: ``48h``, ``30m``, ``90``; and how many a second."""

from __future__ import annotations

import argparse
import re
from typing import Final

__all__ = ["rate", "seconds"]

_UNITS: Final = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 24 * 3600}
_DURATION: Final = r"([0-9]{1,9}(?:\.[0-9]{1,6})?)([smhd]?)"


def seconds(text: str) -> float:
    """Read a number of seconds, or of another unit that it names.

    Raises:
        argparse.ArgumentTypeError: It is neither.
    """
    found = re.fullmatch(_DURATION, text.strip())
    if found is None:
        raise argparse.ArgumentTypeError(
            f"{text!r}: seconds are needed, or a number with s, m, h or d, such as 48h"
        )
    return float(found[1]) * _UNITS[found[2]]


def rate(text: str) -> float:
    """Read how many a second.

    Raises:
        argparse.ArgumentTypeError: It is no number above 0.
    """
    if re.fullmatch(_DURATION, f"{text.strip()}s") and (number := float(text)):
        return number
    raise argparse.ArgumentTypeError(f"{text!r}: how many a second is needed, such as 50 or 0.5")
