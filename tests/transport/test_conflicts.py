"""A change to a fixed state that met 409: the object is read, for it may be so already."""

from __future__ import annotations

import json

import httpx
import pytest

from bestsms import OutcomeUnknown, Rejected, Verdict
from bestsms.api import Contacts

CONFLICT = httpx.Response(409, json={"Message": "Conflict"})
JESS = httpx.Response(200, json={"Contact": {"ContactID": "C1", "FirstName": "Jess"}})
JO = httpx.Response(200, json={"Contact": {"ContactID": "C1", "FirstName": "Jo"}})
GONE = httpx.Response(404)
LOST = httpx.ReadError("reset")


async def test_an_update_that_is_so_already_is_done(made, calls, peer) -> None:
    """Every field that was to be set is: the object is the answer."""
    http = peer(CONFLICT, JESS)
    assert (await calls.update(made(http))).first_name == "Jess"
    path = "/api/v2.04/addressbook/contact/C1"
    assert http.asked == [f"PATCH {path}", f"GET {path}"]
    assert http.requests[1].content == b""
    assert "Content-Type" not in http.requests[1].headers
    assert json.loads(http.requests[0].content) == {"FirstName": "Jess"}


async def test_a_field_that_was_cleared_is_so_when_it_is_absent(made, peer) -> None:
    """A blank is how a field is cleared (U34), and absent is how it is read (U12)."""
    now = {"Contact": {"ContactID": "C1", "Attention": "", "LastName": "a\nb"}}
    http = peer(CONFLICT, httpx.Response(200, json=now))
    changed = await Contacts(made(http)).update("C1", attention="", last_name="a\r\nb")
    assert changed.contact_id == "C1"
    with pytest.raises(Rejected):
        await Contacts(made(peer(CONFLICT, JESS))).update("C1", first_name="")


async def test_a_delete_of_what_is_gone_is_done(made, calls, peer) -> None:
    """There is nothing left to delete."""
    assert (await calls.delete(made(peer(CONFLICT, GONE)))).contact_id == "C1"


@pytest.mark.parametrize(
    ("call", "state"),
    [("update", JO), ("update", GONE), ("delete", JESS), ("update", LOST), ("delete", LOST)],
    ids=["another value", "gone", "still there", "unclear", "unclear too"],
)
async def test_a_conflict_that_is_not_so_stays_a_no(made, calls, peer, call: str, state) -> None:
    """The refusal is what is known; looking is done once."""
    http = peer(CONFLICT, state)
    with pytest.raises(Rejected) as caught:
        await getattr(calls, call)(made(http))
    assert (caught.value.status, caught.value.verdict) == (409, Verdict.REJECTED)
    assert len(http.asked) == 2
    assert len(caught.value.attempts) == 1


async def test_a_conflict_after_a_doubt_stays_a_doubt(made, calls, peer) -> None:
    """It may be our own first attempt that it met."""
    http = peer(LOST, CONFLICT, JO)
    with pytest.raises(OutcomeUnknown):
        await calls.update(made(http))
    assert (await calls.update(made(peer(LOST, CONFLICT, JESS)))).first_name == "Jess"


async def test_a_message_is_not_asked_for_its_state(made, calls, peer) -> None:
    """No report says enough of it, so there a conflict is a no."""
    http = peer(CONFLICT, JESS)
    with pytest.raises(Rejected):
        await calls.abort(made(http))
    assert len(http.asked) == 1
