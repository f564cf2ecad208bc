"""The description as a few frozen classes: areas, their calls, schemas and fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

__all__ = ["Area", "Call", "Field", "Schema"]


@attrs.frozen(kw_only=True)
class Field:
    """A property of a schema or a parameter of a call."""

    wire: str
    name: str
    kind: str
    many: bool = False
    refers: str | None = None
    required: bool = False
    description: str = ""
    default: int | None = None
    format: str | None = None
    limits: Mapping[str, Any] = attrs.field(factory=dict[str, Any])
    accept: tuple[str, ...] = ()
    versions: Mapping[str, str] = attrs.field(factory=dict[str, str])
    zone: str | None = None


@attrs.frozen(kw_only=True)
class Schema:
    """A model or an enum."""

    name: str
    description: str
    fields: tuple[Field, ...] = ()
    values: tuple[str, ...] = ()
    hand_written: str | None = None
    moments: Mapping[str, tuple[Field, ...]] = attrs.field(factory=dict[str, tuple[Field, ...]])
    needs_one_of: tuple[Field, ...] = ()


@attrs.frozen(kw_only=True)
class Call:
    """One operation."""

    area: str
    method: str
    http_method: str
    path: str
    summary: str
    description: str
    source: str
    safety: str
    expect: tuple[str, ...]
    unwrap: str | None
    fold: str | None
    rule: str | None
    since: str | None
    iterates: bool
    path_fields: tuple[Field, ...]
    query_fields: tuple[Field, ...]
    body: Schema | None
    wrap: str | None
    root: str | None
    answer: Schema

    @property
    def keyword_fields(self) -> tuple[Field, ...]:
        """What is given by keyword: the query first, then the body."""
        return (*self.query_fields, *(self.body.fields if self.body else ()))


@attrs.frozen(kw_only=True)
class Area:
    """One tag: a module, with the schemas that no area before it has."""

    name: str
    description: str
    calls: tuple[Call, ...]
    schemas: tuple[Schema, ...]
