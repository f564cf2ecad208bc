"""Parts, placeholders, plain text and the words that opt out."""

import pytest

from bestsms.emulator import text


@pytest.mark.parametrize(
    ("message", "parts"),
    [
        ("", 1),
        ("x" * 160, 1),
        ("x" * 161, 2),
        ("x" * 306, 2),
        ("x" * 459, 3),
        ("x" * 460, 4),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("x" * 152 + "€" + "x" * 152, 3),
        ("x" * 66 + "🎉" + "x" * 66, 3),
        ("я" * 70, 1),
        ("я" * 71, 2),
        ("я" * 201, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
    ],
)
def test_parts_are_counted_in_septets_or_units(message, parts):
    """160/153 for GSM-7, where € counts twice; 70/67 for UCS-2, where 😀 counts twice (T36)."""
    assert text.parts(message) == parts


def test_unknown_placeholders_stay():
    """Only known names are filled; a single bracket is text."""
    values = {"firstname": "Jo", "custom1": ""}
    assert (
        text.expand("[[ FIRSTNAME ]] [[Custom1]][[Nope]] [x] [[]]", values)
        == "Jo [[Nope]] [x] [[]]"
    )


def test_what_was_filled_in_is_not_filled_again():
    """A recipient's own text cannot pull further fields."""
    assert (
        text.expand("[[FirstName]]", {"firstname": "[[custom1]]", "custom1": "x"}) == "[[custom1]]"
    )


@pytest.mark.parametrize(
    ("fancy", "plain"),
    [
        ("© 2025", "(C) 2025"),
        ("\u201ca\u201d \u2013 \u2018b\u2019 \u2026", "\"a\" - 'b' ..."),
        ("Łódź", "Łodz"),
        ("é", "é"),
        ("½", "12"),
        ("я", "я"),
    ],
)
def test_plain_text_keeps_what_has_no_plain_form(fancy, plain):
    """GSM characters stay, others lose their marks, the rest is left alone."""
    assert text.plain(fancy) == plain
