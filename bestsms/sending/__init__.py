"""The send that never doubles and never vanishes.

.. code-block:: text

    addressing   who a message goes to: numbers, people, contacts, groups
    guarding     which numbers a client may send to
    composing    from what a caller has at hand to the fields of the documented call
    posting      the one code path that may POST a send: id, intent, attempts, verdict
    looking      an unclear send is looked up by its id, never posted again
    register     which ids were used, and what is known of them
    recovering   after a crash: every open intent of the journal
    outcomes     what a send may come to
"""

from bestsms.sending.addressing import ContactID, Destinations, GroupCode, GroupID
from bestsms.sending.composing import Attachable
from bestsms.sending.outcomes import OnUnknown, Sent
from bestsms.sending.posting import Sender

__all__ = [
    "Attachable",
    "ContactID",
    "Destinations",
    "GroupCode",
    "GroupID",
    "OnUnknown",
    "Sender",
    "Sent",
]
