"""Everything that can go wrong, as one tree.

.. code-block:: text

    BestSMSError                        every error of this package
    ├── ConfigurationError              a setting is missing or wrong (a ValueError)
    ├── InvalidRequest                  an argument, refused before a byte leaves (a ValueError)
    │   └── CampaignChanged             a rerun of a campaign whose list is another one now
    ├── NotSent                         proved: nothing of the request reached the provider
    │   └── NotSentInTime               ... and the deadline is over (also DeadlineExceeded)
    ├── NoAnswer                        a read got no usable answer; nothing was changed
    │   └── NoAnswerInTime              ... and the deadline is over (also DeadlineExceeded)
    ├── OutcomeUnknown                  the provider may have acted, and did not say so
    │   └── UnknownAtDeadline           ... and the deadline is over (also DeadlineExceeded)
    ├── Rejected                        the provider answered, and the answer was no
    │   ├── AuthenticationFailed        401: the token is wrong or was refreshed
    │   ├── PermissionDenied            403: the user may not do this
    │   ├── NotFound                    404, or a failure whose text says "not found" (U1)
    │   └── RateLimited                 429 or 425: not now; see ``retry_after``
    ├── ServerError                     5xx on a call that is safe to repeat
    ├── InvalidResponse                 an answer that is not what the references describe
    │   ├── Redirected                  a redirect, which is never followed
    │   └── ResponseTooLarge            more bytes than are ever read
    ├── DeadlineExceeded                a total time is over (also a TimeoutError); often a mixin
    │   └── WaitTimeout                 a wait is over, and its message is not
    ├── RunStopped                      a run of many messages gave up before its list was through
    ├── WaitsFailed                     some of many waits brought no final report
    ├── StoreError                      the store of webhooks can't be read or written
    │   └── QueueFull                   ... or holds more than was allowed
    └── InvalidWebhook                  a webhook's body that can't be read (a ValueError)

Where a message is concerned an error carries its ``message_id``; where a call would change
something it carries a ``verdict``: what is known of that call now. A read changes nothing and has
no verdict, unless it was refused here, before it left. Every error lists its ``attempts``: how far
each came, its HTTP status, the exception that ended it. No error holds the token, what was sent, or
a whole phone number; the provider's own words stand in it with their numbers masked.
"""

from bestsms._evidence import Verdict
from bestsms.errors.bulk import CampaignChanged, RunStopped
from bestsms.errors.calls import (
    AuthenticationFailed,
    InvalidResponse,
    NoAnswer,
    NoAnswerInTime,
    NotFound,
    NotSent,
    NotSentInTime,
    OutcomeUnknown,
    PermissionDenied,
    RateLimited,
    Redirected,
    Rejected,
    ResponseTooLarge,
    ServerError,
    UnknownAtDeadline,
)
from bestsms.errors.later import InvalidWebhook, QueueFull, StoreError, WaitsFailed, WaitTimeout
from bestsms.errors.root import BestSMSError, ConfigurationError, DeadlineExceeded, InvalidRequest

__all__ = [
    "AuthenticationFailed",
    "BestSMSError",
    "CampaignChanged",
    "ConfigurationError",
    "DeadlineExceeded",
    "InvalidRequest",
    "InvalidResponse",
    "InvalidWebhook",
    "NoAnswer",
    "NoAnswerInTime",
    "NotFound",
    "NotSent",
    "NotSentInTime",
    "OutcomeUnknown",
    "PermissionDenied",
    "QueueFull",
    "RateLimited",
    "Redirected",
    "Rejected",
    "ResponseTooLarge",
    "RunStopped",
    "ServerError",
    "StoreError",
    "UnknownAtDeadline",
    "Verdict",
    "WaitTimeout",
    "WaitsFailed",
]

# A traceback names the place where a caller finds them.
for _name in __all__:
    if _name != "Verdict":
        globals()[_name].__module__ = __name__
