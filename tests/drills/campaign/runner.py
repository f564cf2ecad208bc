"""``python -m campaign.runner URL JOURNAL REPORT COUNT``: one run of one campaign.

It prints a line for each chunk that has an outcome, and at the end the totals. It is the same list
and the same name in every run, so each goes on where the one before was killed.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import attrs
from ledger.drill import brisk, client

from bestsms import RunStopped

NAME = "T16"
PER_CHUNK = 100


def number(index: int) -> str:
    """Return the number of one recipient."""
    return f"+6142{index:07d}"


def people(count: int) -> Iterator[dict[str, str]]:
    """Yield so many recipients, each of them once; and now and then one twice."""
    for index in range(count):
        yield {"recipient": number(index), "first_name": f"P{index}"}
        if index % 1000 == 0:
            yield {"recipient": number(index // 2), "first_name": "again"}


async def run(url: str, journal: Path, report: Path, count: int, *, resend_absent: bool) -> None:
    """Run the campaign to its end, unless something ends this process first."""
    async with client(url, journal) as sender:
        campaign = sender.send_many(
            people(count),
            message="Hi [[FirstName]]",
            campaign=NAME,
            max_destinations=PER_CHUNK,
            report=report,
            resend_absent=resend_absent,
        )
        say("begun")
        try:
            async with campaign:
                async for outcome in campaign:
                    say(outcome.verdict.name)
        except RunStopped as stopped:
            say(f"stopped: {stopped}")
        say(json.dumps(attrs.asdict(campaign.totals)))


def say(line: str) -> None:
    """Write a line that the killer sees at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    url, journal, report, count, *mode = sys.argv[1:]
    with brisk():
        asyncio.run(
            run(url, Path(journal), Path(report), int(count), resend_absent="again" in mode)
        )
