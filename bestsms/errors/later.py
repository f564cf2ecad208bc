"""What may go wrong after a message was accepted: waiting for it, and receiving webhooks."""

from __future__ import annotations

from typing import Any

from bestsms.errors.root import BestSMSError, DeadlineExceeded

__all__ = ["InvalidWebhook", "QueueFull", "StoreError", "WaitTimeout", "WaitsFailed"]


class WaitTimeout(DeadlineExceeded):
    """A wait is over, and the message is not: it may still be delivered, and waited for again.

    Attributes:
        report: The last :class:`~bestsms.Report` seen; ``None`` if there was none.
        confirmed: Whether the provider was asked after the end. If not, the reason is in
            ``__cause__``, and the state may be another by now.
    """

    report: Any = None
    confirmed: bool = False


class WaitsFailed(BestSMSError):
    """Some of many waits brought no final report; all the others are done.

    Attributes:
        errors: What each of them ended with; each names its ``message_id``.
    """

    errors: tuple[Exception, ...] = ()


class InvalidWebhook(BestSMSError, ValueError):
    """The body of a webhook can't be read: it is too large, too deep, or no JSON or XML at all."""


class StoreError(BestSMSError):
    """The store of webhooks can't be read or written; what was to be kept must come again."""


class QueueFull(StoreError):
    """The store holds as many events that wait for their handler as it was allowed to."""
