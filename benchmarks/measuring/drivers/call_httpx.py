"""Bare httpx."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
from bare import HEADERS, PATH, body, check


@asynccontextmanager
async def opened(url: str, connections: int) -> AsyncIterator[Callable[[str], Awaitable[None]]]:
    """Open a client."""
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    # By default a call waits 5 s for its connection, and then fails.
    timeout = httpx.Timeout(30, pool=None)
    async with httpx.AsyncClient(
        base_url=url, headers=HEADERS, limits=limits, timeout=timeout
    ) as client:

        async def call(text: str) -> None:
            message_id, content = body(text)
            answer = await client.post(PATH, content=content)
            check(message_id, answer.status_code, answer.content)

        yield call
