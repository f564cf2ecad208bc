"""What a log or an error may show of a person: three digits."""

from __future__ import annotations

import pytest
from hypothesis import example, given, strategies as st

from bestsms._wire.privacy import masked

SEPARATOR = st.sampled_from(["", "", "", " ", "-", ".", "/", " (", ") ", "\u00a0", " - "])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("+61421000001 is not valid", "...001 is not valid"),
        ("call 0421 000 001 now", "call ...001 now"),
        ("+61 (0) 421-000-001", "...001"),
        ("(0421) 000 001", "(...001"),
        ("0421.000.001, 0421000002", "...001, ...002"),
        ("0421,000,001 and +61\u2013421\u2013000\u2013001", "...001 and ...001"),
        ("0421_000_001", "...001"),
        ("SendTime 2021-12-31T23:59 has passed", "SendTime 2021-12-31T23:59 has passed"),
        ("2012-03-1545 is a number", "...545 is a number"),
        ("MessageID 123456 in 24 hours", "MessageID 123456 in 24 hours"),
        ("two\r\nlines\x1b[31m", "two  lines [31m"),
        ("", ""),
    ],
)
def test_a_number_shows_its_end_only(text: str, shown: str) -> None:
    """Enough to recognise it, too little to call it; no control character reaches a log."""
    assert masked(text) == shown


def test_a_long_text_is_cut() -> None:
    """A provider's novel is not copied into a log line."""
    assert masked("x" * 301) == "x" * 300 + "..."
    assert masked("x" * 300) == "x" * 300
    assert masked("abcdef", limit=3) == "abc..."


@given(
    digits=st.lists(st.sampled_from("0123456789"), min_size=7, max_size=15),
    separators=st.lists(SEPARATOR, min_size=15, max_size=15),
    plus=st.sampled_from(["", "+", "("]),
    around=st.tuples(*[st.text("abc ,:;\n", max_size=12)] * 2),
    limit=st.integers(0, 40),
)
@example(list("61421000001"), [""] * 15, "+", ("x" * 12, ""), 20)
def test_never_more_than_three_digits_are_shown(
    digits: list[str],
    separators: list[str],
    plus: str,
    around: tuple[str, str],
    limit: int,
) -> None:
    """However a number is typed, and wherever the text is cut."""
    number = "".join(digit + gap for digit, gap in zip(digits, separators, strict=False))
    shown = masked(around[0] + plus + number + around[1], limit=limit)
    seen = "".join(character for character in shown if character.isdigit())
    assert len(seen) <= 3
    assert "".join(digits).endswith(seen) or shown.endswith("...")


@given(st.text(), st.integers(0, 50))
def test_what_is_shown_is_short_and_printable(text: str, limit: int) -> None:
    """No text breaks it, none gets longer than the limit and three dots."""
    shown = masked(text, limit=limit)
    assert len(shown) <= limit + 3
    assert shown.isprintable()
