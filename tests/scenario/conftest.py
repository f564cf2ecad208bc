"""Every way through one text: {JSON, XML} x {2.04, 2.03} x {async, sync}, over a real socket."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from anyio import to_thread

from bestsms import AsyncClient, SyncClient
from bestsms._bridge import Bridged
from bestsms.emulator import Clock, Emulator


class Awaited:
    """A sync client, or one of its areas, whose blocking methods are awaited in a worker thread."""

    def __init__(self, blocking: Bridged[Any]) -> None:
        self._blocking = blocking

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._blocking, name)
        if isinstance(found, Bridged):
            return Awaited(found)
        walked = name.startswith("iterate") or name in {"wait_many", "replies", "inbox"}
        return _walked(found) if walked else _awaited(found)

    async def aclose(self) -> None:
        """Close the sync client."""
        assert isinstance(self._blocking, SyncClient)
        await to_thread.run_sync(self._blocking.close)


def _awaited(method: Callable[..., Any]) -> Callable[..., Any]:
    async def call(*args: Any, **kwargs: Any) -> Any:
        return await to_thread.run_sync(lambda: method(*args, **kwargs))

    return call


def _walked(method: Callable[..., Iterator[Any]]) -> Callable[..., AsyncIterator[Any]]:
    async def walk(*args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        items = method(*args, **kwargs)
        while (item := await to_thread.run_sync(next, items, None)) is not None:
            yield item

    return walk


@pytest.fixture(scope="session")
def served() -> Iterator[tuple[Emulator, str]]:
    """One account behind a port for the whole suite; its clock moves only when told to."""
    account = Emulator(token="scenario-token", clock=Clock.frozen("2025-06-04T00:00:00Z"))
    with account.serve() as address:
        yield account, address


@pytest.fixture
def emulator(served: tuple[Emulator, str]) -> Emulator:
    """The account, empty and at its first moment."""
    account, _ = served
    account.reset()
    return account


@pytest.fixture
def url(served: tuple[Emulator, str]) -> str:
    """Where the account is served."""
    return served[1]


@pytest.fixture(params=["2.04", "2.03"])
def version(request: pytest.FixtureRequest) -> str:
    """The API version of the whole client."""
    return str(request.param)


@pytest.fixture(params=["json", "xml"])
def wire_format(request: pytest.FixtureRequest) -> str:
    """How bodies are written, both ways."""
    return str(request.param)


@pytest.fixture(params=["async", "sync"])
async def client(
    request: pytest.FixtureRequest, url: str, version: str, wire_format: str, emulator: Emulator
) -> AsyncIterator[Any]:
    """A client of either kind; its methods are awaited."""
    kind = AsyncClient if request.param == "async" else SyncClient
    made = kind(
        "scenario-token", base_url=url, version=version, wire_format=wire_format, poll_rate=1000
    )
    face = made if isinstance(made, AsyncClient) else Awaited(made)
    yield face
    await face.aclose()
