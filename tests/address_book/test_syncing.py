"""Syncing a group: the difference is shown or made, once, and made again after a failure."""

from __future__ import annotations

import copy
from typing import Any

import anyio
import pytest
from anyio.lowlevel import checkpoint

from bestsms import (
    AsyncClient,
    Contact,
    ContactID,
    Destination,
    Group,
    InvalidRequest,
    MemberChanges,
    SeveralMatches,
)
from bestsms._breath import BREATH
from bestsms.address_book.matching import digits_of
from bestsms.address_book.people import read_people
from bestsms.address_book.planning import all_inside, plan

JESS, SAM, KIM = "+61421000001", "+61421000002", "+61421000003"


async def test_a_group_is_made_to_hold_exactly_these(
    client: AsyncClient, book: Any, staff: Group, line: Any, numbers_of: Any
) -> None:
    """Some join, one is created, one is changed, one leaves; no contact is deleted."""
    people = [
        {"mobile_phone": "61 421 000 001", "first_name": "Jessica"},
        KIM,
        Destination(recipient="+61421000004", first_name="New"),
    ]
    shown = await book.sync_group(staff, people, dry_run=True)
    assert line.changes == []
    assert str(shown) == "create 1, add 1, update 1, remove 1, unchanged 0"
    assert repr(shown) == f"<MemberChanges: {shown} (dry run)>"
    assert (shown.count, shown.dry_run, shown.create) == (4, True, ("+61421000004",))

    made = await book.sync_group(staff, people)
    assert str(made) == str(shown)
    assert (made.add, made.update, made.remove) == (shown.add, shown.update, shown.remove)
    assert (made.group, made.dry_run) == (staff, False)
    methods = sorted(call.split()[0] for call in line.changes)
    assert methods == ["DELETE", "PATCH", "POST", "POST", "POST"]
    assert line.changes[-1].startswith("DELETE group/")
    assert await numbers_of() == [JESS, KIM, "+61421000004"]
    assert (await book.find(mobile_phone=JESS)).first_name == "Jessica"
    assert (await book.find(mobile_phone="+61421000004")).first_name == "New"
    assert await book.find(mobile_phone=SAM)
    ids = {made.contact_ids[each] for each in ("61 421 000 001", KIM, "+61421000004")}
    assert ids == {each.contact_id async for each in client.group_contacts.iterate("Staff")}

    again = await book.sync_group(staff, people)
    assert (again.count, len(again.unchanged)) == (0, 3)


async def test_people_are_given_in_any_way(
    client: AsyncClient, book: Any, staff: Group, numbers_of: Any
) -> None:
    """By number, ID, contact, destination or mapping; someone who is given twice counts once."""
    _, jess, sam, kim = [each async for each in book.contacts()]
    people = [
        JESS,
        ContactID(str(jess.contact_id)),
        sam,
        ContactID(str(kim.contact_id).upper()),
        Destination(contact_id=kim.contact_id),
        Contact(mobile_phone="+61421000004", first_name="New", extra={"ID": "?"}),
        {"mobile_phone": "+61421000005", "first_name": None, "view_by": "account"},
        "61421000005",
    ]
    made = await book.sync_group("All Staff", people)
    assert str(made) == "create 2, add 1, update 0, remove 0, unchanged 2"
    assert await numbers_of() == [JESS, SAM, KIM, "+61421000004", "+61421000005"]


async def test_several_contacts_with_a_number(
    client: AsyncClient, book: Any, staff: Group, numbers_of: Any
) -> None:
    """Members with it are that person, each of them; strangers are told before any change."""
    for _ in range(2):
        await client.contacts.create(mobile_phone="+61421000009")
    twin = await client.contacts.create(mobile_phone="61421000001")
    with pytest.raises(SeveralMatches) as caught:
        await book.sync_group(staff, [KIM, "+61421000009"])
    assert len(caught.value.ids) == 2
    assert await numbers_of() == [JESS, SAM]

    await client.group_contacts.create("Staff", contact_id=str(twin.contact_id))
    made = await book.sync_group(staff, [{"mobile_phone": JESS, "company": "Example"}])
    assert (len(made.update), len(made.remove)) == (2, 1)
    assert await numbers_of() == [JESS, "61421000001"]


async def test_an_empty_list_is_a_mistake(
    client: AsyncClient, book: Any, staff: Group, numbers_of: Any
) -> None:
    """Unless it is said not to be: what is removed from a group is not easily found again."""
    with pytest.raises(InvalidRequest, match="allow_empty=True"):
        await book.sync_group(staff, [])
    assert (await book.sync_group(staff, [], remove=False)).count == 0
    assert len((await book.sync_group(staff, [], allow_empty=True)).remove) == 2
    assert await numbers_of() == []


@pytest.mark.parametrize(
    ("people", "said"),
    [
        (JESS, "people: a list of people is needed, not str"),
        ({"mobile_phone": JESS}, "people: a list of people is needed, not dict"),
        ([5], "people: item 0 must be a number, .* not int"),
        ([JESS, ""], "MobilePhone: of item 1 must not be empty"),
        ([{"first_name": "Jess"}], "MobilePhone: item 0 has no mobile number"),
        ([{"mobile_phone": 61421000001}], "MobilePhone: of item 0 must be text, not int"),
        ([Contact(first_name="Jess")], "MobilePhone: item 0 has no mobile number"),
        ([ContactID(" ")], "ContactID: must not be empty"),
        ([{"mobile_phone": JESS, "name": "J"}], "people: item 0 has name, which no contact has"),
        ([{"mobile_phone": JESS, "title": 5}], "Title: of item 0 must be text, not int"),
        ([Destination(recipient=JESS, custom5="5")], "people: item 0 has custom5"),
        ([Destination(group_code="Staff")], "people: item 0 has group_code"),
        (
            [{"mobile_phone": JESS, "title": "Ms"}, {"mobile_phone": "61421000001", "title": ""}],
            "people: items 0 and 1 are the same person with different fields",
        ),
    ],
    ids=str,
)
async def test_people_who_can_not_be_read_are_refused(
    book: Any, line: Any, people: Any, said: str
) -> None:
    """With the place of the first, before anything is read or changed, and without a number."""
    with pytest.raises(InvalidRequest, match=f"^{said}") as caught:
        await book.sync_group("Staff", people)
    assert "421000001" not in str(caught.value)
    assert line.calls == []


@pytest.mark.parametrize("name", ["dry_run", "remove", "create", "allow_empty"])
@pytest.mark.parametrize("value", ["false", "", 0, 1, None])
async def test_a_switch_is_on_or_off(book: Any, line: Any, name: str, value: object) -> None:
    """The text "false", as it comes from a form or the environment, must not count as true."""
    with pytest.raises(InvalidRequest, match=f"^{name}: must be True or False"):
        await book.sync_group("Staff", [JESS], **{name: value})
    assert line.calls == []


async def test_an_upsert_meanwhile_makes_no_second_contact(
    client: AsyncClient, book: Any, staff: Group, line: Any
) -> None:
    """What this client creates after the list was read is used, and brought up to date."""
    reached, listed = anyio.Event(), anyio.Event()

    async def hold() -> None:
        reached.set()
        await listed.wait()

    async def tell() -> None:
        listed.set()

    line.fates["POST contact"] = [hold]
    line.fates["GET contact/list"] = ["ok", tell]

    async def upsert() -> None:
        await book.upsert(mobile_phone="+61421000004")

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(upsert)
        await reached.wait()
        people = [{"mobile_phone": "+61421000004", "first_name": "New"}]
        await book.sync_group(staff, people, remove=False)
    (found,) = [each async for each in book.find_all(mobile_phone="+61421000004")]
    assert found.first_name == "New"
    assert line.changes.count("POST contact") == 1


def test_changes_show_no_person() -> None:
    """Counts alone, in text and repr; they can be compared, copied and put into sets."""
    changes = MemberChanges(group=None, create=(JESS,), contact_ids={JESS: "C1"})
    assert "421" not in f"{changes} {changes!r}"
    assert {changes, copy.copy(changes)} == {changes}


async def test_long_lists_give_other_tasks_a_turn() -> None:
    """While people are read and compared, a server that syncs goes on answering."""
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await checkpoint()

    people = [f"+6142{number:07}" for number in range(3 * BREATH)]
    contacts = [Contact(contact_id=each, mobile_phone=each) for each in people]
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(count)
        await checkpoint()
        read = await read_people(people, digits_of)
        assert (len(read), turns) == (len(people), 1 + 3)
        found = await plan(read, [], contacts, digits_of, remove=True)
        assert (len(found.add), turns) == (len(people), 1 + 3 + 3 + 3)
        assert await all_inside(read, contacts, digits_of)
        assert turns == 1 + 3 + 3 + 3 + 3
        tasks.cancel_scope.cancel()


async def test_people_are_those_of_the_call() -> None:
    """What the caller's list becomes while other tasks have a turn is nothing to it."""
    people = {f"+6142{number:07}" for number in range(BREATH)}

    async def change() -> None:
        people.clear()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(change)
        assert len(await read_people(people, digits_of)) == BREATH
