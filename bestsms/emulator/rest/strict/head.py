"""Strict about what comes before the body: path, token, formats."""

from __future__ import annotations

import re

from starlette.requests import Request

from bestsms.emulator.rest.formats import media_type
from bestsms.emulator.rest.routing import Route
from bestsms.emulator.rest.spelling import OLD
from bestsms.emulator.rest.strict import queries
from bestsms.emulator.rest.strict.deviation import deviation
from bestsms.emulator.rest.strict.rules import MESSAGE_ID, old_group_code

_SEGMENT = re.compile(r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@]|%[0-9A-Fa-f]{2})+")
_TOKEN = re.compile(r"Basic [^ ]+")
_TYPE = re.compile(r"application/(?:json|xml)(?: *; *charset=utf-8)?", re.IGNORECASE)
_ONLY_NEW = "GET addressbook/contact/search"


def check_head(request: Request, raw_path: str, version: str, route: Route) -> None:
    """Check a request without its body.

    Raises:
        Refused: 400, or 401, 404 or 415 where that says it better.
    """
    method, _, pattern = route.name.partition(" ")
    _check_path(raw_path, version, pattern)
    if version == OLD and route.name == _ONLY_NEW:
        raise deviation("the contact search is of 2.04 (1.2)", status=404)
    if not _TOKEN.fullmatch(_header(request, "authorization")):
        raise deviation("Authorization is 'Basic', one space and the token (T9)", status=401)
    _check_ids(route, version, pattern)
    _check_formats(request, has_body=method in ("POST", "PATCH"))
    queries.check(request, route.name)


def _check_path(raw_path: str, version: str, pattern: str) -> None:
    segments = raw_path.split("/")
    wanted = ["", "api", f"v{version}", *pattern.split("/")]
    if len(segments) != len(wanted) or any(
        want not in ("*", got) for want, got in zip(wanted, segments, strict=True)
    ):
        raise deviation("a path is lower case and has no slash at its end (T6)", status=404)
    if not all(map(_SEGMENT.fullmatch, segments[1:])):
        raise deviation("an id in a path is percent-encoded (T3)", status=404)


def _check_ids(route: Route, version: str, pattern: str) -> None:
    if not pattern.startswith("addressbook/"):
        for message_id in route.ids:
            MESSAGE_ID(message_id, "MessageID of the path")
        return
    _, first, *_ = pattern.split("/")
    kinds = ("group", "contact") if first == "group" else ("contact", "group")
    for kind, key in zip(kinds, route.ids, strict=False):
        if kind == "group" and version == OLD:
            old_group_code(key, "GroupCode of the path")


def _check_formats(request: Request, *, has_body: bool) -> None:
    accept = _header(request, "accept")
    if not _TYPE.fullmatch(accept):
        raise deviation("Accept is application/json or application/xml (T7, T8)", status=415)
    if not has_body:
        return
    content = _header(request, "content-type")
    if not _TYPE.fullmatch(content):
        raise deviation("Content-Type is application/json or application/xml (T7, T8)", status=415)
    if media_type(content) != media_type(accept):
        raise deviation("Content-Type and Accept name the same format (T8)", status=415)


def _header(request: Request, name: str) -> str:
    return ", ".join(request.headers.getlist(name))
