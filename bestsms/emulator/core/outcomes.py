"""The delivery results a destination can be given, in the provider's own words (section 2.2)."""

from __future__ import annotations

from functools import cache

from attrs import frozen

from bestsms.emulator.core.records import RecipientStatus
from bestsms.emulator.errors import EmulatorError
from bestsms.emulator.numbers import NOT_A_NUMBER, TOO_LONG, TOO_SHORT

SUCCESS, FAILED, PENDING = (
    RecipientStatus.SUCCESS,
    RecipientStatus.FAILED,
    RecipientStatus.PENDING,
)


@frozen
class Outcome:
    """What becomes of a message to one destination.

    Args:
        name: What ``set_destination(result=…)`` and the control API call it.
        status: The recipient's status; pending never ends by itself.
        result: The recipient's ``Result`` text.
        holds: The whole job waits in CreditHold until the destination is set free.
        silent: No webhook is sent for it (E17, T95).
    """

    name: str
    status: RecipientStatus
    result: str
    holds: bool = False
    silent: bool = False


DELIVERED = Outcome("delivered", SUCCESS, "delivered")
BLACKLISTED = Outcome("blacklisted", FAILED, "Destination is blacklisted")
DUPLICATE = Outcome("duplicate", FAILED, "Rejected-Duplicate")
ABORTED = Outcome("aborted", SUCCESS, "Control Deleted")
STUCK = Outcome("pending", PENDING, "Pending", silent=True)
CREDIT_HOLD = Outcome("credit_hold", PENDING, "CreditHold", holds=True, silent=True)
UNDELIVERED = Outcome("failed", FAILED, "Undelivered")
BAD_NUMBER = Outcome("bad_number", FAILED, NOT_A_NUMBER)
TO_NETWORK = Outcome("delivered_to_network", SUCCESS, "delivered-to-network")

ALL = (
    DELIVERED,
    TO_NETWORK,
    ABORTED,
    Outcome("sent_ok", SUCCESS, "Sent OK"),
    UNDELIVERED,
    BAD_NUMBER,
    BLACKLISTED,
    DUPLICATE,
    CREDIT_HOLD,
    STUCK,
    Outcome("country_blocked", FAILED, "Rejected-Country Blocked-Account Policy"),
    Outcome("invalid_sender", FAILED, "Rejected-Invalid Sender ID"),
    Outcome("message_content", FAILED, "Rejected-Message Content Issue"),
    Outcome("link_not_permitted", FAILED, "LinkNotPermitted", silent=True),
    Outcome("no_permit_record", FAILED, "No Permit Record"),
    Outcome("too_short", FAILED, TOO_SHORT),
    Outcome("too_long", FAILED, TOO_LONG),
    Outcome("rejected_06", FAILED, "Rejected-06-Invalid Mobile Number"),
    Outcome("rejected_07", FAILED, "Rejected-07-Invalid Number"),
)
"""Every outcome that can be asked for."""


def _fold(text: str) -> str:
    """Make ``Bad Number``, ``bad_number`` and ``bad-number`` one (section 2.2: spaces removed)."""
    return "".join(character for character in text.lower() if character.isalnum())


_BY_NAME = {_fold(o.result): o for o in ALL} | {_fold(o.name): o for o in ALL}


@cache
def outcome(name: str) -> Outcome:
    """Return the outcome of that name, or of that ``Result`` text.

    Raises:
        EmulatorError: No outcome is called that; the text lists those that exist.
    """
    found = _BY_NAME.get(_fold(name))
    if found is None:
        known = ", ".join(o.name for o in ALL)
        raise EmulatorError(f"unknown result {name!r}; one of: {known}")
    return found
