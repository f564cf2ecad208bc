"""A webhook's body as flat fields, whatever format it came in; nothing is believed of it yet.

All is bounded: bytes, fields, and how deep values lie in each other. A name that comes twice is
refused, since two readers may each take another one of them for the APIKey.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable
from typing import Final, NoReturn, TypeVar, cast
from urllib.parse import parse_qsl

from bestsms._wire import xml
from bestsms.errors import InvalidWebhook

__all__ = [
    "MOST_BYTES",
    "MOST_DEPTH",
    "MOST_ESCAPES",
    "MOST_FIELDS",
    "Nested",
    "canonical",
    "read",
]

ValueT = TypeVar("ValueT")

MOST_BYTES: Final = 256 * 1024
"""The largest body that is read; a real one has a few thousand bytes."""
MOST_DEPTH: Final = 16
"""How deep values may lie in each other, the body itself included."""
MOST_FIELDS: Final = 200
"""How many values a body may hold, nested ones included; a real one has about 20."""
MOST_MARKS: Final = 4_000
"""How many of ``{``, ``[`` and ``,`` JSON may have to be read, its texts included: an SMS has
some hundreds of characters, and 256 KB of empty objects would take a fifth of a second."""
MOST_ESCAPES: Final = 10_000
"""How many ``%`` a form may have, likewise: 256 KB of them would take most of a second."""

# What no database takes: NUL (PostgreSQL), and half of a surrogate pair (any encoder).
_UNKEEPABLE: Final = "[\0\ud800-\udfff]"
_SPACE: Final = b" \t\r\n"
_TOO_MANY: Final = f"The webhook's body holds more than {MOST_FIELDS} values."


class Nested(str):
    """A value that was more than one text, as the text of its JSON."""

    __slots__ = ()


def canonical(name: str) -> str:
    """Fold the spellings of one field's name into one (T80).

    Example:
        >>> canonical("SentTimeUTC-RFC3339")
        'senttimeutcrfc3339'
        >>> canonical("SendTimeUTC")
        'senttimeutc'
    """
    folded = name.replace("-", "").replace("_", "").casefold()
    return f"sent{folded.removeprefix('send')}" if folded.startswith("sendtime") else folded


def read(body: bytes | str, content_type: str | None = None) -> dict[str, str]:
    """Read the fields of a body, by their own names, in order.

    The first character tells JSON and XML, whatever the Content-Type says of them (T99); a form
    (U10) is neither, and not called so. Numbers and booleans are text, as XML has nothing else;
    ``null`` is ``""``, both being absent (U12, T103).

    Args:
        body: Up to 256 KB of UTF-8.
        content_type: The header, if there was one.

    Raises:
        InvalidWebhook: It can't be read, holds no fields, or is beyond a bound.
    """
    raw = _encoded(body)
    if len(raw) > MOST_BYTES:
        raise InvalidWebhook(f"The webhook's body is larger than {MOST_BYTES:,} bytes.")
    start = raw.removeprefix(codecs.BOM_UTF8).lstrip(_SPACE)[:1]
    media = (content_type or "").partition(";")[0].strip().lower()
    if start == b"{":
        fields = _of_json(raw)
    elif xml.begins(raw):
        fields = _of_xml(raw)
    elif media.endswith(("json", "xml")):
        raise InvalidWebhook("The webhook's body is neither a JSON object nor XML.")
    else:
        fields = _of_form(raw)
    if not fields:
        raise InvalidWebhook("The webhook's body holds no fields.")
    return fields


def _encoded(body: bytes | str) -> bytes:
    if isinstance(body, bytes):
        return body
    try:
        return body.encode()
    except UnicodeEncodeError:
        raise InvalidWebhook("The webhook's body holds half of a surrogate pair.") from None


def _of_json(raw: bytes) -> dict[str, str]:
    if sum(map(raw.count, (b"{", b"[", b","))) > MOST_MARKS:
        raise InvalidWebhook(_TOO_MANY)
    try:
        # A number keeps its digits as text, and has no limit of its own.
        document = json.loads(
            raw.decode("utf-8-sig"),
            parse_int=str,
            parse_float=str,
            parse_constant=_no_number,
            object_pairs_hook=_once_each,
        )
    except InvalidWebhook:
        raise
    except (ValueError, RecursionError) as error:
        raise InvalidWebhook(
            f"The webhook's body is no JSON in UTF-8 ({type(error).__name__})."
        ) from None
    fields = cast("dict[str, object]", document)
    if _count(fields, 1) > MOST_FIELDS:
        raise InvalidWebhook(_TOO_MANY)
    return {_keepable(name): _text(value) for name, value in fields.items()}


def _of_xml(raw: bytes) -> dict[str, str]:
    try:
        root = xml.read(raw, max_depth=MOST_DEPTH, max_elements=MOST_FIELDS + 1)
    except xml.NotXML as error:
        raise InvalidWebhook(f"The webhook's body is no XML that is read: {error}.") from None
    return _once_each((child.name, _text(_value(child))) for child in root.children)


def _of_form(raw: bytes) -> dict[str, str]:
    if raw.count(b"%") > MOST_ESCAPES:
        raise InvalidWebhook(f"The webhook's body holds more than {MOST_ESCAPES:,} escapes.")
    try:
        pairs = parse_qsl(
            raw.decode(),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:
        raise InvalidWebhook("The webhook's body is no JSON object, no XML and no form.") from None
    return _once_each((_keepable(name), _keepable(text)) for name, text in pairs)


def _once_each(pairs: Iterable[tuple[str, ValueT]]) -> dict[str, ValueT]:
    found: dict[str, ValueT] = {}
    for name, value in pairs:
        if name in found:
            raise InvalidWebhook("The webhook's body holds a name twice.")
        found[name] = value
    return found


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)


def _count(value: object, depth: int) -> int:
    """Count the values in a value."""
    if isinstance(value, dict):
        inner = list(cast("dict[str, object]", value).values())
    elif isinstance(value, list):
        inner = cast("list[object]", value)
    else:
        return 0
    if depth > MOST_DEPTH:
        raise InvalidWebhook("The webhook's body holds values too deep in each other.")
    return len(inner) + sum(_count(each, depth + 1) for each in inner)


def _value(element: xml.Element) -> object:
    """Return an element's text, or what it holds, with names that may come more than once."""
    return [[child.name, _value(child)] for child in element.children] or element.text


def _text(value: object) -> str:
    if isinstance(value, str):
        return _keepable(value)
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return ""
    return Nested(_keepable(json.dumps(value, ensure_ascii=False)))


def _keepable(text: str) -> str:
    return re.sub(_UNKEEPABLE, "\ufffd", text)
