"""A block of rows at a time: all at once where they are alike, else row by row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, chain, compress
from typing import Any, Final, TypeVar

import attrs

from bestsms.bulk.chunks import Skipped, recipient_of
from bestsms.bulk.columns import Columns, alike
from bestsms.bulk.rows import Reader, Unsendable
from bestsms.bulk.seen import Key, Seen

__all__ = ["Block", "read_block"]

T = TypeVar("T")

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
        columns: The rows as columns, one block after the other; none unless all of them are alike
            in theirs.
    """

    rows: Sequence[Mapping[str, str]]
    texts: Sequence[str] | None
    keys: Sequence[Key]
    positions: Sequence[int]
    skipped: Sequence[Skipped] = ()
    columns: Sequence[Columns] = ()

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
            rows=_joined([each.rows for each in blocks]),
            texts=texts,
            keys=_joined([each.keys for each in blocks]),
            positions=_in_succession([each.positions for each in blocks]),
            skipped=_joined([each.skipped for each in blocks]),
            columns=(
                _joined([each.columns for each in blocks])
                if all(each.columns or not each.rows for each in blocks)
                else ()
            ),
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
            columns=_only(self.columns, bytes(kept)),
        )


def _joined(parts: Iterable[Iterable[T]]) -> list[T]:
    return list(chain.from_iterable(parts))


def _only(columns: Sequence[Columns], kept: bytes) -> list[Columns]:
    starts = accumulate(map(len, columns), initial=0)
    left = [each.only(kept[start:]) for each, start in zip(columns, starts, strict=False)]
    return [each for each in left if each]


def _in_succession(parts: Sequence[Sequence[int]]) -> Sequence[int]:
    """Return positions as one range, if they are."""
    filled = [each for each in parts if each]
    whole = range(filled[0][0], filled[-1][-1] + 1) if filled else range(0)
    return whole if len(whole) == sum(map(len, filled)) else _joined(filled)


def read_block(drawn: Sequence[Any], start: int, reader: Reader) -> Block:
    """Read rows.

    Args:
        drawn: The rows.
        start: The first one's place in the source.
        reader: Reads those that are not like the others.
    """
    if reader.message is None or len(drawn) < FEWEST_ALIKE:
        return _one_by_one(drawn, start, reader)
    found = alike(drawn, reader.reads)
    if (
        found is not None
        and reader.serves(found.names)
        and reader.limits.all_within(found.rows, found.size)
    ):
        positions = range(start, start + len(drawn))
        columns = () if found.columns is None else (found.columns,)
        return Block(found.rows, None, found.keys, positions, columns=columns)
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
