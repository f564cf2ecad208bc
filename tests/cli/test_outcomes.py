"""How a send ends on the command line: the exit code, and what is said of the message."""

from __future__ import annotations

import json

import pytest

import bestsms
from bestsms._retry import Clock
from bestsms.cli import main
from bestsms.cli.outcomes import code_of
from bestsms.emulator import Emulator, Fault

JESS = "+61421000001"


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


def test_a_lost_answer_is_no_failure(
    to: list[str], bestsms_emulator: Emulator, capsys: pytest.CaptureFixture[str]
) -> None:
    """The text is found by its id: code 0, one text, and a line that says how it is known."""
    for words in ([], ["--json"]):
        bestsms_emulator.inject(Fault(do="reset", accept="yes", method="POST", times=1))
        assert main(["send", "Hello", "--to", JESS, *words, *to]) == 0
    said = capsys.readouterr()
    assert "Its answer was lost; it was found by its MessageID." in said.out
    accepted = bestsms_emulator.ledger()
    found = json.loads(said.out.splitlines()[-1])["MessageID"]
    assert found in {each["MessageID"] for each in accepted}
    assert [each["count"] for each in accepted] == [1, 1]
    assert said.err == ""


def test_a_text_that_is_not_found_is_unclear(
    to: list[str],
    bestsms_emulator: Emulator,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """After the whole window: code 3, what the look-ups said, and how to ask again."""
    at = [0.0]

    async def sleep(seconds: float) -> None:
        at[0] += seconds

    clock = Clock(monotonic=lambda: at[0], sleep=sleep)
    monkeypatch.setattr("bestsms._transport.transport.Clock", lambda: clock)
    bestsms_emulator.inject(Fault(do="reset", method="POST", times=1))
    assert main(["send", "Hello", "--to", JESS, "--message-id", "ID1", *to]) == 3
    said = capsys.readouterr().err
    assert "Looked up already: the provider does not know it (8 look-ups)." in said
    assert said.endswith("look it up: bestsms status ID1\n")
    assert at == [60.0]
    assert bestsms_emulator.ledger() == []


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


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (bestsms.Rejected("no", status=400), 1),
        (bestsms.ConfigurationError("wrong"), 2),
        (bestsms.InvalidRequest("To", "is missing"), 2),
        (bestsms.OutcomeUnknown("?", verdict=bestsms.Verdict.UNKNOWN), 3),
        (bestsms.ServerError("?", status=500, verdict=bestsms.Verdict.UNKNOWN), 3),
        (bestsms.NotSent("no"), 4),
        (bestsms.NoAnswer("gone"), 5),
        (bestsms.ServerError("down", status=503), 5),
        (bestsms.InvalidResponse("html"), 5),
    ],
    ids=lambda value: type(value).__name__,
)
def test_the_exit_code_says_what_is_known(error: bestsms.BestSMSError, code: int) -> None:
    """A script can tell a refusal from silence, and both from a send that may be out."""
    assert code_of(error) == code
