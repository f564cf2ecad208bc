"""Texts that differ, in as few requests as may be.

A request has one text. Rows that have their own go together in one whose text is ``[[Custom1]]`` or
``[[Custom2]]`` alone, with each row's text in that field. The references do not say it can be done,
only that the server puts the field there. What is not known of the real server is left out: a text
with placeholders of its own (whether they are filled in again, E19), one longer than 300 characters
(the only length of a custom field that is written anywhere, for version 3.00), one with line breaks
or blanks at its ends (whether they are kept), and the fields from ``Custom3``, which no table of
the SMS references has (T21). Such texts have requests of their own, one for each run of the same;
and so has any text of a hundred rows in succession, or of a contact or a group, whose own
``Custom1`` in the address book may be what is filled in.

A text is counted in parts as it is: nothing is before or after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from bestsms.bulk.columns import Columns
from bestsms.bulk.fields import KEYS

__all__ = ["Group", "grouped"]

CARRIERS: Final = ("Custom1", "Custom2")
LONGEST: Final = 300
LONG_RUN: Final = 100
"""Rows of the same text from which on they have a request of their own, as the references have it.
"""
_CONTROL: Final = r"[\x00-\x1f\x7f-\x9f\u2028\u2029]"


class Group(NamedTuple):
    """Rows that can be sent in one request.

    Attributes:
        start: Where they stand among the rows.
        message: The text of the request.
        rows: Their fields.
        columns: The rows as columns, if they are alike.
    """

    start: int
    message: str
    rows: Sequence[Mapping[str, str]]
    columns: Sequence[Columns] = ()


def grouped(rows: Sequence[Mapping[str, str]], texts: Sequence[str]) -> Iterator[Group]:
    """Yield rows with their texts in groups, in their order."""
    runs: list[tuple[str, int, int]] = []
    end = 0
    for text, run in groupby(texts):
        start, end = end, end + sum(1 for _ in run)
        runs.append((text, start, end))

    def is_carried(run: tuple[str, int, int]) -> bool:
        text, start, end = run
        numbers = all(KEYS[0] in row for row in rows[start:end])
        return end - start < LONG_RUN and numbers and _fits(text)

    for carried, several in groupby(runs, is_carried):
        yield from _together(rows, list(several), carried=carried)


def _together(
    rows: Sequence[Mapping[str, str]], runs: Sequence[tuple[str, int, int]], *, carried: bool
) -> Iterator[Group]:
    first, last = runs[0][1], runs[-1][2]
    carrier = next(
        (name for name in CARRIERS if not any(name in row for row in rows[first:last])), None
    )
    if not carried or carrier is None or len(runs) == 1:
        for text, start, end in runs:
            yield Group(start, text, rows[start:end])
        return
    filled = [{**row, carrier: text} for text, start, end in runs for row in rows[start:end]]
    yield Group(first, f"[[{carrier}]]", filled)


def _fits(text: str) -> bool:
    """Say whether a text can be put into a custom field, and come out as it is."""
    return (
        len(text) <= LONGEST
        and "[[" not in text
        and text == text.strip()
        and re.search(_CONTROL, text) is None
    )
