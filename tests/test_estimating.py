"""Estimating: what a message will cost, from both clients, and without a request."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Context, Decimal, Inexact, Rounded, localcontext
from fractions import Fraction
from typing import Any

import httpx
import pytest
from hypothesis import given, strategies as st

from bestsms import (
    AsyncClient,
    Contact,
    ContactID,
    Destination,
    Estimate,
    Group,
    GroupCode,
    InvalidRequest,
    SyncClient,
)
from bestsms.segments import Encoding

NUMBER = "+61421000001"
JESS = Destination(recipient=NUMBER, first_name="Jess")
LONG = Destination(recipient=NUMBER, first_name="J" * 200)


def offline(request: httpx.Request) -> httpx.Response:
    """No provider."""
    raise AssertionError(f"an estimate asked for {request.url}")


@pytest.fixture(params=[AsyncClient, SyncClient])
def client(request: pytest.FixtureRequest) -> Iterator[Any]:
    """A client of either kind: estimating is a plain method of both."""
    return request.param("token", transport=httpx.MockTransport(offline))


def test_one_text_to_somebody(client: Any) -> None:
    """Its parts, and all that is known."""
    assert client.estimate("a" * 161) == Estimate(
        parts=2,
        recipients=1,
        unknown_recipients=0,
        longest=2,
        over_limit=0,
        encoding=Encoding.GSM_7,
        exact=True,
        per_recipient=(2,),
    )


def test_a_price_is_exact(client: Any) -> None:
    """Of a Decimal, a whole number or text: parts times price, to the last digit."""
    for price, total in (("0.07", "0.21"), (Decimal("0.070"), "0.210"), (1, "3"), (0, "0")):
        estimate = client.estimate("Hello", to=[NUMBER] * 3, price_per_part=price)
        assert str(estimate.price) == total
    assert client.estimate("Hello").price is None


@pytest.mark.parametrize(
    "price",
    ["999999999.9999999999999999999", Decimal(1) / 3, Decimal("1E+8"), Decimal("0E-28"), 10**9 - 1],
)
def test_a_price_is_exact_whatever_the_callers_decimals_do(client: Any, price: Any) -> None:
    """A context of few digits that raises at every rounding is the caller's, and not asked."""
    with localcontext(Context(prec=3, traps=[Inexact, Rounded])):
        estimate = client.estimate("Hello", to=[NUMBER] * 7, price_per_part=price)
    assert Fraction(estimate.price) == 7 * Fraction(price)


@pytest.mark.parametrize(
    "price",
    [
        *("9e999999", "1e-9999999", "1_0", "-0", "+1", ".5", "1.", " 1", "1\n", "\u0663", ""),
        *("1" * 10, "0." + "1" * 20, "1" * 5_000, "Infinity", "sNaN"),
        *(Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), Decimal("-0"), Decimal(-1)),
        *(Decimal("9e999999"), Decimal("1e-29"), Decimal("0e-29"), Decimal("0e9")),
        *(Decimal("0." + "1" * 29), 10**9, 10**4_000, -1),
    ],
    ids=lambda price: f"{type(price).__name__} {price!r:.12}",
)
def test_a_price_that_no_one_asks_is_refused(client: Any, price: Any) -> None:
    """Python reads more as a number than a person would write, and some is too much to multiply."""
    with pytest.raises(InvalidRequest, match=r"^price_per_part: must be a number like 0\.07, not"):
        client.estimate("Hello", to=[NUMBER] * 20, price_per_part=price)


@given(
    price=st.decimals()
    | st.integers()
    | st.text("0123456789._-+eE \n٣")
    | st.from_regex(r"[0-9]{1,30}(\.[0-9]{0,30})?(e[+-]?[0-9]{1,9})?")
    | st.builds("{}e{}".format, st.integers(), st.integers(-(10**17), 10**17)).map(Decimal)
)
def test_no_price_breaks_the_estimate(price: Any) -> None:
    """It is multiplied exactly, or refused as InvalidRequest; decimal's own errors never escape."""
    try:
        found = AsyncClient("token").estimate("Hello", to=[NUMBER] * 3, price_per_part=price).price
    except InvalidRequest:
        return
    assert found is not None
    assert 0 <= found == 3 * Fraction(price)
    assert not found.is_signed()


def test_each_destination_has_its_own_text(client: Any) -> None:
    """Personal fields are filled in, a blank too: the parts stand in the order of ``to``."""
    blank = Destination(recipient=NUMBER, first_name="")
    estimate = client.estimate("Hi [[FirstName]]!", to=(each for each in (JESS, LONG, blank)))
    assert estimate.per_recipient == (1, 2, 1)
    assert (estimate.parts, estimate.longest, estimate.exact) == (4, 2, True)


def test_one_name_may_cost_the_whole_message(client: Any) -> None:
    """A letter outside GSM-7 in a field makes that one recipient's text UCS-2."""
    text = "[[FirstName]]" + "a" * 150
    zoe = Destination(recipient=NUMBER, first_name="Zoë")
    estimate = client.estimate(text, to=[zoe, JESS])
    assert (estimate.encoding, estimate.per_recipient) == (Encoding.UCS_2, (3, 1))
    converted = client.estimate(text, to=[zoe, JESS], character_conversion=True)
    assert (converted.encoding, converted.per_recipient) == (Encoding.GSM_7, (1, 1))
    assert not converted.exact


@pytest.mark.parametrize(
    ("message", "to"),
    [
        ("Hi [[FirstName]]", None),
        ("Hi [[FirstName]]", NUMBER),
        ("Hi [[FirstName]]", Destination(contact_id="C1")),
        ("Hi [[FirstName]]", [ContactID("C1"), JESS]),
        ("Hi [[FirstName]]", Contact(contact_id="C1")),
        ("See [[File1]]", JESS),
        ("See [[Link:https://example.com]]", JESS),
        ("[[STOP]]", JESS),
        ("Hi [[FirstName]]", Destination(recipient=NUMBER, first_name="[[Company]]")),
    ],
)
def test_what_is_not_known_makes_it_the_least(client: Any, message: str, to: Any) -> None:
    """A value at the provider, a link's length: the parts without them."""
    estimate = client.estimate(message, to=to)
    assert not estimate.exact
    assert set(estimate.per_recipient) == {1}
    assert client.estimate("Hi", to=to).exact


@pytest.mark.parametrize("message", ["a" * 161, "[[FirstName]]" + "a" * 161])
@pytest.mark.parametrize("group", [GroupCode("Staff"), Group(group_id="G1")])
def test_a_group_is_of_unknown_size(client: Any, group: Any, message: str) -> None:
    """It is not among the recipients, and adds nothing to the sum; the text is measured still."""
    estimate = client.estimate(message, to=[group, JESS])
    assert (estimate.recipients, estimate.unknown_recipients) == (1, 1)
    assert (estimate.per_recipient, estimate.exact) == ((0, 2), False)
    alone = client.estimate(message, to=group)
    assert (alone.parts, alone.recipients, alone.longest) == (0, 0, 2)


def test_several_texts_go_to_everyone(client: Any) -> None:
    """The parts of a recipient are those of all texts together."""
    texts = (text for text in ("Hello", "Hi [[FirstName]]", "é" * 161))
    estimate = client.estimate(texts, to=[JESS, LONG])
    assert estimate.per_recipient == (1 + 1 + 2, 1 + 2 + 2)
    assert (estimate.parts, estimate.longest, estimate.recipients) == (9, 2, 2)


def test_texts_over_the_limit_are_counted(client: Any) -> None:
    """One text to two recipients is two; a name may be what is too much (T36)."""
    assert client.estimate("a" * 460, to=[NUMBER, NUMBER]).over_limit == 2
    assert client.estimate("a" * 450 + "[[FirstName]]", to=[JESS, LONG]).over_limit == 1
    assert client.estimate("a" * 460, to=[GroupCode("Staff")]).over_limit == 0


def test_nobody_costs_nothing(client: Any) -> None:
    """An empty list has an estimate, though it can't be sent to."""
    assert client.estimate("Hello", to=[], price_per_part="0.07").price == 0
    assert client.estimate([], to=[NUMBER]).parts == 0


def test_a_repr_holds_nothing_of_a_person(client: Any) -> None:
    """It is the sum of all, however many there are."""
    shown = repr(client.estimate("Hi [[FirstName]]", to=[JESS] * 1000))
    assert shown.startswith("Estimate(parts=1000, recipients=1000,")
    assert "Jess" not in shown
    assert len(shown) < 300


def test_a_contact_goes_by_its_number_where_groups_are_unknown() -> None:
    """Version 2.03 is sent its fields, so they are counted."""
    client = AsyncClient("token", version="2.03")
    contact = Contact(contact_id="C1", mobile_phone=NUMBER, first_name="J" * 200)
    estimate = client.estimate("Hi [[FirstName]]", to=contact)
    assert (estimate.parts, estimate.exact) == (2, True)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"message": None}, "Message: takes a text or texts, not NoneType"),
        ({"message": b"Hello"}, "Message: takes a text or texts, not bytes"),
        ({"message": ["Hello", 5]}, "Message: each must be text, not int"),
        ({"to": 61421000001}, "Destinations: to= takes a number"),
        ({"to": [NUMBER, 5]}, "Destinations: item 1 must be a Destination, not int"),
        ({"to": ["  "]}, "Destination: needs one of"),
        ({"to": ""}, "Destination: needs one of"),
        ({"price_per_part": 0.07}, "price_per_part: must be a Decimal, .*'0.07', not float"),
        ({"price_per_part": True}, "price_per_part: must be a Decimal, .* not bool"),
        ({"price_per_part": "cheap"}, "price_per_part: must be a number like 0.07"),
        ({"price_per_part": "NaN"}, "price_per_part: must be a number like 0.07"),
        ({"price_per_part": "-0.07"}, "price_per_part: .* not below 0"),
        ({"price_per_part": Decimal("Infinity")}, "price_per_part: must be a number"),
        ({"character_conversion": "yes"}, "CharacterConversion: must be True or False"),
    ],
)
def test_a_wrong_argument_is_refused(client: Any, given: dict[str, Any], said: str) -> None:
    """With what is allowed, and nothing of a number."""
    with pytest.raises(InvalidRequest, match=f"^{said}"):
        client.estimate(**{"message": "Hello", "to": NUMBER, **given})
