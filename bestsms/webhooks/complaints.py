"""Warnings about refused webhooks, so few of them that a flood of requests is no flood of lines."""

from __future__ import annotations

import logging
import math
import traceback
from collections.abc import Callable
from typing import Final

__all__ = ["EVERY_SECONDS", "Complaints"]

EVERY_SECONDS: Final = 60.0
"""One line of a kind in so long; the next one counts what was left out."""

_log = logging.getLogger("bestsms.webhooks")


class Complaints:
    """What a receiver warns of.

    Args:
        monotonic: The clock, in seconds.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._said: dict[str, tuple[float, int]] = {}

    def warn(self, kind: str, detail: str = "") -> None:
        """Say it, or count it where the same kind was said within the last minute.

        Args:
            kind: One of a few fixed texts.
            detail: What may differ from one to the next. Never a secret, a text, a whole number.
        """
        now = self._monotonic()
        last, unsaid = self._said.get(kind, (-math.inf, 0))
        if now - last < EVERY_SECONDS:
            self._said[kind] = (last, unsaid + 1)
            return
        self._said[kind] = (now, 0)
        more = f" (and {unsaid} more like it since the last such line)" if unsaid else ""
        _log.warning("%s%s%s", kind, f": {detail}" if detail else "", more)

    def fault(self, error: Exception) -> None:
        """Say where an error came up that nothing here expects.

        Its own text is left out: it may hold anything of the event.
        """
        (*_, last) = traceback.extract_tb(error.__traceback__)
        place = f"{type(error).__name__} at {last.filename}:{last.lineno}"
        self.warn("failed on a webhook, which will come again; please report it", place)
