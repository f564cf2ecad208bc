"""A line of the table: what was found, how far the rounds lie apart, and whether it is enough."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Finding", "compared", "ratios"]


@dataclass(frozen=True)
class Finding:
    """What was found of one client at one work, beside another or beside itself.

    Attributes:
        work: What was done.
        client: Who did it.
        against: Whom or what it is compared with.
        found: The median of the rounds, in words.
        span: The least and the most of the rounds.
        target: What the issue asks for; empty if that is nothing.
        held: Whether that was reached; ``None`` without a target.
        each: The numbers of the rounds.
    """

    work: str
    client: str
    against: str
    found: str
    span: str = ""
    target: str = ""
    held: bool | None = None
    each: Sequence[float] = ()

    @property
    def verdict(self) -> str:
        """The target, and whether it was reached."""
        if self.held is None:
            return ""
        return f"{self.target}: {'held' if self.held else '**missed**'}"


def ratios(mine: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """Divide what was measured by what was measured in the same round."""
    return [one / other for one, other in zip(mine, theirs, strict=True)]


def compared(
    work: str,
    client: str,
    against: str,
    each: Sequence[float],
    *,
    most: float | None = None,
    form: str = "{:.2f}",
) -> Finding:
    """Return the finding of a number in each round, which is to be at most so much."""
    middle = statistics.median(each)
    return Finding(
        work=work,
        client=client,
        against=against,
        found=form.format(middle),
        span=f"{form.format(min(each))} to {form.format(max(each))}",
        target="" if most is None else f"≤ {form.format(most)}",
        held=None if most is None else middle <= most,
        each=each,
    )
