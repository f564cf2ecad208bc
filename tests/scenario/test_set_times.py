"""A text for later leaves at the caller's instant, in whatever zone the caller thinks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

JESS = "+61421000001"
# The emulator's clock stands at midnight UTC of the 4th.
DUE = datetime(2025, 6, 4, 23, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("send_time", "time_zone"),
    [
        ("2025-06-05T09:00", "AUS Eastern"),
        ("2025-06-05T09:00", "Australia/Hobart"),
        ("2025-06-05 11:00:00", "Antarctica/McMurdo"),
        ("2025-06-05T08:30", "Australia/Darwin"),
        (datetime.fromisoformat("2025-06-05T01:00"), "Europe/Oslo"),
        (DUE, None),
        (DUE, "New Zealand"),
        (DUE.astimezone(timezone(timedelta(hours=-9, minutes=-30))), None),
    ],
    ids=str,
)
async def test_a_set_time_is_one_instant(
    client: Any, send_time: datetime | str, time_zone: str | None
) -> None:
    """Naive or aware, in a zone that the provider has a name for or in any other (U33)."""
    sent = await client.send("Later", to=JESS, send_time=send_time, time_zone=time_zone)
    report = await client.reports.status(sent.message_id)
    assert report.delayed_until == DUE
