"""Phone numbers in E.164 form: a plus sign, the country's code and the number, digits only.

What is written internationally is read here. What is written nationally, and whether a number can
exist at all, is left to the phonenumbers library, which comes with the extra ``numbers``.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from bestsms._wire.privacy import masked
from bestsms.errors import ConfigurationError, InvalidRequest

__all__ = [
    "DECIMALS",
    "FOREIGN",
    "HAS_DECIMALS",
    "Number",
    "Reader",
    "Refused",
    "e164",
    "region_code",
    "shown",
]

# Of the zone +1 every number has eleven digits, and no area code begins with 0 or 1: so "0011 64",
# as Australians dial abroad, is not taken for a number of that zone.
_E164: Final = re.compile(r"\+(?:1[2-9][0-9]{9}|[2-9][0-9]{6,14})")
_BARE: Final = re.compile(r"\+?[0-9]+")
FOREIGN: Final = re.compile(
    r"[^0-9+ .()\[\]\u00a0\u2009\u202f\-\u2010-\u2013\u2212\u200e\u202a\u202c\u2068\u2069\ufeff]"
)
"""What is neither a digit nor a separator. The last few are invisible: phones' address books put
them around a number that is copied. Marks that reorder what is read are none of them."""
DECIMALS: Final = re.compile(r"[^.]*\.0+|.*\.0")
"""What a spreadsheet or a table with gaps makes of a number; ``0421.000.000`` is none of it."""
HAS_DECIMALS: Final = (
    "looks like a number of a spreadsheet, with decimals: make the column text, without the .0"
)
_SEPARATOR: Final = re.compile(r"[^0-9+]+")
_TRUNK_ZERO: Final = r"[(\[]\s*0\s*[)\]]"
_MOST_SHOWN: Final = 40


class Refused(ValueError):
    """Why a number is refused, in words that follow the number."""


class Number(NamedTuple):
    """A number that was read.

    Attributes:
        text: The number in E.164 form.
        region: Its region, as ``AU``; ``None`` where the library was not asked, and ``001`` for a
            number of no country.
        costly: Whether the library knows it as premium rate or shared cost.
    """

    text: str
    region: str | None = None
    costly: bool = False


def e164(text: str, region: str | None = None) -> str:
    """Return a phone number in E.164 form.

    Spaces, dashes, dots and brackets are taken out, and a leading ``00`` is a plus sign. Anything
    else that is no ASCII digit is refused: letters, commas, extensions, digits of other scripts. So
    are decimals, ``61421000001.0``, which a spreadsheet or a table with gaps makes of a number.

    Args:
        text: The number as a person typed it.
        region: Where a number in national form is from, ``"AU"`` or any region of ISO 3166. With
            it the number must also be one that can exist, wherever it is from.

    Returns:
        The number as it is sent, ``+61421000001``. Give it back and it stays as it is.

    Raises:
        InvalidRequest: It is no number, or one in national form without a region. The error shows
            its last three digits.
        ConfigurationError: The region is unknown, or the extra ``numbers`` is not installed.

    Example:
        >>> e164("+61 421 000 001")
        '+61421000001'
        >>> e164("(02) 9374 4000", "AU")
        '+61293744000'
    """
    reader = Reader() if region is None else _reader(region_code("region", region))
    if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidRequest("Recipient", f"must be text, not {type(text).__name__}")
    try:
        return reader.read(text).text
    except Refused as why:
        raise InvalidRequest("Recipient", f"{shown(text)} {why}", size=len(text)) from None


def shown(text: str) -> str:
    """Return what may be shown of a number in an error: its last three digits, and no letters."""
    digits = "".join(each for each in text if each.isdecimal())
    return masked(digits[-_MOST_SHOWN:]) or "a text without digits"


def region_code(setting: str, value: object) -> str:
    """Return a region as the library writes it.

    Args:
        setting: The name of the setting, for the error.
        value: Two letters of ISO 3166, in any case.

    Raises:
        ConfigurationError: The library is not installed, or does not know the region.
    """
    try:
        from phonenumbers import SUPPORTED_REGIONS  # noqa: PLC0415 - an extra
    except ImportError:
        raise ConfigurationError(
            f"{setting}: the phonenumbers library is needed: pip install 'bestsms-async[numbers]'"
        ) from None
    if isinstance(value, str) and value.upper() in SUPPORTED_REGIONS:
        return value.upper()
    raise ConfigurationError(
        f"{setting}: {value!r} is no region that the phonenumbers library knows; two letters of "
        "ISO 3166 are needed, such as 'AU', 'NZ' or 'GB'."
    )


class Reader:
    """Reads numbers as people type them.

    Args:
        region: Where numbers in national form are from; a :func:`region_code`.
        regions: The regions most numbers are from, whose mobiles are read without the library's
            parser, which takes a tenth of a millisecond. With a region the library decides of every
            number whether it can exist.
    """

    __slots__ = ("_asks", "_mobiles", "_region")

    def __init__(self, region: str | None = None, regions: Iterable[str] = ()) -> None:
        several = {region, *regions} if region else {*regions}
        self._region = region
        self._asks = bool(several)
        self._mobiles = [
            mobile for each in sorted(several) if (mobile := _mobile(each, home=each == region))
        ]

    def read(self, text: str) -> Number:
        """Read one number.

        Raises:
            Refused: It is none, or its international form can't be told.
        """
        bare = text if _BARE.fullmatch(text) else _without_separators(text)
        for pattern, code, region in self._mobiles:
            if found := pattern.fullmatch(bare):
                return Number(f"+{code}{found[1]}", region)
        if self._region is not None:
            return _asked(bare, self._region)
        if re.search(_TRUNK_ZERO, text):
            raise Refused("holds a (0), which is not dialled from abroad: leave it out")
        number = f"+{bare[2:]}" if bare.startswith("00") else bare
        if not number.startswith("+"):
            raise Refused(
                "has no international form that can be told: write it with + and the country's "
                "code, or name its region (default_region)"
            )
        if not _E164.fullmatch(number):
            raise Refused("is no E.164 number: a country's code and 7 to 15 digits in all")
        return _asked(number, None) if self._asks else Number(number)


_reader = functools.lru_cache(maxsize=64)(Reader)


def _without_separators(text: str) -> str:
    # White space around a number is what a file or a form leaves.
    stripped = text.strip()
    if foreign := FOREIGN.search(stripped):
        raise Refused(
            f"holds {foreign[0]!a}, which is neither a digit of 0 to 9 nor a separator: one number "
            "is needed, such as +61421000001"
        )
    if DECIMALS.fullmatch(stripped):
        raise Refused(HAS_DECIMALS)
    bare = _SEPARATOR.sub("", stripped)
    if not _BARE.fullmatch(bare):
        raise Refused("is no number: digits are needed, with a + only in front")
    return bare


def _mobile(region: str, *, home: bool) -> tuple[re.Pattern[str], int, str] | None:
    """Return the pattern of a region's mobiles, in national form too where that is home."""
    import phonenumbers as library  # noqa: PLC0415 - an extra

    code = library.country_code_for_region(region)
    plan = library.PhoneMetadata.metadata_for_region(region)
    mobile = plan and plan.mobile and plan.mobile.national_number_pattern
    # Of regions that share a code, what fits the main one is the main one's, as in the library.
    if not plan or not mobile or library.region_code_for_country_code(code) != region:
        return None
    trunk, rules = plan.national_prefix, plan.national_prefix_for_parsing or ""
    # Where the prefix is not simply taken off, how it is read is the library's to know.
    simple = home and trunk in rules.split("|")
    before = rf"(?:\+{code}|{trunk})" if simple else rf"\+{code}"
    # The library's \d is any script's digit, unless it is told.
    return re.compile(f"{before}({mobile})", re.ASCII), code, region


def _asked(bare: str, region: str | None) -> Number:
    """Ask the library. Where 00 is not what is dialled for abroad, it is tried as a plus sign."""
    import phonenumbers as library  # noqa: PLC0415 - an extra

    costly = {library.PhoneNumberType.PREMIUM_RATE, library.PhoneNumberType.SHARED_COST}
    for spelling in (bare, f"+{bare[2:]}") if bare.startswith("00") else (bare,):
        try:
            parsed = library.parse(spelling, region)
        except library.NumberParseException:
            continue
        if (kind := library.number_type(parsed)) != library.PhoneNumberType.UNKNOWN:
            return Number(
                library.format_number(parsed, library.PhoneNumberFormat.E164),
                library.region_code_for_number(parsed),
                kind in costly,
            )
    raise Refused("is no number that can exist, as far as the phonenumbers library knows")
