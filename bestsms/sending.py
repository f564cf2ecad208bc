"""Sending: from what a caller has at hand to the one documented call.

Numbers, destinations, files and a zone-aware time are brought to the call's own form; a MessageID
is chosen before the first byte, so that whatever happens the message can be looked up. The POST is
made once: a send that failed is never repeated here.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import anyio
import attrs

from bestsms._wire.arguments import is_several
from bestsms._wire.checks import Flag
from bestsms.api.messaging import Destination, File, Messaging, Mode, SendResult
from bestsms.errors import InvalidRequest

__all__ = ["Attachable", "Destinations", "Sent", "send"]

Destinations = str | Destination | Iterable[str | Destination]
"""Who gets a message: a number, a :class:`Destination`, or any number of either."""

Attachable = File | Path
"""A file to link to: ready made, or a path, which is read when the message is sent."""


@attrs.frozen(kw_only=True)
class Sent:
    """An accepted message. Accepted is not delivered: follow it by its ``message_id``.

    Attributes:
        message_id: What status, replies and actions ask for.
        answer: The provider's answer as it came.
    """

    message_id: str
    answer: SendResult = attrs.field(repr=False)

    def __str__(self) -> str:
        return self.message_id


async def send(
    messaging: Messaging,
    message: str,
    *,
    to: Destinations,
    message_id: str | None,
    from_number: str | None,
    files: Attachable | Iterable[Attachable],
    character_conversion: bool | None,
    test: bool,
    **as_given: Any,
) -> Sent:
    """Send one message; the arguments are those of :meth:`bestsms.AsyncClient.send`."""
    chosen = str(uuid.uuid4()) if message_id is None else message_id
    try:
        Flag("test").check(test)
        answer = await messaging.send_sms(
            message=message,
            destinations=_destinations(to),
            message_id=chosen,
            # Digits without a plus are the safe spelling of a sender (T23).
            from_number=(
                from_number.removeprefix("+") if isinstance(from_number, str) else from_number
            ),
            # Off is the default, and not said (T47).
            character_conversion=None if character_conversion is False else character_conversion,
            files=[await _file(each) for each in _files(files)] or None,
            mode=Mode.TEST if test else None,
            **as_given,
        )
    except InvalidRequest as error:
        # The id is part of what is known, even of a message that never left.
        error.message_id = error.message_id or chosen
        raise
    except anyio.get_cancelled_exc_class() as cancelled:
        cancelled.add_note(f"MessageID {chosen}: it may have been sent. Look it up first.")
        raise
    return Sent(message_id=chosen, answer=answer)


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
