"""Lines of Python: imports, quoted texts, and calls that fit the width."""

from __future__ import annotations

import json
import re
from typing import Final

__all__ = ["WIDTH", "fitted", "import_line", "quoted"]

WIDTH: Final = 100

# Between arguments, not inside a quoted one.
_ARGUMENTS: Final = re.compile(r', (?=(?:[^"]*"[^"]*")*[^"]*$)')


def import_line(module: str, names: set[str]) -> str:
    """Return a from-import in the linter's order, or nothing for no names."""
    if not names:
        return ""

    # The order of the linter: constants, classes, functions.
    def rank(name: str) -> tuple[int, str]:
        return (0 if name.isupper() else 1 if name[0].isupper() else 2, name.casefold())

    line = f"from {module} import {', '.join(sorted(names, key=rank))}"
    if len(line) <= WIDTH:
        return line
    listed = "".join(f"    {name},\n" for name in sorted(names, key=rank))
    return f"from {module} import (\n{listed})"


def quoted(text: str) -> str:
    """Return a text as a Python literal."""
    # repr() prefers single quotes, the project's formatter double ones, and so does JSON.
    return json.dumps(text, ensure_ascii=False)


def fitted(line: str, indent: int) -> str:
    """Break a call at its arguments where its line (and a comma) would be too long."""
    if indent + len(line) < WIDTH:
        return line
    head, _, arguments = line.removesuffix(")").partition("(")
    space = " " * indent
    broken = "".join(f"{space}    {argument},\n" for argument in _ARGUMENTS.split(arguments))
    return f"{head}(\n{broken}{space})"
