"""What ``import bestsms`` costs beside importing its four dependencies alone.

    python benchmarks/import_cost.py [--runs 21] [--limit 1.25]

Each run is a fresh interpreter with compiled files. It imports the dependencies, then bestsms on
top of them, and gives one ratio: both parts are of the same process, so that a slow moment of the
machine stretches both. Times are CPU seconds. The median of the ratios is what counts; with
``--limit`` the exit code says whether it holds.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys

DEPENDENCIES = "httpx, attrs, cattrs, anyio"
TIMED = f"""
from time import process_time
start = process_time()
import {DEPENDENCIES}
alone = process_time()
import bestsms
print(alone - start, process_time() - start)
"""
NO_COMPILED_FILES = "PYTHONDONTWRITEBYTECODE"


def seconds() -> tuple[float, float]:
    """Time the dependencies alone, and all of it, in one fresh interpreter."""
    compiled = {name: text for name, text in os.environ.items() if name != NO_COMPILED_FILES}
    done = subprocess.run(
        [sys.executable, "-c", TIMED],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env=compiled,
    )
    alone, everything = map(float, done.stdout.split())
    return alone, everything


def main() -> int:
    """Print a small table, and return 1 if the ratio is over the limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=21)
    parser.add_argument("--limit", type=float)
    words = parser.parse_args()
    seconds()  # the first run compiles
    runs = [seconds() for _ in range(words.runs)]
    ratios = [everything / alone for alone, everything in runs]
    ratio = statistics.median(ratios)
    base = statistics.median(alone for alone, _ in runs) * 1000
    cost = statistics.median(everything for _, everything in runs) * 1000
    print(f"import {DEPENDENCIES:<28} {base:7.1f} ms   1.00")
    print(
        f"import {'bestsms':<28} {cost:7.1f} ms   {ratio:.2f}   (median of {words.runs};", end=" "
    )
    print(f"{min(ratios):.2f} to {max(ratios):.2f})")
    if words.limit is not None and ratio > words.limit:
        print(f"over the limit of {words.limit}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
