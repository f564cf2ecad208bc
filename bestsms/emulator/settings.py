"""The switches: one for everything that the wire facts leave open."""

from __future__ import annotations

import os
from ipaddress import ip_address
from typing import Any, TypedDict
from urllib.parse import urlsplit

import attrs
from attrs import field, frozen

from bestsms.emulator import times
from bestsms.emulator.errors import EmulatorError

STRICT = "BESTSMS_EMULATOR_STRICT"
"""The environment variable that says whether an emulator is strict unless told."""

_YEAR = 366 * 24 * 3600


class Changes(TypedDict, total=False):
    """The settings by name, for ``Emulator(**settings)`` and ``change_settings``."""

    strict: bool
    unknown_message_status: int
    error_key: str
    reply_shape: str
    send_failures_as_200: bool
    accept_bearer: bool
    refuse_unknown_time_zone: bool
    unset_delayed_time: str
    reject_duplicates: bool
    search_by_digits: bool
    status_visibility_seconds: float
    delivery_seconds: float
    price_per_part: float
    account: str
    owner: str
    time_zone: str
    webhook_url: str
    webhook_format: str
    webhook_layout: str | None
    webhook_sender: str
    webhook_api_key: str
    webhook_duplicates: bool
    webhook_disorder: bool
    webhook_for_silent_results: bool


def one_of(*allowed: object) -> Any:
    """Return a validator that takes these values only."""

    def check(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
        # True equals 1, so a bool could pass for one of the allowed numbers.
        if isinstance(value, bool) or value not in allowed:
            raise EmulatorError(f"{attribute.name} is one of {allowed}, not {value!r}")

    return check


def _flag(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if not isinstance(value, bool):
        raise EmulatorError(f"{attribute.name} is true or false, not {value!r}")


def _text(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    # Sender and key travel in HTTP headers, so printable ASCII is all they can be.
    if not isinstance(value, str) or not value.isascii() or not value.isprintable():
        raise EmulatorError(f"{attribute.name} is printable ASCII text, not {value!r}")


def amount(name: str, value: object) -> None:
    """Check a number of seconds, or a price.

    Raises:
        EmulatorError: It is no number, or outside 0 to one year of seconds.
    """
    # "0 <= NaN" is false, so this range refuses NaN and infinities as well.
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _YEAR:
        raise EmulatorError(f"{name} is a number from 0 to {_YEAR}, not {value!r}")


def _amount(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    amount(attribute.name, value)


def _zone(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if not isinstance(value, str) or times.zone(value) is None:
        raise EmulatorError(f"{attribute.name} is a name such as 'AUS Eastern', not {value!r}")


def _receiver(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if not isinstance(value, str) or not (value == "" or is_receiver(value)):
        raise EmulatorError(
            f"{attribute.name} is empty, https://…, or http:// on loopback, not {value!r}"
        )


def _strict_by_default() -> bool:
    written = os.environ.get(STRICT, "")
    if written not in ("", "0", "1"):
        raise EmulatorError(f"{STRICT} is 1 or 0, not {written!r}")
    return written == "1"


def is_loopback(host: str) -> bool:
    """Say whether a host name or address never leaves this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_receiver(url: str) -> bool:
    """Say whether webhooks may go there: https, or plain http on this machine."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or not url.isascii() or not url.isprintable() or " " in url:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))


@frozen(kw_only=True)
class Settings:
    """The switches of one emulator; every default is the documented or assumed behaviour.

    Args:
        strict: Refuse whatever deviates from the wire facts, instead of bearing with it; the
            text says what, with its T-number. The environment says what it is by default:
            ``BESTSMS_EMULATOR_STRICT=1`` turns it on in every process of a whole test suite.
        unknown_message_status: HTTP code for an unknown MessageID: 400, 404 or 200 (U1).
        error_key: Error key of 2.04: ``both``, ``message`` or ``error_message`` (T53, U2).
        reply_shape: Reply call: ``nested`` per recipient, or ``flat`` as S0 and S3 print (T58).
        send_failures_as_200: A refused send answers HTTP 200 with ``Result: Failed`` (T50, E3).
        accept_bearer: 2.x also takes ``Authorization: Bearer`` (T9, U26).
        refuse_unknown_time_zone: An unknown TimeZone answers 400 instead of being ignored (U14).
        unset_delayed_time: A job that was never delayed prints ``blank`` delayed times, or
            those of its creation (``created``) (U13).
        reject_duplicates: The same number, sender and text within 60 seconds fails with
            ``Rejected-Duplicate`` (section 2.2).
        search_by_digits: A contact search compares telephone numbers by their digits alone,
            not as they are stored (T17, U32).
        status_visibility_seconds: Reports know a job only after so long (U3, T75).
        delivery_seconds: How long a delivery takes.
        price_per_part: Price of one SMS part (T64).
        account: ``Account`` in reports.
        owner: ``Owner`` in the address book.
        time_zone: The API user's zone, used where no other is named (2.3).
        webhook_url: The user's default webhook; empty for none. https, or http on loopback.
        webhook_format: The user's default webhook format, ``JSON`` or ``XML`` (U9, T99).
        webhook_layout: ``2.03`` or ``2.04`` for every webhook; None follows the version of the
            send call, and 2.04 for a message nobody was sent (T82).
        webhook_sender: ``Sender`` of every webhook, ``X-Sender`` in 2.04 (T85).
        webhook_api_key: ``APIKey`` of every webhook, ``Authorization`` in 2.04 (T85).
        webhook_duplicates: Every webhook is posted twice (T86).
        webhook_disorder: Due webhooks are posted newest first (T86).
        webhook_for_silent_results: Delayed, CreditHold, Pending and LinkNotPermitted are posted
            too, against the documentation (T95, T98).
    """

    strict: bool = field(factory=_strict_by_default, validator=_flag)
    unknown_message_status: int = field(default=400, validator=one_of(400, 404, 200))
    error_key: str = field(default="both", validator=one_of("both", "message", "error_message"))
    reply_shape: str = field(default="nested", validator=one_of("nested", "flat"))
    send_failures_as_200: bool = field(default=False, validator=_flag)
    accept_bearer: bool = field(default=False, validator=_flag)
    refuse_unknown_time_zone: bool = field(default=False, validator=_flag)
    unset_delayed_time: str = field(default="blank", validator=one_of("blank", "created"))
    reject_duplicates: bool = field(default=False, validator=_flag)
    search_by_digits: bool = field(default=False, validator=_flag)
    status_visibility_seconds: float = field(default=0.0, validator=_amount)
    delivery_seconds: float = field(default=2.0, validator=_amount)
    price_per_part: float = field(default=0.1, validator=_amount)
    account: str = field(default="102030", validator=_text)
    owner: str = field(default="COM\\EXAMPLE\\TEST", validator=_text)
    time_zone: str = field(default="AUS Eastern", validator=_zone)
    webhook_url: str = field(default="", validator=_receiver)
    webhook_format: str = field(default="JSON", validator=one_of("JSON", "XML"))
    webhook_layout: str | None = field(default=None, validator=one_of(None, "2.03", "2.04"))
    webhook_sender: str = field(default="application@domain.com", validator=_text)
    webhook_api_key: str = field(default="ta8wr7ymd", validator=_text)
    webhook_duplicates: bool = field(default=False, validator=_flag)
    webhook_disorder: bool = field(default=False, validator=_flag)
    webhook_for_silent_results: bool = field(default=False, validator=_flag)

    def changed(self, changes: dict[str, Any]) -> Settings:
        """Return these settings with some of them changed.

        Raises:
            EmulatorError: A name or a value is unknown; the text says which.
        """
        known = {attribute.name for attribute in attrs.fields(Settings)}
        if unknown := sorted(set(changes) - known):
            raise EmulatorError(
                f"unknown setting {unknown[0]!r}; one of: {', '.join(sorted(known))}"
            )
        return attrs.evolve(self, **changes)

    def as_dict(self) -> dict[str, Any]:
        """Return the settings by name."""
        return attrs.asdict(self)
