"""One chunk on its way to its outcome: paced, held by the breaker, tried again where it is safe.

Every request goes through :mod:`bestsms.sending.posting`, the one code path that may POST a send.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import attrs

from bestsms._evidence import Obstacle, Verdict
from bestsms._wire.convert import structure
from bestsms.api import Destination
from bestsms.bulk.breaker import Breaker, may_pass
from bestsms.bulk.chunks import Chunk
from bestsms.bulk.ending import Ending
from bestsms.bulk.outcomes import ChunkOutcome
from bestsms.bulk.pace import Pace
from bestsms.bulk.resuming import History
from bestsms.errors import BestSMSError, InvalidRequest, NotSent, OutcomeUnknown
from bestsms.sending import Sender
from bestsms.sending.preparing import STAND_IN, Prepared, post

if TYPE_CHECKING:
    # Few clients keep a journal; the others do not pay for the import.
    from bestsms.journal import Known

__all__ = ["Courier"]

TRIES: Final = 20
"""How often a chunk is sent that comes to nothing, each time with retries of its own; enough for
all the pauses of a run."""


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Courier:
    """Takes the chunks of one run to the provider.

    Attributes:
        sender: The client's.
        fields: What all requests have in common, as ``compose`` made it.
        reference: A note of the caller's own.
        history: What earlier runs did.
        pace: How fast it goes.
        breaker: When it pauses.
        ending: Whether it goes on.
    """

    sender: Sender
    fields: Mapping[str, Any]
    reference: str | None
    history: History
    pace: Pace
    breaker: Breaker
    ending: Ending

    async def carry(self, chunk: Chunk, known: Known | None, slot: int) -> ChunkOutcome:
        """Take a chunk to its outcome.

        Args:
            chunk: What is to be sent.
            known: What the journal knows of it.
            slot: The place that it takes of those at once.
        """
        try:
            outcome = await self._carry(chunk, known, slot)
            if _is_used(outcome.error):
                # Another run has come between; the journal knows what it does.
                known = await self.history.look(chunk)
                outcome = (await self.history.earlier(chunk, known)).outcome or outcome
        except NotSent as error:
            # The client was closed before what an earlier run did could be settled.
            outcome = ChunkOutcome(chunk=chunk, verdict=Verdict.UNKNOWN, resumed=True, error=error)
            self._learn(outcome, tried=False)
        return outcome

    async def _carry(self, chunk: Chunk, known: Known | None, slot: int) -> ChunkOutcome:
        earlier = await self.history.earlier(chunk, known)
        if earlier.outcome is not None:
            return earlier.outcome
        outcome = await self._try(chunk, slot, again=earlier.again)
        requests, tries = outcome.requests, 1
        # A second copy is tried once: whoever asked for it can ask again.
        most = 1 if earlier.again else TRIES
        while may_pass(outcome.error) and not self.ending.begun and tries < most:
            outcome = await self._try(chunk, slot, again=False)
            requests, tries = requests + outcome.requests, tries + 1
        return outcome if tries == 1 else attrs.evolve(outcome, requests=requests)

    async def _try(self, chunk: Chunk, slot: int, *, again: bool) -> ChunkOutcome:
        async with self.breaker.passage() as tried:
            await self.ending.pause(self.pace.delay(len(chunk.rows)))
            if self.ending.begun:
                return _outcome(chunk, _too_late(chunk), again=again)
            outcome = await self._asked(chunk) or await self._post(chunk, slot, again=again)
            self._learn(outcome, tried=tried)
            return outcome

    def _learn(self, outcome: ChunkOutcome, *, tried: bool) -> None:
        reason = self.breaker.learn(outcome.verdict, outcome.error, tried=tried)
        if reason is not None:
            self.ending.stop(reason, outcome.error)

    async def _asked(self, chunk: Chunk) -> ChunkOutcome | None:
        try:
            return await self.history.ask(chunk)
        except NotSent as error:
            return ChunkOutcome(chunk=chunk, verdict=Verdict.NOT_SENT, error=error)

    async def _post(self, chunk: Chunk, slot: int, *, again: bool) -> ChunkOutcome:
        prepared = self._prepared(chunk, again=again)
        try:
            sent = await post(self.sender, prepared, self.fields, self.reference)
        except BestSMSError as error:
            self.pace.learn(error.attempts, slot)
            if not _is_unwritten(error):
                self.history.written(chunk)
            return _outcome(chunk, error, again=again)
        self.pace.learn(sent.attempts, slot)
        self.history.written(chunk)
        return ChunkOutcome(
            chunk=chunk,
            verdict=Verdict.ACCEPTED,
            reconciled=sent.reconciled,
            requests=len(sent.attempts),
        )

    def _prepared(self, chunk: Chunk, *, again: bool) -> Prepared:
        in_json = self.sender.transport.settings.wire_format == "json"
        return Prepared(
            message_id=chunk.message_id,
            message=chunk.message,
            destinations=(
                (STAND_IN,) if in_json else [structure(row, Destination) for row in chunk.rows]
            ),
            encoded=chunk.encoded if in_json else None,
            planned=self.history.planned(chunk),
            again=again,
        )


def _outcome(chunk: Chunk, error: BestSMSError, *, again: bool) -> ChunkOutcome:
    # It is read, not raised; its frames hold the request's bytes.
    error.__traceback__ = None
    verdict = error.verdict or Verdict.UNKNOWN
    used = _is_used(error)
    if used or (again and verdict.nothing_done):
        # The first one is as unknown as before.
        verdict = Verdict.UNKNOWN
    return ChunkOutcome(
        chunk=chunk,
        verdict=verdict,
        resumed=used or again,
        absent=isinstance(error, OutcomeUnknown) and error.absent,
        requests=len(error.attempts),
        error=error,
    )


def _is_used(error: BestSMSError | None) -> bool:
    """Say whether a message has the MessageID already, so that nothing was sent under it."""
    return isinstance(error, InvalidRequest) and error.field == "MessageID"


def _is_unwritten(error: BestSMSError) -> bool:
    """Say whether a request ended before its intent was in the journal."""
    return isinstance(error, InvalidRequest) or (
        isinstance(error, NotSent) and error.obstacle is Obstacle.JOURNAL
    )


def _too_late(chunk: Chunk) -> NotSent:
    return NotSent(
        f"The run ended before chunk {chunk.index} had its turn. Nothing was sent.",
        message_id=chunk.message_id,
        verdict=Verdict.NOT_SENT,
    )
