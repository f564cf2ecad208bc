"""``bestsms bulk``: a list to phones, each number once, and how it is gone on with."""

from __future__ import annotations

import io
import json
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

import bestsms
from bestsms.bulk.outcomes import ChunkOutcome, Totals
from bestsms.cli import main
from bestsms.emulator import Emulator, Fault
from bestsms.journal import JournalError

HI = ["--message", "Hi [[FirstName]]"]
JESS, KIM, LEE = "+61421000001,Jess", "+61421000002,Kim", "+61421000003,Lee"
ONE_EACH = ["--per-request", "1", "--concurrency", "1"]
Bulk = Callable[..., int]
List = Callable[..., str]


@pytest.fixture
def a_list(tmp_path: Path) -> List:
    """Write a list of numbers and names, and return its file's name."""

    def written(*rows: str, head: str = "Mobile,First Name") -> str:
        path = tmp_path / "recipients.csv"
        path.write_text("\n".join([head, *rows, ""]), encoding="utf-8")
        return str(path)

    return written


@pytest.fixture
def bulk(to: list[str]) -> Bulk:
    """Run the command against a local BestSMS."""
    return lambda *words: main(["bulk", *words, *to])


@pytest.fixture
def sent(bestsms_emulator: Emulator) -> Callable[[], int]:
    """Count the requests that were accepted, each message once or more."""
    return lambda: sum(entry["count"] for entry in bestsms_emulator.ledger())


class Stopped:
    """A run that a person stops after its first outcome."""

    def __init__(self, run: Any, *, again: bool) -> None:
        self._run = run
        self._again = again

    @property
    def totals(self) -> Totals:
        """What was done."""
        totals: Totals = self._run.totals
        return totals

    def __enter__(self) -> Self:
        self._run.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._run.__exit__(kind, error, traceback)
        if self._again:
            raise KeyboardInterrupt

    def __iter__(self) -> Iterator[ChunkOutcome]:
        yield next(iter(self._run))
        raise KeyboardInterrupt


@pytest.fixture
def stop(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Press Ctrl-C after the first outcome of the next run, and maybe once more while it ends."""

    def armed(*, again: bool = False) -> None:
        send_many = bestsms.SyncClient.send_many

        def stopped(*arguments: Any, **words: Any) -> Stopped:
            monkeypatch.setattr(bestsms.SyncClient, "send_many", send_many)
            return Stopped(send_many(*arguments, **words), again=again)

        monkeypatch.setattr(bestsms.SyncClient, "send_many", stopped)

    return armed


def journal_beside(path: str) -> Path:
    """Return the journal of a list."""
    (found,) = Path(path).parent.glob("*.journal")
    return found


def test_a_list_is_sent(
    a_list: List, bulk: Bulk, sent: Callable[[], int], capsys: pytest.CaptureFixture[str]
) -> None:
    """Each number once, in as few requests as may be; exit code 0, and what was done."""
    path = a_list(JESS, KIM, "+61 421 000 001,Jess")
    assert bulk(path, *HI) == 0
    said = capsys.readouterr()
    name = said.out.split()[1].removesuffix(":")
    assert said.out.splitlines() == [
        f"Campaign {name}: 2 of 2 accepted.",
        "  duplicates  1, each sent to once",
        "  requests    1",
        f"  journal     {journal_beside(path)}",
    ]
    assert name.startswith("recipients-")
    assert said.err == ""
    assert sent() == 1


def test_each_gets_its_own_text(
    a_list: List, bulk: Bulk, bestsms_emulator: Emulator, to: list[str]
) -> None:
    """From a column called message, or from the fields that the text names."""
    rows = ["+61421000001,Hello Jess", "+61421000002,Hello Kim"]
    assert bulk(a_list(*rows, head="Number,Message")) == 0
    (entry,) = bestsms_emulator.ledger()
    with bestsms.SyncClient("any", base_url=bestsms_emulator.url) as client:
        report = client.reports.sms_reply(entry["MessageID"])
    assert [each.message_text for each in report.recipients] == ["Hello Jess", "Hello Kim"]


def test_what_was_begun_is_not_begun_again(
    a_list: List, bulk: Bulk, sent: Callable[[], int], capsys: pytest.CaptureFixture[str]
) -> None:
    """The same command twice is most likely a mistake: exit code 2, and what to type instead."""
    path = a_list(JESS, KIM)
    assert bulk(path, *HI) == 0
    capsys.readouterr()
    assert bulk(path, *HI) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "was begun before: 2 accepted." in said.err
    assert "'Hi [[FirstName]]'" in said.err
    assert "--resume (what was accepted is not sent again)" in said.err
    assert sent() == 1


def test_a_resumed_campaign_sends_nothing_twice(
    a_list: List, bulk: Bulk, sent: Callable[[], int], capsys: pytest.CaptureFixture[str]
) -> None:
    """What an earlier run had sent is passed over, and counts as accepted."""
    path = a_list(JESS, KIM)
    assert bulk(path, *HI) == 0
    capsys.readouterr()
    assert bulk(path, *HI, "--resume") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith(": 2 of 2 accepted.")
    assert lines[1] == "  resumed     2, sent by an earlier run"
    assert sent() == 1


@pytest.mark.parametrize("again", [False, True])
def test_control_c_says_how_to_go_on(
    again: bool,  # noqa: FBT001 - a case
    a_list: List,
    bulk: Bulk,
    stop: Callable[..., None],
    sent: Callable[[], int],
    capsys: pytest.CaptureFixture[str],
    to: list[str],
) -> None:
    """Exit code 130, what was done, and the command that does the rest; a second one is obeyed."""
    path = a_list(JESS, KIM, LEE, *(f"+6142200000{digit},X" for digit in range(7)))
    stop(again=again)
    assert bulk(path, *HI, *ONE_EACH) == 130
    said = capsys.readouterr()
    before = sent()
    assert f": {before} of the first " in said.out
    first, last = said.err.splitlines()
    assert first.startswith("bestsms: stopping: ")
    command = f"bestsms bulk {path} --message 'Hi [[FirstName]]' --per-request 1 --concurrency 1"
    assert last == f"bestsms: to go on: {command} {' '.join(to)} --resume"
    assert bulk(path, *HI, *ONE_EACH, "--resume") == 0
    assert sent() == 10 > before
    assert f"  resumed     {before}, sent by an earlier run" in capsys.readouterr().out


def test_there_must_be_something_to_go_on_with(
    a_list: List, bulk: Bulk, sent: Callable[[], int], capsys: pytest.CaptureFixture[str]
) -> None:
    """--resume never begins: the journal may be in another place, or the list another one."""
    path = a_list(JESS)
    assert bulk(path, *HI, "--resume") == 2
    assert "there is no " in capsys.readouterr().err
    assert bulk(path, *HI, "--campaign", "july") == 0
    assert bulk(path, *HI, "--campaign", "august", "--resume") == 2
    said = capsys.readouterr().err
    assert "does not know it. A changed list or text is another campaign; leave --resume" in said
    assert sent() == 1


def test_a_changed_list_is_another_campaign_only_if_it_is_meant(
    a_list: List, bulk: Bulk, sent: Callable[[], int], capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever corrects a row or the text and starts again would send to most of them twice."""
    assert bulk(a_list(JESS, KIM), *HI) == 0
    first = capsys.readouterr().out.split()[1].removesuffix(":")
    path = a_list(JESS, KIM, LEE)
    assert bulk(path, *HI) == 2
    said = capsys.readouterr().err
    assert f"knows this list with other rows or another text, as {first}" in said
    assert bulk(path, *HI, "--resume") == 2
    hint = f"--campaign {first} --resume goes on with it, unless what was sent is changed"
    assert f"another campaign; {hint}. Nothing" in capsys.readouterr().err
    assert f"; {hint}. Nothing" in said
    assert sent() == 1
    name = said.partition("--campaign ")[2].partition(";")[0]
    assert bulk(path, *HI, "--campaign", name) == 0
    assert sent() == 2


def test_a_named_campaign_that_changed_is_refused(
    a_list: List, bulk: Bulk, sent: Callable[[], int], capsys: pytest.CaptureFixture[str]
) -> None:
    """The library finds out at the first request that differs, and sends none of it."""
    words = [*HI, "--campaign", "july"]
    assert bulk(a_list(JESS, KIM), *words) == 0
    capsys.readouterr()
    assert bulk(a_list(JESS, LEE), *words, "--resume") == 2
    said = capsys.readouterr()
    (line,) = said.err.splitlines()
    assert "is not what it was in the run before" in line
    assert sent() == 1


def test_a_named_campaign_that_changed_further_on_is_refused_there(
    a_list: List, bulk: Bulk, sent: Callable[[], int], capsys: pytest.CaptureFixture[str]
) -> None:
    """After what is as it was, which stays; the same command again would not go on."""
    july = ["--campaign", "July", *ONE_EACH]
    assert bulk(a_list(JESS, KIM), *HI, *july) == 0
    capsys.readouterr()
    assert bulk(a_list(JESS, LEE), *HI, *july, "--resume") == 2
    said = capsys.readouterr()
    assert "chunk 1 is not what it was" in said.err
    assert "Of 1 recipients read, 1 are accepted" in said.err
    assert "to go on:" not in said.err
    assert sent() == 2


def test_a_refused_rerun_costs_no_report(
    a_list: List, bulk: Bulk, sent: Callable[[], int], capsys: pytest.CaptureFixture[str]
) -> None:
    """What the first run wrote stays beside it, and the word that was the cause is named."""
    path = a_list(JESS, KIM)
    report = Path(path).with_name("report.csv")
    words = [path, *HI, "--report", str(report)]
    assert bulk(*words) == 0
    whole = report.read_text()
    assert bulk(*words, "--resume", "--per-request", "1") == 2
    assert "--per-request" in capsys.readouterr().err
    assert report.with_name("report.csv.before").read_text() == whole
    assert bulk(*words, "--resume") == 0
    assert report.read_text() == whole
    assert not report.with_name("report.csv.before").exists()
    assert sent() == 1


def test_a_name_stands_for_one_list_whatever_the_journal(
    a_list: List,
    bulk: Bulk,
    bestsms_emulator: Emulator,
    sent: Callable[[], int],
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    """The first list's message must not be found for the second's, whose answer was lost."""
    words = [*HI, "--campaign", "july"]
    assert bulk(a_list(JESS), *words) == 0
    bestsms_emulator.inject(Fault(do="reset", method="POST", times=1))
    assert bulk(a_list(KIM), *words, "--journal", str(tmp_path / "other.journal")) == 2
    said = capsys.readouterr().err
    assert "the provider knows this campaign and the journal here does not" in said
    assert "to go on" not in said
    assert sent() == 1


def test_a_file_that_ends_in_the_middle_is_gone_on_with(
    a_list: List, bulk: Bulk, sent: Callable[[], int], capsys: pytest.CaptureFixture[str]
) -> None:
    """What came before was sent: exit code 1, and whoever mends the file names the campaign."""
    path = a_list(JESS, '"+61421000002,Kim')
    assert bulk(path, *HI, *ONE_EACH) == 1
    said = capsys.readouterr()
    name = said.out.split()[1].removesuffix(":")
    assert ": 1 of the first 1 accepted.\n" in said.out
    assert "is no CSV" in said.err
    a_list(JESS, KIM)
    assert bulk(path, *HI, *ONE_EACH, "--resume", "--campaign", name) == 0
    assert "  resumed     1, sent by an earlier run\n" in capsys.readouterr().out
    assert sent() == 2


def test_a_script_gets_json(a_list: List, bulk: Bulk, capsys: pytest.CaptureFixture[str]) -> None:
    """One object at the end, and nothing before it."""
    path = a_list(JESS, "nobody,X")
    report = str(Path(path).with_name("report.csv"))
    assert bulk(path, *HI, "--json", "--campaign", "july", "--report", report) == 1
    said = capsys.readouterr()
    assert json.loads(said.out) == {
        "campaign": "july",
        "journal": str(journal_beside(path)),
        "report": report,
        "test": False,
        "interrupted": False,
        "stopped": None,
        "read": 2,
        "accepted": 1,
        "rejected": 0,
        "not_sent": 0,
        "unknown": 0,
        "duplicates": 0,
        "refused": 1,
        "resumed": 0,
        "chunks": 1,
        "requests": 1,
    }
    assert said.err == ""


def test_refused_rows_are_an_exit_code(
    a_list: List, bulk: Bulk, sent: Callable[[], int], capsys: pytest.CaptureFixture[str]
) -> None:
    """The others are sent to; the first few refused rows are named, with three digits."""
    path = a_list(JESS, "+61421000002,", "+881612345678,Sat", *["nobody,X"] * 5)
    report = Path(path).with_name("report.jsonl")
    assert bulk(path, *HI, "--report", str(report)) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "  refused     7, not sent to"
    assert lines[2] == "              row 2: ...002 no value of [[FirstName]]"
    assert lines[3].startswith("              row 3: ...678 is of no country")
    assert lines[7] == "              and 2 more"
    assert lines[-1] == f"  report      {report}"
    assert len(report.read_text().splitlines()) == 8
    assert sent() == 1


def test_the_provider_says_no(
    a_list: List, bulk: Bulk, bestsms_emulator: Emulator, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run that a refused token stops is exit code 1, with the reason and how to go on."""
    body = '{"Result": "Failed", "ErrorMessage": ["Not authorised"]}'
    bestsms_emulator.inject(Fault(do="answer", status=401, body=body, method="POST"))
    path = a_list(JESS, KIM)
    assert bulk(path, *HI) == 1
    said = capsys.readouterr()
    assert ": 0 of the first 2 accepted.\n" in said.out
    assert "  rejected    2, the provider said no\n" in said.out
    stopped, why, last = said.err.splitlines()
    assert stopped.startswith("bestsms: The run was stopped: ")
    assert why.startswith("bestsms: 2 recipients: ")
    assert last.endswith(" --resume")
    bestsms_emulator.clear_faults()
    assert bulk(path, *HI, "--resume") == 0


@pytest.mark.parametrize("words", [[], ["--resume"]])
def test_where_nothing_was_begun_there_is_nothing_to_resume(
    words: list[str],
    a_list: List,
    bulk: Bulk,
    bestsms_emulator: Emulator,
    sent: Callable[[], int],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A run that may not even ask writes nothing down; then both ways of typing it again work."""
    bestsms_emulator.inject(Fault(do="answer", status=401, body="{}"))
    path = a_list(JESS)
    assert bulk(path, *HI) == 1
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("bestsms: to go on: bestsms bulk ")
    assert "--resume" not in last
    bestsms_emulator.clear_faults()
    assert bulk(path, *HI, *words) == 0
    assert sent() == 1


def test_a_provider_that_can_not_be_asked_is_said_once(
    a_list: List,
    bulk: Bulk,
    bestsms_emulator: Emulator,
    sent: Callable[[], int],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What ended the run is what its outcome says; the same command again may do better."""
    monkeypatch.setattr("bestsms.bulk.asking.PAUSES", (0.0,))
    bestsms_emulator.inject(Fault(do="answer", status=500, body="{}"))
    assert bulk(a_list(JESS), *HI) == 1
    why, last = capsys.readouterr().err.splitlines()
    assert "could not be asked" in why
    assert last.startswith("bestsms: to go on: ")
    assert "--resume" not in last
    assert sent() == 0


def test_a_journal_that_can_not_be_read_at_the_end_changes_nothing(
    a_list: List,
    bulk: Bulk,
    bestsms_emulator: Emulator,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What was done is said, and the safe way to go on."""

    def gone(_: Path) -> None:
        raise JournalError("the disk is gone")

    monkeypatch.setattr("bestsms.cli.bulk.Journal", gone)
    bestsms_emulator.inject(Fault(do="answer", status=401, body="{}"))
    assert bulk(a_list(JESS), *HI) == 1
    assert capsys.readouterr().err.splitlines()[-1].endswith(" --resume")


def test_what_is_unknown_is_an_exit_code(
    a_list: List,
    bulk: Bulk,
    bestsms_emulator: Emulator,
    sent: Callable[[], int],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """3, as of one send; what the provider does not know is sent once more only on a word."""
    without_window(monkeypatch)
    bestsms_emulator.inject(Fault(do="reset", method="POST", times=1))
    path = a_list(JESS)
    assert bulk(path, *HI) == 3
    said = capsys.readouterr()
    assert "  unknown     1, may or may not have been sent\n" in said.out
    assert "to go on: " in said.err
    assert bulk(path, *HI, "--resume") == 3
    assert "--resend-absent sends such a request once more" in capsys.readouterr().err
    assert sent() == 0
    assert bulk(path, *HI, "--resume", "--resend-absent") == 0
    assert sent() == 1


def without_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look an unclear send up at once, and once."""
    from bestsms.cli import commands

    monkeypatch.setattr(
        commands,
        "SyncClient",
        lambda *arguments, **settings: bestsms.SyncClient(
            *arguments, **settings, settle_window=0.0
        ),
    )


def test_a_test_is_a_campaign_of_its_own(
    a_list: List, bulk: Bulk, sent: Callable[[], int], capsys: pytest.CaptureFixture[str]
) -> None:
    """What was accepted as a test, nobody got: the real run must not take it for sent."""
    path = a_list(JESS)
    assert bulk(path, *HI, "--test") == 0
    assert ": 1 of 1 accepted as a test (nobody gets it).\n" in capsys.readouterr().out
    assert bulk(path, *HI) == 0
    assert sent() == 2
    assert bulk(a_list(JESS, KIM), *HI, "--test") == 0


def test_an_emulator_has_a_journal_of_its_own(
    a_list: List, bulk: Bulk, bestsms_emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it accepted, nobody got either, whichever way it is named."""
    path = a_list(JESS)
    assert bulk(path, *HI) == 0
    assert journal_beside(path).name.startswith("recipients.csv.127.0.0.1-")
    monkeypatch.setenv("BESTSMS_BASE_URL", bestsms_emulator.url)
    monkeypatch.setenv("BESTSMS_AUTH_TOKEN", "any")
    assert main(["bulk", path, *HI]) == 2
    monkeypatch.setenv("BESTSMS_BASE_URL", "http://127.0.0.1:9")
    assert main(["bulk", path, *HI, "--resume"]) == 2
    assert stat.S_IMODE(journal_beside(path).stat().st_mode) == 0o600


def test_a_list_from_a_pipe_is_gone_on_with_too(
    tmp_path: Path,
    bulk: Bulk,
    sent: Callable[[], int],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its name comes of its content as well, and its journal is in the folder one is in."""
    monkeypatch.chdir(tmp_path)
    text = f"Number,FirstName\n{JESS}".encode()
    for words, code in ([], 0), ([], 2), (["--resume"], 0):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text)))
        assert bulk("-", *HI, *words) == code
    assert "  resumed     1, sent by an earlier run" in capsys.readouterr().out
    (journal,) = tmp_path.iterdir()
    assert journal.name.startswith("recipients.127.0.0.1-")
    assert sent() == 1


def test_a_changed_list_from_a_pipe_is_another_campaign_only_if_it_is_meant(
    tmp_path: Path,
    bulk: Bulk,
    sent: Callable[[], int],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All lists from pipes have one journal in a folder, so that the earlier one is known."""
    monkeypatch.chdir(tmp_path)
    for rows, code in ([JESS], 0), ([JESS, KIM], 2):
        text = "\n".join(["Number,FirstName", *rows]).encode()
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text)))
        assert bulk("-", *HI) == code
    said = capsys.readouterr().err
    assert "knows another list from a pipe, or this one with another text, as recipients-" in said
    assert "--campaign recipients-" in said
    assert sent() == 1


def test_the_journal_is_beside_the_list(
    a_list: List, bulk: Bulk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However the list is named."""
    path = Path(a_list(JESS))
    monkeypatch.chdir(path.parent)
    assert bulk("./recipients.csv", *HI) == 0
    assert journal_beside(str(path)).name.startswith("recipients.csv.")
    assert bulk(str(path), *HI) == 2


def test_the_journal_is_where_it_is_told(a_list: List, bulk: Bulk, tmp_path: Path) -> None:
    """One journal may know any number of campaigns."""
    path, journal = a_list(JESS), tmp_path / "sent.journal"
    words = [*HI, "--journal", str(journal)]
    assert bulk(path, *words, "--campaign", "july") == 0
    assert bulk(path, *words, "--campaign", "august") == 0
    assert journal_beside(path) == journal


def test_what_is_no_journal_is_left_alone(
    a_list: List, bulk: Bulk, capsys: pytest.CaptureFixture[str]
) -> None:
    """A mistyped name is refused before anything is sent."""
    path = a_list(JESS)
    before = Path(path).read_text()
    for words in [], ["--resume"]:
        assert bulk(path, *HI, "--journal", path, *words) == 2
        assert "not a database" in capsys.readouterr().err
    assert Path(path).read_text() == before


def test_what_is_no_report_is_left_alone(
    a_list: List, bulk: Bulk, sent: Callable[[], int], capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is sent, and nothing has to be gone on with."""
    path = a_list(JESS)
    other = Path(path).with_name("other.csv")
    other.write_text("Mobile\n", encoding="utf-8")
    for report, why in (path, "is the list itself"), (other, "is there, and is no report"):
        assert bulk(path, *HI, "--report", str(report)) == 2
        said = capsys.readouterr()
        assert why in said.err
        assert said.out == ""
    assert sent() == 0
    assert bulk(path, *HI) == 0


def test_a_wrong_word_is_refused(
    a_list: List, bulk: Bulk, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, and which."""
    assert bulk(a_list(JESS)) == 2
    assert "Message" in capsys.readouterr().err
    assert bulk(a_list(JESS), *HI, "--concurrency", "0") == 2
    assert "concurrency" in capsys.readouterr().err


def test_a_log_is_told_on_standard_error(
    a_list: List,
    bulk: Bulk,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """So that a pipe gets the result alone."""
    monkeypatch.setattr("bestsms.cli.bulk_progress.EVERY_SECONDS", 0.0)
    assert bulk(a_list(JESS), *HI) == 0
    said = capsys.readouterr()
    assert "  1 of 1 done: 1 accepted, 0 unknown, 0 failed, 0 duplicates" in said.err
    assert said.out.startswith("Campaign ")


def test_nobody_reads_any_more(a_list: List, to: list[str], sent: Callable[[], int]) -> None:
    """A campaign that was accepted is never reported as refused because a pipe was closed."""
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "bestsms", "bulk", a_list(JESS), *HI, *to],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    said = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=60) == 0
    assert said.startswith("bestsms: accepted as campaign recipients-")
    assert "Traceback" not in said
    assert sent() == 1


def test_nobody_reads_anything_any_more(
    a_list: List, to: list[str], sent: Callable[[], int]
) -> None:
    """With both closed, as by ``2>&1 | head -1``, the exit code still says what was done."""
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "bestsms", "bulk", a_list(JESS), *HI, *to],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.wait(timeout=60) == 0
    assert sent() == 1


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_stream_that_is_closed_costs_nothing(
    closed: str, a_list: List, to: list[str], sent: Callable[[], int]
) -> None:
    """As in a job of cron or systemd: the exit code says what was done, and nothing is a bug."""
    command = [sys.executable, "-W", "error", "-m", "bestsms", "bulk", a_list(JESS), *HI, *to]
    ended = subprocess.run(
        ["/bin/sh", "-c", f'exec "$@" {closed}', "sh", *command],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.startswith("Campaign ") == (">&-" not in closed.replace("2>&-", ""))
    assert sent() == 1


def test_standard_input_must_be_open_where_it_is_read(
    bulk: Bulk,
    sent: Callable[[], int],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    to: list[str],
) -> None:
    """Exit code 2, of a list as of a text."""
    monkeypatch.setattr("sys.stdin", None)
    for words in ["bulk", "-", *HI], ["send", "-", "--to", "+61421000001"]:
        assert main([*words, *to]) == 2
        assert "standard input is closed" in capsys.readouterr().err
    assert sent() == 0


@pytest.mark.parametrize("words", [[], ["--json"]])
def test_nobody_can_be_told(
    words: list[str],
    a_list: List,
    bulk: Bulk,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Without both streams the exit code is all there is."""
    monkeypatch.setattr("bestsms.cli.bulk_progress.EVERY_SECONDS", 0.0)
    monkeypatch.setattr("sys.stdout", None)
    monkeypatch.setattr("sys.stderr", None)
    assert bulk(a_list(JESS, "nobody,X"), *HI, *words) == 1
    assert bulk("nowhere.csv", *HI, *words) == 2
    assert capsys.readouterr() == ("", "")


def test_control_c_at_a_real_run(a_list: List, to: list[str], sent: Callable[[], int]) -> None:
    """The interrupt comes from a terminal at any time, here while a slow rate holds it back."""
    at_once = (
        "import sys; from bestsms.cli import bulk_progress, main; "
        "bulk_progress.EVERY_SECONDS = 0.0; sys.exit(main(sys.argv[1:]))"
    )
    words = ["bulk", a_list(JESS, KIM, LEE), *HI, *ONE_EACH, "--rate", "0.001", *to]
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", at_once, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        first = process.stderr.readline()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "1 of 3 done: 1 accepted" in first
    assert ": 1 of the first " in out
    assert [line.partition(": ")[2][:10] for line in err.splitlines()] == [
        "stopping: ",
        "to go on: ",
    ]
    assert sent() == 1
