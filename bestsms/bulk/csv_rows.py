"""Rows of a CSV file, read as they are needed, in a worker thread.

The first line names the columns: ``Recipient``, ``Mobile Phone``, ``First Name``, ``custom1``,
``message``; case, blanks, underscores and hyphens do not matter. Commas, semicolons or tabs may be
between them. A file whose first cell is a number has no such line, and is a list of numbers.

An empty cell is a field without a value: a text that names it is not sent to that row. Of several
columns of numbers the surest name counts (``Recipient``, ``To``, ``Mobile``, ... ``Phone``,
``Number``). Other columns are no concern of ours, unless the text names one, which would go out
unfilled.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import islice, takewhile
from pathlib import Path
from typing import IO, Any, Final

from anyio import to_thread

from bestsms._placeholders import Kind, distinct
from bestsms.address_book.mobiles import given_number
from bestsms.bulk.fields import KEYS, MESSAGE, NAMES, field_of, folded, known, surest
from bestsms.bulk.rows import Unreadable
from bestsms.errors import InvalidRequest

__all__ = ["CSVSource"]

ENCODING: Final = "utf-8-sig"
SEPARATORS: Final = ",;\t"
LONGEST_LINE: Final = 1_000_000
"""Characters of a first line; a file without a line end is no CSV."""


class CSVSource:
    """Gives the rows of a file.

    Args:
        path: The file, in UTF-8.
        message: The text of all rows, if there is one.

    Raises:
        InvalidRequest: As it is drawn from: the file is no CSV in UTF-8, or has no column of
            numbers or keys. With the line.
        OSError: It can't be read.
    """

    checked = True

    def __init__(self, path: Path, message: str | None) -> None:
        self._path = path
        self._message = message
        self._file: IO[str] | None = None
        self._rows: Iterator[Any] = iter(())

    async def draw(self, count: int) -> list[Any]:
        """Return the next rows, that many unless they end; none if there are no more."""
        return await to_thread.run_sync(self._draw, count)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def _draw(self, count: int) -> list[Any]:
        try:
            if self._file is None:
                # newline="": a line end within quotes is the cell's.
                self._file = self._path.open(encoding=ENCODING, newline="")
                self._rows = _Rows(self._file, self._message).read()
            return list(islice(self._rows, count))
        except UnicodeDecodeError:
            line = _first_wrong_line(self._path)
            raise _refused("is not in UTF-8: save it as 'CSV UTF-8'", line) from None


class _Rows:
    """The rows of an open file."""

    def __init__(self, file: IO[str], message: str | None) -> None:
        first = file.readline(LONGEST_LINE)
        while first and not first.strip():
            first = file.readline(LONGEST_LINE)
        file.seek(0)
        separator = max(SEPARATORS, key=_outside_quotes(first).count)
        self._reader = csv.reader(file, delimiter=separator, strict=True)
        self._message = message

    def read(self) -> Iterator[Any]:
        """Yield each row by wire names.

        Raises:
            InvalidRequest: The file is no CSV, or its columns are of no use.
        """
        places: list[tuple[str, int]] = []
        columns = 0
        for cells in self._lines():
            if not any(map(str.strip, cells)):
                continue
            if columns:
                yield self._row(cells, places, columns)
                continue
            columns = len(cells)
            if columns == 1 and _is_number(cells[0]):
                places = [(KEYS[0], 0)]
                yield self._row(cells, places, columns)
            else:
                places = self._places(cells)

    def _lines(self) -> Iterator[list[str]]:
        while True:
            try:
                cells = next(self._reader, None)
            except csv.Error as error:
                raise _refused(f"is no CSV: {error}", self._reader.line_num) from None
            if cells is None:
                return
            if "\0" in "".join(cells):
                raise _refused("holds a NUL: it is no text in UTF-8", self._reader.line_num)
            yield cells

    def _row(self, cells: list[str], places: list[tuple[str, int]], columns: int) -> Any:
        if len(cells) > columns:
            return Unreadable(
                f"line {self._reader.line_num} has {len(cells)} cells, and the first has {columns}"
            )
        most = len(cells)
        return {
            name: cell for name, place in places if place < most and (cell := cells[place].strip())
        }

    def _places(self, cells: list[str]) -> list[tuple[str, int]]:
        """Return the fields of the columns, with their places."""
        line = self._reader.line_num
        if _is_number(cells[0]):
            raise _refused(
                "begins with a number, and has more than one column: put their names into the "
                f"first line ({known()})",
                line,
            )
        self._refuse_unfilled(cells, line)
        found: dict[str, list[int]] = {}
        for place, cell in enumerate(cells):
            if name := field_of(cell):
                found.setdefault(name, []).append(place)
        if KEYS[0] in found:
            found[KEYS[0]] = surest(cells, found[KEYS[0]])
        if not found.keys() & set(KEYS):
            raise _refused(f"has no column of numbers; the known columns are {known()}", line)
        for name, places in found.items():
            if len(places) > 1:
                raise _refused(f"has more than one column for {name}", line)
        if self._message is None and MESSAGE not in found:
            raise InvalidRequest("Message", "is needed: the file has no column for it")
        return [(name, found[name][0]) for name in (*NAMES, MESSAGE) if name in found]

    def _refuse_unfilled(self, cells: list[str], line: int) -> None:
        columns = set(map(folded, cells))
        for name, kind in distinct(self._message or "").items():
            if kind is Kind.UNKNOWN and folded(name) in columns:
                field = field_of(name)
                advice = f"write [[{field}]]" if field else "name the column Custom1, and so on"
                raise _refused(
                    f"has a column that the text names, and [[...]] is not filled in: {advice}",
                    line,
                )


def _refused(why: str, line: int) -> InvalidRequest:
    return InvalidRequest("recipients", f"the file {why} (line {line:,})")


def _outside_quotes(line: str) -> str:
    return "".join(line.split('"')[::2])


def _is_number(cell: str) -> bool:
    try:
        given_number(cell)
    except InvalidRequest:
        return False
    return True


def _first_wrong_line(path: Path) -> int:
    with path.open("rb") as lines:
        return 1 + sum(1 for _ in takewhile(_is_text, lines))


def _is_text(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True
