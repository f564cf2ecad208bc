"""``bestsms inbox``: received messages, each once, and a file that says where to go on."""

from __future__ import annotations

import json
import os
import re
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

import pytest

import bestsms
from bestsms.cli import main
from bestsms.emulator import Emulator

JESS = "+61421000001"
STEERING = "YES [red]x\x1b[2J\u202e\n\x9b1mtwo [/red]"


def texts(said: str) -> list[str]:
    """Return the text on each line."""
    return [line.split("  ")[2] for line in said.splitlines()]


@pytest.fixture
def ends_when_nothing_is_new(monkeypatch: pytest.MonkeyPatch) -> None:
    """Interrupt what follows as soon as it would wait."""
    inbox = bestsms.SyncClient.inbox

    class Stream:
        def __init__(self, stream: Any) -> None:
            self._stream = stream

        @property
        def cursor(self) -> str:
            return str(self._stream.cursor)

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            self._stream.close()

        def __iter__(self) -> Iterator[bestsms.ReceivedMessage]:
            yield from self._stream
            raise KeyboardInterrupt

    def ending(client: bestsms.SyncClient, *, since: Any, timeout: float | None) -> Any:
        assert timeout is None
        return Stream(inbox(client, since=since, timeout=0))

    monkeypatch.setattr(bestsms.SyncClient, "inbox", ending)


def test_what_was_received_is_printed_and_it_ends(
    to: list[str], bestsms_emulator: Emulator, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without --follow: what is there, oldest first, a line each."""
    with bestsms.SyncClient("any", base_url=bestsms_emulator.url) as client:
        client.send("Hello", to=JESS, message_id="ID1")
    bestsms_emulator.advance(5)
    bestsms_emulator.reply(JESS, "first")
    bestsms_emulator.reply(JESS, "second")
    assert main(["inbox", *to]) == 0
    said = capsys.readouterr()
    assert texts(said.out) == ["first", "second"]
    assert all(line.endswith("(reply to ID1)") for line in said.out.splitlines())
    assert JESS in said.out
    assert said.err == ""


def test_it_begins_a_day_ago(to: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --follow; who follows begins now, by the provider's clock."""
    asked: list[datetime | None] = []

    def noted(_: object, *, since: datetime | None, timeout: float | None) -> None:
        asked.append(since)
        raise bestsms.NoAnswer("Enough.")

    monkeypatch.setattr(bestsms.SyncClient, "inbox", noted)
    earliest = datetime.now(UTC) - timedelta(days=1)
    main(["inbox", *to])
    main(["inbox", "--follow", *to])
    a_day_ago, now = asked
    assert a_day_ago is not None
    assert earliest <= a_day_ago <= datetime.now(UTC) - timedelta(days=1)
    assert now is None


def test_a_phone_does_not_steer_the_terminal(
    to: list[str], bestsms_emulator: Emulator, capsys: pytest.CaptureFixture[str]
) -> None:
    """Control characters are escaped and markup is text: in a line, in a table and in JSON."""
    bestsms_emulator.reply(JESS, STEERING)
    assert main(["inbox", *to]) == 0
    assert texts(capsys.readouterr().out) == [r"YES [red]x\x1b[2J\u202e\n\x9b1mtwo [/red]"]
    assert main(["received", *to]) == 0
    table = capsys.readouterr().out
    assert r"YES [red]x\x1b[2J\u202e" in table
    assert r"\x9b1mtwo [/red]" in table
    assert main(["inbox", "--json", *to]) == 0
    line = capsys.readouterr().out
    assert json.loads(line)["MessageText"] == STEERING
    assert not re.search("[^ -~\n]", line)


def test_a_message_that_says_little_is_printed_too(
    to: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the provider left out is a dash."""

    class Stream:
        cursor = ""

        def __enter__(self) -> list[bestsms.ReceivedMessage]:
            return [bestsms.ReceivedMessage()]

        def __exit__(self, *_: object) -> None: ...

        def __iter__(self) -> Iterator[bestsms.ReceivedMessage]:
            yield bestsms.ReceivedMessage()

    monkeypatch.setattr(bestsms.SyncClient, "inbox", lambda *_, **__: Stream())
    assert main(["inbox", *to]) == 0
    assert capsys.readouterr().out == "-  -  \n"


def test_a_cursor_goes_on_where_it_ended(
    to: list[str],
    bestsms_emulator: Emulator,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The file is kept for its owner alone, and the next run prints what came since."""
    file = tmp_path / "cursor"
    words = ["inbox", "--cursor", str(file), *to]
    bestsms_emulator.reply(JESS, "first")
    assert main(words) == 0
    assert texts(capsys.readouterr().out) == ["first"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    bestsms_emulator.reply(JESS, "second")
    assert main([*words, "--since", "1d"]) == 0
    assert texts(capsys.readouterr().out) == ["second"]
    assert main(words) == 0
    assert capsys.readouterr().out == ""
    assert [each.name for each in tmp_path.iterdir()] == ["cursor"]


def test_it_begins_where_it_is_told(
    to: list[str],
    bestsms_emulator: Emulator,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A time, how long ago, or the cursor of another run, whose file stays as it is."""
    file = tmp_path / "cursor"
    bestsms_emulator.reply(JESS, "first")
    main(["inbox", "--cursor", str(file), *to])
    kept = file.read_text()
    bestsms_emulator.reply(JESS, "second")
    capsys.readouterr()
    for since, expected in {
        "1h": ["first", "second"],
        "2020-01-01T00:00Z": ["first", "second"],
        "2020-01-01": ["first", "second"],
        str(file): ["second"],
    }.items():
        assert main(["inbox", "--since", since, *to]) == 0
        assert texts(capsys.readouterr().out) == expected
    assert file.read_text() == kept


@pytest.mark.parametrize("since", ["soon", "0001-01-01", "999999999d", "/nowhere/at/all"])
def test_a_beginning_that_is_none_is_refused(
    since: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The error says what can be given."""
    with pytest.raises(SystemExit) as ended:
        main(["inbox", "--since", since])
    assert ended.value.code == 2
    assert "how long ago (24h)" in capsys.readouterr().err


def test_a_file_that_is_no_cursor_is_left_alone(
    to: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A mistyped name must not cost anybody a file."""
    file = tmp_path / "thesis.txt"
    file.write_text("years of work")
    assert main(["inbox", "--cursor", str(file), *to]) == 2
    assert "no cursor" in capsys.readouterr().err
    assert file.read_text() == "years of work"


def test_a_cursor_that_cannot_be_kept_is_said_at_once(
    to: list[str],
    bestsms_emulator: Emulator,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Before anything is printed, so that nothing is lost: no folder, or a folder in its place."""
    bestsms_emulator.reply(JESS, "first")
    (tmp_path / "folder").mkdir()
    for place in ("none/cursor", "folder"):
        assert main(["inbox", "--cursor", str(tmp_path / place), *to]) == 2
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.startswith("bestsms: ")
    assert [each.name for each in tmp_path.iterdir()] == ["folder"]


def test_a_crash_while_keeping_leaves_the_last_one(
    to: list[str],
    bestsms_emulator: Emulator,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The file is replaced whole or not at all, and no half of one is left beside it."""
    file = tmp_path / "cursor"
    assert main(["inbox", "--cursor", str(file), *to]) == 0
    kept = file.read_text()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    bestsms_emulator.reply(JESS, "first")
    assert main(["inbox", "--cursor", str(file), *to]) == 2
    assert file.read_text() == kept
    assert [each.name for each in tmp_path.iterdir()] == ["cursor"]


def test_following_begins_now(
    to: list[str],
    bestsms_emulator: Emulator,
    tmp_path: Path,
    ends_when_nothing_is_new: None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What came before is not printed; what comes while nobody runs it is, with a cursor."""
    words = ["inbox", "--follow", "--cursor", str(tmp_path / "cursor"), *to]
    bestsms_emulator.reply(JESS, "before")
    bestsms_emulator.advance(60)
    assert main(words) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert "Ctrl-C ends it" in said.err
    bestsms_emulator.reply(JESS, "between")
    assert main(words) == 0
    assert texts(capsys.readouterr().out) == ["between"]
    assert main(words) == 0
    assert capsys.readouterr().out == ""


def test_control_c_is_how_following_ends(bestsms_emulator: Emulator) -> None:
    """Exit code 0, and nothing on standard error but the word at the start."""
    bestsms_emulator.reply(JESS, "first")
    words = ["inbox", "--follow", "--since", "1h", "--emulator", bestsms_emulator.url]
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "bestsms", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert texts(process.stdout.readline()) == ["first"]
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (0, "")
    assert err.splitlines() == [
        "bestsms: new messages are seen within five minutes; Ctrl-C ends it"
    ]


def test_an_interrupt_is_one_where_it_should_have_ended(
    to: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without --follow Ctrl-C breaks it off: exit code 130."""

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(bestsms.SyncClient, "inbox", interrupted)
    assert main(["inbox", *to]) == 130
