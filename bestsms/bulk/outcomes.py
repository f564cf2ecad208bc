"""What became of a campaign: of each recipient, of each chunk, and in all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import attrs

from bestsms._evidence import Verdict
from bestsms.bulk.chunks import Chunk, Skipped, recipient_of
from bestsms.errors import BestSMSError

__all__ = ["ChunkOutcome", "RecipientOutcome", "Totals"]


class RecipientOutcome(NamedTuple):
    """What became of one row.

    Attributes:
        position: Its place in the source, from 0.
        recipient: The number, or the key of a contact or group.
        message_id: The MessageID of its chunk, by which it is followed; ``None`` if it is in none.
        verdict: What is known of it. A duplicate or a refused row is ``NOT_SENT``.
        reason: Why it is not ``ACCEPTED``; empty if it is.
    """

    position: int
    recipient: str
    message_id: str | None
    verdict: Verdict
    reason: str = ""


@attrs.frozen(kw_only=True, eq=False)
class ChunkOutcome:
    """What became of one request, and of the rows that were passed over before it.

    Attributes:
        chunk: What was to be sent; ``None`` where nothing was left of the rows of one, or where it
            is not what an earlier run sent (:class:`~bestsms.CampaignChanged`): of whom such a one
            names nobody can say that nothing was sent to them.
        verdict: What is known of it. Without a chunk it is ``NOT_SENT``.
        skipped: Duplicates and refused rows that stood before or among its rows.
        resumed: Whether an earlier run sent it, so that this one made no POST.
        reconciled: Whether its answer was lost, and it was found by looking it up.
        absent: Whether it is ``UNKNOWN`` and the provider, asked after the settle window, does not
            know it.
        requests: How many POSTs were made for it.
        error: Why it is not ``ACCEPTED``.
    """

    chunk: Chunk | None = attrs.field(repr=False)
    verdict: Verdict
    skipped: Sequence[Skipped] = attrs.field(default=(), repr=False)
    resumed: bool = False
    reconciled: bool = False
    absent: bool = False
    requests: int = 0
    error: BestSMSError | None = None

    @property
    def message_id(self) -> str | None:
        """The MessageID, by which the chunk is followed."""
        return None if self.chunk is None else self.chunk.message_id

    def __len__(self) -> int:
        """Return how many recipients were in the request."""
        return 0 if self.chunk is None else len(self.chunk.rows)

    def recipients(self) -> Iterator[RecipientOutcome]:
        """Yield what became of each row: those of the chunk, then those that were passed over."""
        if self.chunk is not None:
            reason = "" if self.error is None else str(self.error)
            message_id, verdict = self.chunk.message_id, self.verdict
            for position, row in zip(self.chunk.positions, self.chunk.rows, strict=True):
                to = recipient_of(row)
                yield RecipientOutcome(position, to, message_id, verdict, reason)
        for each in self.skipped:
            position, to, reason, _ = each
            yield RecipientOutcome(position, to, None, Verdict.NOT_SENT, reason)


@attrs.define(kw_only=True)
class Totals:
    """How many of what, so far; recipients unless it says otherwise.

    ``read`` is the sum of all the others but the last three.
    """

    read: int = 0
    accepted: int = 0
    rejected: int = 0
    not_sent: int = 0
    unknown: int = 0
    duplicates: int = 0
    refused: int = 0
    """Rows that could not be sent as they stand: no number, a missing field, a guard."""
    resumed: int = 0
    """Of the accepted: those that an earlier run had sent."""
    chunks: int = 0
    requests: int = 0

    def add(self, outcome: ChunkOutcome) -> None:
        """Count one outcome."""
        skipped = len(outcome.skipped)
        duplicates = sum(row.duplicate for row in outcome.skipped)
        self.duplicates += duplicates
        self.refused += skipped - duplicates
        self.read += skipped + len(outcome)
        if outcome.chunk is None:
            return
        name = outcome.verdict.name.lower()
        setattr(self, name, getattr(self, name) + len(outcome))
        if outcome.resumed and outcome.verdict is Verdict.ACCEPTED:
            self.resumed += len(outcome)
        self.chunks += 1
        self.requests += outcome.requests
