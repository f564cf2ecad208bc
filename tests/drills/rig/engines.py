"""The connections below a client: by the parser that is installed, or httpx's own."""

from __future__ import annotations

import pytest

from bestsms._transport.wires.with_h11 import H11Parser
from bestsms._transport.wires.with_httptools import HttptoolsParser

ENGINES = {"httptools": HttptoolsParser, "h11": H11Parser, "lanes": None}
"""The parsers by name; without one there are lanes of httpx."""


def use(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have clients that are made from here on use these connections."""
    monkeypatch.setattr("bestsms._transport.through_wires.best", lambda: ENGINES[engine])
