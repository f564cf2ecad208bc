"""The command line as a person and a script see it: tables, JSON, exit codes, error texts."""

from __future__ import annotations

import io
import json
import os
import runpy
import subprocess
import sys

import pytest

import bestsms
from bestsms.cli import main, tables
from bestsms.emulator import Emulator

JESS = "+61421000001"


def test_a_text_is_sent_and_followed(
    to: list[str], bestsms_emulator: Emulator, capsys: pytest.CaptureFixture[str]
) -> None:
    """Send says the MessageID and how to follow it; status then shows the delivery."""
    assert main(["send", "Hello", "--to", JESS, "--message-id", "ID1", *to]) == 0
    said = capsys.readouterr().out
    assert "Accepted for 1 destination." in said
    assert "bestsms status ID1" in said
    bestsms_emulator.advance(2)
    assert main(["status", "ID1", *to]) == 0
    table = capsys.readouterr().out
    assert "ID1: Completed (1 delivered, 0 failed, 1 in all, price 0.1)" in table
    assert JESS in table
    assert "delivered" in table


def test_replies_and_the_inbox_are_listed(
    to: list[str], bestsms_emulator: Emulator, capsys: pytest.CaptureFixture[str]
) -> None:
    """A reply is in replies and in received; what a phone writes is never read as markup."""
    main(["send", "Hello", "--to", JESS, "--message-id", "ID1", *to])
    bestsms_emulator.advance(2)
    bestsms_emulator.reply(JESS, "[red]YES[/red]")
    assert main(["replies", "ID1", *to]) == 0
    assert main(["received", "--minutes", "60", *to]) == 0
    said = capsys.readouterr().out
    assert "1 replies to ID1" in said
    assert "1 received in the last 60 minutes" in said
    assert said.count("[red]YES[/red]") == 2


def test_a_script_gets_json(
    to: list[str], bestsms_emulator: Emulator, capsys: pytest.CaptureFixture[str]
) -> None:
    """With --json each command prints the wire's own names, one object a line."""
    main(["send", "Hello", "--to", JESS, "--to", "+61421000002", "--message-id", "ID1", *to])
    capsys.readouterr()
    bestsms_emulator.advance(2)
    bestsms_emulator.reply(JESS, "YES")
    for words in (["status", "ID1"], ["replies", "ID1"], ["received"]):
        assert main([*words, "--json", *to]) == 0
    status, reply, received = map(json.loads, capsys.readouterr().out.splitlines())
    assert status["MessageID"] == "ID1"
    assert len(status["Recipients"]) == 2
    assert reply["MessageText"] == received["MessageText"] == "YES"
    assert main(["send", "Hello", "--to", JESS, "--message-id", "ID2", "--json", *to]) == 0
    assert json.loads(capsys.readouterr().out)["MessageID"] == "ID2"


def test_a_test_reaches_nobody(to: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """With --test the answer says plainly that nobody gets it."""
    assert main(["send", "Hello", "--to", JESS, "--to", "+61421000002", "--test", *to]) == 0
    assert "Accepted as a test (nobody gets it) for 2 destinations." in capsys.readouterr().out


def test_the_text_can_come_from_a_pipe(
    to: list[str], bestsms_emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lone - reads the text from standard input, without the last line's end."""
    monkeypatch.setattr("sys.stdin", io.StringIO("From a pipe\n"))
    assert main(["send", "-", "--to", JESS, "--message-id", "ID1", *to]) == 0
    with bestsms.SyncClient("any", base_url=bestsms_emulator.url) as client:
        (recipient,) = client.reports.sms_reply("ID1").recipients
    assert recipient.message_text == "From a pipe"


def test_the_provider_says_no(to: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A rejection is exit code 1, with the provider's reason on standard error."""
    assert main(["status", "ID404", *to]) == 1
    assert "not found" in capsys.readouterr().err.lower()
    assert main(["send", "Hello", "--to", "nobody", *to]) == 1
    assert "valid destination" in capsys.readouterr().err


def test_a_wrong_command_says_what_is_wrong(
    to: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused arguments and missing settings are exit code 2, and name the field or variable."""
    assert main(["send", " ", "--to", JESS, *to]) == 2
    assert "Message: must not be empty" in capsys.readouterr().err
    assert main(["send", "Hello", "--to", JESS]) == 2
    assert "BESTSMS_AUTH_TOKEN" in capsys.readouterr().err
    assert main(["emulator", "--host", "0.0.0.0"]) == 2
    assert "--allow-remote" in capsys.readouterr().err


def test_a_missing_extra_is_named(
    to: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without Rich a command says which package and which extra it needs."""
    monkeypatch.setitem(sys.modules, "rich.console", None)
    monkeypatch.delitem(sys.modules, "bestsms.cli.tables", raising=False)
    monkeypatch.delattr("bestsms.cli.tables", raising=False)
    assert main(["send", "Hello", "--to", JESS, *to]) == 2
    assert "install the extra bestsms-async[cli]" in capsys.readouterr().err


def test_it_runs_as_a_module(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``python -m bestsms`` is the same command line."""
    monkeypatch.setattr("sys.argv", ["bestsms", "--version"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(bestsms.__path__[0] + "/__main__.py", run_name="__main__")
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("bestsms-async ")


def test_the_emulator_command_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    """The words of the emulator command reach the server."""
    served: dict[str, object] = {}
    monkeypatch.setattr("bestsms.emulator.standalone.run", lambda **words: served.update(words))
    assert main(["emulator", "--port", "0", "--token", "T"]) == 0
    words = {"host": "127.0.0.1", "port": 0, "token": "T"}
    assert served == {**words, "allow_remote": False, "strict": False}
    assert main(["emulator", "--strict"]) == 0
    assert served["strict"] is True


def test_an_accepted_text_is_never_reported_as_refused(
    to: list[str],
    bestsms_emulator: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """When the result can't be printed the text is out all the same: code 0, and the id said."""

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bestsms.cli.tables.sent", full)
    assert main(["send", "Hello", "--to", JESS, "--message-id", "ID1", *to]) == 0
    assert "accepted as ID1" in capsys.readouterr().err
    assert len(bestsms_emulator.ledger()) == 1
    monkeypatch.setattr("bestsms.cli.tables.report", full)
    assert main(["status", "ID1", *to]) == 2
    assert "can't print" in capsys.readouterr().err


def test_a_missing_extra_is_found_before_anything_is_sent(
    to: list[str], bestsms_emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who installs what is missing and runs the command again must not send twice."""
    monkeypatch.setitem(sys.modules, "rich.console", None)
    monkeypatch.delitem(sys.modules, "bestsms.cli.tables", raising=False)
    monkeypatch.delattr("bestsms.cli.tables", raising=False)
    assert main(["send", "Hello", "--to", JESS, *to]) == 2
    assert bestsms_emulator.ledger() == []
    assert main(["send", "Hello", "--to", JESS, "--json", *to]) == 0  # JSON needs no extra


@pytest.mark.parametrize("words", [["received"], ["received", "--json"]])
def test_a_closed_pipe_is_no_traceback(words: list[str], bestsms_emulator: Emulator) -> None:
    """``bestsms received | head -1`` ends in quiet words, whichever way it prints."""
    for number in range(3):
        bestsms_emulator.reply(JESS, f"text {number} " + "x" * 70_000)
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-W", "error", "-m", "bestsms", *words]
    ran = subprocess.run(
        [*command, "--emulator", bestsms_emulator.url],
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        timeout=60,
    )
    os.close(write)
    assert ran.returncode == 2
    assert "can't print" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_closed_pipe_leaves_nothing_to_flush(
    to: list[str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """What is still buffered goes nowhere, so that the interpreter ends without complaint."""

    def closed(*_: object, **__: object) -> None:
        tables._Console().on_broken_pipe()

    monkeypatch.setattr(tables, "sent", closed)
    assert main(["send", "Hello", "--to", JESS, "--message-id", "ID1", *to]) == 0
    os.write(1, b"lost")
    out, err = capfd.readouterr()
    assert (out, "accepted as ID1" in err) == ("", True)
