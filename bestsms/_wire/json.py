"""JSON bytes to plain values and back, strictly.

The standard library's decoder takes ``NaN``, and raises errors of four kinds for bad bytes, long
numbers, huge exponents and deep nesting; and it makes a hundred times its size of a document of
empty objects. Here all of them are one :class:`NotJSON`.
"""

from __future__ import annotations

import codecs
import functools
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Final, NoReturn

__all__ = ["CONTENT_TYPE", "NotJSON", "dumps", "loads"]

CONTENT_TYPE = "application/json"
"""The references print an ``encoding`` parameter with it; every live client sends it plain (T7)."""


MAX_VALUES: Final = 200_000
"""About how many values a document may hold: a page has at most 100 records (T18)."""


class NotJSON(ValueError):
    """The bytes are not a JSON document in UTF-8."""


def loads(body: bytes) -> object:
    """Decode a JSON document; fractions become :class:`~decimal.Decimal`.

    Raises:
        NotJSON: For anything that is not one well-formed document in UTF-8, and for one of more
            values than any documented answer has.
    """
    if len(body) > MAX_VALUES and sum(map(body.count, (b",", b"{", b"["))) > MAX_VALUES:
        raise NotJSON(f"more than {MAX_VALUES:,} values")
    try:
        return _decode(body.removeprefix(codecs.BOM_UTF8).decode())
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise NotJSON(type(error).__name__) from None


def dumps(payload: object) -> bytes:
    """Encode to compact UTF-8: with orjson where it is installed, to the same bytes without it.

    Raises:
        UnicodeEncodeError: A text holds half of a surrogate pair, which no encoding can carry.
    """
    try:
        return _writer()(payload)
    except TypeError:
        # What orjson does not write (half a surrogate pair, a number of more than 64 bits) has one
        # error, or one spelling, with it and without.
        return _written(payload)


@functools.cache
def _writer() -> Callable[[object], bytes]:
    try:
        from orjson import dumps  # noqa: PLC0415 - the extra ``fast``
    except ImportError:
        return _written
    return dumps


def _written(payload: object) -> bytes:
    return _encode(payload).encode()


def _no_constant(text: str) -> NoReturn:
    raise NotJSON(text)


# Made once: json.loads() and json.dumps() make them anew for each call with arguments.
_decode: Final = json.JSONDecoder(parse_float=Decimal, parse_constant=_no_constant).decode
_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
