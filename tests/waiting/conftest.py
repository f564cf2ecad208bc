"""Clients in virtual time: every test here runs in a loop whose clock moves only by waiting."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

# The rig is the drills' own; importlib mode puts no folder of tests on the path.
sys.path.insert(0, str(Path(__file__).parent.parent / "drills"))

from waits.mailbox import Mailbox
from waits.provider import RECEIVED, Provider
from waits.virtual import VirtualTime

from bestsms import AsyncClient
from bestsms.waiting.polling import Poller


@pytest.fixture(autouse=True)
def time(monkeypatch: pytest.MonkeyPatch) -> VirtualTime:
    """The time of the test: of every loop that begins in it, and of every client."""
    made = VirtualTime()
    monkeypatch.setattr("bestsms._transport.transport.Clock", made.clock)
    # Where both pytest and the thread of a SyncClient get theirs.
    monkeypatch.setattr("asyncio.events.new_event_loop", made.loop)
    return made


@pytest.fixture
def provider(time: VirtualTime) -> Provider:
    """A provider of the test's own."""
    return Provider(time)


@pytest.fixture
async def make(provider: Provider) -> AsyncIterator[Callable[..., AsyncClient]]:
    """Make clients of the provider, and close them afterwards."""
    async with contextlib.AsyncExitStack() as stack:

        def one(**settings: Any) -> AsyncClient:
            client = AsyncClient(**{"auth_token": "token", "transport": provider, **settings})
            stack.push_async_callback(client.aclose)
            return client

        yield one


@pytest.fixture
def client(make: Callable[..., AsyncClient]) -> AsyncClient:
    """A client as it comes."""
    return make()


@pytest.fixture
def queue_of() -> Callable[[AsyncClient], Poller]:
    """Return what finds the queue of a client in the running loop."""

    def find(client: AsyncClient) -> Poller:
        [poller] = client._desks[""]._pollers.everywhere()
        return poller

    return find


@pytest.fixture
def mailbox(provider: Provider) -> Mailbox:
    """The received messages of the provider."""
    made = Mailbox(provider.time)
    provider.handlers[RECEIVED] = made
    return made
