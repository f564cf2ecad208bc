"""Senders that live to be killed: forked from one process, which has done the imports.

``python -m ledger.nursery URL`` starts a sender for each line on its input, the path of a journal,
and the sender prints its process id when it begins. It recovers what its journal holds open, and
sends without a pause meanwhile, until it is killed or has lived for long enough.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import os
import signal
import sys
from itertools import count
from pathlib import Path

from bestsms import BestSMSError
from ledger.drill import NUMBER, brisk, client

LIFE = 10.0
"""Seconds that a sender lives if nobody kills it."""
AT_ONCE = 4


async def live(url: str, journal: Path) -> None:
    """Recover and send, until the end."""
    async with client(url, journal) as sender, asyncio.timeout(LIFE), asyncio.TaskGroup() as tasks:
        numbers = count()

        async def send_on() -> None:
            for number in numbers:
                name = f"T3-{os.getpid()}-{number}"
                with contextlib.suppress(BestSMSError):
                    own = name if number % 3 == 0 else None
                    await sender.send(name, to=NUMBER, message_id=own)

        tasks.create_task(sender.recover())
        sys.stdout.write(f"{os.getpid()}\n")
        sys.stdout.flush()
        for _ in range(AT_ONCE):
            tasks.create_task(send_on())


def main() -> None:
    """Fork a sender for each line of the input."""
    # Whoever is killed leaves no trace: no one waits for it.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    url = sys.argv[1]
    # What a client loads at its first use, a sender has from birth.
    for name in ("anyio._backends._asyncio", "httpcore", "sqlite3"):
        importlib.import_module(name)
    for line in sys.stdin:
        if os.fork() == 0:
            with brisk(), contextlib.suppress(TimeoutError):
                asyncio.run(live(url, Path(line.strip())))
            os._exit(0)


if __name__ == "__main__":
    main()
