"""Bare aiohttp."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
from bare import HEADERS, PATH, body, check


@asynccontextmanager
async def opened(url: str, connections: int) -> AsyncIterator[Callable[[str], Awaitable[None]]]:
    """Open a session."""
    connector = aiohttp.TCPConnector(limit=connections)
    async with aiohttp.ClientSession(connector=connector, headers=HEADERS) as session:

        async def call(text: str) -> None:
            message_id, content = body(text)
            async with session.post(f"{url}{PATH}", data=content) as answer:
                check(message_id, answer.status, await answer.read())

        yield call
