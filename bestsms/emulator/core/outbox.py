"""Webhooks on their way: what happened becomes an event, an event becomes a due callback."""

from __future__ import annotations

from datetime import datetime, timedelta

from bestsms.emulator.core.records import Callback, Event, Job, Received, Recipient
from bestsms.emulator.core.store import World

RETRY_EVERY = timedelta(minutes=5)
GIVE_UP_AFTER = timedelta(hours=24)


class Outbox:
    """Queues one callback per destination per event; ``callbacks`` posts them."""

    def __init__(self, world: World) -> None:
        self._world = world

    def status(self, job: Job, recipient: Recipient) -> None:
        """Tell that a recipient reached its final state."""
        self._queue(job, _status_event(job, recipient, str(recipient.status), recipient.result))

    def waiting(self, job: Job, word: str) -> None:
        """Tell that a job waits; only where the silent results are switched on (E17, T98)."""
        if self._world.settings.webhook_for_silent_results:
            self.interim(job, "Pending", word)

    def interim(self, job: Job, status: str, word: str) -> None:
        """Tell of every recipient something that is not its final state."""
        for recipient in job.recipients:
            self._queue(job, _status_event(job, recipient, status, word, self._world.now()))

    def received(self, message: Received) -> None:
        """Tell that a phone has sent something."""
        job, recipient = message.job, message.recipient
        self._queue(
            job,
            Event(
                kind="SMSReply" if job else "SMSInbound",
                destination=message.number,
                status="RECEIVED",
                result="RECEIVED",
                at=message.received_at,
                message_id=job.message_id if job else "",
                job_num=job.job_num if job else "",
                sub_account=job.sub_account if job else "",
                department=job.department if job else "",
                contact_id=message.contact_id,
                received_id=message.received_id,
                message=message.message,
                submitted=recipient.submitted if recipient else "",
            ),
        )

    def _queue(self, job: Job | None, event: Event) -> None:
        settings, now = self._world.settings, self._world.now()
        url = (job.callback_url if job else "") or settings.webhook_url
        if not url:
            return
        for _ in range(2 if settings.webhook_duplicates else 1):
            callback = Callback(
                event=event,
                url=url,
                layout=settings.webhook_layout or (job.version if job else "2.04"),
                format=(job.callback_format if job else "") or settings.webhook_format,
                give_up=now + GIVE_UP_AFTER,
            )
            self._world.store.outgoing.at(now, callback)


def _status_event(
    job: Job, recipient: Recipient, status: str, result: str, at: datetime | None = None
) -> Event:
    moment = at or recipient.sent_at or job.created_at
    return Event(
        kind="SMS",
        destination=recipient.destination,
        status=status.upper(),
        result=result,
        at=moment,
        message_id=job.message_id,
        job_num=job.job_num,
        sub_account=job.sub_account,
        department=job.department,
        contact_id=recipient.contact_id,
        price="" if recipient.price is None else f"{recipient.price:.2f}",
        detail=f"SMSParts:{recipient.parts}",
    )
