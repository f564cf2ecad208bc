"""This client: one call for the whole list."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

from audience import MESSAGE, Audience

import bestsms


@asynccontextmanager
async def opened(url: str, how: str = "") -> AsyncIterator[Callable[[Audience], Awaitable[int]]]:
    """Open the client; with a ``journal``, in the venv's own folder: /tmp may not be a disk."""
    numbers = count()
    with tempfile.TemporaryDirectory(dir=sys.prefix) as folder:
        journal = Path(folder) / "journal.db" if how == "journal" else None
        async with bestsms.AsyncClient("token", base_url=url, journal=journal) as client:

            async def send(audience: Audience) -> int:
                # A name is what a rerun goes by, and without a journal it would ask the provider.
                campaign = f"speed {next(numbers)}" if journal else None
                totals = await client.send_many(audience, message=MESSAGE, campaign=campaign)
                return totals.accepted

            yield send
