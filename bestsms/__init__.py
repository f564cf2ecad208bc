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
    Contact,
    ContactGroupPage,
    ContactPage,
    Destination,
    File,
    Group,
    GroupContactPage,
    GroupPage,
    JobStatus,
    Membership,
    MessageType,
    Mode,
    ReceivedMessage,
    ReceivedPage,
    Recipient,
    RecipientStatus,
    Report,
    SendResult,
    SMSReply,
    Visibility,
)
from bestsms.client import AsyncClient
from bestsms.errors import (
    AuthenticationFailed,
    BestSMSError,
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
    ServerError,
    StoreError,
    UnknownAtDeadline,
    WaitsFailed,
    WaitTimeout,
)
from bestsms.sending import Attachable, Destinations, OnUnknown, Sent
from bestsms.sync import SyncClient

if TYPE_CHECKING:
    from bestsms import webhooks
    from bestsms.sending.recovering import Recovered
    from bestsms.waiting.streams import Stream
    from bestsms.waiting.waits import Wait

__all__ = [
    "ActionName",
    "ActionResult",
    "AsyncClient",
    "Attachable",
    "Attempt",
    "AuthenticationFailed",
    "BestSMSError",
    "CallbackFormat",
    "ConfigurationError",
    "Contact",
    "ContactGroupPage",
    "ContactPage",
    "DeadlineExceeded",
    "Destination",
    "Destinations",
    "File",
    "Group",
    "GroupContactPage",
    "GroupPage",
    "InvalidRequest",
    "InvalidResponse",
    "InvalidWebhook",
    "JobStatus",
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
    "PermissionDenied",
    "Phase",
    "QueueFull",
    "RateLimited",
    "ReceivedMessage",
    "ReceivedPage",
    "Recipient",
    "RecipientStatus",
    "Recovered",
    "Redirected",
    "Rejected",
    "Report",
    "ResponseTooLarge",
    "SMSReply",
    "SendResult",
    "Sent",
    "ServerError",
    "StoreError",
    "Stream",
    "SyncClient",
    "SyncStream",
    "UnknownAtDeadline",
    "Verdict",
    "Visibility",
    "Wait",
    "WaitTimeout",
    "WaitsFailed",
    "__version__",
    "to_dict",
    "webhooks",
]

# Loaded when they are asked for: a program that only sends needs none of them.
_LATER = {
    "Recovered": "bestsms.sending.recovering",
    "Stream": "bestsms.waiting.streams",
    "Wait": "bestsms.waiting.waits",
    "webhooks": "bestsms.webhooks",
}


def __getattr__(name: str) -> object:
    if name not in _LATER:
        raise AttributeError(f"module 'bestsms' has no attribute {name!r}")
    module = import_module(_LATER[name])
    return getattr(module, name, module)
