"""What is let in: every check of a webhook between its first header and the store; no I/O.

The checks come in order of cost, and nothing of a request is believed before the secret in its
body fits. What is refused gets a fixed answer that says nothing of the reason; the log has it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Final

import attrs

from bestsms._settings import Secret
from bestsms._wire.privacy import masked
from bestsms.errors import ConfigurationError, InvalidWebhook
from bestsms.webhooks.authenticity import fits
from bestsms.webhooks.complaints import Complaints
from bestsms.webhooks.events import Event
from bestsms.webhooks.parsing import event_of
from bestsms.webhooks.reading import MOST_BYTES, read
from bestsms.webhooks.signing import Callback

__all__ = [
    "FAILED",
    "KEPT",
    "NOT_FOUND",
    "TOO_LARGE",
    "TOO_SLOW",
    "UNAVAILABLE",
    "Answer",
    "Edge",
    "secrets_of",
]

_RETRY_SECONDS: Final = 60


@attrs.frozen(kw_only=True)
class Answer:
    """What to answer the provider: anything but 200 makes it come again (T94, U7).

    Attributes:
        status: The HTTP status.
        body: A few fixed bytes, or none.
        headers: What goes with them.
    """

    status: int
    body: bytes = b""
    headers: Mapping[str, str]


def _answer(status: int, text: str = "", **more: str) -> Answer:
    body = text.encode()
    fixed = {"Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(body))}
    return Answer(status=status, body=body, headers={**fixed, **more})


KEPT: Final = _answer(200)
_BAD_REQUEST: Final = _answer(400, "bad request\n")
_REFUSED: Final = _answer(401, "refused\n")
NOT_FOUND: Final = _answer(404, "not found\n")
_NOT_ALLOWED: Final = _answer(405, "use POST\n", Allow="POST")
TOO_SLOW: Final = _answer(408, "too slow\n")
TOO_LARGE: Final = _answer(413, "too large\n")
_ENCODED: Final = _answer(415, "no encoding is taken\n")
FAILED: Final = _answer(500, "failed\n")
UNAVAILABLE: Final = _answer(503, "try again\n", **{"Retry-After": str(_RETRY_SECONDS)})


def secrets_of(name: str, given: str | Sequence[str] | None) -> tuple[Secret, ...]:
    """Return the valid texts of one half of the shared secret.

    Args:
        name: What the argument is called, and the environment variable behind BESTSMS_WEBHOOK_.
        given: One text, or several while they are being changed.

    Raises:
        ConfigurationError: There is none, or a blank one.
    """
    variable = f"BESTSMS_WEBHOOK_{name.upper()}"
    found = given if given is not None else os.environ.get(variable, "")
    texts: list[object] = [found] if isinstance(found, str) else list(found)
    secrets = tuple(Secret(each) for each in texts if isinstance(each, str) and each.strip())
    valid = len(secrets) == len(texts) > 0
    # Whatever is raised, a traceback with captured locals finds no secret in this frame.
    del given, found, texts
    if not valid:
        raise ConfigurationError(
            f"{name}: the receiver needs the webhooks' Sender and APIKey, as the BestSMS Dashboard "
            f"shows them. Pass {name}= or set {variable}; to take webhooks from anyone, on a "
            "developer's machine, say insecure=True instead."
        )
    return secrets


class Edge:
    """The checks of one receiver.

    Args:
        senders: The valid texts of ``Sender``.
        api_keys: The valid texts of ``APIKey``.
        callback: The signed callback URL, where one is used.
        complaints: Where a refusal is told.
        insecure: Take any Sender and APIKey.
    """

    def __init__(
        self,
        senders: Sequence[Secret],
        api_keys: Sequence[Secret],
        callback: Callback | None,
        complaints: Complaints,
        *,
        insecure: bool,
    ) -> None:
        self._senders = senders
        self._api_keys = api_keys
        self._callback = callback
        self._complaints = complaints
        self._insecure = insecure

    def refuse(self, method: str, headers: Mapping[str, str]) -> Answer | None:
        """Return the answer to a request that is refused before its body is read.

        A GET would put the APIKey and the text into access logs, and a compressed body may be a
        thousand times what it seems. A Content-Length that is too large is believed; no other is.

        Args:
            method: The HTTP method.
            headers: With names in lower case.
        """
        if method != "POST":
            return _NOT_ALLOWED
        if headers.get("content-encoding", "").strip().lower() not in {"", "identity"}:
            return _ENCODED
        length = headers.get("content-length", "")
        # More digits than these are too many whatever they say, and int() has a limit of its own.
        if length.isascii() and length.isdigit() and int(length[:18]) > MOST_BYTES:
            self._complaints.warn(_LARGE)
            return TOO_LARGE
        return None

    def judge(self, body: bytes, headers: Mapping[str, str], query: str | bytes) -> Event | Answer:
        """Return the event of a webhook that is authentic, or the answer to one that is not.

        Args:
            body: The whole body.
            headers: With names in lower case.
            query: The query of the URL, with the token of a signed callback URL.
        """
        if len(body) > MOST_BYTES:
            self._complaints.warn(_LARGE)
            return TOO_LARGE
        try:
            fields = read(body, headers.get("content-type"))
        except InvalidWebhook as error:
            self._complaints.warn("refused a webhook that can't be read", masked(str(error)))
            return _BAD_REQUEST
        if not self._fits(fields, headers):
            self._complaints.warn("refused a webhook with a wrong Sender or APIKey")
            return _REFUSED
        event = event_of(fields)
        if self._callback is not None and not self._callback.allows(query, event):
            self._complaints.warn(
                "refused a webhook whose URL has no valid token for its message",
                "the one for the Dashboard is Callback.standing_url()",
            )
            return _REFUSED
        return event

    def _fits(self, fields: Mapping[str, str | None], headers: Mapping[str, str]) -> bool:
        return self._insecure or fits(
            fields,
            headers,
            [each.reveal() for each in self._senders],
            [each.reveal() for each in self._api_keys],
        )


_LARGE: Final = f"refused a webhook of more than {MOST_BYTES:,} bytes"
