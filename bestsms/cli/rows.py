"""What a table or a line says of one message that is waited for."""

from __future__ import annotations

from datetime import datetime

import attrs

from bestsms import BestSMSError, RecipientStatus, Report, WaitTimeout

__all__ = ["Row"]


@attrs.define
class Row:
    """What is known of one message.

    Attributes:
        message_id: As the person wrote it.
        report: The last state seen.
        changed: When it was seen first, in local time.
        final: Whether it is the last.
        error: Why there will be no other, if it is not final.
    """

    message_id: str
    report: Report | None = None
    changed: datetime | None = None
    final: bool = False
    error: BestSMSError | None = None

    @property
    def state(self) -> str:
        """The status of the message."""
        return str((self.report and self.report.status) or "-")

    @property
    def done(self) -> str:
        """How many of its destinations are finished."""
        if self.report is None:
            return "-"
        return f"{self.report.complete or 0} of {_wanted(self.report)}"

    @property
    def result(self) -> str:
        """What became of its one destination, or how many ended in which way."""
        if isinstance(self.error, WaitTimeout):
            return "the time is over"
        if self.error is not None:
            return type(self.error).__name__
        if self.report is None:
            return "-"
        if _wanted(self.report) > 1:
            return f"{_delivered(self.report)} delivered, {self.report.failed or 0} failed"
        return next((each.result for each in self.report.recipients if each.result), "-")

    @property
    def delivered(self) -> bool:
        """Whether it reached every destination."""
        report = self.report
        return self.final and report is not None and 0 < _wanted(report) <= _delivered(report)

    @property
    def over(self) -> bool:
        """Whether nothing more will be seen of it."""
        return self.final or self.error is not None


def _wanted(report: Report) -> int:
    """Return how many destinations there are; the count may lag behind (E14)."""
    return max(report.count or 0, report.complete or 0, len(report.recipients))


def _delivered(report: Report) -> int:
    if report.success is not None:
        return report.success
    return sum(each.status is RecipientStatus.SUCCESS for each in report.recipients)
