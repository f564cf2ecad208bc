"""Which path and method is which call; case and a trailing slash do not matter (T6)."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import unquote

from attrs import frozen

from bestsms.emulator.core.engine import Engine
from bestsms.emulator.errors import Refused
from bestsms.emulator.rest import book_calls, calls
from bestsms.emulator.rest.calls import Answer, Call

Handler = Callable[[Engine, Call], Answer]
VERSIONS = ("2.03", "2.04")

_TABLE: tuple[tuple[str, dict[str, Handler]], ...] = (
    ("send/sms", {"POST": calls.send}),
    ("set/resubmit/*", {"PATCH": calls.resubmit}),
    ("set/reschedule/*", {"PATCH": calls.reschedule}),
    ("set/abort/*", {"PATCH": calls.abort}),
    ("get/status/*", {"GET": calls.status}),
    ("get/sms/received", {"GET": calls.received}),
    ("get/sms/reply/*", {"GET": calls.reply}),
    ("addressbook/contact/list", {"GET": book_calls.contact_list}),
    ("addressbook/contact/search", {"GET": book_calls.contact_search}),
    ("addressbook/contact", {"POST": book_calls.contact_create}),
    (
        "addressbook/contact/*",
        {
            "GET": book_calls.contact_get,
            "PATCH": book_calls.contact_update,
            "DELETE": book_calls.contact_delete,
        },
    ),
    ("addressbook/contact/*/group/list", {"GET": book_calls.contact_groups}),
    ("addressbook/contact/*/group", {"POST": book_calls.contact_group_create}),
    (
        "addressbook/contact/*/group/*",
        {"GET": book_calls.contact_group_get, "DELETE": book_calls.contact_group_delete},
    ),
    ("addressbook/group/list", {"GET": book_calls.group_list}),
    ("addressbook/group", {"POST": book_calls.group_create}),
    (
        "addressbook/group/*",
        {
            "GET": book_calls.group_get,
            "PATCH": book_calls.group_update,
            "DELETE": book_calls.group_delete,
        },
    ),
    ("addressbook/group/*/contact/list", {"GET": book_calls.group_contacts}),
    ("addressbook/group/*/contact", {"POST": book_calls.group_contact_create}),
    (
        "addressbook/group/*/contact/*",
        {"GET": book_calls.group_contact_get, "DELETE": book_calls.group_contact_delete},
    ),
)
"""``*`` is a variable segment; an earlier row wins, so ``list`` is never an id."""

_PATTERNS = tuple((tuple(path.split("/")), methods) for path, methods in _TABLE)


def version_of(raw_path: str) -> str | None:
    """Return the API version that a path names, None where it names none of ours."""
    segments = _segments(raw_path)
    wanted = segments[1].lower() if len(segments) > 1 and segments[0].lower() == "api" else ""
    return next((version for version in VERSIONS if wanted == f"v{version}"), None)


@frozen
class Route:
    """A call as it was found.

    Args:
        name: Method and pattern, such as ``GET get/status/*``.
        handler: What carries it out.
        ids: The variable segments, decoded.
    """

    name: str
    handler: Handler
    ids: tuple[str, ...]


def find(method: str, raw_path: str) -> Route:
    """Return the call behind a method and path, with its variable segments.

    Args:
        method: The HTTP method.
        raw_path: The path as it came, percent signs and all: an id may hold ``%2F``.

    Raises:
        Refused: 404 where no call has that path, 405 where it has another method.
    """
    segments = _segments(raw_path)[2:]
    for pattern, methods in _PATTERNS:
        if not _matches(pattern, segments):
            continue
        if method not in methods:
            allow = ", ".join(sorted(methods))
            raise Refused(
                f"Method {method} not allowed; use {allow}",
                status=405,
                headers=(("Allow", allow),),
            )
        ids = tuple(s for s, p in zip(segments, pattern, strict=True) if p == "*")
        return Route(f"{method} {'/'.join(pattern)}", methods[method], ids)
    raise not_found(raw_path)


def not_found(raw_path: str) -> Refused:
    """Spell a path that is no call of 2.03 or 2.04; v3.00 is one of those (T12)."""
    return Refused(f"No such API call: {unquote(raw_path, errors='replace')}", status=404)


def _segments(raw_path: str) -> list[str]:
    return [unquote(part, errors="replace") for part in raw_path.strip("/").split("/")]


def _matches(pattern: tuple[str, ...], segments: list[str]) -> bool:
    return len(pattern) == len(segments) and all(
        (p == "*" and s != "") or p == s.lower() for p, s in zip(pattern, segments, strict=True)
    )
