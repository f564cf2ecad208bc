"""Numbers as an Australian account types them (section 2.4)."""

import pytest

from bestsms.emulator.numbers import fault, normalise


@pytest.mark.parametrize(
    "written",
    [
        "+61421000001",
        "0061421000001",
        "61421000001",
        "0421000001",
        "421000001",
        "(04) 2100-0001",
        "+61 421.000.001",
    ],
)
def test_one_australian_mobile_in_all_its_forms(written):
    """Each documented form is the same E.164 number."""
    assert normalise(written) == "+61421000001"
    assert fault(written) is None


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("+6421000001", "+6421000001"),
        ("006421000001", "+6421000001"),
        ("6421000001", "+6421000001"),
    ],
)
def test_other_countries_need_plus_or_zeros(written, number):
    """A foreign number keeps its country code."""
    assert normalise(written) == number


@pytest.mark.parametrize(
    ("written", "result"),
    [
        ("12", "Invalid Mobile Number (RP-Min)"),
        ("+", "Bad Number"),
        ("+1234567890123456", "Invalid Mobile Number (RP-Max)"),
        ("", "Bad Number"),
        ("BestSMS", "Bad Number"),
        ("+61x21000001", "Bad Number"),
        ("\u0660\u0664\u0662\u0661\u0660\u0660\u0660\u0660\u0660\u0661", "Bad Number"),
    ],
)
def test_what_is_no_number_says_why(written, result):
    """The delivery result tells too short, too long, or no number at all (2.2)."""
    assert normalise(written) is None
    assert fault(written) == result
