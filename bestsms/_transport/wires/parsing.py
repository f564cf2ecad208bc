"""Which parser reads the answers: the fastest that is installed."""

from __future__ import annotations

import importlib
from typing import Final, cast

from bestsms._transport.wires.answer import Parses

__all__ = ["best"]

_PARSERS: Final = {
    "httptools": ("bestsms._transport.wires.with_httptools", "HttptoolsParser"),
    "h11": ("bestsms._transport.wires.with_h11", "H11Parser"),
}


def best() -> Parses | None:
    """Return the best parser there is; ``None`` where there is none at all."""
    for module, name in _PARSERS.values():
        try:
            return cast("Parses", getattr(importlib.import_module(module), name))
        except ImportError:
            continue
    return None
