"""The address book's verbs, written once: upsert, find, sync a group, and send to it."""

from __future__ import annotations

from typing import Any

import pytest
from anyio import to_thread

from bestsms import ContactID, GroupCode, InvalidRequest, SyncFailed
from bestsms.emulator import Emulator

JESS, SAM, KIM = "+61421000001", "+61421000002", "+61421000003"


async def listed(walk: Any) -> list[Any]:
    """All that a walk yields, of either client."""
    if hasattr(walk, "__aiter__"):
        return [each async for each in walk]
    walked = await walk
    return await to_thread.run_sync(lambda: list(walked))


async def test_a_person_is_kept_by_number(client: Any) -> None:
    """Created, found however the number is written, changed, and left alone when nothing is new."""
    book = client.address_book
    made = await book.upsert(mobile_phone=JESS, first_name="Jess & Co", company="Example")
    again = await book.upsert(mobile_phone="61 421 000 001", company="")
    assert (again.contact_id, again.company, again.first_name) == (
        made.contact_id,
        None,
        "Jess & Co",
    )
    found = await book.find(mobile_phone="0061421000001")
    assert found.contact_id == made.contact_id
    assert await book.find(first_name="Sam") is None
    assert len(await listed(book.find_all(first_name="jess & co"))) == 1
    assert len(await listed(book.contacts(records_per_page=1))) == 1
    with pytest.raises(InvalidRequest, match="wrap it in ContactID"):
        await book.upsert(mobile_phone=made.contact_id)


async def test_a_group_is_brought_up_to_date_and_sent_to(
    client: Any, emulator: Emulator, version: str
) -> None:
    """A list becomes a group, in any way a client can speak; a message to it reaches each once."""
    book = client.address_book
    await book.sync_group("All Staff", [JESS, SAM], create=True)
    changes = await book.sync_group(
        "All_Staff", [{"mobile_phone": JESS, "first_name": "Jess"}, KIM], dry_run=True
    )
    assert str(changes) == "create 1, add 0, update 1, remove 1, unchanged 0"
    made = await book.sync_group("All Staff", [{"mobile_phone": JESS, "first_name": "Jess"}, KIM])
    assert str(made) == str(changes)
    assert [each.group_code for each in await listed(book.groups())] == ["All_Staff"]
    members = await client.group_contacts.list("All_Staff")
    assert sorted(each.mobile_phone for each in members.items) == [JESS, KIM]

    with pytest.raises(SyncFailed, match="Nobody was removed") as caught:
        await book.sync_group(made.group, [SAM, ContactID("0" * 36)])
    assert (len(caught.value.changes.add), len(caught.value.changes.remove)) == (1, 0)
    assert str(await book.sync_group("All_Staff", [JESS, KIM])) == (
        "create 0, add 0, update 0, remove 1, unchanged 2"
    )
    if version == "2.03":
        with pytest.raises(InvalidRequest, match=r"versions={'messaging': '2.04'}"):
            await client.send("Hello", to=made.group)
        sent = await client.send("Hello", to=list(members.items))
    else:
        sent = await client.send("Hello", to=[made.group])
        await client.send("Hello", to=[GroupCode("All_Staff"), *members.items, SAM])
    emulator.advance(2)
    report = await client.reports.status(sent.message_id)
    assert sorted(each.destination for each in report.recipients) == [JESS, KIM]
