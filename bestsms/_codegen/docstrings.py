"""The docstrings of what is generated, wrapped and indented for where they stand."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from typing import Final

from bestsms._codegen.description import Call, Field, Schema
from bestsms._codegen.source import WIDTH

__all__ = ["method", "model", "moment"]

IN_CLASS: Final = 4
IN_METHOD: Final = 8

_NO_ANSWER: Final = {
    "IDEMPOTENT": "It left, and no usable answer came. Calling again is safe.",
    "UNSAFE": "It left, and no usable answer came. Never repeated.",
}


def method(call: Call, *, paged: bool = False) -> str:
    """Return the docstring of a method, or of the walk through its pages."""
    parts = [f"Walk through {call.method}(), page by page." if paged else call.summary]
    if call.description and not paged:
        parts.append(_wrapped(call.description, IN_METHOD))
    shown = [f for f in call.keyword_fields if not (paged and f.name == "page")]
    arguments = [*call.path_fields, *shown]
    if arguments:
        parts.append(_section("Args", _described(arguments), IN_METHOD))
    if paged:
        parts.append("Yields:\n    Every item, asking for a page when it is due.")
    parts.append(_section("Raises", _raised(call, refuses=bool(arguments)), IN_METHOD))
    parts.append(_wrapped(f"``{call.http_method} {call.path}`` ({call.source}).", IN_METHOD))
    return _placed(parts, IN_METHOD)


def model(schema: Schema) -> str:
    """Return the docstring of a model or an enum."""
    summary, _, rest = schema.description.partition(". ")
    parts = [_sentence(summary)]
    if rest:
        parts.append(_wrapped(rest, IN_CLASS))
    if schema.fields:
        parts.append(_section("Attributes", _described(schema.fields), IN_CLASS))
    return _placed(parts, IN_CLASS)


def moment(name: str, fields: Iterable[Field]) -> str:
    """Return the docstring of a property that is an instant."""
    words = name.replace("_", " ")
    parts = [f"{words[0].upper()}{words[1:]}: an aware time in UTC, if the answer has it."]
    zones = [field.zone for field in fields if field.zone]
    if zones:
        told = f"Made of the local time if there is no other, and {zones[0]} is a known name."
        parts.append(_wrapped(told, IN_METHOD))
    return _placed(parts, IN_METHOD)


def _raised(call: Call, *, refuses: bool) -> list[tuple[str, str]]:
    done = "" if call.safety == "SAFE" else " Nothing was done."
    raised = [("InvalidRequest", "An argument is refused; nothing was sent.")] if refuses else []
    raised.append(("Rejected", f"The provider said no.{done}"))
    if call.safety in _NO_ANSWER:
        raised.append(("OutcomeUnknown", _NO_ANSWER[call.safety]))
    return [*raised, ("BestSMSError", "Anything else; see :mod:`bestsms.errors`.")]


def _described(fields: Iterable[Field]) -> list[tuple[str, str]]:
    return [(field.name, _sentence(field.description)) for field in fields]


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


def _section(title: str, entries: list[tuple[str, str]], indent: int) -> str:
    filled = [_wrapped(f"{name}: {text}", indent, first=4, rest=8) for name, text in entries]
    return "\n".join([f"{title}:", *filled])


def _wrapped(text: str, indent: int, *, first: int = 0, rest: int = 0) -> str:
    return textwrap.fill(
        text,
        WIDTH - indent,
        initial_indent=" " * first,
        subsequent_indent=" " * rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _placed(parts: list[str], indent: int) -> str:
    space = " " * indent
    text = textwrap.indent("\n\n".join(parts), space).strip()
    # The quotes of a docstring of several lines close on a line of their own.
    return f"{text}\n{space}" if "\n" in text else text
