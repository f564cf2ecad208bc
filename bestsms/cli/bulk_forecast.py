"""``bestsms bulk --dry-run``: what a list would take, as far as it can be known without sending."""

from __future__ import annotations

import argparse
import functools
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import aclosing
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import attrs
from anyio.from_thread import start_blocking_portal

from bestsms._placeholders import BRACED, FIELDS, distinct
from bestsms._settings import Secret, Settings
from bestsms.bulk.chunks import Batch, Chunk, Skipped
from bestsms.bulk.naming import same_name
from bestsms.bulk.ordering import CONCURRENCY, rate, refuse_overwriting
from bestsms.bulk.planning import Plan
from bestsms.bulk.report import Report
from bestsms.cli.bulk_countries import country_code
from bestsms.cli.bulk_lines import MOST_NAMED, line, named
from bestsms.cli.outcomes import DONE, REFUSED
from bestsms.cli.terminal import plain, say
from bestsms.estimating import estimate
from bestsms.segments import MOST_PARTS, parts
from bestsms.sending.guarding import Guard

__all__ = ["Forecast", "forecast", "price_of"]

_MOST_COUNTRIES: Final = 12
_LONGEST_CODE: Final = 4
_OF_GROUPS: Final = ("GroupID", "GroupCode")


@attrs.define
class Forecast:
    """What a list would take; :meth:`add` counts one step of its plan.

    Attributes:
        recipients: Rows that would be sent to; groups are among them.
        duplicates: Rows of a number that stood in an earlier one.
        refused: Rows that can't be sent.
        requests: How many there would be.
        bytes: Of all recipients, as they are sent.
        parts: The SMS to pay for; the least it can be unless ``exact``.
        over_limit: How many recipients' texts take more than three parts (T36).
        groups: How many recipients are groups, of which nobody here knows how many people are in.
        exact: Whether all is known.
        first: The first refused rows.
        words: The command.
        price: Of one part, if it was given.
    """

    words: argparse.Namespace
    price: Decimal | None = None
    recipients: int = 0
    duplicates: int = 0
    refused: int = 0
    requests: int = 0
    bytes: int = 0
    parts: int = 0
    over_limit: int = 0
    groups: int = 0
    exact: bool = True
    first: list[Skipped] = attrs.field(factory=list[Skipped])
    _beginnings: Counter[str] = attrs.field(factory=Counter[str])

    @property
    def code(self) -> int:
        """The exit code: whether every row would be sent to."""
        return REFUSED if self.refused else DONE

    @property
    def countries(self) -> dict[str, int]:
        """How many numbers begin with which country's code, the most first."""
        found: Counter[str] = Counter()
        for beginning, count in self._beginnings.items():
            found[country_code(beginning)] += count
        return dict(found.most_common())

    def add(self, batch: Batch) -> None:
        """Count one step of a plan."""
        for row in batch.skipped:
            self.duplicates += row.duplicate
            self.refused += not row.duplicate
            if not row.duplicate and len(self.first) < MOST_NAMED:
                self.first.append(row)
        if batch.chunk is not None:
            self._add(batch.chunk)

    def _add(self, chunk: Chunk) -> None:
        self.recipients += len(chunk.rows)
        self.requests += 1
        self.bytes += len(chunk.encoded)
        numbers = [row["Recipient"] for row in chunk.rows if "Recipient" in row]
        self._beginnings.update(number[:_LONGEST_CODE] for number in numbers)
        people = chunk.rows
        if len(numbers) < len(people):
            people = [row for row in people if row.keys().isdisjoint(_OF_GROUPS)]
            self.groups += len(chunk.rows) - len(people)
            self.exact = self.exact and len(people) == len(chunk.rows)
        if FIELDS.keys().isdisjoint(distinct(chunk.message)):
            self._count(chunk.message, len(people))
            return
        for text in _texts(chunk.message, people):
            self._count(text, 1)

    def _count(self, text: str, times: int) -> None:
        _, count, exact = parts(text)
        self.parts += count * times
        self.over_limit += times if count > MOST_PARTS else 0
        self.exact = self.exact and exact

    def show(self) -> None:
        """Print it: JSON for a script, else lines for a person."""
        if self.words.json:
            say(json.dumps(self._as_dict()))
            return
        for each in self._lines():
            say(plain(each))

    @property
    def _cost(self) -> Decimal | None:
        return None if self.price is None else self.price * self.parts

    @property
    def _seconds(self) -> float | None:
        return None if self.words.rate is None else self.recipients / self.words.rate

    def _as_dict(self) -> dict[str, Any]:
        return {
            "recipients": self.recipients,
            "duplicates": self.duplicates,
            "refused": self.refused,
            "groups": self.groups,
            "countries": self.countries,
            "parts": self.parts,
            "exact": self.exact,
            "over_limit": self.over_limit,
            "price": None if self._cost is None else str(self._cost),
            "requests": self.requests,
            "bytes": self.bytes,
            "seconds": self._seconds,
        }

    def _lines(self) -> Iterator[str]:
        least = "" if self.exact else "at least "
        yield "Nothing was sent. It would take:"
        yield line("recipients", f"{self.recipients:,}{self._about_groups()}")
        if self.duplicates:
            yield line("duplicates", f"{self.duplicates:,}, each sent to once")
        if self.refused:
            yield line("refused", f"{self.refused:,}, not sent to")
            yield from named(self.first, self.refused, self.words)
        yield line("countries", self._about_countries())
        yield line("parts", f"{least}{self.parts:,}{self._about_limit()}")
        if self._cost is not None:
            yield line("price", f"{least}{self._cost:,}")
        yield line("requests", f"{self.requests:,}, with {self.bytes:,} bytes of recipients")
        if self._seconds is not None:
            time = timedelta(seconds=round(self._seconds))
            yield line("time", f"{time} at {self.words.rate:g} recipients a second")

    def _about_groups(self) -> str:
        return f", of them {self.groups:,} groups of any size" if self.groups else ""

    def _about_countries(self) -> str:
        counts = [f"{code} {count:,}" for code, count in self.countries.items()]
        more = len(counts) - _MOST_COUNTRIES
        return (", ".join(counts[:_MOST_COUNTRIES]) or "-") + (
            f" and {more} more" if more > 0 else ""
        )

    def _about_limit(self) -> str:
        if not self.over_limit:
            return ""
        return (
            f"; {self.over_limit:,} texts take more than {MOST_PARTS}, which the provider refuses "
            "unless it was asked for more"
        )


def forecast(
    recipients: Path,
    words: argparse.Namespace,
    guards: Mapping[str, Any],
    price: Decimal | None,
) -> Forecast:
    """Plan a campaign as it would be sent, and count what it would take.

    Args:
        recipients: The list.
        words: The command.
        guards: Who may be sent to, as settings of a client.
        price: Of one part.

    Raises:
        InvalidRequest: A word of the command is refused, or the list is.
        ConfigurationError: A guard is.
    """
    _check(recipients, words)
    found = Forecast(words, price)
    settings = Settings.resolve(
        Secret("of nobody, since nothing is sent"),
        base_url=words.emulator,
        version=None,
        versions=None,
        timeout=1.0,
        deadline=None,
        max_connections=1,
    )
    guard = None
    if any(value is not None for value in guards.values()):
        none = {"default_region": None, "allowed_prefixes": None, "allowed_regions": None}
        guard = Guard.resolve(**{**none, **guards}, only_to=None)

    async def walk() -> None:
        plan = Plan(
            recipients,
            message=words.message,
            separate=words.separate,
            max_destinations=words.per_request,
            version=settings.versions["messaging"],
            guard=guard,
            files=0,
        )
        async with aclosing(plan):
            async for batch in plan:
                found.add(batch)

    # Not anyio.run: on Python 3.11 coverage loses the frames under a loop that has ended.
    with start_blocking_portal() as portal:
        portal.call(walk)
    return found


def price_of(words: argparse.Namespace) -> Decimal | None:
    """Return the price of one part, if the command names one.

    Raises:
        ValueError: It is no price, or nothing is forecast that it could be for.
    """
    if words.price is not None and not words.dry_run:
        raise ValueError("--price is for --dry-run. Nothing was sent.")
    return estimate(
        "-", None, version="2.04", price_per_part=words.price, character_conversion=False
    ).price


def _check(recipients: Path, words: argparse.Namespace) -> None:
    """Refuse what the real run would refuse, though nothing is forecast of it."""
    CONCURRENCY.check(words.concurrency)
    rate("recipients_per_second", words.rate)
    if words.campaign is not None:
        same_name(words.campaign)
    refuse_overwriting(words.report, recipients)
    if words.report is not None:
        Report(words.report).check()


def _texts(message: str, rows: Sequence[Mapping[str, str]]) -> Iterator[str]:
    for row in rows:
        yield BRACED.sub(functools.partial(_value, row), message)


def _value(row: Mapping[str, str], found: re.Match[str]) -> str:
    """Return what stands for a placeholder, or itself, which is then counted as unknown."""
    name = found[1]
    return row.get(name, found[0]) if name in FIELDS else found[0]
