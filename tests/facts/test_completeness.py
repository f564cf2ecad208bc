"""No trap and no behaviour of the wire facts is without its test, or a sentence why it has none."""

from __future__ import annotations

import importlib.util
import inspect
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
# Beside the repository, where it was written; a checkout elsewhere does not have it.
WIRE_FACTS = HERE.parent.parent.parent / "shared" / "api" / "wire-facts.md"

TABLE: dict[str, list[str] | str] = {
    number: row
    for section in tomllib.loads((HERE / "table.toml").read_text(encoding="utf-8")).values()
    for number, row in section.items()
}
NUMBERS = [
    *(f"T{n}" for n in (*range(1, 48), *range(50, 105))),
    *(f"E{n}" for n in range(1, 22)),
    *(f"U{n}" for n in range(1, 36)),
]


def named_in(path: Path) -> Iterator[tuple[str, set[str]]]:
    """Yield each test of a file, and the numbers in its own name and in the names of its rows."""
    spec = importlib.util.spec_from_file_location(f"facts_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name, function in inspect.getmembers(module, inspect.isfunction):
        if name.startswith("test_"):
            words = [name.upper().replace("_", " "), *rows_of(function)]
            found = {word for each in words for word in re.findall(r"\b[TEU]\d+\b", each)}
            yield f"{path.name}::{name}", found


def rows_of(function: Any) -> Iterator[str]:
    """Yield the names of a test's rows."""
    for mark in getattr(function, "pytestmark", ()):
        if mark.name == "parametrize":
            ids = mark.kwargs.get("ids")
            named = ids if isinstance(ids, list) else mark.args[1]
            yield from (each for each in named if isinstance(each, str))


NAMED = {
    name: found
    for path in sorted(HERE.glob("test_*.py"))
    if path.name != Path(__file__).name
    for name, found in named_in(path)
}


def test_the_table_has_every_number() -> None:
    """And no other, in order."""
    assert list(TABLE) == NUMBERS


def test_the_numbers_are_those_of_the_wire_facts() -> None:
    """Every number that a table of sections 3 to 5 begins a row with."""
    if not WIRE_FACTS.exists():
        pytest.skip("the wire facts lie beside the repository, and are not here")
    text = WIRE_FACTS.read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| ([TEU][0-9]+) \|", text, re.MULTILINE))
    assert listed == set(NUMBERS)


@pytest.mark.parametrize("number", NUMBERS)
def test_each_number_is_tested_or_says_why_not(number: str) -> None:
    """Its row names every test that is named after it, all of which exist; or is a sentence."""
    row = TABLE[number]
    tests = sorted(name for name, found in NAMED.items() if number in found)
    if isinstance(row, str):
        assert tests == []
        assert re.fullmatch(r"[A-Z].{30,}\.", row)
        elsewhere = re.findall(r"tests/[a-z_/]+\.py", row)
        assert [path for path in elsewhere if not (HERE.parent.parent / path).exists()] == []
    else:
        assert row
        assert sorted(row) == tests


def test_every_test_is_named_after_a_number() -> None:
    """But for those of the samples and of the round trips, which are of all."""
    others = ("test_samples.py", "test_round_trips.py")
    unnamed = [name for name, found in NAMED.items() if not found and not name.startswith(others)]
    assert unnamed == []
