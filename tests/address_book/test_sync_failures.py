"""What can't be done in a sync: nobody is lost by it, and what is said of it is true."""

from __future__ import annotations

import pickle
from functools import partial
from typing import Any

import anyio
import httpx
import pytest

from bestsms import (
    AsyncClient,
    AuthenticationFailed,
    ContactID,
    Group,
    InvalidRequest,
    OutcomeUnknown,
    SeveralMatches,
    SyncFailed,
    Verdict,
)

JESS, SAM, KIM, NEW = "+61421000001", "+61421000002", "+61421000003", "+61421000004"


def refusal(status: int = 400) -> httpx.Response:
    """A no."""
    return httpx.Response(status, json={"Result": "Failed", "ErrorMessage": ["No more contacts"]})


async def test_what_fails_for_one_does_not_keep_the_others(
    client: AsyncClient, book: Any, staff: Group, line: Any, numbers_of: Any
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
    assert await numbers_of() == [JESS, SAM, KIM]


async def test_what_concerns_all_ends_it(
    client: AsyncClient, book: Any, staff: Group, line: Any, numbers_of: Any
) -> None:
    """With a token that is no longer right nothing more is tried, and nobody is removed."""
    line.fates["POST contact"] = [httpx.Response(401, json={})] * 50
    people = [f"+6142200{number:04}" for number in range(50)]
    with pytest.raises(SyncFailed, match="0 of 52 changes") as caught:
        await book.sync_group(staff, people)
    assert {type(each) for each in caught.value.errors} == {AuthenticationFailed}
    assert len(line.changes) <= 8
    assert await numbers_of() == [JESS, SAM]


async def test_a_hundred_refusals_are_enough(
    client: AsyncClient, book: Any, staff: Group, line: Any
) -> None:
    """They are about the group, or the account, rather than about each of them."""
    line.fates["POST contact"] = [httpx.Response(400, json={"Message": "Full"}) for _ in range(150)]
    with pytest.raises(SyncFailed, match="not tried") as caught:
        await book.sync_group(staff, [f"+6142100{number:04}" for number in range(150)])
    assert 100 <= len(caught.value.errors) < 110


async def test_a_joining_that_is_unclear_is_looked_at(
    book: Any, staff: Group, line: Any, memberships: str, numbers_of: Any
) -> None:
    """Whoever is in has joined, also where the second time is refused (U18)."""
    line.fates[f"POST {memberships}"] = ["lose"]
    assert len((await book.sync_group(staff, [KIM], remove=False)).add) == 1

    line.fates[f"POST {memberships}"] = ["drop", "ok"]
    with pytest.raises(SyncFailed) as caught:
        await book.sync_group(staff, [KIM, "+61421000004"], remove=False)
    assert await numbers_of() == [JESS, SAM, KIM]
    assert caught.value.changes.contact_ids["+61421000004"]
    made = await book.sync_group(staff, [KIM, "+61421000004"], remove=False)
    assert (made.create, len(made.add)) == ((), 1)


async def test_nobody_is_removed_while_someone_could_not_be_added(
    book: Any, staff: Group, line: Any, numbers_of: Any
) -> None:
    """Where the new ones are refused, the old ones stay: a group must not end up empty."""
    line.fates["POST contact"] = [refusal(), refusal()]
    with pytest.raises(SyncFailed, match=r"1 of 5 .* 2 failed, and 2 were not tried") as caught:
        await book.sync_group(staff, [KIM, NEW, "+61421000005"])
    assert "Nobody was removed" in str(caught.value)
    assert caught.value.changes.remove == ()
    assert await numbers_of() == [JESS, SAM, KIM]

    with pytest.raises(SyncFailed, match="1 failed, and 2 were not tried"):
        await book.sync_group(staff, [KIM, ContactID("0" * 36)])
    assert await numbers_of() == [JESS, SAM, KIM]


async def test_a_field_that_could_not_be_changed_keeps_nobody_in(
    book: Any, staff: Group, line: Any, numbers_of: Any
) -> None:
    """Whoever should be in is: the others may go."""
    line.fates["PATCH contact/*"] = [refusal()]
    with pytest.raises(SyncFailed, match=r"1 of 2 .* 0 were not tried\. Calling") as caught:
        await book.sync_group(staff, [{"mobile_phone": JESS, "title": "?"}])
    assert len(caught.value.changes.remove) == 1
    assert await numbers_of() == [JESS]


async def test_who_can_not_be_written_is_one(
    staff: Group, line: Any, slept: list[float], numbers_of: Any
) -> None:
    """What is refused before a byte leaves is about that one; the others are made."""
    bell = {"mobile_phone": NEW, "first_name": "J\x07"}
    people = [bell, *(f"+6142200{number:04}" for number in range(40))]
    async with AsyncClient("token", transport=line, wire_format="xml") as client:
        with pytest.raises(SyncFailed, match=r"40 of 43 .* 1 failed") as caught:
            await client.address_book.sync_group("Staff", people)
    assert isinstance(caught.value.errors[0], InvalidRequest)
    assert len(caught.value.changes.create) == 40
    assert caught.value.verdict is None
    assert len(await numbers_of()) == 42


async def test_a_contact_in_doubt_that_is_two_is_one(
    client: AsyncClient, book: Any, staff: Group, line: Any
) -> None:
    """Which of them is meant can't be told, and the others are made."""
    line.fates["POST contact"] = ["drop"]
    with pytest.raises(OutcomeUnknown):
        await book.upsert(mobile_phone=NEW)

    async def double() -> None:
        async with anyio.create_task_group() as tasks:
            for _ in range(2):
                tasks.start_soon(partial(client.contacts.create, mobile_phone=NEW))

    line.fates["GET contact/list"] = ["ok", double]
    people = [NEW, *(f"+6142200{number:04}" for number in range(20))]
    with pytest.raises(SyncFailed, match=r"20 of 23 .* 1 failed") as caught:
        await book.sync_group(staff, people)
    assert isinstance(caught.value.errors[0], SeveralMatches)


@pytest.mark.parametrize(
    ("answer", "verdict"), [("drop", Verdict.UNKNOWN), (refusal(), None), (refusal(401), None)]
)
async def test_a_failure_says_whether_all_is_known(
    book: Any, staff: Group, line: Any, answer: Any, verdict: Verdict | None
) -> None:
    """UNKNOWN if any change is; else what is listed was done, and nothing else."""
    line.fates["POST contact"] = [answer]
    with pytest.raises(SyncFailed) as caught:
        await book.sync_group(staff, [NEW])
    assert caught.value.verdict is verdict
    assert pickle.loads(pickle.dumps(caught.value)).verdict is verdict


async def test_a_leaving_that_is_unclear_is_looked_at(
    book: Any, staff: Group, line: Any, memberships: str, numbers_of: Any
) -> None:
    """Whoever is out has left, also where the repetition is refused, for they are out."""
    line.fates[f"DELETE {memberships}/*"] = ["lose"]
    made = await book.sync_group(staff, [JESS])
    assert len(made.remove) == 1
    assert await numbers_of() == [JESS]


async def test_who_has_left_already_is_no_failure(
    client: AsyncClient, book: Any, staff: Group, line: Any, memberships: str
) -> None:
    """What should be gone is gone, in whatever words the provider says so (U18)."""
    sam = await book.find(mobile_phone=SAM)

    async def leave() -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(client.contacts.delete, sam.contact_id)

    line.fates[f"DELETE {memberships}/*"] = [leave]
    assert len((await book.sync_group(staff, [JESS])).remove) == 1
    assert line.calls.count(f"GET {memberships}/*") == 1


@pytest.mark.parametrize("looked", ["ok", refusal(401), refusal(403), refusal(500)])
async def test_a_removal_that_was_refused_is_none(
    book: Any, staff: Group, line: Any, memberships: str, numbers_of: Any, looked: Any
) -> None:
    """Only a plain no to the question counts as gone: not a failure, nor a no to the asker."""
    line.fates[f"DELETE {memberships}/*"] = [refusal()]
    line.fates[f"GET {memberships}/*"] = [looked] * 9
    with pytest.raises(SyncFailed, match="0 of 1 changes") as caught:
        await book.sync_group(staff, [JESS])
    assert caught.value.changes.remove == ()
    assert await numbers_of() == [JESS, SAM]


async def test_a_removal_that_the_caller_may_not_make_is_not_looked_at(
    book: Any, staff: Group, line: Any, memberships: str
) -> None:
    """Nor an addition: the answer is about the caller."""
    line.fates[f"DELETE {memberships}/*"] = line.fates[f"POST {memberships}"] = [
        refusal(403),
        refusal(403),
    ]
    with pytest.raises(SyncFailed):
        await book.sync_group(staff, [JESS])
    with pytest.raises(SyncFailed):
        await book.sync_group(staff, [KIM], remove=False)
    assert [call for call in line.calls if call == f"GET {memberships}/*"] == []


async def test_a_creation_in_doubt_is_looked_for_by_another_sync(
    client: AsyncClient, book: Any, line: Any, numbers_of: Any
) -> None:
    """What was planned while the outcome was open is not created a second time."""
    for name in ("A", "B"):
        await client.groups.create(group_name=name)
    posted = anyio.Event()

    async def lose_when_b_has_planned() -> str:
        posted.set()
        await anyio.wait_all_tasks_blocked()
        return "lose"

    async def first() -> None:
        with pytest.raises(SyncFailed) as caught:
            await book.sync_group("A", [NEW])
        assert caught.value.verdict is Verdict.UNKNOWN

    line.fates["POST contact"] = [lose_when_b_has_planned]
    # Both read the contacts; then no look of the first finds what it created.
    line.fates["GET contact/list"] = ["ok", "ok", *[refusal()] * 5]
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(first)
        await posted.wait()
        await book.sync_group("B", [NEW])
    assert line.calls.count("POST contact") == 1
    assert await numbers_of("B") == [NEW]


async def test_a_creation_that_is_broken_off_is_in_doubt(
    client: AsyncClient, book: Any, staff: Group, line: Any, numbers_of: Any
) -> None:
    """A cancelled one may have been made, so whoever planned the same looks first."""
    posted, first = anyio.Event(), anyio.CancelScope()

    async def break_off_when_the_sync_has_planned() -> None:
        posted.set()
        await anyio.wait_all_tasks_blocked()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(partial(client.contacts.create, mobile_phone=NEW))
        first.cancel()
        await anyio.sleep_forever()

    async def upsert() -> None:
        with first:
            await book.upsert(mobile_phone=NEW)

    line.fates["POST contact"] = [break_off_when_the_sync_has_planned]
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(upsert)
        await posted.wait()
        await book.sync_group(staff, [NEW])
    assert await numbers_of() == [NEW]
    assert len([each async for each in book.find_all(mobile_phone=NEW)]) == 1


async def test_a_refused_creation_is_in_no_doubt(book: Any, staff: Group, line: Any) -> None:
    """The next sync reads the contacts once, and does not look again for each of them."""
    line.fates["POST contact"] = [refusal()]
    with pytest.raises(SyncFailed):
        await book.sync_group(staff, [NEW])
    line.calls.clear()
    await book.sync_group(staff, [NEW])
    assert line.calls.count("GET contact/list") == 1
