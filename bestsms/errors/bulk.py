"""What may end a run of many messages before its list is through."""

from __future__ import annotations

from typing import Any

from bestsms.errors.root import BestSMSError, InvalidRequest

__all__ = ["CampaignChanged", "RunStopped"]


class CampaignChanged(InvalidRequest):
    """A rerun of a campaign was given another list, text or packing than the run before.

    What comes after the change would be sent to people who have it already. Nothing of it was. So
    it is with a campaign that the provider knows and the journal does not.
    """


class RunStopped(BestSMSError):
    """A run gave up before its list was through: what comes next would fail as well.

    Every request that was under way has its outcome. The error that was the last straw is in
    ``__cause__``, and so is what the list or ``on_progress`` raised after a request was made.

    Attributes:
        totals: The :class:`~bestsms.Totals` of what was done.
    """

    totals: Any = None
