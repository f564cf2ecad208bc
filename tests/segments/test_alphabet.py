"""GSM 03.38: both tables against the published code chart, row by row."""

from __future__ import annotations

import pytest

from bestsms.segments import DEFAULT, EXTENSION, Encoding, measure

# Typed from 3GPP TS 23.038, 6.2.1 as Unicode's mapping file GSM0338.TXT lists it: sixteen code
# points a row, from 0x00. 0x09 is the capital letter, as both say today. 0x1B is the escape.
CHART = """
    0040 00A3 0024 00A5 00E8 00E9 00F9 00EC 00F2 00C7 000A 00D8 00F8 000D 00C5 00E5
    0394 005F 03A6 0393 039B 03A9 03A0 03A8 03A3 0398 039E 001B 00C6 00E6 00DF 00C9
    0020 0021 0022 0023 00A4 0025 0026 0027 0028 0029 002A 002B 002C 002D 002E 002F
    0030 0031 0032 0033 0034 0035 0036 0037 0038 0039 003A 003B 003C 003D 003E 003F
    00A1 0041 0042 0043 0044 0045 0046 0047 0048 0049 004A 004B 004C 004D 004E 004F
    0050 0051 0052 0053 0054 0055 0056 0057 0058 0059 005A 00C4 00D6 00D1 00DC 00A7
    00BF 0061 0062 0063 0064 0065 0066 0067 0068 0069 006A 006B 006C 006D 006E 006F
    0070 0071 0072 0073 0074 0075 0076 0077 0078 0079 007A 00E4 00F6 00F1 00FC 00E0
"""
ROWS = [(code, chr(int(point, 16))) for code, point in enumerate(CHART.split())]
# After the escape.
SHIFTED = {
    0x0A: 0x000C,
    0x14: 0x005E,
    0x28: 0x007B,
    0x29: 0x007D,
    0x2F: 0x005C,
    0x3C: 0x005B,
    0x3D: 0x007E,
    0x3E: 0x005D,
    0x40: 0x007C,
    0x65: 0x20AC,
}
ESCAPE = 0x1B


@pytest.mark.parametrize(("code", "character"), ROWS, ids=[f"{code:#04x}" for code, _ in ROWS])
def test_each_row_of_the_default_alphabet(code: int, character: str) -> None:
    """Takes one septet; the escape alone is no character of a text."""
    assert DEFAULT[code] == character
    measured = measure(character)
    if code == ESCAPE:
        assert measured.encoding is Encoding.UCS_2
    else:
        assert (measured.encoding, measured.units) == (Encoding.GSM_7, 1)


@pytest.mark.parametrize(
    ("code", "point"), SHIFTED.items(), ids=[f"{code:#04x}" for code in SHIFTED]
)
def test_each_row_of_the_extension_table(code: int, point: int) -> None:
    """Takes two septets, the escape and its own."""
    assert EXTENSION[code] == chr(point)
    assert (measure(chr(point)).encoding, measure(chr(point)).units) == (Encoding.GSM_7, 2)


def test_the_tables_hold_nothing_else() -> None:
    """128 codes, and ten more after the escape."""
    assert len(DEFAULT) == len(set(DEFAULT)) == len(ROWS) == 128
    assert EXTENSION.keys() == SHIFTED.keys()


def test_every_other_character_forces_ucs_2() -> None:
    """The whole basic multilingual plane: tab, backtick, ç and ê are not in GSM-7."""
    inside = {character for code, character in ROWS if code != ESCAPE} | set(
        map(chr, SHIFTED.values())
    )
    others = [each for each in map(chr, range(0x10000)) if each not in inside]
    assert {"\t", "`", "ç", "ê"} <= set(others)
    for begin in range(0, len(others), 1000):
        some = others[begin : begin + 1000]
        assert [each.character for each in measure("".join(some)).forced_by] == some
