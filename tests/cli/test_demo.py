"""The demonstration: what it shows is what happened."""

from __future__ import annotations

import pytest

from bestsms.cli import demo, main


def test_the_demo_shows_a_text_from_end_to_end(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One table: accepted, delivered, told by webhook, answered, read back, accepted once."""
    monkeypatch.setenv("COLUMNS", "160")
    assert main(["demo"]) == 0
    said = capsys.readouterr().out
    for step in ("Pending, 0 of 1 done", "SMS Success: delivered", "+61421000001 says 'YES'"):
        assert step in said
    assert "'Hi Jess, your membership renewal is due. Reply YES to renew.' got 'YES'" in said
    assert "accepted 1 time" in said


def test_the_demo_gives_up(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step that never happens ends the demonstration with a word, not a hang."""
    monkeypatch.setattr(demo, "PATIENCE", 0.01)
    assert main(["demo"]) == 2
    assert "gave up after 0.01 seconds" in capsys.readouterr().err
