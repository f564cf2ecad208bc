"""``bestsms listen`` as a developer sees it: each webhook on a line, and nothing else let in."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from bestsms import SyncClient
from bestsms.cli import listen, main, terminal
from bestsms.emulator import Emulator
from bestsms.emulator.server import server_of, url_of

JESS = "+61421000001"


class Listening:
    """The command while it runs in a thread."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.url = ""
        self.code: int | None = None
        self.out = self.err = ""
        self._capsys = capsys
        self._ready = threading.Event()
        self._server: Any = None
        self._thread = threading.Thread()

    def serve(self, app: Any) -> Any:
        """Stand in for what makes the server: note it."""
        self._server = server_of(app)
        run = self._server.run

        def running(sockets: Any) -> None:
            self.url = url_of(sockets[0])
            self._ready.set()
            run(sockets=sockets)

        self._server.run = running
        return self._server

    def start(self, *words: str) -> None:
        """Run the command with these words on a free port."""

        def command() -> None:
            self.code = main(["listen", "--port", "0", *words])

        self._thread = threading.Thread(target=command)
        self._thread.start()
        assert self._ready.wait(30)

    def said(self, count: int) -> list[str]:
        """Return what was printed, when it is so many lines."""
        ends = time.monotonic() + 30
        while self.out.count("\n") < count and time.monotonic() < ends:
            threading.Event().wait(0.01)
            self._read()
        return self.out.splitlines()

    def stop(self) -> None:
        """End it, as Ctrl-C does."""
        if self._server is not None:
            self._server.should_exit = True
        self.join()

    def join(self) -> None:
        """Wait for its end."""
        if self._thread.ident is not None:
            self._thread.join(30)
        self._read()

    def _read(self) -> None:
        out, err = self._capsys.readouterr()
        self.out += out
        self.err += err


@pytest.fixture
def listening(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Listening]:
    """The command, ended with the test."""
    for name in listen.VARIABLES:
        monkeypatch.delenv(name, raising=False)
    made = Listening(capsys)
    monkeypatch.setattr(listen, "server_of", made.serve)
    yield made
    made.stop()


def post(url: str, **fields: object) -> int:
    """Post a webhook."""
    return httpx.post(url, content=json.dumps(fields), trust_env=False).status_code


def test_each_webhook_is_a_line(listening: Listening, bestsms_emulator: Emulator) -> None:
    """Numbers and texts are shown whole, with what happened and to which message."""
    listening.start()
    bestsms_emulator.change_settings(webhook_url=listening.url, delivery_seconds=0.0)
    with SyncClient("any", base_url=bestsms_emulator.url) as client:
        client.send("Hello", to=JESS, message_id="ID1")
        listening.said(1)
        bestsms_emulator.reply(JESS, "Yes, it's me")
        listening.said(2)
        bestsms_emulator.update("ID1", "Link clicked")
        lines = listening.said(3)
    assert lines[0][9:] == f"{JESS} Success: delivered (message ID1)"
    assert lines[1][9:] == f'{JESS} says "Yes, it\'s me" (message ID1)'
    assert "Link clicked" in lines[2]
    listening.stop()
    assert listening.code == 0
    assert "from anyone: no BESTSMS_WEBHOOK_SENDER and BESTSMS_WEBHOOK_API_KEY" in listening.err


def test_what_comes_does_not_steer_the_terminal(listening: Listening) -> None:
    """Control characters are shown as escapes, wherever they stand; letters are letters."""
    listening.start()
    evil = "caf\u00e9 \x1b[2J\r\n\x9b1m\u202e"
    common = {"MessageID": evil, "Destination": evil, "ReceivedID": "R"}
    post(listening.url, **common, Type="SMSReply", Message=evil)
    post(listening.url, **common, Type="SMS", Status=evil, Result=evil)
    post(listening.url, **common, Type=evil, Other=evil)
    lines = listening.said(3)
    assert len(lines) == 3
    assert all(line.isprintable() for line in lines)
    assert "caf\u00e9 \\x1b[2J" in lines[0]


def test_a_script_gets_json(listening: Listening) -> None:
    """With --json a line is the stored form of an event, in ASCII, and nothing else is printed."""
    listening.start("--json")
    post(listening.url, Type="SMS", MessageID="ID1", Destination=JESS, Status="caf\u00e9\x9b")
    (line,) = listening.said(1)
    assert line.isascii()
    told = json.loads(line)
    assert (told["kind"], told["message_id"], told["status"]) == ("status", "ID1", "caf\u00e9\x9b")


def test_with_secrets_in_the_environment_they_are_asked_for(
    listening: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What does not carry them is refused, as in production; the first line says so."""
    monkeypatch.setenv("BESTSMS_WEBHOOK_SENDER", "me@domain.com")
    monkeypatch.setenv("BESTSMS_WEBHOOK_API_KEY", "secret")
    listening.start("--path", "/hooks")
    good = {"Sender": "me@domain.com", "APIKey": "secret", "Type": "SMS", "MessageID": "ID1"}
    url = f"{listening.url}/hooks"
    assert post(url, **good | {"APIKey": "wrong"}) == 401
    assert post(listening.url, **good) == 404
    assert post(url, **good) == 200
    assert len(listening.said(1)) == 1
    listening.stop()
    assert f"{url}, with your Sender and APIKey" in listening.err


def test_events_can_be_kept(listening: Listening, tmp_path: Path) -> None:
    """With --store they are in a file that stays."""
    file = tmp_path / "events.sqlite"
    listening.start("--store", str(file))
    post(listening.url, Type="SMS", MessageID="ID1", Destination=JESS)
    listening.said(1)
    listening.stop()
    assert file.stat().st_size > 0


def test_it_ends_when_nobody_reads(listening: Listening, monkeypatch: pytest.MonkeyPatch) -> None:
    """A closed pipe ends the command; the provider had its 200."""

    def closed(_: str) -> None:
        raise OSError

    monkeypatch.setattr(listen, "say", closed)
    listening.start()
    assert post(listening.url, Type="SMS", MessageID="ID1", Destination=JESS) == 200
    listening.join()
    assert listening.code == 0


def test_a_terminal_without_the_letters_gets_escapes(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the terminal's encoding lacks is shown as an escape, not as an error."""
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    terminal.say("caf\u00e9")
    assert raw.getvalue() == b"caf\\xe9\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--host", "0.0.0.0"], "--allow-remote"),
        (["--path", "hooks"], "a path such as"),
        (["--port", "70000"], "cannot listen on 127.0.0.1 port 70000"),
    ],
)
def test_a_wrong_word_is_said(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What can't be listened on is exit code 2, in words."""
    assert main(["listen", *words]) == 2
    assert said in capsys.readouterr().err


def test_half_a_secret_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One of the two variables alone is a mistake, and no reason to take all that comes."""
    monkeypatch.setenv("BESTSMS_WEBHOOK_SENDER", "me@domain.com")
    monkeypatch.delenv("BESTSMS_WEBHOOK_API_KEY", raising=False)
    assert main(["listen", "--port", "0"]) == 2
    assert "BESTSMS_WEBHOOK_API_KEY" in capsys.readouterr().err


def started(**streams: Any) -> tuple[subprocess.Popen[str], str]:
    """The command in a process of its own, and its URL."""
    # Unbuffered output would hide what is left in a buffer when nobody reads.
    unwanted = (*listen.VARIABLES, "PYTHONUNBUFFERED")
    environment = {name: os.environ[name] for name in os.environ if name not in unwanted}
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "bestsms", "listen", "--port", "0"],
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        **streams,
    )
    assert process.stderr is not None
    first = process.stderr.readline()
    return process, first.split()[2].rstrip(",")


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """How it ended, and what it said at last."""
    with process:
        _, err = process.communicate(timeout=30)
    return process.returncode, err


def test_ctrl_c_is_a_normal_end() -> None:
    """An interrupt ends it without a word."""
    process, url = started(stdout=subprocess.PIPE)
    assert post(url, Type="SMS", MessageID="ID1", Destination=JESS) == 200
    process.send_signal(signal.SIGINT)
    assert ended(process) == (0, "")


def test_a_closed_pipe_is_no_traceback() -> None:
    """``bestsms listen | head -1`` ends in quiet words."""
    read, write = os.pipe()
    os.close(read)
    process, url = started(stdout=write)
    os.close(write)
    assert post(url, Type="SMS", MessageID="ID1", Destination=JESS) == 200
    code, err = ended(process)
    assert (code, "Traceback" in err) == (0, False), err
