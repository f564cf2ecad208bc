"""Times as a person types them: ``48h``, ``30m``, ``90``."""

from __future__ import annotations

import argparse
import re
from typing import Final

__all__ = ["seconds"]

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
