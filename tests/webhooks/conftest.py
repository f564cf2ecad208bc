"""The emulator as the provider: what it posts, as it is posted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from bestsms.emulator import Clock, Emulator

HOOK = "https://hooks.example/sms"
PHONE = "+61421000001"
SENDER = "application@domain.com"
API_KEY = "ta8wr7ymd"

Post = Callable[..., Awaitable[httpx.Request]]


class Recorder(httpx.AsyncBaseTransport):
    """Keeps what is posted, and accepts it."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Keep one."""
        await request.aread()
        self.requests.append(request)
        return httpx.Response(200)


@pytest.fixture
def posted() -> Post:
    """Post as the emulator does; a test says what, and with which of its settings."""

    async def post(kind: str, text: str = "This is a reply.", **settings: Any) -> httpx.Request:
        recorder = Recorder()
        emulator = Emulator(
            token="test-token",
            clock=Clock.frozen("2025-06-03T21:16:55Z"),
            callback_transport=recorder,
            webhook_url=HOOK,
            webhook_sender=SENDER,
            webhook_api_key=API_KEY,
            **settings,
        )
        if kind != "inbound":
            async with httpx.AsyncClient(
                transport=emulator.transport(),
                headers={"Authorization": "Basic test-token", "Accept": "application/json"},
            ) as http:
                data = {"MessageID": "js82hn8n", "SubAccount": "S", "Department": "D"}
                to = [{"Recipient": "0421 000 001"}]
                message = {**data, "Message": "Hello", "Destinations": to}
                url = "http://emulator/api/v2.04/send/sms"
                (await http.post(url, json={"MessageData": message})).raise_for_status()
            emulator.advance(60)
        if kind == "updated":
            emulator.update("js82hn8n", "Link clicked")
        elif kind != "status":
            emulator.reply(PHONE, text)
        await emulator.deliver_callbacks()
        return recorder.requests[-1]

    return post
