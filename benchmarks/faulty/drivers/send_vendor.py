"""The vendor's own client: the quick start of its documentation."""

from __future__ import annotations

from typing import Any

from bestsms import BestSMS


def send(url: str, timeout: float | None) -> dict[str, Any]:
    """Send one text."""
    del timeout  # it has none to set
    client = BestSMS(AuthToken="token", BaseURL=f"{url}/api/v3.00")
    response = client.Messaging.SMS.SendMessage(Message="Hello", Destination="+61421000001")
    return {
        "told": "success" if response.Result == "Success" else f"Result={response.Result}",
        "message_id": response.MessageID,
        "text": "; ".join(response.ErrorMessage),
    }
