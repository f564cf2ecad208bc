"""Make calls with one client, in its own venv, as told by lines of JSON on standard input.

    python call.py NAME URL CONNECTIONS [ARGUMENT...]

``call_<NAME>.py`` holds the few lines a user would write: ``opened()``, a context manager whose
value makes one call with the text it is given. An asynchronous one is opened once and serves every
task. A blocking one is opened in each thread. What a line says:

    {"text": "Hello", "calls": 320, "flight": 32, "warm": 64, "limit": 60}

``flight`` tasks or threads share the calls, after ``warm`` calls that are not counted. The answer
is one line: the CPU seconds of this process in all its threads, the seconds on the clock, the
median seconds of a call, and what failed. Calls not done after ``limit`` seconds are counted as
such, and the process leaves, since a client in that state can't be measured again.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import json
import os
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from typing import Any


class Tally:
    """What became of the calls of one measurement."""

    def __init__(self, calls: int) -> None:
        self.turns: Iterator[int] = iter(range(calls))
        self._calls = calls
        self._seconds: list[float] = []
        self._errors: Counter[str] = Counter()
        self._first = ""
        self._cpu = time.process_time()
        self._clock = time.perf_counter()

    @contextlib.contextmanager
    def one(self) -> Iterator[None]:
        """Take down one call."""
        started = time.perf_counter()
        try:
            yield
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what the caller was told
            self._errors[type(error).__name__] += 1
            self._first = self._first or str(error)[:200]
        else:
            self._seconds.append(time.perf_counter() - started)

    @contextlib.contextmanager
    def guarded(self, limit: float) -> Iterator[None]:
        """Let the process say what it has and leave, if this is not over after so many seconds.

        In a thread of its own: a loop with thousands of tasks comes late to its timers, and
        cancelling them may take longer than the calls.
        """
        guard = threading.Timer(limit, self._leave)
        guard.daemon = True
        guard.start()
        try:
            yield
        finally:
            guard.cancel()

    def _leave(self) -> None:
        print(json.dumps(self.said()), flush=True)
        os._exit(0)

    def said(self) -> dict[str, Any]:
        """Say what came of them."""
        cpu, clock = time.process_time() - self._cpu, time.perf_counter() - self._clock
        return {
            "cpu": cpu,
            "wall": clock,
            "median": statistics.median(self._seconds or [0.0]),
            "calls": self._calls,
            "done": len(self._seconds),
            "errors": dict(self._errors),
            "first": self._first,
        }


async def in_tasks(
    call: Callable[[str], Awaitable[None]], text: str, calls: int, flight: int, limit: float
) -> dict[str, Any]:
    """Make calls in tasks, ``flight`` at once."""

    async def work() -> None:
        for _ in tally.turns:
            with tally.one():
                await call(text)

    tally = Tally(calls)
    with tally.guarded(limit):
        await asyncio.gather(*(work() for _ in range(flight)))
    return tally.said()


def in_threads(
    clients: list[Callable[[str], None]], text: str, calls: int, flight: int, limit: float
) -> dict[str, Any]:
    """Make calls in threads, each with a client of its own."""

    def work(call: Callable[[str], None]) -> None:
        for _ in tally.turns:
            with tally.one():
                call(text)

    tally = Tally(calls)
    # range's iterator is C code: under the GIL no turn is given out twice.
    threads = [
        threading.Thread(target=work, args=(call,), daemon=True) for call in clients[:flight]
    ]
    with tally.guarded(limit):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return tally.said()


async def asynchronous(opened: Callable[[], Any]) -> None:
    """Serve the lines with one client for all tasks."""
    loop = asyncio.get_running_loop()
    async with opened() as call:
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            asked = json.loads(line)
            warm = asked.pop("warm")
            await in_tasks(call, **asked | {"calls": warm})
            print(json.dumps(await in_tasks(call, **asked)), flush=True)


def blocking(opened: Callable[[], Any]) -> None:
    """Serve the lines with a client for each thread."""
    with contextlib.ExitStack() as stack:
        clients: list[Callable[[str], None]] = []
        for line in sys.stdin:
            asked = json.loads(line)
            warm = asked.pop("warm")
            while len(clients) < asked["flight"]:
                clients.append(stack.enter_context(opened()))
            in_threads(clients, **asked | {"calls": warm})
            print(json.dumps(in_threads(clients, **asked)), flush=True)


def main() -> None:
    """Drive one client."""
    name, url, connections, *arguments = sys.argv[1:]
    client = importlib.import_module(f"call_{name}")

    def opened() -> Any:
        return client.opened(url, int(connections), *arguments)

    if hasattr(opened(), "__aenter__"):
        asyncio.run(asynchronous(opened))
    else:
        blocking(opened)


if __name__ == "__main__":
    main()
