"""Send one text to a list with one client, in its own venv and a process of its own.

    python bulk.py NAME URL RECIPIENTS [ARGUMENT...]

``bulk_<NAME>.py`` holds the few lines a user would write: ``opened()``, a context manager, blocking
or not, whose value sends to the audience it is given and returns how many were accepted. First it
sends to a few that are not counted. What is printed is one line: the CPU seconds of this process in
all its threads, those of them for the making of the rows, the seconds on the clock, and the most
bytes that the process ever held in memory.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import re
import resource
import sys
import time
from pathlib import Path
from typing import Any

from audience import PER_CALL, Audience

WARM = 2 * PER_CALL
KIB = 1024


class Measured:
    """What is measured of one sending."""

    def __init__(self, recipients: int) -> None:
        self.audience = Audience(0, recipients)
        self._recipients = recipients
        self._cpu = time.process_time()
        self._clock = time.perf_counter()

    def said(self, accepted: int) -> dict[str, Any]:
        """Say what it took."""
        cpu, clock = time.process_time() - self._cpu, time.perf_counter() - self._clock
        if accepted != self._recipients:
            raise SystemExit(f"{accepted:,} of {self._recipients:,} were accepted")
        return {
            "recipients": self._recipients,
            "warm": WARM,
            "cpu": cpu,
            "source": self.audience.cpu,
            "wall": clock,
            "peak": _peak(),
        }


def _peak() -> int:
    """Return the high-water mark of the process's memory."""
    try:
        # What getrusage gives begins with what the parent held when it forked.
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        unit = 1 if sys.platform == "darwin" else KIB
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    found = re.search(r"VmHWM:\s*(\d+) kB", status)
    assert found is not None
    return int(found[1]) * KIB


async def asynchronous(opened: Any, recipients: int) -> dict[str, Any]:
    """Send in an event loop."""
    async with opened as send:
        await send(Audience(recipients, WARM))
        measured = Measured(recipients)
        return measured.said(await send(measured.audience))


def blocking(opened: Any, recipients: int) -> dict[str, Any]:
    """Send without one."""
    with opened as send:
        send(Audience(recipients, WARM))
        measured = Measured(recipients)
        return measured.said(send(measured.audience))


def main() -> None:
    """Send, and print what it took."""
    name, url, recipients, *arguments = sys.argv[1:]
    opened = importlib.import_module(f"bulk_{name}").opened(url, *arguments)
    if hasattr(opened, "__aenter__"):
        said = asyncio.run(asynchronous(opened, int(recipients)))
    else:
        said = blocking(opened, int(recipients))
    print(json.dumps(said))


if __name__ == "__main__":
    main()
