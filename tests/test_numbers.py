"""Numbers as people type them, in the one form that is compared and sent."""

from __future__ import annotations

import re
import sys
from typing import Any

import phonenumbers
import pytest
from hypothesis import given, settings, strategies as st

from bestsms import ConfigurationError, InvalidRequest, Verdict
from bestsms.numbers import Number, Reader, _asked, _mobile, e164, shown

NUMBER = "+61421000001"
MAIN_REGIONS = sorted(
    region
    for region in phonenumbers.SUPPORTED_REGIONS
    if phonenumbers.region_code_for_country_code(phonenumbers.country_code_for_region(region))
    == region
)


@pytest.mark.parametrize(
    "text",
    [
        NUMBER,
        "+61 421 000 001",
        "+61-421-000-001",
        "(+61) 421.000.001",
        "0061 421 000 001",
        "  +61421000001\r\n",
        "+61\u00a0421\u2009000\u202f001",  # spaces of a word processor
        "+61\u2011421\u2013000\u2212001",  # its dashes
        "\u202a+61421000001\u202c",  # what a phone's address book puts around a number
    ],
)
def test_an_international_number_needs_no_library(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    """Separators go, a leading ``00`` is a plus sign; as the provider does it (section 2.4)."""
    monkeypatch.setitem(sys.modules, "phonenumbers", None)
    assert e164(text) == NUMBER


@pytest.mark.parametrize(
    ("text", "region", "number"),
    [
        ("0421 000 001", "AU", NUMBER),
        ("421 000 001", "AU", NUMBER),
        ("61421000001", "AU", NUMBER),
        ("+61 (0)421 000 001", "AU", NUMBER),
        ("0061 421 000 001", "AU", NUMBER),
        ("0011 64 21 100 001", "AU", "+6421100001"),
        ("(02) 9374 4000", "AU", "+61293744000"),
        ("0421.000.000", "AU", "+61421000000"),
        ("021 100 001", "NZ", "+6421100001"),
        ("021-100 001", "nz", "+6421100001"),
        ("+61 421 000 001", "NZ", NUMBER),
        ("06 12345678", "IT", "+390612345678"),  # where the zero stays
        ("(876) 555-0123", "JM", "+18765550123"),
    ],
)
def test_a_national_number_is_read_as_its_region_writes_it(
    text: str, region: str, number: str
) -> None:
    """Also with what that region dials for abroad, and with the code but no plus sign."""
    assert e164(text, region) == number


@pytest.mark.parametrize(
    ("text", "region", "why"),
    [
        ("0421 000 001", None, "no international form that can be told"),
        ("61421000001", None, "no international form that can be told"),
        ("12345", None, "no international form that can be told"),
        ("12345", "AU", "can exist"),
        ("5", "AU", "can exist"),  # which the library takes for no number at all
        ("+999 000 000 000", "AU", "can exist"),
        ("0421 000 00", "AU", "can exist"),
        ("+6142100000", "AU", "can exist"),
        ("021 100 001", "AU", "can exist"),
        ("0333 342 0412", "CO", "can exist"),  # where a zero is more than a prefix
        ("+61 (0)421 000 001", None, "leave it out"),
        ("+61 ( 0 )421 000 001", None, "leave it out"),
        ("+61 [0]421 000 001", None, "leave it out"),
        ("0011 64 21 100 001", None, "no E.164 number"),  # nothing begins with +11
        ("+0421000001", None, "no E.164 number"),
        ("+612345", None, "no E.164 number"),
        ("+6142100000123456", None, "no E.164 number"),
        ("+1 900 555", None, "no E.164 number"),
        ("+61421000003.0", None, "a number of a spreadsheet, with decimals"),
        ("61421000003.0", "AU", "a number of a spreadsheet, with decimals"),
        ("421000003.00", "AU", "a number of a spreadsheet, with decimals"),
        ("+", None, "digits are needed"),
        ("", "AU", "digits are needed"),
        ("61+421000001", "AU", "digits are needed"),
        ("++61421000001", None, "digits are needed"),
        ("+61421000001,+1900123456", None, "holds ','"),
        ("+61421000001\n+1900123456", None, r"holds '\\n'"),
        ("+61421000001;ext=5", "AU", "holds ';'"),
        ("tel:+61421000001", "AU", "holds 't'"),
        ("+61421000001 x5", "AU", "holds 'x'"),
        ("1300 FLOWER", "AU", "holds 'F'"),
        ("+\uff16\uff11421000001", "AU", r"holds '\\uff16'"),
        ("+61421\u0660\u0660\u0660001", None, r"holds '\\u0660'"),
        ("\uff0b61421000001", None, r"holds '\\uff0b'"),
        ("+1000\u202e1246+", None, r"holds '\\u202e'"),  # reorders what is read
    ],
)
def test_what_is_no_single_number_is_refused(text: str, region: str | None, why: str) -> None:
    """Lists, extensions, letters, digits of other scripts, and what can't exist."""
    with pytest.raises(InvalidRequest, match=why) as caught:
        e164(text, region)
    assert caught.value.field == "Recipient"
    assert caught.value.verdict is Verdict.NOT_SENT
    assert "421" not in str(caught.value).replace("such as +61421000001", "")


def test_what_is_no_text_is_refused() -> None:
    """A number of the other kind has lost its plus sign, and perhaps its zero."""
    number: Any = 421000001
    with pytest.raises(InvalidRequest, match="must be text, not int"):
        e164(number)


def test_what_is_shown_of_a_number_is_its_end() -> None:
    """Three digits; no letter, and nothing of what is around them."""
    assert shown("Jo <+61 421 000 001>") == "...001"
    assert shown("+61421\u0660\u0660\u0660001") == "...001"
    assert shown("Jo Bloggs") == "a text without digits"
    assert len(shown("4" * 100_000)) == 6


@pytest.mark.parametrize("region", ["UK", "AUS", "", "aux", 61])
def test_an_unknown_region_is_a_wrong_setting(region: Any) -> None:
    """ISO has GB; the error says what is needed."""
    with pytest.raises(ConfigurationError, match="two letters of ISO 3166"):
        e164(NUMBER, region)


def test_without_the_library_the_error_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The extra is named as pip wants it."""
    monkeypatch.setitem(sys.modules, "phonenumbers", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'bestsms-async\[numbers\]'"):
        e164("0421000001", "AU")


def test_regions_without_a_home_know_no_national_form() -> None:
    """Whose mobiles are read fast says nothing of where a number in national form is from."""
    reader = Reader(regions=["AU", "CX", "NZ"])
    assert reader.read(NUMBER) == Number(NUMBER, "AU")
    assert reader.read("+61 8 9164 1234") == Number("+61891641234", "CX")
    with pytest.raises(ValueError, match="no international form"):
        reader.read("0421 000 001")


def test_premium_rate_and_shared_cost_are_told() -> None:
    """190 and 13 are what they are; a mobile and a free number are not."""
    reader = Reader("AU")
    costly = [reader.read(text).costly for text in ("1900 123 456", "13 11 14", "1800 000 000")]
    assert costly == [True, True, False]


@given(st.text(alphabet=st.one_of(st.sampled_from("+0123456789 -()"), st.characters())))
@settings(max_examples=300)
def test_what_is_read_is_ascii_e164_and_stays_as_it_is(text: str) -> None:
    """Whatever comes in: a plus sign and 7 to 15 digits come out, or a refusal."""
    for region in (None, "AU", "US"):
        try:
            number = e164(text, region)
        except InvalidRequest:
            continue
        assert re.fullmatch(r"\+[1-9][0-9]{6,14}", number)
        assert e164(number) == e164(number, region) == number


@given(st.data(), st.sampled_from(MAIN_REGIONS))
@settings(max_examples=200)
def test_the_fast_way_reads_what_the_library_reads(data: st.DataObject, region: str) -> None:
    """Of every region whose mobiles are read by one pattern, in both forms."""
    mobile = _mobile(region, home=True)
    assert mobile is not None
    text = data.draw(st.from_regex(mobile[0], fullmatch=True))
    assert Reader(region).read(text) == _asked(text, region)
