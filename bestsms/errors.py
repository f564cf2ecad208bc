"""Everything that can go wrong, as one tree.

.. code-block:: text

    BestSMSError                        every error of this package
    ├── ConfigurationError              a setting is missing or wrong (a ValueError)
    ├── InvalidRequest                  an argument, refused before a byte leaves (a ValueError)
    ├── NotSent                         proved: nothing of the request reached the provider
    │   └── NotSentInTime               ... and the deadline is over (also DeadlineExceeded)
    ├── NoAnswer                        a read got no usable answer; nothing was changed
    │   └── NoAnswerInTime              ... and the deadline is over (also DeadlineExceeded)
    ├── OutcomeUnknown                  the provider may have acted, and did not say so
    │   └── UnknownAtDeadline           ... and the deadline is over (also DeadlineExceeded)
    ├── Rejected                        the provider answered, and the answer was no
    │   ├── AuthenticationFailed        401: the token is wrong or was refreshed
    │   ├── PermissionDenied            403: the user may not do this
    │   ├── NotFound                    404, or a failure whose text says "not found" (U1)
    │   └── RateLimited                 429: too many requests; see ``retry_after``
    ├── ServerError                     5xx on a call that is safe to repeat
    ├── InvalidResponse                 an answer that is not what the references describe
    └── DeadlineExceeded                mixin: the call's total time is over (also a TimeoutError)

Where a message is concerned an error carries its ``message_id``; where a call would change
something it carries a ``verdict``: what is known of that call now. A read changes nothing and has
no verdict, unless it was refused here, before it left. No error holds the token, what was
sent, or a whole phone number; the provider's own words stand in it with their numbers masked.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence

__all__ = [
    "AuthenticationFailed",
    "BestSMSError",
    "ConfigurationError",
    "DeadlineExceeded",
    "InvalidRequest",
    "InvalidResponse",
    "NoAnswer",
    "NoAnswerInTime",
    "NotFound",
    "NotSent",
    "NotSentInTime",
    "OutcomeUnknown",
    "PermissionDenied",
    "RateLimited",
    "Rejected",
    "ServerError",
    "UnknownAtDeadline",
    "Verdict",
]


class Verdict(enum.Enum):
    """What is known of a call that changes something, at the moment an error leaves it."""

    NOT_SENT = "not sent"
    """Proved: nothing of it reached the provider. Calling again is safe."""
    REJECTED = "rejected"
    """The provider answered no. Nothing was done."""
    UNKNOWN = "unknown"
    """It may or may not have been done. Look before you call again."""
    ACCEPTED = "accepted"
    """It was done; only the details of the answer are missing."""

    def __repr__(self) -> str:
        return f"Verdict.{self.name}"


class BestSMSError(Exception):
    """The root of every error this package raises.

    Attributes:
        message_id: The message that the call was about, if any.
        verdict: What is known of the call; ``None`` where the call changes nothing.
    """

    def __init__(
        self, text: str, *, message_id: str | None = None, verdict: Verdict | None = None
    ) -> None:
        super().__init__(text)
        self.message_id = message_id
        self.verdict = verdict

    def __reduce__(self) -> tuple[object, ...]:
        # Exceptions rebuild themselves from ``args``, which lack the keyword-only arguments.
        return (_rebuild, (type(self), self.args, self.__dict__))


def _rebuild(
    kind: type[BestSMSError], args: tuple[object, ...], state: dict[str, object]
) -> BestSMSError:
    error = kind.__new__(kind)
    # Not through __new__: OSError, and so a TimeoutError, leaves its arguments to __init__.
    error.args = args
    error.__dict__.update(state)
    return error


class ConfigurationError(BestSMSError, ValueError):
    """A setting is missing or wrong, and no client was made."""


class InvalidRequest(BestSMSError, ValueError):
    """An argument was refused before a byte left.

    Attributes:
        field: The wire name of the field, as the references spell it.
        limit: What is allowed, in words.
        size: The refused value's size in the limit's unit, where it has one.
    """

    def __init__(
        self, field: str, limit: str, *, size: int | None = None, message_id: str | None = None
    ) -> None:
        super().__init__(
            f"{field}: {limit}. Nothing was sent.", message_id=message_id, verdict=Verdict.NOT_SENT
        )
        self.field = field
        self.limit = limit
        self.size = size


class NotSent(BestSMSError):
    """Proved: nothing of the request reached the provider, so calling again is safe."""


class NoAnswer(BestSMSError):
    """A read got no usable answer: the connection was lost or timed out. Nothing was changed."""


class OutcomeUnknown(BestSMSError):
    """The request left, and no usable answer came back: the provider may have acted.

    Do not simply call again: a send would go out twice. Look the message up by ``message_id``
    (``await client.reports.status(message_id)``) once the provider has had time to process it.
    The reason is in ``__cause__`` where there is one.
    """


class Rejected(BestSMSError):
    """The provider answered, and the answer was no: nothing was done.

    Attributes:
        status: The HTTP status; 200 is possible, with ``Result: Failed`` in the body (T50).
        errors: The provider's reasons, as one tuple of texts whatever key they came under (T53).
    """

    def __init__(
        self,
        text: str,
        *,
        status: int,
        errors: Sequence[str] = (),
        message_id: str | None = None,
        verdict: Verdict | None = None,
    ) -> None:
        super().__init__(text, message_id=message_id, verdict=verdict)
        self.status = status
        self.errors = tuple(errors)


class AuthenticationFailed(Rejected):
    """401: the token is wrong, or was refreshed in the dashboard, which ends the old one."""


class PermissionDenied(Rejected):
    """403: the token is right and its user may not do this."""


class NotFound(Rejected):
    """The provider does not know the message, contact or group, or not yet (U1, U3)."""


class RateLimited(Rejected):
    """429: too many requests, refused before processing.

    Attributes:
        retry_after: Seconds the provider asked to wait, if it said.
    """

    retry_after: float | None = None


class ServerError(BestSMSError):
    """5xx on a call that is safe to repeat, after every retry.

    Attributes:
        status: The HTTP status.
        retry_after: Seconds the provider asked to wait, if it said.
    """

    retry_after: float | None = None

    def __init__(
        self,
        text: str,
        *,
        status: int,
        message_id: str | None = None,
        verdict: Verdict | None = None,
    ) -> None:
        super().__init__(text, message_id=message_id, verdict=verdict)
        self.status = status


class InvalidResponse(BestSMSError):
    """An answer came that is not what the references describe.

    Attributes:
        status: The HTTP status it came with.
        path: Where in the body, as ``$.Recipients[0].Status``, or ``None`` for the body as a whole.
    """

    def __init__(
        self,
        text: str,
        *,
        status: int | None = None,
        path: str | None = None,
        message_id: str | None = None,
        verdict: Verdict | None = None,
    ) -> None:
        super().__init__(text, message_id=message_id, verdict=verdict)
        self.status = status
        self.path = path


class DeadlineExceeded(BestSMSError, TimeoutError):
    """Mixin: the call's total time (``deadline=``) is over, retries included."""


class NotSentInTime(NotSent, DeadlineExceeded):
    """The deadline is over, and the request was still waiting for a connection of its own."""


class NoAnswerInTime(NoAnswer, DeadlineExceeded):
    """The deadline is over and a read has no answer. Nothing was changed."""


class UnknownAtDeadline(OutcomeUnknown, DeadlineExceeded):
    """The deadline is over, the request left, and the provider may have acted."""
