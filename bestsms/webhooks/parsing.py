"""A webhook's fields to an event: pure, and lenient wherever the provider is loose (T80-T100).

What is no status and no reply is an :class:`~bestsms.webhooks.UnknownEvent`, and no error: coming
again every five minutes for a day would not make it another.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from bestsms._wire.times import moment, printed
from bestsms.api import MessageType, RecipientStatus
from bestsms.webhooks.events import ReplyEvent, StatusEvent, UnknownEvent
from bestsms.webhooks.reading import Nested, canonical, read
from bestsms.webhooks.signing import unsigned

__all__ = ["event_of", "parse"]

_STATUSES: Final = (MessageType.SMS, MessageType.TEXT)
_REPLIES: Final = (MessageType.SMS_REPLY, MessageType.SMS_INBOUND)

# All of these are canonical names.
_SECRETS: Final = ("sender", "apikey", "authtoken")
_TEXTS: Final = {
    "sub_account": ("subaccount",),
    "department": ("department",),
    "job_num": ("jobnumber", "jobnum"),
    "contact_id": ("contactid",),
    "result": ("result",),
    "detail": ("detail",),
    "url": ("url",),
}
_LOCAL: Final = ("senttimelocal", "senttime")
_UTC: Final = ("senttimeutcrfc3339", "senttimeutciso8601", "senttimeutc")
_IDS: Final = ("messageid", "receivedid")
_OTHERS: Final = ("destination", "message", "price", "responsemode", "status", "type", "version")
_KNOWN: Final = frozenset((*_LOCAL, *_UTC, *_IDS, *_OTHERS, *sum(_TEXTS.values(), ())))

_NEW_LAYOUT: Final = frozenset({"senttimelocal", "receivedid", "contactid"})
_VERSION: Final = r"[vV]?(2\.03|2\.04|3\.00)\b"
_PRICE: Final = r"-?[0-9]{1,12}(\.[0-9]{1,12})?"


def parse(
    body: bytes | str, content_type: str | None = None
) -> StatusEvent | ReplyEvent | UnknownEvent:
    """Read a webhook: any layout (2.03, 2.04, 3.00), in JSON, XML or a form.

    It proves nothing, for anyone can post to a URL: ask :func:`~bestsms.webhooks.verify` too, or
    use a :class:`~bestsms.webhooks.Receiver`.

    Example:
        >>> parse('{"Type": "SMS", "Destination": "+61421000001", "MessageID": "js82hn8n", '
        ...       '"Status": "SUCCESS", "Result": "delivered", "Price": "0.10"}')
        StatusEvent(message_id='js82hn8n', destination='...001', status='Success')

    Args:
        body: The body of the POST.
        content_type: Its Content-Type; a wrong one, or none, does no harm.

    Raises:
        InvalidWebhook: The body can't be read, or is beyond a bound (256 KB, 200 values, 16 deep).
    """
    return event_of(read(body, content_type))


def event_of(fields: Mapping[str, str | None]) -> StatusEvent | ReplyEvent | UnknownEvent:
    """Make an event of what :func:`~bestsms.webhooks.reading.read` found.

    Type decides what it is, not Status (T91). But an SMS that is UPDATED tells of an event such as
    a click (T93, U24) and not of an outcome, which it must not take the place of: it is an
    UnknownEvent.
    """
    found = _Found(fields)
    number, message_id = found.peek("destination"), found.peek("messageid")
    kind = MessageType(found.peek("type") or "")
    status = RecipientStatus(found.peek("status") or "")
    if number and not found.broken:
        if kind in _REPLIES:
            return _reply(found, kind, number, message_id)
        if kind in _STATUSES and message_id and status not in {"", RecipientStatus.UPDATED}:
            return _status(found, kind, number, message_id, status)
    return UnknownEvent(
        type_=found.peek("type"),
        message_id=message_id,
        received_id=found.peek("receivedid"),
        fields=found.kept,
    )


class _Found:
    """What a body says, each known field by its canonical name.

    Attributes:
        kept: All of it but the secrets, by the body's own names.
        broken: Whether a known field is not one text.
    """

    def __init__(self, fields: Mapping[str, str | None]) -> None:
        self.kept: dict[str, str] = {}
        self.broken = False
        self._extra: dict[str, str] = {}
        self._names: dict[str, str] = {}
        for name, value in fields.items():
            short, text = canonical(name), value or ""
            if short in _SECRETS:
                continue
            self.kept[name] = unsigned(text) if short == "url" else str(text)
            if short not in _KNOWN or short in self._names:
                self._extra[name] = self.kept[name]
            elif text.strip() or short == "message":
                self._names[short] = name
                self.broken |= isinstance(text, Nested)

    def peek(self, short: str) -> str | None:
        """Return the text of a known field, unless it is blank."""
        name = self._names.get(short)
        return None if name is None else self.kept[name].strip() or None

    def take(self, *shorts: str) -> str | None:
        """Return the first of these that is there; it is no longer extra."""
        for short in shorts:
            if text := self.peek(short):
                self.drop(short)
                return text
        return None

    def drop(self, *shorts: str) -> None:
        """Have these no longer be extra."""
        for short in shorts:
            self._names.pop(short, None)

    def message(self) -> str:
        """Return the text of a reply as it is, spaces and all."""
        return self.kept.get(self._names.pop("message", ""), "")

    def times(self) -> tuple[datetime | None, str | None]:
        """Return the moment, if it is known, and the local text of it."""
        at, local = moment(*map(self.peek, _UTC)), self.take(*_LOCAL)
        if at is not None:
            self.drop(*_UTC)
            return at, local
        clock = printed(local or "")
        knows = clock is not None and clock.tzinfo is not None
        return (moment(clock.isoformat()) if clock is not None and knows else None), local

    def common(self) -> dict[str, Any]:
        """Return what a status and a reply have in common."""
        version = self._version()
        self.drop("messageid", "destination", "type", "version", "responsemode")
        price = self.peek("price")
        if price is not None and re.fullmatch(_PRICE, price):
            self.drop("price")
        else:
            price = None
        texts = {attribute: self.take(*shorts) for attribute, shorts in _TEXTS.items()}
        return {**texts, "price": price and Decimal(price), "version": version}

    def extra(self) -> dict[str, str]:
        """Return what no one took."""
        left = {name: self.kept[name] for name in self._names.values()}
        return self._extra | {name: text for name, text in left.items() if text.strip()}

    def _version(self) -> str:
        found = re.match(_VERSION, self.peek("version") or "")
        if found is not None:
            return found[1]
        # Blank fields tell as well (T103).
        if any(name.startswith(("SentTimeUTC_", "SendTime")) for name in self.kept):
            return "3.00"
        return "2.03" if _NEW_LAYOUT.isdisjoint(map(canonical, self.kept)) else "2.04"


def _status(
    found: _Found, kind: MessageType, number: str, message_id: str, status: RecipientStatus
) -> StatusEvent:
    sent_at, sent_time_local = found.times()
    common = found.common()
    found.drop("status")
    return StatusEvent(
        type=kind,
        message_id=message_id,
        destination=number,
        status=status,
        sent_at=sent_at,
        sent_time_local=sent_time_local,
        extra=found.extra(),
        **common,
    )


def _reply(found: _Found, kind: MessageType, number: str, message_id: str | None) -> ReplyEvent:
    received_at, received_time_local = found.times()
    common, text, received_id = found.common(), found.message(), found.take("receivedid")
    if (found.peek("status") or "").casefold() == RecipientStatus.RECEIVED.casefold():
        found.drop("status")
    return ReplyEvent(
        type=kind,
        message_id=message_id,
        received_id=received_id,
        from_=number,
        message_text=text,
        received_at=received_at,
        received_time_local=received_time_local,
        extra=found.extra(),
        **common,
    )
