"""The clients whose single calls are compared: how each is used, and for which work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from measuring.clients import Client
from measuring.libraries import (
    AIOHTTP,
    CORE,
    FAST,
    HTTPX,
    INSECURE,
    TELNYX,
    TWILIO,
    VENDOR,
    on_engine,
)

__all__ = ["ALONE", "MANY", "PEERS", "POST", "Peer", "Work", "engine_peer"]


@dataclass(frozen=True, kw_only=True)
class Work:
    """How calls are made.

    Attributes:
        title: What the table calls it.
        flight: How many are made at once.
        share: Its number of calls, as a part of what the plan says.
    """

    title: str
    flight: int
    share: float = 1.0


POST: Final = Work(title="one POST, 32 in flight", flight=32)
MANY: Final = Work(title="one POST, 200 in flight", flight=200, share=1.5)
ALONE: Final = Work(title="one call after another", flight=1, share=0.5)


@dataclass(frozen=True, kw_only=True)
class Peer(Client):
    """A client that makes calls, with ``drivers/call_<driver>.py``.

    Attributes:
        works: What it is asked to do.
        queues: Whether it is also given all calls at once, on a hundred connections.
    """

    works: tuple[Work, ...] = (POST,)
    queues: bool = False


def engine_peer(package: str, factory: str) -> Peer:
    """Return this client on a transport that a factory of its driver makes."""
    library = on_engine(package)
    engine = library.distributions[1]
    return Peer(
        name=f"ours-{engine}",
        title=f"this client on {engine}",
        library=library,
        driver="ours",
        arguments=(factory,),
        works=(POST, MANY),
        queues=True,
        used=f"transport={factory}(connections)",
    )


PEERS: Final = (
    Peer(
        name="ours",
        title="this client",
        library=CORE,
        driver="ours",
        works=(POST, MANY, ALONE),
        queues=True,
        used="one AsyncClient, max_connections= as many as are ever in flight",
    ),
    Peer(
        name="fast",
        title="this client with fast",
        library=FAST,
        driver="ours",
        works=(POST, MANY),
        queues=True,
        used="the same, installed with its extra `fast`",
    ),
    Peer(
        name="sync",
        title="this client, SyncClient",
        library=CORE,
        driver="sync",
        works=(ALONE,),
        used="one SyncClient, called from one thread",
    ),
    Peer(
        name="vendor",
        title="bestsms (the vendor's)",
        library=VENDOR,
        driver="vendor",
        arguments=("each",),
        used="its quick start in 32 threads, which makes a connection for each call",
        environment=INSECURE,
    ),
    Peer(
        name="vendor-held",
        title="bestsms (the vendor's), kept alive",
        library=VENDOR,
        driver="vendor",
        arguments=("held",),
        used="32 threads, each with a client and a client.Messaging.SMS to hold on to",
        environment=INSECURE,
    ),
    Peer(
        name="twilio",
        title="twilio, async",
        library=TWILIO,
        driver="twilio",
        used="one AsyncTwilioHttpClient, which changes the URL's host and nothing else",
    ),
    Peer(
        name="telnyx",
        title="telnyx, async",
        library=TELNYX,
        driver="telnyx",
        arguments=("httpx",),
        used="one AsyncTelnyx on DefaultAsyncHttpxClient(limits=) that keeps every connection",
    ),
    Peer(
        name="telnyx-aiohttp",
        title="telnyx, async on aiohttp",
        library=TELNYX,
        driver="telnyx",
        arguments=("aiohttp",),
        used="one AsyncTelnyx on DefaultAioHttpClient(limits=), for speed as it is documented",
    ),
    Peer(
        name="aiohttp",
        title="bare aiohttp",
        library=AIOHTTP,
        driver="aiohttp",
        works=(POST, MANY),
        used="one ClientSession, TCPConnector(limit=)",
    ),
    Peer(
        name="httpx",
        title="bare httpx",
        library=HTTPX,
        driver="httpx",
        works=(POST, MANY),
        queues=True,
        used="one AsyncClient, Limits that keep every connection, Timeout(30, pool=None)",
    ),
)
