"""What waiting costs: 1,000, 10,000 and 100,000 messages at once, for 48 hours of virtual time.

    python benchmarks/waits.py [--quick] [--waits N] [--jobs 2]

A provider in this process answers each status by a schedule; an answer takes 0.1 s. Half of the
messages are final after a quarter of an hour, one in ten after 17 to 48 hours, one in a hundred
never. Every measurement is a fresh interpreter, and no real time is waited for.

At the default of one look a second the looks are the limit: a hundred thousand messages are looked
at every 28 hours. The last rows have as many looks a second as keep a round at a quarter of an
hour, which is 100 for a hundred thousand; there the HTTP client is left out, for six million GETs
through it would take hours, and what is left is the cost of the waiting itself.

The bytes are the peak of what Python allocates (tracemalloc, a run of its own) when each message
was looked at and none is final, without the task that the caller makes; RSS is of the process, and
with its tasks. GETs are of all messages, and the most for one; early are the waits that ended
before they should. The latest is how long after it was final a message was known to be, and in
brackets the most that the documentation allows: the longest pause and a round of the queue. CPU
time is that of one look.

The exit code says whether a wait ended early or too late, was looked at more than 650 times, or
costs a quarter more bytes among the most than among the fewest. A whole run takes an hour or two on
one core, and ``--quick``, an hour of virtual time with 1,000 and 5,000 waits, a minute.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, Final

from waiting.report import HEAD, Row, Run, growth, line, troubles

HERE: Final = Path(__file__).parent
PATHS: Final = (HERE.parent, HERE.parent / "tests" / "drills" / "waits")
TWO_DAYS: Final = 48 * 3600.0
AN_HOUR: Final = 3600.0
A_ROUND: Final = 1000.0
"""Seconds in which every message gets its turn, where the rate is made to fit."""
MOST_LOOKS: Final = 650
MEMORY_ROUND: Final = 300.0
FASTEST: Final = 100.0
"""Looks a second that sixteen at once still reach, where an answer takes 0.1 s."""


def main() -> int:
    """Run it and print the table; the exit code says whether all is as it must be."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="an hour with 1,000 and 5,000 waits")
    parser.add_argument("--waits", type=int, action="append", help="so many; may be repeated")
    parser.add_argument("--jobs", type=int, default=1, help="measurements at once")
    words = parser.parse_args()
    sizes = sorted(words.waits or ([1_000, 5_000] if words.quick else [1_000, 10_000, 100_000]))
    seconds = AN_HOUR if words.quick else TWO_DAYS
    with ThreadPoolExecutor(words.jobs) as pool:
        rows = list(shown(pool.map(partial(measured, seconds), runs(sizes, quick=words.quick))))
    print("", *growth(rows), sep="\n")
    found = list(troubles(rows, MOST_LOOKS))
    print(*found, sep="\n", file=sys.stderr, end="\n" if found else "")
    return 1 if found else 0


def runs(sizes: Sequence[int], *, quick: bool) -> Iterator[Run]:
    """Give what is to be measured, the fewest waits first."""
    for how in ("wait_many", "tasks"):
        for waits in sizes:
            # An hour at one look a second would be over before all had their turn.
            rate = waits / A_ROUND if quick else 1.0
            yield Run(waits, how, rate, http=not quick, memory=True)
    if not quick:
        for waits in sizes:
            yield Run(waits, "wait_many", waits / A_ROUND, http=False, memory=False)


def measured(seconds: float, run: Run) -> Row:
    """Measure one."""
    whole = _one(run._replace(memory=False), seconds)
    return Row(run, whole, _peak(run, seconds) if run.memory else None)


def shown(rows: Iterable[Row]) -> Iterator[Row]:
    """Print each row of the table when it is known: the last may be an hour away."""
    print(*HEAD, sep="\n", flush=True)
    for row in rows:
        print(line(row), flush=True)
        yield row


def _peak(run: Run, seconds: float) -> float:
    # Without HTTP, of which nothing is kept but the answers.
    quickly = run._replace(rate=min(run.waits / MEMORY_ROUND, FASTEST), http=False)
    peak = float(_one(quickly, seconds)["peak"])
    if run.how == "tasks":
        peak -= _one(quickly._replace(how="nothing"), seconds)["peak"]
    return peak / run.waits


def _one(run: Run, seconds: float) -> dict[str, Any]:
    asked = {**run._asdict(), "seconds": seconds}
    done = subprocess.run(
        [sys.executable, str(HERE / "waiting" / "one.py"), json.dumps(asked)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, PATHS))},
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    sys.exit(main())
