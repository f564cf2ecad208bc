"""Which group is meant, by ID, code or name, of one alone; and which is created."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from bestsms import (
    AsyncClient,
    Group,
    GroupCode,
    GroupID,
    InvalidRequest,
    OutcomeUnknown,
    Rejected,
    SeveralMatches,
    Verdict,
)

JESS, SAM = "+61421000001", "+61421000002"


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
    version = client._settings.versions["groups"]
    said = "knows groups by their code" if version == "2.03" else "the provider chooses the IDs"
    with pytest.raises(InvalidRequest, match=said):
        await book.sync_group(GroupID("VIP"), [JESS], create=True)
    assert line.changes.count("POST group") == 2


async def test_a_group_whose_creation_is_unclear_is_looked_for(
    client: AsyncClient, book: Any, line: Any, numbers_of: Any
) -> None:
    """And never created again."""
    line.fates["POST group"] = ["lose", "drop"]
    made = await book.sync_group("Staff", [JESS], create=True)
    assert await numbers_of() == [JESS]
    assert made.group.group_code == "Staff"
    with pytest.raises(OutcomeUnknown, match="Looked for through 60 s"):
        await book.sync_group("Others", [JESS], create=True)
    assert line.changes.count("POST group") == 2


async def test_several_groups_of_one_name_are_told(client: AsyncClient, book: Any) -> None:
    """A code or an ID says which is meant."""
    for code in ("A", "B"):
        await client.groups.create(group_name="Same", group_code=code)
    with pytest.raises(SeveralMatches, match="2 groups have this name, code or ID") as caught:
        await book.sync_group("same", [JESS])
    assert len(caught.value.ids) == 2
    assert (await book.sync_group("B", [JESS], dry_run=True)).group.group_code == "B"


@pytest.mark.parametrize("group", [None, "", " ", 5, Group(group_name="Staff")])
async def test_a_group_that_can_not_be_named_is_refused(book: Any, line: Any, group: Any) -> None:
    """It needs an ID, a code or a name."""
    with pytest.raises(InvalidRequest, match=r"^group: "):
        await book.sync_group(group, [JESS])
    assert line.calls == []


async def test_a_group_is_named_as_the_version_of_the_call_knows_it(line: Any) -> None:
    """By its code in 2.03, also where it was read in 2.04 and has an ID too (T3)."""
    async with AsyncClient("token", transport=line, versions={"group_contacts": "2.03"}) as client:
        group = await client.groups.create(group_name="Staff")
        assert group.group_id
        await client.address_book.sync_group(group, [JESS])
    assert [call for call in line.calls if call.startswith("GET group/")] == [
        "GET group/Staff/contact/list"
    ]


async def test_a_name_that_is_another_ones_code_is_of_two(
    client: AsyncClient, book: Any, line: Any
) -> None:
    """Which is meant only the caller knows: a group that was renamed keeps its code (T29)."""
    renamed = await client.groups.create(group_name="Staff")
    await client.groups.update(renamed.group_id or "Staff", group_name="Managers")
    await client.groups.create(group_name="Staff", group_code="Staff_2")
    line.calls.clear()
    with pytest.raises(SeveralMatches) as caught:
        await book.sync_group("Staff", [JESS])
    assert caught.value.verdict is Verdict.NOT_SENT
    assert renamed.group_id in caught.value.ids or "Staff" in caught.value.ids
    assert line.changes == []
    for name, code in ((GroupCode("Staff"), "Staff"), ("managers", "Staff"), ("Staff_2",) * 2):
        assert (await book.sync_group(name, [JESS], dry_run=True)).group.group_code == code


async def test_blanks_around_a_name_are_no_part_of_it(client: AsyncClient, book: Any) -> None:
    """Neither of a new group's, nor of one that is compared."""
    made = await book.sync_group(" New People ", [JESS], create=True)
    assert (made.group.group_name, made.group.group_code) == ("New People", "New_People")
    made = await book.sync_group(GroupCode(" VIP "), [JESS], create=True)
    assert (made.group.group_name, made.group.group_code) == ("VIP", "VIP")
    await client.groups.create(group_name=" Spaced ", group_code="S")
    assert (await book.sync_group("Spaced", [JESS])).group.group_code == "S"
    assert len([each async for each in book.groups()]) == 3


async def test_what_can_be_told_is_told_before_a_group_is_created(
    client: AsyncClient, book: Any, line: Any
) -> None:
    """That nothing was changed is true of a missing group too."""
    for _ in range(2):
        await client.contacts.create(mobile_phone=JESS)
    with pytest.raises(SeveralMatches, match="Nothing was changed"):
        await book.sync_group("New", [JESS], create=True)
    assert "POST group" not in line.calls
    line.fates["GET contact/list"] = [httpx.Response(400, json={"Message": "Busy"})]
    with pytest.raises(Rejected, match="Busy"):
        await book.sync_group("New", [SAM], create=True)
    assert "POST group" not in line.calls
