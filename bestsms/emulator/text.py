"""Message text: placeholders, character conversion, parts and opt-out words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

_GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENDED = frozenset("^{}\\[~]|€\f")
_GSM = _GSM_BASIC | _GSM_EXTENDED
_GSM_SINGLE, _GSM_JOINED = 160, 153
_UCS2_SINGLE, _UCS2_JOINED = 70, 67

_PLACEHOLDER = re.compile(r"\[\[([^\[\]]+)\]\]")
_STOP = re.compile(r"\s*(?:STOP|OPT[ -]?OUT|UNSUB(?:SCRIBE)?)\b", re.IGNORECASE)
_START = re.compile(r"\s*(?:START|SUBSCRIBE|UNSTOP|OPT[ -]?IN)\b", re.IGNORECASE)

_PLAIN = {
    "©": "(C)",
    "®": "(R)",
    "™": "(TM)",
    "\N{LEFT SINGLE QUOTATION MARK}": "'",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "“": '"',
    "”": '"',
    "\N{EN DASH}": "-",
    "—": "-",
    "…": "...",
    "\N{NO-BREAK SPACE}": " ",
}


def parts(text: str) -> int:
    """Count the SMS parts of a text: 160/153 GSM-7 septets or 70/67 UCS-2 units (T36).

    What takes two units is never cut in two: it goes into the next part as a whole.
    """
    if _GSM_BASIC.issuperset(text):
        return 1 if len(text) <= _GSM_SINGLE else -(-len(text) // _GSM_JOINED)
    if _GSM.issuperset(text):
        units = [2 if character in _GSM_EXTENDED else 1 for character in text]
        single, joined = _GSM_SINGLE, _GSM_JOINED
    else:
        units = [2 if character > "\uffff" else 1 for character in text]
        single, joined = _UCS2_SINGLE, _UCS2_JOINED
    return 1 if sum(units) <= single else _filled(units, joined)


def _filled(units: list[int], room: int) -> int:
    count, left = 1, room
    for size in units:
        if size > left:
            count, left = count + 1, room
        left -= size
    return count


def expand(text: str, values: Mapping[str, str]) -> str:
    """Fill the ``[[…]]`` placeholders of a text for one recipient (section 1.1.1).

    Args:
        text: The message as it was sent.
        values: Lower-case placeholder names and what stands for them. ``[[Link:…]]``
            becomes its own address; a name that is not here stays as it was typed.
    """

    def fill(match: re.Match[str]) -> str:
        name = match[1].strip()
        if name.lower().startswith("link:"):
            return name[len("link:") :]
        return values.get(name.lower(), match[0])

    return _PLACEHOLDER.sub(fill, text)


def plain(text: str) -> str:
    """Do what ``CharacterConversion`` asks for: © to (C), é stays, ł and friends lose marks."""
    return "".join(map(_plain_character, text))


def _plain_character(character: str) -> str:
    if character in _GSM:
        return character
    if character in _PLAIN:
        return _PLAIN[character]
    bare = "".join(c for c in unicodedata.normalize("NFKD", character) if c in _GSM)
    return bare or character


def is_stop(text: str) -> bool:
    """Say whether a reply opts out: it begins with STOP or one of its kin (section 2.4, U23)."""
    return _STOP.match(text) is not None


def is_start(text: str) -> bool:
    """Say whether a reply opts in again: it begins with START or one of its kin."""
    return _START.match(text) is not None
