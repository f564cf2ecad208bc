"""What CharacterConversion would make of a text: an estimate that promises little."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from bestsms.segments import DEFAULT, EXTENSION, plain


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("© ® ™", "(C) (R) (TM)"),  # the references' own example is the first
        (
            "“quoted” „so‟ \N{LEFT SINGLE QUOTATION MARK}x\N{RIGHT SINGLE QUOTATION MARK}",
            '"quoted" "so" \'x\'',
        ),
        ("1\N{EN DASH}2 \N{EM DASH} \N{MINUS SIGN}3 \N{NON-BREAKING HYPHEN}", "1-2 - -3 -"),
        ("wait…", "wait..."),
        ("a\N{NO-BREAK SPACE}b\N{NARROW NO-BREAK SPACE}c", "a b c"),
        ("• one", "* one"),
        ("crème brûlée", "crème brulée"),
        ("Māori, Nguyễn, Łódź", "Maori, Nguyen, Łodz"),
        ("oﬃce", "office"),
    ],
)
def test_typography_and_accents_become_plain(text: str, made: str) -> None:
    """What GSM-7 has stays: è and é do."""
    assert plain(text) == made


@pytest.mark.parametrize(
    "text",
    [
        "中文",
        "\N{PARTY POPPER}",
        "Привет",
        "½",
        "²",
        "ł",
        "Ά",
        "\N{HALFWIDTH KATAKANA VOICED SOUND MARK}",
        "\t",
        "`",
    ],
)
def test_what_has_no_plain_form_stays(text: str) -> None:
    """No saving is promised that may not come."""
    assert plain(text) == text


@given(st.text(st.sampled_from(DEFAULT.replace("\x1b", "") + "".join(EXTENSION.values()))))
def test_gsm_7_stays_as_it_is(text: str) -> None:
    """Nothing of it needs a conversion."""
    assert plain(text) == text


@given(st.text())
def test_a_plain_text_is_plain(text: str) -> None:
    """Twice does no more than once."""
    assert plain(plain(text)) == plain(text)
