"""Events as text for a store, and back: JSON of their attributes, with nothing lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, TypeVar, cast

from bestsms._wire import json as wire_json
from bestsms.api import MessageType, RecipientStatus
from bestsms.errors import InvalidWebhook

__all__ = ["dumps", "loads"]

EventT = TypeVar("EventT")

_KIND: Final = "kind"


def dumps(kind: str, attributes: Mapping[str, object]) -> str:
    """Write down the attributes of an event; those that are ``None`` are left out."""
    stored = {name: _plain(value) for name, value in attributes.items() if value is not None}
    return wire_json.dumps({_KIND: kind, **stored}).decode()


def loads(text: str, kinds: Mapping[str, Callable[..., EventT]]) -> EventT:
    """Make an event of what :func:`dumps` wrote.

    Args:
        text: What it wrote.
        kinds: What makes an event of its attributes, by kind.

    Raises:
        InvalidWebhook: It did not write this.
    """
    try:
        stored = dict(cast("dict[str, object]", wire_json.loads(text.encode())))
        event = kinds[_text(stored.pop(_KIND))]
        return event(**{name: _READERS.get(name, _text)(stored[name]) for name in stored})
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise InvalidWebhook(
            f"This is not the stored form of an event ({type(error).__name__})."
        ) from None


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _texts(value: object) -> dict[str, str]:
    return {name: _text(text) for name, text in _object(value).items()}


def _object(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise TypeError
    return cast("dict[str, object]", value)


# What is not among these is text.
_READERS: Final[Mapping[str, Callable[[Any], object]]] = {
    "type": MessageType,
    "status": RecipientStatus,
    "price": Decimal,
    "sent_at": datetime.fromisoformat,
    "received_at": datetime.fromisoformat,
    "fields": _texts,
    "extra": _object,
}
