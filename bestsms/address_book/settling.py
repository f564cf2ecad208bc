"""What becomes of a creation whose answer was lost: it is looked for, never made again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from bestsms._evidence import Obstacle
from bestsms._transport import Transport
from bestsms.errors import BestSMSError, NotSent, OutcomeUnknown

__all__ = ["settle"]

T = TypeVar("T")

OFFSETS: Final = (0.0, 2.0, 8.0, 20.0)
"""Seconds after the first look, as far as the settle window goes; the last look is at its end."""


async def settle(
    transport: Transport, error: OutcomeUnknown, find: Callable[[], Awaitable[T | None]]
) -> T:
    """Look for what may have been created, through the settle window.

    Raises:
        OutcomeUnknown: The same error: it was not found. A server may still accept late what its
            client has long given up.
    """
    clock, window = transport.clock, transport.settings.settle_window
    if not window:
        raise error
    start, looks = clock.monotonic(), 0
    for offset in (*(each for each in OFFSETS if each < window), window):
        if (wait := start + offset - clock.monotonic()) > 0:
            await clock.sleep(wait)
        try:
            found = await find()
        except BestSMSError as failure:
            if isinstance(failure, NotSent) and failure.obstacle is Obstacle.CLOSED:
                raise error from error.__cause__
            error.add_note(f"A look for it ended so: {failure}")
        else:
            looks += 1
            if found is not None:
                return found
    error.args = (f"{error} Looked for through {window:g} s, and not found in {looks} looks.",)
    raise error
