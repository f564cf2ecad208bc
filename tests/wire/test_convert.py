"""Models from decoded bodies and back: lenient about spellings, never about shapes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import given, strategies as st

from bestsms import api
from bestsms._wire.convert import WrongShape, spellings, structure, to_dict
from bestsms._wire.model import ACCEPT, VERSIONS, WIRE, Answer, Model, OpenStrEnum

# -- one model with one field of every kind --------------------------------------------------------


class Colour(OpenStrEnum):
    """An enum of its own."""

    RED = "Red"


@attrs.frozen(kw_only=True)
class Part(Answer):
    """What a list holds."""

    name: str
    count: int | None = None


@attrs.frozen(kw_only=True)
class Thing(Answer):
    """One field of every kind that the API has."""

    text: str | None = attrs.field(default=None, metadata={ACCEPT: ("OldText", "OlderText")})
    count: int | None = None
    flag: bool | None = None
    price: Decimal | None = None
    colour: Colour | None = None
    part: Part | None = None
    parts: tuple[Part, ...] = attrs.field(default=(), metadata={WIRE: "Some-Parts"})


@attrs.frozen(kw_only=True)
class Wish(Model):
    """A request whose one key changed its name."""

    key: str = attrs.field(metadata={VERSIONS: {"2.03": "GroupCode"}})
    colour: Colour | None = None


NESTED = {"name": "x", "deep": [1, {"er": None}]}


# -- reading ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "came", "read"),
    [
        ("Text", "abc", "abc"),
        ("Text", 12, "12"),  # an ID of version 2.03 is a number
        ("Text", Decimal("1.50"), "1.50"),
        ("Count", 3, 3),
        ("Count", "3", 3),  # XML has nothing but text
        ("Flag", True, True),
        ("Flag", "false", False),
        ("Flag", "True", True),
        ("Price", 1, Decimal(1)),
        ("Price", "0.10", Decimal("0.10")),
        ("Price", Decimal("0.10"), Decimal("0.10")),
        ("Colour", "RED", Colour.RED),
        ("Colour", "Mauve", Colour("Mauve")),
        ("Part", {"Name": "a"}, Part(name="a")),
        ("Some-Parts", [{"Name": "a"}, {"Name": "b"}], (Part(name="a"), Part(name="b"))),
        ("Some-Parts", {"Name": "a"}, (Part(name="a"),)),  # T66: a lone object is a list of one
        ("Some-Parts", [], ()),
    ],
)
def test_a_value_is_read_as_what_it_means(field: str, came: object, read: object) -> None:
    """Numbers and truths may come as text, IDs as numbers, and an enum's value in any case."""
    thing = structure({field: came}, Thing)
    (attribute,) = (each.name for each in attrs.fields(Thing) if spellings(each)[0] == field)
    assert getattr(thing, attribute) == read
    assert type(getattr(thing, attribute)) is type(read)
    assert thing.extra == {}


@pytest.mark.parametrize(
    ("field", "came", "problem"),
    [
        ("Text", True, "text is needed, and true or false came"),
        ("Text", ["a"], "text is needed, and a list came"),
        ("Text", {"a": 1}, "text is needed, and an object came"),
        ("Count", "3.0", "a whole number is needed, and text came"),
        ("Count", Decimal("3.5"), "a whole number is needed, and a number came"),
        ("Count", False, "a whole number is needed, and true or false came"),
        ("Flag", "yes", "true or false is needed, and text came"),
        ("Flag", 1, "true or false is needed, and a number came"),
        ("Price", "cheap", "a decimal number is needed, and text came"),
        ("Price", "NaN", "a decimal number is needed, and text came"),
        ("Price", "Infinity", "a decimal number is needed, and text came"),
        ("Price", True, "a decimal number is needed, and true or false came"),
        ("Colour", {}, "text is needed, and an object came"),
        ("Part", "a", "an object is needed, and text came"),
        ("Some-Parts", "abc", "a list is needed, and text came"),
    ],
)
def test_a_wrong_shape_is_an_error_and_never_a_guess(
    field: str, came: object, problem: str
) -> None:
    """Where cattrs would make 'None', True or ['a', 'b', 'c'], the field and the need are named."""
    with pytest.raises(WrongShape) as caught:
        structure({field: came}, Thing)
    assert (caught.value.path, caught.value.problem) == (f"$.{field}", problem)


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ([], "$"),
        ({"Part": {}}, "$.Part.Name"),
        ({"Part": {"Name": "a", "Count": []}}, "$.Part.Count"),
        ({"Some-Parts": [{"Name": "a"}, {"Name": {}}]}, "$.Some-Parts[1].Name"),
        ({"Some-Parts": [{"Name": "a"}, None]}, "$.Some-Parts[1]"),
        ({"OldText": []}, "$.OldText"),
    ],
)
def test_the_path_leads_to_the_value(body: Any, path: str) -> None:
    """Through objects and lists, in the spelling that came."""
    with pytest.raises(WrongShape) as caught:
        structure(body, Thing)
    assert caught.value.path == path


def test_a_missing_value_is_named_where_it_should_stand() -> None:
    """A required field may be neither missing, null nor blank."""
    for body in ({}, {"Name": None}, {"Name": ""}):
        with pytest.raises(WrongShape, match="a value is needed, and nothing came") as caught:
            structure(body, Part)
        assert caught.value.path == "$.Name"


@pytest.mark.parametrize("absent", [None, ""])
@pytest.mark.parametrize("field", ["Text", "Count", "Flag", "Price", "Colour", "Part"])
def test_null_and_blank_are_absent(field: str, absent: object) -> None:
    """T103, U12: the provider shows an empty ContactID or Price as ``""``."""
    assert structure({field: absent}, Thing) == Thing()


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"OldText": "old"}, "old"),
        ({"Text": "new", "OldText": "old"}, "new"),
        ({"OldText": "old", "Text": "new"}, "new"),
        ({"OldText": "old", "Text": ""}, "old"),
        ({"Text": None, "OlderText": "older"}, "older"),
        ({"OlderText": "older", "OldText": "old"}, "older"),
    ],
)
def test_a_field_of_many_spellings_is_one_field(body: dict[str, Any], text: str) -> None:
    """Its own name wins in any order; among the others the first that has a value does."""
    thing = structure(body, Thing)
    assert thing.text == text
    assert thing.extra == {}


def test_unknown_fields_are_kept_as_they_came() -> None:
    """In ``extra``: nothing that the provider says is lost, null and blank included."""
    body = {"Text": "a", "New": NESTED, "Void": None, "Blank": "", "text": "lower case"}
    assert structure(body, Thing).extra == {
        "New": NESTED,
        "Void": None,
        "Blank": "",
        "text": "lower case",
    }


def test_a_request_model_has_no_room_for_unknown_fields() -> None:
    """Only answers keep what is not known; a field called extra is not on the wire."""
    assert structure({"Key": "k", "Other": 1}, Wish) == Wish(key="k")
    assert structure({"Text": "a", "Extra": 1}, Thing).extra == {"Extra": 1}


# -- writing ---------------------------------------------------------------------------------------


def test_a_value_that_is_not_given_is_left_out() -> None:
    """T43: never null."""
    assert to_dict(Wish(key="k"), "2.04") == {"Key": "k"}


def test_each_version_has_its_own_names() -> None:
    """T4: the group's key is ``GroupCode`` in 2.03."""
    wish = Wish(key="k", colour=Colour("Mauve"))
    assert to_dict(wish, "2.03") == {"GroupCode": "k", "Colour": "Mauve"}
    assert to_dict(wish, "2.04") == {"Key": "k", "Colour": "Mauve"}


def test_what_is_written_is_plain() -> None:
    """Enums and decimals go out as text, tuples as lists, and an answer's extra fields as kept."""
    thing = Thing(
        price=Decimal("0.10"), colour=Colour.RED, parts=(Part(name="a"),), extra={"New": NESTED}
    )
    written = to_dict(thing, "2.04")
    assert written == {
        "Price": "0.10",
        "Colour": "Red",
        "Some-Parts": [{"Name": "a"}],
        "New": NESTED,
    }
    assert type(written["Colour"]) is str


# -- every model of the API ------------------------------------------------------------------------

NAMED = [getattr(api, name) for name in api.__all__]
MODELS = sorted(
    (each for each in NAMED if isinstance(each, type) and issubclass(each, Model)),
    key=lambda model: model.__name__,
)


@pytest.mark.parametrize("kind", MODELS, ids=lambda kind: kind.__name__)
def test_no_spelling_means_two_fields(kind: type[Model]) -> None:
    """Every wire name, of its own or accepted, leads to one attribute."""
    names = [
        name
        for field in attrs.fields(kind)
        if field.name != "extra"
        for own, others in [spellings(field)]
        for name in (own, *others)
    ]
    assert len(names) == len(set(names))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.decimals(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(body=JSON | st.dictionaries(st.sampled_from(["Result", "Recipients", "Status"]), JSON))
def test_nothing_but_a_wrong_shape_is_raised(body: object) -> None:
    """Whatever JSON a server answers, reading it ends in a model or in the one typed error."""
    try:
        report = structure(body, api.Report)
    except WrongShape as error:
        assert error.path.startswith("$")  # noqa: PT017 - both ways out are right
    else:
        assert isinstance(report, api.Report)
