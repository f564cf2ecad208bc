"""One client in several event loops, in a row or in threads, and on both sides of a fork.

Connections belong to the loop that opened them. Each loop has its own, and they end with it.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from bestsms import AsyncClient
from bestsms._transport.loops import PerLoop

# -- one of something for each loop ----------------------------------------------------------------


class Thing:
    """Something that belongs to a loop."""

    def __init__(self) -> None:
        self.closed_in: Any = None

    async def aclose(self) -> None:
        """Note where it was closed."""
        await asyncio.sleep(0)
        self.closed_in = asyncio.get_running_loop()


@pytest.fixture
def things() -> PerLoop[Thing]:
    """One thing for each loop."""
    return PerLoop(Thing, Thing.aclose)


async def test_a_loop_has_one_of_its_own(things: PerLoop[Thing]) -> None:
    """The same one for everybody in it; another loop has another."""
    here = await things.here()
    assert await things.here() is here
    assert await asyncio.gather(*[things.here() for _ in range(9)]) == [here] * 9
    there = await asyncio.to_thread(asyncio.run, things.here())
    assert there is not here
    assert await things.here() is here


def test_a_loop_takes_its_own_with_it(things: PerLoop[Thing]) -> None:
    """It is closed in the loop that made it, before that ends, though nobody said so."""
    loops: list[Any] = []

    async def use() -> Thing:
        loops.append(asyncio.get_running_loop())
        return await things.here()

    for _ in range(3):
        used = asyncio.run(use())
        assert used.closed_in is loops[-1]
    assert things._held == {}


async def test_closing_closes_here_only(things: PerLoop[Thing]) -> None:
    """Once; a loop without one has nothing to close; and after it there may be another."""
    await things.aclose()
    here = await things.here()
    there = await asyncio.to_thread(asyncio.run, things.here())
    await asyncio.to_thread(asyncio.run, things.aclose())
    assert here.closed_in is None
    await asyncio.gather(things.aclose(), things.aclose())
    await things.aclose()
    assert here.closed_in is asyncio.get_running_loop()
    assert there.closed_in is not here.closed_in
    assert await things.here() is not here


def test_a_loop_that_was_closed_roughly_is_forgotten(things: PerLoop[Thing]) -> None:
    """Without ``shutdown_asyncgens`` nothing could be closed; the next loop drops what is left."""
    rough, living = asyncio.new_event_loop(), asyncio.new_event_loop()
    kept = living.run_until_complete(things.here())
    dropped = rough.run_until_complete(things.here())
    rough.close()
    asyncio.run(things.here())
    assert [each[0] for each in things._held.values()] == [kept]
    assert dropped.closed_in is None
    living.run_until_complete(living.shutdown_asyncgens())
    living.close()
    assert kept.closed_in is living


def test_another_kind_of_loop_is_known_by_its_thread() -> None:
    """Trio has no loop object to ask for, and one loop in a thread at a time."""

    async def close(thing: Thing) -> None:
        thing.closed_in = "trio"

    def run(coroutine: Any) -> Any:
        with pytest.raises(StopIteration) as ended:
            coroutine.send(None)
        return ended.value.value

    things = PerLoop(Thing, close)
    here = run(things.here())
    assert run(things.here()) is here
    assert list(things._held) == [threading.get_ident()]
    assert asyncio.run(things.here()) is not here
    assert list(things._held) == [threading.get_ident()]
    run(things.aclose())
    assert (here.closed_in, things._held) == ("trio", {})


async def test_a_child_neither_uses_nor_closes_its_parents(
    things: PerLoop[Thing], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a fork the sockets are the parent's; the child leaves them and opens its own."""
    parents = await things.here()
    pid = os.getpid()
    monkeypatch.setattr(os, "getpid", lambda: pid + 1)
    await things.aclose()
    assert parents.closed_in is None
    childs = await things.here()
    assert childs is not parents
    await things.aclose()
    assert (childs.closed_in is None, parents.closed_in) == (False, None)


# -- one client ------------------------------------------------------------------------------------


class Counting(ThreadingHTTPServer):
    """A server in threads, which counts connections and sees them end."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.opened = 0
        self.requests = 0
        self.ended = threading.Semaphore(0)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"


class Answering(BaseHTTPRequestHandler):
    """One connection, kept until the client ends it."""

    protocol_version = "HTTP/1.1"
    server: Counting

    def setup(self) -> None:
        """Count it."""
        super().setup()
        self.server.opened += 1

    def do_GET(self) -> None:
        """Answer a status."""
        self.server.requests += 1
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "20")
        self.end_headers()
        self.wfile.write(b'{"Status":"Pending"}')

    def finish(self) -> None:
        """The client hung up."""
        super().finish()
        self.server.ended.release()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def counting() -> Iterator[Counting]:
    """A server, for any number of loops."""
    with Counting() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_client_may_be_used_in_one_loop_after_the_other(counting: Counting) -> None:
    """Two ``asyncio.run``, no ``aclose``: each opens a connection, and closes it at its end."""
    client = AsyncClient("a-token", base_url=counting.url)

    async def twice() -> list[Any]:
        return [(await client.reports.status("ID1")).status for _ in range(2)]

    for number in (1, 2):
        assert asyncio.run(twice()) == ["Pending", "Pending"]
        assert counting.ended.acquire(timeout=10)
        assert counting.opened == number
    assert counting.requests == 4


def test_a_client_may_be_used_in_two_loops_at_once(counting: Counting) -> None:
    """A loop in each of eight threads, one client."""
    client = AsyncClient("a-token", base_url=counting.url)
    together = threading.Barrier(8)

    async def some() -> None:
        together.wait()
        for _ in range(5):
            await client.reports.status("ID1")

    threads = [threading.Thread(target=lambda: asyncio.run(some())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (counting.requests, counting.opened) == (40, 8)
    for _ in threads:
        assert counting.ended.acquire(timeout=10)


def run(script: str, url: str, *, warnings: str = "error") -> list[str]:
    """Run a script in a process of its own; return its lines."""
    done = subprocess.run(
        [sys.executable, "-W", warnings, "-c", script, url],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    assert done.returncode == 0
    return sorted(done.stdout.split())


FORKED = """
import asyncio, os, sys, bestsms
client = bestsms.AsyncClient("a-token", base_url=sys.argv[1])

async def status(who):
    report = await client.reports.status("ID1")
    print(who, report.status, sep=":", flush=True)

async def parent():
    await status("parent")
    child = os.fork()
    if not child:
        return True
    os.waitpid(child, 0)
    await status("parent-again")
    return False

loop = asyncio.new_event_loop()
if loop.run_until_complete(parent()):
    # The child of a fork has left its parent's loop behind.
    asyncio.run(status("child"))
    os._exit(0)
loop.run_until_complete(loop.shutdown_asyncgens())
loop.close()
"""

FORKED_SYNC = """
import os, sys, bestsms
with bestsms.SyncClient("a-token", base_url=sys.argv[1]) as client:
    print("parent:" + client.reports.status("ID1").status, flush=True)
    child = os.fork()
    if not child:
        print("child:" + client.reports.status("ID1").status, flush=True)
        client.close()
        os._exit(0)
    os.waitpid(child, 0)
    print("parent-again:" + client.reports.status("ID1").status, flush=True)
"""

ROUGH = """
import asyncio, sys, bestsms
client = bestsms.AsyncClient("a-token", base_url=sys.argv[1])
for number in "12":
    loop = asyncio.new_event_loop()
    report = loop.run_until_complete(client.reports.status("ID1"))
    print(number + ":" + report.status)
    loop.close()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.parametrize("script", [FORKED, FORKED_SYNC], ids=["async", "sync"])
def test_both_sides_of_a_fork_go_on(counting: Counting, script: str) -> None:
    """The child on connections of its own; the parent on the one it had, which is untouched."""
    assert run(script, counting.url) == [
        "child:Pending",
        "parent-again:Pending",
        "parent:Pending",
    ]
    assert (counting.requests, counting.opened) == (3, 2)


def test_a_loop_may_be_closed_roughly(counting: Counting) -> None:
    """Who closes a loop without its async generators leaves a socket, which the next one frees."""
    # asyncio itself warns of that socket, and rightly.
    assert run(ROUGH, counting.url, warnings="ignore") == ["1:Pending", "2:Pending"]
    assert counting.opened == 2
    for _ in range(2):
        assert counting.ended.acquire(timeout=10)
