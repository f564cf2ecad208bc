"""What a person reads of a list: a figure a line, and of refused rows which and why."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Final

from bestsms.bulk.chunks import Skipped
from bestsms.numbers import shown

__all__ = ["MOST_NAMED", "line", "named"]

MOST_NAMED: Final = 5
"""How many refused rows are worth a person's time."""
_WORDS: Final = {
    "allowed_prefixes": "--allow-prefix",
    "allowed_regions": "--region",
    "default_region": "--region",
}
_OF_NO_COUNTRY: Final = (
    "begins with none of --allow-prefix",
    "is of no country, as satellite phones are (--allow-any)",
)


def line(name: str, text: str) -> str:
    """Return a figure and its name, below the figures of others."""
    return f"  {name:<10}  {text}"


def named(first: list[Skipped], count: int, words: argparse.Namespace) -> Iterator[str]:
    """Say of refused rows which and why, as lines below their count.

    Args:
        first: The first of them.
        count: How many there are.
        words: The command, whose words are named where the library names its settings.
    """
    for row in first:
        reason = row.reason
        for setting, word in _WORDS.items():
            reason = reason.replace(setting, word)
        if words.allow_prefix is None:
            reason = reason.replace(*_OF_NO_COUNTRY)
        who = f"{shown(row.recipient)} " if row.recipient else ""
        yield line("", f"row {row.position + 1:,}: {who}{reason}")
    if count > len(first):
        yield line("", f"and {count - len(first):,} more")
