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
    modules = {area.name: Module(area, home) for area in areas}
    one = environment.get_template("module.py.jinja")
    files = {
        f"{name}.py": one.render(
            area=module.area, module=module, docs=docstrings, item_kind=item_kind
        )
        for name, module in modules.items()
    }
    names = {name: module.exports for name, module in modules.items()}
    files["__init__.py"] = environment.get_template("package.py.jinja").render(names=names)
    for name, text in files.items():
        # A mistake must be found before it is written: the generator imports what it wrote.
        compile(text, name, "exec")
    return files
