"""Addressing: a message goes to numbers, people, contacts and groups, as the version knows them."""

from __future__ import annotations

import enum
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from bestsms import (
    AsyncClient,
    Contact,
    ContactID,
    Destination,
    Group,
    GroupCode,
    GroupID,
    InvalidRequest,
    Verdict,
)

NUMBER = "+61421000001"


class Duty(str, enum.Enum):  # noqa: UP042 - as older programs have it
    """A number as a program may have it; ``str()`` of it is its name."""

    TODAY = NUMBER


JESS = Contact(
    contact_id="C1",
    mobile_phone=NUMBER,
    attention="Reception",
    first_name="Jess",
    last_name="Citizen",
    company="Example",
    custom1="1",
    custom2="2",
    custom3="3",
    custom4="4",
    email_address="jess@example.com",
)
JESS_BY_NUMBER = {
    "Recipient": NUMBER,
    "Attention": "Reception",
    "FirstName": "Jess",
    "LastName": "Citizen",
    "Company": "Example",
    "Custom1": "1",
    "Custom2": "2",
    "Custom3": "3",
    "Custom4": "4",
}


@pytest.mark.parametrize(
    ("to", "destinations"),
    [
        (JESS, [{"ContactID": "C1"}]),
        (Duty.TODAY, [{"Recipient": NUMBER}]),
        (
            [Destination(recipient=Duty.TODAY, first_name=Duty.TODAY)],
            [{"Recipient": NUMBER, "FirstName": NUMBER}],
        ),
        (Contact(mobile_phone=NUMBER), [{"Recipient": NUMBER}]),
        (Group(group_id="G1", group_code="Staff"), [{"GroupID": "G1"}]),
        (Group(group_code="Staff"), [{"GroupCode": "Staff"}]),
        (ContactID("C1"), [{"ContactID": "C1"}]),
        (GroupID("G1"), [{"GroupID": "G1"}]),
        (GroupCode("Staff"), [{"GroupCode": "Staff"}]),
        (
            [NUMBER, JESS, Destination(recipient=NUMBER, first_name="Jess"), GroupCode("Staff")],
            [
                {"Recipient": NUMBER},
                {"ContactID": "C1"},
                {"Recipient": NUMBER, "FirstName": "Jess"},
                {"GroupCode": "Staff"},
            ],
        ),
    ],
)
async def test_in_204_each_goes_by_its_own_key(
    client: AsyncClient, provider: Any, to: Any, destinations: list[dict[str, str]]
) -> None:
    """A contact by its ID, a group by its ID or else its code; a plain text is a number."""
    await client.send("Hello", to=to)
    assert provider.bodies[0]["Destinations"] == destinations


@pytest.fixture
def posted() -> list[Any]:
    """The destinations of every message that left in version 2.03."""
    return []


@pytest.fixture
def old(make: Callable[..., AsyncClient], posted: list[Any]) -> AsyncClient:
    """A client that sends by version 2.03."""

    def accept(request: httpx.Request) -> httpx.Response:
        message = json.loads(request.content)["MessageData"]
        posted.append(message["Destinations"])
        return httpx.Response(200, json={"MessageID": message["MessageID"]})

    return make(versions={"messaging": "2.03"}, transport=httpx.MockTransport(accept))


async def test_in_203_a_contact_goes_by_its_number(old: AsyncClient, posted: list[Any]) -> None:
    """With what fills its placeholders in, since that version knows numbers only."""
    await old.send("Hello [[Attention]]", to=[JESS, Destination(recipient=NUMBER, attention="")])
    assert posted == [[JESS_BY_NUMBER, {"Recipient": NUMBER, "Attention": ""}]]


@pytest.mark.parametrize(
    "to",
    [
        Contact(contact_id="C1", first_name="Jess"),
        Group(group_code="Staff"),
        ContactID("C1"),
        GroupID("G1"),
        GroupCode("Staff"),
    ],
)
async def test_in_203_what_has_no_number_is_refused(
    old: AsyncClient, posted: list[Any], to: Any
) -> None:
    """Before a byte leaves, with its place and with what to do, whichever way it is sent."""
    said = r"^Destinations: item 1 is a contact or a group .* versions={'messaging': '2.04'}"
    with pytest.raises(InvalidRequest, match=said) as caught:
        await old.send("Hello", to=[NUMBER, to], message_id="ID1")
    assert (caught.value.message_id, caught.value.verdict) == ("ID1", Verdict.NOT_SENT)
    if isinstance(to, Destination):
        with pytest.raises(InvalidRequest, match=said) as caught:
            await old.messaging.send_sms(
                message="Hello", destinations=[Destination(recipient=NUMBER), to]
            )
        assert caught.value.message_id
    assert posted == []


@pytest.mark.parametrize("to", [Contact(first_name="Jess"), Group(group_name="Staff")])
async def test_what_has_no_key_at_all_is_refused(
    client: AsyncClient, provider: Any, to: Any
) -> None:
    """A contact without ID and number, and a group without ID and code, can't be reached."""
    with pytest.raises(InvalidRequest, match=r"^Destination: needs one of Recipient, ContactID"):
        await client.send("Hello", to=to)
    assert provider.bodies == []


async def test_what_is_no_destination_is_refused_with_its_place(
    client: AsyncClient, provider: Any
) -> None:
    """A number as a number, or a mapping, is a mistake to be found here."""
    with pytest.raises(InvalidRequest, match="item 1 must be a Destination, not dict"):
        await client.send("Hello", to=[NUMBER, {"recipient": NUMBER}])  # type: ignore[list-item]
    assert provider.bodies == []
