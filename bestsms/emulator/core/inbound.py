"""What phones send: replies matched to a message, opt-outs heeded (section 2.4, E9, E11)."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from bestsms.emulator import text
from bestsms.emulator.core.outbox import Outbox
from bestsms.emulator.core.outcomes import ABORTED
from bestsms.emulator.core.records import Job, Received, Recipient, RecipientStatus
from bestsms.emulator.core.store import World

REPLY_WINDOW = timedelta(days=7)


class Inbound:
    """Takes in messages from phones."""

    def __init__(self, world: World, outbox: Outbox) -> None:
        self._world = world
        self._outbox = outbox

    def receive(self, number: str, message: str, *, unmatched: bool = False) -> Received:
        """Take in a message from a number.

        It answers the last message sent to that number within 7 days, else it is an
        SMSInbound (T89). STOP words put the number on the opt-out list, START words take
        it off; the text is forwarded all the same (E11).

        Args:
            number: E.164.
            message: The text.
            unmatched: Treat it as an SMSInbound whatever was sent before.
        """
        store, now = self._world.store, self._world.now()
        job, recipient = (None, None) if unmatched else self._answered(number)
        received = Received(
            serial=store.next_serial(),
            received_id=str(uuid4()),
            number=number,
            message=message,
            received_at=now,
            contact_id=(recipient.contact_id if recipient else "") or store.contact_of(number),
            job=job,
            recipient=recipient,
        )
        store.received.append(received)
        if recipient:
            recipient.replies.append(received)
        if text.is_stop(message):
            store.opt_outs[number] = now
        elif text.is_start(message):
            store.opt_outs.pop(number, None)
        self._outbox.received(received)
        return received

    def _answered(self, number: str) -> tuple[Job, Recipient] | tuple[None, None]:
        """Find the last message that went out to a number; neither failed nor aborted ones did."""
        since = self._world.now() - REPLY_WINDOW
        sent = [
            (job.started_at, job, recipient)
            for job, recipient in self._world.store.by_number.get(number, ())
            if job.started_at is not None
            and job.started_at >= since
            and recipient.status is not RecipientStatus.FAILED
            and recipient.result != ABORTED.result
        ]
        if not sent:
            return None, None
        # max keeps the first of equals; the most recent send wins (T90), so look backwards.
        _, job, recipient = max(reversed(sent), key=lambda entry: entry[0])
        return job, recipient
