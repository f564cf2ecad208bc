"""What the template asks about one area's module: Python expressions, one question each."""

from __future__ import annotations

from typing import Final

from bestsms._codegen.description import Area, Call, Field, Schema
from bestsms._codegen.naming import snake
from bestsms._codegen.source import WIDTH, fitted, import_line, quoted
from bestsms._wire.model import wire_name

__all__ = ["Module", "item_kind"]

_CHECKS: Final = {"str": "Text", "int": "Number", "bool": "Flag"}


class Module:
    """What the template asks about one area's module."""

    def __init__(self, area: Area, home: dict[str, str]) -> None:
        self.area = area
        self.home = home
        self.requests = _reach(area, [call.body for call in area.calls])
        self.answers = _reach(area, [call.answer for call in area.calls])
        self.cls = "".join(word.capitalize() for word in area.name.split("_"))

    @property
    def exports(self) -> list[str]:
        own = [schema.name for schema in self.area.schemas]
        return sorted([*own, self.cls, f"Sync{self.cls}"])

    @property
    def borrowed(self) -> dict[str, list[str]]:
        """Models of other modules that this one names, by module."""
        named = {call.answer.name for call in self.area.calls}
        named |= {call.body.name for call in self.area.calls if call.body}
        for schema in [*self.area.schemas, *(call.body for call in self.area.calls)]:
            if schema is not None:
                named |= {field.refers for field in schema.fields if field.refers}
        named |= {item_kind(call) for call in self.area.calls if call.iterates}
        found: dict[str, list[str]] = {}
        for name in sorted(named):
            if self.home[name] != self.area.name:
                found.setdefault(f"bestsms.api.{self.home[name]}", []).append(name)
        for schema in self.area.schemas:
            if schema.hand_written:
                module, _, name = schema.hand_written.partition(":")
                found.setdefault(module, []).append(name)
        return dict(sorted(found.items()))

    def is_answer(self, schema: Schema) -> bool:
        return schema.name in self.answers and schema.name not in self.requests

    def imports(self) -> list[str]:
        """The import statements, each name once and only if the module uses it."""
        schemas = [s for s in self.area.schemas if not s.hand_written]
        answers = [s for s in schemas if self.is_answer(s) and not s.values]
        bodies = [s for s in schemas if not self.is_answer(s) and not s.values]
        models = [*answers, *bodies]
        calls = self.area.calls
        sent = [field for call in calls for field in call.keyword_fields]
        checks = {self.check(f).partition("(")[0] for s in bodies for f in s.fields}
        checks |= {self.check(field).partition("(")[0] for field in self.parameters()}
        prepared = {"sequence" for field in sent if field.many}
        prepared |= {"choose" for field in sent if field.refers and not field.many}
        prepared |= {call.rule for call in calls if call.rule}
        checks |= {"needs_one_of" for schema in bodies if schema.needs_one_of}
        pairs = [self.metadata(f, answer=self.is_answer(s)) for s in models for f in s.fields]
        names = {pair.partition(":")[0] for each in pairs for pair in each}
        names |= _if(answers, "Answer")
        names |= _if(bodies, "Outgoing")
        names |= _if(any(s.values for s in schemas), "OpenStrEnum")
        times = _if(any(s.moments for s in schemas), "moment")
        local = [field for field in sent if field.format == "local-date-time"]
        times |= {"zoned" if field.zone else "local" for field in local}
        iterates = any(call.iterates for call in calls)
        abc = _if(iterates, "AsyncIterator")
        abc |= _if(any(field.many for field in sent), "Iterable")
        decimals = any(f.kind == "Decimal" for s in models for f in s.fields)
        groups = [
            [
                import_line("collections.abc", abc),
                import_line("datetime", _if(times, "datetime")),
                import_line("decimal", _if(decimals, "Decimal")),
            ],
            ["import attrs"] if models else [],
            sorted(
                [
                    import_line(
                        "bestsms._bridge",
                        {"Bridged", "blocking"} | _if(iterates, "blocking_iter"),
                    ),
                    import_line("bestsms._paging", _if(iterates, "walk")),
                    import_line("bestsms._protocol", {"Caller", "Operation", "Safety"}),
                    import_line("bestsms._wire", _if(any(c.fold for c in calls), "fold")),
                    import_line("bestsms._wire.arguments", prepared),
                    import_line("bestsms._wire.checks", checks),
                    import_line("bestsms._wire.model", names),
                    import_line("bestsms._wire.times", times),
                    *(import_line(module, set(own)) for module, own in self.borrowed.items()),
                ],
                key=lambda line: line.split()[1:2],
            ),
        ]
        lines: list[str] = []
        for group in groups:
            found = [line for line in group if line]
            lines += ["", *found] if lines and found else found
        return lines

    # -- models ------------------------------------------------------------------------------------

    def member(self, value: str) -> str:
        """The name of an enum's member: ``CreditHold`` is ``CREDIT_HOLD``."""
        return snake(value).upper()

    def field_line(self, field: Field, *, answer: bool) -> str:
        """The line or lines that declare a model's attribute."""
        head = f"    {field.name}: {self.annotation(field, answer=answer)}"
        arguments = self.field_arguments(field, answer=answer)
        if not arguments:
            return head
        if len(arguments) == 1 and arguments[0].startswith("default="):
            return f"{head} = {arguments[0].removeprefix('default=')}"
        body = "\n".join(f"        {argument}," for argument in arguments)
        return f"{head} = attrs.field(\n{body}\n    )"

    def annotation(self, field: Field, *, answer: bool) -> str:
        kind = f"tuple[{field.kind}, ...]" if field.many else field.kind
        if field.required or (answer and field.many):
            return kind
        return f"{kind} | None"

    def field_arguments(self, field: Field, *, answer: bool) -> list[str]:
        """The arguments of ``attrs.field``, or none where a plain default does."""
        arguments: list[str] = []
        if not field.required:
            arguments.append("default=()" if answer and field.many else "default=None")
        metadata = self.metadata(field, answer=answer)
        line = f"metadata={{{', '.join(metadata)}}}"
        if len(line) + 8 >= WIDTH:
            pairs = "".join(f"{12 * ' '}{fitted(pair, 12)},\n" for pair in metadata)
            line = f"metadata={{\n{pairs}{8 * ' '}}}"
        return [*arguments, *([line] if metadata else [])]

    def metadata(self, field: Field, *, answer: bool) -> list[str]:
        """The pairs of a field's metadata."""
        pairs: list[str] = []
        if wire_name(field.name) != field.wire:
            pairs.append(f"WIRE: {quoted(field.wire)}")
        if field.accept and answer:
            pairs.append(f"ACCEPT: ({''.join(f'{quoted(each)}, ' for each in field.accept)})")
        if field.versions:
            named = ", ".join(f"{quoted(k)}: {quoted(v)}" for k, v in field.versions.items())
            pairs.append(f"VERSIONS: {{{named}}}")
        if not answer:
            pairs.append(f"CHECK: {self.check(field)}")
        return [pair.replace(", )", ",)") for pair in pairs]

    def constant(self, field: Field) -> str:
        """The line or lines that give a checked parameter its check."""
        return fitted(f"_{field.name.upper()} = {self.check(field)}", 0)

    def check(self, field: Field) -> str:
        """The expression of the check of what goes out in a field."""
        wire = quoted(field.wire)
        limits = "".join(
            f", {limit}={quoted(value) if isinstance(value, str) else value}"
            for limit, value in field.limits.items()
        )
        if field.many:
            return f"Items({wire}, {field.kind}{limits})"
        if field.refers:
            return f"Choice({wire}, {field.kind})"
        if field.format == "https-url":
            return f"HTTPSUrl({wire})"
        return f"{_CHECKS[field.kind]}({wire}{limits})"

    # -- methods -----------------------------------------------------------------------------------

    def signature(self, call: Call, *, paged: bool = False) -> list[str]:
        """The parameters after ``self``, one line each."""
        lines = [f"{field.name}: str" for field in call.path_fields]
        keyword = [
            self.parameter(field)
            for field in call.keyword_fields
            if not (paged and field.name == "page")
        ]
        return [*lines, *(["*", *keyword] if keyword else [])]

    def parameter(self, field: Field) -> str:
        kind = field.kind
        if field.format == "local-date-time":
            kind = "datetime | str"
        elif field.many:
            kind = f"Iterable[{field.kind}]"
        elif field.refers:
            kind = f"{field.kind} | str"
        if field.required:
            return f"{field.name}: {kind}"
        if field.default is not None:
            return f"{field.name}: {kind} = {field.default}"
        return f"{field.name}: {kind} | None = None"

    def instant(self, schema: Schema, fields: tuple[Field, ...]) -> list[str]:
        """The arguments of a property that is an instant."""
        names = {field.wire: field.name for field in schema.fields}
        lines = [f"self.{field.name}" for field in fields if field.zone is None]
        for field in fields:
            if field.zone is not None:
                lines += [f"local=self.{field.name}", f"zone=self.{names[field.zone]}"]
        return lines

    def preparations(self, call: Call) -> list[str]:
        """The statements before the call: checks of parameters, spelling of times."""
        lines = [f"_{field.name.upper()}.check({field.name})" for field in call.path_fields]
        for field in call.keyword_fields:
            if field.format == "local-date-time" and field.zone:
                zone = next(f.name for f in call.keyword_fields if f.wire == field.zone)
                lines.append(
                    f"{field.name}, {zone} = zoned({quoted(field.wire)}, {field.name}, {zone})"
                )
            elif field.format == "local-date-time":
                lines.append(f"{field.name} = local({quoted(field.wire)}, {field.name})")
        lines += [
            f"_{field.name.upper()}.maybe({field.name})"
            for field in call.query_fields
            if field.format != "local-date-time"
        ]
        if call.rule:
            first, *rest = [f.name for f in call.query_fields][:3]
            lines.append(f"{first} = {call.rule}({first}, {', '.join(rest)})")
        return lines

    def value(self, field: Field) -> str:
        """The expression that gives a body's field its value."""
        if field.many:
            return f"sequence({field.name})"
        if field.refers:
            return f"choose({field.kind}, {field.name})"
        return field.name

    def walker(self, call: Call) -> str:
        """The name of the method that walks through a paged call."""
        return "iterate" if call.method == "list" else f"iterate_{call.method}"

    def parameters(self) -> list[Field]:
        """Every path and query parameter of the area that is checked, once."""
        found: dict[str, Field] = {}
        for call in self.area.calls:
            for field in (*call.path_fields, *call.query_fields):
                if field.format != "local-date-time":
                    found[field.name] = field
        return list(found.values())


def item_kind(call: Call) -> str:
    """Return the kind of what a paged answer holds."""
    return next(field.kind for field in call.answer.fields if field.name == "items")


def _if(used: object, name: str) -> set[str]:
    return {name} if used else set()


def _reach(area: Area, roots: list[Schema | None]) -> set[str]:
    by_name = {schema.name: schema for schema in area.schemas}
    found: set[str] = set()
    queue = [root.name for root in roots if root is not None]
    while queue:
        name = queue.pop()
        if name not in found:
            found.add(name)
            fields = by_name[name].fields if name in by_name else ()
            queue += [field.refers for field in fields if field.refers]
    return found
