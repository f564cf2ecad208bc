"""Records of messages in each version's own wire names (sections 1.1.3 to 1.1.5, T55 to T66)."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Any

from bestsms.emulator import times
from bestsms.emulator.core.records import Job, JobState, Received, Recipient, RecipientStatus
from bestsms.emulator.core.sending import zone_of
from bestsms.emulator.rest.paging import Page
from bestsms.emulator.settings import Settings

OLD = "2.03"
_ACTION_STATE = {JobState.COMPLETED: "Transmit"}
_REPORT_STATE = {JobState.DELETED: "Completed"}


def moments(
    version: str, name: str, moment: datetime | None, where: tzinfo, *, old_name: str | None = None
) -> dict[str, str]:
    """Spell one point in time in every form that a version has for it (T56).

    Args:
        version: ``2.03`` or ``2.04``.
        name: The stem of 2.04, such as ``Created`` in ``CreatedTimeLocal``.
        moment: The time; None makes every form blank.
        where: Whose local time.
        old_name: What 2.03 calls it, if not ``name``.
    """
    local = times.plain(moment, where) if moment else ""
    utc = times.plain(moment) if moment else ""
    if version == OLD:
        old = old_name or name
        return {old: local, f"{old}UTC": utc}
    return {
        f"{name}TimeLocal": local,
        f"{name}TimeUTC": utc,
        f"{name}TimeUTC_RFC3339": times.rfc3339(moment) if moment else "",
    }


def status(version: str, job: Job, settings: Settings, page: Page[Recipient]) -> dict[str, Any]:
    """Spell the answer of the status call."""
    recipients = [_recipient(version, job, recipient) for recipient in page.items]
    return _report(version, job, settings, page, recipients)


def replies(version: str, job: Job, settings: Settings, page: Page[Recipient]) -> dict[str, Any]:
    """Spell the answer of the reply call: nested, or flat as S0 and S3 print it (T58)."""
    if settings.reply_shape == "flat":
        return _flat_replies(version, job, settings)
    recipients: list[dict[str, Any]] = []
    for recipient in page.items:
        spelt = _recipient(version, job, recipient)
        if version != OLD:
            spelt["GroupID"] = recipient.group_id
        spelt["MessageText"] = recipient.text
        spelt["SMSReplies"] = [_reply(version, r, job.zone) for r in recipient.replies]
        recipients.append(spelt)
    answer = _report(version, job, settings, page, recipients)
    if version == OLD:
        answer["Status"] = "Received"
    return answer


def received(version: str, settings: Settings, page: Page[Received]) -> dict[str, Any]:
    """Spell the answer of the received call (T57)."""
    where = zone_of(settings.time_zone)
    messages: list[dict[str, Any]] = []
    for message in page.items:
        job = message.job
        spelt: dict[str, Any] = (
            {"ID": message.serial} if version == OLD else {"ReceivedID": message.received_id}
        )
        spelt |= {
            "MessageID": job.message_id if job else "",
            "JobNum": job.job_num if job else "",
            "SubAccount": job.sub_account if job else "",
            "Department": job.department if job else "",
            **moments(version, "Received", message.received_at, where, old_name="Date"),
            "From": message.number,
            "MessageText": message.message,
            "Timezone": settings.time_zone,
        }
        if version != OLD:
            spelt |= {"ContactID": message.contact_id, "Version": f"v{version}"}
        messages.append(spelt)
    return {"Result": "Success", **page.numbers(), "Messages": messages}


def action(job: Job, before: JobState, name: str) -> dict[str, Any]:
    """Spell the answer of an action; ``Status`` is the state before it (T59, T79)."""
    return {
        "Result": "Success",
        "MessageID": job.message_id,
        "Status": _ACTION_STATE.get(before, str(before)),
        "JobNum": job.job_num,
        "Action": name,
    }


def _report(
    version: str,
    job: Job,
    settings: Settings,
    page: Page[Recipient],
    recipients: list[dict[str, Any]],
) -> dict[str, Any]:
    where = zone_of(job.zone)
    success, failed = job.tally(RecipientStatus.SUCCESS), job.tally(RecipientStatus.FAILED)
    prices = [recipient.price for recipient in job.recipients if recipient.price is not None]
    delayed = job.delayed_until
    if delayed is None and settings.unset_delayed_time == "created":
        delayed = job.created_at
    return {
        "Result": "Success",
        "MessageID": job.message_id,
        "Status": _REPORT_STATE.get(job.state, str(job.state)),
        "JobNum": job.job_num,
        "Account": settings.account,
        "SubAccount": job.sub_account,
        "Department": job.department,
        "Reference": job.reference,
        **moments(version, "Created", job.created_at, where),
        **moments(version, "Delayed", delayed, where),
        "Timezone": job.zone,
        "Count": len(job.recipients),
        "Complete": success + failed,
        "Success": success,
        "Failed": failed,
        "Price": round(sum(prices), 4) if prices else None,
        **(page.numbers() if page.asked else {}),
        "Recipients": recipients,
    }


def _recipient(version: str, job: Job, recipient: Recipient) -> dict[str, Any]:
    waiting = recipient.status is RecipientStatus.PENDING
    return {
        "Type": "Text",
        "DestSeq": f"{recipient.seq:08d}",
        "Destination": recipient.destination,
        **({} if version == OLD else {"ContactID": recipient.contact_id}),
        "Status": str(recipient.status),
        "Result": str(job.state) if waiting else recipient.result,
        **moments(version, "Sent", recipient.sent_at, zone_of(job.zone), old_name="SentDate"),
        "Attention": recipient.attention,
        "Company": recipient.company,
        **{f"Custom{n}": value for n, value in enumerate(recipient.custom, start=1)},
        "RemoteID": "",
        "Price": recipient.price,
    }


def _reply(version: str, reply: Received, zone: str) -> dict[str, Any]:
    return {
        **({} if version == OLD else {"ReceivedID": reply.received_id}),
        **moments(version, "Received", reply.received_at, zone_of(zone), old_name="Date"),
        "Timezone": zone,
        "From": reply.number,
        "MessageText": reply.message,
    }


def _flat_replies(version: str, job: Job, settings: Settings) -> dict[str, Any]:
    """S0 prints one reply as an object, S3 a list; both name only one recipient."""
    recipient = next((r for r in job.recipients if r.replies), job.recipients[0])
    where = zone_of(job.zone)
    sent = {
        "Date": times.plain(recipient.sent_at, where) if recipient.sent_at else "",
        "Destination": recipient.destination,
        "MessageText": recipient.text,
    }
    answers = [
        {
            "Date": times.plain(reply.received_at, where),
            "From": reply.number,
            "MessageText": reply.message,
        }
        for reply in recipient.replies
    ]
    head = {
        "Result": "Success",
        "MessageID": job.message_id,
        "Status": "Received",
        "JobNum": job.job_num,
        "Account": settings.account,
        "SubAccount": job.sub_account,
        "Department": job.department,
    }
    if version == OLD:
        return {**head, "MessageSent": sent, "MessageReceived": answers[-1] if answers else {}}
    return {**head, "SentMessage": sent, "ReceivedMessages": answers}
