"""What the wire can hold of a row: so many bytes, and in XML not every character."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from bestsms._protocol import MAX_REQUEST_BYTES
from bestsms._settings import WireFormat
from bestsms._wire.xml import FORBIDDEN
from bestsms.bulk.packing import encoder
from bestsms.numbers import Refused

__all__ = ["Limits"]

ESCAPED: Final = 6
"""Bytes that a character takes in JSON, at the most."""
FRAME: Final = 500
"""Bytes that the names of all fields take in JSON, and what is around the values, at the most."""


class Limits:
    """Holds rows against what a request takes.

    A row is measured before it counts as one that was there: a later one to the same number may be
    small enough.

    Args:
        max_bytes: The most bytes of a row's fields in JSON.
        wire_format: How the request is written.
    """

    __slots__ = ("_forbidden", "_max_bytes")

    def __init__(
        self, max_bytes: int = MAX_REQUEST_BYTES, wire_format: WireFormat = "json"
    ) -> None:
        self._max_bytes = max_bytes
        self._forbidden = re.compile(FORBIDDEN) if wire_format == "xml" else None

    def all_within(self, rows: Sequence[Mapping[str, str]], size: int) -> bool:
        """Say whether many rows are surely within the limits.

        Args:
            rows: Their fields.
            size: The bytes of all their values but the numbers together.
        """
        room = (self._max_bytes - FRAME) // ESCAPED
        if size <= room and self._forbidden is None:
            return True
        texts = ["".join(row.values()) for row in rows]
        if self._forbidden is not None and self._forbidden.search("".join(texts)):
            return False
        return size <= room or max(len(text.encode()) for text in texts) <= room

    def check_text(self, name: str, text: str) -> None:
        """Check one text.

        Raises:
            Refused: It holds a character that can't be written.
        """
        if self._forbidden is not None and (found := self._forbidden.search(text)):
            raise Refused(
                f"{name} holds U+{ord(found[0]):04X} at character {found.start()}, which no XML "
                "document can hold; leave it out, or use wire_format='json'"
            )

    def check(self, fields: Mapping[str, str]) -> None:
        """Check one row.

        Raises:
            Refused: A field holds a character that can't be written, or they are too large.
        """
        if self._forbidden is not None:
            for name, text in fields.items():
                self.check_text(name, text)
        if sum(map(len, fields.values())) > (self._max_bytes - FRAME) // ESCAPED:
            size = len(encoder()([fields]))
            if size > self._max_bytes:
                raise Refused(f"takes {size:,} bytes, and max_bytes is {self._max_bytes:,}")
