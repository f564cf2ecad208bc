"""Measuring: how many parts a text takes, and why."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from bestsms.segments import DEFAULT, EXTENSION, Encoding, Segments, measure, parts

GSM = DEFAULT.replace("\x1b", "") + "".join(EXTENSION.values())
PARTY = "\N{PARTY POPPER}"

# Many escapes and pairs, so that the ends of parts are met; no brackets, for they may close.
texts = st.text(st.sampled_from("aé€^|ê中…" + PARTY), max_size=400) | st.text(max_size=300)
gsm_texts = st.text(st.sampled_from("aé€^~|"), max_size=700)


@pytest.mark.parametrize(
    ("text", "encoding", "units", "count", "left"),
    [
        ("", "GSM-7", 0, 1, 160),
        ("a", "GSM-7", 1, 1, 159),
        ("a" * 160, "GSM-7", 160, 1, 0),
        ("a" * 161, "GSM-7", 161, 2, 145),
        ("a" * 306, "GSM-7", 306, 2, 0),
        ("é" * 307, "GSM-7", 307, 3, 152),
        ("a" * 459, "GSM-7", 459, 3, 0),  # the three-part limit (T36)
        ("a" * 460, "GSM-7", 460, 4, 152),
        ("€" * 80, "GSM-7", 160, 1, 0),
        ("a€" * 54, "GSM-7", 162, 2, 144),
        ("ê" * 70, "UCS-2", 70, 1, 0),
        ("ê" * 71, "UCS-2", 71, 2, 63),
        ("ê" * 201, "UCS-2", 201, 3, 0),  # not the 210 of the references (T36)
        ("ê" * 202, "UCS-2", 202, 4, 66),
        (PARTY * 35, "UCS-2", 70, 1, 0),
        ("ê" + "€" * 69, "UCS-2", 70, 1, 0),
    ],
    ids=lambda value: str(value)[:6],
)
def test_a_text_takes_parts(text: str, encoding: str, units: int, count: int, left: int) -> None:
    """160 septets alone or 153 of several; 70 code units or 67."""
    measured = measure(text)
    assert (measured.encoding, measured.units) == (encoding, units)
    assert (measured.parts, measured.units_left) == (count, left)
    assert measured.exact


def test_an_escaped_character_is_not_split() -> None:
    """The 153rd septet stays empty if the escape would stand in it and its character would not."""
    assert measure("a" * 152 + "€" + "a" * 152).parts == 3  # 306 septets, which fit two parts
    assert measure("a" * 151 + "€" + "a" * 153).parts == 2
    assert measure("€" * 153).parts == 3
    assert measure("€" * 153).units_left == 153 - 2


def test_a_surrogate_pair_is_not_split() -> None:
    """The 67th unit stays empty if half of an emoji would stand in it."""
    assert measure("a" * 66 + PARTY + "a" * 66).parts == 3  # 134 units, which fit two parts
    assert measure("a" * 65 + PARTY + "a" * 67).parts == 2
    assert measure(PARTY * 67).parts == 3


@pytest.mark.parametrize(("character", "most"), [("a", 459), ("ê", 201)])
def test_more_than_three_parts_are_over_the_limit(character: str, most: int) -> None:
    """459 characters of GSM-7, 201 of Unicode (T36)."""
    assert not measure(character * most).over_limit
    assert measure(character * (most + 1)).over_limit


def test_what_forces_ucs_2_is_named_and_placed() -> None:
    """Each occurrence, by its index in the text as it was given, placeholders included."""
    forced = measure("[[Custom1]] ê\t“ é").forced_by
    assert [(each.character, each.index) for each in forced] == [("ê", 12), ("\t", 13), ("“", 14)]
    assert [each.name for each in forced] == [
        "LATIN SMALL LETTER E WITH CIRCUMFLEX",
        "U+0009",
        "LEFT DOUBLE QUOTATION MARK",
    ]
    assert measure("[[ê]] é").forced_by == ()
    assert [each.index for each in measure("[[ê]] ê").forced_by] == [6]


def test_of_a_long_text_the_first_thousand_are_listed() -> None:
    """A text of many megabytes costs no more memory than it must."""
    measured = measure("ê" * 5000)
    assert [each.index for each in measured.forced_by] == list(range(1000))
    assert measured.units == 5000


def test_placeholders_are_unknown() -> None:
    """Nothing is known of what stands for them, so the parts are the least they can be."""
    measured = measure("Hi [[FirstName]], see [[Link:https://example.com]]")
    assert (measured.unknown, measured.units, measured.exact) == (2, len("Hi , see "), False)
    assert measure("[[File1]]").parts == 1
    assert measure("[brackets] [[that do not close").unknown == 0


@pytest.mark.parametrize(
    ("text", "saved"),
    [
        ("ê" * 70, 0),
        ("ê" * 71, 1),
        ("©" * 71, 0),  # 213 septets of "(C)"
        ("中" + "ê" * 200, 0),
        ("a" * 160, 0),
    ],
)
def test_conversion_may_save_parts(text: str, saved: int) -> None:
    """As many as it has more than its plain form."""
    assert measure(text).saved_by_conversion == saved
    assert measure(text).parts - measure(text, character_conversion=True).parts == saved


def test_a_conversion_that_costs_parts_saves_none() -> None:
    """An emoji keeps the text UCS-2, and each "…" becomes three dots: 301 units for 101."""
    text = PARTY + "…" * 99
    assert (measure(text).parts, measure(text).saved_by_conversion) == (2, 0)
    assert measure(text, character_conversion=True).parts == 5


def test_what_is_converted_is_counted_plain() -> None:
    """It is not exact: the provider does not say what it converts. What stays is still named."""
    converted = measure("“ê” 中", character_conversion=True)
    assert [(each.character, each.index) for each in converted.forced_by] == [("中", 4)]
    assert (converted.exact, converted.saved_by_conversion) == (False, 0)
    assert measure("plain", character_conversion=True) == measure("plain")
    assert not measure("ê", character_conversion=True).exact
    assert measure("中", character_conversion=True).exact


def test_a_repr_holds_nothing_of_the_text() -> None:
    """A measured text may be in a log; its words are not."""
    assert "中" not in repr(measure("中文"))
    assert "parts=1" in repr(measure("中文"))


def test_half_a_pair_is_measured_too() -> None:
    """It can't be sent, and the refusal of that is not this function's."""
    assert measure("\ud83d").units == 1
    assert measure("\ud83d" * 71).encoding is Encoding.UCS_2


def naive(text: str) -> tuple[str, int]:
    """Lay a text out by hand, character by character."""
    fits = all(each in GSM for each in text)
    sizes = [
        (2 if each in EXTENSION.values() else 1) if fits else (2 if ord(each) > 0xFFFF else 1)
        for each in text
    ]
    alone, joined = (160, 153) if fits else (70, 67)
    count, room = 1, joined
    for size in sizes:
        if size > room:
            count, room = count + 1, joined
        room -= size
    return ("GSM-7" if fits else "UCS-2", 1 if sum(sizes) <= alone else count)


@given(texts | gsm_texts)
def test_parts_are_laid_out_in_jumps_as_by_hand(text: str) -> None:
    """The fast way counts what the slow way does."""
    if "[[" not in text:
        encoding, count = naive(text)
        assert parts(text) == (encoding, count, True)
        measured = measure(text)
        assert (measured.encoding, measured.parts) == (encoding, count)


@given(texts | gsm_texts)
def test_parts_hold_what_they_say(text: str) -> None:
    """What is used and what is left never exceeds the parts, and never leaves one of them out."""
    measured = measure(text)
    gsm = measured.encoding is Encoding.GSM_7
    alone, joined = (160, 153) if gsm else (70, 67)
    size = alone if measured.parts == 1 else joined
    assert 0 <= measured.units_left <= size
    # A part but the last may stay one unit short.
    gaps = measured.parts * size - measured.units - measured.units_left
    assert 0 <= gaps < measured.parts
    assert bool(measured.forced_by) is not gsm
    assert 0 <= measured.saved_by_conversion < measured.parts


@given(texts, texts)
def test_a_longer_text_never_takes_fewer_parts(text: str, more: str) -> None:
    """Not even if what is added changes the encoding."""
    if "[[" not in text + more:
        assert measure(text).parts <= measure(text + more).parts


@given(before=texts, value=texts, after=texts, conversion=st.booleans())
def test_what_is_filled_in_never_takes_fewer_parts(
    before: str, value: str, after: str, *, conversion: bool
) -> None:
    """The parts of a text with a placeholder are a lower bound."""
    if "[" not in before + value + after and "]" not in before + value + after:
        least = measure(f"{before}[[Custom1]]{after}", character_conversion=conversion)
        filled = measure(f"{before}{value}{after}", character_conversion=conversion)
        assert least.unknown == 1
        assert least.parts <= filled.parts


@given(st.text(st.sampled_from("[]aé€ê" + PARTY), max_size=300))
def test_brackets_of_any_shape_are_measured(text: str) -> None:
    """Every text has a measure, however its brackets stand."""
    assert isinstance(measure(text), Segments)
    assert measure(text).exact is (measure(text).unknown == 0)


@given(texts | gsm_texts | st.text(st.sampled_from(GSM)))
def test_an_independent_implementation_agrees(text: str) -> None:
    """PyPI's smsutil lays texts out as we do.

    Known differences: it takes the escape for a character of GSM-7, says UCS-2 of no text at all,
    and knows no placeholders.
    """
    smsutil = pytest.importorskip("smsutil", reason="smsutil is in the test extra")
    if text and "\x1b" not in text and "[[" not in text:
        split = smsutil.split(text)
        measured = measure(text)
        assert measured.parts == len(split.parts)
        gsm = measured.encoding is Encoding.GSM_7
        assert split.encoding == ("gsm0338" if gsm else "utf_16_be")
        assert split.total_bytes == measured.units * (1 if gsm else 2)
