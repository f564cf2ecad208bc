"""Both clients from a plain test: the async one in a loop of its own, the sync one as it is."""

from __future__ import annotations

import asyncio
import time
from typing import Any, Literal

from bestsms import AsyncClient, BestSMSError, SyncClient

TOKEN = "drill-token"
NUMBER = "+61421000001"
Kind = Literal["async", "sync"]


def sends(kind: Kind, *ids: str, pause: float = 0.0, **given: Any) -> list[Any]:
    """Send one text per id over one client; each ends as what it returned, or its error of ours.

    Anything else that is raised passes through: it is what no caller should ever see.

    Args:
        kind: Which client.
        ids: The messages' ids.
        pause: Seconds between two sends.
        given: Settings of the client; and ``files`` of the messages.
    """
    files = given.pop("files", ())
    settings: dict[str, Any] = {"auth_token": TOKEN, **given}
    ends: list[Any] = []

    if kind == "sync":
        with SyncClient(**settings) as client:
            for number, message_id in enumerate(ids):
                time.sleep(pause if number else 0.0)
                try:
                    ends.append(client.send("Hi", to=NUMBER, message_id=message_id, files=files))
                except BestSMSError as error:
                    ends.append(error)
        return ends

    async def run() -> None:
        async with AsyncClient(**settings) as client:
            for number, message_id in enumerate(ids):
                await asyncio.sleep(pause if number else 0.0)
                try:
                    ends.append(
                        await client.send("Hi", to=NUMBER, message_id=message_id, files=files)
                    )
                except BestSMSError as error:
                    ends.append(error)

    asyncio.run(run())
    return ends
