"""Breaking calls off: at a chosen wait, in several ways; and what a broken call leaves behind."""

from __future__ import annotations

import asyncio
import gc
import re
import time
from collections.abc import Awaitable, Callable, Coroutine, Generator
from pathlib import Path
from typing import Any

import anyio

NUMBER = "+61421000001"
NOTE = re.compile(
    r"POST /send/sms of message (?P<id>\S+) was broken off; verdict (?P<verdict>[A-Z_]+): .+"
)
PATIENCE = 10.0
"""Seconds until something that must end by itself counts as never ending."""


class AtWait:
    """A coroutine, run with an eye on its waits: as it begins one of them, something is done.

    Args:
        coroutine: The call.
        deeds: What is done, by the number of the wait, from 1.
    """

    def __init__(
        self, coroutine: Coroutine[Any, Any, Any], deeds: dict[int, Callable[[], object]]
    ) -> None:
        self._coroutine = coroutine
        self._deeds = deeds
        self.waits = 0

    def __await__(self) -> Generator[Any, Any, Any]:
        step: Callable[[], Any] = lambda: self._coroutine.send(None)  # noqa: E731
        while True:
            try:
                awaited = step()
            except StopIteration as end:
                return end.value
            self.waits += 1
            self._deeds.get(self.waits, bool)()
            try:
                yield awaited
            except BaseException as error:  # noqa: BLE001 - it belongs to the coroutine

                def step(error: BaseException = error) -> Any:
                    return self._coroutine.throw(error)
            else:

                def step() -> Any:
                    return self._coroutine.send(None)


def _cancel() -> None:
    task = asyncio.current_task()
    assert task is not None
    task.cancel()


async def by_task(call: Coroutine[Any, Any, Any], wait: int) -> bool:
    """Cancel the task once, as ``asyncio.timeout`` and ``wait_for`` do."""
    return await _broken(AtWait(call, {wait: _cancel}), wait)


async def by_task_twice(call: Coroutine[Any, Any, Any], wait: int) -> bool:
    """Cancel the task, and again at the next wait: the clean-up is broken off too."""
    return await _broken(AtWait(call, {wait: _cancel, wait + 1: _cancel}), wait)


async def by_scope(call: Coroutine[Any, Any, Any], wait: int) -> bool:
    """Cancel a scope of anyio's, as a task group does."""
    with anyio.CancelScope() as scope:
        return await _broken(AtWait(call, {wait: scope.cancel}), wait)
    return True


WAYS = (by_task, by_task_twice, by_scope)
"""How a call is broken off. Each says whether there still was such a wait, and raises what comes
of it but for what a scope of its own swallows."""


async def _broken(call: AtWait, wait: int) -> bool:
    await call
    return call.waits >= wait


async def in_a_task(call: Awaitable[Any]) -> Any:
    """Run a call to its end in a task of its own; an end by error is returned, not raised."""
    [end] = await asyncio.gather(asyncio.ensure_future(call), return_exceptions=True)
    return end


def noted(error: BaseException) -> tuple[str, str]:
    """The MessageID and the verdict that a cancellation carries; it must carry both, once."""
    notes = [NOTE.fullmatch(note) for note in getattr(error, "__notes__", ())]
    assert len(notes) == 1, repr(error)
    assert notes[0] is not None, error.__notes__
    return notes[0]["id"], notes[0]["verdict"]


def open_files() -> int:
    """How many file descriptors this process holds, garbage collected."""
    gc.collect()
    return len(list(Path("/proc/self/fd").iterdir()))


async def files_go_back_to(baseline: int) -> int:
    """Wait until the server, in this process too, has closed its ends; say how many are open."""
    with anyio.move_on_after(PATIENCE):
        while open_files() > baseline:  # noqa: ASYNC110 - no one tells
            await asyncio.sleep(0.02)
    return open_files()


def files_came_back_to(baseline: int) -> int:
    """The same for a test without a loop, which would have files of its own."""
    ends = time.monotonic() + PATIENCE
    while open_files() > baseline and time.monotonic() < ends:
        time.sleep(0.02)
    return open_files()
