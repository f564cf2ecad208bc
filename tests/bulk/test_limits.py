"""What a request takes: a row that is too large, or that XML can't hold, is passed over alone."""

from __future__ import annotations

from typing import Any

import pytest

from bestsms import GroupCode
from bestsms._wire import json
from bestsms.bulk.chunks import Batch, Chunk
from bestsms.bulk.fields import KEYS, NAMES
from bestsms.bulk.limits import ESCAPED, FRAME, Limits
from bestsms.bulk.planning import Plan
from bestsms.numbers import Refused

NUMBERS = [f"+614210000{number:02d}" for number in range(40)]
ROWS = [{"Recipient": number, "FirstName": "Jess"} for number in NUMBERS]


async def planned(recipients: Any, **named: Any) -> list[Batch]:
    """A plan to its end."""
    return [batch async for batch in Plan(recipients, **{"message": "Hello", **named})]


def chunks(batches: list[Batch]) -> list[Chunk]:
    """The requests of a plan."""
    return [batch.chunk for batch in batches if batch.chunk is not None]


@pytest.mark.parametrize("count", [1, 40])
async def test_who_was_in_a_row_too_large_is_not_there_yet(count: int) -> None:
    """A later row to the same number is sent, among few rows as among many."""
    large = {"Recipient": NUMBERS[0], "FirstName": "x" * 2_000}
    ((first, skipped), *others) = await planned([large, *ROWS[:count]], max_bytes=1_000)
    assert [(row.position, row.duplicate) for row in skipped] == [(0, False)]
    assert skipped[0].reason == "takes 2,045 bytes, and max_bytes is 1,000"
    assert first is not None
    sent = [row["Recipient"] for each in [first, *chunks(others)] for row in each.rows]
    assert sent == NUMBERS[:count]


async def test_a_row_too_large_with_its_text_among_its_fields_has_it_as_the_text() -> None:
    """Of a request of its own; without the text it is small enough."""
    rows = [
        {"Recipient": number, "Company": "x" * 800, "message": f"{number[-1]}" * 300}
        for number in NUMBERS[:2]
    ]
    first, second = chunks(await planned(rows, message=None, max_bytes=1_000))
    assert (first.message, second.message) == ("0" * 300, "1" * 300)
    assert json.loads(second.encoded) == [{"Recipient": NUMBERS[1], "Company": "x" * 800}]


@pytest.mark.parametrize("text", ["x" * 300, '"' * 300, "\x07" * 300, "\u00e9" * 300])
def test_many_rows_are_within_a_limit_only_if_each_is(text: str) -> None:
    """However JSON has to write them."""
    row = {"Recipient": NUMBERS[0], "FirstName": text}
    for room in range(300, 4_000, 50):
        limits = Limits(room)
        if limits.all_within([row], len(text.encode())):
            limits.check(row)
            assert len(json.dumps([row])) <= room
    assert Limits(5_000).all_within([row], len(text.encode()))


def test_a_frame_is_as_large_as_it_can_be() -> None:
    """All the names, and what JSON has between the values of a row."""
    fields = dict.fromkeys((KEYS[0], *[name for name in NAMES if name not in KEYS]), "")
    assert len(json.dumps([fields])) + ESCAPED * len("+123456789012345") <= FRAME


@pytest.mark.parametrize("count", [2, 40])
async def test_a_row_that_xml_can_not_hold_is_passed_over(count: int) -> None:
    """With its reason, and alone; JSON holds any."""
    rows = [dict(row) for row in ROWS[:count]]
    rows[1]["FirstName"] = "Jess\x0b"
    ((chunk, (skipped,)),) = await planned(rows, wire_format="xml")
    assert chunk is not None
    assert len(chunk.rows) == count - 1
    assert (skipped.position, skipped.recipient) == (1, NUMBERS[1])
    assert skipped.reason.startswith("FirstName holds U+000B at character 4, which no XML document")
    ((whole, nobody),) = await planned(rows)
    assert whole is not None
    assert (len(whole.rows), len(nobody)) == (count, 0)


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ({"To": f"{NUMBERS[0]}\x1f"}, "Recipient"),
        ({"To": NUMBERS[0], "message": "Hi\0"}, "Message"),
        (GroupCode("Staff\x01"), "GroupCode"),
    ],
)
async def test_no_text_of_a_row_may_be_one_that_xml_can_not_hold(row: Any, name: str) -> None:
    """Its own text or its number no more than a field."""
    ((chunk, (skipped,)),) = await planned([NUMBERS[5], row], wire_format="xml")
    assert chunk is not None
    assert skipped.reason.startswith(f"{name} holds U+")


def test_many_rows_are_read_alone_if_xml_can_not_hold_one() -> None:
    """Tabs and line ends it holds, escaped or not."""
    xml = Limits(wire_format="xml")
    assert xml.all_within([{"Recipient": NUMBERS[0], "Custom1": "<a>\t\r\n\U0001f600"}], 11)
    assert not xml.all_within([{"Recipient": NUMBERS[0]}, {"Custom1": "\ufffe"}], 3)
    with pytest.raises(Refused, match=r"Custom1 holds U\+FFFE at character 0"):
        xml.check({"Custom1": "\ufffe"})
