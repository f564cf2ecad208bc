"""What a send may come to: accepted, and perhaps twice."""

from __future__ import annotations

import enum
from typing import Final

import attrs

from bestsms._evidence import Attempt
from bestsms.api import SendResult
from bestsms.errors import InvalidRequest

__all__ = ["OnUnknown", "Sent", "linked"]

MAX_REFERENCE: Final = 80


class OnUnknown(enum.StrEnum):
    """What to do with a send whose outcome stays unknown after every look-up."""

    RAISE = "raise"
    """Raise :class:`~bestsms.OutcomeUnknown`: at most one text."""
    RESEND_AT_LEAST_ONCE = "resend"
    """Send it once more under a new MessageID: one text, and perhaps two."""

    @classmethod
    def _missing_(cls, value: object) -> None:
        known = " or ".join(repr(str(one)) for one in cls)
        raise InvalidRequest("on_unknown", f"is {known}, not {value!r}")


@attrs.frozen(kw_only=True)
class Sent:
    """An accepted message. Accepted is not delivered: follow it by its ``message_id``.

    Attributes:
        message_id: What status, replies and actions ask for.
        answer: The provider's answer as it came; of a message that was looked up, its id alone.
        reconciled: Whether the answer was lost, and the message found by looking it up.
        unsettled: The MessageIDs of earlier copies whose outcome is unknown: none, unless
            ``on_unknown="resend"``.
        attempts: Every attempt of the request, in order.
    """

    message_id: str
    answer: SendResult = attrs.field(repr=False)
    reconciled: bool = False
    unsettled: tuple[str, ...] = ()
    attempts: tuple[Attempt, ...] = attrs.field(default=(), eq=False, repr=False)

    def __str__(self) -> str:
        return self.message_id


def linked(reference: str | None, message_id: str) -> str:
    """Return the reference of a second copy, which names the first.

    Raises:
        InvalidRequest: Both together are longer than a reference may be.
    """
    # What is no text is refused with the first copy.
    text = f"{f'{reference} ' if reference else ''}resend of {message_id}"
    if len(text) > MAX_REFERENCE:
        raise InvalidRequest(
            "Reference",
            f"leaves no room to name the first copy, as on_unknown='resend' does: {len(text)} of "
            f"{MAX_REFERENCE} characters",
            size=len(text),
        )
    return text
