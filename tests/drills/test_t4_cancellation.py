"""Sends cancelled at random moments: nothing is held afterwards, and every note is true (T4).

The moments are drawn over the time that a send takes here and now, and follow it: whatever the
machine is doing, some fall into the wait for a connection, some into the connect or the handshake,
some into the writing and the waiting for an answer, and some come too late.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ledger.drill import FULL
from rig.certificates import Certificates
from rig.peers import Peer, Wire, accepted
from survival.breaking import NUMBER, files_go_back_to, noted, open_files

from bestsms import AsyncClient, Sent
from bestsms.emulator import Emulator

PLAIN, ENCRYPTED = (2_000, 300) if FULL else (300, 100)
"""How many sends are cancelled over http, and over TLS."""
CONNECTIONS = 10
CALLERS = 2 * CONNECTIONS
"""More than there are connections: some are cancelled while they wait for one."""
AFTERWARDS = 30


@dataclass
class Tally:
    """What the callers were told, by MessageID.

    Attributes:
        chance: Draws the moments.
        wanted: How many sends are to be cancelled.
        longest: The latest moment, in seconds after the start of a send.
        notes: The verdict of each that was cancelled.
        sent: Those that were accepted before the cancellation came.
    """

    chance: random.Random
    wanted: int
    longest: float
    notes: dict[str, str] = field(default_factory=dict)
    sent: list[str] = field(default_factory=list)
    begun: int = 0

    async def send(self, client: AsyncClient, message_id: str) -> Any:
        """Send one text and cancel it at some moment."""
        task = asyncio.ensure_future(client.send("Hi", to=NUMBER, message_id=message_id))
        await asyncio.sleep(0)  # a call that has not begun has nothing to say
        asyncio.get_running_loop().call_later(self.chance.uniform(0, self.longest), task.cancel)
        # Not gather: it would make a CancelledError of its own, without the note.
        try:
            return await task
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is judged
            return error

    async def caller(self, client: AsyncClient) -> None:
        """Send and be cancelled, until there were enough."""
        while len(self.notes) < self.wanted:
            self.begun += 1
            assert self.begun < 4 * self.wanted, "most of them are never cancelled"
            message_id = f"C{self.begun}"
            end = await self.send(client, message_id)
            if isinstance(end, asyncio.CancelledError):
                noted_id, self.notes[message_id] = noted(end)
                assert noted_id == message_id
                self.longest *= 1.01 if self.notes[message_id] == "NOT_SENT" else 1.0
            else:
                assert isinstance(end, Sent), repr(end)
                self.sent.append(message_id)
                self.longest *= 0.99


async def time_of_one(client: AsyncClient) -> float:
    """How long a send takes while all callers send, in seconds."""
    loop = asyncio.get_running_loop()
    start = loop.time()
    await asyncio.gather(*(client.send("Hi", to=NUMBER) for _ in range(CALLERS)))
    return loop.time() - start


async def drill(
    base_url: str, ledger: Callable[[], Counter[str]], *, wanted: int
) -> dict[str, str]:
    """Cancel so many sends, see that nothing is left of them, and return their verdicts."""
    files, tasks = open_files(), asyncio.all_tasks()
    async with AsyncClient(
        "a-token", base_url=base_url, max_connections=CONNECTIONS, settle_window=0
    ) as client:
        tally = Tally(random.Random(4), wanted, longest=1.5 * await time_of_one(client))
        await asyncio.gather(*(tally.caller(client) for _ in range(CALLERS)))

        # No slot is held, no lane is lost: all go out, each with its first attempt.
        assert asyncio.all_tasks() == tasks
        [engine] = [held[0] for held in client._transport._engines._held.values()]
        assert engine.gate.borrowed_tokens == 0
        after = await asyncio.gather(*(client.send("Hi", to=NUMBER) for _ in range(AFTERWARDS)))
        assert {len(sent.attempts) for sent in after} == {1}
        assert engine.gate.borrowed_tokens == 0
        assert len(engine._wires.wires._idle) <= CONNECTIONS

    assert await files_go_back_to(files) <= files
    assert asyncio.all_tasks() == tasks

    accepted_ids = ledger()
    assert set(accepted_ids.values()) == {1}
    assert accepted_ids.keys() >= set(tally.sent) | {sent.message_id for sent in after}
    unsent = {each for each, verdict in tally.notes.items() if verdict == "NOT_SENT"}
    assert not unsent & accepted_ids.keys()
    assert set(tally.notes.values()) <= {"NOT_SENT", "UNKNOWN", "ACCEPTED"}
    return tally.notes


def held_against(notes: dict[str, str], accepted_ids: Counter[str], wanted: int) -> None:
    """The drill was not blind: it met both sides of the moment that counts, and of the wire."""
    assert len(notes) >= wanted
    counts = Counter(notes.values())
    assert min(counts["NOT_SENT"], counts["UNKNOWN"]) > wanted // 20, counts
    unclear = {each for each, verdict in notes.items() if verdict == "UNKNOWN"}
    assert unclear & accepted_ids.keys()


async def test_cancelled_sends_leave_nothing_behind() -> None:
    """Hundreds of them, of 20 callers, over 10 connections in plain http."""
    emulator = Emulator()

    def ledger() -> Counter[str]:
        return Counter({each["MessageID"]: each["count"] for each in emulator.ledger()})

    with emulator.serve() as url:
        notes = await drill(url, ledger, wanted=PLAIN)
    held_against(notes, ledger(), PLAIN)


def serve(wire: Wire) -> None:
    """Accept each send."""
    while True:
        wire.answer(accepted(wire.request().message_id))


async def test_cancelled_handshakes_leave_nothing_behind(trusting: Certificates) -> None:
    """More of them over TLS, where a connection takes longer to make and to end."""
    peer = Peer(serve, tls=trusting.good)

    def ledger() -> Counter[str]:
        return Counter(seen.message_id for seen in peer.posts if seen.body is not None)

    with peer.listening() as host:
        notes = await drill(f"https://{host}", ledger, wanted=ENCRYPTED)
    held_against(notes, ledger(), ENCRYPTED)
    assert peer.connections > CONNECTIONS
