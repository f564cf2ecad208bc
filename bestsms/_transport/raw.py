"""What comes back from an exchange, whichever way it went."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

__all__ = ["OutOfTime", "Raw"]


class OutOfTime(Exception):
    """The time for the whole call is over."""


class Raw(NamedTuple):
    """An answer as it came.

    Attributes:
        status: The HTTP status.
        headers: By lower-case name.
        body: Decoded.
        whole: Whether all of the body was read.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    whole: bool
