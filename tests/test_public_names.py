"""The public names: all there, in order, and cheap to import."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import subprocess
import sys
import types
import typing
from collections.abc import Iterator
from typing import ParamSpec, TypeVar

import pytest

import bestsms
from bestsms import api, errors
from bestsms._wire.model import Answer, OpenStrEnum

BESIDE = ("_codegen", "cli", "emulator", "testing", "__main__")


def core_modules() -> list[str]:
    """The modules of the client, without what stands beside it."""
    found = [name for _, name, _ in pkgutil.walk_packages(bestsms.__path__, "bestsms.")]
    return [name for name in found if name.split(".")[1] not in BESIDE]


def test_all_is_sorted_and_complete() -> None:
    """Every public name of the package is in ``__all__``, and nothing else is."""
    public = {
        name
        for name, value in vars(bestsms).items()
        if not name.startswith("_") and not isinstance(value, types.ModuleType)
    }
    used = {"import_module", "TYPE_CHECKING"}
    assert bestsms.__all__ == sorted((public - used) | {"__version__", *bestsms._LATER})


def test_what_is_loaded_late_is_what_it_is_called() -> None:
    """``bestsms.Wait`` is a class and ``bestsms.webhooks`` a module; any other name is an error."""
    assert bestsms.Wait.__name__ == "Wait"
    assert bestsms.Stream.__name__ == "Stream"
    assert bestsms.Estimate.__name__ == "Estimate"
    assert bestsms.People is importlib.import_module("bestsms.address_book.people").People
    assert bestsms.webhooks.__name__ == "bestsms.webhooks"
    assert bestsms.numbers.__name__ == "bestsms.numbers"
    assert bestsms.segments.__name__ == "bestsms.segments"
    assert bestsms.templates.__name__ == "bestsms.templates"
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        bestsms.nothing  # noqa: B018


@pytest.mark.parametrize("name", core_modules())
def test_every_module_says_what_it_gives(name: str) -> None:
    """What it defines without an underscore is in its ``__all__``."""
    module = importlib.import_module(name)
    if not vars(module).get("__doc__") or not hasattr(module, "__all__"):
        bare = {"_version", "_wire", "address_book", "bulk", "waiting"}
        assert name in {f"bestsms.{each}" for each in bare}
        return
    given = set(module.__all__)
    assert len(module.__all__) == len(given)
    assert [each for each in given if not hasattr(module, each)] == []
    own = {
        each
        for each, value in vars(module).items()
        if getattr(value, "__module__", None) == name
        and not each.startswith("_")
        and not isinstance(value, TypeVar | ParamSpec)
    }
    assert own - given == set()


def test_the_documented_names_are_there() -> None:
    """DESIGN 2: names that scripts may rely on from the first day, with their defaults."""
    arguments = inspect.signature(bestsms.AsyncClient).parameters
    assert {name: each.default for name, each in arguments.items()} == {
        "auth_token": None,
        "base_url": None,
        "version": None,
        "versions": None,
        "timeout": 30.0,
        "deadline": None,
        "settle_window": 60.0,
        "journal": None,
        "callback": None,
        "default_region": None,
        "allowed_prefixes": None,
        "allowed_regions": None,
        "only_to": None,
        "max_connections": 100,
        "poll_rate": 1.0,
        "wire_format": "json",
        "transport": None,
    }
    assert all(each.kind is each.KEYWORD_ONLY for each in list(arguments.values())[1:])


def test_every_error_is_public() -> None:
    """Whatever is raised can be caught by a name of the package."""
    assert set(errors.__all__) <= set(bestsms.__all__)


def reached(kind: typing.Any) -> Iterator[type]:
    """Yield the models and enums in an annotation, and in theirs."""
    for each in (kind, *typing.get_args(kind)):
        if inspect.isclass(each) and issubclass(each, Answer | OpenStrEnum):
            yield each
            for inner in getattr(each, "__attrs_attrs__", ()):
                yield from reached(inner.type)
        elif typing.get_args(each) and each is not kind:
            yield from reached(each)


def test_every_answer_can_be_named_in_a_users_annotation() -> None:
    """Each call's answer, what it holds, and every enum."""
    answers: set[str] = set()
    for area in (getattr(api, name) for name in api.__all__):
        if inspect.isclass(area) and hasattr(area, "__slots__") and "_caller" in area.__slots__:
            for _, method in inspect.getmembers(area, inspect.isfunction):
                answers |= {each.__name__ for each in reached(method.__annotations__.get("return"))}
    assert {"Report", "Recipient", "SMSReply", "JobStatus"} <= answers
    assert answers <= set(bestsms.__all__)


# httpx takes the first three for a command line of its own, where they are installed.
UNWANTED = ("rich", "click", "pygments", "starlette", "uvicorn", "fastapi", "yaml", "jinja2")


def imported(*modules: str) -> set[str]:
    """What a fresh interpreter without the unwanted modules holds after importing these."""
    code = (
        f"import sys; sys.modules.update(dict.fromkeys({UNWANTED})); import {', '.join(modules)}; "
        "print(*(name for name, module in sys.modules.items() if module))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(ran.stdout.split())


def test_the_client_needs_four_packages() -> None:
    """Importing it pulls in httpx, attrs, cattrs, anyio, what these need, and nothing else."""
    found = imported("bestsms") - imported("httpx", "attrs", "cattrs", "anyio")
    assert {name.partition(".")[0] for name in found} - sys.stdlib_module_names == {"bestsms"}


def test_the_client_does_not_bring_what_few_need() -> None:
    """What keeps, waits, receives, bridges or measures is loaded when it is used."""
    unwanted = {"sqlite3", "anyio.from_thread", "anyio.to_thread", "bestsms.webhooks"}
    rooms = {
        "address_book",
        "estimating",
        "numbers",
        "sending.guarding",
        "segments",
        "templates",
        "waiting.desk",
        "waiting.streams",
    }
    assert not imported("bestsms") & {*unwanted, *(f"bestsms.{room}" for room in rooms)}


def test_the_client_does_not_bring_what_stands_beside_it() -> None:
    """The emulator, the command line and the generator are imported when used."""
    loaded = {name.split(".")[1] for name in imported("bestsms") if name.startswith("bestsms.")}
    assert "client" in loaded
    assert not loaded & set(BESIDE)
