"""The signed callback URL: it binds a report to a message that this program sent (FAULTS 3.1).

The provider signs nothing, and its shared secret stands in every webhook. So each message is sent
with a URL of its own, which holds a token for its MessageID; whoever does not know a key can make
no such URL for another message.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final, NoReturn
from urllib.parse import parse_qsl, urlsplit

from bestsms._settings import is_loopback
from bestsms.errors import ConfigurationError, InvalidRequest
from bestsms.webhooks.events import Event, StatusEvent

__all__ = ["LIFETIME", "Callback", "unsigned"]

LIFETIME: Final = 10 * 24 * 3600.0
"""Seconds: 48 hours until a message is delivered or given up, 7 days in which it can be answered,
24 hours in which a webhook is tried again."""
LONGEST: Final = 500
"""Characters that a callback URL may have (wire-facts 1.6.5)."""
SHORTEST_KEY: Final = 16
"""Bytes."""

_KEY_ID: Final = r"[A-Za-z0-9._~-]{1,32}"
_EXPIRY: Final = r"[0-9]{1,12}"
_SIGNATURE: Final = rf"[?&]k={_KEY_ID}(&e={_EXPIRY})?&t=[A-Za-z0-9_-]{{43}}\Z"
_MOST_OF_A_QUERY: Final = 2_000
_MOST_PARAMETERS: Final = 50
_OWN: Final = ("k", "e", "t")
_STANDING: Final = "bestsms callback|standing"


def unsigned(url: str) -> str:
    """Return a URL without the signature that a :class:`Callback` put at its end.

    It is a secret, and the provider repeats it in the body as the URL it posted to.
    """
    return re.sub(_SIGNATURE, "", url.strip())


class Callback:
    """Makes callback URLs that nobody else can make, and checks those that are posted to.

    Args:
        url: Where webhooks are received: ``https://``, or ``http://`` on this machine. It may have
            a query, but for ``k``, ``e`` and ``t``, and up to about 400 characters.
        keys: Secrets of 16 bytes or more, by short ids. The first signs, all are accepted: to
            change a key, put the new one in front and leave the old one for a lifetime.
        lifetime: Seconds for which a URL is good after its message was to be sent; 10 days if not
            given: 48 hours until it is delivered, 7 days to answer it, 24 hours of retries.
        now: Tells the time, aware.

    Raises:
        ConfigurationError: The URL, a key or the lifetime is not as described.
    """

    __slots__ = ("_lifetime", "_now", "_signers", "_url")

    def __init__(
        self,
        url: str,
        keys: Mapping[str, str | bytes],
        *,
        lifetime: float = LIFETIME,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        if not 0 < lifetime < float("inf"):
            raise ConfigurationError("lifetime: a number of seconds above 0 is needed.")
        if not keys:
            raise ConfigurationError("keys: a callback URL is signed with a key; there is none.")
        self._signers = {key_id: _signer(key_id, secret) for key_id, secret in keys.items()}
        self._url = _checked(url)
        self._lifetime = lifetime
        self._now = now
        if len(self.url_for("any")) > LONGEST:
            raise ConfigurationError(
                f"url: with its signature it has more than the {LONGEST} characters of a callback "
                "URL; shorten it, or the id of the key."
            )

    def url_for(self, message_id: str, *, sends_at: datetime | None = None) -> str:
        """Return the URL for the webhooks of one message.

        Args:
            message_id: Its MessageID, in any case: the provider's look-ups ignore it too.
            sends_at: When it is to be sent, aware, if that is later.

        Raises:
            InvalidRequest: ``sends_at`` is a datetime without a zone.
        """
        start = self._now()
        if sends_at is not None:
            if sends_at.tzinfo is None:
                raise InvalidRequest("SendTime", "needs a zone, for the callback URL to expire")
            start = max(start, sends_at)
        expiry = str(int(start.timestamp() + self._lifetime))
        return self._signed(f"&e={expiry}", _of_message(message_id, expiry))

    def standing_url(self) -> str:
        """Return the URL for the Dashboard's default webhook, which is always the same.

        Replies to no message of yours come to it, and what is sent without a URL of its own; it
        lets no status in, since that would need to be of a message that was sent with its own.
        """
        return self._signed("", _STANDING)

    def allows(self, query: str | bytes, event: Event) -> bool:
        """Say whether a webhook came to a URL that was made for it, and has not expired.

        A status needs the URL of its own message; all else may also come to the standing one.
        Nothing that is posted makes it raise.

        Args:
            query: The query of the URL that was posted to, without the question mark.
            event: What was posted.
        """
        parameters = _parameters(query)
        expiry, token = parameters.get("e"), parameters.get("t", "")
        if expiry is None:
            signed, valid = _STANDING, not isinstance(event, StatusEvent)
        else:
            signed = _of_message(event.message_id or "", expiry)
            valid = event.message_id is not None and self._lives(expiry)
        signer = self._signers.get(parameters.get("k", ""), _NOBODY)
        return (
            hmac.compare_digest(_token(signer, signed), token.encode("utf-8", "surrogatepass"))
            and valid
        )

    def _signed(self, expiry: str, text: str) -> str:
        key_id, signer = next(iter(self._signers.items()))
        joint = "&" if "?" in self._url else "?"
        return f"{self._url}{joint}k={key_id}{expiry}&t={_token(signer, text).decode()}"

    def _lives(self, expiry: str) -> bool:
        known = re.fullmatch(_EXPIRY, expiry) is not None
        return known and int(expiry) > self._now().timestamp()

    def __repr__(self) -> str:
        # Of the URL no more than the host: a path or a query may be a secret too.
        return (
            f"<Callback to {urlsplit(self._url).hostname}, signed by {next(iter(self._signers))}>"
        )

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("A Callback holds keys: it is not copied or pickled; make a new one.")


def _of_message(message_id: str, expiry: str) -> str:
    return f"bestsms callback|message|{message_id.casefold()}|{expiry}"


def _signer(key_id: str, secret: str | bytes) -> hmac.HMAC:
    """Return what signs with a key; the key itself can't be got out of it again."""
    key = secret.encode() if isinstance(secret, str) else bytes(secret)
    if re.fullmatch(_KEY_ID, key_id) is None:
        raise ConfigurationError(
            "keys: an id stands in the URL, and has up to 32 characters of A-Z a-z 0-9 . _ ~ -."
        )
    if len(key) < SHORTEST_KEY:
        raise ConfigurationError(
            f"keys: the one of id {key_id!r} has {len(key)} bytes, and at least {SHORTEST_KEY} are "
            "needed; secrets.token_urlsafe() makes a good one."
        )
    return hmac.new(key, digestmod=hashlib.sha256)


_NOBODY: Final = hmac.new(os.urandom(32), digestmod=hashlib.sha256)


def _token(signer: hmac.HMAC, text: str) -> bytes:
    used = signer.copy()
    used.update(text.encode("utf-8", "surrogatepass"))
    return base64.urlsafe_b64encode(used.digest()).rstrip(b"=")


def _parameters(query: str | bytes) -> dict[str, str]:
    """Return our parameters of a query; none where one of them comes twice."""
    text = query.decode("latin-1") if isinstance(query, bytes) else query
    if len(text) > _MOST_OF_A_QUERY:
        return {}
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_PARAMETERS)
    except ValueError:
        return {}
    own = [(name, value) for name, value in pairs if name in _OWN]
    found = dict(own)
    return found if len(found) == len(own) else {}


def _checked(url: str) -> str:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        names = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    except ValueError:
        raise ConfigurationError("url: a full URL is needed, such as https://...") from None
    secure = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
    if not host or not secure or "#" in url or " " in url or not url.isprintable():
        raise ConfigurationError(
            "url: a full URL that starts with https:// is needed, or with http:// on this machine, "
            "and without a fragment."
        )
    if not names.isdisjoint(_OWN):
        raise ConfigurationError("url: k, e and t in its query are for the signature.")
    return url
