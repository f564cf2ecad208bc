"""The client's side of the ledger drills: many sends, then recoveries, then the reckoning."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from bestsms import AsyncClient, BestSMSError, Recovered, Sent, Verdict
from ledger.faults import ACCEPT, FAULTS
from ledger.provider import Saw

FULL = os.environ.get("BESTSMS_DRILLS") == "full"
"""Whether the drills run in the sizes of FAULTS 5, which takes minutes."""
TOKEN = "drill-token"
NUMBER = "+61421000001"
ROUNDS = 60
"""How many recoveries are made at most; every look-up may meet a fault too."""


class Ended(NamedTuple):
    """How one send ended."""

    message_id: str
    end: Sent | BestSMSError

    @property
    def verdict(self) -> Verdict | None:
        """What the caller was told."""
        return Verdict.ACCEPTED if isinstance(self.end, Sent) else self.end.verdict


class Run(NamedTuple):
    """One run: how its sends ended, what the recoveries found, what the provider saw."""

    ended: list[Ended]
    found: list[Recovered]
    saw: Saw

    @property
    def share(self) -> float:
        """How many of the attempts met a fault."""
        early = sum(self.saw.struck[fault.name] for fault in FAULTS if fault.at == ACCEPT)
        return self.saw.struck.total() / (self.saw.posts + early)

    def told(self) -> Counter[str]:
        """Return how many sends ended with which verdict."""
        told = Counter(each.verdict.name for each in self.ended if each.verdict)
        told["reconciled"] = sum(
            isinstance(each.end, Sent) and each.end.reconciled for each in self.ended
        )
        return told

    def violations(self) -> list[str]:
        """Return everything that must never be: an empty list is a drill that was passed."""
        taken = {each.casefold() for each in self.saw.ids}
        wrong = [f"{each} accepted twice" for each in twice(self.saw.ids)]
        wrong += [f"{each!r} went out twice" for each in twice(self.saw.texts)]
        unclear = set()
        for message_id, end in self.ended:
            verdict = Verdict.ACCEPTED if isinstance(end, Sent) else end.verdict
            there = message_id.casefold() in taken
            if verdict is None or end.message_id != message_id:
                wrong.append(f"{message_id}: no verdict, or of another: {end!r}")
            elif verdict is Verdict.UNKNOWN:
                unclear.add(message_id)
            elif (verdict is Verdict.ACCEPTED) != there:
                wrong.append(f"{message_id}: {verdict}, in the ledger: {there}: {end!r}")
        wrong += self._unsettled(unclear, taken)
        return wrong

    def _unsettled(self, unclear: set[str], taken: set[str]) -> Iterator[str]:
        last = {each.message_id: each for each in self.found}
        for message_id in unclear ^ last.keys():
            yield f"{message_id}: unclear, or found by a recovery, and not both"
        for message_id, each in last.items():
            there = message_id.casefold() in taken
            if each.verdict is not (Verdict.ACCEPTED if there else Verdict.UNKNOWN):
                yield f"{message_id}: recovered as {each.verdict}, in the ledger: {there}"
            if each.absent is there:
                yield f"{message_id}: said to be absent: {each.absent}, in the ledger: {there}"


def twice(things: list[str]) -> list[str]:
    """Return what is there more than once."""
    return [each for each, count in Counter(map(str.casefold, things)).items() if count > 1]


@contextmanager
def brisk() -> Iterator[None]:
    """Pauses between attempts and look-ups are short; what is done between them is the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bestsms._retry.FIRST_PAUSE", 0.05)
        patch.setattr("bestsms._retry.FIRST_PAUSE_WHEN_LIMITED", 0.05)
        patch.setattr("bestsms.sending.looking.OFFSETS", (0.0, 0.1, 0.2, 0.4, 0.8))
        patch.setattr("bestsms.sending.looking.LOOK_SECONDS", 0.5)
        yield


def client(url: str, journal: Path, **given: Any) -> AsyncClient:
    """Make a client that gives up soon, and keeps a journal."""
    settings = {"timeout": 0.25, "deadline": 4.0, "settle_window": 1.0, **given}
    return AsyncClient(TOKEN, base_url=url, journal=journal, **settings)


async def many(
    url: str, journal: Path, name: str, count: int, at_once: int, **given: Any
) -> list[Ended]:
    """Send so many texts with one client; every third has an id of the caller's own."""
    async with client(url, journal, max_connections=at_once, **given) as sender:

        async def send(number: int) -> Ended:
            own = f"{name}-{number}" if number % 3 == 0 else None
            end: Sent | BestSMSError
            try:
                end = await sender.send(f"{name} {number}", to=NUMBER, message_id=own)
            except BestSMSError as error:
                end = error
            return Ended(own or str(end.message_id), end)

        return await gathered(send, count, at_once)


async def gathered(do: Callable[[int], Awaitable[Ended]], count: int, at_once: int) -> list[Ended]:
    """Do something so many times, so many of them at once."""
    numbers = iter(range(count))

    async def worker() -> list[Ended]:
        return [await do(number) for number in numbers]

    ended = await asyncio.gather(*(worker() for _ in range(at_once)))
    return [each for some in ended for each in some]


async def recovered(url: str, journal: Path, **given: Any) -> list[Recovered]:
    """Recover with new clients until nothing is open, and return what they found, in order."""
    found: list[Recovered] = []
    for _ in range(ROUNDS):
        async with client(url, journal, **given) as again:
            more = await again.recover()
        if not more:
            break
        found += more
    return found
