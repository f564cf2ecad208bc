"""This client: retries, settling and deadline as they come."""

from __future__ import annotations

import asyncio
from typing import Any

import bestsms


async def _send(url: str, options: dict[str, float]) -> bestsms.Sent:
    async with bestsms.AsyncClient("token", base_url=url, **options) as client:
        return await client.send("Hello", to="+61421000001")


def send(url: str, timeout: float | None) -> dict[str, Any]:
    """Send one text."""
    sent = asyncio.run(_send(url, {} if timeout is None else {"timeout": timeout}))
    reconciled = getattr(sent, "reconciled", False)
    return {
        "told": "success",
        "message_id": sent.message_id,
        "text": "found by its id: reconciled" if reconciled else "",
    }
