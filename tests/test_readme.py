"""The README's examples run as they stand, against a local BestSMS."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

import bestsms
from bestsms.emulator import Emulator
from bestsms.emulator.core.magic import NUMBERS
from bestsms.emulator.server import serving

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


def block(word: str) -> str:
    """Return the one example that holds a word."""
    (found,) = [text for text in BLOCKS if word in text]
    return found


@pytest.fixture
def account(bestsms_emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    """A local BestSMS that the environment points to, where nobody waits for a delivery."""
    bestsms_emulator.change_settings(delivery_seconds=0.0)
    monkeypatch.setenv("BESTSMS_AUTH_TOKEN", "any-token")
    monkeypatch.setenv("BESTSMS_BASE_URL", bestsms_emulator.url)
    return bestsms_emulator


def run(example: str) -> dict[str, object]:
    """Run an example as a script and return its names."""
    names: dict[str, object] = {"__name__": "example"}
    exec(compile(example, "README.md", "exec"), names)
    return names


def test_the_async_example(account: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
    """The first example sends once and waits for the delivery."""
    run(block("Hello, this is a test."))
    accepted, report = capsys.readouterr().out.splitlines()
    assert accepted == f"accepted: {account.ledger()[0]['MessageID']}"
    assert report == "Completed delivered"
    assert [entry["count"] for entry in account.ledger()] == [1]


def test_the_personal_example(account: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
    """Two people, one call, and an address book with Jess in a group."""
    run(block("renewal is due"))
    assert capsys.readouterr().out == "Jess\n"
    assert len(account.ledger()) == 1


def test_the_sync_example(account: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
    """The same calls without an event loop; test mode is completed at once."""
    account.reply("+61421000001", "Hello there")
    run(block("test=True"))
    assert capsys.readouterr().out == "Completed\n+61421000001 Hello there\n"


def test_the_bulk_example(account: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
    """Each text goes out once, and each outcome is said."""
    run(block("Semaphore"))
    said = capsys.readouterr().out
    assert said.count("accepted:") == 2
    assert len(account.ledger()) == 2


def test_the_list_example(
    account: Emulator,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The second run sends nothing, and what can't be sent is said in both."""
    monkeypatch.chdir(tmp_path)
    people = "Mobile,First Name\n+61421000001,Jess\n+61 421 000 001,Jess\n+61421000002,Sam\n"
    (tmp_path / "people.csv").write_text(people, encoding="utf-8")
    run(block("campaign="))
    run(block("campaign="))
    again = "1 NOT_SENT the same recipient as in an earlier row"
    first, second = "2 accepted, 0 of them before", "2 accepted, 2 of them before"
    assert capsys.readouterr().out.splitlines() == [again, first, again, second]
    (sent,) = account.ledger()
    assert sent["count"] == 1


def test_the_guards_example(account: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
    """The number in national form is sent to, and the other is refused by name of the guard."""
    run(block("allowed_regions"))
    said = capsys.readouterr().out
    assert said.startswith("Destinations: 1 of 1 refused: ")
    assert "allowed_regions" in said
    (sent,) = account.ledger()
    assert sent["count"] == 1


def test_the_time_example(account: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
    """Three texts wait for their time; the zone that nobody has is said."""
    run(block("Asia/Tokyo"))
    assert capsys.readouterr().out.startswith("TimeZone: 'AEST' is not the name of a zone; did")
    assert len(account.ledger()) == 3


def test_the_text_example(account: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
    """It prints what the README says, and sends nothing."""
    run(block("forced_by"))
    said = capsys.readouterr().out.splitlines()
    assert all(f"`{line}`" in README for line in said)
    assert len(said) == 3
    assert account.ledger() == []


def test_the_group_example(account: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
    """It prints what the README says; both texts reach the group."""
    run(block("sync_group"))
    assert f"`{capsys.readouterr().out.strip()}`" in README
    assert len(account.ledger()) == 2


def test_the_waiting_example(account: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
    """Both reports come, and the handle leads to the first of them again."""
    run(block("wait_many"))
    assert capsys.readouterr().out == "Completed 1 delivered\n" * 2 + "delivered\n"


def test_the_inbox_example(
    account: Emulator,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What came is printed once, in this run or in the next."""
    monkeypatch.chdir(tmp_path)
    account.reply("+61421000001", "first")
    run(block("inbox.cursor"))
    account.reply("+61421000002", "second")
    run(block("inbox.cursor"))
    assert capsys.readouterr().out == "+61421000001 first\n+61421000002 second\n"


def test_the_journal_example(
    account: Emulator,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Nothing is left of a first run that ended well, and what it sent is in the file."""
    monkeypatch.chdir(tmp_path)
    run(block("client.recover()"))
    run(block("client.recover()"))
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0::2] for line in lines] == [["accepted:", "False"]] * 2
    assert len(account.ledger()) == 2
    assert (tmp_path / "sends.sqlite").is_file()


def test_the_web_example(account: Emulator) -> None:
    """The app answers with the MessageID, and turns a rejection into a 422."""
    app: Any = run(block("/remind/"))["app"]
    with serving(app, "127.0.0.1", 0, allow_remote=False) as url:
        good = httpx.post(f"{url}/remind/+61421000001", trust_env=False)
        bad = httpx.post(f"{url}/remind/nobody", trust_env=False)
    assert good.status_code == 200
    assert [entry["MessageID"] for entry in account.ledger()] == [good.json()["message_id"]]
    assert bad.status_code == 422


@pytest.mark.parametrize("word", ["def test_the_customer", "def test_a_lost_answer"])
def test_a_pytest_example(word: str, tmp_path: Path) -> None:
    """A test file with nothing but the example passes: the fixture comes with the package."""
    (tmp_path / "test_example.py").write_text(block(word), encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", tmp_path],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        timeout=60,
    )
    assert "1 passed" in ran.stdout, ran.stdout + ran.stderr


def test_the_in_process_example(capsys: pytest.CaptureFixture[str]) -> None:
    """No port and no waiting: the emulated clock says when it was delivered."""
    run(block("ASGITransport"))
    assert capsys.readouterr().out == "delivered 2025-06-04 00:00:02+00:00\n"


def test_every_example_is_run() -> None:
    """No python block of the README is left out above, or of the receivers' own tests."""
    receivers = [text for text in BLOCKS if "Receiver(on_event" in text]
    assert (len(BLOCKS), len(receivers)) == (19, 3)


def test_the_errors_of_the_table_exist() -> None:
    """Every error the README names is a public error of the package."""
    verdicts = "|".join(verdict.name for verdict in bestsms.Verdict)
    named = re.findall(rf"^\| `(\w+)` \| `({verdicts})`", README, re.MULTILINE)
    assert len(named) == 5
    assert all(issubclass(getattr(bestsms, error), bestsms.BestSMSError) for error, _ in named)


def test_the_magic_numbers_are_the_emulators() -> None:
    """Every number of the README's table has a fate of its own in the emulator."""
    listed = re.findall(r"^\| `(\+6149157\d{4})` \|", README, re.MULTILINE)
    assert len(listed) == 9
    assert set(listed) <= set(NUMBERS)


def test_the_control_api_of_the_table_is_there(account: Emulator) -> None:
    """Every control call that the README lists is answered by the emulator."""
    listed = re.findall(r"`(GET|POST) ([a-z/]+)`", README)
    assert len(listed) == 10
    for method, path in listed:
        answer = httpx.request(method, f"{account.url}/_emulator/{path}", json={}, trust_env=False)
        assert answer.status_code in {200, 400}, (method, path)


def test_no_line_is_too_wide_for_a_narrow_screen() -> None:
    """Prose and code stay within 88 columns."""
    assert [line for line in README.splitlines() if len(line) > 88] == []
