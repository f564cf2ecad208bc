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
    if body.get("Messages") is not None:
        return body
    if body.get("ReceivedMessages") is not None:
        return _renamed(_without(body, "Messages"), "ReceivedMessages", "Messages")
    if "From" in body:
        message = {key: body[key] for key in _FLAT_MESSAGE if key in body}
        rest = _without(body, "Messages", *message)
        return {**rest, "Messages": [message] if any(message.values()) else []}
    return body


def reply(body: Body) -> Body:
    """Bring the three shapes of a message's replies to ``Recipients`` with ``SMSReplies`` (T58)."""
    if body.get("Recipients") is not None:
        return body
    sent = _first(body, "MessageSent", "SentMessage")
    replies = _first(body, "MessageReceived", "ReceivedMessages")
    if sent is None and replies is None:
        return body
    recipient: Body = {"SMSReplies": _answered(replies)}
    if isinstance(sent, dict):
        # The date of the sent part is when it was sent, whatever the table says (T74).
        recipient |= _renamed(cast("Body", sent), "Date", "SentDate")
        number = recipient.get("Destination")
        if isinstance(number, str) and number.isdecimal():
            recipient["Destination"] = f"+{number}"  # One sample lacks the plus (T73).
    rest = _without(
        body, "MessageSent", "SentMessage", "MessageReceived", "ReceivedMessages", "Recipients"
    )
    return {**rest, "Recipients": [recipient]}


def _answered(replies: object) -> object:
    """Leave out the blank object that stands where nobody has answered yet."""
    if not isinstance(replies, dict):
        return replies
    one = cast("Body", replies)
    return [one] if any(one.values()) else []


def _first(body: Body, *names: str) -> Any:
    """Return the first that is there; null is absent, and hides nothing."""
    return next((body[name] for name in names if body.get(name) is not None), None)


def _renamed(body: Body, old: str, new: str) -> Body:
    return {(new if key == old else key): value for key, value in body.items()}


def _without(body: Body, *names: str) -> Body:
    return {key: value for key, value in body.items() if key not in names}
