"""What every test stands on: neither the developer's settings nor a stopwatch reach it.

Every emulator is in its strict mode, those in other processes too: what the client sends must keep
to the references to the letter. The tests of the emulator itself say where they want it so.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import hypothesis
import pytest
from hypothesis.configuration import set_hypothesis_home_dir

# Nothing is written into the checkout, and no example is held to a time.
set_hypothesis_home_dir(Path(tempfile.gettempdir()) / "bestsms-hypothesis")
hypothesis.settings.register_profile("bestsms", deadline=None, database=None, max_examples=60)
hypothesis.settings.load_profile("bestsms")

os.environ["BESTSMS_EMULATOR_STRICT"] = "1"


def pytest_configure(config: pytest.Config) -> None:
    """Measure the workers of pytest-xdist, and no process that a test starts: they are timed."""
    if not config.getoption("numprocesses", None):
        os.environ.pop("COVERAGE_PROCESS_CONFIG", None)


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AUTH_TOKEN", "BASE_URL", "VERSION", "WEBHOOK_SENDER", "WEBHOOK_API_KEY"):
        monkeypatch.delenv(f"BESTSMS_{name}", raising=False)
