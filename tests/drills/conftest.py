"""The rig of the drills, made importable, and what lasts for a whole run."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

# importlib mode puts no folder of tests on the path; ``rig`` is these drills' own.
sys.path.insert(0, str(Path(__file__).parent))
pytest.register_assert_rewrite("rig")

from inbox.stores import database, postgresql, store  # noqa: E402 - found by the lines above
from rig.certificates import Certificates  # noqa: E402

__all__ = ["database", "postgresql", "store"]


@pytest.fixture(scope="session")
def certificates() -> Certificates:
    """One authority for the whole run."""
    return Certificates()


@pytest.fixture
def trusting(certificates: Certificates, monkeypatch: pytest.MonkeyPatch) -> Certificates:
    """The client's own connections trust that authority, and no other."""
    monkeypatch.setattr("bestsms._transport.lanes.trusted", lambda: certificates.trust)
    return certificates


@pytest.fixture
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Attempts follow each other quickly."""
    monkeypatch.setattr("bestsms._retry.FIRST_PAUSE", 0.01)
    monkeypatch.setattr("bestsms._retry.FIRST_PAUSE_WHEN_LIMITED", 0.01, raising=False)
