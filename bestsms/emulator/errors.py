"""What the emulator raises: one error for its user, one refusal for its caller."""

from __future__ import annotations

from collections.abc import Sequence

SYNTAX = "Failed to process your API request. Check your syntax."


class EmulatorError(ValueError):
    """A setting, an address or a control call that the emulator cannot honour."""


class Refused(Exception):
    """A call that the API answers with ``Result: Failed``.

    Args:
        texts: What goes into ``Message`` (the first) and ``ErrorMessage`` (all).
        status: HTTP code; 400 is the documented one for almost every call (section 1.1).
        message_id: Echoed as ``MessageID`` by the calls that name one.
        headers: Further HTTP headers, such as ``Allow``.
    """

    def __init__(
        self,
        *texts: str,
        status: int = 400,
        message_id: str | None = None,
        headers: Sequence[tuple[str, str]] = (),
    ) -> None:
        super().__init__(*texts)
        self.texts = texts
        self.status = status
        self.message_id = message_id
        self.headers = dict(headers)


def bad_syntax(detail: str | None = None) -> Refused:
    """Spell a body that the server cannot read; ``detail`` says where (E1)."""
    return Refused(SYNTAX, detail) if detail else Refused(SYNTAX)
