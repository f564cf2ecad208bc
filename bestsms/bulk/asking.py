"""Whether the provider knows a campaign that the journal here does not."""

from __future__ import annotations

from typing import Final

from bestsms._evidence import Verdict
from bestsms.api import Report
from bestsms.bulk.chunks import Chunk
from bestsms.bulk.ending import Ending
from bestsms.bulk.seen import key_of
from bestsms.errors import AuthenticationFailed, CampaignChanged, NotSent, PermissionDenied
from bestsms.sending import Sender
from bestsms.sending.looking import Finding, look_up

__all__ = ["PAUSES", "differs", "is_known", "known_elsewhere"]

PAUSES: Final = (0.0, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds before each question, as long as there is no clear answer."""


async def is_known(sender: Sender, chunk: Chunk, ending: Ending) -> bool:
    """Ask the provider for a chunk, again if the answer is unclear, and say whether it knows it.

    Raises:
        NotSent: Nobody said, or the run ended meanwhile.
        AuthenticationFailed: The token was refused.
        PermissionDenied: Who sends may not ask.
    """
    found = Finding()
    with ending.breaks():
        for pause in PAUSES if not ending.begun else ():
            await ending.pause(pause)
            found = await look_up(sender.transport, chunk.message_id, window=0.0)
            if found.report is not None or found.denied:
                return not found.denied
            if isinstance(found.failure, AuthenticationFailed | PermissionDenied):
                ending.stop("the token, or a right of its user, was refused", found.failure)
                raise found.failure
    raise NotSent(
        "The journal does not know this campaign, and whether the provider does could not be "
        f"asked, by message {chunk.message_id}: {found}. Nothing was sent; a rerun asks again.",
        message_id=chunk.message_id,
        verdict=Verdict.NOT_SENT,
    )


def differs(report: Report, chunk: Chunk) -> bool:
    """Say whether a report is surely of other recipients than a chunk has.

    How many are in a group nobody here knows, nor how a national number is reported. A report need
    not list everybody, and its count may be 0, or behind what is complete (E14): then it says
    nothing.
    """
    numbers = [row.get("Recipient", "") for row in chunk.rows]
    if not all(number.startswith("+") for number in numbers):
        return False
    listed = [each.destination or "" for each in report.recipients]
    least = max(report.complete or 0, len(listed))
    count = max(report.total_records or 0, report.count or 0)
    if least > len(numbers) or (count >= least and count not in {0, len(numbers)}):
        return True
    others = {key_of("Recipient", each) for each in listed if each.startswith("+")}
    return not others.issubset(key_of("Recipient", each) for each in numbers)


def known_elsewhere(chunk: Chunk) -> CampaignChanged:
    """Return the error of a campaign that the provider knows and the journal does not."""
    return CampaignChanged(
        "campaign",
        "the provider knows this campaign and the journal here does not: it was sent from another "
        "machine, or with another journal, or the file was lost; go on with that journal, or give "
        "what is to be sent to all of them again a name of its own",
        message_id=chunk.message_id,
    )
