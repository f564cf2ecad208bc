"""What ``import bestsms`` costs beside importing its four dependencies alone.

    python benchmarks/import_cost.py [--runs 21] [--limit 1.25]

Each run is a fresh interpreter with compiled files, timed in CPU seconds, since a busy machine
stretches the clock on the wall. The two kinds alternate, their medians are compared, and the ratio
is what counts. With ``--limit`` the exit code says whether it holds.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys

TIMED = "import time; a = time.process_time(); import {}; print(time.process_time() - a)"
ALONE = "httpx, attrs, cattrs, anyio"
OURS = "bestsms"
NO_COMPILED_FILES = "PYTHONDONTWRITEBYTECODE"


def seconds(modules: str) -> float:
    """Time one import in a fresh interpreter."""
    command = [sys.executable, "-c", TIMED.format(modules)]
    compiled = {name: text for name, text in os.environ.items() if name != NO_COMPILED_FILES}
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, timeout=60, env=compiled
    )
    return float(done.stdout)


def main() -> int:
    """Print a small table, and return 1 if the ratio is over the limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=21)
    parser.add_argument("--limit", type=float)
    words = parser.parse_args()
    seconds(OURS)  # the first run compiles
    alone: list[float] = []
    ours: list[float] = []
    for _ in range(words.runs):
        alone.append(seconds(ALONE))
        ours.append(seconds(OURS))
    base, cost = statistics.median(alone), statistics.median(ours)
    ratio = cost / base
    print(f"import {ALONE:<28} {base * 1000:7.1f} ms   1.00")
    print(f"import {OURS:<28} {cost * 1000:7.1f} ms   {ratio:.2f}   (median of {words.runs})")
    if words.limit is not None and ratio > words.limit:
        print(f"over the limit of {words.limit}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
