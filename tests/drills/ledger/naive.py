"""The control: what a sender without a ledger in mind does, on plain httpx."""

from __future__ import annotations

import asyncio
import uuid

import httpx

from ledger.drill import NUMBER, TOKEN


async def naively(url: str, name: str, count: int, *, attempts: int, at_once: int = 20) -> None:
    """Send so many texts, each again after any exception and any 5xx; 1 attempt is no retry."""
    limits = httpx.Limits(max_connections=at_once, max_keepalive_connections=at_once)
    headers = {"Authorization": f"Basic {TOKEN}"}
    async with httpx.AsyncClient(
        base_url=url, headers=headers, timeout=0.25, limits=limits
    ) as client:
        numbers = iter(range(count))

        async def worker() -> None:
            for number in numbers:
                message = {
                    "MessageID": str(uuid.uuid4()),
                    "Message": f"{name} {number}",
                    "Destinations": [{"Recipient": NUMBER}],
                }
                for _ in range(attempts):
                    if await _accepted(client, message):
                        break

        await asyncio.gather(*(worker() for _ in range(at_once)))


async def _accepted(client: httpx.AsyncClient, message: dict[str, object]) -> bool:
    try:
        async with asyncio.timeout(1.0):
            answer = await client.post("/api/v2.04/send/sms", json={"MessageData": message})
        answer.json()
    except Exception:  # noqa: BLE001 - that is what it does
        return False
    return answer.status_code < 500
