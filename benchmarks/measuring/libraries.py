"""The libraries that are compared: what pip installs, each in a venv of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from common.venvs import ROOT, NotInstalled, install

__all__ = [
    "AIOHTTP",
    "CORE",
    "FAST",
    "HTTPX",
    "INSECURE",
    "ORJSON",
    "TELNYX",
    "TWILIO",
    "VENDOR",
    "Library",
    "installed",
    "on_engine",
]

OURS: Final = "bestsms-async"
INSECURE: Final = {"BESTSMS_ALLOW_INSECURE_HTTP": "true"}
"""Without this variable the vendor's client refuses a server on loopback."""


@dataclass(frozen=True)
class Library:
    """What one venv holds.

    Attributes:
        venv: The name of the venv.
        packages: What pip installs there.
        distributions: Whose versions are shown, its own first.
    """

    venv: str
    packages: tuple[str, ...]
    distributions: tuple[str, ...]


CORE: Final = Library(OURS, (str(ROOT),), (OURS, "httpx"))
FAST: Final = Library(f"{OURS}-fast", (f"{ROOT}[fast]",), (OURS, "httptools", "orjson"))
VENDOR: Final = Library("bestsms", ("bestsms==3.0.0.0",), ("bestsms", "requests"))
TWILIO: Final = Library("twilio", ("twilio",), ("twilio", "aiohttp"))
TELNYX: Final = Library("telnyx", ("telnyx[aiohttp]",), ("telnyx", "httpx-aiohttp", "httpx"))
AIOHTTP: Final = Library("aiohttp", ("aiohttp",), ("aiohttp",))
HTTPX: Final = Library("httpx", ("httpx",), ("httpx", "httpcore"))
ORJSON: Final = Library("orjson", ("orjson",), ("orjson",))


def on_engine(package: str) -> Library:
    """Return this client beside a package that has another engine."""
    engine = package.partition("[")[0].partition("=")[0]
    return Library(f"{OURS}-{engine}", (str(ROOT), package), (OURS, engine, "httpx"))


async def installed(
    venvs: Path, libraries: Iterable[Library]
) -> dict[Library, list[str] | NotInstalled]:
    """Install each library once; give the versions that pip chose, or why there are none."""

    async def one(library: Library) -> list[str] | NotInstalled:
        try:
            return await install(venvs, library.venv, library.packages, library.distributions)
        except NotInstalled as error:
            return error

    wanted = list(dict.fromkeys(libraries))
    return dict(zip(wanted, await asyncio.gather(*map(one, wanted)), strict=True))
