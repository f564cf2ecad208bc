"""Rows to the bytes of a request's ``Destinations``, within a budget of bytes."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import NamedTuple

from bestsms._wire import json

__all__ = ["Packed", "encoder", "packed"]

Encode = Callable[[object], bytes]


class Packed(NamedTuple):
    """Rows that fit into one request, or one that fits into none.

    Attributes:
        start: Where they stand among the rows that were to be packed.
        end: Where the next one stands.
        encoded: They as a JSON array in UTF-8.
    """

    start: int
    end: int
    encoded: bytes


@functools.cache
def encoder() -> Encode:
    """Return the fastest encoder there is: that of orjson, or the standard library's.

    Both write the same bytes of the same rows, so that it does not matter to a campaign whether it
    is resumed with the other one.
    """
    try:
        from orjson import dumps  # noqa: PLC0415 - the extra ``fast``
    except ImportError:
        return json.dumps
    return dumps


def packed(count: int, max_bytes: int, encoded: Callable[[int, int], bytes]) -> Iterator[Packed]:
    """Encode rows, all at once if they fit, else halved until each part does.

    A row that is over the budget alone comes as it is: as one that can't be sent.

    Args:
        count: How many rows there are; none are no part.
        max_bytes: The budget.
        encoded: Encodes the rows from one index to before another.
    """
    parts = [(0, count)] if count else []
    while parts:
        start, end = parts.pop()
        bytes_ = encoded(start, end)
        if len(bytes_) <= max_bytes or end - start == 1:
            yield Packed(start, end, bytes_)
            continue
        middle = (start + end) // 2
        parts += [(middle, end), (start, middle)]
