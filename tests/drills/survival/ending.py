"""A process that ends around a client: by itself, without a close, or by Ctrl-C in a call.

``python survival/ending.py sync_open http://127.0.0.1:1234 [journal]``; the drills of T15 run it.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
from typing import Any

from bestsms import AsyncClient, SyncClient

NUMBER = "+61421000001"
SLOW = "+61421000002"
"""Its sends are never answered."""


def settings(base_url: str, journal: str | None) -> dict[str, Any]:
    """Those of both clients."""
    return {"auth_token": "a-token", "base_url": base_url, "journal": journal}


def sync_open(base_url: str, journal: str | None) -> SyncClient:
    """Use a client and forget about it."""
    client = SyncClient(**settings(base_url, journal))
    client.send("Hi", to=NUMBER, message_id="E1")
    return client


def sync_closed(base_url: str, journal: str | None) -> None:
    """Use a client and close it."""
    sync_open(base_url, journal).close()


async def _abandoned(client: AsyncClient) -> None:
    """Leave a send to the end of the loop, which cancels it."""
    await _asend(client, "E1")
    asyncio.ensure_future(_asend(client, "E2", SLOW)).add_done_callback(asyncio.Future.cancelled)
    await asyncio.to_thread(sys.stdin.readline)


def async_abandoned(base_url: str, journal: str | None) -> None:
    """End a loop while a task of it is inside a call."""
    asyncio.run(_abandoned(AsyncClient(**settings(base_url, journal))))


def sync_walk(base_url: str, journal: str | None) -> object:
    """Leave a walk over pages in the middle of it."""
    client = sync_open(base_url, journal)
    walk = client.contacts.iterate()
    next(walk, None)
    return walk


def sync_busy(base_url: str, journal: str | None) -> None:
    """End while another thread, which nobody waits for, is inside a call."""
    client = sync_open(base_url, journal)
    busy = threading.Thread(
        target=client.send, args=("Hi",), kwargs={"to": SLOW, "message_id": "E2"}, daemon=True
    )
    busy.start()
    sys.stdin.readline()


def sync_unused(base_url: str, journal: str | None) -> SyncClient:
    """Make a client, and nothing more."""
    return SyncClient(**settings(base_url, journal))


async def _asend(client: AsyncClient, message_id: str, to: str = NUMBER) -> None:
    await client.send("Hi", to=to, message_id=message_id)


def async_open(base_url: str, journal: str | None) -> AsyncClient:
    """Use a client in a loop and forget about it."""
    client = AsyncClient(**settings(base_url, journal))
    asyncio.run(_asend(client, "E1"))
    return client


def sync_interrupted(base_url: str, journal: str | None) -> None:
    """Wait in a call until Ctrl-C."""
    with SyncClient(**settings(base_url, journal)) as client:
        client.send("Hi", to=SLOW, message_id="E2")


def async_interrupted(base_url: str, journal: str | None) -> None:
    """Wait in a call until Ctrl-C."""
    asyncio.run(_asend(AsyncClient(**settings(base_url, journal)), "E2", SLOW))


if __name__ == "__main__":
    # In development mode it tells of each step that was slow, also while the interpreter ends.
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    name, url, *rest = sys.argv[1:]
    # Kept to the very end, as a script's globals are.
    kept = globals()[name](url, rest[0] if rest else None)
