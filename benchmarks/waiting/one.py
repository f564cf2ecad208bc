"""One measurement in a fresh interpreter: it takes a JSON object and prints one.

``waits.py`` runs it, with the virtual time of the drills on the path.
"""

from __future__ import annotations

import asyncio
import gc
import json
import math
import resource
import sys
import time
import tracemalloc
from array import array
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final
from unittest import mock

import anyio
from provider import LATENCY, Provider, message_id
from virtual import VirtualTime

import bestsms
from bestsms.errors import WaitsFailed, WaitTimeout
from bestsms.waiting.pace import LONGEST

__all__ = ["main"]

ONCE_AROUND: Final = 1.2
"""How many rounds it takes until each message was looked at."""
UNIT: Final = 1 if sys.platform == "darwin" else 1024
"""Bytes: what ``ru_maxrss`` counts in."""

Follow = Callable[[bestsms.AsyncClient], Awaitable[None]]


class Measurement:
    """The waits of one client in virtual time.

    Args:
        waits: How many at once.
        rate: Looks a second.
        seconds: The time of each.
        http: Whether they go through an HTTP client; else only the waiting itself is measured.
    """

    def __init__(self, waits: int, rate: float, seconds: float, *, http: bool) -> None:
        self.rate = rate
        self.seconds = seconds
        self.http = http
        self.time = VirtualTime()
        self.message_ids = [message_id(number) for number in range(waits)]
        self.provider = Provider(waits, seconds, lambda: self.time.elapsed)
        self.timed_out = array("b", [0]) * waits
        self.ended = 0

    def run(self, main: Callable[[bestsms.AsyncClient], Coroutine[Any, Any, None]]) -> None:
        """Run a coroutine function in this time, with a client that lives in it."""
        with mock.patch("bestsms._transport.transport.Clock", self.time.clock):
            client = bestsms.AsyncClient("token", transport=self.provider, poll_rate=self.rate)

        async def run() -> None:
            async with client:
                await main(client)

        if self.http:
            self.time.run(run())
            return
        with mock.patch("bestsms.waiting.waits.Reports", self._reports):
            self.time.run(run())

    def _reports(self, _: object) -> Provider:
        # Not a Mock, which would remember every call.
        return self.provider

    async def wait_many(self, client: bestsms.AsyncClient) -> None:
        """Follow all of them in one loop."""
        try:
            async for _ in client.wait_many(self.message_ids, timeout=self.seconds):
                self.ended += 1
        except WaitsFailed as failed:
            for error in failed.errors:
                self._note(error)

    async def tasks(self, client: bestsms.AsyncClient) -> None:
        """Follow each in a task of its own."""
        async with asyncio.TaskGroup() as group:
            for each in self.message_ids:
                group.create_task(self._follow(client, each))

    async def nothing(self, _: bestsms.AsyncClient) -> None:
        """Hold a task for each that waits for nothing: what the caller's own tasks cost."""
        async with asyncio.TaskGroup() as group:
            for _each in self.message_ids:
                group.create_task(_idle())

    async def _follow(self, client: bestsms.AsyncClient, each: str) -> None:
        try:
            await client.wait(each, timeout=self.seconds)
            self.ended += 1
        except WaitTimeout as error:
            self._note(error)

    def _note(self, error: Exception) -> None:
        if not isinstance(error, WaitTimeout):
            raise error
        self.timed_out[int((error.message_id or "")[:8], 16)] = True
        self.ended += 1

    def findings(self) -> dict[str, Any]:
        """Return what became of the waits: how many ended early, and how late the latest is.

        A wait ends when its last look is answered.
        """
        early, latest = 0, 0.0
        for number, final_at in enumerate(self.provider.final_at):
            due = self.seconds if self.timed_out[number] else final_at
            late = self.provider.last[number] - due
            early += late < 0
            latest = max(latest, late + LATENCY)
        return {
            "gets": sum(self.provider.looks),
            "most": max(self.provider.looks),
            "lost": len(self.message_ids) - self.ended,
            "early": early,
            "latest": latest,
            "bound": LONGEST + len(self.message_ids) / self.rate + LATENCY,
        }


async def _idle() -> None:
    await asyncio.get_running_loop().create_future()


def whole(measured: Measurement, follow: Follow) -> dict[str, Any]:
    """Run to the end: what became of the waits, and the CPU time."""
    before = resource.getrusage(resource.RUSAGE_SELF)

    async def main(client: bestsms.AsyncClient) -> None:
        await follow(client)

    began = time.process_time()
    measured.run(main)
    cpu = time.process_time() - began
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before.ru_maxrss
    return {**measured.findings(), "cpu": cpu, "rss": rss * UNIT}


def memory(measured: Measurement, follow: Follow) -> dict[str, Any]:
    """Run until each message was looked at, and none is final: the most memory at once."""
    found: dict[str, Any] = {}
    measured.provider.whole = True
    measured.provider.final_at = array("d", [math.inf]) * len(measured.message_ids)

    async def main(client: bestsms.AsyncClient) -> None:
        async with anyio.create_task_group() as group:
            tracemalloc.start()
            group.start_soon(follow, client)
            await anyio.sleep(ONCE_AROUND * len(measured.message_ids) / measured.rate)
            found["peak"] = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            group.cancel_scope.cancel()

    measured.run(main)
    return found


def main() -> None:
    """Measure what the first argument says."""
    asked = json.loads(sys.argv[1])
    # The first wait loads what all of them need.
    first = Measurement(3, 1.0, 60.0, http=True)
    first.run(first.wait_many)
    gc.collect()
    measured = Measurement(asked["waits"], asked["rate"], asked["seconds"], http=asked["http"])
    measure = memory if asked["memory"] else whole
    print(json.dumps(measure(measured, getattr(measured, asked["how"]))))


if __name__ == "__main__":
    main()
