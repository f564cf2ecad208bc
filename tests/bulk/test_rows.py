"""Rows in every shape they come in: what is sent of them, and why one can't be sent."""

from __future__ import annotations

import sqlite3
from types import MappingProxyType
from typing import Any, Literal

import pytest

from bestsms import Contact, ContactID, Destination, Group, GroupCode, GroupID, InvalidRequest
from bestsms._wire.convert import to_dict
from bestsms.bulk.fields import KEYS, NAMES, field_of, in_order, shape_of
from bestsms.bulk.rows import Reader, Unreadable, Unsendable
from bestsms.sending.guarding import Guard

NUMBER = "+61421000001"
UUID = "5b1f0d6e-6e0c-4c8f-9a57-9a2f3c1be0d4"
JESS = {"Recipient": NUMBER, "FirstName": "Jess"}


def reader(
    message: str | None = "Hello",
    *,
    version: Literal["2.03", "2.04"] = "2.04",
    files: int | None = None,
    **settings: Any,
) -> Reader:
    """A reader; with a guard if a test gives settings of one."""
    names = ("default_region", "allowed_prefixes", "allowed_regions", "only_to")
    guard = Guard.resolve(**{**dict.fromkeys(names), **settings}) if settings else None
    return Reader(message, version, guard, files)


def refused(row: object, by: Reader | None = None) -> str:
    """Why a row is not sent, in words that hold no number."""
    with pytest.raises(Unsendable) as caught:
        (by or reader()).read(row)
    assert NUMBER not in str(caught.value)
    return str(caught.value)


# -- the names of the fields -----------------------------------------------------------------------


@pytest.mark.parametrize("version", ["2.03", "2.04"])
def test_the_fields_are_those_of_a_destination(version: str) -> None:
    """By the names of either version; what says who it is comes first."""
    every = dict.fromkeys(NAMES.values(), "x")
    keys = [NAMES[name] for name in KEYS]
    for key in keys:
        given = {name: value for name, value in every.items() if name not in keys or name == key}
        assert to_dict(Destination(**given), version).keys() <= NAMES.keys()
    assert list(NAMES)[: len(KEYS)] == list(KEYS)


@pytest.mark.parametrize(
    ("column", "field"),
    [
        ("Recipient", "Recipient"),
        ("To", "Recipient"),
        ("mobile", "Recipient"),
        ("Mobile Phone", "Recipient"),
        ("phone_number", "Recipient"),
        ("\ufeffNumber", "Recipient"),
        ("First Name", "FirstName"),
        ("first_name", "FirstName"),
        ("FIRST-NAME", "FirstName"),
        ("custom9", "Custom9"),
        ("contact_id", "ContactID"),
        ("Message", "message"),
        ("MessageText", "message"),
        ("Custom10", None),
        ("Name", None),
        (5, None),
    ],
)
def test_a_column_is_known_by_its_words(column: object, field: str | None) -> None:
    """Case, blanks, underscores and hyphens do not matter; nothing is guessed."""
    assert field_of(column) == field


def test_columns_come_in_the_order_in_which_they_are_sent() -> None:
    """So a list whose columns were moved makes the same chunks."""
    shape = shape_of(("Custom1", "message", "mobile", "Town", "first_name"))
    assert shape.columns == ("mobile", "first_name", "Custom1")
    assert shape.names == ("Recipient", "FirstName", "Custom1")
    assert (shape.message, shape.unknown, shape.twice) == ("message", (3,), ())


def test_fields_are_put_into_the_order_in_which_they_are_sent() -> None:
    """Whatever the caller's is; an encoder writes them as they stand."""
    moved = {"Custom1": "A7", "FirstName": "Jess", "Recipient": NUMBER}
    assert [*in_order(moved).items()] == [*{**JESS, "Custom1": "A7"}.items()]
    assert in_order(JESS) is JESS


# -- what is sent ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "fields"),
    [
        (NUMBER, {"Recipient": NUMBER}),
        ("0421 000 001", {"Recipient": "0421 000 001"}),
        (Destination(recipient=NUMBER, first_name="Jess"), JESS),
        (Destination(recipient=" ", group_code="Staff"), {"GroupCode": "Staff"}),
        (ContactID("C1"), {"ContactID": "C1"}),
        (GroupID("G1"), {"GroupID": "G1"}),
        (GroupCode("Staff"), {"GroupCode": "Staff"}),
        (Contact(contact_id="C1", mobile_phone=NUMBER), {"ContactID": "C1"}),
        (Contact(mobile_phone=NUMBER, first_name="Jess"), JESS),
        (Group(group_code="Staff"), {"GroupCode": "Staff"}),
        ({"first_name": "Jess", "recipient": NUMBER}, JESS),
        ({"First Name": "Jess", "Mobile Phone": NUMBER, "Company": None}, JESS),
        (MappingProxyType(JESS), JESS),
        (
            {"ContactID": "C1", "Recipient": "", "FirstName": ""},
            {"ContactID": "C1", "FirstName": ""},
        ),
    ],
)
def test_a_row_is_sent_with_its_fields(row: object, fields: dict[str, str]) -> None:
    """By their wire names, who gets it first; what is absent is left out."""
    read = reader().read(row)
    assert list(read.fields.items()) == list(fields.items())
    assert read.text == "Hello"


def test_a_row_of_a_database_is_a_mapping() -> None:
    """``sqlite3.Row`` is none by its class."""
    database = sqlite3.connect(":memory:")
    database.row_factory = sqlite3.Row
    row = database.execute("SELECT ? AS mobile, 'Jess' AS first_name", (NUMBER,)).fetchone()
    database.close()
    assert reader().read(row).fields == JESS


def test_a_contact_goes_by_its_number_under_version_2_03() -> None:
    """Which knows numbers only."""
    contact = Contact(contact_id="C1", mobile_phone=NUMBER)
    assert reader(version="2.03").read(contact).fields == {"Recipient": NUMBER}
    assert "numbers only" in refused(GroupID("G1"), reader(version="2.03"))


def test_a_row_may_have_a_text_of_its_own() -> None:
    """Else it gets that of all."""
    read = reader().read({**JESS, "message": "Hi Jess"})
    assert (read.fields, read.text) == (JESS, "Hi Jess")
    assert reader().read({**JESS, "message": None}).text == "Hello"
    assert reader().read({**JESS, "message": ""}).text == "Hello"


def test_a_value_that_is_blank_on_purpose_is_a_value() -> None:
    """As in a single send; and what an address book has is the provider's to know."""
    by = reader("Hi [[FirstName]], [[STOP]] [[Link:https://example.com]]")
    assert by.read({**JESS, "FirstName": ""}).fields["FirstName"] == ""
    assert by.read(GroupCode("Staff")).fields == {"GroupCode": "Staff"}


def test_a_guard_makes_numbers_international() -> None:
    """And they are compared in that form."""
    by = reader(default_region="AU")
    read = by.read({"mobile": "0421 000 001", "Company": "Acme"})
    assert read.fields == {"Recipient": NUMBER, "Company": "Acme"}
    assert read.key == by.read(NUMBER).key
    assert by.read(GroupCode("Staff")).fields == {"GroupCode": "Staff"}


# -- what is not -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("", "has none of Recipient, ContactID, GroupID, GroupCode"),
        ({"FirstName": "Jess"}, "has none of Recipient"),
        ({"Recipient": None, "FirstName": "Jess"}, "has none of Recipient"),
        ({"Recipient": NUMBER, "GroupID": "G1"}, "takes one of Recipient, GroupID"),
        (Group(), "Destination needs one of"),
        ("Jess", "must be a mobile number, and holds 'J'"),
        ("61421000003.0", "looks like a number of a spreadsheet, with decimals"),
        ("12345", "must be a mobile number of 6 to 15 digits, and has 5"),
        (f"{NUMBER}, +61421000002", "holds ','"),
        (UUID, "is an ID, and no mobile number"),
        ({"Recipient": 61421000001}, "Recipient must be text, not int"),
        ({**JESS, "FirstName": 5}, "FirstName must be text, not int"),
        ({**JESS, "Custom1": "\ud800"}, "Custom1 holds half of a surrogate pair"),
        ({**JESS, "Town": "Perth"}, "has a column of no known field"),
        ({**JESS, "mobile": NUMBER}, "has more than one column for Recipient"),
        ({**JESS, "message": 5}, "Message must be text, not int"),
        ({**JESS, "message": " "}, "Message must not be empty"),
        ({**JESS, "message": "Hi [[Company]] [[Custom1]]"}, "no value of [[Company]], [[Custom1]]"),
        (5, "is of type int"),
        ([NUMBER], "is of type list"),
        (Unreadable("line 5 has 3 cells"), "line 5 has 3 cells"),
    ],
)
def test_a_row_that_cannot_be_sent_says_why(row: object, said: str) -> None:
    """In a few words, and without the number."""
    assert said in refused(row)


@pytest.mark.parametrize("number", ["0421000001", "(0421) 000 001", "+0421000001", "0421000001\n"])
def test_a_national_number_has_no_lasting_id(number: str) -> None:
    """With a region it would get another one, and so the text again."""
    by = Reader("Hello", "2.04", None, None, lasting=True)
    assert "is a national number, of which no lasting MessageID" in refused(number, by)
    assert by.read("0061421000001").key == by.read(NUMBER).key == by.read("61 421 000 001").key
    assert by.reads is not None
    assert reader().reads is None
    region = Guard.resolve(
        default_region="AU", allowed_prefixes=None, allowed_regions=None, only_to=None
    )
    named = Reader("Hello", "2.04", region, None, lasting=True)
    assert named.read(number.replace("+", "")).key == by.read(NUMBER).key


def test_a_row_that_is_not_sent_is_known_by_its_number() -> None:
    """As it was given, so that a person finds it."""
    for row in ({**JESS, "FirstName": 5}, {**JESS, "message": "[[Company]]"}):
        with pytest.raises(Unsendable) as caught:
            reader().read(row)
        assert caught.value.recipient == NUMBER


def test_a_file_that_is_not_there_can_not_be_linked_to() -> None:
    """Unless nobody said how many there are."""
    row = {**JESS, "message": "See [[File2]]"}
    assert refused(row, reader(files=1)) == "[[File2]] needs a file that isn't there"
    assert reader(files=2).read(row).text == reader().read(row).text == "See [[File2]]"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("+6421000001", "begins with none of allowed_prefixes"),
        (GroupCode("Staff"), "a GroupCode: whose numbers it stands for is not known here"),
        ("0421000001", "has no international form that can be told"),
    ],
)
def test_a_row_that_a_guard_refuses_says_why(row: str, said: str) -> None:
    """The others go out: a list is no single message."""
    assert said in refused(row, reader(allowed_prefixes=["+61"]))


# -- what is wrong with all of them ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"Recipient": NUMBER, "Town": "Perth", 5: "x"}, "number 2, 3 of 3; known are Recipient, "),
        ({"Recipient": NUMBER, "mobile": NUMBER}, "more than one column for Recipient"),
        (5, "the first is of type int"),
        ([NUMBER], "the first is of type list"),
    ],
)
def test_a_list_is_refused_by_its_first_row(row: object, said: str) -> None:
    """Rather than row by row, a million times. Columns are told by their places."""
    with pytest.raises(InvalidRequest, match=r"^recipients: ") as caught:
        reader().refuse_first(row)
    assert said in str(caught.value)
    assert "Town" not in str(caught.value)


def test_a_list_without_any_text_is_refused() -> None:
    """A mapping may have one, even if the first of them has not."""
    for row in (NUMBER, JESS, Destination(recipient=NUMBER)):
        with pytest.raises(InvalidRequest, match=r"^Message: is needed"):
            reader(None).refuse_first(row)
    reader(None).refuse_first({**JESS, "message": None})
    reader().refuse_first(JESS)
