"""The provider with a ledger: every message it accepts is written down, whatever the answer was.

``python -m ledger.server PLANS`` opens a port for each plan, prints the ports, and answers each
line on its input (the name of a plan) with what that port saw. It ends with its input.

It takes no message of a peer that gave up before the request was read, so a late acceptance is
never later after the client gave up than the plan says, however busy the machine is.
"""

from __future__ import annotations

import asyncio
import json
import random
import socket
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from typing import Any, NamedTuple

from ledger.deeds import Deeds
from ledger.faults import ACCEPT, FAULTS, Fault, Plan


class Entry(NamedTuple):
    """One acceptance of a message."""

    message_id: str
    text: str
    at: float
    """When, on the monotonic clock; a look-up before that does not find it."""


class Port:
    """One port, its plan and its ledger."""

    def __init__(self, name: str, plan: Plan) -> None:
        chosen = [fault for fault in FAULTS if fault.name in plan.faults]
        self._early = [fault for fault in chosen if fault.at == ACCEPT]
        self._later = [fault for fault in chosen if fault.at != ACCEPT]
        self._looks = [fault for fault in FAULTS if fault.name in plan.looks and fault.at != ACCEPT]
        self._plan = plan
        self._random = random.Random(name)
        # One that asks for any port loses it when it stops to listen; one that names it does not.
        with socket.create_server(("127.0.0.1", 0)) as scout:
            self.number: int = scout.getsockname()[1]
        self._listener = socket.create_server(("127.0.0.1", self.number), backlog=512)
        self._listener.setblocking(False)
        self._listening = asyncio.Event()
        self._listening.set()
        self.entries: list[Entry] = []
        self.struck: Counter[str] = Counter()
        self.posts = 0

    async def serve(self) -> None:
        """Take connections for ever."""
        loop = asyncio.get_running_loop()
        serving: set[asyncio.Task[None]] = set()
        while True:
            try:
                sock, _ = await loop.sock_accept(self._listener)
            except OSError:
                await self._listening.wait()
                continue
            task = asyncio.create_task(self._connection(sock))
            serving.add(task)
            task.add_done_callback(serving.discard)

    # -- chance ------------------------------------------------------------------------------------

    def _drawn(self, faults: list[Fault], share: float) -> Fault | None:
        if faults and self._random.random() < share:
            return self._random.choice(faults)
        return None

    def _early_fault(self) -> Fault | None:
        every = len(self._early) + len(self._later)
        return self._drawn(self._early, self._plan.share * len(self._early) / every)

    def _later_fault(self, method: str) -> Fault | None:
        if method == "GET":
            return self._drawn(self._looks, self._plan.look_share)
        every = len(self._early) + len(self._later)
        return self._drawn(self._later, self._plan.share * len(self._later) / every)

    # -- the exchange ------------------------------------------------------------------------------

    async def _connection(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        peer = Deeds(sock)
        try:
            early = self._early_fault()
            if early is not None:
                self.struck[early.name] += 1
                await (self._refuse(peer) if early.do == "refuse" else getattr(peer, early.do)())
            while True:
                await self._exchange(peer)
        except OSError:
            pass  # It is over, by either side's will.
        finally:
            sock.close()

    async def _refuse(self, peer: Deeds) -> None:
        """Serve this one, and listen no more for a moment: whoever connects now is refused."""
        if self._listening.is_set():
            self._listening.clear()
            self._listener.shutdown(socket.SHUT_RD)
            try:
                await self._exchange(peer, only=True)
                await asyncio.sleep(0.03)
            finally:
                self._listener.listen(512)
                self._listening.set()
        await peer.close()

    async def _exchange(self, peer: Deeds, *, only: bool = False) -> None:
        head = (await peer.until(b"\r\n\r\n")).decode("latin-1")
        method, target, _ = head.split(" ", 2)
        fault = None if only else self._later_fault(method)
        if method == "POST":
            self.posts += 1
            if fault is not None:
                self.struck[fault.name] += 1
        if fault is not None and fault.at == "head":
            await getattr(peer, fault.do)()
        size = next(
            (
                int(line.partition(":")[2])
                for line in head.split("\r\n")
                if line.lower().startswith("content-length:")
            ),
            0,
        )
        if fault is not None and fault.at == "body":
            await peer.some(min(size, 9))
            await getattr(peer, fault.do)()
        body = await peer.some(size)
        if method == "GET":
            answer = self._report(target.rpartition("/")[2].partition("?")[0])
        else:
            gone = peer.gone
            await asyncio.sleep(self._random.random() * self._plan.pause)
            answer = self._take(json.loads(body)["MessageData"], fault, gone=gone)
            await asyncio.sleep(self._random.random() * self._plan.pause)
        if fault is None and self._plan.keep:
            await peer.answer(*answer)
        elif fault is None:
            await peer.answer(*answer, "Connection: close")
            await peer.close()
        else:
            status = fault.status or answer[0]
            await getattr(peer, fault.do)(status, answer[1])

    # -- the ledger --------------------------------------------------------------------------------

    def _take(
        self, message: dict[str, Any], fault: Fault | None, *, gone: bool
    ) -> tuple[str, dict[str, Any]]:
        message_id = message["MessageID"]
        taken = "yes" if fault is None else fault.taken
        if gone:
            self.struck["gone before it was read"] += 1
        elif taken != "no":
            late = self._random.uniform(0.1, 0.95) * self._plan.window if taken == "late" else 0.0
            self.entries.append(Entry(message_id, message["Message"], time.monotonic() + late))
        return "200 OK", {"Result": "Success", "MessageID": message_id}

    def _report(self, message_id: str) -> tuple[str, dict[str, Any]]:
        now = time.monotonic()
        for entry in self.entries:
            if entry.message_id.casefold() == message_id.casefold() and entry.at <= now:
                made = datetime.fromtimestamp(time.time() - (now - entry.at), UTC)
                return "200 OK", {
                    "Result": "Success",
                    "MessageID": message_id,
                    "Status": "Pending",
                    "CreatedTimeUTC_RFC3339": made.isoformat(),
                }
        # The references give either status to it (U1).
        no = {"Result": "Failed", "ErrorMessage": ["Message not found"]}
        return self._random.choice(["404 Not Found", "400 Bad Request", "200 OK"]), no


async def main() -> None:
    """Serve until the input ends."""
    loop = asyncio.get_running_loop()
    ports = {name: Port(name, Plan(*plan)) for name, plan in json.loads(sys.argv[1]).items()}
    tasks = [asyncio.create_task(port.serve()) for port in ports.values()]
    sys.stdout.write(json.dumps({name: port.number for name, port in ports.items()}) + "\n")
    sys.stdout.flush()
    asked = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(asked), sys.stdin)
    while line := (await asked.readline()).decode().strip():
        port = ports[line]
        saw = {"entries": port.entries, "struck": port.struck, "posts": port.posts}
        sys.stdout.write(json.dumps(saw) + "\n")
        sys.stdout.flush()
        for task in tasks:
            if task.done():
                task.result()


if __name__ == "__main__":
    asyncio.run(main())
