"""Which MessageIDs a client has used, and what is known of them: in memory, and in the journal."""

from __future__ import annotations

import contextlib
import functools
import logging
import os
import threading
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar

import anyio

from bestsms._evidence import Obstacle, Verdict
from bestsms._failures import not_sent
from bestsms._protocol import Request
from bestsms._retry import Clock
from bestsms.errors import InvalidRequest

if TYPE_CHECKING:
    # Few clients keep a journal; the others do not pay for the imports.
    from anyio.lowlevel import RunVar

    from bestsms.journal import Intent, Journal

__all__ = ["Register", "new_id"]

MOST_ACCEPTED: Final = 20_000
"""How many accepted ids a client remembers without a journal; unclear ones are all remembered."""
THREADS: Final = 40
"""How many sends write to the journal at once, and so share one sync to the disk."""

T = TypeVar("T")

_log = logging.getLogger("bestsms")


def new_id() -> str:
    """Return a random UUID, version 4, as text; :mod:`uuid` takes three times as long."""
    text = os.urandom(16).hex()
    variant = "89ab"[int(text[16], 16) % 4]
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{variant}{text[17:20]}-{text[20:]}"


class _Use:
    """What is known of a message under an id."""

    __slots__ = ("verdict",)

    def __init__(self) -> None:
        self.verdict = Verdict.UNKNOWN


class Register:
    """The ids of one client.

    Args:
        journal: Where intents and verdicts are written, if anywhere.
        clock: Tells the time that is written.
    """

    __slots__ = ("_accepted", "_clock", "_used", "journal")

    def __init__(self, journal: Journal | None, clock: Clock) -> None:
        self.journal = journal
        self._clock = clock
        self._used: dict[str, _Use] = {}
        self._accepted: deque[str] = deque()

    def claim(self, message_id: str, *, again: bool = False) -> None:
        """Hold an id.

        Args:
            message_id: The id.
            again: Whether it may be one whose send is ``UNKNOWN``; the journal decides which.

        Raises:
            InvalidRequest: A message of this client has it already.
        """
        name = message_id.casefold()
        # One step, so that of two threads one is refused. The provider ignores case.
        mine = _Use()
        use = self._used.setdefault(name, mine)
        if use is not mine and not (again and use.verdict is Verdict.UNKNOWN):
            raise _used(message_id, use.verdict)

    def release(self, message_id: str, verdict: Verdict) -> None:
        """Remember what became of an id that was claimed; one that came to nothing is free."""
        name = message_id.casefold()
        # Gone, if another with the same id, which the journal refused, was here meanwhile.
        self._used.setdefault(name, _Use()).verdict = verdict
        if verdict.nothing_done:
            self._used.pop(name, None)
        elif verdict is Verdict.ACCEPTED:
            self._accepted.append(name)
        while len(self._accepted) > MOST_ACCEPTED:
            self._used.pop(self._accepted.popleft(), None)

    async def write_intent(self, journal: Journal, request: Request[Any], intent: Intent) -> None:
        """Write down that a send is about to be made; without that, it is not made."""
        broken_off = threading.Event()
        try:
            before = await _in_thread(functools.partial(journal.intend, intent, unless=broken_off))
        # Whatever it is, and be it that there are no more threads: nothing is sent unwritten.
        except Exception as error:
            raise not_sent(request, str(error), Obstacle.JOURNAL) from error
        except anyio.get_cancelled_exc_class():
            # The thread that writes it knows nothing of a cancellation.
            broken_off.set()
            withdraw = functools.partial(journal.withdraw, intent)
            await self._write(withdraw, intent.message_id, Verdict.NOT_SENT)
            raise
        if before is not None:
            raise _used(intent.message_id, before)

    async def write_verdict(
        self, message_id: str, verdict: Verdict, *, looked_up: bool = False
    ) -> Verdict:
        """Write down what is known of a send; a row that stays open is for ``recover()``.

        Returns:
            What is known then, which another process may have learnt.
        """
        if self.journal is None:
            return verdict
        now = self._clock.now().timestamp()
        settle = functools.partial(
            self.journal.settle, message_id, verdict, now=now, looked_up=looked_up
        )
        return await self._write(settle, message_id, verdict) or verdict

    async def _write(self, write: Callable[[], T], message_id: str, verdict: Verdict) -> T | None:
        # Also while the caller is being cancelled: it takes milliseconds.
        with anyio.CancelScope(shield=True):
            try:
                return await _in_thread(write)
            except anyio.get_cancelled_exc_class():
                # asyncio's own cancellation breaks the shield; written twice is written once.
                with contextlib.suppress(Exception):
                    write()
                raise
            # What is known of a message is worth more than that it could not be written.
            except Exception as error:  # noqa: BLE001
                _log.warning("%s; message %s stays open in it: %s", error, message_id, verdict.name)
        return None

    async def aclose(self) -> None:
        """Close the journal's file."""
        if self.journal is not None:
            with anyio.CancelScope(shield=True):
                await _in_thread(self.journal.close)


async def _in_thread(work: Callable[[], T]) -> T:
    """Run blocking work in a thread that is not one of the program's own forty."""
    from anyio import to_thread  # noqa: PLC0415 - few clients keep a journal

    return await to_thread.run_sync(work, limiter=_limiter())


@functools.cache
def _limiters() -> RunVar[anyio.CapacityLimiter]:
    from anyio.lowlevel import RunVar  # noqa: PLC0415 - few clients keep a journal

    return RunVar("bestsms.journal")


def _limiter() -> anyio.CapacityLimiter:
    try:
        return _limiters().get()
    except LookupError:
        made = anyio.CapacityLimiter(THREADS)
        _limiters().set(made)
        return made


def _used(message_id: str, verdict: Verdict) -> InvalidRequest:
    return InvalidRequest(
        "MessageID",
        f"was used for an earlier message, whose verdict is {verdict.name}; a new message needs a "
        "new id, and an unknown one is looked up, not sent again",
        message_id=message_id,
    )
