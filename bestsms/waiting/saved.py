"""What is handed to a caller as a short text, to be read back later: handles and cursors."""

from __future__ import annotations

import json
import math
from typing import Any, Final, cast

from bestsms.errors import InvalidRequest

__all__ = ["dumped", "loaded", "number"]

VERSION: Final = 1
LONGEST: Final = 64 * 1024 * 1024
"""Characters: a cursor names every message of a quarter of an hour."""


def dumped(**state: Any) -> str:
    """Return a text of plain values."""
    return json.dumps({"v": VERSION, **state}, separators=(",", ":"))


def loaded(name: str, text: object, source: str) -> dict[str, Any]:
    """Read what :func:`dumped` returned.

    Args:
        name: The argument that it came in.
        text: The text.
        source: Where one is had, for the error.

    Raises:
        InvalidRequest: It is something else.
    """
    try:
        state = json.loads(text) if isinstance(text, str) and len(text) <= LONGEST else None
    except (ValueError, RecursionError):
        state = None
    if not isinstance(state, dict) or cast("dict[str, Any]", state).get("v") != VERSION:
        size = len(text) if isinstance(text, str) else None
        raise InvalidRequest(name, f"{source} is needed", size=size)
    return cast("dict[str, Any]", state)


def number(value: object) -> float:
    """Return a value that must be a finite number.

    Raises:
        ValueError: It is something else.
    """
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    raise ValueError(f"a number is needed, not {type(value).__name__}")
