"""The properties that are instants: which keys each is made of, and whose clock they show."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

import bestsms
from bestsms._codegen.naming import DescriptionError
from bestsms._codegen.reader import read
from bestsms.api import Contact, Group, ReceivedMessage, Recipient, Report, SMSReply

TEXT = "2025-07-01 10:00:00"
JULY = datetime(2025, 7, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (Report, "created"),
        (Report, "delayed"),
        (SMSReply, "received"),
        (ReceivedMessage, "received"),
        (Contact, "created"),
        (Contact, "updated"),
        (Group, "created"),
    ],
)
def test_a_local_time_is_an_instant_by_the_zone_beside_it(kind: type[Any], name: str) -> None:
    """Where the answer has neither UTC nor RFC 3339; the text as it came stays reachable."""
    wanted = "delayed_until" if name == "delayed" else f"{name}_at"
    local = f"{name}_time_local"
    there = kind(**{local: TEXT, "timezone": "AUS Eastern"})
    assert (getattr(there, wanted), getattr(there, local)) == (JULY, TEXT)
    assert getattr(kind(**{local: TEXT, "timezone": "Mars"}), wanted) is None
    assert getattr(kind(**{local: TEXT}), wanted) is None
    known = {f"{name}_time_utc": "2025-06-04 00:00:00"}
    assert getattr(kind(**known, **{local: TEXT, "timezone": "AUS Eastern"}), wanted) == datetime(
        2025, 6, 4, tzinfo=UTC
    )


def test_a_recipient_does_not_know_its_zone() -> None:
    """Its local time is of its report's Timezone, which it does not have."""
    assert Recipient(sent_time_local=TEXT).sent_at is None


def test_a_zone_that_is_no_property_stops_the_generator() -> None:
    """A slip in x-zone would leave a time without its zone."""
    description = Path(bestsms.__file__).parent / "_codegen" / "openapi.yaml"
    document: dict[str, Any] = yaml.safe_load(description.read_text(encoding="utf-8"))
    report = document["components"]["schemas"]["Report"]["properties"]
    report["CreatedTimeLocal"]["x-zone"] = "TimeZone"
    with pytest.raises(DescriptionError, match=r"the x-zone of \['CreatedTimeLocal'\] is no prop"):
        read(document)
