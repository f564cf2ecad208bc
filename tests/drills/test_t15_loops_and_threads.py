"""One client in many event loops and many threads: each id arrives once, nothing is left (T15).

Connections belong to the loop that opened them. A client that forgot it would write into sockets
of another loop: the provider gets the request, the caller an error.
"""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from ledger.drill import FULL
from rig.certificates import Certificates
from rig.peers import Peer, Wire, accepted
from survival.breaking import NUMBER, files_came_back_to, open_files

from bestsms import AsyncClient, SyncClient
from bestsms.emulator import Emulator

THREADS = 32
SENDS = 20 if FULL else 8
PATIENCE = 30.0


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """A provider behind a port."""
    made = Emulator()
    with made.serve():
        yield made


def counted(emulator: Emulator) -> Counter[str]:
    """How often each id was accepted."""
    return Counter({each["MessageID"]: each["count"] for each in emulator.ledger()})


def together(works: list[Callable[[], None]]) -> None:
    """Do things in threads that begin at the same moment; what one raises is raised."""
    failures: list[BaseException] = []
    begin = threading.Barrier(len(works))

    def run(work: Callable[[], None]) -> None:
        try:
            begin.wait(PATIENCE)
            work()
        except BaseException as failure:  # noqa: BLE001 - it is raised below
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(work,), daemon=True) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive(), "a thread hangs"
    if failures:
        raise failures[0]


async def several(client: AsyncClient, prefix: str, count: int) -> None:
    """Send so many at once; none may need a second attempt."""
    sent = await asyncio.gather(
        *(client.send("Hi", to=NUMBER, message_id=f"{prefix}{each}") for each in range(count))
    )
    assert {len(one.attempts) for one in sent} == {1}


def serve(wire: Wire) -> None:
    """Accept each send."""
    while True:
        wire.answer(accepted(wire.request().message_id))


@pytest.mark.parametrize("over", ["http", "https"])
def test_one_client_in_one_loop_after_another(over: str, trusting: Certificates) -> None:
    """``asyncio.run`` three times, and nobody closes the client: the loops' ends do it."""
    files = open_files()
    peer = Peer(serve, tls=trusting.good if over == "https" else None)
    with peer.listening() as host:
        before = open_files()
        client = AsyncClient("a-token", base_url=f"{over}://{host}", settle_window=0)
        for turn in range(3):
            asyncio.run(several(client, f"L{turn}-", 5))
            # Each loop had connections of its own, and they went with it.
            assert files_came_back_to(before) <= before
        assert client._transport._engines._held == {}
    assert Counter(seen.message_id for seen in peer.posts) == {
        f"L{turn}-{each}": 1 for turn in range(3) for each in range(5)
    }
    assert files_came_back_to(files) <= files


def test_one_client_in_two_loops_at_once(emulator: Emulator) -> None:
    """Two threads with a loop each, 50 sends in both; and the loops may be many, one by one."""
    files = open_files()
    client = AsyncClient("a-token", base_url=emulator.url, settle_window=0, max_connections=5)

    def loops(prefix: str) -> None:
        for turn in range(5):
            asyncio.run(several(client, f"{prefix}{turn}-", 10))

    together([lambda: loops("A"), lambda: loops("B")])
    assert counted(emulator) == {
        f"{prefix}{turn}-{each}": 1 for prefix in "AB" for turn in range(5) for each in range(10)
    }
    assert client._transport._engines._held == {}
    assert files_came_back_to(files) <= files


def test_many_threads_share_one_sync_client(emulator: Emulator) -> None:
    """32 threads send over 10 connections, one text after the other; each gets its own answers."""
    files, threads = open_files(), set(threading.enumerate())
    with SyncClient(
        "a-token", base_url=emulator.url, settle_window=0, max_connections=10
    ) as client:

        def sends(thread: int) -> None:
            for each in range(SENDS):
                message_id = f"T{thread}-{each}"
                sent = client.send("Hi", to=NUMBER, message_id=message_id)
                assert (str(sent), len(sent.attempts)) == (message_id, 1)

        together([lambda each=each: sends(each) for each in range(THREADS)])
        [engine] = [held[0] for held in client._target._transport._engines._held.values()]
        assert engine.gate.borrowed_tokens == 0
        assert len(engine._wires.wires._idle) <= 10
    assert counted(emulator) == {
        f"T{thread}-{each}": 1 for thread in range(THREADS) for each in range(SENDS)
    }
    assert set(threading.enumerate()) == threads
    assert files_came_back_to(files) <= files
