"""Whether a webhook is the provider's: a secret that both know, for nothing is signed (T85)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Final

from bestsms.errors import ConfigurationError, InvalidWebhook
from bestsms.webhooks.reading import Nested, read

__all__ = ["fits", "verify"]

_SENDER: Final = "x-sender"
_API_KEY: Final = "authorization"


def verify(
    body: bytes | str,
    content_type: str | None = None,
    headers: Mapping[str, str] | None = None,
    *,
    sender: str | Sequence[str],
    api_key: str | Sequence[str],
) -> bool:
    """Say whether a webhook carries the Sender and the APIKey that only the provider knows.

    Nothing of what is posted makes it raise. A :class:`~bestsms.webhooks.Receiver` does this, and
    more.

    Example:
        >>> body = '{"Sender": "application@domain.com", "APIKey": "ta8wr7ymd", "Type": "SMS"}'
        >>> verify(body, sender="application@domain.com", api_key=["ta8wr7ymd", "the-old-one"])
        True

    Args:
        body: The body of the POST.
        content_type: Its Content-Type; a wrong one, or none, does no harm.
        headers: Its headers, with names in any case; an X-Sender and an Authorization among them
            must fit too (2.04).
        sender: The Sender set for the webhook in the Dashboard; several while it changes.
        api_key: The APIKey set there; several while it changes.

    Raises:
        ConfigurationError: There is no sender or api_key to compare with, or a blank one.
    """
    senders, api_keys = _several("sender", sender), _several("api_key", api_key)
    try:
        fields = read(body, content_type)
    except InvalidWebhook:
        return False
    return fits(fields, headers or {}, senders, api_keys)


def fits(
    fields: Mapping[str, str | None],
    headers: Mapping[str, str],
    senders: Sequence[str],
    api_keys: Sequence[str],
) -> bool:
    """Say whether the pair in the body fits, and each half that the headers have.

    How long it takes does not depend on how much of it fits: every candidate is compared with all
    that is there, by hashes of one length.

    Args:
        fields: The body, as :func:`~bestsms.webhooks.reading.read` gives it.
        headers: With names in any case.
        senders: The valid senders, none blank.
        api_keys: The valid keys, none blank.
    """
    whole = [
        _among([_body(fields.get("Sender"))], senders),
        _among([_body(fields.get("APIKey"))], api_keys),
    ]
    for name, text in headers.items():
        if name.lower() == _SENDER:
            whole.append(_among(_header(text), senders))
        elif name.lower() == _API_KEY:
            whole.append(_among(_header(text), api_keys))
    return all(whole)


def _several(name: str, given: str | Sequence[str]) -> Sequence[str]:
    found = [given] if isinstance(given, str) else list(given)
    # What is blank would fit a body that has none.
    if not found or not all(each.strip() for each in found):
        raise ConfigurationError(f"{name}: as set for the webhook in the Dashboard, and not blank.")
    return found


def _among(spellings: Sequence[bytes], valid: Sequence[str]) -> bool:
    digests = [hashlib.sha256(_bytes(each)).digest() for each in valid]
    found = False
    for spelling in spellings:
        offered = hashlib.sha256(spelling).digest()
        for digest in digests:
            found |= hmac.compare_digest(offered, digest)
    return found


def _body(text: str | None) -> bytes:
    return b"" if text is None or isinstance(text, Nested) else _bytes(text)


def _header(text: str) -> Sequence[bytes]:
    # A header's bytes are UTF-8, and some servers give them as Latin-1.
    try:
        return (_bytes(text), text.encode("latin-1"))
    except UnicodeEncodeError:
        return (_bytes(text),)


def _bytes(text: str) -> bytes:
    # A str with half of a surrogate pair must not raise here, nor equal another.
    return text.encode("utf-8", "surrogatepass")
