"""Syncing a group: the difference is shown or made, once, and made again after a failure."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import anyio
import httpx
import pytest

from bestsms import (
    AsyncClient,
    AuthenticationFailed,
    Contact,
    ContactID,
    Destination,
    Group,
    GroupCode,
    GroupID,
    InvalidRequest,
    MemberChanges,
    OutcomeUnknown,
    SeveralMatches,
    SyncFailed,
    Verdict,
)

JESS, SAM, KIM = "+61421000001", "+61421000002", "+61421000003"


async def numbers_of(client: AsyncClient, group: str = "Staff") -> list[str]:
    """The numbers of a group's members, sorted."""
    return sorted([str(each.mobile_phone) async for each in client.group_contacts.iterate(group)])


@pytest.fixture
async def staff(client: AsyncClient, line: Any) -> Group:
    """A group that holds Jess and Sam; Kim is a contact outside."""
    group = await client.groups.create(group_name="All Staff", group_code="Staff")
    await client.contacts.create(first_name="Nobody's number")
    for number, name in ((JESS, "Jess"), (SAM, "Sam"), (KIM, "Kim")):
        made = await client.contacts.create(mobile_phone=number, first_name=name)
        if number != KIM:
            await client.group_contacts.create("Staff", contact_id=str(made.contact_id))
    line.calls.clear()
    return group


async def test_a_group_is_made_to_hold_exactly_these(
    client: AsyncClient, book: Any, staff: Group, line: Any
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
    assert await numbers_of(client) == [JESS, KIM, "+61421000004"]
    assert (await book.find(mobile_phone=JESS)).first_name == "Jessica"
    assert (await book.find(mobile_phone="+61421000004")).first_name == "New"
    assert await book.find(mobile_phone=SAM)
    ids = {made.contact_ids[each] for each in ("61 421 000 001", KIM, "+61421000004")}
    assert ids == {each.contact_id async for each in client.group_contacts.iterate("Staff")}

    again = await book.sync_group(staff, people)
    assert (again.count, len(again.unchanged)) == (0, 3)


async def test_people_are_given_in_any_way(client: AsyncClient, book: Any, staff: Group) -> None:
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
    assert await numbers_of(client) == [JESS, SAM, KIM, "+61421000004", "+61421000005"]


@pytest.mark.parametrize("named", ["Staff", "sTAFF", " all staff ", GroupCode("staff")])
async def test_a_group_is_named_in_any_way(
    client: AsyncClient, book: Any, staff: Group, named: str
) -> None:
    """By its code or name in any case; or by its ID, in the version that has it."""
    made = await book.sync_group(named, [JESS], remove=False, dry_run=True)
    assert made.group.group_code == "Staff"
    assert len(made.unchanged) == 2
    if staff.group_id is not None:
        made = await book.sync_group(GroupID(staff.group_id), [JESS], dry_run=True)
        assert len(made.remove) == 1


async def test_a_group_is_created_on_demand(client: AsyncClient, book: Any, line: Any) -> None:
    """With create=True; a dry run shows what it would hold and leaves it to be created."""
    with pytest.raises(InvalidRequest, match="create=True makes one") as caught:
        await book.sync_group("New People", [JESS])
    assert caught.value.verdict is Verdict.NOT_SENT
    shown = await book.sync_group("New People", [JESS], create=True, dry_run=True)
    assert (shown.group, shown.create) == (None, (JESS,))
    assert line.changes == []
    made = await book.sync_group("New People", [JESS], create=True)
    assert (made.group.group_name, made.group.group_code) == ("New People", "New_People")
    made = await book.sync_group(GroupCode("VIP"), [JESS], create=True)
    assert made.group.group_code == "VIP"
    with pytest.raises(InvalidRequest, match="the provider chooses the IDs"):
        await book.sync_group(GroupID("VIP"), [JESS], create=True)


async def test_a_group_whose_creation_is_unclear_is_looked_for(
    client: AsyncClient, book: Any, line: Any
) -> None:
    """And never created again."""
    line.fates["POST group"] = ["lose", "drop"]
    made = await book.sync_group("Staff", [JESS], create=True)
    assert await numbers_of(client) == [JESS]
    assert made.group.group_code == "Staff"
    with pytest.raises(OutcomeUnknown, match="Looked for through 60 s"):
        await book.sync_group("Others", [JESS], create=True)
    assert line.changes.count("POST group") == 2


async def test_several_groups_of_one_name_are_told(client: AsyncClient, book: Any) -> None:
    """A code or an ID says which is meant."""
    for code in ("A", "B"):
        await client.groups.create(group_name="Same", group_code=code)
    with pytest.raises(SeveralMatches, match="2 groups have this name") as caught:
        await book.sync_group("same", [JESS])
    assert len(caught.value.ids) == 2
    assert (await book.sync_group("B", [JESS], dry_run=True)).group.group_code == "B"


async def test_several_contacts_with_a_number(client: AsyncClient, book: Any, staff: Group) -> None:
    """Members with it are that person, each of them; strangers are told before any change."""
    for _ in range(2):
        await client.contacts.create(mobile_phone="+61421000009")
    twin = await client.contacts.create(mobile_phone="61421000001")
    with pytest.raises(SeveralMatches) as caught:
        await book.sync_group(staff, [KIM, "+61421000009"])
    assert len(caught.value.ids) == 2
    assert await numbers_of(client) == [JESS, SAM]

    await client.group_contacts.create("Staff", contact_id=str(twin.contact_id))
    made = await book.sync_group(staff, [{"mobile_phone": JESS, "company": "Example"}])
    assert (len(made.update), len(made.remove)) == (2, 1)
    assert await numbers_of(client) == [JESS, "61421000001"]


async def test_an_empty_list_is_a_mistake(client: AsyncClient, book: Any, staff: Group) -> None:
    """Unless it is said not to be: what is removed from a group is not easily found again."""
    with pytest.raises(InvalidRequest, match="allow_empty=True"):
        await book.sync_group(staff, [])
    assert (await book.sync_group(staff, [], remove=False)).count == 0
    assert len((await book.sync_group(staff, [], allow_empty=True)).remove) == 2
    assert await numbers_of(client) == []


@pytest.mark.parametrize(
    ("people", "said"),
    [
        (JESS, "people: a list of people is needed, not str"),
        ({"mobile_phone": JESS}, "people: a list of people is needed, not dict"),
        ([5], "people: item 0 must be a number, .* not int"),
        ([JESS, ""], "MobilePhone: item 1 has no mobile number"),
        ([{"first_name": "Jess"}], "MobilePhone: item 0 has no mobile number"),
        ([{"mobile_phone": 61421000001}], "MobilePhone: item 0 has no mobile number"),
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


@pytest.mark.parametrize("group", [None, "", " ", 5, Group(group_name="Staff")])
async def test_a_group_that_can_not_be_named_is_refused(book: Any, line: Any, group: Any) -> None:
    """It needs an ID, a code or a name."""
    with pytest.raises(InvalidRequest, match=r"^group: "):
        await book.sync_group(group, [JESS])
    assert line.calls == []


async def test_what_fails_for_one_does_not_keep_the_others(
    client: AsyncClient, book: Any, staff: Group, line: Any
) -> None:
    """The error holds what was made; calling again makes the rest."""
    line.fates["PATCH contact/*"] = [httpx.Response(400, json={"Message": "No such title"})]
    people = [
        {"mobile_phone": JESS, "title": "?"},
        {"mobile_phone": SAM, "title": "Ms"},
        KIM,
        ContactID("0" * 36),
    ]
    with pytest.raises(SyncFailed, match=r"2 of 4 changes .* 2 failed, and 0 were not") as caught:
        await book.sync_group(staff, people)
    assert len(caught.value.changes.update) == len(caught.value.changes.add) == 1
    assert len(caught.value.errors) == 2
    assert caught.value.__cause__ is caught.value.errors[0]
    copied = pickle.loads(pickle.dumps(caught.value))
    assert (copied.changes, str(copied)) == (caught.value.changes, str(caught.value))
    assert "421" not in str(caught.value)

    made = await book.sync_group(staff, people[:3])
    assert (len(made.update), len(made.add), len(made.unchanged)) == (1, 0, 2)
    assert await numbers_of(client) == [JESS, SAM, KIM]


async def test_what_concerns_all_ends_it(
    client: AsyncClient, book: Any, staff: Group, line: Any
) -> None:
    """With a token that is no longer right nothing more is tried, and nobody is removed."""
    line.fates["POST contact"] = [httpx.Response(401, json={})] * 50
    people = [f"+6142200{number:04}" for number in range(50)]
    with pytest.raises(SyncFailed, match="0 of 52 changes") as caught:
        await book.sync_group(staff, people)
    assert {type(each) for each in caught.value.errors} == {AuthenticationFailed}
    assert len(line.changes) <= 8
    assert await numbers_of(client) == [JESS, SAM]


async def test_a_hundred_refusals_are_enough(
    client: AsyncClient, book: Any, staff: Group, line: Any
) -> None:
    """They are about the group, or the account, rather than about each of them."""
    line.fates["POST contact"] = [httpx.Response(400, json={"Message": "Full"}) for _ in range(150)]
    with pytest.raises(SyncFailed, match="not tried") as caught:
        await book.sync_group(staff, [f"+6142100{number:04}" for number in range(150)])
    assert 100 <= len(caught.value.errors) < 110


async def test_a_joining_that_is_unclear_is_looked_at(
    client: AsyncClient, book: Any, staff: Group, line: Any
) -> None:
    """Whoever is in has joined, also where the second time is refused (U18)."""
    key = "Staff" if client._settings.versions["groups"] == "2.03" else "*"
    line.fates[f"POST group/{key}/contact"] = ["lose"]
    assert len((await book.sync_group(staff, [KIM], remove=False)).add) == 1

    line.fates[f"POST group/{key}/contact"] = ["drop", "ok"]
    with pytest.raises(SyncFailed) as caught:
        await book.sync_group(staff, [KIM, "+61421000004"], remove=False)
    assert await numbers_of(client) == [JESS, SAM, KIM]
    assert caught.value.changes.contact_ids["+61421000004"]
    made = await book.sync_group(staff, [KIM, "+61421000004"], remove=False)
    assert (made.create, len(made.add)) == ((), 1)


async def test_who_has_left_already_is_no_failure(
    client: AsyncClient, book: Any, staff: Group, line: Any
) -> None:
    """What should be gone is gone."""
    key = "Staff" if client._settings.versions["groups"] == "2.03" else "*"
    gone = httpx.Response(404, json={"Message": "Contact not found"})
    line.fates[f"DELETE group/{key}/contact/*"] = [gone]
    assert len((await book.sync_group(staff, [JESS])).remove) == 1


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


async def test_a_group_is_named_as_the_version_of_the_call_knows_it(line: Any) -> None:
    """By its code in 2.03, also where it was read in 2.04 and has an ID too (T3)."""
    async with AsyncClient("token", transport=line, versions={"group_contacts": "2.03"}) as client:
        group = await client.groups.create(group_name="Staff")
        assert group.group_id
        await client.address_book.sync_group(group, [JESS])
    assert [call for call in line.calls if call.startswith("GET group/")] == [
        "GET group/Staff/contact/list"
    ]
