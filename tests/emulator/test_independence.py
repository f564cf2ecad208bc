"""The emulator is a reading of the wire facts of its own."""

import ast
import sys
from pathlib import Path

import pytest

import bestsms.emulator

HOME = Path(bestsms.emulator.__file__).parent
OUTSIDE = {"anyio", "attrs", "h11", "httpx", "starlette", "uvicorn"}


@pytest.mark.parametrize(
    "path", sorted(HOME.rglob("*.py")), ids=lambda path: path.relative_to(HOME).as_posix()
)
def test_it_imports_nothing_of_the_client(path):
    """Only itself, the standard library and the extra's packages: a shared mistake would hide."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0
            names = [node.module or ""]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        for name in names:
            top = name.split(".")[0]
            ours = name == "bestsms.emulator" or name.startswith("bestsms.emulator.")
            assert ours or top in OUTSIDE or top in sys.stdlib_module_names, name


def test_the_public_names_are_sorted_and_there():
    """__all__ is sorted, complete and documented."""
    names = bestsms.emulator.__all__
    assert names == sorted(names)
    assert all(getattr(bestsms.emulator, name).__doc__ for name in names)
