"""Running it: install every client, then the calls, then the lists, against one server."""

from __future__ import annotations

from pathlib import Path

from common.venvs import NotInstalled

from measuring import bulk, calls
from measuring.libraries import installed
from measuring.plan import note
from measuring.processes import Server
from measuring.result import Result

__all__ = ["run"]


async def run(result: Result, venvs: Path) -> None:
    """Measure what is asked for, and note what came of it in the result."""
    note("pip installs the clients")
    found = await installed(venvs, [entry.client.library for entry in result.entries])
    for entry in result.entries:
        versions = found[entry.client.library]
        if isinstance(versions, NotInstalled):
            entry.problem = f"not installed: {versions}"
        else:
            entry.versions = versions
    server = await Server.listening(venvs)
    try:
        result.server = server.loop
        await calls.run(result.rows, venvs, server, result.plan)
        await bulk.run(result.lines, venvs, server, result.plan)
    finally:
        await server.close()
