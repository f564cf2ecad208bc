"""The target of a call: its path with the arguments in it, and its query, percent-encoded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, urlencode

from bestsms.errors import InvalidRequest

__all__ = ["filled", "queried"]

_PAGING: Final = {"page": 1, "recordsPerPage": 100}


def filled(template: str, path: Mapping[str, str]) -> str:
    """Return a path with its parameters in the place of their names in braces.

    Raises:
        InvalidRequest: A parameter would change the path.
    """
    for name, value in path.items():
        # Quoting leaves dots alone, and "." or ".." would be taken out of the path together with
        # a segment: a call to another endpoint.
        if value in {".", ".."}:
            raise InvalidRequest(name, "must not be '.' or '..', which would change the path")
        template = template.replace(f"{{{name}}}", quote(value, safe=""))
    return template


def queried(query: Mapping[str, object]) -> str:
    """Return a query with its question mark, or nothing; what is ``None`` is left out."""
    given = {
        # The text itself, also of an enum, whose str() is its name.
        name: str.__str__(value) if isinstance(value, str) else value
        for name, value in query.items()
        if value is not None
    }
    if not given:
        return ""
    if not _PAGING.keys().isdisjoint(given):
        given = {**given, **_PAGING, **given}  # Both or neither (T14).
    # A space is %20 and a plus %2B: an unescaped plus would be read as a space (T17).
    return f"?{urlencode(given, quote_via=quote)}"
