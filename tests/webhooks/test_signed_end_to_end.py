"""The signed callback URL, from the send to the receiver and back."""

from __future__ import annotations

import queue
import socket
from pathlib import Path

import httpx

from bestsms import SyncClient
from bestsms.emulator import Emulator
from bestsms.emulator.server import serving
from bestsms.webhooks import Callback, Event, Receiver

PAIR = {"sender": "application@domain.com", "api_key": "ta8wr7ymd"}
KEYS = {"2026": "a secret of more than sixteen bytes"}
PATIENCE = 30


def free_port() -> int:
    """A port that nobody listens on: the URL is signed before its server is there."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def test_a_report_comes_to_the_url_of_its_own_message(tmp_path: Path) -> None:
    """A webhook that comes to it is believed; one that comes without its token is not."""
    told: queue.Queue[Event] = queue.Queue()

    async def handle(event: Event) -> None:
        told.put(event)

    port = free_port()
    url = f"http://127.0.0.1:{port}/"
    callback = Callback(url, KEYS)
    receiver = Receiver(handle, **PAIR, store=tmp_path / "hooks.sqlite", callback=callback)
    emulator = Emulator(delivery_seconds=0.0, webhook_url=url)
    with (
        serving(receiver, "127.0.0.1", port, allow_remote=False),
        emulator.serve() as account,
        SyncClient("t", base_url=account, callback=callback) as client,
    ):
        sent = client.send("Hello", to="+61421000001")
        event = told.get(timeout=PATIENCE)
        forged = {
            "Sender": PAIR["sender"],
            "APIKey": PAIR["api_key"],
            "Type": "SMS",
            "Destination": "+61421000001",
            "MessageID": sent.message_id,
            "Status": "FAILED",
        }
        answer = httpx.post(url, json=forged, trust_env=False)
    assert (event.message_id, answer.status_code) == (sent.message_id, 401)
    assert "&t=" not in (event.url or "")
    assert told.empty()
