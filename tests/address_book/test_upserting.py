"""Upserting: one contact for one number, however often and however unclear the line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anyio
import httpx
import pytest
from anyio import to_thread

from bestsms import AsyncClient, InvalidRequest, OutcomeUnknown, Rejected, SeveralMatches, Verdict
from bestsms.address_book.people import ContactDetails
from bestsms.address_book.writing import Writer
from bestsms.api.contacts import ContactFields

JESS = "+61421000001"


def test_every_field_that_can_be_written_can_be_given() -> None:
    """The typed keywords are the fields of the documented call, and their first is explicit."""
    fields = ContactFields.__attrs_attrs__  # type: ignore[attr-defined]
    written = {each.name for each in fields}
    assert written == {"mobile_phone", *ContactDetails.__annotations__}


async def test_a_new_number_is_created_and_a_known_one_changed(book: Any, line: Any) -> None:
    """Only what differs is sent, and nothing if nothing does; the spelling of a number stays."""
    made = await book.upsert(mobile_phone=JESS, first_name="Jess", view_by="Account")
    assert line.changes == ["POST contact"]

    same = await book.upsert(mobile_phone="61 421 000 001", first_name="Jess", view_by="account")
    assert same == made
    assert line.changes == ["POST contact"]

    changed = await book.upsert(mobile_phone="0061421000001", first_name="", company="Example")
    assert (changed.contact_id, changed.first_name) == (made.contact_id, None)
    assert (changed.company, changed.mobile_phone) == ("Example", JESS)
    assert line.changes == ["POST contact", "PATCH contact/*"]

    assert await book.upsert(mobile_phone=JESS, first_name="", last_name=None) == changed
    assert len(line.changes) == 2


async def test_two_at_once_create_one(book: Any, line: Any) -> None:
    """Calls for one number go one after another; for others they do not wait."""
    reached, go = anyio.Event(), anyio.Event()

    async def hold() -> None:
        reached.set()
        await go.wait()

    line.fates["POST contact"] = [hold]
    found: list[Any] = []

    async def upsert(number: str) -> None:
        found.append(await book.upsert(mobile_phone=number))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(upsert, JESS)
        await reached.wait()
        tasks.start_soon(upsert, "61 421 000 001")
        await upsert("+61421000002")
        assert len(found) == 1
        go.set()
    assert found[1] == found[2]
    assert line.changes == ["POST contact"] * 2


def test_a_client_serves_one_loop_after_another(line: Any) -> None:
    """What one loop waited on is nothing to the next."""
    client = AsyncClient("token", transport=line)

    async def upsert() -> None:
        await client.address_book.upsert(mobile_phone=JESS)

    anyio.run(upsert)
    anyio.run(upsert)
    anyio.run(client.aclose)
    assert line.changes == ["POST contact"]


async def test_several_with_the_number_are_told(client: AsyncClient, book: Any, line: Any) -> None:
    """Their IDs, and not the number; nothing is changed."""
    made = [await client.contacts.create(mobile_phone=number) for number in (JESS, "61421000001")]
    line.calls.clear()
    with pytest.raises(SeveralMatches, match="2 contacts share the mobile number") as caught:
        await book.upsert(mobile_phone=JESS, first_name="Jess")
    assert caught.value.ids == tuple(each.contact_id for each in made)
    assert caught.value.verdict is Verdict.NOT_SENT
    assert caught.value.ids[0] in str(caught.value)
    assert "421000001" not in str(caught.value)
    assert line.changes == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"mobile_phone": "reception"}, "MobilePhone: must be a mobile number"),
        ({"mobile_phone": None}, "MobilePhone: must be text, not NoneType"),
        ({"mobile_phone": 61421000001}, "MobilePhone: must be text, not int"),
        ({"mobile_phone": JESS, "first_name": 5}, "FirstName: must be text, not int"),
        ({"mobile_phone": JESS, "view_by": "Me"}, "ViewBy: must be one of Account"),
    ],
)
async def test_a_wrong_field_is_refused_before_a_byte_leaves(
    book: Any, line: Any, given: dict[str, Any], said: str
) -> None:
    """With its wire name; a name that no contact has is Python's own error."""
    with pytest.raises(InvalidRequest, match=said):
        await book.upsert(**given)
    with pytest.raises(TypeError, match="first"):
        await book.upsert(mobile_phone=JESS, first="Jess")
    assert line.calls == []


async def test_a_creation_whose_answer_was_lost_is_found(book: Any, line: Any) -> None:
    """It is looked for and returned; nothing is created a second time."""
    line.fates["POST contact"] = ["lose"]
    made = await book.upsert(mobile_phone=JESS, first_name="Jess")
    assert (made.first_name, made.mobile_phone) == ("Jess", JESS)
    assert line.changes == ["POST contact"]


async def test_a_creation_that_shows_late_is_found(
    client: AsyncClient, book: Any, line: Any, slept: list[float]
) -> None:
    """The looks go on through the settle window; what another made meanwhile is brought up."""

    async def create() -> None:
        await client.contacts.create(mobile_phone=JESS)

    async def meanwhile() -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(create)

    late = httpx.Response(503, json={})
    line.fates["POST contact"] = ["drop"]
    line.fates["GET contact/list"] = ["ok", "ok", httpx.Response(400, json={}), late, meanwhile]
    made = await book.upsert(mobile_phone=JESS, first_name="Jess")
    assert made.first_name == "Jess"
    assert line.changes == ["POST contact"] * 2 + ["PATCH contact/*"]
    assert slept


async def test_a_creation_that_does_not_show_stays_unknown(
    book: Any, line: Any, slept: list[float]
) -> None:
    """Through the settle window, and never created again; a later call looks first."""
    line.fates["POST contact"] = ["drop"]
    with pytest.raises(OutcomeUnknown, match="Looked for through 60 s, and not found") as caught:
        await book.upsert(mobile_phone=JESS)
    assert caught.value.verdict is Verdict.UNKNOWN
    assert sum(slept) == 60
    assert line.changes == ["POST contact"]
    assert (await book.upsert(mobile_phone=JESS)).mobile_phone == JESS


async def test_looks_that_fail_are_told(book: Any, line: Any) -> None:
    """The error of the creation stays the error, with notes of what the looks met."""
    line.fates["POST contact"] = ["drop"]
    line.fates["GET contact/list"] = ["ok", *[httpx.Response(401, json={})] * 5]
    with pytest.raises(OutcomeUnknown, match="in 0 looks") as caught:
        await book.upsert(mobile_phone=JESS)
    assert any("HTTP 401" in note for note in caught.value.__notes__)


async def test_without_a_settle_window_nothing_is_looked_for(line: Any) -> None:
    """settle_window=0 means that the caller does it."""
    async with AsyncClient("token", transport=line, settle_window=0) as client:
        line.fates["POST contact"] = ["drop"]
        with pytest.raises(OutcomeUnknown):
            await client.address_book.upsert(mobile_phone=JESS)
    assert line.calls == ["GET contact/list", "POST contact"]


async def test_a_client_that_is_closed_meanwhile_looks_no_more(
    line: Any, slept: list[float]
) -> None:
    """What is unknown then stays so at once."""
    client = AsyncClient("token", transport=line)

    async def close() -> None:
        await client.aclose()
        raise httpx.ReadError("gone")

    line.fates["POST contact"] = [close]
    with pytest.raises(OutcomeUnknown):
        await client.address_book.upsert(mobile_phone=JESS)
    assert slept == []


async def test_a_refusal_is_the_caller_s(accepting: Callable[..., AsyncClient], line: Any) -> None:
    """What the provider says no to is not looked for."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, json={"Contacts": [], "TotalRecords": 0})
        return httpx.Response(400, json={"ErrorMessage": ["No"]})

    with pytest.raises(Rejected):
        await accepting(answer).address_book.upsert(mobile_phone=JESS)


async def test_a_lock_belongs_to_one_loop(line: Any) -> None:
    """The same number has one lock in a loop, another in the loop of another thread."""
    writer = Writer(line)

    async def lock() -> anyio.Lock:
        return writer.alone("61421000001")

    here = await lock()
    assert await lock() is here
    assert await to_thread.run_sync(anyio.run, lock) is not here
