"""What the control API and the test shorthand show of the emulator's state."""

from __future__ import annotations

from typing import Any

from bestsms.emulator import times
from bestsms.emulator.core.engine import Engine
from bestsms.emulator.core.records import Attempt, Job, Received
from bestsms.emulator.faults.book import Laid


def state(engine: Engine) -> dict[str, Any]:
    """Return everything at a glance; times are RFC 3339 in UTC."""
    store = engine.store
    return {
        "time": times.rfc3339(engine.world.now()),
        "frozen": engine.world.clock.is_frozen,
        "zone_data": times.has_zone_data(),
        "jobs": [_job(job) for job in store.jobs],
        "received": [received(message) for message in store.received],
        "contacts": [
            {"ContactID": contact.contact_id, **contact.fields}
            for contact in store.contacts.values()
        ],
        "groups": [
            {
                "GroupID": group.group_id,
                "GroupCode": group.code,
                **group.fields,
                "members": list(group.members),
            }
            for group in store.groups.values()
        ],
        "opt_outs": sorted(store.opt_outs),
        "destinations": {number: rule.result for number, rule in store.rules.items()},
        "faults": faults(engine),
        "callbacks_waiting": len(store.outgoing),
        "callbacks_posted": len(store.attempts),
        "settings": engine.settings.as_dict(),
    }


def received(message: Received) -> dict[str, Any]:
    """Return one message from a phone."""
    return {
        "ID": message.serial,
        "ReceivedID": message.received_id,
        "MessageID": message.job.message_id if message.job else "",
        "From": message.number,
        "MessageText": message.message,
        "ReceivedTime": times.rfc3339(message.received_at),
        "ContactID": message.contact_id,
    }


def ledger(engine: Engine) -> list[dict[str, Any]]:
    """Return every accepted MessageID with the number of sends accepted under it."""
    return [_entry(*each) for each in engine.store.by_message_id.items()]


def callbacks(engine: Engine) -> list[dict[str, Any]]:
    """Return every webhook POST so far, oldest first."""
    return [_attempt(attempt) for attempt in engine.store.attempts]


def faults(engine: Engine) -> list[dict[str, Any]]:
    """Return every fault in force, in order, and how often it struck."""
    return [fault(laid) for laid in engine.store.faults.laid]


def fault(laid: Laid) -> dict[str, Any]:
    """Return one fault in force."""
    counts = {"id": laid.number, "met": laid.met, "struck": laid.struck}
    return counts | laid.fault.as_dict()


def _job(job: Job) -> dict[str, Any]:
    return {
        "MessageID": job.message_id,
        "JobNum": job.job_num,
        "Version": job.version,
        "Status": str(job.state),
        "Reference": job.reference,
        "FromNumber": job.from_number,
        "CreatedTime": times.rfc3339(job.created_at),
        "Recipients": [
            {
                "Destination": recipient.destination,
                "Status": str(recipient.status),
                "Result": recipient.result,
                "MessageText": recipient.text,
                "replies": len(recipient.replies),
            }
            for recipient in job.recipients
        ],
    }


def _entry(message_id: str, jobs: list[Job]) -> dict[str, Any]:
    return {
        "MessageID": message_id,
        "count": len(jobs),
        "sends": [
            {
                "JobNum": job.job_num,
                "time": times.rfc3339(job.created_at),
                "version": job.version,
                "test": job.test,
                "recipients": [recipient.destination for recipient in job.recipients],
            }
            for job in jobs
        ],
    }


def _attempt(attempt: Attempt) -> dict[str, Any]:
    return {
        "url": attempt.url,
        "attempt": attempt.attempt,
        "time": times.rfc3339(attempt.time),
        "status": attempt.status,
        "error": attempt.error,
        "headers": attempt.headers,
        "body": attempt.body,
        "Type": attempt.event.kind,
        "MessageID": attempt.event.message_id,
        "Destination": attempt.event.destination,
    }
