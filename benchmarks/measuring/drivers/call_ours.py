"""This client, on its own connections or on a transport that a factory makes."""

from __future__ import annotations

import importlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import bestsms


@asynccontextmanager
async def opened(
    url: str, connections: int, factory: str = ""
) -> AsyncIterator[Callable[[str], Awaitable[None]]]:
    """Open the client; ``factory`` is ``module:name``, called with the number of connections."""
    transport = _made(factory, connections) if factory else None
    async with bestsms.AsyncClient(
        "token", base_url=url, max_connections=connections, transport=transport
    ) as client:

        async def call(text: str) -> None:
            await client.send(text, to="+61421000001")

        yield call


def _made(factory: str, connections: int) -> Any:
    module, _, name = factory.partition(":")
    return getattr(importlib.import_module(module), name)(connections)
