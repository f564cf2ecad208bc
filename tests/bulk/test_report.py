"""The report of a campaign: a line for each recipient, safe to open, and readable after a crash."""

from __future__ import annotations

import csv
import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from bestsms import InvalidRequest, OutcomeUnknown, Verdict
from bestsms.bulk.chunks import Chunk, Skipped
from bestsms.bulk.outcomes import ChunkOutcome
from bestsms.bulk.report import COLUMNS, Report

JESS, KIM = "+61421000001", "+61421000002"
FORMULA = '=HYPERLINK("http://example.com","Click")'


def outcome(*numbers: str, verdict: Verdict = Verdict.ACCEPTED, reason: str = "") -> ChunkOutcome:
    """Make the outcome of one request."""
    chunk = Chunk(
        index=0,
        message_id="ID1",
        message="Hello",
        rows=[{"Recipient": number} for number in numbers],
        positions=range(len(numbers)),
        encoded=b"",
    )
    error = OutcomeUnknown(reason, message_id="ID1", verdict=verdict) if reason else None
    return ChunkOutcome(chunk=chunk, verdict=verdict, error=error)


def skipped(to: str, reason: str = "is no number") -> ChunkOutcome:
    """Make the outcome of a row that is in no request."""
    row = Skipped(7, to, reason, duplicate=False)
    return ChunkOutcome(chunk=None, verdict=Verdict.NOT_SENT, skipped=[row])


def written(path: Path, *outcomes: ChunkOutcome) -> str:
    """Write a report, and return what is in it."""
    with Report(path) as report:
        for each in outcomes:
            report.write(each)
    return path.read_text(encoding="utf-8")


def from_csv(path: Path) -> list[dict[str, str]]:
    """Read a report as a spreadsheet would."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def from_json_lines(path: Path) -> list[dict[str, object]]:
    """Read a report as a program would."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_line_for_each_recipient(tmp_path: Path) -> None:
    """Whoever was sent to and whoever was passed over, with a head that names the columns."""
    said = written(
        tmp_path / "july.csv",
        outcome(JESS, KIM),
        outcome("+61421000003", verdict=Verdict.UNKNOWN, reason="No answer came, in 30 s."),
        skipped("nobody"),
    )
    assert said.splitlines() == [
        "position,recipient,message_id,verdict,reason",
        f"0,{JESS},ID1,ACCEPTED,",
        f"1,{KIM},ID1,ACCEPTED,",
        '0,+61421000003,ID1,UNKNOWN,"No answer came, in 30 s."',
        "7,nobody,,NOT_SENT,is no number",
    ]


@pytest.mark.parametrize("name", ["july.jsonl", "july.ndjson", "JULY.JSONL"])
def test_a_program_gets_json_lines(tmp_path: Path, name: str) -> None:
    """By the name of the file; each line is a document, with the names of RecipientOutcome."""
    written(tmp_path / name, outcome(JESS), skipped("no\n\u202ebody"))
    accepted, refused = from_json_lines(tmp_path / name)
    assert accepted == dict(zip(COLUMNS, [0, JESS, "ID1", "ACCEPTED", ""], strict=True))
    assert refused == dict(
        zip(COLUMNS, [7, "no\n\u202ebody", None, "NOT_SENT", "is no number"], strict=True)
    )


@pytest.mark.parametrize("text", [FORMULA, "+1+cmd|' /C calc'!A0", "-2", "@SUM(A1)", "\t=1", "\r1"])
def test_no_cell_is_a_formula(tmp_path: Path, text: str) -> None:
    """A list of a stranger's runs nothing in the spreadsheet of who opens the report."""
    path = tmp_path / "july.csv"
    written(path, skipped(text), skipped("7", reason=text))
    recipient, reason = from_csv(path)
    assert recipient["recipient"] == f"'{text}"
    assert reason["reason"] == f"'{text}"


def test_a_number_stays_a_number(tmp_path: Path) -> None:
    """A plus sign before digits alone is no formula that could do harm, and programs need it."""
    path = tmp_path / "july.csv"
    written(path, outcome(JESS))
    assert from_csv(path)[0]["recipient"] == JESS


@pytest.mark.parametrize("text", ['a "quoted", name', "two\nlines", "naïve ☎", ""])
def test_whatever_stood_in_the_list_is_read_back(tmp_path: Path, text: str) -> None:
    """In both formats, as it was given."""
    for name, read in {"a.csv": from_csv, "a.jsonl": from_json_lines}.items():
        written(tmp_path / name, skipped(text))
        (row,) = read(tmp_path / name)
        assert row["recipient"] == text


def test_a_crash_leaves_what_was_known(tmp_path: Path) -> None:
    """Each outcome is in the file when it is written, not only when the file is closed."""
    report = Report(tmp_path / "july.csv")
    report.open()
    report.write(outcome(JESS, KIM))
    assert len(from_csv(report.path)) == 2
    report.write(skipped("nobody"))
    assert len(from_csv(report.path)) == 3
    report.close()
    report.close()


def test_it_is_for_its_owner_alone(tmp_path: Path) -> None:
    """It is a list of people's numbers, whatever rights a former report had."""
    path = tmp_path / "july.csv"
    written(path, outcome(JESS))
    path.chmod(0o644)
    written(path, outcome(KIM))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [row["recipient"] for row in from_csv(path)] == [KIM]


@pytest.mark.parametrize("former", ["july.csv", "july.jsonl"])
def test_a_former_report_is_begun_anew(tmp_path: Path, former: str) -> None:
    """A run that is resumed tells of every recipient again; an empty file is as good as none."""
    path = tmp_path / former
    path.touch()
    once = written(path, outcome(JESS))
    assert written(path, outcome(JESS)) == once


def test_a_former_report_stays_until_the_list_is_through(tmp_path: Path) -> None:
    """Beside the new one; and of two the longer, as after a run that was refused at its start."""
    path, before = tmp_path / "report.csv", tmp_path / "report.csv.before"
    whole = written(path, outcome(JESS, KIM))
    assert not before.exists()
    for _ in range(2):
        written(path)
        assert before.read_text(encoding="utf-8") == whole
    longer = written(path, outcome(JESS, KIM), outcome(JESS, KIM))
    with Report(path) as report:
        assert before.read_text(encoding="utf-8") == longer
        report.write(outcome(KIM))
        report.finish()
        report.finish()
    assert [each.name for each in tmp_path.iterdir()] == ["report.csv"]
    assert [line["recipient"] for line in from_csv(path)] == [KIM]


def test_what_stands_where_a_former_report_would_is_left_alone(tmp_path: Path) -> None:
    """As what stands in its own place; a look changes nothing."""
    path, before = tmp_path / "report.csv", tmp_path / "report.csv.before"
    whole = written(path, outcome(JESS))
    before.write_text("Mobile\n", encoding="utf-8")
    for refused in Report(path).check, Report(path).open:
        with pytest.raises(InvalidRequest, match=r"report\.csv\.before is there, and is no report"):
            refused()
    before.unlink()
    Report(path).check()
    assert path.read_text(encoding="utf-8") == whole


def test_what_is_no_report_is_never_overwritten(tmp_path: Path) -> None:
    """A mistyped name must not cost anybody the list itself."""
    path = tmp_path / "recipients.csv"
    path.write_bytes(b"Number,Name\n+61421000001,\xff\n")
    with pytest.raises(InvalidRequest, match=r"is there, and is no report") as refused:
        Report(path).open()
    assert refused.value.field == "report"
    assert path.read_bytes().startswith(b"Number")


def _link(path: Path) -> None:
    path.symlink_to(path.parent / "elsewhere")


@pytest.mark.parametrize("made", [_link, Path.mkdir, os.mkfifo])
def test_what_is_no_ordinary_file_is_left_alone(
    tmp_path: Path, made: Callable[[Path], None]
) -> None:
    """Neither a folder nor a pipe, and no link, behind which anything may be."""
    path = tmp_path / "july.csv"
    made(path)
    with pytest.raises(InvalidRequest, match="no ordinary file"):
        Report(path).open()
    assert os.path.lexists(path)


def test_a_place_that_is_none_is_refused(tmp_path: Path) -> None:
    """With the system's own reason."""
    with pytest.raises(InvalidRequest, match="No such file or directory"):
        Report(tmp_path / "none" / "july.csv").open()


@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
def test_half_a_surrogate_costs_no_other_line(tmp_path: Path, suffix: str) -> None:
    """It came from the list, and can't be in UTF-8; it is written as an escape."""
    text = written(tmp_path / f"july.{suffix}", outcome(JESS), skipped("\ud83d1"), outcome(KIM))
    assert "\\ud83d1" in text
    assert JESS in text
    assert KIM in text


@pytest.mark.parametrize("name", ["july", "july.xlsx", "july.json", "july.csv.gz"])
def test_the_name_says_the_format(tmp_path: Path, name: str) -> None:
    """Another suffix is refused at once, with those that there are."""
    with pytest.raises(InvalidRequest, match=r"\.csv, \.jsonl, \.ndjson"):
        Report(tmp_path / name)


def test_a_report_that_is_not_open_takes_nothing(tmp_path: Path) -> None:
    """That is a bug of the caller's, and no line is lost in silence."""
    with pytest.raises(ValueError, match="not open"):
        Report(tmp_path / "july.csv").write(outcome(JESS))
