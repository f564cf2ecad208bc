"""The house's own rules: who may import whom, and how large a room may grow."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "bestsms"

# From the ground up; a module imports only from its own floor or below.
FLOORS = [
    {"_breath", "_evidence", "_later", "_paging", "_placeholders", "_version", "segments"},
    {"errors"},
    {"_bridge", "_settings", "_sqlite", "_wire", "numbers"},
    {"journal"},
    {"_protocol"},
    {"_failures", "api"},
    {"_answers", "templates"},
    {"_retry"},
    {"_transport"},
    {"sending", "webhooks"},
    {"address_book", "bulk", "estimating", "waiting"},
    {"client"},
    {"sync"},
    {"__init__"},
    {"cli"},
    {"__main__"},
]
# Beside the stairs: what each of these may import of the package.
BESIDE = {
    "emulator": {"emulator"},
    "testing": {"emulator"},
    "_codegen": {"_codegen", "_wire"},
}
ROOM = 300


def modules() -> Iterator[tuple[str, Path]]:
    """Yield every module with the name of its room: the folder or file below the package."""
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path.relative_to(PACKAGE).parts[0].removesuffix(".py"), path


def imported(path: Path) -> set[str]:
    """Return the dotted names of every module that a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def rooms(path: Path) -> set[str]:
    """Return the rooms of the package that a file imports from."""
    names = [name.split(".") for name in imported(path) if name.split(".")[0] == "bestsms"]
    known = {room for room, _ in modules()}
    return {parts[1] if len(parts) > 1 and parts[1] in known else "__init__" for parts in names}


ALL = list(modules())


@pytest.mark.parametrize("path", [path for _, path in ALL], ids=lambda path: path.name)
def test_no_module_imports_upwards(path: Path) -> None:
    """Every import goes down the stairs or stays on its floor, so there are no circles of rooms."""
    room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if room in BESIDE:
        assert rooms(path) <= BESIDE[room]
        return
    level = next(number for number, floor in enumerate(FLOORS) if room in floor)
    allowed = set().union(*FLOORS[: level + 1])
    # The command line runs the emulator; nothing of the library does.
    assert rooms(path) <= allowed | ({"emulator"} if room == "cli" else set())


def test_one_module_does_http() -> None:
    """The transport imports httpx, and the emulator to post its webhooks; nothing else does."""
    importers = {
        path.relative_to(PACKAGE).as_posix()
        for _, path in ALL
        if any(name.split(".")[0] == "httpx" for name in imported(path))
    }
    rooms = {name.split("/")[0] for name in importers}
    assert rooms == {"_transport", "emulator"}


def test_rooms_stay_small() -> None:
    """A hand-written module has at most 300 lines of one idea; the description's code is made."""
    sizes = {
        path.relative_to(PACKAGE).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for room, path in ALL
        if room != "api"
    }
    assert {name: size for name, size in sizes.items() if size > ROOM} == {}
