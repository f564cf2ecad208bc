"""Telnyx's async client, on either of the two engines that its documentation names."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
from telnyx import AsyncTelnyx, DefaultAioHttpClient, DefaultAsyncHttpxClient

ENGINES = {"httpx": DefaultAsyncHttpxClient, "aiohttp": DefaultAioHttpClient}


@asynccontextmanager
async def opened(
    url: str, connections: int, engine: str
) -> AsyncIterator[Callable[[str], Awaitable[None]]]:
    """Open the client."""
    # Of a hundred connections it keeps twenty by default; here all are kept, as everywhere.
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    http = ENGINES[engine](limits=limits)
    async with AsyncTelnyx(api_key="token", base_url=f"{url}/v2", http_client=http) as client:

        async def call(text: str) -> None:
            response = await client.messages.send(
                to="+61421000001", from_="+61421000002", text=text
            )
            if not response.data.id:
                raise RuntimeError("no id")

        yield call
