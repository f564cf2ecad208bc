"""The two spellings of a body, JSON and XML: which one a request has, and which an answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from bestsms._settings import WireFormat
from bestsms._wire import json, xml, xml_body

__all__ = ["CONTENT_TYPES", "Unreadable", "decode", "encode"]

CONTENT_TYPES: Final[Mapping[WireFormat, str]] = {
    "json": json.CONTENT_TYPE,
    # As the reference has it; webhooks and the vendor's client say text/xml (T8).
    "xml": "application/xml",
}


class Unreadable(ValueError):
    """The bytes are neither JSON nor an answer in XML."""


def encode(payload: Mapping[str, Any], wire_format: WireFormat, root: str) -> bytes:
    """Write a body.

    Args:
        payload: Plain values under the wire's names.
        wire_format: Which spelling.
        root: The outermost element, in XML.

    Raises:
        UnicodeEncodeError: A text holds half of a surrogate pair.
        NotWritable: A text holds a character that XML has not; see :mod:`bestsms._wire.xml_body`.
    """
    if wire_format == "json":
        return json.dumps(payload)
    return xml_body.dumps(payload, root)


def decode(body: bytes) -> object:
    """Read a body of either spelling; its first character tells which (U11).

    Raises:
        Unreadable: It is neither.
    """
    try:
        return xml_body.loads(body) if xml.begins(body) else json.loads(body)
    except ValueError as error:  # NotJSON and NotXML
        raise Unreadable(str(error)) from None
