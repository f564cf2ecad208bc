"""Outcomes: what a send may come to, and the second copy for those who ask for it."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from bestsms import (
    AsyncClient,
    BestSMSError,
    InvalidRequest,
    OnUnknown,
    OutcomeUnknown,
    Verdict,
)

NUMBER = "+61421000001"


async def resend(client: AsyncClient, **given: Any) -> Any:
    """Send with a second copy if the outcome stays unknown."""
    return await client.send("Hello", **{"to": NUMBER, "on_unknown": "resend", **given})


@pytest.mark.parametrize(
    ("reference", "linked"), [(None, "resend of ID1"), ("Invoice 7", "Invoice 7 resend of ID1")]
)
async def test_a_second_copy_names_the_first(
    client: AsyncClient, provider: Any, reference: str | None, linked: str
) -> None:
    """Under an id of its own, after the whole window; the first may still be delivered too."""
    provider.sends = ["drop"]
    sent = await resend(client, message_id="ID1", reference=reference)
    first, second = provider.bodies
    assert first["MessageID"] == "ID1"
    assert second["MessageID"] == sent.message_id != "ID1"
    assert first.get("Reference") == reference
    assert second["Reference"] == linked
    without = [{**body, "MessageID": "", "Reference": ""} for body in (first, second)]
    assert without[0] == without[1]
    assert sent.unsettled == ("ID1",)
    assert len(provider.looks) == 8


@pytest.mark.parametrize("fate", ["ok", "lose", 20.0, "refuse"])
async def test_a_settled_send_has_no_second_copy(
    client: AsyncClient, provider: Any, fate: Any
) -> None:
    """Accepted, found by looking up, or sent again because it never left: one text."""
    provider.sends = [fate]
    sent = await resend(client, on_unknown=OnUnknown.RESEND_AT_LEAST_ONCE)
    assert sent.unsettled == ()
    assert provider.ids == [sent.message_id]


async def test_a_refusal_has_no_second_copy(client: AsyncClient, provider: Any) -> None:
    """What was refused once is not unknown."""
    provider.sends = [httpx.Response(400)]
    with pytest.raises(BestSMSError):
        await resend(client)
    assert len(provider.ids) == 1


async def test_a_second_copy_may_be_found_by_looking_up(client: AsyncClient, provider: Any) -> None:
    """It goes through the same procedure."""
    provider.sends = ["drop", 10.0]
    sent = await resend(client)
    assert sent.reconciled
    assert sent.unsettled == (provider.ids[0],)


@pytest.mark.parametrize(
    ("fates", "copies"),
    [(["drop"], 1), ([httpx.Response(400)], 0), (["refuse"] * 4, 0)],
    ids=["unknown", "rejected", "not sent"],
)
async def test_two_copies_that_fail_are_one_error(
    client: AsyncClient, provider: Any, fates: list[Any], copies: int
) -> None:
    """The first one's; it notes what became of the second, and names it if it may be out."""
    provider.sends = ["drop", *fates]
    with pytest.raises(OutcomeUnknown) as caught:
        await resend(client, message_id="ID1")
    error = caught.value
    assert (error.message_id, error.verdict) == ("ID1", Verdict.UNKNOWN)
    assert isinstance(error.__cause__, httpx.ReadError)  # why the first one is unknown
    (note,) = error.__notes__
    second = note.removeprefix("The second copy, ").partition(",")[0]
    assert len(second) == 36
    assert f"{second}, ended so: " in note
    assert error.copies == ((second,) if copies else ())
    assert len(provider.ids) == (1 if fates[0] == "refuse" else 2)


async def test_a_reference_must_leave_room_to_name_the_first(
    client: AsyncClient, provider: Any
) -> None:
    """Refused before anything leaves, not when it is needed."""
    with pytest.raises(InvalidRequest, match="leaves no room to name the first copy") as caught:
        await resend(client, reference="x" * 34)
    assert (caught.value.size, caught.value.field) == (81, "Reference")
    assert caught.value.message_id
    assert provider.ids == []
    provider.sends = ["drop"]
    await resend(client, reference="x" * 33)
    assert len(provider.bodies[-1]["Reference"]) == 80


@pytest.mark.parametrize("reference", [5, b"x"])
async def test_a_reference_must_be_text(client: AsyncClient, provider: Any, reference: Any) -> None:
    """Also where it is to name the first copy."""
    with pytest.raises(InvalidRequest, match=r"^Reference: must be text"):
        await resend(client, reference=reference)
    assert provider.ids == []


@pytest.mark.parametrize("wrong", ["retry", None, True])
async def test_only_two_policies_are_known(client: AsyncClient, provider: Any, wrong: Any) -> None:
    """Anything else is refused before anything leaves."""
    with pytest.raises(InvalidRequest, match=r"^on_unknown: is 'raise' or 'resend', not") as caught:
        await resend(client, on_unknown=wrong, message_id="ID1")
    assert caught.value.message_id == "ID1"
    assert provider.ids == []


async def test_a_second_copy_that_is_cancelled_tells_both_ids(
    client: AsyncClient, provider: Any
) -> None:
    """The first is as unknown as the second."""
    heard = asyncio.Event()

    async def hang() -> None:
        heard.set()
        await asyncio.Event().wait()

    provider.sends = ["drop", hang]
    task = asyncio.create_task(resend(client))
    await heard.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError) as caught:
        await task
    notes = "\n".join(caught.value.__notes__)
    assert all(f"{each} was broken off; verdict UNKNOWN" in notes for each in provider.ids[1:])
    assert provider.ids[0] in notes
