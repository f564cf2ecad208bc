"""Finding: numbers are compared as numbers, texts as whole texts, over every page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from bestsms import AsyncClient, Contact, ContactID, Group, InvalidRequest, InvalidResponse, Verdict
from bestsms.address_book.matching import digits_of, number_form, number_key
from bestsms.address_book.reading import distinct, whole
from bestsms.api import ContactPage

JESS = "+61421000001"


@pytest.mark.parametrize(
    "written",
    [
        "+61421000001",
        "0061421000001",
        "61421000001",
        " +61 421 000 001 ",
        "+61-421-000-001",
        "+61 (0)421 000 001",
        "(+61) 421 000 001",
        "(0061) 421 000 001",
        "\u202a0061421000001\u202c",
        "\ufeff+61 (0)421 000 001",
    ],
)
async def test_a_number_is_found_however_it_is_written(client: AsyncClient, written: str) -> None:
    """Plus, zeros, spaces, dashes and brackets make no other number of it, on either side."""
    made = await client.contacts.create(mobile_phone=written)
    await client.contacts.create(mobile_phone="+61421000002")
    found = await client.address_book.find(mobile_phone=JESS)
    assert found is not None
    assert found.contact_id == made.contact_id
    await client.contacts.update(str(made.contact_id), mobile_phone=JESS)
    assert await client.address_book.find(mobile_phone=written)


def test_a_national_number_is_its_own_without_a_region() -> None:
    """0421 000 001 may be anyone's in any country, so it is no international number."""
    assert digits_of("0421 000 001") == digits_of("(0421) 000-001") != digits_of(JESS)
    assert digits_of("reception") == ""


async def test_a_national_number_is_found_in_its_region(line: Any) -> None:
    """With a default_region, and what is no number there is compared by its digits."""
    pytest.importorskip("phonenumbers")
    async with AsyncClient("token", transport=line, default_region="AU") as client:
        await client.contacts.create(first_name="Jess", mobile_phone="0421 000 001")
        found = await client.address_book.find(mobile_phone=JESS)
        assert found is not None
        assert found.first_name == "Jess"
        assert await client.address_book.find(mobile_phone="+64211144489") is None
    assert number_key(number_form("AU"))("12 ext") == "12"


async def test_everything_that_is_given_must_fit(client: AsyncClient, book: Any) -> None:
    """Texts fit whole and in any case, numbers of any field as numbers; None is not given."""
    await client.contacts.create(first_name="Jess", last_name="Citizen", main_phone="09 500 5000")
    await client.contacts.create(first_name="Jess", last_name="Jones")

    async def names(**wanted: Any) -> list[str]:
        return [each.last_name async for each in book.find_all(**wanted)]

    assert await names(first_name=" jess ") == ["Citizen", "Jones"]
    assert await names(first_name="Jess", last_name="JONES", company=None) == ["Jones"]
    assert await names(main_phone="(09) 500-5000") == ["Citizen"]
    assert await names(first_name="Jes") == []
    assert (await book.find(first_name="Jess")).last_name == "Citizen"
    assert await book.find(email_address="jess@example.com") is None


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({}, "nothing to look for was given"),
        ({"first_name": None}, "nothing to look for was given"),
        ({"first_name": " "}, "first_name is blank, which would find whoever has none"),
        ({"mobile_phone": "reception"}, "mobile_phone is blank"),
        ({"mobile_phone": 61421000001}, "MobilePhone: must be text, not int"),
    ],
)
async def test_a_search_for_nothing_is_refused(
    book: Any, line: Any, wanted: dict[str, Any], said: str
) -> None:
    """A variable that is empty by mistake must not find just anyone."""
    with pytest.raises(InvalidRequest, match=said):
        await book.find(**wanted)
    with pytest.raises(InvalidRequest, match=said):
        book.find_all(**wanted)
    assert line.calls == []


async def test_a_search_ends_with_the_page_that_has_it(
    client: AsyncClient, book: Any, line: Any
) -> None:
    """Pages are asked for when they are due."""
    for number in range(3):
        await client.contacts.create(first_name=f"Person {number}")
    line.calls.clear()
    walked = book.contacts(records_per_page=1)
    assert (await anext(walked)).first_name == "Person 0"
    assert line.calls == ["GET contact/list"]
    assert [each.first_name async for each in walked] == ["Person 1", "Person 2"]


async def test_groups_are_walked(client: AsyncClient, book: Any) -> None:
    """Each once, as contacts are."""
    for name in ("A", "B", "C"):
        await client.groups.create(group_name=name)
    assert [each.group_name async for each in book.groups(records_per_page=2)] == ["A", "B", "C"]


class Shelf:
    """A list in pages of two that a test moves while it is read."""

    def __init__(self, *readings: tuple[str, ...]) -> None:
        self.readings = list(readings)
        self.pages: list[int] = []

    async def __call__(self, page: int) -> ContactPage:
        """Return one page; the first of the readings that are left is the list at this moment."""
        self.pages.append(page)
        now = self.readings.pop(0) if len(self.readings) > 1 else self.readings[0]
        items = tuple(Contact(contact_id=name) for name in now[2 * page - 2 : 2 * page])
        return ContactPage(total_records=len(now), items=items)


async def ids(items: Any) -> list[str]:
    """Their IDs."""
    return [each.contact_id async for each in items]


async def test_what_moves_to_a_later_page_comes_once() -> None:
    """A contact that is created in front pushes another onto the next page."""

    async def moving() -> Any:
        for name in ("A", "B", "b", "C"):
            yield Contact(contact_id=name)
        for _ in range(2):
            yield Contact(first_name="without an ID")

    assert await ids(distinct(moving())) == ["A", "B", "C", None, None]


@pytest.mark.parametrize(
    ("readings", "found", "pages"),
    [
        # It stands still: one reading.
        ([("A", "B", "C")], ["A", "B", "C"], [1, 2]),
        # A goes while it is read, and C moves to the page that was read already.
        ([("A", "B", "C"), ("B", "C")], ["B", "C"], [1, 2, 1]),
        # It never stands still: whatever was there in any reading.
        (
            [("A", "B", "C"), ("B", "C"), ("B", "C", "D"), ("C", "D"), ("C", "D", "E"), ("D", "E")],
            ["A", "B", "C", "D"],
            [1, 2] * 3,
        ),
    ],
)
async def test_a_list_that_changed_while_it_was_read_is_read_again(
    readings: list[tuple[str, ...]], found: list[str], pages: list[int]
) -> None:
    """What is overlooked would be created twice; three readings are the most."""
    shelf = Shelf(*readings)
    assert [each.contact_id for each in await whole(shelf)] == found
    assert shelf.pages == pages


async def test_a_list_without_a_total_is_read_once() -> None:
    """Then nothing says that it changed."""
    calls: list[int] = []

    async def page(number: int) -> ContactPage:
        calls.append(number)
        return ContactPage(items=(Contact(contact_id="A"),))

    assert [each.contact_id for each in await whole(page)] == ["A"]
    assert calls == [1]


async def test_the_search_of_the_provider_escapes_what_it_asks(
    accepting: Callable[..., AsyncClient],
) -> None:
    """contacts.search is asked in its capitals, plus and spaces escaped (T13, T17), in pages."""
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.raw_path.decode())
        page = {"Contacts": [{"ContactID": str(len(asked))}], "TotalRecords": 2}
        return httpx.Response(200, json=page)

    client = accepting(answer)
    found = client.contacts.iterate_search(mobile_phone="+61 421", records_per_page=1)
    assert await ids(found) == ["1", "2"]
    assert asked == [
        "/api/v2.04/addressbook/contact/search?MobilePhone=%2B61%20421&page=1&recordsPerPage=1",
        "/api/v2.04/addressbook/contact/search?MobilePhone=%2B61%20421&page=2&recordsPerPage=1",
    ]
    with pytest.raises(InvalidRequest, match="FirstName: must not be empty"):
        await client.contacts.search(first_name="")


def without_ids(request: httpx.Request) -> httpx.Response:
    """Every list holds one item without an ID, and what is created has none either."""
    path, success = request.url.path, {"Result": "Success", "TotalRecords": 1}
    if request.method != "GET":
        kind = "Group" if path.endswith("/group") else "Contact"
        return httpx.Response(200, json={**success, kind: {f"{kind}ID": ""}})
    if path.endswith("/group/list"):
        return httpx.Response(200, json={**success, "Groups": [{"GroupName": "Staff"}]})
    return httpx.Response(200, json={**success, "Contacts": [{"MobilePhone": JESS}]})


async def test_what_has_no_id_is_an_answer_that_can_not_be_read(
    accepting: Callable[..., AsyncClient],
) -> None:
    """It must not become "None" in a call; a read changes nothing, and has no verdict."""
    client = accepting(without_ids)
    book = client.address_book
    assert [each.mobile_phone async for each in book.contacts()] == [JESS]
    with pytest.raises(InvalidResponse, match="holds a Contact without an ID") as caught:
        await book.upsert(mobile_phone=JESS, first_name="Jess")
    assert caught.value.verdict is None
    with pytest.raises(InvalidResponse, match="holds a Group without an ID"):
        await book.sync_group("Staff", [JESS])
    with pytest.raises(InvalidResponse, match="holds a Contact without an ID"):
        await book.sync_group(Group(group_id="G1"), [JESS])


async def test_what_is_created_without_an_id_was_created(
    accepting: Callable[..., AsyncClient],
) -> None:
    """It was done, and which it is can't be told."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            key = "Groups" if request.url.path.endswith("/group/list") else "Contacts"
            return httpx.Response(200, json={key: [], "TotalRecords": 0})
        return without_ids(request)

    book = accepting(answer).address_book
    for created in (
        book.upsert(mobile_phone=JESS),
        book.sync_group("Staff", [ContactID("C1")], create=True),
    ):
        with pytest.raises(InvalidResponse, match="without an ID") as caught:
            await created
        assert caught.value.verdict is Verdict.ACCEPTED
