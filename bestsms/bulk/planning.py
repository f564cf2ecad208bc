"""A list to the requests of a campaign: read, without repeats, packed, named. No network."""

from __future__ import annotations

import functools
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, Self

from anyio.lowlevel import checkpoint

from bestsms._settings import Version, WireFormat
from bestsms._wire.checks import Flag, Number, Text
from bestsms.bulk.blocks import Block, read_block
from bestsms.bulk.chunks import Batch, Chunk, Skipped
from bestsms.bulk.columns import encoded
from bestsms.bulk.fields import in_order
from bestsms.bulk.limits import Limits
from bestsms.bulk.naming import Names
from bestsms.bulk.packing import Encode, encoder, packed
from bestsms.bulk.rows import Reader, Recipients
from bestsms.bulk.seen import Seen
from bestsms.bulk.sources import source_of
from bestsms.bulk.texts import Group, grouped
from bestsms.templates import require_values

if TYPE_CHECKING:
    # Few clients have a guard; the others do not pay for the import.
    from bestsms.sending.guarding import Guard

__all__ = ["Plan"]

MOST_DESTINATIONS: Final = 10_000
"""Of more than that, the report by which an unclear request is looked up would be too long."""
FEWEST_BYTES: Final = 1_000
MOST_BYTES: Final = 20_000_000
BLOCK: Final = 1_000
"""Rows that are read before other tasks get a turn."""

_MESSAGE: Final = Text("Message", min_length=1)
_SEPARATE: Final = Flag("separate")
_DESTINATIONS: Final = Number("max_destinations", minimum=1, maximum=MOST_DESTINATIONS)
_BYTES: Final = Number("max_bytes", minimum=FEWEST_BYTES, maximum=MOST_BYTES)


class Plan:
    """The chunks of a campaign, one after the other, made as they are asked for.

    The same rows, text, campaign and settings make the same chunks with the same MessageIDs,
    whatever is installed.

    Example:
        >>> import anyio
        >>> async def sizes():
        ...     numbers = ["+61421000001", "+61421000002", "+61 421 000 001"]
        ...     async for chunk, skipped in Plan(numbers, message="Hello"):
        ...         print(len(chunk.rows), [each.position for each in skipped])
        >>> anyio.run(sizes)
        2 [2]

    Args:
        recipients: Who gets it: an iterable or an async one of numbers, destinations, contacts,
            groups and mappings, or the path of a CSV file. A plain iterable is drawn from in the
            event loop: one that waits belongs into an async one.
        message: The text of every row that has none of its own.
        campaign: The name that MessageIDs are made of; by chance without one.
        separate: Whether each recipient has a request, and a MessageID, of its own.
        max_destinations: The most rows of a chunk, up to 10,000; about half a kilobyte each is
            held for every chunk that is under way.
        max_bytes: The most bytes of a chunk's encoded rows.
        version: The API version of the sends.
        guard: What every number must pass; it puts numbers into E.164 form as well.
        files: How many files go with each message; ``None`` if the caller has checked that.
        in_threads: Whether an iterator, which may block, is drawn in a thread.
        wire_format: How the sends are written.

    Raises:
        InvalidRequest: An argument is refused. Later, as it is iterated: what can be known of the
            first row only (columns of no known field, no text at all), or a file that is no CSV.
    """

    def __init__(
        self,
        recipients: Recipients,
        *,
        message: str | None = None,
        campaign: str | None = None,
        separate: bool = False,
        max_destinations: int = 3_000,
        max_bytes: int = 1_000_000,
        version: Version = "2.04",
        guard: Guard | None = None,
        files: int | None = None,
        in_threads: bool = False,
        wire_format: WireFormat = "json",
    ) -> None:
        _MESSAGE.maybe(message)
        _SEPARATE.check(separate)
        _DESTINATIONS.check(max_destinations)
        _BYTES.check(max_bytes)
        if message is not None and files is not None:
            require_values(message, (), files)
        self._names = Names(campaign)
        self._source = source_of(recipients, message, campaign, in_threads=in_threads)
        self._reader = Reader(
            message,
            version,
            guard,
            files,
            lasting=separate and campaign is not None,
            limits=Limits(max_bytes, wire_format),
        )
        self._separate = separate
        self._max_destinations = max_destinations
        self._max_bytes = max_bytes
        self._encode: Encode = encoder()
        self._batches = self._made()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Batch:
        return await anext(self._batches)

    async def aclose(self) -> None:
        """End it, and let go of the source's file if it is one."""
        await self._batches.aclose()

    async def _made(self) -> AsyncGenerator[Batch, None]:
        seen, position, index = Seen(), 0, 0
        try:
            while True:
                block, count = await self._block(position, seen)
                if not count:
                    return
                position += count
                waiting: Sequence[Skipped] = block.skipped
                for chunk in self._chunks(block, index):
                    yield Batch(chunk, waiting)
                    index, waiting = chunk.index + 1, ()
                if waiting:
                    yield Batch(None, waiting)
        finally:
            self._source.close()

    async def _block(self, position: int, seen: Seen) -> tuple[Block, int]:
        """Return what is read of the next rows, and how many there were."""
        blocks: list[Block] = []
        count = 0
        while count < self._max_destinations:
            wanted = min(BLOCK, self._max_destinations - count)
            drawn = await self._source.draw(wanted)
            if drawn and not position + count and not self._source.checked:
                self._reader.refuse_first(drawn[0])
            block = read_block(drawn, position + count, self._reader).without_repeats(seen)
            if not self._separate:
                for columns in block.columns:
                    columns.encode()
            blocks.append(block)
            count += len(drawn)
            await checkpoint()
            if len(drawn) < wanted:
                break
        return Block.of(blocks, self._reader.message), count

    def _chunks(self, block: Block, index: int) -> Iterator[Chunk]:
        for group in self._groups(block):
            for at, end, bytes_ in packed(len(group.rows), self._max_bytes, self._encoding(group)):
                first = group.start + at
                message, rows = group.message, group.rows[at:end]
                if len(bytes_) > self._max_bytes:
                    # Its text among its fields is too much; without that it was read as small
                    # enough.
                    message, rows = self._text(block, first), [block.rows[first]]
                    bytes_ = self._encoded(rows)  # noqa: PLW2901 - the same row, in fewer
                yield Chunk(
                    index=index,
                    message_id=(
                        self._names.of_recipient(block.keys[first])
                        if self._separate
                        else self._names.of_chunk(index)
                    ),
                    message=message,
                    rows=rows,
                    positions=block.positions[first : group.start + end],
                    encoded=bytes_,
                )
                index += 1

    def _encoding(self, group: Group) -> Callable[[int, int], bytes]:
        if group.columns:
            return functools.partial(encoded, group.columns)
        return lambda start, end: self._encoded(group.rows[start:end])

    def _encoded(self, rows: Sequence[Mapping[str, str]]) -> bytes:
        # The caller's own may be in any order, and the same rows must make the same bytes.
        return self._encode(list(map(in_order, rows)))

    def _groups(self, block: Block) -> Iterator[Group]:
        """Yield rows that can be in one request."""
        if self._separate:
            for at, row in enumerate(block.rows):
                yield Group(at, self._text(block, at), [row])
        elif block.texts is None:
            yield Group(0, self._text(block, 0), block.rows, block.columns)
        else:
            yield from grouped(block.rows, block.texts)

    def _text(self, block: Block, at: int) -> str:
        return self._reader.message or "" if block.texts is None else block.texts[at]
