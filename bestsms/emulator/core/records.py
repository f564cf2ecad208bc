"""What the emulator remembers, in its own words; ``spelling`` puts it into the wire's."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import define, field, frozen


class JobState(StrEnum):
    """The state of a job, as the status call spells it; aborted jobs read as completed."""

    PENDING = "Pending"
    DELAYED = "Delayed"
    COMPLETED = "Completed"
    CREDIT_HOLD = "CreditHold"
    DELETED = "Deleted"


class RecipientStatus(StrEnum):
    """The state of one recipient, as reports spell it; webhooks use upper case (T61)."""

    SUCCESS = "Success"
    FAILED = "Failed"
    PENDING = "Pending"


@define(eq=False)
class Received:
    """One message that came from a phone.

    ``recipient`` is the outbound message it answers, or None for an SMSInbound.
    ``serial`` is the integer ``ID`` of 2.03, ``received_id`` the UUID of 2.04.
    """

    serial: int
    received_id: str
    number: str
    message: str
    received_at: datetime
    contact_id: str = ""
    job: Job | None = None
    recipient: Recipient | None = None


@define(eq=False)
class Recipient:
    """One destination of one job; ``text`` is its own copy, placeholders filled.

    ``fault`` is the ``Result`` of a destination that can never be reached.
    ``stuck`` marks one that stays pending until its destination is set free.
    """

    seq: int
    destination: str
    submitted: str
    text: str
    parts: int
    attention: str = ""
    company: str = ""
    custom: tuple[str, ...] = ("",) * 9
    contact_id: str = ""
    group_id: str = ""
    fault: str | None = None
    stuck: bool = False
    status: RecipientStatus = RecipientStatus.PENDING
    result: str = ""
    price: float | None = None
    sent_at: datetime | None = None
    replies: list[Received] = field(factory=list[Received])


@define(eq=False)
class Job:
    """One accepted send: 1..n recipients under one JobNum.

    ``attempt`` grows with every (re)start, so that plans made for an earlier one lapse.
    ``visible_at`` is when reports and actions begin to know the job (U3).
    """

    message_id: str
    job_num: str
    version: str
    created_at: datetime
    visible_at: datetime
    zone: str
    recipients: list[Recipient]
    state: JobState = JobState.PENDING
    reference: str = ""
    sub_account: str = ""
    department: str = ""
    from_number: str = ""
    test: bool = False
    callback_url: str = ""
    callback_format: str = ""
    delayed_until: datetime | None = None
    started_at: datetime | None = None
    attempt: int = 0

    def tally(self, status: RecipientStatus) -> int:
        """Count the recipients in that status."""
        return sum(recipient.status is status for recipient in self.recipients)


@define(eq=False)
class Contact:
    """One address book entry; ``fields`` holds the writable ones under their 2.04 names."""

    contact_id: str
    created_at: datetime
    fields: dict[str, str]
    updated_at: datetime | None = None


@define(eq=False)
class Group:
    """One address book group; ``members`` keeps contact ids in the order they joined."""

    group_id: str
    code: str
    created_at: datetime
    fields: dict[str, str]
    members: dict[str, None] = field(factory=dict[str, None])


@frozen
class Rule:
    """What ``set_destination`` laid down for one number; None leaves the usual."""

    result: str
    delivery_seconds: float | None = None
    visibility_seconds: float | None = None
    reply: str | None = None


@frozen
class Event:
    """What one webhook tells; ``layouts`` spells it.

    ``kind`` is ``SMS``, ``SMSReply`` or ``SMSInbound``. ``at`` is when the message was sent
    on a status event, when the reply arrived on a reply event (T96).
    """

    kind: str
    destination: str
    status: str
    result: str
    at: datetime
    message_id: str = ""
    job_num: str = ""
    sub_account: str = ""
    department: str = ""
    contact_id: str = ""
    received_id: str = ""
    message: str | None = None
    price: str = ""
    detail: str = ""
    submitted: str = ""


@define(eq=False)
class Callback:
    """One webhook on its way: posted again and again until taken, or until ``give_up``."""

    event: Event
    url: str
    layout: str
    format: str
    give_up: datetime
    attempts: int = 0


@frozen
class Attempt:
    """One POST of a webhook, as ``GET /_emulator/callbacks`` lists it."""

    url: str
    attempt: int
    time: datetime
    status: int | None
    error: str
    headers: dict[str, str]
    body: str
    event: Event
