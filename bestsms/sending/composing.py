"""From what a caller has at hand to the fields of the documented send."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from bestsms._wire.arguments import is_several
from bestsms._wire.checks import Flag
from bestsms.api import CallbackFormat, Destination, File, Mode, SMSMessage
from bestsms.errors import InvalidRequest

if TYPE_CHECKING:
    from bestsms.webhooks import Callback

__all__ = ["Attachable", "Destinations", "compose", "with_callback"]

Destinations = str | Destination | Iterable[str | Destination]
"""Who gets a message: a number, a :class:`Destination`, or any number of either."""

Attachable = File | Path
"""A file to link to: ready made, or a path, which is read when the message is sent."""


async def compose(
    *,
    to: Destinations,
    from_number: str | None,
    files: Attachable | Iterable[Attachable],
    character_conversion: bool | None,
    test: bool,
    **as_given: Any,
) -> dict[str, Any]:
    """Return the arguments of the documented call for those of :meth:`bestsms.AsyncClient.send`.

    Raises:
        InvalidRequest: An argument is of the wrong kind.
        OSError: A file can't be read.
    """
    Flag("test").check(test)
    return {
        **as_given,
        "destinations": _destinations(to),
        # Digits without a plus are the safe spelling of a sender (T23).
        "from_number": (
            from_number.removeprefix("+") if isinstance(from_number, str) else from_number
        ),
        # Off is the default, and not said (T47).
        "character_conversion": None if character_conversion is False else character_conversion,
        "files": [await _file(each) for each in _files(files)] or None,
        "mode": Mode.TEST if test else None,
    }


def with_callback(message: SMSMessage, callback: Callback | None) -> SMSMessage:
    """Return a message with the callback URL that is signed for it, unless it has one."""
    if callback is None or message.webhook_callback_url is not None:
        return message
    url = callback.url_for(str(message.message_id), sends_at=_no_sooner(message.send_time))
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


def _destinations(to: object) -> list[Destination]:
    several = [to] if isinstance(to, str | Destination) else to
    if not is_several(several):
        raise _neither("Destinations", "to= takes a number, a Destination", to)
    return [Destination(recipient=each) if isinstance(each, str) else each for each in several]


def _files(files: object) -> Iterable[Attachable]:
    several = [files] if isinstance(files, File | Path) else files
    if not is_several(several):
        raise _neither("Files", "files= takes a File, a Path", files)
    return several


def _neither(field: str, takes: str, given: object) -> InvalidRequest:
    return InvalidRequest(field, f"{takes}, or a list of either, not {type(given).__name__}")


async def _file(one: Attachable) -> File:
    if isinstance(one, Path):
        from anyio import to_thread  # noqa: PLC0415 - few messages carry files

        return await to_thread.run_sync(File.from_path, one)
    return one
