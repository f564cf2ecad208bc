"""Guards: who a client may send to, and that nothing leaves where one of many may not."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import assume, example, given, settings, strategies as st

from bestsms import (
    AsyncClient,
    ConfigurationError,
    ContactID,
    Destination,
    GroupCode,
    GroupID,
    InvalidRequest,
    SyncClient,
    Verdict,
)
from bestsms._breath import BREATH
from bestsms.api import SMSMessage
from bestsms.sending.guarding import Guard

NUMBER = "+61421000001"
Make = Callable[..., AsyncClient]


def guard(**given: Any) -> Guard:
    """A guard of nothing but what a test gives."""
    names = ("default_region", "allowed_prefixes", "allowed_regions", "only_to")
    return Guard.resolve(**{**dict.fromkeys(names), **given})


def sent(provider: Any) -> list[str | None]:
    """The recipients of the first message."""
    return [each.get("Recipient") for each in provider.bodies[0]["Destinations"]]


# -- national form ---------------------------------------------------------------------------------


async def test_a_number_goes_out_as_given(client: AsyncClient, provider: Any) -> None:
    """Without a setting the provider reads it: it knows several forms (section 2.4)."""
    await client.send("Hello", to=["0421 000 001", "+61 421"])
    assert sent(provider) == ["0421 000 001", "+61 421"]


async def test_a_default_region_makes_national_numbers_international(
    make: Make, provider: Any
) -> None:
    """Contacts and groups are sent to as before: a region alone is no guard."""
    to = ["0421 000 001", NUMBER, Destination(recipient="(02) 9374 4000", first_name="Jo")]
    await make(default_region="AU").send("Hello", to=[*to, GroupCode("Staff")])
    assert provider.bodies[0]["Destinations"] == [
        {"Recipient": NUMBER},
        {"Recipient": NUMBER},
        {"Recipient": "+61293744000", "FirstName": "Jo"},
        {"GroupCode": "Staff"},
    ]


async def test_a_number_that_cannot_exist_is_refused(make: Make, provider: Any) -> None:
    """With its place in the list, its end, and no more of it."""
    with pytest.raises(InvalidRequest) as caught:
        await make(default_region="AU").send("Hello", to=[NUMBER, "0421 000 00", "12345"])
    assert str(caught.value) == (
        "Destinations: 2 of 3 refused: the first is item 1, ...000: it is no number that can "
        "exist, as far as the phonenumbers library knows. Nothing was sent."
    )
    assert caught.value.size == 2
    assert provider.bodies == []


# -- what is allowed -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "allowed", "refused"),
    [
        ({"allowed_prefixes": ["+61", "+64"]}, ["+61 421 000 001", "006421100001"], "+18765550123"),
        ({"allowed_prefixes": ["+614"]}, [NUMBER], "+61293744000"),
        ({"allowed_prefixes": iter(["+614"])}, [NUMBER], "+6421100001"),
        ({"allowed_prefixes": ["+61"]}, [NUMBER], "0421 000 001"),  # of which country?
        ({"allowed_prefixes": ["+61"]}, [NUMBER], "61421000001"),
        ({"allowed_prefixes": ["+61"], "default_region": "AU"}, ["0421 000 001"], "1900 123 456"),
        ({"allowed_prefixes": []}, [], NUMBER),
        ({"allowed_regions": ["US"]}, ["+12015550123"], "+18765550123"),  # Jamaica is +1 too
        ({"allowed_regions": ["US"]}, ["+12015550123"], "+19005550123"),
        ({"allowed_regions": ["au", "NZ"]}, [NUMBER, "+6421100001"], "+61891641234"),
        ({"allowed_regions": ["CX"]}, ["+61891641234"], NUMBER),
        ({"allowed_regions": ["AU"], "allowed_prefixes": ["+64"]}, [], NUMBER),
        ({"allowed_regions": []}, [], NUMBER),
        ({"only_to": ["+61 421 000 001"]}, [NUMBER, "0061421000001"], "+61421000002"),
        ({"only_to": ["0421000001"], "default_region": "AU"}, [NUMBER], "0421000002"),
        ({"only_to": [NUMBER], "allowed_prefixes": ["+64"]}, [], NUMBER),
        ({"only_to": []}, [], NUMBER),
    ],
)
async def test_a_guard_lets_through_what_it_allows(
    make: Make, provider: Any, settings: dict[str, Any], allowed: list[str], refused: str
) -> None:
    """Every guard that is set must allow a number; one that is refused holds all of them back."""
    client = make(**settings)
    with pytest.raises(InvalidRequest, match="refused: the first is item") as caught:
        await client.send("Hello", to=[*allowed, refused])
    assert caught.value.verdict is Verdict.NOT_SENT
    assert caught.value.message_id
    assert provider.bodies == []
    if allowed:
        await client.send("Hello", to=allowed)
        assert all(re.fullmatch(r"\+[0-9]+", str(number)) for number in sent(provider))


@pytest.mark.parametrize(
    ("settings", "to", "why"),
    [
        ({"allowed_prefixes": ["+64"]}, NUMBER, "none of allowed_prefixes"),
        ({"allowed_regions": ["NZ"]}, NUMBER, "is of AU, which is none of allowed_regions"),
        ({"allowed_regions": ["AU"]}, "+611900123456", "premium-rate"),
        ({"only_to": []}, NUMBER, "not in only_to"),
        ({"only_to": []}, "0421000001", "write it with .* name its region .default_region"),
    ],
)
async def test_a_refusal_says_which_guard_it_was(
    make: Make, settings: dict[str, Any], to: str, why: str
) -> None:
    """So that a person at 3 a.m. knows which setting to look at, and not whose number it is."""
    with pytest.raises(InvalidRequest, match=why) as caught:
        await make(**settings).send("Hello", to=to)
    assert "421" not in str(caught.value)


async def test_the_documented_call_is_guarded_too(make: Make, provider: Any) -> None:
    """There is one way to a POST, for the verb and for the area; a refusal uses no id up."""
    send = make(allowed_prefixes=["+61"]).messaging.send_sms
    refused, allowed = Destination(recipient="+18765550123"), Destination(recipient="0061421000001")
    with pytest.raises(InvalidRequest, match="1 of 2 refused") as caught:
        await send(message="Hello", destinations=[allowed, refused], message_id="ID1")
    assert caught.value.message_id == "ID1"
    await send(message="Hello", destinations=[allowed], message_id="ID1")
    assert sent(provider) == [NUMBER]


async def test_a_second_copy_is_guarded_as_the_first(make: Make, provider: Any) -> None:
    """What is sent again under a new id is again what was compared."""
    provider.sends = ["drop", "ok"]
    client = make(allowed_prefixes=["+61"], settle_window=0)
    await client.send("Hello", to="+61 421 000 001", on_unknown="resend")
    assert [each["Destinations"] for each in provider.bodies] == [[{"Recipient": NUMBER}]] * 2


@pytest.mark.parametrize(
    "settings",
    [
        {"default_region": "NZ"},
        {"allowed_prefixes": ["+64"]},
        {"allowed_regions": ["NZ"]},
        {"only_to": []},
    ],
)
def test_the_sync_client_is_guarded(settings: dict[str, Any]) -> None:
    """It takes the same settings."""
    with SyncClient("token", **settings) as client, pytest.raises(InvalidRequest, match="1 of 1"):
        client.send("Hello", to="0421 000 001" if "default_region" in settings else NUMBER)


# -- contacts and groups ---------------------------------------------------------------------------


@pytest.mark.parametrize("settings", [{"allowed_prefixes": ["+61"]}, {"only_to": [NUMBER, "G1"]}])
@pytest.mark.parametrize(
    "destination",
    [
        Destination(contact_id="C1"),
        Destination(group_id="G2"),
        Destination(group_code="Staff"),
    ],
)
async def test_a_contact_or_group_cannot_be_checked(
    make: Make, settings: dict[str, Any], destination: Destination
) -> None:
    """Their numbers are in the address book at the provider."""
    with pytest.raises(InvalidRequest, match=r"a (ContactID|GroupID|GroupCode): whose numbers"):
        await make(**settings).send("Hello", to=[NUMBER, destination])


@pytest.mark.parametrize(
    ("listed", "destination"),
    [
        (NUMBER, Destination(group_code=NUMBER)),
        (ContactID("X1"), Destination(group_id="X1")),
        (GroupID("X1"), Destination(group_code="X1")),
    ],
)
async def test_what_is_listed_is_of_its_kind(
    make: Make, listed: str, destination: Destination
) -> None:
    """A listed number is no code of a group, and a contact's id is no group's."""
    with pytest.raises(InvalidRequest, match="or list it in only_to"):
        await make(only_to=[listed]).send("Hello", to=destination)


async def test_a_contact_or_group_may_be_listed(make: Make, provider: Any) -> None:
    """As it is sent, to the letter."""
    client = make(only_to=["Testers", ContactID("123-456-7890"), "G1"], allowed_prefixes=["+61"])
    destinations = [
        Destination(group_code="Testers", recipient=" "),
        Destination(contact_id="123-456-7890"),
        Destination(group_id="G1"),
    ]
    await client.send("Hello", to=destinations)
    assert len(provider.bodies[0]["Destinations"]) == 3
    with pytest.raises(InvalidRequest, match="GroupCode"):
        await client.send("Hello", to=GroupCode("testers"))


# -- the settings ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"default_region": "UK"}, "^default_region: 'UK' is no region"),
        ({"default_region": ""}, "^default_region: '' is no region"),
        ({"allowed_regions": ["AU", "OZ"]}, "^allowed_regions: 'OZ' is no region"),
        ({"allowed_regions": "AU"}, "^allowed_regions: a list is needed, not str"),
        ({"allowed_prefixes": "+61"}, "^allowed_prefixes: a list is needed, not str"),
        ({"allowed_prefixes": ["61"]}, "^allowed_prefixes: a prefix is a"),
        ({"allowed_prefixes": ["+"]}, "^allowed_prefixes: a prefix is a"),
        ({"allowed_prefixes": [""]}, "^allowed_prefixes: a prefix is a"),
        ({"allowed_prefixes": ["+\uff16\uff11"]}, "^allowed_prefixes: a prefix is a"),
        ({"allowed_prefixes": [61]}, "^allowed_prefixes: a prefix is a"),
        ({"only_to": NUMBER}, "^only_to: a list is needed, not str"),
        ({"only_to": [""]}, "^only_to: .* one entry is blank"),
        ({"only_to": [61421000001]}, "^only_to: .* one entry is int"),
        ({"only_to": ["Staff", "0421 000 001"]}, r"^only_to: entry 1, \.\.\.001, has no intern"),
        ({"only_to": ["+61 (0)421 000 001"]}, r"^only_to: entry 0, \.\.\.001, holds a \(0\)"),
    ],
)
def test_a_wrong_guard_is_no_client(settings: dict[str, Any], why: str) -> None:
    """Found when the client is made, not when a text is late or in the wrong hands."""
    with pytest.raises(ConfigurationError, match=why):
        AsyncClient("token", **settings)


@pytest.mark.parametrize("settings", [{"default_region": "AU"}, {"allowed_regions": ["AU"]}])
def test_regions_need_the_library(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, Any]
) -> None:
    """The error has the command; prefixes and lists do without."""
    monkeypatch.setitem(sys.modules, "phonenumbers", None)
    with pytest.raises(ConfigurationError, match="pip install"):
        AsyncClient("token", **settings)
    AsyncClient("token", allowed_prefixes=["+61"], only_to=[NUMBER])


def test_a_guard_shows_no_number() -> None:
    """Only which settings there are."""
    made = guard(only_to=[NUMBER], allowed_prefixes=[NUMBER])
    assert repr(made) == "<Guard of allowed_prefixes, only_to>"


# -- what slips through ----------------------------------------------------------------------------


ANYTHING = st.text(st.one_of(st.sampled_from("+0123456789 -();,\n"), st.characters(codec="utf-8")))


@given(
    st.sampled_from([NUMBER, "0421000001", "+18765550123", ""]),
    st.integers(min_value=0, max_value=12),
    ANYTHING,
)
@example(NUMBER, 12, ",+1900123456")
@example(NUMBER, 12, ";phone-context=+1")
@example("+1421000001", 1, "\uff16")
@settings(max_examples=300)
async def test_nothing_gets_past_a_prefix(number: str, place: int, text: str) -> None:
    """Whatever stands in or around a number: the prefix and ASCII digits are sent, or nothing."""
    recipient = f"{number[:place]}{text}{number[place:]}"
    assume(recipient.strip())
    message = SMSMessage(message="Hello", destinations=(Destination(recipient=recipient),))
    for region in (None, "AU"):
        held = guard(allowed_prefixes=["+614"], default_region=region)
        try:
            (destination,) = (await held.hold(message)).destinations
        except InvalidRequest:
            continue
        assert re.fullmatch(r"\+614[0-9]{3,12}", str(destination.recipient))


async def test_a_long_list_lets_others_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every few hundred numbers other tasks get a turn."""
    turns: list[int] = []

    async def checkpoint() -> None:
        turns.append(1)

    monkeypatch.setattr("bestsms._breath.checkpoint", checkpoint)
    destinations = [Destination(recipient=NUMBER)] * (3 * BREATH)
    message = SMSMessage(message="Hello", destinations=tuple(destinations))
    held = await guard(allowed_prefixes=["+61"]).hold(message)
    assert held == message
    assert len(turns) == 3
