"""What a webhook tells, as one of three events, and the text in which an event is stored.

Every layout becomes the same event (T80-T84): the 2.03 one with its single SentTime, the 2.04 one
with hyphens and the 3.00 one with underscores, in JSON and in XML. The shared secret of the body
is no part of an event, nor of anything that is made of one.
"""

from __future__ import annotations

import abc
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final, Literal

import attrs

from bestsms._wire.model import Answer
from bestsms._wire.times import printed
from bestsms.api import MessageType, RecipientStatus
from bestsms.webhooks import storing
from bestsms.webhooks.reading import canonical

__all__ = ["Event", "Kind", "ReplyEvent", "StatusEvent", "UnknownEvent"]

Kind = Literal["status", "reply", "unknown"]

_FINAL: Final = (RecipientStatus.SUCCESS, RecipientStatus.FAILED)
_INPUT_TO_NUMBER: Final = "inputtonumber"
_RESPONSE_MODE: Final = "responsemode"
_SHOWN_OF_A_NUMBER: Final = 3
_SHOWN_OF_A_TEXT: Final = 100
# What XML can't carry: the same event in JSON has it, or what was put in its place.
_NOT_XML: Final = "[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Event(Answer, abc.ABC):
    """The base of what a webhook tells.

    Attributes:
        message_id: MessageID of the message it is about, if it names one.
        extra: Fields that the references do not name, and known ones that can't be read, by their
            own names; a nested value is the text of its JSON.
    """

    message_id: str | None

    @property
    @abc.abstractmethod
    def kind(self) -> Kind:
        """Which of the three it is."""

    @property
    def key(self) -> str:
        """What every delivery of one event has in common, and no two events have.

        The provider's own ReceivedID of a reply, else a SHA-256 in hex. It is the same in JSON and
        in XML, but for a reply of 2.03: its XML prints no seconds (T81), and two equal replies of
        one minute would be taken for one if the JSON's were left out too.
        """
        lines = [_writable(text).encode("utf-8", "surrogatepass") for text in self._telling()]
        # Each with its length in front: no text can pass for the end of one and the next.
        return hashlib.sha256(b"".join(b"%d:%b" % (len(line), line) for line in lines)).hexdigest()

    def to_json(self) -> str:
        """Return the text of which :meth:`from_json` makes an equal event."""
        names = [each.name for each in attrs.fields(type(self))]
        return storing.dumps(self.kind, {name: getattr(self, name) for name in names})

    @staticmethod
    def from_json(text: str) -> StatusEvent | ReplyEvent | UnknownEvent:
        """Make an event of the text that :meth:`to_json` returned.

        Raises:
            InvalidWebhook: It is not such a text.
        """
        return storing.loads(text, _KINDS)

    @abc.abstractmethod
    def _telling(self) -> Iterable[str]:
        """Return the texts that tell this event from all others."""

    @abc.abstractmethod
    def _shown(self) -> Mapping[str, str | None]:
        """Return what its repr shows."""

    def __repr__(self) -> str:
        shown = [
            f"{name}={text[:_SHOWN_OF_A_TEXT]!r}" for name, text in self._shown().items() if text
        ]
        return f"{type(self).__name__}({', '.join(shown)})"


@attrs.frozen(kw_only=True, eq=False, repr=False)
class _SMSEvent(Event):
    """What a status and a reply have in common.

    Attributes:
        type: Kind of message; it decides what the event is (T91).
        sub_account: SubAccount of the message it is about.
        department: Department of the message it is about.
        job_num: Number of its job, eight letters and digits (the wire's JobNumber).
        contact_id: Contact with this number, if any (2.04).
        result: Delivery result or reason of a failure, an open set of texts; ``RECEIVED`` of a
            reply. A success is no proof of arrival without it (T97).
        price: Your cost of the message; a reply has none of its own (T87).
        detail: Such as ``SMSParts:1``.
        url: The URL it was posted to, without the signature of a
            :class:`~bestsms.webhooks.Callback`.
        version: The layout it came in: ``2.03``, ``2.04`` or ``3.00`` (T82).
    """

    type: MessageType
    sub_account: str | None = None
    department: str | None = None
    job_num: str | None = None
    contact_id: str | None = None
    result: str | None = None
    price: Decimal | None = None
    detail: str | None = None
    url: str | None = None
    version: str = "2.04"


@attrs.frozen(kw_only=True, eq=False, repr=False)
class StatusEvent(_SMSEvent):
    """What became of a message at one destination.

    Attributes:
        message_id: MessageID of the message, given by you or by the provider.
        destination: The number it was sent to.
        status: The outcome; PENDING is none yet (T98).
        sent_at: When it was sent (T96), aware, in UTC; ``None`` in the 2.03 layout.
        sent_time_local: The same as printed, in the sender's local time.
    """

    message_id: str
    destination: str
    status: RecipientStatus
    sent_at: datetime | None = None
    sent_time_local: str | None = None

    @property
    def kind(self) -> Literal["status"]:
        """Which of the three it is."""
        return "status"

    @property
    def is_final(self) -> bool:
        """Whether the status is SUCCESS or FAILED, which no other follows."""
        return self.status in _FINAL

    @property
    def sent_time(self) -> datetime | None:
        """``sent_time_local`` read, naive: which zone it is in is not said (wire-facts 2.3)."""
        return _clock(self.sent_time_local)

    def _telling(self) -> Iterable[str]:
        at = _instant(self.sent_at, self.sent_time_local)
        told = (self.type, self.message_id, self.destination, self.status, self.result or "", at)
        return (*(text.casefold() for text in told), "")

    def _shown(self) -> Mapping[str, str | None]:
        return {
            "message_id": self.message_id,
            "destination": _ending(self.destination),
            "status": self.status.value,
        }


@attrs.frozen(kw_only=True, eq=False, repr=False)
class ReplyEvent(_SMSEvent):
    """What a mobile sent to you.

    Attributes:
        message_id: MessageID of the message it answers; ``None`` if it answers none (T89).
        received_id: The provider's ID of it, the same in every report (2.04).
        from_: The number that sent it; the wire calls it Destination (T88).
        message_text: What it says.
        received_at: When it arrived, aware, in UTC; ``None`` in the 2.03 layout.
        received_time_local: The same as printed, in the sender's local time.
    """

    message_id: str | None = None
    from_: str
    message_text: str
    received_id: str | None = None
    received_at: datetime | None = None
    received_time_local: str | None = None

    @property
    def kind(self) -> Literal["reply"]:
        """Which of the three it is."""
        return "reply"

    @property
    def key(self) -> str:
        """The provider's ReceivedID, or a SHA-256 in hex where it gave none (2.03)."""
        return self.received_id or super().key

    @property
    def matched(self) -> bool:
        """Whether it answers a message of yours, sent in the 7 days before (T89)."""
        return self.type is MessageType.SMS_REPLY

    @property
    def received_time(self) -> datetime | None:
        """``received_time_local`` read, naive: which zone it is in is not said (wire-facts 2.3)."""
        return _clock(self.received_time_local)

    @property
    def input_to_number(self) -> str | None:
        """The number that was sent to, as it was given then, for example ``021-000 001`` (T100)."""
        name, _, number = (self.detail or "").partition(":")
        return (number.strip() or None) if canonical(name) == _INPUT_TO_NUMBER else None

    def _telling(self) -> Iterable[str]:
        at = _instant(self.received_at, self.received_time_local)
        told = (self.type, self.message_id or "", self.from_, "", self.result or "", at)
        return (*(text.casefold() for text in told), self.message_text)

    def _shown(self) -> Mapping[str, str | None]:
        return {
            "message_id": self.message_id,
            "received_id": self.received_id,
            "from_": _ending(self.from_),
        }


@attrs.frozen(kw_only=True, eq=False, repr=False)
class UnknownEvent(Event):
    """What is neither: of another channel, an UPDATED event (T93), or one that lacks a field.

    Attributes:
        message_id: MessageID of the message it is about, if it names one.
        type_: Kind of message, if it names one.
        received_id: The provider's ID of a reply, if it names one.
        fields: Everything that came, by its own names, but the secrets; a nested value is the text
            of its JSON.
    """

    message_id: str | None = None
    type_: str | None = None
    received_id: str | None = None
    fields: Mapping[str, str] = attrs.field(factory=dict[str, str], hash=False)

    @property
    def kind(self) -> Literal["unknown"]:
        """Which of the three it is."""
        return "unknown"

    def _telling(self) -> Iterable[str]:
        # All of it, its ReceivedID included: what tells two events of a kind apart is not known.
        told = sorted(
            (canonical(name), _instant(None, text))
            for name, text in self.fields.items()
            if text and canonical(name) != _RESPONSE_MODE
        )
        return [text for pair in told for text in pair]

    def _shown(self) -> Mapping[str, str | None]:
        return {
            "message_id": self.message_id,
            "received_id": self.received_id,
            "type_": self.type_,
        }


_KINDS: Final[Mapping[str, Callable[..., StatusEvent | ReplyEvent | UnknownEvent]]] = {
    "status": StatusEvent,
    "reply": ReplyEvent,
    "unknown": UnknownEvent,
}


def _clock(text: str | None) -> datetime | None:
    found = printed(text or "")
    return None if found is None else found.replace(tzinfo=None)


def _instant(at: datetime | None, text: str | None) -> str:
    """Spell a time in one way whatever layout and format it came in, or leave the text."""
    found = at or printed(text or "")
    return (text or "") if found is None else found.isoformat()


def _writable(text: str) -> str:
    return re.sub(_NOT_XML, "\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def _ending(number: str) -> str:
    return f"...{number[-_SHOWN_OF_A_NUMBER:]}"
