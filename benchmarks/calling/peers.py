"""The clients whose calls are compared: what to install, how each is used, and for which work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from common.venvs import ROOT

__all__ = ["ALONE", "MANY", "PEERS", "POST", "Peer", "Work", "on_engine"]

OURS: Final = "bestsms-async"
VENDOR: Final = ("bestsms==3.0.0.0",)
INSECURE: Final = {"BESTSMS_ALLOW_INSECURE_HTTP": "true"}


@dataclass(frozen=True, kw_only=True)
class Work:
    """How calls are made.

    Attributes:
        title: What the table calls it.
        flight: How many are made at once.
        share: Its number of calls, as a part of what the command line says.
    """

    title: str
    flight: int
    share: float = 1.0


POST: Final = Work(title="one POST, 32 in flight", flight=32)
MANY: Final = Work(title="one POST, 200 in flight", flight=200, share=1.5)
ALONE: Final = Work(title="one call after another", flight=1, share=0.5)


@dataclass(frozen=True, kw_only=True)
class Peer:
    """One client, as its own documentation has it used at its best.

    Attributes:
        name: Its name with ``--only``.
        title: What the table calls it, before its version.
        driver: The rest of the name of ``drivers/call_<driver>.py``.
        arguments: What the driver is told besides.
        venv: The name of its venv; two may share one.
        packages: What pip installs there.
        distributions: Whose versions are shown, its own first.
        works: What it is asked to do.
        queues: Whether it is also given all calls at once, on a hundred connections.
        used: How it is used, in words.
        environment: Variables it is given.
    """

    name: str
    title: str
    driver: str
    arguments: tuple[str, ...] = ()
    venv: str
    packages: tuple[str, ...]
    distributions: tuple[str, ...]
    works: tuple[Work, ...] = (POST,)
    queues: bool = False
    used: str
    environment: Mapping[str, str] = field(default_factory=dict)


def on_engine(package: str, factory: str) -> Peer:
    """Return this client on a transport that a factory of its driver makes."""
    engine = package.partition("[")[0].partition("=")[0]
    return Peer(
        name=f"ours-{engine}",
        title=f"this client on {engine}",
        driver="ours",
        arguments=(factory,),
        venv=f"{OURS}-{engine}",
        packages=(str(ROOT), package),
        distributions=(OURS, engine, "httpx"),
        works=(POST, MANY),
        queues=True,
        used=f"transport={factory}(connections)",
    )


PEERS: Final = (
    Peer(
        name="ours",
        title="this client",
        driver="ours",
        venv=OURS,
        packages=(str(ROOT),),
        distributions=(OURS, "httpx"),
        works=(POST, MANY, ALONE),
        queues=True,
        used="one AsyncClient, max_connections= as many as are ever in flight",
    ),
    Peer(
        name="sync",
        title="this client, SyncClient",
        driver="sync",
        venv=OURS,
        packages=(str(ROOT),),
        distributions=(OURS, "httpx"),
        works=(ALONE,),
        used="one SyncClient, called from one thread",
    ),
    Peer(
        name="vendor",
        title="bestsms (the vendor's)",
        driver="vendor",
        arguments=("each",),
        venv="bestsms",
        packages=VENDOR,
        distributions=("bestsms", "requests"),
        used="its quick start in 32 threads, which makes a connection for each call",
        environment=INSECURE,
    ),
    Peer(
        name="vendor-held",
        title="bestsms (the vendor's), kept alive",
        driver="vendor",
        arguments=("held",),
        venv="bestsms",
        packages=VENDOR,
        distributions=("bestsms", "requests"),
        used="32 threads, each with a client and a client.Messaging.SMS to hold on to",
        environment=INSECURE,
    ),
    Peer(
        name="twilio",
        title="twilio, async",
        driver="twilio",
        venv="twilio",
        packages=("twilio",),
        distributions=("twilio", "aiohttp"),
        used="one AsyncTwilioHttpClient, which changes the URL's host and nothing else",
    ),
    Peer(
        name="telnyx",
        title="telnyx, async",
        driver="telnyx",
        arguments=("httpx",),
        venv="telnyx",
        packages=("telnyx[aiohttp]",),
        distributions=("telnyx", "httpx"),
        used="one AsyncTelnyx on DefaultAsyncHttpxClient(limits=) that keeps every connection",
    ),
    Peer(
        name="telnyx-aiohttp",
        title="telnyx, async on aiohttp",
        driver="telnyx",
        arguments=("aiohttp",),
        venv="telnyx",
        packages=("telnyx[aiohttp]",),
        distributions=("telnyx", "httpx-aiohttp", "aiohttp"),
        used="one AsyncTelnyx on DefaultAioHttpClient(limits=), for speed as it is documented",
    ),
    Peer(
        name="aiohttp",
        title="bare aiohttp",
        driver="aiohttp",
        venv="aiohttp",
        packages=("aiohttp",),
        distributions=("aiohttp",),
        works=(POST, MANY),
        used="one ClientSession, TCPConnector(limit=)",
    ),
    Peer(
        name="httpx",
        title="bare httpx",
        driver="httpx",
        venv="httpx",
        packages=("httpx",),
        distributions=("httpx", "httpcore"),
        works=(POST, MANY),
        queues=True,
        used="one AsyncClient, Limits that keep every connection, Timeout(30, pool=None)",
    ),
)
