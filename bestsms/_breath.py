"""A turn for other tasks, now and then, while a long list is worked through."""

from __future__ import annotations

from typing import Final

from anyio.lowlevel import checkpoint

__all__ = ["BREATH", "breathe"]

BREATH: Final = 256
"""How many items of a list are worked through before other tasks get a turn."""


async def breathe(index: int) -> None:
    """Give other tasks a turn if it is time, at the item of that index."""
    if index % BREATH == BREATH - 1:
        await checkpoint()
