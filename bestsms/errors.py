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
    │   └── RateLimited                 429 or 425: not now; see ``retry_after``
    ├── ServerError                     5xx on a call that is safe to repeat
    ├── InvalidResponse                 an answer that is not what the references describe
    │   ├── Redirected                  a redirect, which is never followed
    │   └── ResponseTooLarge            more bytes than are ever read
    └── DeadlineExceeded                mixin: the call's total time is over (also a TimeoutError)

Where a message is concerned an error carries its ``message_id``; where a call would change
something it carries a ``verdict``: what is known of that call now. A read changes nothing and has
no verdict, unless it was refused here, before it left. Every error lists its ``attempts``: how far
each came, its HTTP status, the exception that ended it. No error holds the token, what was sent, or
a whole phone number; the provider's own words stand in it with their numbers masked.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from bestsms._evidence import Attempt, Obstacle, Verdict

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
    "Redirected",
    "Rejected",
    "ResponseTooLarge",
    "ServerError",
    "UnknownAtDeadline",
    "Verdict",
]


class BestSMSError(Exception):
    """The root of every error this package raises.

    Attributes:
        message_id: The message that the call was about, if any.
        verdict: What is known of the call; ``None`` where the call changes nothing.
        attempts: Every attempt of the call, in order; empty if it was refused before the first.
        body_sha256: The SHA-256 of the body that was to be sent, in hex, if there was one: two
            errors with the same are about the same bytes.
        retry_after: Seconds the provider asked to wait, if it said.
    """

    attempts: tuple[Attempt, ...] = ()
    body_sha256: str | None = None
    retry_after: float | None = None

    def __init__(
        self, text: str, *, message_id: str | None = None, verdict: Verdict | None = None
    ) -> None:
        super().__init__(text)
        self.message_id = message_id
        self.verdict = verdict

    def __reduce__(self) -> tuple[object, ...]:
        # Exceptions rebuild themselves from ``args``, which lack the keyword-only arguments.
        # The way to look a send up leads to a client, which stays where it is.
        state = {name: value for name, value in self.__dict__.items() if name != "look_up"}
        return (_rebuild, (type(self), self.args, state))


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
    """Proved: nothing of the request reached the provider, so calling again is safe.

    Attributes:
        obstacle: What kept it from leaving.
    """

    obstacle: Obstacle = Obstacle.OTHER


class NoAnswer(BestSMSError):
    """A read got no usable answer: the connection was lost or timed out. Nothing was changed."""


class OutcomeUnknown(BestSMSError):
    """The request left, and no usable answer came back: the provider may have acted.

    Do not simply call again: a send would go out twice. The reason is in ``__cause__`` where there
    is one. A send has been looked up by its ``message_id`` already, through the settle window;
    :meth:`reconcile` looks again.
    """

    copies: tuple[str, ...] = ()
    """The MessageIDs of second copies that may have been accepted; see ``on_unknown="resend"``."""
    look_up: Callable[[], Awaitable[Verdict]] | None = None
    """How a send is looked up, set by the client that made it."""

    async def reconcile(self) -> Verdict:
        """Look a send up by its ``message_id``, through one more settle window.

        Returns:
            ``ACCEPTED`` if the provider knows the message now, else what was known before. It
            becomes the ``verdict`` of this error. Not known yet is no proof that it will not be:
            there is no verdict that says so. For a call other than a send there is nothing to look
            up, and the answer is the present verdict.
        """
        # What is known to be accepted stays so, also where a look-up fails.
        if self.look_up is not None and self.verdict is not Verdict.ACCEPTED:
            self.verdict = await self.look_up()
        return self.verdict or Verdict.UNKNOWN


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
    """429 or 425: refused before processing, to be asked again later; see ``retry_after``."""


class ServerError(BestSMSError):
    """5xx on a call that is safe to repeat, after every retry.

    Attributes:
        status: The HTTP status.
        snippet: The beginning of the answer, as in :class:`InvalidResponse`.
    """

    snippet: str | None = None

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
        content_type: What the answer said it was.
        snippet: The beginning of the answer, up to 2,000 characters, numbers masked; only of a call
            that carried no body, since an answer may echo what was sent.
    """

    content_type: str | None = None
    snippet: str | None = None

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


class Redirected(InvalidResponse):
    """A redirect came, which is never followed: 302 loses a POST, 307 carries texts elsewhere.

    Attributes:
        host: The host it pointed to, or ``None`` if that can't be read.
    """

    host: str | None = None


class ResponseTooLarge(InvalidResponse):
    """An answer had more bytes than are ever read."""


class DeadlineExceeded(BestSMSError, TimeoutError):
    """Mixin: the call's total time (``deadline=``) is over, retries included."""


class NotSentInTime(NotSent, DeadlineExceeded):
    """The deadline is over, and the request was still waiting for a connection of its own."""


class NoAnswerInTime(NoAnswer, DeadlineExceeded):
    """The deadline is over and a read has no answer. Nothing was changed."""


class UnknownAtDeadline(OutcomeUnknown, DeadlineExceeded):
    """The deadline is over, the request left, and the provider may have acted."""
