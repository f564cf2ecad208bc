"""The emulator's own time: it runs with the wall clock, or stands still until moved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bestsms.emulator.errors import EmulatorError

LONGEST_STEP = 100 * 366 * 24 * 3600
FIRST_YEAR, LAST_YEAR = 1899, 2900
"""The clock lives between them, so that no date sum can overflow."""


class Clock:
    """A wall time plus an offset that ``advance`` grows.

    ``Clock()`` runs, so that ``python -m bestsms emulator`` feels alive.
    ``Clock.frozen("2025-06-04T00:00:00Z")`` stands still, so that a test decides.
    """

    def __init__(self, *, start: datetime | None = None) -> None:
        self._start = start
        self._offset = timedelta()

    @classmethod
    def frozen(cls, moment: str | datetime) -> Clock:
        """Make a clock that only ``advance`` moves.

        Args:
            moment: ISO 8601 text or a datetime of the years 1900 to 2899; without an offset
                it is read as UTC.

        Raises:
            EmulatorError: The text is no ISO 8601 date and time, or of another year.
        """
        if isinstance(moment, str):
            try:
                moment = datetime.fromisoformat(moment)
            except ValueError:
                raise EmulatorError(f"not an ISO 8601 date and time: {moment!r}") from None
        if not FIRST_YEAR < moment.year < LAST_YEAR:
            raise EmulatorError(f"the clock lives between {FIRST_YEAR} and {LAST_YEAR}")
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return cls(start=aware.astimezone(UTC))

    @property
    def is_frozen(self) -> bool:
        """Whether only ``advance`` moves this clock."""
        return self._start is not None

    def now(self) -> datetime:
        """Return the emulated time, in UTC."""
        return (self._start or datetime.now(UTC)) + self._offset

    def advance(self, seconds: float) -> datetime:
        """Move the clock forward and return the new time.

        Args:
            seconds: How far; from 0 to a hundred years. The year must stay below 2900.

        Raises:
            EmulatorError: The step is negative, not finite or too large.
        """
        # "0 <= NaN" is false, so this range refuses NaN and infinities as well.
        if not 0 <= seconds <= LONGEST_STEP:
            raise EmulatorError(f"the clock moves by 0 to {LONGEST_STEP} seconds at a time")
        step = timedelta(seconds=seconds)
        if (self.now() + step).year >= LAST_YEAR:
            raise EmulatorError(f"the clock does not go past the year {LAST_YEAR}")
        self._offset += step
        return self.now()

    def reset(self) -> None:
        """Forget every ``advance``."""
        self._offset = timedelta()
