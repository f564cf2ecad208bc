"""Rows that are alike, taken all at once: the same comes out as row by row."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

from bestsms._wire import json
from bestsms.bulk.blocks import FEWEST_ALIKE, Block, read_block
from bestsms.bulk.columns import Columns, alike, encoded
from bestsms.bulk.rows import Reader, Unsendable
from bestsms.bulk.seen import Seen
from bestsms.numbers import Refused

NUMBER = "+61421000001"
MANY = [f"+614210000{number:02d}" for number in range(100)]
READER = Reader("Hello", "2.04", None, None)
ROW = {"Recipient": NUMBER, "FirstName": "Jess", "Custom1": "A7"}

numbers = st.one_of(
    st.integers(1, 10**17).map(lambda number: f"+{number}"),
    st.sampled_from([NUMBER, "+61421000002", "0421000001", "61421000001", "+0421000001"]),
    st.from_regex(r"(\+|00|0)?[1-9][0-9 \n+]{5,14}", fullmatch=True),
    st.text(max_size=12),
)
values = st.one_of(st.text(max_size=8), st.sampled_from(['"', "\\", "\n", "\ud800", "é", None, 5]))
lists = st.one_of(
    st.lists(numbers, min_size=1),
    st.lists(
        st.fixed_dictionaries({"Recipient": numbers, "FirstName": values}), min_size=1, max_size=9
    ),
    st.lists(st.fixed_dictionaries({"first name": values, "mobile": numbers}), min_size=1),
    st.lists(st.one_of(numbers, st.just(ROW), st.just({"Custom1": "A7", "Recipient": NUMBER}))),
)


@given(lists)
def test_what_is_taken_at_once_comes_out_as_row_by_row(drawn: list[Any]) -> None:
    """The same fields, keys and bytes; and what can't be sent is never taken at once."""
    found = alike(drawn, None) if drawn else None
    if found is None:
        return
    reader = Reader("Hello", "2.04", None, None)
    read = [reader.read(row) for row in drawn]
    assert list(found.rows) == [each.fields for each in read]
    assert list(found.keys) == [each.key for each in read]
    if found.columns is not None:
        whole = json.dumps([each.fields for each in read])
        assert encoded([found.columns], 0, len(read)) == whole


@pytest.mark.parametrize(
    "drawn",
    [
        [NUMBER, "+61421000002"],
        [NUMBER, "+6421000001"],
        ["0421000001", "61421000001"],
        [ROW, {**ROW, "FirstName": ""}],
        [{"mobile": NUMBER, "first_name": "Zo\u00eb"}],
        [ROW, dict(reversed(ROW.items()))],
    ],
)
def test_ordinary_rows_are_taken_at_once(drawn: list[Any]) -> None:
    """A short cut is of no use that nothing takes."""
    found = alike(drawn, None)
    assert found is not None
    assert found.columns is not None


def test_what_must_be_escaped_is_left_to_an_encoder() -> None:
    """The rows are taken all the same."""
    found = alike([{**ROW, "FirstName": 'Jess "Jo"'}], None)
    assert found is not None
    assert (found.rows, found.columns) == ([{**ROW, "FirstName": 'Jess "Jo"'}], None)


@pytest.mark.parametrize(
    "drawn",
    [
        [ROW, NUMBER],
        [ROW, {"Recipient": NUMBER}],
        [{"Recipient": NUMBER}, ROW],
        ["6+1421000001", "6+1421000002"],
        [ROW, {"Recipient": NUMBER, "FirstName": "Jess", "Custom2": "A7"}],
        [{**ROW, "Town": "Perth"}],
        [{"FirstName": "Jess"}],
        [{"ContactID": "C1"}],
        [{**ROW, "GroupID": "G1"}],
        [{**ROW, "FirstName": None}],
        [{**ROW, "FirstName": 5}],
        [{**ROW, "FirstName": "\ud800"}],
        ["\ud800"],
        [""],
        ["+", "+6142100000142"],
        ["+6142\n1000001"],
        ["+61421000001\n+61421000002", "+61421000003"],
        ["+61421000001", "++1421000001"],
        ["+01421000001"],
        ["001421000001"],
        ["+6142100000\u0661"],
        ["+1234567890123456"],
        ["+1"],
        [NUMBER, "+6142100000", "0+61421000001"],
    ],
)
def test_anything_odd_is_left_to_be_read_row_by_row(drawn: list[Any]) -> None:
    """Which knows what to say of it."""
    assert alike(drawn, None) is None


@pytest.mark.parametrize(
    "drawn",
    [
        ["+12345678", "+1234567", "9+12345678"],
        ["+12345678", "+1234567\n", "+12345678"],
        ["+12345678", "+123456789", "+1234567"],
        ["+1234567\n", "+12345678"],
    ],
)
def test_numbers_of_several_lengths_do_not_pass_for_lines_of_one(drawn: list[str]) -> None:
    """Their keys are each number's own, or none at all."""
    found = alike(drawn, None)
    reader = Reader("Hello", "2.04", None, None)
    assert found is None or [*found.keys] == [reader.read(row).key for row in drawn]


def test_a_guard_reads_every_number() -> None:
    """What it makes of them is what goes out, and the caller's rows stay as they are."""
    found = alike([ROW], lambda given: given.replace("+61", "+64"))
    assert found is not None
    assert found.rows == [{**ROW, "Recipient": "+64421000001"}]
    assert ROW["Recipient"] == NUMBER


def test_what_a_guard_refuses_is_left_to_be_read_row_by_row() -> None:
    """So that the others go out."""

    def number(_: str) -> str:
        raise Refused("no")

    assert alike([ROW], number) is None


@pytest.mark.parametrize("text", ["Hi [[FirstName]]", "[[Company]]", "[[File1]]"])
def test_rows_that_lack_what_the_text_needs_are_not_taken_at_once(text: str) -> None:
    """Each is passed over with its reason."""
    block = read_block(MANY, 5, Reader(text, "2.04", None, 0))
    assert not block.rows
    assert [row.position for row in block.skipped] == list(range(5, 5 + len(MANY)))


@pytest.mark.parametrize("at", [0, 17, 50, 98])
def test_one_odd_row_does_not_hold_the_others_up(at: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those around it are taken at once, as far as may be; all come in their order."""
    reader, one_by_one = Reader("Hello", "2.04", None, None), []
    read = Reader.read
    monkeypatch.setattr(
        Reader, "read", lambda self, row: (one_by_one.append(row), read(self, row))[1]
    )
    block = read_block([*MANY[:at], "nobody", *MANY[at:]], 0, reader)
    assert [row["Recipient"] for row in block.rows] == MANY
    assert [row.position for row in block.skipped] == [at]
    assert list(block.positions) == [*range(at), *range(at + 1, len(MANY) + 1)]
    assert len(one_by_one) < 2 * FEWEST_ALIKE


def test_rows_with_a_text_of_their_own_are_not_taken_at_once() -> None:
    """Theirs is what goes out."""
    reader = Reader(None, "2.04", None, None)
    block = read_block([{"Recipient": NUMBER, "message": "Hi"}], 0, reader)
    assert (block.rows, block.texts) == ([{"Recipient": NUMBER}], ["Hi"])
    with pytest.raises(Unsendable, match="no text of its own"):
        reader.read(NUMBER)


@given(st.lists(st.integers(1, 3), min_size=1, max_size=4), st.data())
def test_any_rows_of_several_blocks_can_be_encoded(sizes: list[int], data: st.DataObject) -> None:
    """Whether a block was encoded before or not, and whatever its fields are."""
    rows, columns = [], []
    for size in sizes:
        names = data.draw(st.sampled_from([("Recipient",), ("Recipient", "Custom1")]))
        values = [[f"{name}{len(rows) + place}" for place in range(size)] for name in names]
        rows += [dict(zip(names, each, strict=True)) for each in zip(*values, strict=True)]
        columns.append(Columns(names, values))
        if data.draw(st.booleans()):
            columns[-1].encode()
    start = data.draw(st.integers(0, len(rows) - 1))
    end = data.draw(st.integers(start + 1, len(rows)))
    assert encoded(columns, start, end) == json.dumps(rows[start:end])


def test_repeats_are_taken_out_of_every_block() -> None:
    """Each by its own place."""
    halves = [read_block(MANY[:20], 0, READER), read_block(MANY[20:], 20, READER)]
    seen = Seen()
    seen.add([int(MANY[at].removeprefix("+"), 16) for at in (3, 50)])
    left = Block.of(halves, "Hello").without_repeats(seen)
    assert encoded(left.columns, 0, len(left.rows)) == json.dumps(
        [{"Recipient": each} for at, each in enumerate(MANY) if at not in (3, 50)]
    )
    assert [row.position for row in left.skipped] == [3, 50]


def test_one_block_that_is_not_alike_leaves_all_to_an_encoder() -> None:
    """One without rows does not matter."""
    alike_, odd = read_block(MANY[:20], 0, READER), read_block(["+64211234567"], 20, READER)
    nobody = read_block(["nobody"], 21, READER)
    assert Block.of([alike_, nobody], "Hello").columns
    assert not Block.of([alike_, odd, nobody], "Hello").columns
    assert Block.of([alike_, odd, nobody], "Hello").positions == range(21)
