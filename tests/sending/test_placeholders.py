"""Placeholders without a value: refused before a byte leaves, for the text would have a hole."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bestsms import AsyncClient, Destination, File, GroupCode, InvalidRequest, Verdict

NUMBER = "+61421000001"
JESS = Destination(recipient=NUMBER, first_name="Jess")
FILE = File.from_bytes(b"x", name="x.txt")


@pytest.mark.parametrize(
    ("message", "to", "files"),
    [
        ("Hi [[FirstName]]", JESS, ()),
        ("Hi [[FirstName]]", Destination(recipient=NUMBER, first_name=""), ()),
        ("Hi [[FirstName]]", [JESS, GroupCode("Staff"), Destination(contact_id="C1")], ()),
        ("See [[File1]] and [[File2]]", NUMBER, [FILE, FILE]),
        ("[[Link:https://example.com]] [[REPLY]] [[STOP]] [[firstname]] [[Custom10]]", NUMBER, ()),
    ],
)
async def test_a_message_with_its_values_is_sent(
    client: AsyncClient, provider: Any, message: str, to: Any, files: Any
) -> None:
    """A blank may be meant; an address book has values of its own; a link needs none."""
    await client.send(message, to=to, files=files)
    assert provider.bodies[0]["Message"] == message


@pytest.mark.parametrize(
    ("message", "to", "said"),
    [
        (
            "Hi [[FirstName]]",
            NUMBER,
            (
                "has no value of [[FirstName]] for 1 of 1 destination, first of item 0; "
                'give each a Destination with first_name= (which may be "")'
            ),
        ),
        (
            "Hi [[FirstName]] of [[Company]], [[FirstName]]",
            [GroupCode("Staff"), JESS, NUMBER],
            (
                "has no value of [[FirstName]] for 1, [[Company]] for 2 of 3 destinations, first "
                'of item 1; give each a Destination with first_name=, company= (which may be "")'
            ),
        ),
        (
            "[[File1]] [[File3]]",
            NUMBER,
            "[[File3]] needs a file that isn't there: files= holds 2, and [[File1]] is its first",
        ),
    ],
)
async def test_a_message_with_a_hole_is_refused(
    client: AsyncClient, provider: Any, message: str, to: Any, said: str
) -> None:
    """With the placeholder, and how many destinations lack it; never with a name or a number."""
    with pytest.raises(InvalidRequest, match=f"^Message: {re.escape(said)}. Nothing") as caught:
        await client.send(message, to=to, files=[FILE, FILE])
    assert caught.value.verdict is Verdict.NOT_SENT
    assert provider.bodies == []


async def test_an_error_names_a_few_files(client: AsyncClient, provider: Any) -> None:
    """However many a text asks for."""
    message = " ".join(f"[[File{number}]]" for number in range(1, 1000))
    with pytest.raises(InvalidRequest) as caught:
        await client.send(message, to=NUMBER)
    assert (caught.value.field, caught.value.size) == ("Message", 0)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("each", [5, None])
async def test_a_wrong_destination_is_refused_as_such(
    client: AsyncClient, provider: Any, each: Any
) -> None:
    """Not for the value that it has not."""
    with pytest.raises(InvalidRequest, match=r"^Destinations: item 1 must be a Destination"):
        await client.send("Hi [[FirstName]]", to=[JESS, each])


async def test_the_documented_call_goes_out_as_it_is(client: AsyncClient, provider: Any) -> None:
    """The check is the verb's: ``messaging.send_sms`` sends what it is given."""
    await client.messaging.send_sms(
        message="Hi [[FirstName]]", destinations=[Destination(recipient=NUMBER)]
    )
    assert provider.bodies[0]["Message"] == "Hi [[FirstName]]"
