"""Webhooks, safe to receive: read them with :func:`parse`, and trust them after :func:`verify`."""

from bestsms.errors import InvalidWebhook, QueueFull, StoreError
from bestsms.webhooks.authenticity import verify
from bestsms.webhooks.blocking import BlockingReceiver
from bestsms.webhooks.confirming import Unconfirmed
from bestsms.webhooks.edge import Answer
from bestsms.webhooks.events import Event, ReplyEvent, StatusEvent, UnknownEvent
from bestsms.webhooks.parsing import parse
from bestsms.webhooks.queue import DeadLetter, Handler
from bestsms.webhooks.receiver import Receiver
from bestsms.webhooks.signing import Callback

__all__ = [
    "Answer",
    "BlockingReceiver",
    "Callback",
    "DeadLetter",
    "Event",
    "Handler",
    "InvalidWebhook",
    "QueueFull",
    "Receiver",
    "ReplyEvent",
    "StatusEvent",
    "StoreError",
    "Unconfirmed",
    "UnknownEvent",
    "parse",
    "verify",
]
