"""Sending: from what a caller has at hand to the one documented call.

Numbers, destinations, files and a zone-aware time are brought to the call's own form; a MessageID
is chosen before the first byte, so that whatever happens the message can be looked up. The POST is
made once: a send that failed is never repeated here.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import cast

import attrs

from bestsms.api.messaging import CallbackFormat, Destination, File, Messaging, Mode, SendResult
from bestsms.errors import InvalidRequest

__all__ = ["Attachable", "Recipients", "Sent", "send"]

Recipients = str | Destination | Iterable[str | Destination]
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
    to: Recipients,
    message_id: str | None = None,
    reference: str | None = None,
    send_time: datetime | str | None = None,
    time_zone: str | None = None,
    from_number: str | None = None,
    sub_account: str | None = None,
    department: str | None = None,
    charge_code: str | None = None,
    sms_email_reply: str | None = None,
    report_to: str | None = None,
    webhook_callback_url: str | None = None,
    webhook_callback_format: CallbackFormat | str | None = None,
    character_conversion: bool | None = None,
    files: Iterable[Attachable] = (),
    test: bool = False,
) -> Sent:
    """Send one message; the arguments are those of :meth:`bestsms.AsyncClient.send`."""
    chosen = str(uuid.uuid4()) if message_id is None else message_id
    try:
        answer = await messaging.send_sms(
            message=message,
            destinations=_destinations(to),
            message_id=chosen,
            reference=reference,
            webhook_callback_url=webhook_callback_url,
            webhook_callback_format=webhook_callback_format,
            send_time=send_time,
            time_zone=time_zone,
            sub_account=sub_account,
            department=department,
            charge_code=charge_code,
            # Digits without a plus are the safe spelling of a sender (T23).
            from_number=from_number.removeprefix("+")
            if isinstance(from_number, str)
            else from_number,
            sms_email_reply=sms_email_reply,
            report_to=report_to,
            character_conversion=character_conversion,
            files=[await _file(each) for each in files] or None,
            mode=Mode.TEST if test else None,
        )
    except InvalidRequest as error:
        # The id is part of what is known, even of a message that never left.
        error.message_id = error.message_id or chosen
        raise
    return Sent(message_id=answer.message_id, answer=answer)


def _destinations(to: object) -> list[Destination]:
    several = [to] if isinstance(to, str | Destination) else to
    if not isinstance(several, Iterable) or isinstance(several, bytes | Mapping):
        raise InvalidRequest(
            "Destinations",
            f"to= takes a number, a Destination, or a list of either, not {type(to).__name__}",
        )
    return [
        Destination(recipient=each) if isinstance(each, str) else each
        for each in cast("Iterable[str | Destination]", several)
    ]


async def _file(one: Attachable) -> File:
    if isinstance(one, Path):
        from anyio import to_thread  # noqa: PLC0415 - few messages carry files

        return await to_thread.run_sync(File.from_path, one)
    return one
