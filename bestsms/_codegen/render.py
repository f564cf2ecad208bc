"""Turns the description into the files of ``bestsms/api``, through one template a kind."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import jinja2
import yaml

from bestsms._codegen import docstrings
from bestsms._codegen.module import Module, item_kind
from bestsms._codegen.reader import read

__all__ = ["render"]

HERE: Final = Path(__file__).parent


def render() -> dict[str, str]:
    """Return the text of every generated file by its name in ``bestsms/api``."""
    document = yaml.safe_load((HERE / "openapi.yaml").read_text(encoding="utf-8"))
    areas = read(document)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - Python is written here, and every text is quoted
    )
    home = {schema.name: area.name for area in areas for schema in area.schemas}
    files: dict[str, str] = {}
    for area in areas:
        module = Module(area, home)
        template = environment.get_template("module.py.jinja")
        files[f"{area.name}.py"] = template.render(
            area=area, module=module, docs=docstrings, item_kind=item_kind
        )
    names = {area.name: sorted([*Module(area, home).exports]) for area in areas}
    files["__init__.py"] = environment.get_template("package.py.jinja").render(names=names)
    return files
