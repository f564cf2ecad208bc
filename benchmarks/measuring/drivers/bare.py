"""What is sent without a client library for SMS: the same request, and the same look at its id."""

from __future__ import annotations

import json
import uuid

__all__ = ["HEADERS", "PATH", "body", "check"]

PATH = "/api/v2.04/send/sms"
HEADERS = {
    "Authorization": "Basic token",
    "Accept": "application/json",
    "Content-Type": "application/json",
}


def body(text: str) -> tuple[str, bytes]:
    """Return a new MessageID, and the body of its request."""
    message_id = str(uuid.uuid4())
    destinations = [{"Recipient": "+61421000001"}]
    data = {"Message": text, "Destinations": destinations, "MessageID": message_id}
    return message_id, json.dumps({"MessageData": data}, separators=(",", ":")).encode()


def check(message_id: str, status: int, answer: bytes) -> None:
    """See that the text was accepted."""
    if status != 200 or json.loads(answer)["MessageID"] != message_id:
        raise RuntimeError("not accepted")
