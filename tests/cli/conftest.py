"""The words that send a command to a local BestSMS."""

from __future__ import annotations

import pytest

from bestsms.emulator import Emulator


@pytest.fixture
def to(bestsms_emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The words that send a command to a local BestSMS; no token is set."""
    monkeypatch.delenv("BESTSMS_AUTH_TOKEN", raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    return ["--emulator", bestsms_emulator.url]
