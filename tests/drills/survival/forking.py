"""A process that forks around a client; the drills of T15 run it and read what it says.

``python survival/forking.py http://127.0.0.1:1234 '' sync_unused sync_used``: each send that was
accepted becomes a line on stdout, ``parent A1``, and a child that ended well ``child ended: 0``.
The second word is the path of a journal, or empty.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading
import warnings
from collections.abc import Callable
from typing import Any

from bestsms import AsyncClient, OutcomeUnknown, SyncClient

NUMBER = "+61421000001"
SLOW = "+61421000002"
"""Its sends are not answered until the drill says so."""


def settings(base_url: str, journal: str | None) -> dict[str, Any]:
    """Those of both clients."""
    return {
        "auth_token": "a-token",
        "base_url": base_url,
        "journal": journal,
        "settle_window": 0,
    }


def say(*words: object) -> None:
    """Print a line at once, whole."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def in_a_child(work: Callable[[], None]) -> None:
    """Do something in a child that ends as an interpreter does, while the parent waits."""
    pid = begin_child(work)
    await_child(pid)


def begin_child(work: Callable[[], None]) -> int:
    """Do something in a child; how that ends is its exit code."""
    pid = os.fork()
    if pid == 0:
        # What a child inherits is the parent's to close.
        warnings.simplefilter("ignore", ResourceWarning)
        work()
        sys.exit(0)
    return pid


def await_child(pid: int) -> None:
    """Wait for a child."""
    _, status = os.waitpid(pid, 0)
    say("child ended:", os.waitstatus_to_exitcode(status))


def send(client: SyncClient, who: str, message_id: str, to: str = NUMBER) -> None:
    """Send one text with the sync client."""
    try:
        say(who, client.send("Hi", to=to, message_id=message_id))
    except OutcomeUnknown as error:
        say(who, error.message_id, error.verdict and error.verdict.name)


def sync_unused(base_url: str, journal: str | None) -> None:
    """Fork between the making of a client and its first call."""
    with SyncClient(**settings(base_url, journal)) as client:
        in_a_child(lambda: send(client, "child", "A1"))
        send(client, "parent", "A2")


def sync_used(base_url: str, journal: str | None) -> None:
    """Fork after the first call, when the loop's thread runs and a connection is open."""
    with SyncClient(**settings(base_url, journal)) as client:
        send(client, "parent", "B1")
        in_a_child(lambda: send(client, "child", "B2"))
        send(client, "parent", "B3")
        in_a_child(lambda: (send(client, "child", "B4"), client.close()))
        send(client, "parent", "B5")


def sync_grandchild(base_url: str, journal: str | None) -> None:
    """Fork in a child that has used the client itself."""
    with SyncClient(**settings(base_url, journal)) as client:
        send(client, "parent", "C1")

        def child() -> None:
            send(client, "child", "C2")
            in_a_child(lambda: send(client, "grandchild", "C3"))
            send(client, "child", "C4")

        in_a_child(child)
        send(client, "parent", "C5")


def sync_at_once(base_url: str, journal: str | None) -> None:
    """Four children and the parent send at the same time."""
    with SyncClient(**settings(base_url, journal)) as client:
        send(client, "parent", "D0")
        children = [
            begin_child(lambda each=each: send(client, "child", f"D{each}"))  # type: ignore[misc]
            for each in range(1, 5)
        ]
        send(client, "parent", "D5")
        for pid in children:
            await_child(pid)
        send(client, "parent", "D6")


def sync_parent_leaves(base_url: str, journal: str | None) -> None:
    """Close the client in the parent while the child goes on with it; several times."""
    for turn in "JKLM":
        sent, closed = os.pipe(), os.pipe()
        with SyncClient(**settings(base_url, journal)) as client:
            send(client, "parent", f"{turn}1")
            pid = begin_child(lambda: _stay(client, turn, sent[1], closed[0]))  # noqa: B023
            os.read(sent[0], 1)
        os.write(closed[1], b"!")
        await_child(pid)


def _stay(client: SyncClient, turn: str, sent: int, closed: int) -> None:
    send(client, "child", f"{turn}2")
    os.write(sent, b"!")
    os.read(closed, 1)
    send(client, "child", f"{turn}3")
    client.close()


def sync_busy(base_url: str, journal: str | None) -> None:
    """Fork while another thread is inside a call; the drill says when."""
    with SyncClient(**settings(base_url, journal)) as client:
        busy = threading.Thread(target=send, args=(client, "thread", "F1", SLOW))
        busy.start()
        sys.stdin.readline()
        in_a_child(lambda: send(client, "child", "F2"))
        send(client, "parent", "F3")
        busy.join()


async def asend(client: AsyncClient, who: str, message_id: str) -> None:
    """Send one text with the async client."""
    say(who, await client.send("Hi", to=NUMBER, message_id=message_id))


def async_unused(base_url: str, journal: str | None) -> None:
    """Fork between the making of a client and its first loop."""
    client = AsyncClient(**settings(base_url, journal))
    in_a_child(lambda: asyncio.run(asend(client, "child", "E1")))
    asyncio.run(asend(client, "parent", "E2"))


def async_used(base_url: str, journal: str | None) -> None:
    """Fork after a loop, and have another one in each process."""
    client = AsyncClient(**settings(base_url, journal))
    asyncio.run(asend(client, "parent", "G1"))
    in_a_child(lambda: asyncio.run(asend(client, "child", "G2")))
    asyncio.run(asend(client, "parent", "G3"))


def async_inside(base_url: str, journal: str | None) -> None:
    """Fork inside a loop; the child makes one of its own, and leaves the parent's alone."""
    client = AsyncClient(**settings(base_url, journal))

    async def main() -> None:
        await asend(client, "parent", "H1")
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                # A loop can't be run in one: in another thread there is none.
                own = threading.Thread(target=asyncio.run, args=(asend(client, "child", "H2"),))
                own.start()
                own.join()
                code = 0
            finally:
                os._exit(code)
        await_child(pid)
        await asend(client, "parent", "H3")
        await client.aclose()

    asyncio.run(main())


if __name__ == "__main__":
    # In development mode it tells of each step that was slow, also while the interpreter ends.
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    url, path, *names = sys.argv[1:]
    for name in names:
        globals()[name](url, path or None)
