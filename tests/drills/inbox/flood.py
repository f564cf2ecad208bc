"""One of the processes that a flood of webhooks comes to.

``python -m inbox.flood STORE POSTS RUNS [naive]`` puts every line of the file POSTS into the queue
on STORE, and works the queue meanwhile; each run of the handler is a line in the file RUNS. It says
when all is put, and works on until its input ends. ``naive`` is what many receivers do instead: it
remembers what came to it, and calls the handler.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread

from bestsms.webhooks.events import Event, StatusEvent
from bestsms.webhooks.queue import Queue
from inbox.posts import read

AT_ONCE = 16


class Runs:
    """A handler whose effect is a line in a file that all processes write to."""

    def __init__(self, path: str) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    async def __call__(self, event: Event) -> None:
        """Take an event."""
        subject, final = "", False
        if isinstance(event, StatusEvent):
            subject, final = event.message_id, event.is_final
        line = json.dumps([event.key, subject, final, os.getpid()])
        os.write(self._file, f"{line}\n".encode())
        await anyio.lowlevel.checkpoint()


class Naive:
    """A receiver that remembers in its own memory what it has seen."""

    def __init__(self, runs: Runs) -> None:
        self._runs = runs
        self._seen: set[str] = set()

    async def put(self, event: Event) -> bool:
        """Handle an event that is new to this process."""
        if event.key in self._seen:
            return False
        self._seen.add(event.key)
        await self._runs(event)
        return True

    async def run(self) -> None:
        """There is nothing to work on."""


async def deliver(queue: Any, posts: Iterator[str], new: list[str]) -> None:
    """Put one after the other."""
    for line in posts:
        event = read(json.loads(line))
        if await queue.put(event):
            new.append(event.key)


async def main(store: str, posts: list[str], path: str, *kind: str) -> None:
    """Put everything, and work until nobody is there any more."""
    runs, lines = Runs(path), iter(posts)
    queue: Any = Naive(runs) if kind else Queue(store, handler=runs.__call__)
    new: list[str] = []
    async with anyio.create_task_group() as worker:
        worker.start_soon(queue.run)
        async with anyio.create_task_group() as tasks:
            for _ in range(AT_ONCE):
                tasks.start_soon(deliver, queue, lines, new)
        sys.stdout.write(f"{json.dumps(new)}\n")
        sys.stdout.flush()
        await anyio.to_thread.run_sync(sys.stdin.read)
        worker.cancel_scope.cancel()
    if not kind:
        await queue.aclose()


if __name__ == "__main__":
    given = Path(sys.argv[2]).read_text(encoding="utf-8").splitlines()
    anyio.run(main, sys.argv[1], given, *sys.argv[3:])
