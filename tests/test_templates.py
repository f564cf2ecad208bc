"""Templates: what placeholders need, and text from outside that must not hold any (E19)."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given, strategies as st

from bestsms import ContactID, Destination
from bestsms.templates import Kind, escape, missing, placeholders

NUMBER = "+61421000001"
FIELDS = ["Attention", "Company", "FirstName", "LastName", *(f"Custom{n}" for n in range(1, 10))]

WIDE = "\N{FULLWIDTH LEFT SQUARE BRACKET}%s\N{FULLWIDTH RIGHT SQUARE BRACKET}"

bracketed = st.text(st.sampled_from("[]⟦⟧〚〛STOP " + WIDE), max_size=12)


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (Kind.FIELD, FIELDS),
        (Kind.FILE, ["File1", "File10"]),
        (Kind.LINK, ["Link:https://example.com/?a[0]=1"]),
        (Kind.KEYWORD, ["REPLY", "STOP"]),
        (
            Kind.UNKNOWN,
            ["firstname", "First Name", " FirstName", "Custom0", "Custom10", "File0", "CustomPage"],
        ),
    ],
)
def test_placeholders_are_of_a_kind(kind: Kind, names: list[str]) -> None:
    """By their documented names, capitals included."""
    text = " ".join(f"[[{name}]]" for name in names)
    found = placeholders(text)
    assert [(each.name, each.kind) for each in found] == [(name, kind) for name in names]
    assert [text[each.start : each.end] for each in found] == [f"[[{name}]]" for name in names]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("[[[FirstName]]]", ["FirstName"]),
        ("[[a [[STOP]] b]]", ["STOP"]),
        ("[[STOP]", []),
        ("[STOP]]", []),
        ("[[]]", []),
        ("[[\n]]", ["\n"]),
        ("[ [STOP]]", []),
    ],
)
def test_the_innermost_brackets_count(text: str, names: list[str]) -> None:
    """And those that do not close are text."""
    assert [each.name for each in placeholders(text)] == names


def test_a_repr_shows_documented_names_only() -> None:
    """A link is about a person often enough, and a log is no place for it."""
    shown = repr(placeholders("[[FirstName]] [[Link:https://example.com/jess]] [[Jess]]"))
    assert "'FirstName'" in shown
    assert "jess" not in shown.lower()


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("Jess", "Jess"),
        ("[[FirstName]]", "((FirstName))"),
        ("[[Link:https://example.com]]", "((Link:https://example.com))"),
        ("a[1]", "a(1)"),
        (WIDE % WIDE % "STOP", "((STOP))"),
        ("⟦STOP⟧", "(STOP)"),
    ],
)
def test_text_from_outside_is_made_harmless(text: str, made: str) -> None:
    """Its square brackets become round, and those that a conversion may make square (E19)."""
    assert escape(text) == made


@given(bracketed, bracketed)
def test_no_two_values_make_a_placeholder(one: str, other: str) -> None:
    """Neither alone, nor together, nor with single brackets of the text around them."""
    one, other = escape(f"{one}["), escape(f"]{other}")
    for text in (one, one + other, f"[{one}STOP{other}]", f"{one}[STOP]{other}"):
        assert placeholders(text) == ()


def test_no_character_can_be_converted_into_a_bracket() -> None:
    """Of all of Unicode, by its compatibility forms: CharacterConversion may come first."""
    everything = "".join(map(chr, range(sys.maxunicode + 1)))
    assert not set(unicodedata.normalize("NFKC", escape(everything))) & {"[", "]"}


@given(st.text() | bracketed)
def test_escaping_twice_is_escaping_once(text: str) -> None:
    """So a value may pass through two layers that both take care."""
    assert escape(escape(text)) == escape(text)
    assert len(escape(text)) == len(text)


@pytest.mark.parametrize(
    ("destination", "files", "names"),
    [
        (NUMBER, 0, ("FirstName", "Custom9", "File1", "File2")),
        (NUMBER, 1, ("FirstName", "Custom9", "File2")),
        (Destination(recipient=NUMBER, first_name="Jess"), 2, ("Custom9",)),
        (Destination(recipient=NUMBER, first_name="", custom9="x"), 2, ()),
        (Destination(contact_id="C1"), 2, ()),
        (Destination(group_id="G1"), 2, ()),
        (Destination(group_code="Staff"), 2, ()),
        (ContactID("C1"), 2, ()),
        (None, 0, ("File1", "File2")),
    ],
)
def test_what_has_no_value_is_missing(
    destination: Destination | str | None, files: int, names: tuple[str, ...]
) -> None:
    """A field of a number, and a file; what the provider may know or make is not."""
    text = "[[FirstName]] [[Custom9]] [[File1]] [[File2]] [[File1]] [[STOP]] [[Link:https://x.y]]"
    assert missing(text, destination, files) == names
