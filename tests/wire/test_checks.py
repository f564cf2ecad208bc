"""What is refused before a byte leaves, and that a refusal never shows the value."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from hypothesis import given, strategies as st

from bestsms._wire.arguments import choose, period, sequence
from bestsms._wire.checks import Choice, Flag, HTTPSUrl, Items, Number, Text, needs_one_of
from bestsms._wire.model import CHECK, Outgoing
from bestsms.api import CallbackFormat
from bestsms.errors import InvalidRequest, Verdict

MESSAGE_ID = Text(
    "MessageID",
    min_length=1,
    max_length=40,
    pattern="^[A-Za-z0-9-]{1,40}$",
    allowed="letters, digits and hyphens only",
)
URL = HTTPSUrl("WebhookCallbackURL")
REFERENCE = Text("Reference", max_length=80)
PAGE = Number("page", minimum=1, maximum=100)


def refusal(check: Any, value: object) -> InvalidRequest:
    """The error of a check that refuses a value."""
    with pytest.raises(InvalidRequest) as caught:
        check.check(value)
    assert caught.value.verdict is Verdict.NOT_SENT
    return caught.value


@pytest.mark.parametrize("value", ["a", "A-1", "0", "x" * 40])
def test_a_message_id_is_letters_digits_and_hyphens(value: str) -> None:
    """T31: up to 40 of them, so that a UUID fits."""
    MESSAGE_ID.check(value)


@pytest.mark.parametrize(
    ("value", "limit", "size"),
    [
        ("", "must not be empty", 0),
        ("   ", "must not be empty", 3),
        ("x" * 41, "must be at most 40 characters, and is 41", 41),
        ("a b", "must be letters, digits and hyphens only; these 3 characters are not", 3),
        ("a_b", "must be letters, digits and hyphens only; these 3 characters are not", 3),
        ("../x", "must be letters, digits and hyphens only; these 4 characters are not", 4),
        ("abc\n", "must be letters, digits and hyphens only; these 4 characters are not", 4),
        ("ä", "must be letters, digits and hyphens only; these 1 characters are not", 1),
        ("\u0661", "must be letters, digits and hyphens only; these 1 characters are not", 1),
        (12, "must be text, not int", None),
        (None, "must be text, not NoneType", None),
    ],
)
def test_any_other_message_id_is_refused(value: object, limit: str, size: int | None) -> None:
    """With the field's wire name, the limit in words and the value's size."""
    error = refusal(MESSAGE_ID, value)
    assert (error.field, error.limit, error.size) == ("MessageID", limit, size)


def test_a_pattern_without_words_speaks_for_itself() -> None:
    """Where the description has no words for a pattern, the pattern is shown."""
    assert refusal(Text("Code", pattern="[a-z]+"), "A").limit.startswith("must be [a-z]+;")


def test_a_reference_has_at_most_80_characters() -> None:
    """80 pass and 81 do not; blank passes, for only required texts must hold something."""
    REFERENCE.check("x" * 80)
    REFERENCE.check("")
    assert refusal(REFERENCE, "x" * 81).size == 81


@pytest.mark.parametrize(
    "value",
    [
        "https://example.com",
        "https://example.com:8443/hook?k=1#x",
        "https://[::1]/",
        "http://127.0.0.1:8027/sms",
        "http://localhost/",
    ],
)
def test_a_webhook_url_is_https(value: str) -> None:
    """The provider refuses any other."""
    URL.check(value)


@pytest.mark.parametrize(
    "value",
    [
        *("http://example.com", "HTTP://example.com", "example.com", "//example.com", "https://"),
        *("https:///path", "https://[::1", "https://exa mple.com", "https://a\n.com", "", 7, None),
    ],
)
def test_any_other_webhook_url_is_refused(value: object) -> None:
    """Plain http, no host, half an address, white space inside, or no text at all."""
    assert refusal(URL, value).field == "WebhookCallbackURL"


@pytest.mark.parametrize("value", [1, 100])
def test_a_number_may_be_its_bounds(value: int) -> None:
    """Both bounds are included, and a number without bounds is free."""
    PAGE.check(value)
    Number("any").check(-value)


@pytest.mark.parametrize(
    ("value", "limit"),
    [
        (0, "must be at least 1, and is 0"),
        (101, "must be at most 100, and is 101"),
        ("1", "must be a whole number, not str"),
        (1.0, "must be a whole number, not float"),
        (True, "must be a whole number, not bool"),
    ],
)
def test_a_number_outside_is_refused(value: object, limit: str) -> None:
    """True is no page number."""
    assert refusal(PAGE, value).limit == limit


@pytest.mark.parametrize("value", [0, 1, "true", None])
def test_a_flag_is_true_or_false(value: object) -> None:
    """And nothing that merely looks like it."""
    Flag("CharacterConversion").check(True)
    Flag("CharacterConversion").check(False)
    assert "must be True or False" in str(refusal(Flag("CharacterConversion"), value))


@pytest.mark.parametrize("text", ["JSON", "json", CallbackFormat.XML])
def test_a_choice_is_known_in_any_case(text: str) -> None:
    """T61: the text is folded first, and then it is one of the known."""
    folded = choose(CallbackFormat, text)
    Choice("WebhookCallbackFormat", CallbackFormat).check(folded)
    assert isinstance(folded, CallbackFormat)


@pytest.mark.parametrize("value", ["YAML", "", 7])
def test_an_unknown_choice_is_refused_on_the_way_out(value: Any) -> None:
    """Leniency is for answers; a typing slip must not reach the provider."""
    error = refusal(Choice("WebhookCallbackFormat", CallbackFormat), choose(CallbackFormat, value))
    assert error.limit == "must be one of JSON, XML"


def test_nothing_is_chosen_if_nothing_is_given() -> None:
    """``None`` stays ``None``, which is left out."""
    assert choose(CallbackFormat, None) is None


def test_a_list_holds_enough_and_not_too_many_of_one_kind() -> None:
    """At least one destination, at most ten files, and the index of the one that is none."""
    items = Items("Files", str, min_items=1, max_items=10)
    items.check(("a",) * 10)
    Items("Files", str).check(())
    assert refusal(items, ()).limit == "must hold at least 1, and holds none"
    assert refusal(items, ("a",) * 11).limit == "must hold at most 10, and holds 11"
    assert refusal(items, ("a", b"b")).limit == "item 1 must be a str, not bytes"
    assert refusal(items, "abc").limit == "must be a list of str objects"


@given(value=st.text(min_size=4, alphabet=st.characters(exclude_categories=["L", "N"])))
@pytest.mark.parametrize("check", [MESSAGE_ID, URL, REFERENCE, Flag("F"), PAGE])
def test_a_refusal_never_shows_the_value(check: Any, value: str) -> None:
    """It may be a person's number or text: an error says its size, and nothing else of it."""
    try:
        check.check(value * 30)
    except InvalidRequest as error:
        assert value * 30 not in str(error)  # noqa: PT017 - passing is right too


def test_an_optional_field_may_be_absent_and_a_required_one_not() -> None:
    """One check object serves both, and a parameter through ``maybe``."""

    @attrs.frozen(kw_only=True, eq=False, repr=False)
    class Body(Outgoing):
        required: str = attrs.field(metadata={CHECK: Text("Required")})
        optional: str | None = attrs.field(
            default=None, metadata={CHECK: Text("Optional", max_length=1)}
        )

    assert Body(required="a").optional is None
    with pytest.raises(InvalidRequest, match="Required: must be text, not NoneType"):
        Body(required=None)  # type: ignore[arg-type]
    with pytest.raises(InvalidRequest, match="Optional: must be at most 1 characters"):
        Body(required="a", optional="ab")
    with pytest.raises(InvalidRequest, match="Optional: must be at most 1 characters"):
        attrs.evolve(Body(required="a"), optional="ab")
    PAGE.maybe(None)
    with pytest.raises(InvalidRequest):
        PAGE.maybe(0)


def test_a_destination_needs_somebody() -> None:
    """One of the alternatives must be there, and a blank one is not."""
    needs_one_of("Destination", Recipient=None, ContactID="C1")
    for blank in ({"Recipient": None}, {"Recipient": ""}, {"Recipient": " \t", "ContactID": None}):
        with pytest.raises(InvalidRequest, match="Destination: needs one of Recipient"):
            needs_one_of("Destination", **blank)


def test_a_destination_is_one_somebody() -> None:
    """Nobody knows which of two keys counts, and a group is many people."""
    with pytest.raises(InvalidRequest, match="takes one of Recipient, GroupCode: which of them"):
        needs_one_of("Destination", Recipient="+61421000001", ContactID=" ", GroupCode="Staff")


@pytest.mark.parametrize(
    ("given", "minutes"),
    [((None, None, None), 1440), ((5, None, None), 5), ((None, "a", "b"), None)],
)
def test_a_range_is_minutes_or_both_dates(given: tuple[Any, ...], minutes: int | None) -> None:
    """T15: there is no server default, so a day is asked for if nothing else is."""
    assert period(*given) == minutes


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((5, "a", "b"), "timePeriod: must not be given together with dateFrom and dateTo"),
        ((5, "a", None), "timePeriod: must not be given together"),
        ((None, "a", None), "dateTo: is missing"),
        ((None, None, "b"), "dateFrom: is missing"),
    ],
)
def test_a_range_is_never_half_or_doubled(given: tuple[Any, ...], said: str) -> None:
    """T15: the dates need each other, and exclude the minutes."""
    with pytest.raises(InvalidRequest, match=said):
        period(*given)


def test_any_iterable_becomes_a_list_to_send() -> None:
    """A generator is read once and frozen."""
    assert sequence(each for each in "ab") == ("a", "b")
    assert sequence({"a"}) == ("a",)
    assert sequence(None) is None


@pytest.mark.parametrize("value", ["abc", b"abc", {"a": 1}, 7])
def test_what_is_no_list_is_left_for_its_check_to_refuse(value: object) -> None:
    """A text would fall apart into characters, a mapping into its keys."""
    assert sequence(value) is value


@pytest.mark.parametrize("value", [10**5000, -(10**5000)], ids=["over", "under"])
def test_a_number_too_long_to_write_is_refused_in_words(value: int) -> None:
    """Python itself refuses to print it; the error still has it as the size."""
    with pytest.raises(InvalidRequest, match="and is far beyond") as caught:
        Number("page", minimum=1, maximum=100).check(value)
    assert caught.value.size == value
