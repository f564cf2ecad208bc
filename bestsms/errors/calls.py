"""How a call may end that did not go well."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from bestsms._evidence import Obstacle, Verdict
from bestsms.errors.root import BestSMSError, DeadlineExceeded

__all__ = [
    "AuthenticationFailed",
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
]


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

    absent: bool = False
    """Whether a send was looked up through all of the settle window, and is not known there."""
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


class NotSentInTime(NotSent, DeadlineExceeded):
    """The deadline is over, and the request was still waiting for a connection of its own."""


class NoAnswerInTime(NoAnswer, DeadlineExceeded):
    """The deadline is over and a read has no answer. Nothing was changed."""


class UnknownAtDeadline(OutcomeUnknown, DeadlineExceeded):
    """The deadline is over, the request left, and the provider may have acted."""
