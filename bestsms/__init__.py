"""An asyncio-first SDK for the BestSMS REST API: :class:`AsyncClient` and :class:`SyncClient`."""

from importlib import import_module
from typing import TYPE_CHECKING

from bestsms._bridge import SyncStream
from bestsms._evidence import Attempt, Obstacle, Phase, Verdict
from bestsms._version import __version__
from bestsms._wire.convert import to_dict
from bestsms.api import (
    ActionName,
    ActionResult,
    CallbackFormat,
    Destination,
    File,
    JobStatus,
    MessageType,
    Mode,
    ReceivedMessage,
    ReceivedPage,
    Recipient,
    RecipientStatus,
    Report,
    SendResult,
    SMSReply,
)
from bestsms.client import AsyncClient
from bestsms.errors import (
    AuthenticationFailed,
    BestSMSError,
    CampaignChanged,
    ConfigurationError,
    DeadlineExceeded,
    InvalidRequest,
    InvalidResponse,
    InvalidWebhook,
    NoAnswer,
    NoAnswerInTime,
    NotFound,
    NotSent,
    NotSentInTime,
    OutcomeUnknown,
    PermissionDenied,
    QueueFull,
    RateLimited,
    Redirected,
    Rejected,
    ResponseTooLarge,
    RunStopped,
    ServerError,
    StoreError,
    UnknownAtDeadline,
    WaitsFailed,
    WaitTimeout,
)
from bestsms.sending import (
    Attachable,
    ContactID,
    Destinations,
    GroupCode,
    GroupID,
    OnUnknown,
    Sent,
)
from bestsms.sync import SyncClient

if TYPE_CHECKING:
    from bestsms import numbers, segments, templates, webhooks
    from bestsms.address_book.blocking import SyncAddressBook
    from bestsms.address_book.book import AddressBook
    from bestsms.address_book.outcomes import MemberChanges, SeveralMatches, SyncFailed
    from bestsms.address_book.people import ContactDetails, People
    from bestsms.api import (
        Contact,
        ContactGroupPage,
        ContactPage,
        Group,
        GroupContactPage,
        GroupPage,
        Membership,
        Visibility,
    )
    from bestsms.bulk.blocking import SyncRun
    from bestsms.bulk.outcomes import ChunkOutcome, RecipientOutcome, Totals
    from bestsms.bulk.running import Run
    from bestsms.estimating import Estimate
    from bestsms.sending.recovering import Recovered
    from bestsms.waiting.streams import Stream
    from bestsms.waiting.waits import Wait

__all__ = [
    "ActionName",
    "ActionResult",
    "AddressBook",
    "AsyncClient",
    "Attachable",
    "Attempt",
    "AuthenticationFailed",
    "BestSMSError",
    "CallbackFormat",
    "CampaignChanged",
    "ChunkOutcome",
    "ConfigurationError",
    "Contact",
    "ContactDetails",
    "ContactGroupPage",
    "ContactID",
    "ContactPage",
    "DeadlineExceeded",
    "Destination",
    "Destinations",
    "Estimate",
    "File",
    "Group",
    "GroupCode",
    "GroupContactPage",
    "GroupID",
    "GroupPage",
    "InvalidRequest",
    "InvalidResponse",
    "InvalidWebhook",
    "JobStatus",
    "MemberChanges",
    "Membership",
    "MessageType",
    "Mode",
    "NoAnswer",
    "NoAnswerInTime",
    "NotFound",
    "NotSent",
    "NotSentInTime",
    "Obstacle",
    "OnUnknown",
    "OutcomeUnknown",
    "People",
    "PermissionDenied",
    "Phase",
    "QueueFull",
    "RateLimited",
    "ReceivedMessage",
    "ReceivedPage",
    "Recipient",
    "RecipientOutcome",
    "RecipientStatus",
    "Recovered",
    "Redirected",
    "Rejected",
    "Report",
    "ResponseTooLarge",
    "Run",
    "RunStopped",
    "SMSReply",
    "SendResult",
    "Sent",
    "ServerError",
    "SeveralMatches",
    "StoreError",
    "Stream",
    "SyncAddressBook",
    "SyncClient",
    "SyncFailed",
    "SyncRun",
    "SyncStream",
    "Totals",
    "UnknownAtDeadline",
    "Verdict",
    "Visibility",
    "Wait",
    "WaitTimeout",
    "WaitsFailed",
    "__version__",
    "numbers",
    "segments",
    "templates",
    "to_dict",
    "webhooks",
]

# Loaded when they are asked for: a program that only sends needs none of them.
_LATER = {
    "AddressBook": "bestsms.address_book.book",
    "ChunkOutcome": "bestsms.bulk.outcomes",
    "Contact": "bestsms.api.contacts",
    "ContactDetails": "bestsms.address_book.people",
    "ContactGroupPage": "bestsms.api.contact_groups",
    "ContactPage": "bestsms.api.contacts",
    "Estimate": "bestsms.estimating",
    "Group": "bestsms.api.groups",
    "GroupContactPage": "bestsms.api.group_contacts",
    "GroupPage": "bestsms.api.groups",
    "MemberChanges": "bestsms.address_book.outcomes",
    "Membership": "bestsms.api.contact_groups",
    "People": "bestsms.address_book.people",
    "RecipientOutcome": "bestsms.bulk.outcomes",
    "Recovered": "bestsms.sending.recovering",
    "Run": "bestsms.bulk.running",
    "SeveralMatches": "bestsms.address_book.outcomes",
    "Stream": "bestsms.waiting.streams",
    "SyncAddressBook": "bestsms.address_book.blocking",
    "SyncFailed": "bestsms.address_book.outcomes",
    "SyncRun": "bestsms.bulk.blocking",
    "Totals": "bestsms.bulk.outcomes",
    "Visibility": "bestsms.api.contacts",
    "Wait": "bestsms.waiting.waits",
    "numbers": "bestsms.numbers",
    "segments": "bestsms.segments",
    "templates": "bestsms.templates",
    "webhooks": "bestsms.webhooks",
}


def __getattr__(name: str) -> object:
    if name not in _LATER:
        raise AttributeError(f"module 'bestsms' has no attribute {name!r}")
    module = import_module(_LATER[name])
    return getattr(module, name, module)
