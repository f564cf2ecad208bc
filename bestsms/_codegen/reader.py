"""Reads ``openapi.yaml``, and fails on every word it does not know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

import attrs

from bestsms._codegen.description import Area, Call, Field, Schema
from bestsms._codegen.naming import DescriptionError, attribute_name

__all__ = ["read"]

Node = Mapping[str, Any]

_OPERATION: Final = {
    "operationId", "tags", "summary", "description", "parameters", "requestBody", "responses",
    "x-source", "x-safety", "x-expect", "x-unwrap", "x-fold", "x-iterate", "x-rule",
    "x-since",
}  # fmt: skip
_PARAMETER: Final = {"name", "in", "required", "description", "schema"}
_SCHEMA: Final = {
    "type", "description", "required", "properties", "allOf", "enum", "examples", "x-class",
    "x-moments", "x-needs-one-of", "x-source", "xml",
}  # fmt: skip
_PROPERTY: Final = {
    "$ref", "type", "format", "description", "examples", "items", "default", "minLength",
    "maxLength", "minimum", "maximum", "minItems", "maxItems", "pattern", "x-name", "x-accept",
    "x-versions", "x-zone", "x-allowed",
}  # fmt: skip
_SAFETIES: Final = ("safe", "idempotent", "unsafe")
_FORMATS: Final = (None, "decimal", "email", "https-url", "local-date-time")
_LIMITS: Final = {
    "minLength": "min_length",
    "maxLength": "max_length",
    "pattern": "pattern",
    "x-allowed": "allowed",
    "minimum": "minimum",
    "maximum": "maximum",
    "minItems": "min_items",
    "maxItems": "max_items",
}
_SCALARS: Final = {"string": "str", "integer": "int", "boolean": "bool", "number": "Decimal"}


@attrs.frozen
class _Reader:
    document: Node
    used: set[str] = attrs.field(factory=set[str])

    def areas(self) -> list[Area]:
        calls = list(self.calls())
        strays = {call.area for call in calls} - {tag["name"] for tag in self.document["tags"]}
        if strays:
            raise DescriptionError(f"areas without a tag: {sorted(strays)}")
        placed: set[str] = set()
        found: list[Area] = []
        for tag in self.document["tags"]:
            own = tuple(call for call in calls if call.area == tag["name"])
            needed: dict[str, Schema] = {}
            for call in own:
                for root in (call.body, call.answer):
                    if root is not None:
                        self.collect(root, needed)
            new = tuple(schema for name, schema in needed.items() if name not in placed)
            placed |= needed.keys()
            found.append(
                Area(name=tag["name"], description=tag["description"], calls=own, schemas=new)
            )
        return found

    def calls(self) -> Iterator[Call]:
        for path, methods in self.document["paths"].items():
            for http_method, node in methods.items():
                yield self.call(path, http_method.upper(), node)

    def call(self, path: str, http_method: str, node: Node) -> Call:
        where = f"{http_method} {path}"
        _only(node, _OPERATION, where)
        area, _, method = node["operationId"].partition(".")
        parameters = [self.deref(each) for each in node.get("parameters", [])]
        for each in parameters:
            _only(each, _PARAMETER, where)
        body, wrap, root = self.body(node.get("requestBody"))
        return Call(
            area=area,
            method=method,
            http_method=http_method,
            path=path,
            summary=node["summary"],
            description=_text(node),
            source=_flat(node["x-source"]),
            safety=_one_of(node["x-safety"], _SAFETIES, where).upper(),
            expect=tuple(node.get("x-expect", ())),
            unwrap=node.get("x-unwrap"),
            fold=node.get("x-fold"),
            rule=node.get("x-rule"),
            since=node.get("x-since"),
            iterates=node.get("x-iterate", False),
            path_fields=self.parameters(parameters, "path"),
            query_fields=self.parameters(parameters, "query"),
            body=body,
            wrap=wrap,
            root=root,
            answer=self.answer(node["responses"]["200"]),
        )

    def parameters(self, nodes: list[Node], place: str) -> tuple[Field, ...]:
        return tuple(
            self.field(
                node["name"],
                {**node["schema"], "description": node["description"]},
                required=node.get("required", False),
                query=place == "query",
            )
            for node in nodes
            if node["in"] == place
        )

    def body(self, node: Node | None) -> tuple[Schema | None, str | None, str | None]:
        if node is None:
            return None, None, None
        schema = node["content"]["application/json"]["schema"]
        root = self.deref(schema)["xml"]["name"]
        if "$ref" in schema:
            return self.schema(_target(schema)), None, root
        ((wrap, inner),) = schema["properties"].items()
        return self.schema(_target(inner)), wrap, root

    def answer(self, node: Node) -> Schema:
        return self.schema(_target(node["content"]["application/json"]["schema"]))

    def schema(self, name: str) -> Schema:
        self.used.add(name)
        node = self.document["components"]["schemas"][name]
        _only(node, _SCHEMA, name)
        merged = self.merged(node)
        fields = {
            wire: self.field(wire, each, required=wire in merged["required"])
            for wire, each in merged["properties"].items()
        }
        strays = [each.wire for each in fields.values() if each.zone not in {None, *fields}]
        if strays:
            raise DescriptionError(f"{name}: the x-zone of {strays} is no property")
        return Schema(
            name=name,
            description=_text(node),
            fields=tuple(sorted(fields.values(), key=lambda field: not field.required)),
            values=tuple(node.get("enum", ())),
            hand_written=node.get("x-class"),
            moments={
                moment: tuple(fields[wire] for wire in wires)
                for moment, wires in merged["x-moments"].items()
            },
            needs_one_of=tuple(fields[wire] for wire in node.get("x-needs-one-of", ())),
        )

    def merged(self, node: Node) -> dict[str, Any]:
        whole: dict[str, Any] = {"properties": {}, "required": [], "x-moments": {}}
        for part in [*node.get("allOf", []), node]:
            resolved = self.deref(part)
            if part is not node and "allOf" in resolved:
                raise DescriptionError("allOf within allOf is not supported")
            if "$ref" in part:
                self.used.add(_target(part))
            _only(resolved, _SCHEMA, "allOf")
            whole["properties"] |= resolved.get("properties", {})
            whole["required"] += resolved.get("required", [])
            whole["x-moments"] |= resolved.get("x-moments", {})
        return whole

    def field(self, wire: str, node: Node, *, required: bool, query: bool = False) -> Field:
        _only(node, _PROPERTY, wire)
        many = node.get("type") == "array"
        inner = node["items"] if many else node
        refers = _target(inner) if "$ref" in inner else None
        return Field(
            wire=wire,
            name=attribute_name(wire, node.get("x-name"), query=query),
            kind=refers or _SCALARS[inner["type"]],
            many=many,
            refers=refers,
            required=required,
            description=_text(node),
            default=node.get("default"),
            format=_one_of(node.get("format"), _FORMATS, wire),
            limits={name: node[limit] for limit, name in _LIMITS.items() if limit in node},
            accept=tuple(node.get("x-accept", ())),
            versions=node.get("x-versions", {}),
            zone=node.get("x-zone"),
        )

    def collect(self, schema: Schema, found: dict[str, Schema]) -> None:
        """Add a schema after everything that it refers to, so that names exist when used."""
        for field in schema.fields:
            if field.refers is not None and field.refers not in found:
                self.collect(self.schema(field.refers), found)
        found.setdefault(schema.name, schema)

    def deref(self, node: Node) -> Node:
        if "$ref" not in node:
            return node
        found = self.document
        for step in node["$ref"].removeprefix("#/").split("/"):
            found = cast("Node", found[step])
        return found


def read(document: Node) -> list[Area]:
    """Read a parsed description.

    Raises:
        DescriptionError: An unknown keyword, a schema nothing uses, or a name that does not survive
            the way from wire to attribute and back.
    """
    reader = _Reader(document)
    areas = reader.areas()
    schemas = document["components"]["schemas"]
    # Described, and not generated here: the shape of a failure, and what webhooks post.
    outside = {name for name in schemas if name == "Failure" or "Webhook" in name}
    unused = schemas.keys() - reader.used - outside
    if unused:
        raise DescriptionError(f"schemas that no call uses: {sorted(unused)}")
    return areas


def _target(node: Node) -> str:
    return str(node["$ref"]).rpartition("/")[2]


def _only(node: Node, known: set[str], where: str) -> None:
    unknown = set(node) - known
    if unknown:
        raise DescriptionError(f"{where}: unknown keywords {sorted(unknown)}")


def _one_of(value: str | None, known: tuple[str | None, ...], where: str) -> Any:
    if value not in known:
        raise DescriptionError(f"{where}: {value!r} is none of {known}")
    return value


def _text(node: Node) -> str:
    return _flat(node.get("description", ""))


def _flat(text: str) -> str:
    if "\\" in text or '"""' in text:
        raise DescriptionError(f"a docstring can't hold a backslash or three quotes: {text!r}")
    return " ".join(text.split())
