"""What a call and a long list cost: this client beside the vendor's, Twilio's and bare engines.

    python benchmarks/speed.py [--quick] [--only PATTERN] [--engine PACKAGE=MODULE:FACTORY]
                               [--chart FILE] [--json FILE] [--venvs DIR] [--markdown]

Every client is installed with pip into a venv of its own and driven in a process of its own,
against one server on loopback that accepts every text. All are measured in every round, one after
another and beginning with another each time, after calls that are not counted: a slow moment of the
machine hits all. What counts is the CPU time of the client's process, in all its threads, user and
system; a ratio is taken within each round, and the median of the rounds is shown, with the least
and the most. This client is there twice: as it is, and with its extra ``fast``.

Single calls have bodies of one size, and connections are kept. Then a client that has a pool to
wait for is given 2,000 calls at once, on a hundred connections, for at most two minutes.

Long lists have rows of a number and two personal fields. A row is made when it is asked for, which
takes the same time for every client and is not counted. The vendor's clients send to 50,000, a
thousand to a call: a recipient costs them the same however many there are. Each measurement is a
new process, whose memory is at its peak what the kernel says it was.

``--engine`` adds this client with a transport of another engine: ``PACKAGE`` is installed beside
it, and ``FACTORY`` is called with a number of connections. There are two in
``measuring/drivers/engines.py``:

    --engine httpx-aiohttp=engines:aiohttp --engine pyreqwest=engines:pyreqwest

The table is for the README. The listing below it has the versions, how each client was used, and
whether the server was ever the bottleneck. The chart is written to ``benchmarks/speed.svg`` if all
was measured. A whole run takes about ten minutes, and never much more than fifteen; ``--quick``
takes four, with lists a tenth as long. It needs a package index and nothing else: no account, and
no text goes anywhere. The exit code says whether all could be measured, and not whether it was
enough: a target that was missed is printed as such.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

from measuring.bulk import Line
from measuring.calls import Row
from measuring.chart import chart
from measuring.peers import PEERS, engine_peer
from measuring.plan import FULL, QUICK
from measuring.report import listing, panels, table
from measuring.result import Result
from measuring.run import run
from measuring.senders import SENDERS

CHART: Final = Path(__file__).with_name("speed.svg")
TITLE: Final = "What a call and a long list cost"
NOTES: Final = (
    "Ratios to this client as it is installed; less is better.",
    "Medians of one run of benchmarks/speed.py.",
)


def main() -> int:
    """Run it and print the report; the exit code is 1 if anything could not be measured."""
    words = _words()
    engines = [engine_peer(*engine.split("=", 1)) for engine in words.engine]
    rows = [Row(peer) for peer in PEERS if _wanted(peer.name, words.only)]
    lines = [Line(sender) for sender in SENDERS if _wanted(sender.name, words.only)]
    if not (engines or rows or lines):
        sys.exit("no client has a name like that; --help has them all")
    result = Result(QUICK if words.quick else FULL, [*map(Row, engines), *rows], lines)
    if words.venvs is not None:
        words.venvs.mkdir(parents=True, exist_ok=True)
        asyncio.run(run(result, words.venvs.resolve()))
    else:
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(run(result, Path(folder)))
    _show(result, words)
    problems = list(result.problems())
    print(*problems, sep="\n", file=sys.stderr, end="\n" if problems else "")
    return 1 if problems else 0


def _show(result: Result, words: argparse.Namespace) -> None:
    print(*table(result), sep="\n")
    if not words.markdown:
        print("", *listing(result), sep="\n")
    if words.json is not None:
        words.json.write_text(json.dumps(result.raw(), indent=1) + "\n", encoding="utf-8")
    whole = not (words.quick or words.only or any(result.problems()))
    path, drawn = words.chart or (CHART if whole else None), list(panels(result))
    if path is not None and drawn:
        path.write_text(chart(TITLE, NOTES, drawn), encoding="utf-8")


def _wanted(name: str, patterns: list[str]) -> bool:
    return not patterns or any(fnmatch(name, pattern) for pattern in patterns)


def _words() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = ", ".join(client.name for client in (*PEERS, *SENDERS))
    parser.add_argument("--quick", action="store_true", help="fewer rounds and shorter lists")
    parser.add_argument(
        "--only", action="append", default=[], metavar="PATTERN", help=f"of {names}; repeatable"
    )
    parser.add_argument("--engine", action="append", default=[], help="may be repeated")
    parser.add_argument("--chart", type=Path, help="where to write the SVG")
    parser.add_argument("--json", type=Path, help="where to write the numbers of all rounds")
    parser.add_argument("--venvs", type=Path, help="where the venvs are kept; else they are not")
    parser.add_argument("--markdown", action="store_true", help="the table without the listing")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
