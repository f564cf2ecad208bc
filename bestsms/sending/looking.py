"""Looking a send up whose outcome is unclear, by its MessageID, through a settle window.

Only an explicit "known" counts, and only of a message that was made after our first attempt: an id
that was used before would confirm the old one. A "not found" is no proof while the window is open,
for a server may accept late what its client has long given up; anything else says nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final, NamedTuple

from bestsms._evidence import Obstacle
from bestsms._transport import Once, Trail, Transport
from bestsms.api import Report, Reports
from bestsms.errors import BestSMSError, NotFound, NotSent

__all__ = ["Finding", "look_up"]

OFFSETS: Final = (0.0, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds after the first look; the last look is at the end of the window."""
LOOK_SECONDS: Final = 5.0
"""The most one look may take, so that one that hangs does not eat the window."""
SKEW: Final = timedelta(seconds=30)
"""How far two clocks of the provider may differ: the one in reports and the one in headers."""


class Finding(NamedTuple):
    """What the look-ups found.

    Attributes:
        report: The report that knows the message, if there was one.
        denied: Whether the last look was told that there is no such message.
        whole: Whether the last look was at the end of the window.
        looks: How many were made.
        failure: Why the last look says nothing, if it does.
    """

    report: Report | None = None
    denied: bool = False
    whole: bool = False
    looks: int = 0
    failure: BestSMSError | None = None

    @property
    def absent(self) -> bool:
        """Whether there is no such message, as far as anyone can ask."""
        return self.denied and self.whole

    def __str__(self) -> str:
        if self.report is not None:
            return "the provider knows the message"
        said = "does not know it" if self.denied else "gave no clear answer"
        return f"the provider {said} ({self.looks} look-up{'s' if self.looks != 1 else ''})"


async def look_up(
    transport: Transport,
    message_id: str,
    *,
    window: float,
    ends: float | None = None,
    age: Callable[[], timedelta] | None = None,
) -> Finding:
    """Look a message up until it is known or the window is over.

    Args:
        transport: Carries the look-ups.
        message_id: The message.
        window: Seconds; 0 is a single look.
        ends: When there is no more time, on the monotonic clock.
        age: How long ago the first attempt to send it was, for an id that may have been used
            before; ``None`` for one that was made for this message.

    Raises:
        NotSent: The client is closed.
    """
    clock = transport.clock
    start, found = clock.monotonic(), Finding()
    for offset in _offsets(window):
        wait = start + offset - clock.monotonic()
        if ends is not None and clock.monotonic() + max(wait, 0.0) >= ends:
            return found
        if wait > 0:
            await clock.sleep(wait)
        until = clock.monotonic() + LOOK_SECONDS
        once = Once(transport, until if ends is None else min(until, ends))
        looks = found.looks + 1
        try:
            report = await Reports(once).status(message_id)
        except NotFound as error:
            # A 404 in no words of the provider's may be anyone's on the way to it.
            found = Finding(denied=bool(error.errors), looks=looks, failure=error)
        except NotSent as error:
            if error.obstacle is Obstacle.CLOSED:
                raise
            found = Finding(looks=found.looks, failure=error)
        except BestSMSError as error:
            found = Finding(looks=looks, failure=error)
        else:
            if _is_of(report, message_id) and (
                age is None or _is_new(report, once.trail, transport, age())
            ):
                return Finding(report=report, looks=looks)
            found = Finding(looks=looks)
    return found._replace(whole=True)


def _offsets(window: float) -> list[float]:
    return sorted({0.0, window, *(offset for offset in OFFSETS if offset < window)})


def _is_of(report: Report, message_id: str) -> bool:
    """Say whether a report names the message: an answer that names none confirms none."""
    return (report.message_id or "").casefold() == message_id.casefold()


def _is_new(report: Report, trail: Trail, transport: Transport, age: timedelta) -> bool:
    """Say whether a report is of a message made since, by the provider's own clock."""
    now = trail.server_time or transport.clock.now()
    return report.created_at is not None and report.created_at >= now - age - SKEW
