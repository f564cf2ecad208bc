"""Checks of what goes out, made before a byte leaves.

One check object serves a field of a body, by :class:`~bestsms._wire.model.Outgoing`, or a path or
query parameter. Each refusal is an :class:`~bestsms.InvalidRequest` with the field's wire name, the
limit, and the value's size; never the value, which may be a number or a text of a person.
"""

from __future__ import annotations

import abc
import re
from typing import Final, cast
from urllib.parse import urlsplit

import attrs

from bestsms._settings import is_loopback
from bestsms._wire.model import OpenStrEnum
from bestsms.errors import InvalidRequest

__all__ = [
    "Choice",
    "Flag",
    "HTTPSUrl",
    "Items",
    "Number",
    "Text",
    "needs_one_of",
]

LARGEST: Final = 2**31 - 1
"""The largest number that any field takes."""

BITS_SHOWN: Final = 64

_SURROGATE: Final = "[\ud800-\udfff]"


@attrs.frozen(eq=False, repr=False)
class _Check(abc.ABC):
    field: str

    @abc.abstractmethod
    def check(self, value: object) -> None:
        """Check one value."""

    def maybe(self, value: object) -> None:
        """Check one value unless it is absent."""
        if value is not None:
            self.check(value)

    def refuse(self, limit: str, *, size: int | None = None) -> InvalidRequest:
        return InvalidRequest(self.field, limit, size=size)


@attrs.frozen(eq=False, repr=False)
class Text(_Check):
    """Text, between two lengths in characters and of one pattern (``allowed``: it in words)."""

    min_length: int = attrs.field(default=0, kw_only=True)
    max_length: int | None = attrs.field(default=None, kw_only=True)
    pattern: str | None = attrs.field(default=None, kw_only=True)
    allowed: str | None = attrs.field(default=None, kw_only=True)

    def check(self, value: object) -> None:
        if not isinstance(value, str):
            raise self.refuse(f"must be text, not {type(value).__name__}")
        size = len(value)
        if not value.isascii() and (half := re.search(_SURROGATE, value)):
            raise self.refuse(
                f"holds half of a surrogate pair at character {half.start()}, which can't be sent",
                size=size,
            )
        if size < self.min_length or (self.min_length and not value.strip()):
            raise self.refuse("must not be empty", size=size)
        if self.max_length is not None and size > self.max_length:
            raise self.refuse(
                f"must be at most {self.max_length} characters, and is {size}", size=size
            )
        if self.pattern is not None and re.fullmatch(self.pattern, value) is None:
            raise self.refuse(
                f"must be {self.allowed or self.pattern}; these {size} characters are not",
                size=size,
            )


class HTTPSUrl(_Check):
    """An absolute URL that starts with ``https://``; the provider refuses any other.

    On this machine it may be ``http://``, which only an emulator can post to.
    """

    __slots__ = ()

    def check(self, value: object) -> None:
        if not isinstance(value, str):
            raise self.refuse(f"must be text, not {type(value).__name__}")
        try:
            parts = urlsplit(value)
            host = parts.hostname or ""
            local = value.startswith("http://") and is_loopback(host)
            complete = local or (value.startswith("https://") and bool(host))
        except ValueError:
            complete = False
        if not complete or " " in value or not value.isprintable():
            raise self.refuse("must be a full URL that starts with https://", size=len(value))


@attrs.frozen(eq=False, repr=False)
class Number(_Check):
    """A whole number between two bounds, both included."""

    minimum: int | None = attrs.field(default=None, kw_only=True)
    maximum: int = attrs.field(default=LARGEST, kw_only=True)

    def check(self, value: object) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.refuse(f"must be a whole number, not {type(value).__name__}")
        # A number of thousands of digits can't even be written down.
        shown = value if value.bit_length() <= BITS_SHOWN else "far beyond"
        if self.minimum is not None and value < self.minimum:
            raise self.refuse(f"must be at least {self.minimum}, and is {shown}", size=value)
        if value > self.maximum:
            raise self.refuse(f"must be at most {self.maximum}, and is {shown}", size=value)


class Flag(_Check):
    """``True`` or ``False``, and nothing that merely looks like it."""

    __slots__ = ()

    def check(self, value: object) -> None:
        if not isinstance(value, bool):
            raise self.refuse(f"must be True or False, not {type(value).__name__}")


@attrs.frozen(eq=False, repr=False)
class Choice(_Check):
    """One of an enum's known values; the spelling is folded by :func:`choose` before."""

    kind: type[OpenStrEnum]

    def check(self, value: object) -> None:
        if value not in tuple(self.kind):
            known = ", ".join(member.value for member in self.kind)
            raise self.refuse(f"must be one of {known}")


@attrs.frozen(eq=False, repr=False)
class Items(_Check):
    """A list of models of one kind, between two counts."""

    kind: type
    min_items: int = attrs.field(default=0, kw_only=True)
    max_items: int | None = attrs.field(default=None, kw_only=True)

    def check(self, value: object) -> None:
        if not isinstance(value, tuple):
            raise self.refuse(f"must be a list of {self.kind.__name__} objects")
        items = cast("tuple[object, ...]", value)
        count = len(items)
        if count < self.min_items:
            raise self.refuse(f"must hold at least {self.min_items}, and holds none", size=count)
        if self.max_items is not None and count > self.max_items:
            raise self.refuse(f"must hold at most {self.max_items}, and holds {count}", size=count)
        for index, item in enumerate(items):
            if not isinstance(item, self.kind):
                raise self.refuse(
                    f"item {index} must be a {self.kind.__name__}, not {type(item).__name__}"
                )


def needs_one_of(field: str, **alternatives: str | None) -> None:
    """Refuse a model that has none of several alternatives, or more than one; blank is none."""
    given = [name for name, value in alternatives.items() if value and value.strip()]
    if not given:
        raise InvalidRequest(field, f"needs one of {', '.join(alternatives)}")
    if len(given) > 1:
        raise InvalidRequest(
            field, f"takes one of {', '.join(given)}: which of them counts is nowhere said"
        )
