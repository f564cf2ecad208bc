"""Which MessageIDs a client has used, and what is known of them: in memory, and in the journal."""

from __future__ import annotations

import functools
import logging
from collections import OrderedDict
from typing import Any, Final

import anyio

from bestsms._evidence import Obstacle, Verdict
from bestsms._failures import not_sent
from bestsms._protocol import Request
from bestsms._retry import Clock
from bestsms.errors import InvalidRequest
from bestsms.journal import Intent, Journal, JournalError

__all__ = ["HAPPENED_NOT", "Register"]

MOST_USED_IDS: Final = 100_000
"""How many ids a client remembers."""
HAPPENED_NOT: Final = frozenset({Verdict.NOT_SENT, Verdict.REJECTED})
"""After these the same id may be used again."""

_log = logging.getLogger("bestsms")


class Register:
    """The ids of one client.

    Args:
        journal: Where intents and verdicts are written, if anywhere.
        clock: Tells the time that is written.
    """

    __slots__ = ("_clock", "_used", "journal")

    def __init__(self, journal: Journal | None, clock: Clock) -> None:
        self.journal = journal
        self._clock = clock
        self._used: OrderedDict[str, Verdict] = OrderedDict()

    def claim(self, message_id: str) -> None:
        """Hold an id.

        Raises:
            InvalidRequest: A message of this client has it already.
        """
        # The provider does not tell ids apart by case.
        before = self._used.get(message_id.casefold())
        if before is not None:
            raise _used(message_id, before)
        self._used[message_id.casefold()] = Verdict.UNKNOWN

    def release(self, message_id: str, verdict: Verdict) -> None:
        """Remember what became of an id that was claimed; one that came to nothing is free."""
        self._used[message_id.casefold()] = verdict
        if verdict in HAPPENED_NOT:
            del self._used[message_id.casefold()]
        while len(self._used) > MOST_USED_IDS:
            self._used.popitem(last=False)

    async def write_intent(self, journal: Journal, request: Request[Any], intent: Intent) -> None:
        """Write down that a send is about to be made; without that, it is not made."""
        from anyio import to_thread  # noqa: PLC0415 - few clients keep a journal

        before: Verdict | None = None
        try:
            # A cancellation waits for it, and so finds a row that can be closed again.
            with anyio.CancelScope(shield=True):
                before = await to_thread.run_sync(journal.intend, intent)
        except JournalError as error:
            raise not_sent(request, str(error), Obstacle.JOURNAL) from error
        if before is not None:
            raise _used(intent.message_id, before)

    async def write_verdict(
        self, message_id: str, verdict: Verdict, *, looked_up: bool = False
    ) -> None:
        """Write down what is known of a send; a row that stays open is for ``recover()``."""
        if self.journal is None:
            return
        from anyio import to_thread  # noqa: PLC0415 - few clients keep a journal

        now = self._clock.now().timestamp()
        settle = functools.partial(self.journal.settle, now=now, looked_up=looked_up)
        # Also while the caller is being cancelled: it takes milliseconds.
        with anyio.CancelScope(shield=True):
            try:
                await to_thread.run_sync(settle, message_id, verdict)
            except JournalError as error:
                _log.warning("%s; message %s stays open in it: %s", error, message_id, verdict.name)

    async def aclose(self) -> None:
        """Close the journal's file."""
        if self.journal is not None:
            from anyio import to_thread  # noqa: PLC0415 - few clients keep a journal

            await to_thread.run_sync(self.journal.close)


def _used(message_id: str, verdict: Verdict) -> InvalidRequest:
    return InvalidRequest(
        "MessageID",
        f"was used for an earlier message, whose verdict is {verdict.name}; a new message needs a "
        "new id, and an unknown one is looked up, not sent again",
        message_id=message_id,
    )
