"""A venv for every client, made with pip, and a throw-away certificate for the https ones."""

from __future__ import annotations

import asyncio
import json
import os
import ssl
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

__all__ = ["ROOT", "NotInstalled", "certificate", "environment", "install", "python_of"]

ROOT: Final = Path(__file__).resolve().parents[2]
SECONDS = 150
KEPT = ("PATH", "LANG", "SYSTEMROOT", "TEMP", "TMP")
VERSIONS = "import importlib.metadata as m, json; print(json.dumps([*map(m.version, {!r})]))"
PEM = "client.pem"


class NotInstalled(Exception):
    """A client can't be compared, and why."""


def python_of(venvs: Path, name: str) -> Path:
    """Give the interpreter of a venv."""
    return venvs / name / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def environment() -> dict[str, str]:
    """Give what a client may know of this shell: no proxy, no token, no setting."""
    return {name: os.environ[name] for name in KEPT if name in os.environ}


async def install(
    venvs: Path, name: str, packages: Sequence[str], distributions: Sequence[str]
) -> list[str]:
    """Make a venv of packages, and return the versions of distributions that pip chose."""
    python = await _venv(venvs, name, packages)
    versions: list[str] = json.loads(await _quiet(python, "-c", VERSIONS.format(distributions)))
    return versions


async def certificate(venvs: Path) -> tuple[ssl.SSLContext, Path]:
    """Make a certificate for loopback; return it for the server, and what trusts it for clients."""
    python = await _venv(venvs, "trustme", ["trustme"])
    await _quiet(python, "-m", "trustme", "-q", "-i", "127.0.0.1", "-d", venvs)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(venvs / "server.pem", venvs / "server.key")
    return context, venvs / PEM


async def _venv(venvs: Path, name: str, packages: Sequence[str]) -> Path:
    python = python_of(venvs, name)
    if not python.exists():
        await _quiet(sys.executable, "-m", "venv", venvs / name)
    # A checkout is installed anew each time; the others are the newest that the index has.
    pip = (python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    await _quiet(*pip, "--upgrade", *packages)
    return python


async def _quiet(*command: str | Path) -> str:
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
