"""Texts that differ: together where they may be, else one request for each."""

from __future__ import annotations

import pytest

from bestsms.bulk.texts import LONG_RUN, grouped

NUMBERS = [f"+6142100000{digit}" for digit in range(9)]


def rows(count: int, **fields: str) -> list[dict[str, str]]:
    """Rows with the same fields."""
    return [{"Recipient": number, **fields} for number in NUMBERS[:count]]


def test_different_texts_go_into_a_field_of_their_rows() -> None:
    """The text of the request is that field alone."""
    (group,) = grouped(rows(2, Company="Acme"), ["Your code is 1", "Your code is 2"])
    assert group.message == "[[Custom1]]"
    assert group.rows == [
        {"Recipient": NUMBERS[0], "Company": "Acme", "Custom1": "Your code is 1"},
        {"Recipient": NUMBERS[1], "Company": "Acme", "Custom1": "Your code is 2"},
    ]


def test_the_second_field_is_used_where_the_first_is_taken() -> None:
    """By any of the rows, for reports name it."""
    taken = [*rows(1, Custom1="A7"), *rows(1)]
    for given in (taken, taken[::-1]):
        (group,) = grouped(given, ["One", "Two"])
        assert group.message == "[[Custom2]]"
        assert [row["Custom2"] for row in group.rows] == ["One", "Two"]


def test_no_other_field_is_used() -> None:
    """What the tables of the references do not name may not be filled in (T21)."""
    groups = list(grouped(rows(3, Custom1="", Custom2=""), ["One", "One", "Two"]))
    assert [(each.message, len(each.rows)) for each in groups] == [("One", 2), ("Two", 1)]


def test_one_text_is_sent_as_it_is() -> None:
    """However it looks."""
    for text in ("Hello", "Hi [[FirstName]]", " two\nlines "):
        (group,) = grouped(rows(3), [text] * 3)
        assert (group.start, group.message, group.rows) == (0, text, rows(3))


@pytest.mark.parametrize(
    "text", ["Hi [[FirstName]]", "two\nlines", " blank", "x" * 301, "tab\t", "\u2028"]
)
def test_a_text_that_may_not_come_out_as_it_is_has_its_own_request(text: str) -> None:
    """What the server makes of it within a field is not known; those around it go together."""
    groups = list(grouped(rows(6), ["A", "B", text, text, "C", "D"]))
    assert [(each.start, each.message, len(each.rows)) for each in groups] == [
        (0, "[[Custom1]]", 2),
        (2, text, 2),
        (4, "[[Custom1]]", 2),
    ]


@pytest.mark.parametrize("text", ["x" * 300, "1 [really] 2]]", "caf\u00e9 \U0001f600"])
def test_an_ordinary_text_goes_into_a_field(text: str) -> None:
    """Up to 300 characters, brackets that open nothing, any script."""
    (group,) = grouped(rows(2), [text, "B"])
    assert [row["Custom1"] for row in group.rows] == [text, "B"]


def test_many_rows_of_one_text_are_sent_as_the_references_have_it() -> None:
    """With a text of their own; what stands beside them goes together as ever."""
    texts = ["A", *["B"] * LONG_RUN, "C", "D"]
    groups = list(grouped([{"Recipient": str(at)} for at in range(len(texts))], texts))
    assert [(each.start, each.message, len(each.rows)) for each in groups] == [
        (0, "A", 1),
        (1, "B", LONG_RUN),
        (LONG_RUN + 1, "[[Custom1]]", 2),
    ]


def test_a_contact_or_a_group_has_its_text_as_the_text() -> None:
    """What its own custom field in the address book holds might be filled in instead."""
    given = [*rows(2), {"ContactID": "C1"}, {"GroupCode": "Staff"}, *rows(2)]
    groups = list(grouped(given, ["A", "B", "C", "D", "E", "F"]))
    assert [(each.start, each.message) for each in groups] == [
        (0, "[[Custom1]]"),
        (2, "C"),
        (3, "D"),
        (4, "[[Custom1]]"),
    ]
    assert [groups[1].rows, groups[2].rows] == [[{"ContactID": "C1"}], [{"GroupCode": "Staff"}]]
    (same,) = grouped(given[1:4], ["A"] * 3)
    assert (same.message, same.rows) == ("A", given[1:4])


def test_rows_are_not_changed() -> None:
    """They may be the caller's own."""
    given = rows(2)
    list(grouped(given, ["A", "B"]))
    assert given == rows(2)
