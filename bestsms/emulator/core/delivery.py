"""What becomes of a job: waiting for its time, delivery, holds, and the three actions."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from bestsms.emulator.core import outcomes
from bestsms.emulator.core.inbound import Inbound
from bestsms.emulator.core.magic import NUMBERS, ORDINARY
from bestsms.emulator.core.outbox import Outbox
from bestsms.emulator.core.outcomes import Outcome
from bestsms.emulator.core.records import Job, JobState, Recipient, RecipientStatus, Rule
from bestsms.emulator.core.store import World
from bestsms.emulator.errors import Refused

AUTO_REPLY_SECONDS = 3
DUPLICATE_SECONDS = 60
_OPEN = (JobState.PENDING, JobState.CREDIT_HOLD)


class Delivery:
    """Moves jobs and recipients through their states, in emulated time."""

    def __init__(self, world: World, inbound: Inbound, outbox: Outbox) -> None:
        self._world = world
        self._inbound = inbound
        self._outbox = outbox

    def rule(self, number: str) -> Rule:
        """Return what is laid down for a number: by hand, else by magic, else nothing."""
        return self._world.store.rules.get(number) or NUMBERS.get(number) or ORDINARY

    def schedule(self, job: Job, send_at: datetime | None) -> None:
        """Start a job at a time; a time that has passed means now (T38)."""
        job.attempt += 1
        if send_at is None or send_at <= self._world.now():
            self._start(job)
            return
        job.state = JobState.DELAYED
        job.delayed_until = send_at
        attempt = job.attempt
        self._world.store.agenda.at(send_at, lambda: self._start_if(job, attempt))
        self._outbox.waiting(job, "Delayed")

    def complete_test(self, job: Job) -> None:
        """Call a ``Mode=Test`` job a success at once: nothing is sent, reports are (U15)."""
        for recipient in job.recipients:
            self._finish(job, recipient, outcomes.DELIVERED)
        job.state = JobState.COMPLETED

    def free(self, number: str) -> None:
        """Let the jobs go on that were waiting for this number."""
        for job, recipient in list(self._world.store.by_number.get(number, ())):
            if job.state is JobState.CREDIT_HOLD:
                self._start(job)
            elif recipient.stuck and job.state is JobState.PENDING:
                recipient.stuck = False
                self._plan(job, [recipient])

    def resubmit(self, job: Job, send_at: datetime | None) -> None:
        """Send again to the recipients that failed (U27).

        Raises:
            Refused: The job is not completed with failures (T101).
        """
        if job.state is not JobState.COMPLETED or not job.tally(RecipientStatus.FAILED):
            raise Refused("Message has not failed", message_id=job.message_id)
        for recipient in job.recipients:
            if recipient.status is RecipientStatus.FAILED:
                recipient.status = RecipientStatus.PENDING
                recipient.result = ""
                recipient.sent_at = None
        self.schedule(job, send_at)

    def reschedule(self, job: Job, send_at: datetime) -> None:
        """Move a delayed job to another time.

        Raises:
            Refused: The job is not delayed.
        """
        if job.state is not JobState.DELAYED:
            raise Refused("Message is not delayed", message_id=job.message_id)
        self.schedule(job, send_at)

    def abort(self, job: Job) -> None:
        """Cancel what has not been sent yet; its recipients read ``Control Deleted`` (T97).

        Raises:
            Refused: There is nothing left to cancel.
        """
        if job.state not in (JobState.DELAYED, *_OPEN):
            raise Refused("Message has already been processed", message_id=job.message_id)
        job.attempt += 1
        for recipient in job.recipients:
            if recipient.status is RecipientStatus.PENDING:
                self._finish(job, recipient, outcomes.ABORTED)
        job.state = JobState.DELETED

    def _start_if(self, job: Job, attempt: int) -> None:
        if job.attempt == attempt:
            self._start(job)

    def _start(self, job: Job) -> None:
        waiting = [r for r in job.recipients if r.status is RecipientStatus.PENDING]
        held = any(outcomes.outcome(self.rule(r.destination).result).holds for r in waiting)
        if held and job.state is JobState.CREDIT_HOLD:
            return
        if held:
            job.state = JobState.CREDIT_HOLD
            self._outbox.waiting(job, "CreditHold")
            return
        job.state = JobState.PENDING
        job.started_at = self._world.now()
        self._outbox.waiting(job, "Pending")
        self._plan(job, waiting)

    def _plan(self, job: Job, waiting: list[Recipient]) -> None:
        by_delay: dict[float, list[Recipient]] = defaultdict(list)
        for recipient in waiting:
            own = self.rule(recipient.destination).delivery_seconds
            by_delay[self._world.settings.delivery_seconds if own is None else own].append(
                recipient
            )
        attempt = job.attempt
        for delay, recipients in by_delay.items():

            def arrive(recipients: list[Recipient] = recipients) -> None:
                if job.attempt == attempt:
                    self._arrive(job, recipients)

            self._world.store.agenda.at(self._world.now() + timedelta(seconds=delay), arrive)

    def _arrive(self, job: Job, recipients: list[Recipient]) -> None:
        for recipient in recipients:
            outcome = self._fate(job, recipient)
            if outcome.status is RecipientStatus.PENDING:
                recipient.stuck = True
                continue
            self._finish(job, recipient, outcome)
            self._answer(recipient, outcome)
        if not job.tally(RecipientStatus.PENDING):
            job.state = JobState.COMPLETED

    def _fate(self, job: Job, recipient: Recipient) -> Outcome:
        store, now = self._world.store, self._world.now()
        if recipient.fault:
            return Outcome("fault", RecipientStatus.FAILED, recipient.fault)
        if recipient.destination in store.opt_outs:
            return outcomes.BLACKLISTED
        if self._world.settings.reject_duplicates:
            key = (recipient.destination, job.from_number, recipient.text)
            last, store.recent[key] = store.recent.get(key), now
            if last is not None and now - last <= timedelta(seconds=DUPLICATE_SECONDS):
                return outcomes.DUPLICATE
        return outcomes.outcome(self.rule(recipient.destination).result)

    def _finish(self, job: Job, recipient: Recipient, outcome: Outcome) -> None:
        recipient.status = outcome.status
        recipient.result = outcome.result
        recipient.stuck = False
        recipient.sent_at = self._world.now()
        charged = outcome.status is RecipientStatus.SUCCESS and outcome is not outcomes.ABORTED
        recipient.price = (
            round(recipient.parts * self._world.settings.price_per_part, 4) if charged else None
        )
        if not outcome.silent or self._world.settings.webhook_for_silent_results:
            self._outbox.status(job, recipient)

    def _answer(self, recipient: Recipient, outcome: Outcome) -> None:
        words = self.rule(recipient.destination).reply
        if words is None or outcome.status is not RecipientStatus.SUCCESS:
            return
        number = recipient.destination
        self._world.store.agenda.at(
            self._world.now() + timedelta(seconds=AUTO_REPLY_SECONDS),
            lambda: self._inbound.receive(number, words),
        )
