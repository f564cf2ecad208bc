"""What earlier runs of a campaign did, so that no chunk is sent twice.

By the journal, row by row: what was accepted is passed over, what is open or unknown is looked up
and never sent again unless that is asked for, and what came to nothing is sent. Of a campaign that
it does not know the provider is asked once, before anything is sent: the journal may be a new one.
Without a journal the provider is asked of each chunk before it is sent.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from bestsms._evidence import Verdict
from bestsms._sqlite import in_thread
from bestsms.bulk.asking import differs, is_known, known_elsewhere
from bestsms.bulk.chunks import Chunk
from bestsms.bulk.ending import Ending
from bestsms.bulk.naming import same_name
from bestsms.bulk.outcomes import ChunkOutcome
from bestsms.errors import (
    AuthenticationFailed,
    BestSMSError,
    CampaignChanged,
    ConfigurationError,
    InvalidRequest,
    NotSent,
    OutcomeUnknown,
    PermissionDenied,
)
from bestsms.sending import Sender
from bestsms.sending.looking import look_up

if TYPE_CHECKING:
    # Few clients keep a journal; the others do not pay for the import.
    from bestsms.journal import Intent, Known, Planned

__all__ = ["Earlier", "History"]

T = TypeVar("T")


class Earlier(NamedTuple):
    """What an earlier run did with a chunk.

    Attributes:
        outcome: What became of it; ``None`` if it is to be sent.
        again: Whether it is then sent once more, since the provider does not know the first one.
    """

    outcome: ChunkOutcome | None
    again: bool = False


class History:
    """What is known of the chunks of one campaign.

    Args:
        sender: The client's.
        campaign: The campaign's name; ``None`` for a run that is none.
        separate: Whether each recipient has a request of its own.
        resend_absent: Whether an unknown chunk is sent again that the provider does not know.
        ending: Whether the run goes on.

    Raises:
        InvalidRequest: Something is to be sent again, and nobody keeps what was sent.
    """

    def __init__(
        self,
        sender: Sender,
        campaign: str | None,
        *,
        separate: bool,
        resend_absent: bool,
        ending: Ending,
    ) -> None:
        self._sender = sender
        self._ending = ending
        self._journal = sender.register.journal
        self._campaign = None if campaign is None else same_name(campaign)
        self._separate = separate
        self._resend_absent = resend_absent
        self._rerun = False
        self._asked = False
        self._unwritten: dict[int, Planned] = {}
        if resend_absent and (campaign is None or self._journal is None):
            raise InvalidRequest(
                "resend_absent",
                "needs campaign= and a client with journal=: only what is written down can be "
                "sent again",
            )

    async def begin(self) -> None:
        """Find out whether there was an earlier run.

        Raises:
            CampaignChanged: It was packed in another way.
            ConfigurationError: The journal can't be read.
        """
        journal, campaign = self._journal, self._campaign
        if journal is None or campaign is None:
            return
        before = await _read(functools.partial(journal.progress, campaign))
        self._rerun = before.separate is not None
        if self._rerun and before.separate != self._separate:
            raise CampaignChanged(
                "campaign",
                f"it was begun with separate={before.separate} (--separate), and its MessageIDs "
                "are made of that; go on with the same, or give the run a name of its own",
            )

    async def recall(self, chunk: Chunk) -> Known | None:
        """Return what an earlier run began of the next chunk; to be called in their order.

        Raises:
            CampaignChanged: The chunk is not what it was, and sending it could send twice; or the
                provider knows a campaign that the journal does not.
            ConfigurationError: The journal can't be read.
            NotSent: Whether it does could not be asked.
        """
        journal, campaign = self._journal, self._campaign
        if journal is None or campaign is None:
            return None
        planned = self._planned(chunk, campaign)
        if not (self._rerun or self._asked):
            self._asked = True
            if await is_known(self._sender, chunk, self._ending):
                # Another run may have begun it since; then it is in the journal.
                await self.begin()
                if not self._rerun:
                    raise known_elsewhere(chunk)
        known = await self.look(chunk) if self._rerun else None
        if known is not None and known.intent is not None:
            return known
        if not self._separate:
            self._unwritten[chunk.index] = planned
        return None

    async def look(self, chunk: Chunk) -> Known | None:
        """Return what the journal knows of a chunk now.

        Raises:
            CampaignChanged: The chunk is not what it was, and sending it could send twice.
            ConfigurationError: The journal can't be read.
        """
        journal, campaign = self._journal, self._campaign
        if journal is None or campaign is None:
            return None
        now = self._sender.transport.clock.now().timestamp()
        planned = self._planned(chunk, campaign)
        known = await _read(functools.partial(journal.known, planned, now=now))
        if known.changed:
            raise _changed(chunk)
        return known

    def planned(self, chunk: Chunk) -> tuple[Planned, ...]:
        """Return what is written down with a chunk: itself, and those before it that are not yet.

        So the journal has no gap before what was sent, and any change of the list is found.
        """
        if self._journal is None or self._campaign is None:
            return ()
        before = [each for index, each in self._unwritten.items() if index < chunk.index]
        return (*before, self._planned(chunk, self._campaign))

    def written(self, chunk: Chunk) -> None:
        """Forget what was written down with a chunk."""
        for index in [index for index in self._unwritten if index <= chunk.index]:
            del self._unwritten[index]

    async def earlier(self, chunk: Chunk, known: Known | None) -> Earlier:
        """Settle what an earlier run did; to be called at any time after :meth:`recall`.

        Raises:
            NotSent: The client is closed.
        """
        if known is None or known.intent is None:
            return Earlier(None)
        verdict = known.intent.verdict
        if verdict is Verdict.ACCEPTED:
            return Earlier(ChunkOutcome(chunk=chunk, verdict=verdict, resumed=True))
        if verdict is not None and verdict.nothing_done:
            return Earlier(None)
        return await (
            self._under_way(chunk) if known.living else self._settled(chunk, known.intent)
        )

    async def _settled(self, chunk: Chunk, intent: Intent) -> Earlier:
        """Look up what an earlier run left open or unknown."""
        from bestsms.sending.recovering import settle  # noqa: PLC0415 - see the imports

        found = await settle(self._sender.transport, self._sender.register, intent)
        if found.absent and self._resend_absent:
            return Earlier(None, again=True)
        if found.verdict.nothing_done:
            return Earlier(None)
        said = (
            "the provider, asked after the settle window, does not know it; resend_absent=True "
            "sends such a request once more"
            if found.absent
            else "it could not be looked up now"
        )
        return Earlier(_found(chunk, found.verdict, said, absent=found.absent))

    async def _under_way(self, chunk: Chunk) -> Earlier:
        """Look once at what another run may be sending now; what becomes of it is for that one."""
        found = await look_up(self._sender.transport, chunk.message_id, window=0.0)
        verdict = Verdict.UNKNOWN if found.report is None else Verdict.ACCEPTED
        return Earlier(_found(chunk, verdict, "another run of the campaign is sending it now"))

    async def ask(self, chunk: Chunk) -> ChunkOutcome | None:
        """Ask the provider for a chunk of a campaign that nobody writes down.

        Returns:
            What became of it, or why it can't be sent now; ``None`` if the provider does not know
            it.

        Raises:
            CampaignChanged: What the provider knows under its id has other recipients.
        """
        if self._journal is not None or self._campaign is None:
            return None
        found = await look_up(self._sender.transport, chunk.message_id, window=0.0)
        if found.report is not None:
            if differs(found.report, chunk):
                raise _changed(chunk)
            return ChunkOutcome(chunk=chunk, verdict=Verdict.ACCEPTED, resumed=True)
        if found.denied:
            return None
        error: BestSMSError = NotSent(
            f"Whether chunk {chunk.index}, message {chunk.message_id}, was sent before could not "
            f"be asked: {found}. Nothing was sent; a rerun tries again.",
            message_id=chunk.message_id,
            verdict=Verdict.NOT_SENT,
        )
        if isinstance(found.failure, AuthenticationFailed | PermissionDenied):
            error = found.failure
        return ChunkOutcome(chunk=chunk, verdict=Verdict.NOT_SENT, error=error)

    def _planned(self, chunk: Chunk, campaign: str) -> Planned:
        from bestsms.journal import Planned  # noqa: PLC0415 - see the imports

        return Planned(
            message_id=chunk.message_id,
            campaign=campaign,
            place=None if self._separate else chunk.index,
            digest=chunk.digest,
            recipients=len(chunk.rows),
        )


def _found(chunk: Chunk, verdict: Verdict, said: str, *, absent: bool = False) -> ChunkOutcome:
    known = verdict is Verdict.ACCEPTED
    error = OutcomeUnknown(
        f"Chunk {chunk.index}, message {chunk.message_id}, was begun by an earlier run and has no "
        f"verdict: {said}. It was not sent again.",
        message_id=chunk.message_id,
        verdict=Verdict.UNKNOWN,
    )
    error.absent = absent
    return ChunkOutcome(
        chunk=chunk,
        verdict=verdict,
        resumed=True,
        reconciled=known,
        absent=absent,
        error=None if known else error,
    )


def _changed(chunk: Chunk) -> CampaignChanged:
    return CampaignChanged(
        "campaign",
        f"chunk {chunk.index} is not what it was in the run before: the list, the text or the "
        "packing (max_destinations=, max_bytes=, separate=; --per-request, --separate) changed, "
        "and what comes now may have been sent already; go on with what it was, or give the "
        "changed list a name of its own, without those who have it",
        message_id=chunk.message_id,
    )


async def _read(read: Callable[[], T]) -> T:
    from bestsms.journal import JournalError  # noqa: PLC0415 - see the imports

    try:
        return await in_thread(read)
    except JournalError as error:
        raise ConfigurationError(f"send_many: {error}") from error
