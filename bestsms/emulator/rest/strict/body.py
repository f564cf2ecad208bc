"""Strict about the body: that it is there, is one of the documented shape, or is not there."""

from __future__ import annotations

from typing import Any

from bestsms.emulator.reading import is_object
from bestsms.emulator.rest import bodies, xml_bodies
from bestsms.emulator.rest.formats import Format
from bestsms.emulator.rest.routing import Route
from bestsms.emulator.rest.strict import documents
from bestsms.emulator.rest.strict.deviation import deviation
from bestsms.emulator.rest.strict.fields import shape_of


def check_body(body: bytes, version: str, route: Route, written: Format | None) -> None:
    """Check a body.

    Args:
        body: As it came.
        version: ``2.03`` or ``2.04``.
        route: Whose body.
        written: Its format, None where the call has no body.

    Raises:
        Refused: 400.
    """
    if written is None:
        if body:
            raise deviation("a GET or DELETE has no body (T10)")
        return
    if not body.strip():
        raise deviation("a POST or PATCH has a body, if only an empty object (1.1.2)")
    if written is Format.XML:
        document = xml_bodies.parse(body)
        documents.check(document, route.name)
        value: Any = xml_bodies.values(document)
    else:
        value = bodies.decode(body)
    # What is no object at all the call itself refuses.
    if is_object(value):
        shape_of(route.name, version, written).check(value, "")
