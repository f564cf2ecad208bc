"""Twilio: the quick start of its documentation, with an HTTP client that goes to another host."""

from __future__ import annotations

from typing import Any

from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client


class Elsewhere(TwilioHttpClient):
    """Twilio's own HTTP client; only the host of a URL is another.

    The other host speaks https too, so that its session uses the adapter it mounts for https.
    """

    def __init__(self, url: str, timeout: float | None) -> None:
        super().__init__(timeout=timeout)
        self._url = url

    def request(self, method: str, url: str, *args: Any, **options: Any) -> Any:
        """Make the request, elsewhere."""
        there = url.replace("https://api.twilio.com", self._url, 1)
        return super().request(method, there, *args, **options)


def send(url: str, timeout: float | None) -> dict[str, Any]:
    """Send one text."""
    client = Client("AC" + "0" * 32, "token", http_client=Elsewhere(url, timeout))
    message = client.messages.create(to="+61421000001", from_="+61421000002", body="Hello")
    return {"told": "success", "message_id": message.sid}
