"""The GSM 7-bit alphabet: the two tables of GSM 03.38, today 3GPP TS 23.038, 6.2.1."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["BASIC", "DEFAULT", "EXTENSION", "OUTSIDE", "SHIFTED"]

ESCAPE: Final = "\x1b"

DEFAULT: Final = (
    "@£$¥èéùìòÇ\nØø\rÅå"
    "Δ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ"
    " !\"#¤%&'()*+,-./"
    "0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNO"
    "PQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmno"
    "pqrstuvwxyzäöñüà"
)
"""The default alphabet: the character of each code from 0x00 to 0x7F, one septet each.

0x1B is the escape to the extension table. It is no character of a text: a text that holds one does
not fit into GSM-7.
"""

EXTENSION: Final = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}
"""The extension table: the character of each code after the escape, two septets together."""

BASIC: Final = DEFAULT.replace(ESCAPE, "")
"""The characters that take one septet."""
SHIFTED: Final = "".join(EXTENSION.values())
"""The characters that take two septets."""
OUTSIDE: Final = f"[^{re.escape(BASIC + SHIFTED)}]"
"""The pattern of one character that GSM-7 does not have."""
