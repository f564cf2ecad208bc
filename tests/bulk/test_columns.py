"""Rows that are alike, taken all at once: the same comes out as row by row."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

from bestsms._wire import json
from bestsms.bulk.blocks import FEWEST_ALIKE, read_block
from bestsms.bulk.columns import Columns, alike
from bestsms.bulk.rows import Reader, Unsendable
from bestsms.numbers import Refused

NUMBER = "+61421000001"
MANY = [f"+614210000{number:02d}" for number in range(100)]
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
        encoded = json.dumps([each.fields for each in read])
        assert found.columns.encoded(0, len(read)) == encoded


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
    ],
)
def test_anything_odd_is_left_to_be_read_row_by_row(drawn: list[Any]) -> None:
    """Which knows what to say of it."""
    assert alike(drawn, None) is None


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


def test_columns_are_put_together_if_they_have_the_same_fields() -> None:
    """Else the rows are encoded by an encoder."""
    one, other = (
        Columns(("Recipient",), [[NUMBER]]),
        Columns(("Recipient", "Custom1"), [["1"], ["2"]]),
    )
    assert Columns.of([one, one]) == Columns(("Recipient",), [[NUMBER, NUMBER]])
    assert Columns.of([one, other]) is None
    assert Columns.of([one, None]) is None
    assert Columns.of([None, one]) is None
