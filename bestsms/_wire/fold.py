"""Answers that the references draw in several shapes, brought to the one that the models have.

The received list is ``Messages``, ``ReceivedMessages``, or one message flat in the body (T57). The
replies to a message stand under each recipient, or beside one ``MessageSent``/``SentMessage`` at
the top (T58). Anything that is not one of these passes unchanged, for the structuring to judge.
"""

from __future__ import annotations

from typing import Any, cast

__all__ = ["received", "reply"]

Body = dict[str, Any]

_FLAT_MESSAGE = ("From", "MessageText", "Date", "DateUTC")


def received(body: Body) -> Body:
    """Bring the three shapes of the received list to ``Messages`` (T57)."""
    if "Messages" in body:
        return body
    if "ReceivedMessages" in body:
        return _renamed(body, "ReceivedMessages", "Messages")
    if "From" in body:
        message = {key: body[key] for key in _FLAT_MESSAGE if key in body}
        rest = {key: value for key, value in body.items() if key not in message}
        return {**rest, "Messages": [message]}
    return body


def reply(body: Body) -> Body:
    """Bring the three shapes of a message's replies to ``Recipients`` with ``SMSReplies`` (T58)."""
    if "Recipients" in body:
        return body
    sent = body.get("MessageSent", body.get("SentMessage"))
    replies = body.get("MessageReceived", body.get("ReceivedMessages"))
    if sent is None and replies is None:
        return body
    recipient: Body = {"SMSReplies": replies}
    if isinstance(sent, dict):
        # The date of the sent part is when it was sent, whatever the table says (T74).
        recipient |= _renamed(cast("Body", sent), "Date", "SentDate")
    old = {"MessageSent", "SentMessage", "MessageReceived", "ReceivedMessages"}
    return {key: value for key, value in body.items() if key not in old} | {
        "Recipients": [recipient]
    }


def _renamed(body: Body, old: str, new: str) -> Body:
    return {(new if key == old else key): value for key, value in body.items()}
