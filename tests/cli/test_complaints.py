"""What is said on standard error, whoever reads it."""

from __future__ import annotations

import os

import pytest

from bestsms.cli.terminal import complain


def test_nobody_reads_a_complaint(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe that is closed at its other end is written to once, and no more at the very end."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w", encoding="utf-8") as broken:
        monkeypatch.setattr("sys.stderr", broken)
        complain("nobody hears of it")
        complain("nor of this")
        broken.flush()
