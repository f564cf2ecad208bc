"""The command line as a person and a script see it: tables, JSON, exit codes, error texts."""

from __future__ import annotations

import io
import json
import runpy
import sys

import pytest

import bestsms
from bestsms.cli import main
from bestsms.emulator import Emulator

JESS = "+61421000001"


@pytest.fixture
def to(bestsms_emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The words that send a command to a local BestSMS; no token is set."""
    monkeypatch.delenv("BESTSMS_AUTH_TOKEN", raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    return ["--emulator", bestsms_emulator.url]


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


def test_nobody_there_is_not_sent(capsys: pytest.CaptureFixture[str]) -> None:
    """With no server at the address nothing was sent: exit code 4, and the text says so."""
    assert main(["send", "Hello", "--to", JESS, "--emulator", "http://127.0.0.1:9"]) == 4
    assert "Nothing was sent" in capsys.readouterr().err


def test_an_unclear_send_is_not_to_be_repeated(
    to: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 3 means it may have been sent; the error says how to look it up."""

    def send(*_: object, **__: object) -> None:
        raise bestsms.OutcomeUnknown("Gone.", message_id="ID1", verdict=bestsms.Verdict.UNKNOWN)

    monkeypatch.setattr("bestsms.SyncClient.send", send)
    assert main(["send", "Hello", "--to", JESS, *to]) == 3
    assert "look it up: bestsms status ID1" in capsys.readouterr().err


def test_an_interrupt_is_not_a_traceback(
    to: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C is one line: of a read that it was interrupted, of a send also the MessageID."""

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("bestsms.SyncClient.send", interrupted)
    assert main(["send", "Hello", "--to", JESS, "--message-id", "ID1", *to]) == 3
    assert "it may have been sent: bestsms status ID1\n" in capsys.readouterr().err
    monkeypatch.setattr("bestsms.api.SyncReports.status", interrupted)
    assert main(["status", "ID1", *to]) == 130
    assert capsys.readouterr().err == "bestsms: interrupted\n"


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
    assert served == {"host": "127.0.0.1", "port": 0, "token": "T", "allow_remote": False}
