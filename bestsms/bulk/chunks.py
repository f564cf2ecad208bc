"""What a plan is made of: chunks, each one request, and the rows that are in none."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import attrs

from bestsms.bulk.naming import digest

__all__ = ["Batch", "Chunk", "Skipped", "recipient_of"]


class Skipped(NamedTuple):
    """A row that is in no chunk.

    Attributes:
        position: Its place in the source, from 0.
        recipient: The number or key as it was given; empty if there is none.
        reason: Why, in a few words and without the number.
        duplicate: Whether the same recipient stood in an earlier row.
    """

    position: int
    recipient: str
    reason: str
    duplicate: bool


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Chunk:
    """One request of a campaign.

    Attributes:
        index: Its place in the campaign, from 0.
        message_id: Its MessageID: of one campaign and one input always the same.
        message: The text; a placeholder alone, where each recipient has a text of its own.
        rows: The fields of each recipient by wire name: ``{"Recipient": "+61421000001", ...}``.
            They may be the caller's own: not to be changed.
        positions: Their places in the source, from 0.
        encoded: The rows as a JSON array in UTF-8.
    """

    index: int
    message_id: str
    message: str
    rows: Sequence[Mapping[str, str]]
    positions: Sequence[int]
    encoded: bytes

    @functools.cached_property
    def digest(self) -> str:
        """SHA-256, in hex, of what is sent to whom: the text and the encoded recipients.

        A rerun that comes to another one under the same MessageID was given another list.
        """
        return digest(self.message, self.encoded)


class Batch(NamedTuple):
    """A step of a plan: a chunk, and what was passed over before it or among its rows.

    There is no chunk where nothing is left of the rows of one, at the end or earlier.
    """

    chunk: Chunk | None
    skipped: Sequence[Skipped]


def recipient_of(row: Mapping[str, str]) -> str:
    """Return whom a row of a chunk goes to: its number, or the key of a contact or group."""
    # Of rows without a number, that key is the first field.
    return row.get("Recipient") or next(iter(row.values()))
