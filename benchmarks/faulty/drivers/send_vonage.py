"""Vonage: the Messages API, of whose two the one that documents a 429.

Its host can be set and its scheme can't: it is https always. So it is sent to https, and the
certificate is one that REQUESTS_CA_BUNDLE makes it trust. Nothing of it is patched.
"""

from __future__ import annotations

from typing import Any

from vonage import Auth, HttpClientOptions, Vonage
from vonage_messages import Sms


def send(url: str, timeout: float | None) -> dict[str, Any]:
    """Send one text."""
    settings = {} if timeout is None else {"timeout": int(timeout)}
    options = HttpClientOptions(api_host=url.removeprefix("https://"), **settings)
    client = Vonage(Auth(api_key="key", api_secret="secret"), http_client_options=options)
    response = client.messages.send(Sms(to="61421000001", from_="61421000002", text="Hello"))
    return {"told": "success", "message_id": response.message_uuid}
