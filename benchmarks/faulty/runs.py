"""Running it: each client in processes of its own, all faults at once, against the one server."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from common.providers import PROVIDERS
from common.venvs import NotInstalled, certificate, environment, install, python_of

from faulty.faults import CONTROL, FAULTS, Fault
from faulty.peers import Peer
from faulty.server import Case, Server

__all__ = ["Outcome", "Row", "run"]

DRIVERS = Path(__file__).parent / "drivers"
GRACE = 60


@dataclass(frozen=True)
class Outcome:
    """What one client did under one fault."""

    case: Case
    told: dict[str, Any]

    @property
    def duplicates(self) -> int:
        """How many texts more than the one that was asked for."""
        return max(0, len(self.case.texts) - 1)


@dataclass
class Row:
    """What one client did under all of them, or why it could not be driven."""

    peer: Peer
    version: str = ""
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    problem: str = ""


async def run(peers: list[Peer], venvs: Path, limit: float) -> list[Row]:
    """Install every client, then drive each: without a fault first, then with all at once."""
    installed, tls = await asyncio.gather(_install(venvs, peers), _certificate(venvs, peers))
    server = Server()
    await server.listen(tls[0] if isinstance(tls, tuple) else None)
    stage = _Stage(server, venvs, str(tls[1]) if isinstance(tls, tuple) else "", limit)
    rows = [
        Row(peer, version=version, problem=problem)
        for peer, (version, problem) in zip(peers, installed, strict=True)
    ]
    for row in rows:
        if not row.problem and not server.speaks(row.peer.scheme):
            row.problem = f"it speaks https only, and no certificate could be made: {tls}"
    driven = [row for row in rows if not row.problem]
    # The controls one by one: nothing disturbs them.
    for row in driven:
        await stage.control(row)
    await asyncio.gather(*(stage.faults(row) for row in driven if not row.problem))
    server.close()
    return rows


async def _install(venvs: Path, peers: list[Peer]) -> list[tuple[str, str]]:
    """Return the version of each client, or what kept it from being installed."""

    async def one(peer: Peer) -> tuple[str, str]:
        try:
            found = await install(venvs, peer.distribution, [peer.package], [peer.distribution])
        except NotInstalled as error:
            return "", f"not installed: {error}"
        return found[0], ""

    # Two of them may share a venv.
    tasks = {peer.distribution: asyncio.create_task(one(peer)) for peer in peers}
    return [await tasks[peer.distribution] for peer in peers]


async def _certificate(venvs: Path, peers: list[Peer]) -> Any:
    if all(peer.scheme == "http" for peer in peers):
        return "none was needed"
    try:
        return await certificate(venvs)
    except NotInstalled as error:
        return error


class _Stage:
    """Where clients are driven: the server, the venvs, and what bounds a case."""

    def __init__(self, server: Server, venvs: Path, trusted: str, limit: float) -> None:
        self._server = server
        self._venvs = venvs
        self._trusted = trusted
        self._limit = limit
        # The cases that work would slow each other down; those that only wait do not count.
        self._slots = asyncio.Semaphore(4)

    async def control(self, row: Row) -> None:
        """Drive a client without a fault, and note it in its row if it does not send one text."""
        outcome = await self._drive(row.peer, CONTROL)
        row.outcomes[CONTROL.name] = outcome
        told, posts, texts = outcome.told, outcome.case.posts, len(outcome.case.texts)
        if (told["told"], posts, texts) != ("success", 1, 1):
            said = " ".join(filter(None, [told["told"], told.get("text")]))
            row.problem = f"without a fault, {posts} POSTs, {texts} texts, and told {said}"

    async def faults(self, row: Row) -> None:
        """Drive a client under every fault."""

        async def one(fault: Fault) -> Outcome:
            if fault.act == "hang":
                return await self._drive(row.peer, fault)
            async with self._slots:
                return await self._drive(row.peer, fault)

        for outcome in await asyncio.gather(*map(one, FAULTS)):
            row.outcomes[outcome.case.fault.name] = outcome

    async def _drive(self, peer: Peer, fault: Fault) -> Outcome:
        case = Case(fault, PROVIDERS[peer.provider])
        url = self._server.open(peer.name, peer.scheme, case)
        variables = environment() | dict(peer.environment)
        if peer.scheme == "https":
            variables["REQUESTS_CA_BUNDLE"] = self._trusted
        process = await asyncio.create_subprocess_exec(
            str(python_of(self._venvs, peer.distribution)),
            "-B",  # the drivers are in the checkout: leave nothing there
            str(DRIVERS / "drive.py"),
            peer.name,
            url,
            "default" if fault.timeout is None else f"{fault.timeout:g}",
            f"{self._limit:g}",
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=variables,
        )
        try:
            out, err = await asyncio.wait_for(process.communicate(), self._limit + GRACE)
        except TimeoutError:
            process.kill()
            return Outcome(case, {"told": "no outcome", "text": "its driver did not end"})
        last = (out or err).decode(errors="replace").strip().splitlines() or ["it said nothing"]
        told = json.loads(last[-1]) if out else {"told": "no outcome", "text": last[-1]}
        return Outcome(case, told)
