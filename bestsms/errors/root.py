"""The root of the tree, and what is refused before anything begins."""

from __future__ import annotations

from bestsms._evidence import Attempt, Verdict

__all__ = ["BestSMSError", "ConfigurationError", "DeadlineExceeded", "InvalidRequest"]


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


class DeadlineExceeded(BestSMSError, TimeoutError):
    """Mixin: the call's total time (``deadline=``) is over, retries included."""
