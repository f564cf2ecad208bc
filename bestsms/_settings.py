"""The settings of a client: read once from arguments or the environment, then checked and frozen.

Order: an argument, else its environment variable, else the default. A wrong value is a
:class:`~bestsms.ConfigurationError` that says where the value came from and what is allowed; the
token itself is never shown, not even in that error.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping
from typing import Final, Literal, NoReturn, cast, get_args
from urllib.parse import urlsplit

import attrs

from bestsms.errors import ConfigurationError

__all__ = [
    "AREAS",
    "POLL_RATE",
    "SETTLE_WINDOW",
    "Secret",
    "Settings",
    "Version",
    "WireFormat",
    "is_loopback",
    "read_token",
]

Version = Literal["2.03", "2.04"]
"""The documented versions of the API. They can be mixed, area by area."""

WireFormat = Literal["json", "xml"]
"""How bodies are written; answers are asked for in the same way."""

AREAS: Final = (
    "messaging",
    "actions",
    "reports",
    "contacts",
    "groups",
    "contact_groups",
    "group_contacts",
)
"""The API areas, as they are named on a client and in ``versions=``."""

DEFAULT_BASE_URL: Final = "https://api.bestsms.com.au"
DEFAULT_VERSION: Final[Version] = "2.04"
DEADLINE_IN_TIMEOUTS: Final = 4
MOST_CONNECTIONS: Final = 10_000

SETTLE_WINDOW: Final = 60.0
POLL_RATE: Final = 1.0
"""Looks a second: what the provider asks for (U4)."""
SLOWEST_POLLS: Final = 1e-3
FASTEST_POLLS: Final = 10_000
SHORTEST: Final = 5e-324
A_YEAR: Final = 366 * 24 * 3600
LONGEST_LABEL: Final = 63

_URL_WANTED: Final = f"a URL such as {DEFAULT_BASE_URL} is needed, ending before /api."
# Patterns are texts, here and elsewhere: re compiles them at the first use, not at import. A host
# is a name of dotted labels, or an IPv6 address, whose brackets urlsplit has taken off.
_HOST: Final = r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*"
_PATH: Final = r"(/[A-Za-z0-9._~-]+)*"
_JWT: Final = r"[A-Za-z0-9._~+/=-]+"


class Secret:
    """A text that only :meth:`reveal` gives out: not its repr, not a copy, not a pickle."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text. Only the transport asks: to write the header, and to find it echoed."""
        return self._text

    def __len__(self) -> int:
        return len(self._text)

    def __repr__(self) -> str:
        return f"<Secret of {len(self)} characters>"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("A Secret is not copied or pickled; make a new client from its source.")


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Settings:
    """What a client was told, checked.

    Attributes:
        token: The Auth Token, sent as it is after ``Basic`` (it is a JWT, not base64: T9).
        base_url: Scheme and host, up to but not including ``/api/v2.04``.
        versions: The API version of every area.
        timeout: Seconds for each phase of one attempt: connect, write, read, wait for a connection.
        deadline: Seconds for one call in all, retries and waits included.
        settle_window: Seconds to look an unclear send up; 0 for not at all.
        max_connections: The most connections open at once.
        poll_rate: The most looks a second, of all waits together.
        wire_format: How bodies are written.
    """

    token: Secret
    base_url: str
    versions: Mapping[str, Version]
    timeout: float
    deadline: float
    settle_window: float
    max_connections: int
    poll_rate: float
    wire_format: WireFormat

    @classmethod
    def resolve(
        cls,
        token: Secret,
        *,
        base_url: str | None,
        version: str | None,
        versions: Mapping[str, str] | None,
        timeout: float,
        deadline: float | None,
        settle_window: float = SETTLE_WINDOW,
        max_connections: int,
        poll_rate: float = POLL_RATE,
        wire_format: str = "json",
    ) -> Settings:
        """Fill in what was not given from the environment and the defaults, and check all of it.

        Raises:
            ConfigurationError: A value is missing or wrong.
        """
        whole, whole_from = _given("version", version, "BESTSMS_VERSION", DEFAULT_VERSION)
        default = _version(whole, whole_from)
        chosen: dict[str, Version] = dict.fromkeys(AREAS, default)
        if versions is not None and not isinstance(versions, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ConfigurationError("versions: a mapping is needed: {'reports': '2.03'}.")
        for area, text in (versions or {}).items():
            if area not in chosen:
                raise ConfigurationError(
                    f"versions: there is no area {area!r}; the areas are {', '.join(AREAS)}."
                )
            chosen[area] = _version(text, f"versions[{area!r}]")
        url, url_from = _given("base_url", base_url, "BESTSMS_BASE_URL", DEFAULT_BASE_URL)
        seconds = _seconds("timeout", timeout)
        if type(max_connections) is not int or not 1 <= max_connections <= MOST_CONNECTIONS:
            raise ConfigurationError(
                f"max_connections: a whole number from 1 to {MOST_CONNECTIONS:,} is needed."
            )
        return cls(
            token=token,
            base_url=_base_url(url, url_from),
            versions=chosen,
            timeout=seconds,
            deadline=(
                DEADLINE_IN_TIMEOUTS * seconds
                if deadline is None
                else _seconds("deadline", deadline)
            ),
            settle_window=_seconds("settle_window", settle_window, least=0),
            max_connections=max_connections,
            poll_rate=_poll_rate(poll_rate),
            wire_format=_wire_format(wire_format),
        )


def read_token(given: str | None) -> Secret:
    """Return the token from the argument or ``BESTSMS_AUTH_TOKEN``, stripped and checked.

    Raises:
        ConfigurationError: There is no token, or it holds a character that no token has.
    """
    source = "auth_token" if given is not None else "BESTSMS_AUTH_TOKEN"
    text = given if given is not None else os.environ.get("BESTSMS_AUTH_TOKEN", "")
    del given
    problem = _token_problem(text)
    if problem is None:
        return Secret(text.strip())
    # A traceback with captured locals must not find the token in this frame.
    del text
    raise ConfigurationError(f"{source}: {problem}")


def _token_problem(text: object) -> str | None:
    if not isinstance(text, str):
        return f"the Auth Token is text, not {type(text).__name__}."
    # A token read from a file ends with a newline; httpx would print the header whole.
    stripped = text.strip()
    if not stripped:
        return (
            "no Auth Token was given. Pass auth_token= or set BESTSMS_AUTH_TOKEN; a token is made "
            "in the BestSMS Dashboard under Users, API. The emulator takes any."
        )
    if re.fullmatch(_JWT, stripped) is None:
        return (
            f"the Auth Token has {len(stripped)} characters and at least one that no token has "
            "(allowed: letters, digits and . _ ~ + / = -). Paste it without 'Basic' and quotes."
        )
    return None


def is_loopback(host: str) -> bool:
    """Say whether a host is this machine: ``localhost``, ``127.0.0.0/8`` or ``::1``."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _given(name: str, value: str | None, variable: str, default: str) -> tuple[str, str]:
    if value is not None:
        return value, name
    found = os.environ.get(variable)
    return (found, variable) if found else (default, name)


def _version(text: object, source: str) -> Version:
    if text not in get_args(Version):
        raise ConfigurationError(
            f"{source}: {text!r} is not a version of the API; use '2.04' or '2.03' (as text)."
        )
    return cast(Version, text)


def _wire_format(text: object) -> WireFormat:
    if text not in get_args(WireFormat):
        raise ConfigurationError(f"wire_format: {text!r} is no format of the API; 'json' or 'xml'.")
    return cast(WireFormat, text)


def _seconds(name: str, value: object, *, least: float = SHORTEST) -> float:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if number and least <= cast("float", value) < A_YEAR:
        return float(cast("float", value))
    from_ = "from 0" if least == 0 else "above 0"
    raise ConfigurationError(f"{name}: seconds are needed, a number {from_} and below a year.")


def _poll_rate(value: object) -> float:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if number and SLOWEST_POLLS <= cast("float", value) <= FASTEST_POLLS:
        return float(cast("float", value))
    raise ConfigurationError(
        f"poll_rate: looks a second are needed, a number from {SLOWEST_POLLS:g} to "
        f"{FASTEST_POLLS:,}."
    )


def _base_url(text: str, source: str) -> str:
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except (ValueError, AttributeError, TypeError):
        raise ConfigurationError(f"{source}: {_URL_WANTED}") from None
    if parts.scheme not in {"http", "https"} or not re.fullmatch(_HOST, host):
        raise ConfigurationError(f"{source}: {_URL_WANTED}")
    if port == 0:
        raise ConfigurationError(f"{source}: nothing listens on port 0; a port is 1 to 65535.")
    longest = max(map(len, host.split(".")))
    if ":" not in host and longest > LONGEST_LABEL:
        raise ConfigurationError(
            f"{source}: a part of the host's name has {longest} characters; between its dots a "
            f"name has at most {LONGEST_LABEL}."
        )
    if parts.scheme == "http" and not is_loopback(host):
        raise ConfigurationError(
            f"{source}: plain http to {host} would show the token and the texts to the network; "
            "only a loopback address (the emulator) may be reached without https."
        )
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ConfigurationError(f"{source}: no user, query or fragment belongs in the base URL.")
    path = parts.path.rstrip("/")
    segments = path.lower().split("/")
    if "api" in segments:
        raise ConfigurationError(
            f"{source}: leave {path!r} out; the client adds /api and the version by itself."
        )
    if not re.fullmatch(_PATH, path) or ".." in segments:
        raise ConfigurationError(f"{source}: {_URL_WANTED}")
    return f"{parts.scheme}://{parts.netloc}{path}"
