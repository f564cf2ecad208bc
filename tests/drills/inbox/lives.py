"""Receivers that live to be killed: forked from one process, which has done the imports.

``python -m inbox.lives`` makes a receiver of each line on its input, waits for its end, and says
how that was. A receiver takes its posts one by one, answers each when it is kept, and then works
its queue until nothing is left; who takes over from a dead one works what is there first. Between
every two steps of that it may be killed, without a word: ``os.kill(os.getpid(), SIGKILL)`` spares
no ``finally`` and rolls nothing back.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import signal
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import anyio

from bestsms._retry import Clock
from bestsms._sqlite import Database
from bestsms.webhooks.events import Event
from bestsms.webhooks.queue import Queue
from bestsms.webhooks.store import rows
from inbox.posts import read


class Steps:
    """Where a receiver is; the first time it comes to the step it is to die at, it dies.

    Args:
        folder: Where its steps, its answers and its handler's runs are written, a line each.
        fatal: The step it dies at, if any.
    """

    def __init__(self, folder: Path, fatal: str | None) -> None:
        self._folder = folder
        self._fatal = fatal
        self._seen: set[str] = set()

    def write(self, name: str, line: str) -> None:
        """Write a line to one of the files; a kill can't take it back."""
        file = os.open(self._folder / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.write(file, f"{line}\n".encode())
        os.close(file)

    def at(self, step: str) -> None:
        """Come to a step."""
        if step not in self._seen:
            self._seen.add(step)
            self.write("steps", step)
            if step == self._fatal:
                os.kill(os.getpid(), signal.SIGKILL)


class Stepping:
    """A connection that comes to a step after each statement."""

    def __init__(self, connection: Any, steps: Steps, name: str) -> None:
        self._connection = connection
        self._steps = steps
        self._name = name
        self._statements = 0

    def execute(self, sql: str, parameters: Any) -> Any:
        """Run a statement."""
        result = self._connection.execute(sql, parameters)
        self._statements += 1
        self._steps.at(f"{self._name}: statement {self._statements}, not committed")
        return result


@contextmanager
def stepping(steps: Steps) -> Generator[None, None, None]:
    """Have the functions that write come to steps: in their transaction, and after it."""
    written: list[str] = []
    numbers = {"put": 0, "claim": 0, "done": 0}

    def stepped(kind: str) -> Callable[..., Any]:
        write = getattr(rows, kind)

        def call(connection: Any, *words: Any, **given: Any) -> Any:
            if kind == "claim" and not rows.counts(connection)["pending"]:
                # How often a worker finds nothing before its end is chance, and changes nothing.
                return write(connection, *words, **given)
            name = f"{kind} {numbers[kind]}"
            steps.at(f"{name}: begun")
            result = write(Stepping(connection, steps, name), *words, **given)
            written.append(name)
            numbers[kind] += 1
            return result

        return call

    do = Database.do

    def done(self: Any, work: Any) -> Any:
        names: list[str] = []

        def noted(connection: Any) -> Any:
            # One piece of work at a time is in a transaction, in whichever thread.
            nonlocal written
            written = names
            return work(connection)

        result = do(self, noted)
        for name in names:
            steps.at(f"{name}: committed")
        return result

    with (
        patch.object(rows, "put", stepped("put")),
        patch.object(rows, "claim", stepped("claim")),
        patch.object(rows, "done", stepped("done")),
        patch.object(Database, "do", done),
    ):
        yield


async def live(job: dict[str, Any], steps: Steps) -> None:
    """Take the posts, answer them, and work the queue; who takes over works it first, too."""

    async def handle(event: Event) -> None:
        steps.at(f"handler of {event.kind}: begun")
        steps.write("runs", event.key)
        steps.at(f"handler of {event.kind}: has had its effect")
        await anyio.lowlevel.checkpoint()

    queue = Queue(job["store"], handler=handle, at_once=1, clock=later(job["seconds"]))
    if job["seconds"]:
        await worked(queue)
    for number, post in enumerate(job["posts"]):
        steps.at(f"post {number}: there")
        if job["early"]:
            steps.write("answers", str(job["numbers"][number]))
        await queue.put(read(post))
        if not job["early"]:
            steps.at(f"post {number}: kept, not answered")
            steps.write("answers", str(job["numbers"][number]))
        steps.at(f"post {number}: answered")
    await worked(queue)
    await queue.aclose()


async def worked(queue: Queue) -> None:
    """Work a queue until nothing is left."""
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(queue.run)
        counts = await queue.counts()
        while counts["pending"] + counts["running"]:
            counts = await queue.counts()
        tasks.cancel_scope.cancel()


def later(seconds: float) -> Clock:
    """A clock that is ahead, so that the lease of a dead process is over; nothing sleeps on it."""

    async def sleep(_: float) -> None:
        await anyio.sleep_forever()

    return Clock(now=lambda: datetime.now(UTC) + timedelta(seconds=seconds), sleep=sleep)


def main() -> None:
    """Fork a receiver for each line of the input, and say how it ended."""
    # What a receiver loads at its first use, it has from birth; the driver is an extra.
    for name in ("anyio._backends._asyncio", "sqlite3", "psycopg"):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    for line in sys.stdin:
        job = json.loads(line)
        pid = os.fork()
        if pid == 0:
            steps = Steps(Path(job["folder"]), job["fatal"])
            with stepping(steps):
                anyio.run(live, job, steps)
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
