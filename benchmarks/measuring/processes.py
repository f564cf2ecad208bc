"""The processes of a run: the server, and a driver for each client; lines of JSON go both ways."""

from __future__ import annotations

import asyncio
import json
import sys
import urllib.request
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Self

from common.venvs import NotInstalled, environment, install, python_of

from measuring.peers import Peer
from measuring.senders import Sender

__all__ = ["Caller", "NoAnswer", "Server", "sent"]

HERE: Final = Path(__file__).parent
STARTS_WITHIN: Final = 30
GRACE: Final = 30
"""Seconds for the warm-up, and for a loop that is too busy to look at its clock."""


class NoAnswer(Exception):
    """A process did not do what it was told, and why."""


class _Child:
    """A process that reads lines of JSON, and ends when there are no more."""

    def __init__(self, process: Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, *command: str | Path, variables: Mapping[str, str] | None = None) -> Self:
        """Start a script with a Python."""
        python, *words = map(str, command)
        return cls(
            await asyncio.create_subprocess_exec(
                python,
                "-B",  # the scripts are in the checkout: leave nothing there
                *words,
                stdin=PIPE,
                stdout=PIPE,
                stderr=PIPE,
                env=environment() | dict(variables or {}),
            )
        )

    async def close(self) -> None:
        """End it."""
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()

    async def line(self, within: float) -> dict[str, Any]:
        """Read the next line."""
        assert self._process.stdout is not None
        try:
            line = await asyncio.wait_for(self._process.stdout.readline(), within)
        except TimeoutError:
            raise NoAnswer(f"it said nothing for {within:g} s") from None
        if not line:
            raise NoAnswer(await self._last_words())
        said: dict[str, Any] = json.loads(line)
        return said

    async def _last_words(self) -> str:
        assert self._process.stderr is not None
        words = (await self._process.stderr.read()).decode(errors="replace").strip().splitlines()
        return words[-1] if words else "it ended without a word"


class Caller(_Child):
    """A client in its own venv that makes calls."""

    @classmethod
    async def of(cls, peer: Peer, venvs: Path, url: str, connections: int) -> Self:
        """Start the driver of a client."""
        script, words = HERE / "drivers" / "call.py", (peer.driver, url, str(connections))
        python = python_of(venvs, peer.library.venv)
        return await cls.start(python, script, *words, *peer.arguments, variables=peer.environment)

    async def calls(
        self, text: str, calls: int, flight: int, *, warm: int, limit: float
    ) -> dict[str, Any]:
        """Have it make calls; see ``drivers/call.py`` for what it says."""
        assert self._process.stdin is not None
        asked = {"text": text, "calls": calls, "flight": flight, "warm": warm, "limit": limit}
        self._process.stdin.write(json.dumps(asked).encode() + b"\n")
        return await self.line(limit + GRACE)


async def sent(
    sender: Sender, venvs: Path, url: str, recipients: int, limit: float
) -> dict[str, Any]:
    """Have a list sent, in a new process; see ``drivers/bulk.py`` for what it says."""
    script, words = HERE / "drivers" / "bulk.py", (sender.driver, url, str(recipients))
    python = python_of(venvs, sender.library.venv)
    child = await _Child.start(
        python, script, *words, *sender.arguments, variables=sender.environment
    )
    try:
        return await child.line(limit)
    finally:
        await child.close()


class Server(_Child):
    """The server."""

    url = ""
    loop = ""

    @classmethod
    async def listening(cls, venvs: Path) -> Self:
        """Start it, on uvloop if that can be installed."""
        try:
            await install(venvs, "uvloop", ["uvloop"], ["uvloop"])
            python = python_of(venvs, "uvloop")
        except NotInstalled:
            python = Path(sys.executable)
        script = HERE / "server.py"
        server = await cls.start(python, script, variables={"PYTHONPATH": str(script.parents[1])})
        said = await server.line(STARTS_WITHIN)
        server.url, server.loop = f"http://127.0.0.1:{said['port']}", said["loop"]
        return server

    async def spent(self) -> dict[str, float]:
        """Ask what it has done so far."""
        return await asyncio.to_thread(_get, f"{self.url}/spent")


def _get(url: str) -> dict[str, float]:
    # No proxy of the environment: it is on loopback.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=STARTS_WITHIN) as answer:
        said: dict[str, float] = json.loads(answer.read())
    return said
