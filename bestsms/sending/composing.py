"""From what a caller has at hand to the fields of the documented send."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import attrs

from bestsms._settings import Version
from bestsms._wire.arguments import is_several
from bestsms._wire.checks import Flag
from bestsms.api import CallbackFormat, File, Mode, SMSMessage
from bestsms.errors import InvalidRequest
from bestsms.sending.addressing import Destinations, destinations_of

if TYPE_CHECKING:
    from bestsms.webhooks import Callback

__all__ = ["Attachable", "compose", "strict", "with_callback"]

SHORT_ASCII: Final = 201
SHORT: Final = 99
"""Characters up to which a text has three parts at most, whatever they are."""

_TEST: Final = Flag("test")

_log = logging.getLogger("bestsms")

Attachable = File | Path
"""A file to link to: ready made, or a path, which is read when the message is sent."""


async def compose(
    *,
    version: Version,
    to: Destinations,
    files: Attachable | Iterable[Attachable],
    character_conversion: bool | None,
    test: bool,
    **as_given: Any,
) -> dict[str, Any]:
    """Return the arguments of the documented call for those of :meth:`bestsms.AsyncClient.send`.

    Raises:
        InvalidRequest: An argument is of the wrong kind, or a placeholder has no value.
        OSError: A file can't be read.
    """
    _TEST.check(test)
    destinations, files = destinations_of(to, version), list(_files(files))
    text = as_given.get("message")
    if isinstance(text, str) and "[[" in text:
        from bestsms.templates import require_values  # noqa: PLC0415 - few texts are templates

        require_values(text, destinations, len(files))
    if isinstance(text, str) and len(text) > (SHORT_ASCII if text.isascii() else SHORT):
        _warn_if_long(text, character_conversion=bool(character_conversion))
    as_given["destinations"] = destinations
    as_given["character_conversion"] = character_conversion
    as_given["files"] = [await _file(each) for each in files] if files else None
    as_given["mode"] = Mode.TEST if test else None
    return as_given


def _warn_if_long(text: str, *, character_conversion: bool) -> None:
    from bestsms.segments import MOST_PARTS, parts  # noqa: PLC0415 - few texts are long

    _, count, _ = parts(text, character_conversion=character_conversion)
    if count > MOST_PARTS:
        # Not refused: the provider raises the limit for who asks (T36).
        _log.warning(
            "a text of %d parts is sent; the provider takes %d of an account whose limit it has "
            "not raised",
            count,
            MOST_PARTS,
        )


def strict(message: SMSMessage) -> SMSMessage:
    """Return a message with its fields in the spelling that is safe to send."""
    number = message.from_number
    if number is None and message.character_conversion is not False:
        return message
    if number is not None:
        # Digits without a plus (T23).
        number = number.strip().removeprefix("+")
        if not number or "+" in number:
            raise InvalidRequest("FromNumber", "must be a number, best of digits alone (T23)")
    return attrs.evolve(
        message,
        from_number=number,
        # Off is the default, and not said (T47).
        character_conversion=message.character_conversion or None,
    )


def with_callback(message: SMSMessage, callback: Callback | None) -> SMSMessage:
    """Return a message with the callback URL that is signed for it, unless it has one."""
    if callback is None or message.webhook_callback_url is not None:
        return message
    try:
        url = callback.url_for(str(message.message_id), sends_at=_no_sooner(message.send_time))
    except OverflowError:
        raise InvalidRequest(
            "SendTime", "is too far away for a callback URL that ends some days after it"
        ) from None
    return attrs.evolve(
        message,
        webhook_callback_url=url,
        webhook_callback_format=message.webhook_callback_format or CallbackFormat.JSON,
    )


def _no_sooner(send_time: str | None) -> datetime | None:
    """Return a moment that a message is sent before: its zone is a name, at most a day off."""
    if send_time is None:
        return None
    return datetime.fromisoformat(send_time).replace(tzinfo=UTC) + timedelta(days=1)


def _files(files: object) -> Iterable[Attachable]:
    several = [files] if isinstance(files, Attachable) else files
    if not is_several(several):
        raise InvalidRequest(
            "Files", f"files= takes a File, a Path, or a list of either, not {type(files).__name__}"
        )
    return several


async def _file(one: Attachable) -> File:
    if isinstance(one, Path):
        from anyio import to_thread  # noqa: PLC0415 - few messages carry files

        return await to_thread.run_sync(File.from_path, one)
    return one
