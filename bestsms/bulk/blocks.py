"""A block of rows at a time: all at once where they are alike, else row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import compress
from typing import Any, Final

import attrs

from bestsms.bulk.chunks import Skipped, recipient_of
from bestsms.bulk.columns import Columns, alike
from bestsms.bulk.rows import Reader, Unsendable
from bestsms.bulk.seen import Key, Seen

__all__ = ["Block", "read_block"]

FEWEST_ALIKE: Final = 16
"""Rows of which no fewer are taken all at once."""
DUPLICATE: Final = "the same recipient as in an earlier row"


@attrs.frozen
class Block:
    """Rows that can be sent, and what was passed over among them.

    Attributes:
        rows: Their fields.
        texts: Their texts; ``None`` if each gets the text of all.
        keys: What their recipients are compared by.
        positions: Their places in the source.
        skipped: What is in none of them, in order.
        columns: The rows as columns, if they are alike.
    """

    rows: Sequence[Mapping[str, str]]
    texts: Sequence[str] | None
    keys: Sequence[Key]
    positions: Sequence[int]
    skipped: Sequence[Skipped] = ()
    columns: Columns | None = None

    @classmethod
    def of(cls, blocks: Sequence[Block], message: str | None) -> Block:
        """Return several as one, where ``message`` is the text of all that have no other."""
        if len(blocks) == 1:
            return blocks[0]
        texts = None
        if any(each.texts is not None for each in blocks):
            texts = [
                text for each in blocks for text in each.texts or [message or ""] * len(each.rows)
            ]
        return cls(
            rows=[row for each in blocks for row in each.rows],
            texts=texts,
            keys=[key for each in blocks for key in each.keys],
            positions=[position for each in blocks for position in each.positions],
            skipped=[row for each in blocks for row in each.skipped],
            columns=Columns.of([each.columns for each in blocks]),
        )

    def without_repeats(self, seen: Seen) -> Block:
        """Return it without the recipients that were seen, and add the others to them."""
        again = seen.add(self.keys)
        if not again:
            return self
        kept = bytearray(b"\1") * len(self.rows)
        for at in again:
            kept[at] = 0
        repeats = [
            Skipped(self.positions[at], recipient_of(self.rows[at]), DUPLICATE, True)
            for at in again
        ]
        return Block(
            rows=list(compress(self.rows, kept)),
            texts=None if self.texts is None else list(compress(self.texts, kept)),
            keys=list(compress(self.keys, kept)),
            positions=list(compress(self.positions, kept)),
            skipped=sorted([*self.skipped, *repeats]),
            columns=None if self.columns is None else self.columns.only(bytes(kept)),
        )


def read_block(drawn: Sequence[Any], start: int, reader: Reader) -> Block:
    """Read rows.

    Args:
        drawn: The rows.
        start: The first one's place in the source.
        reader: Reads those that are not like the others.
    """
    if reader.message is None or len(drawn) < FEWEST_ALIKE:
        return _one_by_one(drawn, start, reader)
    found = alike(drawn, None if reader.guard is None else reader.guard.number)
    if found is not None and reader.serves(found.names):
        positions = range(start, start + len(drawn))
        return Block(found.rows, None, found.keys, positions, columns=found.columns)
    # One odd row among many must not make all of them slow.
    middle = len(drawn) // 2
    halves = (drawn[:middle], start), (drawn[middle:], start + middle)
    return Block.of([read_block(*half, reader) for half in halves], reader.message)


def _one_by_one(drawn: Sequence[Any], start: int, reader: Reader) -> Block:
    rows: list[Mapping[str, str]] = []
    texts: list[str] = []
    keys: list[Key] = []
    positions: list[int] = []
    skipped: list[Skipped] = []
    for position, row in enumerate(drawn, start):
        try:
            fields, key, text = reader.read(row)
        except Unsendable as why:
            skipped.append(Skipped(position, why.recipient, str(why), duplicate=False))
            continue
        rows.append(fields)
        texts.append(text)
        keys.append(key)
        positions.append(position)
    same = all(text is reader.message for text in texts)
    return Block(rows, None if same else texts, keys, positions, skipped)
