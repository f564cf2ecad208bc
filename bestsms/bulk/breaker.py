"""When a run pauses, and when it gives up, by how its requests end.

A fault (nothing could be sent, or no answer says what became of it) may pass: after five in a row
the run pauses, then a single request tries whether it has passed, and each time it has not the
pause is twice as long. A refusal does not pass by itself: five in a row, or the first one for the
token, end the run. The state machine is the circuit breaker of M. Nygard's *Release It!*.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

import anyio

from bestsms._evidence import Obstacle, Verdict
from bestsms._retry import MAX_RETRY_AFTER
from bestsms.errors import (
    AuthenticationFailed,
    BestSMSError,
    InvalidRequest,
    NotSent,
    PermissionDenied,
    RateLimited,
)

__all__ = ["Breaker", "may_pass"]

IN_A_ROW: Final = 5
"""Faults after which a run pauses, and refusals after which it ends."""
FIRST_PAUSE: Final = 5.0
"""Seconds of the first pause; each that follows at once is twice as long."""
LONGEST_PAUSE: Final = 300.0
"""Seconds: where the doubling ends; the provider may ask for a longer pause by Retry-After."""
GIVES_UP: Final = 1_800.0
"""Seconds: the most of pauses in a row; then the run ends."""

_log = logging.getLogger("bestsms")

_HOPELESS: Final = frozenset({Obstacle.CERTIFICATE, Obstacle.CLOSED, Obstacle.INVALID})


def may_pass(error: BestSMSError | None) -> bool:
    """Say whether a request came to nothing for a reason that may pass: it can be made again."""
    if isinstance(error, NotSent):
        return error.obstacle not in _HOPELESS
    return isinstance(error, RateLimited)


class Breaker:
    """Stands before every request of one run.

    Args:
        pause: Lets seconds pass.
    """

    def __init__(self, pause: Callable[[float], Awaitable[object]]) -> None:
        self._pause = pause
        self._turn = anyio.Lock()
        self._faults = 0
        self._refusals = 0
        self._seconds = 0.0
        self._paused = 0.0

    @property
    def open(self) -> bool:
        """Whether the run pauses."""
        return self._seconds > 0

    @asynccontextmanager
    async def passage(self) -> AsyncGenerator[bool, None]:
        """Wait until a request may be made; it is told whether it is the one that tries."""
        if self.open:
            async with self._turn:
                if self.open:
                    # Else a script that nobody watches is silent for up to half an hour.
                    _log.warning(
                        "the run pauses for %.0f s after %d requests in a row without an answer",
                        self._seconds,
                        self._faults,
                    )
                    await self._pause(self._seconds)
                    self._paused += self._seconds
                    yield True
                    return
        yield False

    def learn(self, verdict: Verdict, error: BestSMSError | None, *, tried: bool) -> str | None:
        """Take in how a request ended.

        Args:
            verdict: What is known of it.
            error: Why it is not ``ACCEPTED``.
            tried: Whether it was the one that tried.

        Returns:
            Why the run ends, if it does.
        """
        if verdict is Verdict.ACCEPTED:
            self._faults = self._refusals = 0
            self._seconds = self._paused = 0.0
            return None
        if isinstance(error, InvalidRequest):
            return None  # Of this one request; it says nothing of the next.
        if isinstance(error, AuthenticationFailed | PermissionDenied):
            return "the token, or a right of its user, was refused"
        if verdict is Verdict.REJECTED and not may_pass(error):
            return self._refused()
        if isinstance(error, NotSent) and error.obstacle in _HOPELESS:
            return f"nothing can be sent: {error.obstacle.value}"
        return self._failed(0.0 if error is None else error.retry_after or 0.0, tried=tried)

    def _refused(self) -> str | None:
        # The provider answered, so whatever kept it from that has passed.
        self._faults, self._seconds, self._paused = 0, 0.0, 0.0
        self._refusals += 1
        return f"{IN_A_ROW} requests in a row were refused" if self._refusals >= IN_A_ROW else None

    def _failed(self, asked: float, *, tried: bool) -> str | None:
        self._faults += 1
        self._refusals = 0
        if tried:
            self._seconds = min(2 * self._seconds, LONGEST_PAUSE)
        elif self._faults >= IN_A_ROW and not self.open:
            self._seconds = FIRST_PAUSE
        if self.open or asked > MAX_RETRY_AFTER:
            self._seconds = max(self._seconds, asked)
        if self._paused + self._seconds > GIVES_UP:
            return (
                f"there is no usable answer after {self._paused:.0f} s of pauses, and the next one "
                f"would be of {self._seconds:.0f} s"
            )
        return None
