"""What is taken for a mobile number where one is given, and how a new contact keeps it."""

from __future__ import annotations

import enum
from typing import Any

import pytest

from bestsms import AsyncClient, ContactID, GroupCode, GroupID, InvalidRequest
from bestsms.address_book.mobiles import given_number

JESS = "+61421000001"
ID = "1ea7e1bc-52c4-4d04-bd54-9ec2b1fd4c2f"


@pytest.mark.parametrize(
    "written",
    [
        JESS,
        " +61 421-000-001\n",
        "(0421) 000 001",
        "+61 (0)421.000.001",
        "0421.000.000",
        "01.23.45.67.00",
        "\u202a+61 421 000 001\u202c",
        "123456",
        "0061 1234567890123",
    ],
)
def test_a_number_is_taken_as_it_is_written(written: str) -> None:
    """With the separators that a person or a file puts in, 6 to 15 digits."""
    assert given_number(written) == written


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (ID, r"is an ID, .* wrap it in ContactID\(\.\.\.\)"),
        (ID.replace("-", "").upper(), "is an ID"),
        ("12345678-1234-1234-1234-123456789012", "is an ID"),
        (ContactID(JESS), "must be a mobile number, not a ContactID"),
        (GroupID(ID), "must be a mobile number, not a GroupID"),
        (GroupCode("123456"), "must be a mobile number, not a GroupCode"),
        ("Room 123456", "must be a mobile number, and holds 'R'"),
        ("jess2@example.com", "must be a mobile number, and holds 'j'"),
        ("+61421000001, +61421000002", "must be a mobile number, and holds ','"),
        ("\u0661\u0662\u0663\u0664\u0665\u0666", r"holds '\\u0661'"),
        ("+61421000001 ext 5", "holds 'e'"),
        ("61421000001.0", "a number of a spreadsheet, with decimals: make the column text"),
        (" +61 421 000 001.00\n", "a number of a spreadsheet, with decimals"),
        ("61.421.000.001.0", "a number of a spreadsheet, with decimals"),
        ("+6142 +6142", r"one mobile number, with a \+ only in front"),
        ("6142+6142", r"one mobile number, with a \+ only in front"),
        ("12345", "of 6 to 15 digits, and has 5"),
        ("2025.06.04 10 15 00 00", "of 6 to 15 digits, and has 16"),
        ("+ () -", "of 6 to 15 digits, and has 0"),
        ("5" * 1_000_000, "of 6 to 15 digits, and has 1000000"),
        ("", "must not be empty"),
        (" ", "must not be empty"),
        (b"+61421000001", "must be text, not bytes"),
        (61421000001, "must be text, not int"),
        ("\ud8005123456", "holds half of a surrogate pair at character 0"),
    ],
    ids=lambda value: repr(value)[:30],
)
async def test_what_is_no_number_makes_no_contact(
    book: Any, line: Any, given: Any, said: str
) -> None:
    """It is refused before anything is read, with its place in a list, and without its digits."""
    with pytest.raises(InvalidRequest, match=f"^MobilePhone: .*{said}") as caught:
        await book.upsert(mobile_phone=given)
    assert "421000001" not in str(caught.value)
    with pytest.raises(InvalidRequest, match=f"^MobilePhone: of item 1 .*{said}") as caught:
        await book.sync_group("Staff", [JESS, {"mobile_phone": given}], create=True)
    assert "421000001" not in str(caught.value)
    if isinstance(given, str) and not isinstance(given, ContactID):
        with pytest.raises(InvalidRequest, match=f"^MobilePhone: of item 0 .*{said}"):
            await book.sync_group("Staff", [given], create=True)
    assert line.calls == []


async def test_what_is_stored_is_taken_as_it_is(client: AsyncClient, book: Any, staff: Any) -> None:
    """A contact whose number no one could give is compared by its digits, and found."""
    made = await client.contacts.create(mobile_phone="ext. 12345")
    await client.group_contacts.create("Staff", contact_id=made.contact_id)
    assert (await book.find(mobile_phone="12345")).contact_id == made.contact_id
    assert len((await book.sync_group(staff, [JESS])).remove) == 2


async def test_an_enum_of_texts_is_its_text(book: Any) -> None:
    """Of a number as of a group: what is sent is its value, not its name."""

    class On(str, enum.Enum):  # noqa: UP042 - whose str() is its name
        CALL = "+61421000009"
        DUTY = "On Duty"

    made = await book.sync_group(On.DUTY, [On.CALL], create=True)
    assert made.group.group_name == "On Duty"
    assert list(made.contact_ids) == ["+61421000009"]
    assert type(made.create[0]) is str
    assert (await book.find(mobile_phone="+61421000009")).mobile_phone == "+61421000009"


async def test_a_new_contact_has_the_international_form_of_its_region(
    line: Any, slept: list[float]
) -> None:
    """Where it can be told; results stay keyed by the number as given, the stored ones theirs."""
    pytest.importorskip("phonenumbers")
    async with AsyncClient("token", transport=line, default_region="AU") as client:
        book = client.address_book
        await client.contacts.create(mobile_phone="0421 000 002")
        people = ["0421 000 001", "0421-000-002", "61 5", "1234567"]
        with pytest.raises(InvalidRequest, match="of item 2"):
            await book.sync_group("Staff", people, create=True)
        made = await book.sync_group("Staff", [*people[:2], people[3]], create=True)
        assert made.create == ("0421 000 001", "1234567")
        assert set(made.contact_ids) == {"0421 000 001", "0421-000-002", "1234567"}
        stored = [each.mobile_phone async for each in book.contacts()]
        assert sorted(map(str, stored)) == [JESS, "0421 000 002", "1234567"]
        assert (await book.upsert(mobile_phone="0421 000 003")).mobile_phone == "+61421000003"
        same = await book.upsert(mobile_phone="+61421000002", first_name="Sam")
        assert same.mobile_phone == "0421 000 002"


async def test_without_a_region_a_new_contact_has_the_number_as_it_is_given(book: Any) -> None:
    """What it means is not known."""
    assert (await book.upsert(mobile_phone="0421 000 001")).mobile_phone == "0421 000 001"
