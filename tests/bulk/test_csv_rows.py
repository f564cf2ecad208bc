"""CSV files as spreadsheets and databases write them."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from bestsms import InvalidRequest
from bestsms.bulk.csv_rows import CSVSource
from bestsms.bulk.rows import Unreadable

NUMBER, OTHER = "+61421000001", "+61421000002"


@pytest.fixture
def rows(tmp_path: Path) -> Any:
    """Reads a file of these bytes to its end, a few rows at a time."""

    async def read(
        content: bytes | str, message: str | None = "Hello", count: int = 2
    ) -> list[Any]:
        path = tmp_path / "list.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        source, found = CSVSource(path, message), []
        try:
            while drawn := await source.draw(count):
                found += drawn
        finally:
            source.close()
        return found

    return read


@pytest.mark.parametrize(
    "content",
    [
        f"Recipient,FirstName,Town\n{NUMBER},Jess,Perth\n{OTHER},Jo,Perth\n",
        f"\ufeffmobile phone;First Name\r\n{NUMBER};Jess\r\n\r\n{OTHER};Jo",
        f"\n\nfirst_name\tTo\n Jess \t {NUMBER} \n\t\nJo\t{OTHER}\n",
        f'"First Name","Phone"\n"Jess","{NUMBER}"\n"Jo","{OTHER}"\n',
        f'"First Name; of all","Phone",FirstName\n"","{NUMBER}",Jess\n"","{OTHER}",Jo\n',
    ],
)
async def test_a_file_is_read_by_its_first_line(rows: Any, content: str) -> None:
    """Commas, semicolons or tabs; names as people write them; blank lines and columns of others."""
    assert await rows(content) == [
        {"Recipient": NUMBER, "FirstName": "Jess"},
        {"Recipient": OTHER, "FirstName": "Jo"},
    ]


async def test_a_file_of_numbers_needs_no_first_line(rows: Any) -> None:
    """The first cell says so."""
    assert await rows(f"{NUMBER}\n\n0421 000 002\n") == [
        {"Recipient": NUMBER},
        {"Recipient": "0421 000 002"},
    ]


async def test_an_empty_cell_is_a_field_without_a_value(rows: Any) -> None:
    """A file can't say more: a text that names the field is then not sent to that row."""
    content = f"Recipient,FirstName,Custom1\n{NUMBER},,A7\n{OTHER}\n"
    assert await rows(content) == [{"Recipient": NUMBER, "Custom1": "A7"}, {"Recipient": OTHER}]


async def test_a_cell_may_have_several_lines(rows: Any) -> None:
    """Within quotes."""
    content = f'Recipient,message\r\n{NUMBER},"Hi ""Jess"",\r\nwelcome"\r\n'
    (row,) = await rows(content, None)
    assert row == {"Recipient": NUMBER, "message": 'Hi "Jess",\r\nwelcome'}


async def test_of_several_columns_of_numbers_the_surest_counts(rows: Any) -> None:
    """A phone may be anything, where there is a mobile."""
    content = f"Phone,Mobile,FirstName\n0893000000,{NUMBER},Jess\n0893000000,,Jo\n"
    assert await rows(content) == [
        {"Recipient": NUMBER, "FirstName": "Jess"},
        {"FirstName": "Jo"},
    ]


@pytest.mark.parametrize("column", ["Phone Number", "Mobile", "To Number", "phone"])
async def test_a_number_of_nothing_in_particular_is_the_least_sure(rows: Any, column: str) -> None:
    """It may be the customer's."""
    content = f"Number,First Name,{column}\n61420001,Jess,{NUMBER}\n"
    assert await rows(content) == [{"Recipient": NUMBER, "FirstName": "Jess"}]
    assert await rows(f"Number\n{NUMBER}\n") == [{"Recipient": NUMBER}]


async def test_a_row_of_too_many_cells_is_no_row(rows: Any) -> None:
    """A comma without quotes has moved all that follows it."""
    content = f"Recipient,FirstName\n{NUMBER},Jess\n{OTHER},Jo, the second\n{NUMBER},Al\n"
    assert (await rows(content))[1] == Unreadable("line 3 has 3 cells, and the first has 2")


@pytest.mark.parametrize("content", ["", "\n\n", "Recipient\n", "\ufeff"])
async def test_a_file_may_hold_nobody(rows: Any, content: str) -> None:
    """That is no error of the file's."""
    assert await rows(content) == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("Name,Town\nJess,Perth\n", "has no column of numbers; the known columns are Recipient"),
        ("FirstName\nJess\n", "has no column of numbers"),
        (f"{NUMBER},Jess\n", "begins with a number, and has more than one column"),
        ("Mobile,mobile\n1,2\n", "has more than one column for Recipient (line 1)"),
        ("To,FirstName,First Name\n1,2,3\n", "has more than one column for FirstName"),
        (f"Recipient\n{NUMBER}\n{NUMBER}\0\n", "holds a NUL: it is no text in UTF-8 (line 3)"),
        (f"Recipient,FirstName\n{NUMBER},Jos\u00e9\n".encode("cp1252"), "not in UTF-8: save it"),
        (f"Recipient\n{NUMBER}\n".encode("utf-16"), "(line 1)"),
        (f'Recipient,Custom1\n{NUMBER},"A"7\n', "is no CSV: "),
        (f'Recipient,Custom1\n{NUMBER},"A7\n', "is no CSV: unexpected end of data (line 2)"),
    ],
)
async def test_a_file_that_can_not_be_read_says_where(
    rows: Any, content: bytes | str, said: str
) -> None:
    """With the line, and nothing that stands there."""
    with pytest.raises(InvalidRequest, match=r"^recipients: the file ") as caught:
        await rows(content)
    assert said in str(caught.value)
    assert NUMBER not in str(caught.value)


async def test_a_wrong_encoding_is_told_by_its_line(rows: Any) -> None:
    """However far down it is."""
    lines = [f"+614{number:08d}" for number in range(5000)]
    with pytest.raises(InvalidRequest, match=r"line 5,001\)"):
        await rows("\n".join(lines).encode() + b"\n+61421000001 \xff\n", count=10_000)


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("Hi [[First Name]]", "write [[FirstName]]"),
        ("Hi [[town]]", "name the column Custom1"),
    ],
)
async def test_a_text_that_names_a_column_in_vain_is_refused(
    rows: Any, message: str, said: str
) -> None:
    """It would go out with its brackets."""
    with pytest.raises(InvalidRequest) as caught:
        await rows(f"Recipient,First Name,Town\n{NUMBER},Jess,Perth\n", message)
    assert said in str(caught.value)


async def test_without_a_text_there_must_be_a_column_of_texts(rows: Any) -> None:
    """It is known by the first line."""
    with pytest.raises(InvalidRequest, match=r"^Message: is needed: the file has no column"):
        await rows(f"Recipient\n{NUMBER}\n", None)


async def test_a_file_that_is_not_there_can_not_be_opened(tmp_path: Path) -> None:
    """The system's own error names it."""
    source = CSVSource(tmp_path / "none.csv", "Hello")
    with pytest.raises(FileNotFoundError):
        await source.draw(5)
    source.close()


async def test_the_event_loop_does_not_read(rows: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk may be slow."""
    threads: list[threading.Thread] = []
    monkeypatch.setattr(CSVSource, "_draw", _noting(CSVSource._draw, threads))
    await rows(f"{NUMBER}\n")
    assert threads
    assert threading.current_thread() not in threads


def _noting(draw: Any, threads: list[threading.Thread]) -> Any:
    def noted(source: CSVSource, count: int) -> Any:
        threads.append(threading.current_thread())
        return draw(source, count)

    return noted
