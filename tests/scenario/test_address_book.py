"""The address book, written once: contacts, groups, and who belongs to which."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bestsms import NotFound, Rejected, Verdict, Visibility
from bestsms.emulator import Emulator


async def test_a_contact_is_kept(client: Any) -> None:
    """A contact is created, read, changed, listed and deleted; blanks clear, the rest stays."""
    made = await client.contacts.create(
        first_name="Jess", last_name="Citizen", mobile_phone="+61421000001", view_by="Account"
    )
    assert made.contact_id
    assert made.view_by is Visibility.ACCOUNT
    assert made.created_at == datetime(2025, 6, 4, tzinfo=UTC)

    found = await client.contacts.get(made.contact_id)
    assert (found.first_name, found.last_name) == ("Jess", "Citizen")
    assert found.updated_at is None  # never, which the wire spells as the year 1 (T70)

    changed = await client.contacts.update(found.contact_id, attention="Reception", last_name="")
    assert (changed.attention, changed.last_name) == ("Reception", None)
    assert changed.first_name == "Jess"

    page = await client.contacts.list()
    assert [each.contact_id for each in page.items] == [made.contact_id]
    assert (page.total_records, page.page_count, page.page) == (1, 1, 1)

    gone = await client.contacts.delete(made.contact_id)
    assert gone.contact_id == made.contact_id
    with pytest.raises(NotFound):
        await client.contacts.get(made.contact_id)


async def test_every_contact_is_walked_once(client: Any) -> None:
    """iterate() goes through all pages and yields each contact once."""
    for number in range(5):
        await client.contacts.create(first_name=f"Person {number}")
    names = [each.first_name async for each in client.contacts.iterate(records_per_page=2)]
    assert sorted(names) == [f"Person {number}" for number in range(5)]
    assert [each async for each in client.groups.iterate()] == []


async def test_a_group_is_kept(client: Any) -> None:
    """A group gets its code from its name; the name can change, the code stays (T28, T29)."""
    made = await client.groups.create(group_name="Test Group", view_edit_by=Visibility.NO)
    assert made.group_code == "Test_Group"
    assert made.view_edit_by is Visibility.NO

    found = await client.groups.get("test_group")
    assert found.group_name == "Test Group"

    changed = await client.groups.update("Test_Group", group_name="Test Group 123")
    assert (changed.group_name, changed.group_code) == ("Test Group 123", "Test_Group")

    page = await client.groups.list(records_per_page=50)
    assert [each.group_code for each in page.items] == ["Test_Group"]
    assert [each.group_code async for each in client.groups.iterate()] == ["Test_Group"]

    await client.groups.delete("Test_Group")
    with pytest.raises(NotFound):
        await client.groups.get("Test_Group")


async def test_a_contact_joins_and_leaves_a_group_from_its_own_side(client: Any) -> None:
    """The contact's side: add, list, check, remove; both sides live on afterwards."""
    jess = await client.contacts.create(first_name="Jess")
    await client.groups.create(group_name="Members")

    joined = await client.contact_groups.create(jess.contact_id, group_id="Members")
    assert joined.contact.contact_id == jess.contact_id
    assert joined.group.group_code == "Members"

    page = await client.contact_groups.list(jess.contact_id)
    assert page.contact.contact_id == jess.contact_id
    assert [each.group_code for each in page.items] == ["Members"]
    walked = client.contact_groups.iterate(jess.contact_id)
    assert [each.group_code async for each in walked] == ["Members"]
    assert (
        await client.contact_groups.get(jess.contact_id, "Members")
    ).group.group_name == "Members"

    await client.contact_groups.delete(jess.contact_id, "Members")
    with pytest.raises(Rejected):
        await client.contact_groups.get(jess.contact_id, "Members")
    assert (await client.contacts.get(jess.contact_id)).first_name == "Jess"
    assert (await client.groups.get("Members")).group_code == "Members"


async def test_a_group_takes_in_and_lets_go_of_a_contact(client: Any) -> None:
    """The group's side: add, list, check, remove."""
    jess = await client.contacts.create(first_name="Jess")
    await client.groups.create(group_name="Members", group_code="MEM")

    joined = await client.group_contacts.create("MEM", contact_id=jess.contact_id)
    assert (joined.group.group_code, joined.contact.first_name) == ("MEM", "Jess")

    page = await client.group_contacts.list("MEM")
    assert page.group.group_code == "MEM"
    assert [each.first_name for each in page.items] == ["Jess"]
    walked = client.group_contacts.iterate("MEM", records_per_page=1)
    assert [each.first_name async for each in walked] == ["Jess"]
    found = await client.group_contacts.get("MEM", jess.contact_id)
    assert found.contact.contact_id == jess.contact_id

    await client.group_contacts.delete("MEM", jess.contact_id)
    with pytest.raises(Rejected):
        await client.group_contacts.get("MEM", jess.contact_id)


@pytest.mark.parametrize("version", ["2.04"], indirect=True)
async def test_a_group_is_a_destination(client: Any, emulator: Emulator) -> None:
    """A message to a group reaches its contacts on their mobile phones; in 2.04 alone."""
    from bestsms import Destination

    jess = await client.contacts.create(first_name="Jess", mobile_phone="+61421000001")
    await client.groups.create(group_name="Members")
    await client.group_contacts.create("Members", contact_id=jess.contact_id)
    sent = await client.send("Hi [[FirstName]]", to=Destination(group_code="Members"))
    emulator.advance(2)
    report = await client.reports.sms_reply(sent.message_id)
    assert [each.destination for each in report.recipients] == ["+61421000001"]
    assert report.recipients[0].message_text == "Hi Jess"


async def test_a_group_without_a_name_is_refused(client: Any) -> None:
    """What the provider needs is checked here, before a byte leaves."""
    with pytest.raises(ValueError, match="GroupName") as caught:
        await client.groups.create(group_name="")
    assert caught.value.verdict is Verdict.NOT_SENT


async def test_a_missing_contact_can_not_join(client: Any) -> None:
    """Adding what does not exist is the provider's no; nothing was done."""
    await client.groups.create(group_name="Members")
    with pytest.raises(Rejected) as caught:
        await client.group_contacts.create("Members", contact_id="no-such-contact")
    assert caught.value.verdict is Verdict.REJECTED
