"""A venv for every client, made with pip, and a throw-away certificate for the https ones."""

from __future__ import annotations

import asyncio
import os
import ssl
import sys
from pathlib import Path

from faulty.peers import Peer

__all__ = ["NotInstalled", "certificate", "install", "python_of", "quiet"]

SECONDS = 150
PEM = "client.pem"


class NotInstalled(Exception):
    """A client can't be compared, and why."""


def python_of(venvs: Path, distribution: str) -> Path:
    """Give the interpreter of a venv."""
    return venvs / distribution / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


async def install(venvs: Path, peer: Peer) -> str:
    """Make the venv of a client, and return the version that pip chose."""
    python = await _venv(venvs, peer.distribution, peer.package)
    asked = f"import importlib.metadata as m; print(m.version({peer.distribution!r}))"
    return (await quiet(python, "-c", asked)).strip()


async def certificate(venvs: Path) -> tuple[ssl.SSLContext, Path]:
    """Make a certificate for loopback; return it for the server, and what trusts it for clients."""
    python = await _venv(venvs, "trustme", "trustme")
    await quiet(python, "-m", "trustme", "-q", "-i", "127.0.0.1", "-d", venvs)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(venvs / "server.pem", venvs / "server.key")
    return context, venvs / PEM


async def _venv(venvs: Path, name: str, package: str) -> Path:
    python = python_of(venvs, name)
    if not python.exists():
        await quiet(sys.executable, "-m", "venv", venvs / name)
    # A checkout is installed anew each time; the others are the newest that the index has.
    pip = (python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    await quiet(*pip, "--upgrade", package)
    return python


async def quiet(*command: str | Path) -> str:
    """Run a command and return what it printed; ``NotInstalled`` with the reason if it fails."""
    process = await asyncio.create_subprocess_exec(
        *map(str, command),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        out, err = await asyncio.wait_for(process.communicate(), SECONDS)
    except TimeoutError:
        process.kill()
        raise NotInstalled(f"not done after {SECONDS} s") from None
    if process.returncode:
        lines = err.decode(errors="replace").strip().splitlines() or ["no reason was given"]
        # pip says what is wrong in a line of this kind, and more or less about it after that.
        errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
        raise NotInstalled((errors or lines)[-1])
    return out.decode()
