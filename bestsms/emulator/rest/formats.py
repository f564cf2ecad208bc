"""JSON or XML: which one a request is written in, and which one its answer."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from bestsms.emulator.errors import Refused

_TYPES = "application/json or application/xml"


class Format(Enum):
    """A spelling of bodies, by the media type of answers in it."""

    JSON = "application/json"
    XML = "application/xml; charset=utf-8"


def media_type(header: str) -> str:
    """Return the media type of a Content-Type or of one choice of an Accept, bare (T7)."""
    return header.partition(";")[0].strip().lower()


def of_body(headers: Mapping[str, str]) -> Format:
    """Return the format that Content-Type names; an absent one counts as JSON.

    Raises:
        Refused: 415, it names another.
    """
    name = media_type(headers.get("content-type", ""))
    found = _format(name) if name else Format.JSON
    if found is None:
        raise Refused(f"Unsupported Content-Type: {name}; use {_TYPES}", status=415)
    return found


def of_answer(headers: Mapping[str, str]) -> Format:
    """Return the format of the answer: the first that Accept names, else that of the body.

    The weights (``q=``) of an Accept are not looked at.

    Raises:
        Refused: 415, Accept names only others.
    """
    accepted = [name for each in headers.get("accept", "").split(",") if (name := media_type(each))]
    for name in accepted:
        if (found := _format(name)) is not None:
            return found
        if name.endswith("*"):
            break
    else:
        if accepted:
            raise Refused(f"Unsupported Accept; use {_TYPES}", status=415)
    return _like_the_body(headers)


def of_refusal(headers: Mapping[str, str]) -> Format:
    """Return the format of a refusal, also to one whose headers are what is refused."""
    try:
        return of_answer(headers)
    except Refused:
        return _like_the_body(headers)


def _like_the_body(headers: Mapping[str, str]) -> Format:
    return _format(media_type(headers.get("content-type", ""))) or Format.JSON


def _format(name: str) -> Format | None:
    if name.endswith(("/json", "+json")):
        return Format.JSON
    # T8: requests say either, and so may whoever wants an answer.
    return Format.XML if name in ("application/xml", "text/xml") else None
