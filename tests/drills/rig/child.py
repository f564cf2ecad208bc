"""Clients alone in a process, so that their memory can be measured.

``python -m rig.child`` forks a process for each line on its input, once the imports are done.
``["async", "send", 10, "http://127.0.0.1:1234", "http://127.0.0.1:5678"]`` makes one good send to
the first address, and then one call with a deadline of 10 s to the second; it prints how that
ended, and how much more memory than before it ever held.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from bestsms import AsyncClient, BestSMSError, SyncClient
from rig.callers import TOKEN, sends

LIMIT = 60
"""Seconds after which a call counts as never ending."""


def memory(line: str) -> int:
    """Bytes, by a line of the kernel's: ``VmRSS`` is now, ``VmHWM`` the most so far."""
    for each in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if each.startswith(line):
            return int(each.split()[1]) * 1024
    raise AssertionError(line)


def received(kind: str, **settings: Any) -> None:
    """Read a list: of all answers, it may be the longest."""
    if kind == "sync":
        with SyncClient(TOKEN, **settings) as client:
            client.reports.sms_received()
        return

    async def read() -> None:
        async with AsyncClient(TOKEN, **settings) as client:
            await client.reports.sms_received()

    asyncio.run(read())


def end_of(kind: Any, call: str, base_url: str, deadline: float) -> Any:
    """How a call ends: nothing, or an error of ours; any other ends this process."""
    settings = {"base_url": base_url, "timeout": 1.0, "deadline": deadline, "settle_window": 0}
    if call == "send":
        [end] = sends(kind, "T13-1", **settings)
        return end if isinstance(end, BestSMSError) else None
    try:
        received(kind, **settings)
    except BestSMSError as error:
        return error
    return None


def measure(kind: str, call: str, deadline: float, good: str, hostile: str) -> None:
    """Measure one call."""
    assert end_of(kind, "send", good, 10.0) is None
    gc.collect()
    before = memory("VmRSS")
    error = end_of(kind, call, hostile, deadline)
    facts = {
        "more": memory("VmHWM") - before,
        "error": [each.__name__ for each in type(error).__mro__],
        "verdict": error.verdict.name if error is not None and error.verdict else None,
        "message_id": error.message_id if error is not None else None,
        "host": getattr(error, "host", None),
    }
    sys.stdout.write(f"{json.dumps(facts)}\n")
    sys.stdout.flush()


def main() -> None:
    """Fork a process for each line of the input, one after the other."""
    # What a client loads at its first use, a child has from birth.
    for name in ("anyio._backends._asyncio", "httpcore"):
        importlib.import_module(name)
    for line in sys.stdin:
        if os.fork() == 0:
            signal.alarm(LIMIT)
            measure(*json.loads(line))
            os._exit(0)
        _, status = os.wait()
        if status:
            sys.exit(f"{line.strip()} ended with {os.waitstatus_to_exitcode(status)}")


if __name__ == "__main__":
    main()
