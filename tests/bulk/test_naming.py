"""MessageIDs: of one campaign and one list always the same, and of no two alike."""

from __future__ import annotations

import re
import subprocess
import sys
import uuid

import pytest

from bestsms import Destination, InvalidRequest
from bestsms.api import SMSMessage
from bestsms.bulk.naming import Names, digest

HERE = Destination(recipient="+61421000001")


def test_a_campaign_has_the_same_ids_in_every_process() -> None:
    """They are written down here, for a rerun under a later version must find them."""
    code = "from bestsms.bulk.naming import Names; print(Names('July').of_chunk(0))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout.decode().strip() == Names("July").of_chunk(0)
    assert Names("July").of_chunk(0) == "3a668221-946f-5989-b358-6f2b3c6e83ce"
    assert Names("July").of_recipient(0x61421000001) == "5b1325a8-fec4-5a83-bc7f-3c0e4661ac85"


@pytest.mark.parametrize("other", ["july", " July\n", "JULY"])
def test_a_name_is_the_same_as_a_person_types_it_again(other: str) -> None:
    """Case, blanks around it and how its accents are made up do not matter."""
    assert Names(other).of_chunk(5) == Names("July").of_chunk(5)
    assert Names("Caf\u00e9").of_chunk(0) == Names("cafe\u0301").of_chunk(0)


@pytest.mark.parametrize("other", ["Sale \u00b2", "Sale \u2461", "\uff33ale 2", "Sale2"])
def test_a_name_that_looks_otherwise_is_another(other: str) -> None:
    """What a person can tell apart are two campaigns, and both are sent."""
    assert Names(other).of_chunk(0) != Names("Sale 2").of_chunk(0)


def test_no_two_have_the_same_id() -> None:
    """Neither two chunks, nor two campaigns, nor a chunk and a recipient, nor two kinds of key."""
    ids = [
        names.of_chunk(index)
        for names in map(Names, ("July", "July1", "July 1"))
        for index in range(20)
    ]
    ids += [Names("July").of_recipient(key) for key in (0, 1, 0x61421000001, b"\0", b"\1" * 16)]
    assert len(set(ids)) == len(ids)


def test_without_a_name_they_are_made_by_chance() -> None:
    """Nothing can be resumed then, and nothing be confused."""
    names = Names(None)
    assert names.of_chunk(0) != names.of_chunk(0)
    assert uuid.UUID(names.of_recipient(1)).version == 4


@pytest.mark.parametrize("campaign", ["July", None])
def test_ids_are_such_as_the_provider_takes(campaign: str | None) -> None:
    """Up to 40 letters, digits and hyphens."""
    names = Names(campaign)
    for made in (names.of_chunk(10**12), names.of_recipient(b"\xff" * 16)):
        assert re.fullmatch("[a-z0-9-]{36}", made)
        SMSMessage(message="Hello", destinations=(HERE,), message_id=made)


@pytest.mark.parametrize("campaign", ["", "  ", "x" * 201, 5, "\ud800"])
def test_a_wrong_name_is_refused(campaign: object) -> None:
    """At once, before a row is read."""
    with pytest.raises(InvalidRequest, match=r"^campaign: "):
        Names(campaign)  # type: ignore[arg-type]


def test_a_digest_is_of_the_text_and_the_rows() -> None:
    """No part of one can pass for a part of the other."""
    assert len(digest("Hello", b"[]")) == 64
    assert digest("Hello", b"[]") == digest("Hello", b"[]")
    assert len({digest("a", b"b"), digest("ab", b""), digest("", b"ab"), digest("a", b"c")}) == 4
