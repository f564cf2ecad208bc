"""What becomes of one text when the server goes wrong: this client beside four others.

    python benchmarks/faults.py [--only NAME] [--venvs DIR] [--limit 200] [--markdown]

Every client is installed with pip into a venv of its own and asked, with its documented defaults,
to send one text to a server on loopback, once for each fault. The server counts what it receives
and what it accepts; the client's process prints what its caller was told. A client that can't be
installed, or does not send its one text while nothing is wrong, gets a row that says so.

The table is for the README. The listing below it has every fault, the whole of what was told, and
what was set for each client. A run takes four to six minutes, most of it spent waiting for the
clients that wait; it needs a package index and nothing else: no account, and no text goes anywhere.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from faulty.peers import PEERS
from faulty.report import listing, table
from faulty.runs import Row, run


def main() -> int:
    """Run it and print the report; the exit code is 0 whatever the clients did."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = [peer.name for peer in PEERS]
    parser.add_argument("--only", action="append", choices=names, help="this one; may be repeated")
    parser.add_argument("--venvs", type=Path, help="where the venvs are kept; else they are not")
    parser.add_argument("--limit", type=float, default=200, help="seconds to wait for a client")
    parser.add_argument("--markdown", action="store_true", help="the table without the listing")
    words = parser.parse_args()
    peers = [peer for peer in PEERS if peer.name in (words.only or names)]
    if words.venvs is not None:
        words.venvs.mkdir(parents=True, exist_ok=True)
        rows = asyncio.run(run(peers, words.venvs.resolve(), words.limit))
    else:
        with tempfile.TemporaryDirectory() as folder:
            rows = asyncio.run(run(peers, Path(folder), words.limit))
    _report(rows, whole=not words.markdown)
    return 0


def _report(rows: list[Row], *, whole: bool) -> None:
    print(*table(rows), sep="\n")
    if whole:
        print("", *listing(rows), sep="\n")


if __name__ == "__main__":
    sys.exit(main())
