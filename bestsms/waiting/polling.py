"""One queue of everything that a client waits for in an event loop, asked in turn, never too fast.

There is no task in the background. Whoever waits works the queue for all, and hands it on when its
own news has come: a hundred thousand waits are a hundred thousand entries in a heap, and nothing of
ours outlives the calls that wait.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any, Final, ParamSpec

import anyio

from bestsms._transport import Once, Transport
from bestsms.errors import AuthenticationFailed, BestSMSError
from bestsms.waiting.asking import AN_HOUR, Ask, News, Seat, closed, locked_out
from bestsms.waiting.schedule import Schedule
from bestsms.waiting.topics import Topics
from bestsms.waiting.turns import Turns

__all__ = ["Poller"]

P = ParamSpec("P")

AT_ONCE: Final = 16
"""The most looks under way at once."""
LONGEST_NAP: Final = 60.0
"""Seconds: a timer stands still while the machine sleeps, so none is set for longer."""
ASLEEP: Final = 60.0
"""Seconds by which the clocks part when the machine was asleep."""
RESOLUTION: Final = 1e-6
"""Seconds that no timer can tell apart; who naps for less may not get any further."""
FIRST_IN_LINE: Final = float("-inf")
LANDING: Final = 10.0
"""Seconds at most that whoever leaves the queue gives the looks that it has begun."""


class Poller:
    """The queue of one event loop.

    Args:
        transport: Carries the looks, as many a second as its settings allow.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._clock = transport.clock
        self._turns = Turns(transport.settings.poll_rate, self._clock.elapsed())
        self._at_once = min(AT_ONCE, transport.settings.max_connections)
        self._queue = Schedule()
        self._topics = Topics()
        self._seats = 0
        self._driver: Seat | None = None
        self._waiting: dict[Seat, None] = {}
        self._under_way: set[Ask] = set()
        self._napping: anyio.CancelScope | None = None
        self._nights = 0
        self._closed = False
        self._gap = self._slept()
        self._soon = _from_any_thread()

    def join(self) -> Seat:
        """Make a seat, to be left with :meth:`leave`."""
        self._seats += 1
        return Seat()

    def leave(self, seat: Seat) -> None:
        """Give a seat up; whatever was asked for it is asked no more, and who sits there goes."""
        seat.gone = True
        for ask in seat.parked:
            self._topics.forget(ask)
        self._seats -= 1
        if not self._seats:
            self._queue.take_all()
            self._topics.clear()
        seat.tell(News(last=True))
        self._rouse()

    def add(self, ask: Ask) -> None:
        """Ask for something from now on, the first time at once."""
        ask.nights = self._nights
        self._topics.add(ask)
        self._put(ask, self._clock.elapsed())

    async def next(self, seat: Seat) -> News:
        """Wait for the next piece of news of a seat, and work the queue if nobody else does.

        Raises:
            RuntimeError: Somebody else waits there.
        """
        if seat.taken:
            raise RuntimeError("Another task is waiting for its next message: one at a time.")
        seat.taken = True
        for ask in seat.parked:
            self._put(ask, self._clock.elapsed())
        seat.parked.clear()
        try:
            while not seat.news:
                if self._driver is None:
                    await self._drive(seat)
                else:
                    await self._sit(seat)
            return seat.news.popleft()
        finally:
            seat.taken = False
            self._hand_on()

    def soon(self, method: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
        """Call a method of this queue in its event loop; for any thread."""
        # The loop may have ended meanwhile, and all its waits with it.
        with contextlib.suppress(RuntimeError):
            self._soon(partial(method, *args, **kwargs))

    def wake(self, topics: list[str]) -> None:
        """Look at some things at once."""
        for topic in topics:
            for ask in self._topics.about(topic):
                ask.woken = True
                # Who is there already keeps its place: a flood of webhooks is one look.
                if ask.entry and ask.due != FIRST_IN_LINE:
                    self._put(ask, FIRST_IN_LINE)
        self._rouse()

    def close(self) -> None:
        """End every wait, since the client is closed."""
        self._closed = True
        self._end_all(closed)
        self._rouse()

    async def _sit(self, seat: Seat) -> None:
        """Wait until there is news, or the queue is ours to work."""
        seat.called = anyio.Event()
        self._waiting[seat] = None
        try:
            await seat.called.wait()
        finally:
            seat.called = None
            self._waiting.pop(seat, None)

    def _hand_on(self) -> None:
        if self._driver is None:
            for seat in self._waiting:
                seat.call()
                return

    async def _drive(self, seat: Seat) -> None:
        """Work the queue until a seat has news."""
        self._driver = seat
        try:
            async with anyio.create_task_group() as looks:
                while not seat.news:
                    self._notice_sleep()
                    found = self._due()
                    if isinstance(found, Ask):
                        self._under_way.add(found)
                        looks.start_soon(self._look, found)
                    else:
                        await self._nap(found)
                await self._let_land(looks.cancel_scope)
        finally:
            self._driver = None
            # The next one to work the queue looks again; some may not even have begun.
            for ask in self._under_way:
                self._put(ask, FIRST_IN_LINE)
            self._under_way.clear()

    async def _let_land(self, looks: anyio.CancelScope) -> None:
        """End the looks under way, but wait a moment: what is asked is worth its answer."""
        until = self._clock.elapsed() + LANDING
        while self._under_way and (left := until - self._clock.elapsed()) > 0:
            await self._nap(left)
        looks.cancel()

    def _due(self) -> Ask | float:
        """Take the next thing to look at, or return the seconds until there may be one."""
        first = self._first()
        if first is None or len(self._under_way) >= self._at_once:
            return LONGEST_NAP
        now = self._clock.elapsed()
        when = max(first, self._turns.next_at())
        if when - now > RESOLUTION:
            return min(when - now, LONGEST_NAP)
        self._turns.take(now)
        return self._queue.take()

    def _first(self) -> float | None:
        """Return when something is due next; what belongs to an empty seat is laid aside."""
        while (first := self._queue.first()) is not None:
            due, ask = first
            if ask.seat.taken:
                return due
            self._queue.take()
            if ask.seat.gone:
                self._topics.forget(ask)
            else:
                # Who is away does not ask; who comes back finds it there.
                ask.seat.parked.append(ask)
        return None

    async def _nap(self, seconds: float) -> None:
        try:
            with anyio.CancelScope() as self._napping:
                await self._clock.sleep(seconds)
        finally:
            self._napping = None

    def _rouse(self) -> None:
        if self._napping is not None:
            self._napping.cancel()

    def _slept(self) -> float:
        return self._clock.elapsed() - self._clock.monotonic()

    def _notice_sleep(self) -> None:
        """After the machine was asleep everything is due: nobody knows what came meanwhile."""
        gap = self._slept()
        if gap - self._gap > ASLEEP:
            self._nights += 1
            self._queue.hasten(self._clock.elapsed())
        self._gap = gap

    async def _look(self, ask: Ask) -> None:
        began = self._clock.elapsed()
        ask.fruitful, ask.woken = ask.woken, False
        once, error = Once(self._transport), None
        try:
            settled = await ask.look(once)
            ask.answered()
        except BestSMSError as failed:
            error = failed
            settled = self._take_in(ask, failed, began)
        # A callback's, a transport's: whoever waits must hear of it, and nobody else.
        except Exception as broken:  # noqa: BLE001
            ask.fail(broken)
            settled = True
        self._under_way.discard(ask)
        if once.calls > 1:
            self._turns.skip(once.calls - 1)
        if settled:
            self._topics.forget(ask)
        elif ask.is_over(began, error):
            self._topics.forget(ask)
            ask.expire(error)
        else:
            self._again(ask, error)
        self._rouse()

    def _take_in(self, ask: Ask, error: BestSMSError, began: float) -> bool:
        """Learn from a failed look, and say whether that settles it."""
        if error.retry_after is not None:
            # Who asks one to wait means all of them, but not for ever.
            self._turns.pause(self._clock.elapsed() + min(error.retry_after, AN_HOUR))
        hopeless = ask.is_hopeless(error, began)
        if hopeless:
            ask.fail(error)
        if isinstance(error, AuthenticationFailed):
            # The token is the same for all.
            self._end_all(lambda: locked_out(error))
        return hopeless

    def _end_all(self, error: Callable[[], BestSMSError]) -> None:
        for ask in self._queue.take_all():
            self._topics.forget(ask)
            ask.fail(error())

    def _again(self, ask: Ask, error: BestSMSError | None) -> None:
        now = self._clock.elapsed()
        left = ask.term.ends - now
        if ask.fruitful or ask.woken or ask.nights != self._nights:
            ask.nights = self._nights
            ask.pace.restart(left)
        pause = ask.pace.next(self._clock.random())
        if ask.woken and error is None:
            pause = 0.0
        # The end is worth a look of its own; past it, a last look that failed is made again.
        self._put(ask, now + (min(pause, left) if left > 0 else pause))

    def _put(self, ask: Ask, due: float) -> None:
        if self._closed:
            self._topics.forget(ask)
            ask.fail(closed())
            return
        self._queue.put(ask, due)
        self._rouse()


def _from_any_thread() -> Callable[..., object]:
    """Return what runs a function soon in this event loop, whichever thread calls it."""
    try:
        return asyncio.get_running_loop().call_soon_threadsafe
    except RuntimeError:  # pragma: no cover - its test runs where coverage has lost the frames
        trio: Any = import_module("trio")  # Whose loop it is, then.
        return trio.lowlevel.current_trio_token().run_sync_soon  # type: ignore[no-any-return]
