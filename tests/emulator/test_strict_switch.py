"""How strict mode is switched on: by argument, by setting, by environment, by flag."""

import pytest

from bestsms.cli.parser import parser
from bestsms.emulator import Emulator, EmulatorError
from bestsms.emulator.settings import STRICT


@pytest.mark.parametrize(("written", "strict"), [("1", True), ("0", False), ("", False)])
def test_the_environment_says_what_is_the_default(monkeypatch, written, strict):
    """One variable turns it on for every emulator of a suite; an argument still wins."""
    monkeypatch.setenv("BESTSMS_EMULATOR_STRICT", written)
    assert Emulator().settings()["strict"] is strict
    assert Emulator(strict=not strict).settings()["strict"] is not strict


def test_without_a_word_it_is_off():
    """The emulator bears with what the API is known to bear with."""
    assert Emulator().settings()["strict"] is False


def test_a_word_that_means_nothing_is_refused(monkeypatch):
    """A suite that is meant to be strict must not be lenient by a slip."""
    monkeypatch.setenv(STRICT, "yes")
    with pytest.raises(EmulatorError, match="BESTSMS_EMULATOR_STRICT is 1 or 0, not 'yes'"):
        Emulator()


async def test_it_can_be_changed_while_it_runs(make, caller):
    """And is back where it was after a reset."""
    emulator = make()
    api = caller(emulator)
    assert (await api.call("PATCH", "set/abort/m", json={})).status_code == 400
    await api.control("PATCH", "settings", json={"strict": True})
    assert (await api.call("PATCH", "set/abort/m", json={})).status_code == 415
    emulator.reset()
    assert emulator.settings()["strict"] is False


def test_the_control_api_is_not_held_to_it(make):
    """It is ours, so nothing of the wire facts is about it."""
    import httpx

    with make(strict=True).serve() as url:
        assert httpx.get(f"{url}/_emulator/ledger", trust_env=False).json() == []


def test_the_command_line_has_a_flag():
    """``python -m bestsms emulator --strict``."""
    assert parser().parse_args(["emulator", "--strict"]).strict is True
    assert parser().parse_args(["emulator"]).strict is False
