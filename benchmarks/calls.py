"""What one call costs: this client beside the vendor's, Twilio's, Telnyx's, and bare engines.

    python benchmarks/calls.py [--only NAME] [--engine PACKAGE=MODULE:FACTORY] [--rounds 5]
                               [--calls 320] [--chart FILE] [--venvs DIR] [--markdown]

Every client is installed with pip into a venv of its own and driven in a process of its own, with
its connections kept, against one server on loopback that accepts every text. All are measured in
every round, one after another and beginning with another each time, after calls that are not
counted: a slow moment of the machine hits all. What counts is the CPU time of the client's process,
in all its threads, user and system; a ratio is taken within each round, and the median of the
rounds is shown, with the least and the most. The bodies of all requests have the same size.

Then a client that has a pool to wait for is given ``--queue`` calls at once, on a hundred
connections, for at most ``--limit`` seconds.

``--engine`` adds this client with a transport of another engine: ``PACKAGE`` is installed beside
it, and ``FACTORY`` is called with a number of connections. There are two in
``calling/drivers/engines.py``:

    --engine httpx-aiohttp=engines:aiohttp --engine pyreqwest=engines:pyreqwest

The table is for the README. The listing below it has the versions, how each client was used, and
whether the server was ever the bottleneck. ``--chart`` writes the costs of one POST as SVG. A whole
run takes four to six minutes, up to two of them waiting for bare httpx to empty its queue; it
needs a package index and nothing else: no account, and no text goes anywhere.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from calling.chart import bars
from calling.peers import PEERS, POST, on_engine
from calling.report import chart_rows, listing, table
from calling.runs import Plan, run

TITLE = f"CPU time of {POST.title}"
NOTE = "ratios to this client, medians of one run of benchmarks/calls.py; less is better"


def main() -> int:
    """Run it and print the report; the exit code is 0 whatever the clients did."""
    words = _words()
    wanted = words.only or [peer.name for peer in PEERS]
    engines = [on_engine(*engine.split("=", 1)) for engine in words.engine]
    peers = [*engines, *(peer for peer in PEERS if peer.name in wanted)]
    plan = Plan(rounds=words.rounds, calls=words.calls, queue=words.queue, limit=words.limit)
    if words.venvs is not None:
        words.venvs.mkdir(parents=True, exist_ok=True)
        result = asyncio.run(run(peers, words.venvs.resolve(), plan))
    else:
        with tempfile.TemporaryDirectory() as folder:
            result = asyncio.run(run(peers, Path(folder), plan))
    print(*table(result), sep="\n")
    if not words.markdown:
        print("", *listing(result), sep="\n")
    costs = chart_rows(result)
    if words.chart is not None and costs:
        words.chart.write_text(bars(TITLE, NOTE, costs), encoding="utf-8")
    return 0


def _words() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = [peer.name for peer in PEERS]
    parser.add_argument("--only", action="append", choices=names, help="this one; may be repeated")
    parser.add_argument("--engine", action="append", default=[], help="may be repeated")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--calls", type=int, default=320, help="of one round, at 32 in flight")
    parser.add_argument("--queue", type=int, default=2_000, help="calls that are made at once")
    parser.add_argument("--limit", type=float, default=120, help="seconds for one measurement")
    parser.add_argument("--chart", type=Path, help="where to write the SVG")
    parser.add_argument("--venvs", type=Path, help="where the venvs are kept; else they are not")
    parser.add_argument("--markdown", action="store_true", help="the table without the listing")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
