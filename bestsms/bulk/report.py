"""A file that says what became of each recipient, a line each, as the outcomes come.

CSV for people and spreadsheets, JSON Lines for programs. Not one JSON document: that is worth
nothing before its last bracket, and a file that a crash cuts short is read most eagerly of all.
"""

from __future__ import annotations

import contextlib
import csv
import io
import itertools
import json
import operator
import os
import re
from collections.abc import Callable, Iterable
from json.encoder import encode_basestring_ascii
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, Self, TextIO

from bestsms.bulk.outcomes import ChunkOutcome, RecipientOutcome
from bestsms.errors import InvalidRequest

__all__ = ["COLUMNS", "Report"]

COLUMNS: Final = RecipientOutcome._fields
"""What a line holds, in this order; see :class:`RecipientOutcome`."""

# Cells that a spreadsheet takes for a formula, and the numbers, which need no thought.
_FORMULA: Final = re.compile(r"[=+\-@\t\r]")
_PLAIN: Final = re.compile(r"\+?[0-9]+")


class Report:
    """A report of a campaign, one line a recipient; the lines are in the order of the outcomes.

    It is written as it comes, so that a crash leaves all that was known at the last outcome. A run
    that is resumed tells of every recipient again, so it begins the file anew; what an earlier run
    wrote stays beside it, as ``<name>.before``, until the new one reached the end of its list. If
    that never happens both are there, and of several former ones the longest. A file that is no
    report is never overwritten. It is for its owner alone to read: it is a list of people's
    numbers. Every method but the constructor blocks.

    A cell of a CSV file that a spreadsheet would take for a formula has a ``'`` in front, as OWASP
    advises for what comes from strangers. A phone number is left as it is: the plus sign is part
    of it, and does no harm before digits alone.

    Args:
        path: Where the file is to be: ``*.csv``, or ``*.jsonl`` or ``*.ndjson`` for JSON Lines.

    Raises:
        InvalidRequest: The suffix is another.
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        self._path = Path(path)
        suffix = self._path.suffix.lower()
        if suffix not in _FORMATS:
            raise InvalidRequest(
                "report",
                f"the file's name must end in {', '.join(_FORMATS)}, which says what is written; "
                f"not in {suffix!r}",
            )
        self._format = _FORMATS[suffix]
        self._before = self._path.with_name(f"{self._path.name}.before")
        self._file: TextIO | None = None

    @property
    def path(self) -> Path:
        """Where the file is."""
        return self._path

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def check(self) -> None:
        """See that what it would replace is a report, and change nothing.

        Raises:
            InvalidRequest: It is none.
            OSError: It can't be read.
        """
        _refuse_other(self._path)
        _refuse_other(self._before)

    def open(self) -> None:
        """Make the file, and put a former report beside it.

        Raises:
            InvalidRequest: What is there is no report, or there is no place for a file.
        """
        try:
            self.check()
            self._put_aside()
            # Made anew, so that neither its rights nor who else has it open are another's choice.
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise InvalidRequest(
                "report", f"{self._path} can't be written: {error.strerror}"
            ) from None
        # A cell may hold half of a surrogate pair: for that no other line is lost.
        self._file = os.fdopen(
            descriptor, "w", encoding="utf-8", errors="backslashreplace", newline=""
        )
        self._put(self._format.head)

    def write(self, outcome: ChunkOutcome) -> None:
        """Write a line for each recipient of an outcome, and hand them to the operating system.

        Raises:
            OSError: The disk is full, or gone.
        """
        self._put(self._format.lines(outcome.recipients()))

    def finish(self) -> None:
        """Remove the former report: this one says all that it said, or more."""
        with contextlib.suppress(OSError):  # There was none; and one too many does no harm.
            self._before.unlink()

    def close(self) -> None:
        """Close the file, if it is open."""
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def _put(self, text: str) -> None:
        if self._file is None:
            raise ValueError("the report is not open")
        self._file.write(text)
        self._file.flush()

    def _put_aside(self) -> None:
        if not self._path.exists():
            return
        # A run that was refused at its first row must not cost what the one before it wrote.
        if self._before.exists() and self._before.stat().st_size > self._path.stat().st_size:
            self._path.unlink()
        else:
            self._path.replace(self._before)


def _refuse_other(path: Path) -> None:
    """Refuse to overwrite what is no report.

    Raises:
        InvalidRequest: It is none.
        OSError: It can't be read.
    """
    if not os.path.lexists(path):
        return
    # A link that leads nowhere, or to another's file, is as little a report as any other.
    if path.is_symlink() or not path.is_file():
        raise InvalidRequest("report", f"{path} is no ordinary file; name another")
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        begins = file.readline(_LONGEST_HEAD)
    # Whether it has begun, and whether it is of the other format, is all the same.
    if begins and not begins.startswith((_CSV.head, _JSON_LINES.begin)):
        raise InvalidRequest(
            "report",
            f"{path} is there, and is no report, so it is not overwritten; name another file, or "
            "move it away",
        )


def _csv_cell(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else _csv_cells([text])


def _csv_cells(texts: Iterable[str | None]) -> str:
    line = io.StringIO()
    harmless = (f"'{text}" if text and _FORMULA.match(text) else text for text in texts)
    csv.writer(line).writerow(harmless)
    # It puts quotes around whatever its own end of a line would break.
    return line.getvalue().removesuffix("\r\n")


def _csv_shared(message_id: str | None, verdict: str, reason: str) -> str:
    return _csv_cells((message_id, verdict, reason))


def _json_shared(message_id: str | None, verdict: str, reason: str) -> str:
    shared = {"message_id": message_id, "verdict": verdict, "reason": reason}
    return f" {json.dumps(shared)[1:]}"


class _Format(NamedTuple):
    """How a line is written: where it is cut, and what stands in each piece."""

    head: str
    begin: str
    between: str
    recipient: Callable[[str], str]
    shared: Callable[[str | None, str, str], str]

    def lines(self, outcomes: Iterable[RecipientOutcome]) -> str:
        """Write a line for each; what those of a chunk have in common is spelled once."""
        _, begin, between, recipient, shared = self
        lines: list[str] = []
        for (message_id, verdict, reason), alike in itertools.groupby(outcomes, _SHARED):
            end = f"{shared(message_id, verdict.name, reason)}\n"
            # Not CRLF: grep, cut and wc read it as well as a spreadsheet does.
            lines += [f"{begin}{each[0]}{between}{recipient(each[1])},{end}" for each in alike]
        return "".join(lines)


_LONGEST_HEAD: Final = 200
_SHARED: Final = operator.itemgetter(slice(2, None))
_CSV: Final = _Format(",".join(COLUMNS) + "\n", "", ",", _csv_cell, _csv_shared)
_JSON_LINES: Final = _Format(
    "", '{"position": ', ', "recipient": ', encode_basestring_ascii, _json_shared
)
_FORMATS: Final = {".csv": _CSV, ".jsonl": _JSON_LINES, ".ndjson": _JSON_LINES}
