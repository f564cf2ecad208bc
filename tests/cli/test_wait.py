"""``bestsms wait`` as a person and a script see it: each change, the end, and how to go on."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import bestsms
from bestsms.cli import main
from bestsms.emulator import Emulator
from bestsms.errors import WaitsFailed

JESS = "+61421000001"
UNDELIVERED = "+61491570156"
PENDING = "+61491570110"
FAST = ["--rate", "1000"]


@pytest.fixture
def send(to: list[str], bestsms_emulator: Emulator) -> Callable[..., None]:
    """Send a text under an id of its own."""

    def sent(message_id: str, *numbers: str) -> None:
        with bestsms.SyncClient("any", base_url=bestsms_emulator.url) as client:
            client.send("Hello", to=list(numbers), message_id=message_id)

    return sent


@pytest.fixture
def delivered_when_seen(bestsms_emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Deliver each message after its first look, and wake the wait as a webhook would."""
    wait_many = bestsms.SyncClient.wait_many

    def followed(client: bestsms.SyncClient, ids: Any, *, on_progress: Any, **words: Any) -> Any:
        def progress(report: bestsms.Report) -> None:
            on_progress(report)
            bestsms_emulator.advance(5)
            client.wake(report.message_id)

        return wait_many(client, ids, on_progress=progress, **words)

    monkeypatch.setattr(bestsms.SyncClient, "wait_many", followed)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Let standard output be a terminal."""
    monkeypatch.setattr(type(sys.stdout), "isatty", lambda _: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("LINES", "40")


def test_a_pipe_gets_a_line_for_each_change(
    to: list[str],
    send: Callable[..., None],
    delivered_when_seen: None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Status, how many are done and the result are on it; delivered to all is exit code 0."""
    send("ID1", JESS)
    assert main(["wait", "ID1", *FAST, *to]) == 0
    said = capsys.readouterr()
    lines = [line.split("  ")[1:] for line in said.out.splitlines()]
    assert lines == [
        ["ID1", "Pending", "0 of 1", "Pending"],
        ["ID1", "Completed", "1 of 1", "delivered"],
    ]
    assert said.err == ""


def test_a_script_gets_the_final_reports(
    to: list[str],
    send: Callable[..., None],
    delivered_when_seen: None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """With --json each final report is a line in the wire's own names, as from status."""
    send("ID1", JESS)
    send("ID2", JESS)
    assert main(["wait", "ID1", "ID2", "ID1", "--json", *FAST, *to]) == 0
    reports = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {each["MessageID"]: each["Status"] for each in reports} == {
        "ID1": "Completed",
        "ID2": "Completed",
    }
    assert len(reports) == 2


def test_a_terminal_has_a_table(
    to: list[str],
    send: Callable[..., None],
    delivered_when_seen: None,
    terminal: None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One row a message; at the end it stays, with what became of each."""
    send("ID1", JESS)
    send("ID2", JESS, UNDELIVERED)
    assert main(["wait", "ID1", "ID2", *FAST, *to]) == 6
    said = capsys.readouterr().out
    table = said[said.rindex("2 of 2 final") :]
    assert "Last change" in table
    assert "delivered" in table
    assert "1 delivered, 1 failed" in table


def test_not_delivered_to_all_is_an_exit_code(
    to: list[str], send: Callable[..., None], bestsms_emulator: Emulator
) -> None:
    """A script knows from 6 that every message is final and not every one was delivered."""
    send("ID1", JESS)
    send("ID2", UNDELIVERED)
    bestsms_emulator.advance(5)
    assert main(["wait", "ID1", "ID2", *FAST, *to]) == 6


def test_time_that_is_over_is_an_exit_code(
    to: list[str],
    send: Callable[..., None],
    terminal: None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A script knows from 7 that a message is not final; a person reads what was seen last."""
    send("ID1", PENDING)
    assert main(["wait", "ID1", "--timeout", "0", *FAST, *to]) == 7
    said = capsys.readouterr()
    assert "the time is over" in said.out
    assert "0 of 1 final" in said.out
    assert "ID1: 0 s are over" in said.err


def test_what_keeps_us_from_knowing_comes_first(
    to: list[str],
    send: Callable[..., None],
    bestsms_emulator: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A refused token is 1, as for any command, whatever became of the others; said five times."""
    refused = [
        bestsms.AuthenticationFailed("No.", status=401, message_id=f"ID{number}")
        for number in range(7)
    ]
    over = bestsms.errors.WaitTimeout("Over.", message_id="ID7")

    def failing(*_: object, **__: object) -> Iterator[bestsms.Report]:
        error = WaitsFailed("Eight.")
        error.errors = (over, *refused)
        raise error
        yield

    monkeypatch.setattr(bestsms.SyncClient, "wait_many", failing)
    ids = [f"ID{number}" for number in range(8)]
    assert main(["wait", *ids, *to]) == 1
    assert capsys.readouterr().err.splitlines() == [
        *["bestsms: No."] * 5,
        "bestsms: and 3 more like these",
    ]


def test_a_message_that_brings_no_answer_is_named(
    to: list[str],
    terminal: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The table says which error it was, and 'not found' is a no of the provider."""

    def failing(*_: object, **__: object) -> Iterator[bestsms.Report]:
        error = WaitsFailed("One.")
        error.errors = (bestsms.NotFound("Not found.", status=404, message_id="ID404"),)
        raise error
        yield

    monkeypatch.setattr(bestsms.SyncClient, "wait_many", failing)
    assert main(["wait", "ID404", *to]) == 1
    assert "NotFound" in capsys.readouterr().out


def test_a_bug_is_seen_whole(to: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What is no error of the library is not made one."""

    def failing(*_: object, **__: object) -> Iterator[bestsms.Report]:
        error = WaitsFailed("One.")
        error.errors = (RuntimeError("a bug"),)
        raise error
        yield

    monkeypatch.setattr(bestsms.SyncClient, "wait_many", failing)
    with pytest.raises(RuntimeError, match="a bug"):
        main(["wait", "ID1", *to])


def test_control_c_says_how_to_go_on(bestsms_emulator: Emulator, send: Callable[..., None]) -> None:
    """Exit code 130, with what is left as a command and as a handle until the same moment."""
    send("ID1", PENDING)
    ran = interrupted("wait", "ID1", "ID 2", "--emulator", bestsms_emulator.url)
    assert ran.returncode == 130
    first, command, handle, *_ = ran.stderr.splitlines()
    assert first == "bestsms: interrupted; 2 of 2 messages are not final"
    assert command == "bestsms: to go on: bestsms wait ID1 'ID 2'"
    text = handle.partition("client.resume('")[2].removesuffix("')")
    with bestsms.SyncClient("any", base_url=bestsms_emulator.url) as client:
        bestsms_emulator.set_destination(PENDING, result="delivered")
        bestsms_emulator.advance(5)
        assert client.resume(text).success == 1


def test_what_is_final_is_not_left(
    to: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The hint of Ctrl-C names the others, in whichever case the provider writes an id."""

    def stopped(*_: object, **__: object) -> Iterator[bestsms.Report]:
        yield bestsms.Report(message_id="id1", status=bestsms.JobStatus.COMPLETED)
        raise KeyboardInterrupt

    monkeypatch.setattr(bestsms.SyncClient, "wait_many", stopped)
    assert main(["wait", "ID1", "ID2", *to]) == 130
    _, command, handle = capsys.readouterr().err.splitlines()
    assert command == "bestsms: to go on: bestsms wait ID2"
    assert '"message_id":"ID2"' in handle


@pytest.mark.parametrize(("status", "code"), [("Success", 0), ("Failed", 6), ("Pending", 6)])
def test_recipients_count_where_the_counts_are_missing(
    status: str, code: int, to: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Delivered is what every recipient says, if the report has no numbers."""
    recipients = (bestsms.Recipient(status=bestsms.RecipientStatus(status)),)

    def reported(*_: object, **__: object) -> Iterator[bestsms.Report]:
        yield bestsms.Report(message_id="ID1", recipients=recipients)

    monkeypatch.setattr(bestsms.SyncClient, "wait_many", reported)
    assert main(["wait", "ID1", *to]) == code


def test_many_that_are_left_are_not_listed(
    to: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """After Ctrl-C over a long list the hint is the same command again."""

    def stopped(*_: object, **__: object) -> Iterator[bestsms.Report]:
        raise KeyboardInterrupt
        yield

    monkeypatch.setattr(bestsms.SyncClient, "wait_many", stopped)
    assert main(["wait", *(f"ID{number}" for number in range(6)), *to]) == 130
    assert capsys.readouterr().err.splitlines() == [
        "bestsms: interrupted; 6 of 6 messages are not final",
        "bestsms: to go on: the same command again",
    ]


def test_nobody_reads_any_more(
    to: list[str], send: Callable[..., None], bestsms_emulator: Emulator
) -> None:
    """``bestsms wait ... | head -1`` ends in quiet words."""
    send("ID1", PENDING)
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "bestsms", "wait", "ID1", *FAST, *to],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    said = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=60) == 2
    assert "Broken pipe" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("text", ["", "48 hours", "-1", "1w", "nan", "inf"])
def test_a_time_that_is_none_is_refused(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Seconds, or a number with its unit; anything else names what is allowed."""
    with pytest.raises(SystemExit) as ended:
        main(["wait", "ID1", f"--timeout={text}"])
    assert ended.value.code == 2
    assert "such as 48h" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90), ("1.5s", 1.5), ("30m", 1800), ("48h", 172_800), ("2d", 172_800)],
)
def test_a_time_has_a_unit(
    text: str, seconds: float, to: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without one it is seconds, as everywhere in the library."""
    asked: dict[str, object] = {}

    def noted(*_: object, **words: object) -> Iterator[bestsms.Report]:
        asked.update(words)
        return iter(())

    monkeypatch.setattr(bestsms.SyncClient, "wait_many", noted)
    main(["wait", "ID1", "--timeout", text, *to])
    assert asked["timeout"] == seconds


def interrupted(*words: str) -> subprocess.CompletedProcess[str]:
    """Run a command and interrupt it when its first line has come."""
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "bestsms", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    return subprocess.CompletedProcess(words, process.returncode, first + out, err)
