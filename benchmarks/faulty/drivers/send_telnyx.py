"""Telnyx: its client as its documentation makes it, and the one call that sends."""

from __future__ import annotations

from typing import Any

from telnyx import Telnyx


def send(url: str, timeout: float | None, **options: str) -> dict[str, Any]:
    """Send one text."""
    settings = {} if timeout is None else {"timeout": timeout}
    client = Telnyx(api_key="token", base_url=f"{url}/v2", **settings)
    response = client.messages.send(
        to="+61421000001", from_="+61421000002", text="Hello", **options
    )
    return {"told": "success", "message_id": response.data.id}
