"""The docstrings of what is generated, wrapped and indented for where they stand."""

from __future__ import annotations

import textwrap

from bestsms._codegen.description import Call, Field, Schema
from bestsms._codegen.source import WIDTH

__all__ = ["closing", "method", "model", "moment"]


def method(call: Call, *, paged: bool = False) -> str:
    """The docstring of a method, indented by eight."""
    summary = f"Walk through {call.method}(), page by page." if paged else call.summary
    parts = [summary]
    if call.description and not paged:
        parts.append(_wrapped(call.description, 8))
    shown = [f for f in call.keyword_fields if not (paged and f.name == "page")]
    arguments = [*call.path_fields, *shown]
    if arguments:
        lines = [_entry(field.name, _limited(field)) for field in arguments]
        parts.append("Args:\n" + "\n".join(lines))
    if paged:
        parts.append(f"Yields:\n{_indented('Every item, asking for a page when it is due.', 12)}")
    changes = call.safety != "SAFE"
    raised = [("InvalidRequest", "An argument is refused; nothing was sent.")] if arguments else []
    raised.append(("Rejected", "The provider said no." + (" Nothing was done." if changes else "")))
    if call.safety == "UNSAFE":
        raised.append(("OutcomeUnknown", "It left, and no usable answer came. Never repeated."))
    raised.append(("BestSMSError", "Anything else; see :mod:`bestsms.errors`."))
    parts.append("Raises:\n" + "\n".join(_entry(*each) for each in raised))
    parts.append(_wrapped(f"``{call.http_method} {call.path}`` ({call.source}).", 8))
    return "\n\n".join(part if n == 0 else _shifted(part) for n, part in enumerate(parts))


def model(schema: Schema) -> str:
    """The docstring of a model, indented by four."""
    parts = [_summary(schema.description)]
    rest = _rest(schema.description)
    if rest:
        parts.append(_wrapped(rest, 4).lstrip())
    if schema.fields:
        lines = [_entry(field.name, _limited(field), 8) for field in schema.fields]
        parts.append("Attributes:\n" + "\n".join(lines))
    return "\n\n".join(
        part if n == 0 or part.startswith("    ") else "    " + part for n, part in enumerate(parts)
    )


def closing(schema: Schema) -> str:
    """What stands between a class docstring and its closing quotes."""
    return "\n    " if "\n" in model(schema) else ""


def moment(name: str) -> str:
    """Return the docstring of a property that is an instant."""
    words = name.replace("_", " ")
    return f"{words[0].upper()}{words[1:]}: an aware time in UTC, if the answer has it."


def _limited(field: Field) -> str:
    text = field.description
    return text if text.endswith(".") else f"{text}."


def _summary(text: str) -> str:
    head, _, _ = text.partition(". ")
    return head if head.endswith(".") else f"{head}."


def _rest(text: str) -> str:
    return text.partition(". ")[2]


def _entry(name: str, text: str, indent: int = 12) -> str:
    return textwrap.fill(
        f"{name}: {text}",
        WIDTH,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + 4),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _indented(text: str, indent: int) -> str:
    return " " * indent + text


def _wrapped(text: str, indent: int) -> str:
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=" " * indent,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _shifted(part: str) -> str:
    return part if part.startswith("        ") else "        " + part
