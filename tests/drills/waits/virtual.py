"""Time that passes only when nobody has anything to do: two days of waiting take a second.

The loop is asyncio's own; where it would wait for its next timer it puts the clock forward instead.
So everything happens in the order in which it would, and no test waits or measures.
"""

from __future__ import annotations

import asyncio
import random
import selectors
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

import anyio

from bestsms._retry import Clock

T = TypeVar("T")

START: Final = datetime(2025, 3, 1, 9, 30, tzinfo=UTC)
PATIENCE: Final = 60.0
"""Real seconds that a loop without timers waits for another thread before it is called stuck."""


class VirtualTime:
    """The clocks of one machine, which may sleep and have its wall clock set.

    Args:
        start: What the wall clock says first.
        seed: Where chance begins.

    Attributes:
        monotonic: Seconds that the machine was awake.
        asleep: Seconds that it was not.
        wrong_by: Seconds by which its wall clock was put forward.
        start: The true time at the beginning.
    """

    def __init__(self, start: datetime = START, *, seed: int = 0) -> None:
        self.monotonic = 0.0
        self.asleep = 0.0
        self.wrong_by = 0.0
        self.start = start
        self._random = random.Random(seed)
        self._held = 0

    @property
    def elapsed(self) -> float:
        """Seconds since the beginning, asleep or awake."""
        return self.monotonic + self.asleep

    @property
    def true(self) -> datetime:
        """What a clock says that nobody set: the provider's."""
        return self.start + timedelta(seconds=self.elapsed)

    @property
    def wall(self) -> datetime:
        """What the machine's own clock says."""
        return self.true + timedelta(seconds=self.wrong_by)

    def clock(self) -> Clock:
        """Return these clocks as a client takes them."""
        return Clock(
            monotonic=lambda: self.monotonic,
            elapsed=lambda: self.elapsed,
            now=lambda: self.wall,
            sleep=anyio.sleep,
            random=self._random.random,
        )

    def suspend(self, seconds: float) -> None:
        """Close the lid: timers and the monotonic clock stand still, the others do not."""
        self.asleep += seconds

    def set_wall(self, delta: float) -> None:
        """Put the wall clock forward by some seconds, or back if below zero."""
        self.wrong_by += delta

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let no time pass meanwhile: for work in another thread, which takes none."""
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1

    def pass_by(self, seconds: float | None) -> float | None:
        """Let time pass at once, and return the real seconds to wait at most; ``None``: for ever.

        Args:
            seconds: How many, until the next timer; ``None`` if there is none.
        """
        if seconds is None or self._held:
            return None
        self.monotonic += seconds
        return 0.0

    def loop(self) -> asyncio.AbstractEventLoop:
        """Return an event loop in this time."""
        return _Loop(self)

    def run(self, main: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine to its end, as ``asyncio.run`` does."""
        with asyncio.Runner(loop_factory=self.loop) as runner:
            return runner.run(main)


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self, time: VirtualTime) -> None:
        self._virtual = time
        super().__init__(_Selector(time))
        # Two timers of the same moment may differ by a rounding.
        self._clock_resolution = 1e-6

    def time(self) -> float:
        """Return the monotonic clock, which timers go by."""
        return self._virtual.monotonic


class _Selector(selectors.DefaultSelector):
    def __init__(self, time: VirtualTime) -> None:
        super().__init__()
        self._virtual = time

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Take what is ready; if nothing is, let the time pass until the next timer."""
        ready = super().select(0)
        if ready or timeout == 0 or self._virtual.pass_by(timeout) is not None:
            return ready
        ready = super().select(PATIENCE)
        if not ready:
            raise RuntimeError("No timer is set, and no other thread has called: all are stuck.")
        return ready
