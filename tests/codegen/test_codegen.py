"""The generator: what is committed is what the description says, and no word of it is ignored."""

from __future__ import annotations

import ast
import copy
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import openapi_spec_validator
import pytest
import yaml
from hypothesis import given, strategies as st

import bestsms
from bestsms import api
from bestsms._codegen import __main__ as command, docstrings
from bestsms._codegen.naming import DescriptionError, snake
from bestsms._codegen.reader import read
from bestsms._codegen.source import import_line, quoted
from bestsms._settings import AREAS
from bestsms._wire.model import query_name, wire_name

PACKAGE = Path(bestsms.__file__).parent
GENERATED = sorted((PACKAGE / "api").glob("*.py"))


@pytest.fixture(scope="module")
def parsed() -> dict[str, Any]:
    """The description, parsed once."""
    return yaml.safe_load((PACKAGE / "_codegen" / "openapi.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def document(parsed: dict[str, Any]) -> dict[str, Any]:
    """A copy of the description that a test may spoil."""
    return copy.deepcopy(parsed)


# -- the description -------------------------------------------------------------------------------


def test_the_description_is_valid_openapi(parsed: dict[str, Any]) -> None:
    """Webhooks included: it serves other tools too."""
    openapi_spec_validator.validate(parsed)


def test_every_area_is_described(parsed: dict[str, Any]) -> None:
    """The tags are the areas of the settings, in their order, and every call is in one."""
    areas = read(parsed)
    assert tuple(area.name for area in areas) == AREAS
    assert sum(len(area.calls) for area in areas) == 26
    assert all(area.calls for area in areas)


def test_every_name_survives_the_way_to_the_wire_and_back(parsed: dict[str, Any]) -> None:
    """What the convention gives is not written down, and what it does not give is."""
    for area in read(parsed):
        fields = [field for schema in area.schemas for field in schema.fields]
        asked = [field for call in area.calls for field in call.query_fields]
        for each in fields:
            assert wire_name(each.name) == each.wire or each.name != snake(each.wire)
        # The search asks for fields of a contact by their own names (T13).
        assert all(each.wire in {query_name(each.name), wire_name(each.name)} for each in asked)
        assert all(each.name.isidentifier() for each in (*fields, *asked))


def test_a_send_is_never_said_to_be_safe(parsed: dict[str, Any]) -> None:
    """FAULTS 2.4: reads are GETs and nothing else is; what sends or creates is unsafe."""
    for area in read(parsed):
        for call in area.calls:
            assert (call.safety == "SAFE") is (call.http_method == "GET")
            assert call.safety == "UNSAFE" or call.http_method != "POST"
            assert call.safety == "UNSAFE" or call.method != "resubmit"


Spoil = Callable[[dict[str, Any]], object]


def _send(document: dict[str, Any]) -> dict[str, Any]:
    return document["paths"]["/send/sms"]["post"]


def _schemas(document: dict[str, Any]) -> dict[str, Any]:
    return document["components"]["schemas"]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda d: _send(d).update({"x-new": 1}), r"POST /send/sms: unknown keywords \['x-new'\]"),
        (lambda d: _send(d).update(deprecated=True), r"unknown keywords \['deprecated'\]"),
        (
            lambda d: d["components"]["parameters"]["MessageID"].update(style="simple"),
            r"unknown keywords \['style'\]",
        ),
        (
            lambda d: _schemas(d)["SMSMessage"].update(additionalProperties=False),
            r"SMSMessage: unknown keywords \['additionalProperties'\]",
        ),
        (
            lambda d: _schemas(d)["SMSMessage"]["properties"]["Message"].update(nullable=True),
            r"Message: unknown keywords \['nullable'\]",
        ),
        (
            lambda d: _schemas(d).update(Orphan={"type": "object"}),
            r"schemas that no call uses: \['Orphan'\]",
        ),
        (lambda d: _send(d).update(operationId="fax.send"), r"areas without a tag: \['fax'\]"),
        (
            lambda d: _schemas(d)["SMSMessage"]["properties"]["Message"].update(
                {"x-name": "message"}
            ),
            r"Message: x-name 'message' is not needed",
        ),
        (
            lambda d: _schemas(d)["SMSMessage"]["properties"].update(
                {"Odd_Name": {"type": "string"}}
            ),
            r"Odd_Name: needs an x-name",
        ),
        (
            lambda d: _schemas(d).update(
                Outer={"allOf": [{"$ref": "#/components/schemas/Inner"}]},
                Inner={"allOf": [], "type": "object"},
                SendResult={"allOf": [{"$ref": "#/components/schemas/Outer"}]},
            ),
            r"allOf within allOf is not supported",
        ),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_a_word_that_the_generator_does_not_know_stops_it(
    document: dict[str, Any], spoil: Spoil, said: str
) -> None:
    """A keyword, a schema, a tag or a name that would silently do nothing is an error."""
    spoil(document)
    with pytest.raises(DescriptionError, match=said):
        read(document)


# -- the generated package -------------------------------------------------------------------------


def test_what_is_committed_is_what_the_description_says(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Whole files, and the set of files."""
    assert command.main(["--check"]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("path", GENERATED, ids=lambda path: path.name)
def test_generated_code_is_kept_like_any_other(path: Path) -> None:
    """It says where it comes from, fits the page, and documents every method."""
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# Generated by `python -m bestsms._codegen`")
    assert max(map(len, text.splitlines())) <= 100
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.AsyncFunctionDef | ast.ClassDef):
            assert ast.get_docstring(node), node.name


def operations() -> Iterator[tuple[str, Any]]:
    """Yield every generated method with its operation's constant."""
    for area in AREAS:
        module = getattr(api, area)
        for name, value in vars(module).items():
            if type(value).__name__ == "Operation":
                yield name, value


def test_every_operation_is_a_method_of_its_area() -> None:
    """Named alike, on the async class and on its twin."""
    found = list(operations())
    assert len(found) == 26
    for constant, operation in found:
        area, _, method = operation.name.partition(".")
        title = "".join(word.capitalize() for word in area.split("_"))
        assert constant == f"_{method.upper()}"
        assert operation.area == area
        assert callable(getattr(getattr(api, title), method))
        assert callable(getattr(getattr(api, f"Sync{title}"), method))


# -- writing ---------------------------------------------------------------------------------------


def test_only_what_differs_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A check names the files and touches none; a run writes the changed and removes the stale."""
    monkeypatch.setattr(command, "render", lambda: {"a.py": "A = 1\n", "b.py": "B = 1\n"})
    (tmp_path / "a.py").write_text("A = 1\n", encoding="utf-8")
    (tmp_path / "b.py").write_text("B = 2\n", encoding="utf-8")
    (tmp_path / "c.py").write_text("C = 1\n", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")

    assert command.main(["--check"], target=tmp_path) == 1
    said = capsys.readouterr().out
    assert [name for name in ("a.py", "b.py", "c.py") if f"{name} is not" in said] == [
        "b.py",
        "c.py",
    ]
    assert (tmp_path / "b.py").read_text(encoding="utf-8") == "B = 2\n"

    assert command.main([], target=tmp_path) == 0
    assert capsys.readouterr().out == "1 files written, 1 removed\n"
    assert {path.name for path in tmp_path.iterdir()} == {"a.py", "b.py", "notes.txt"}
    assert command.main(["--check"], target=tmp_path) == 0


def test_a_call_without_arguments_promises_no_refusal(parsed: dict[str, Any]) -> None:
    """Its docstring has no Args, and nothing of it can be an InvalidRequest."""
    area = read(parsed)[0]
    bare = attrs.evolve(area.calls[0], path_fields=(), query_fields=(), body=None)
    assert "Args:" in docstrings.method(area.calls[0])
    assert "Args:" not in docstrings.method(bare)
    assert "InvalidRequest" not in docstrings.method(bare)


def test_a_long_import_is_broken_into_lines() -> None:
    """As the formatter does it, in the linter's order: constants, classes, functions."""
    names = {"ACCEPT", "Text", "choose", *(f"Long{'x' * 40}{number}" for number in range(2))}
    lines = import_line("bestsms._wire.checks", names).splitlines()
    assert lines[0] == "from bestsms._wire.checks import ("
    assert [line.strip(" ,") for line in lines[1:]][::4] == ["ACCEPT", "choose"]
    assert import_line("datetime", {"datetime"}) == "from datetime import datetime"
    assert import_line("datetime", set()) == ""


@given(st.text())
def test_any_text_is_quoted_as_itself(text: str) -> None:
    """A quote or a backslash in the description can neither break the code nor change its value."""
    assert ast.literal_eval(quoted(text)) == text


@given(
    st.lists(st.sampled_from(["message", "id", "sms", "url", "utc", "num", "code1"]), min_size=1)
)
def test_a_wire_name_gives_its_attribute_back(words: list[str]) -> None:
    """Unless two acronyms meet, which the description must then name by hand."""
    attribute = "_".join(words)
    back = snake(wire_name(attribute))
    acronyms = {"id", "sms", "url", "utc"}
    meets = any(a in acronyms and b in acronyms for a, b in itertools.pairwise(words))
    assert back == attribute or meets


@pytest.mark.parametrize("text", ['three """ quotes', "a back\\slash"])
def test_what_no_docstring_can_hold_is_refused(document: dict[str, Any], text: str) -> None:
    """Description text goes into docstrings as it is, so what would end one is an error."""
    document["paths"]["/send/sms"]["post"]["description"] = text
    with pytest.raises(DescriptionError, match="docstring"):
        read(document)


@pytest.mark.parametrize(
    ("keyword", "where"),
    [("x-safety", ("paths", "/send/sms", "post")), ("format", ())],
)
def test_a_misspelt_word_is_refused(
    document: dict[str, Any], keyword: str, where: tuple[str, ...]
) -> None:
    """A format or a safety that nobody knows would silently drop a check."""
    node = document["components"]["schemas"]["SMSMessage"]["properties"]["WebhookCallbackURL"]
    for step in where:
        node = document if step == "paths" else node
        node = node[step]
    node[keyword] = "https_url"
    with pytest.raises(DescriptionError, match="https_url"):
        read(document)
