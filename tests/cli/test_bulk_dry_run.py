"""``bestsms bulk --dry-run``: what a list would take, and whom it would not be sent to."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bestsms.cli import main
from bestsms.cli.bulk_countries import ANY_COUNTRY, country_code

HI = ["--message", "Hi [[FirstName]]"]
JESS, KIM, NOE = "+61421000001,Jess", "+61421000002,Kim", "+64211234567,Noé"
List = Callable[..., str]


@pytest.fixture
def a_list(tmp_path: Path) -> List:
    """Write a list of numbers and names, and return its file's name."""

    def written(*rows: str, head: str = "Mobile,First Name") -> str:
        path = tmp_path / "recipients.csv"
        path.write_text("\n".join([head, *rows, ""]), encoding="utf-8")
        return str(path)

    return written


def dry(*words: str) -> int:
    """Run the command."""
    return main(["bulk", "--dry-run", *words])


def test_it_says_what_it_would_take(a_list: List, capsys: pytest.CaptureFixture[str]) -> None:
    """Of a list where all is well every figure is exact, and nothing but figures is said."""
    words = ["--price", "0.07", "--rate", "0.5", "--per-request", "2"]
    assert dry(a_list(JESS, KIM, NOE), *HI, *words) == 0
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        "Nothing was sent. It would take:",
        "  recipients  3",
        "  countries   +61 2, +64 1",
        "  parts       3",
        "  price       0.21",
        "  requests    2, with 145 bytes of recipients",
        "  time        0:00:06 at 0.5 recipients a second",
    ]
    assert said.err == ""


def test_one_text_for_all_is_counted_once_for_each(
    a_list: List, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two parts to three people are six."""
    assert dry(a_list(JESS, KIM, NOE), "--message", "x" * 161) == 0
    assert "  parts       6\n" in capsys.readouterr().out


def test_it_needs_neither_a_token_nor_a_network(
    a_list: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rules of sending can be tried before there is an account."""
    monkeypatch.delenv("BESTSMS_AUTH_TOKEN", raising=False)
    assert dry(a_list(JESS), *HI) == 0


def test_it_leaves_nothing_behind(a_list: List) -> None:
    """No journal and no report: what it says is all that it does."""
    path = Path(a_list(JESS))
    assert dry(str(path), *HI, "--report", str(path.with_name("report.csv"))) == 0
    assert [each.name for each in path.parent.iterdir()] == ["recipients.csv"]


def test_a_script_gets_json(a_list: List, capsys: pytest.CaptureFixture[str]) -> None:
    """One object, with the price as text, so that no digit is lost."""
    assert dry(a_list(JESS, JESS, NOE, "nobody,X"), *HI, "--price", "0.07", "--json") == 1
    assert json.loads(capsys.readouterr().out) == {
        "recipients": 2,
        "duplicates": 1,
        "refused": 1,
        "groups": 0,
        "countries": {"+61": 1, "+64": 1},
        "parts": 2,
        "exact": True,
        "over_limit": 0,
        "price": "0.14",
        "requests": 1,
        "bytes": 97,
        "seconds": None,
    }
    assert dry(a_list(JESS), *HI, "--rate", "2", "--json") == 0
    plain = json.loads(capsys.readouterr().out)
    assert (plain["price"], plain["seconds"]) == (None, 0.5)


def test_refused_rows_are_named(a_list: List, capsys: pytest.CaptureFixture[str]) -> None:
    """The first few, by row, with three digits of the number and the reason; then how many more."""
    rows = [JESS, "+61 421 000 001,Jess", "+61421000003,", *["12345,X"] * 5]
    assert dry(a_list(*rows), *HI) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[2:4] == [
        "  duplicates  1, each sent to once",
        "  refused     6, not sent to",
    ]
    assert lines[4] == "              row 3: ...003 no value of [[FirstName]]"
    assert lines[5].startswith("              row 4: 12345 ")
    assert lines[9] == "              and 1 more"
    assert "+61421000003" not in "".join(lines)


def test_a_row_without_a_number_is_named_by_its_place(
    a_list: List, capsys: pytest.CaptureFixture[str]
) -> None:
    """There is nothing of it to show."""
    assert dry(a_list(JESS, ",Kim"), *HI) == 1
    (line,) = [each for each in capsys.readouterr().out.splitlines() if "row 2" in each]
    assert line.startswith("              row 2: has none of ")


def test_a_number_of_no_country_is_refused(
    a_list: List, capsys: pytest.CaptureFixture[str]
) -> None:
    """Satellite phones are dear, and no customer's; who means it says so."""
    path = a_list(JESS, "+881612345678,Sat")
    assert dry(path, *HI) == 1
    assert "...678 is of no country" in capsys.readouterr().out
    assert dry(path, *HI, "--allow-any") == 0
    assert "+61 1, +881 1" in capsys.readouterr().out


def test_only_what_is_allowed_is_sent_to(a_list: List, capsys: pytest.CaptureFixture[str]) -> None:
    """With --allow-prefix all else is refused, in the words of the command."""
    path = a_list(JESS, NOE)
    assert dry(path, *HI, "--allow-prefix", "+614") == 1
    assert "row 2: ...567 begins with none of --allow-prefix" in capsys.readouterr().out
    assert dry(path, *HI, "--allow-prefix", "+614", "--allow-prefix", "+64") == 0


def test_some_and_any_is_no_rule(a_list: List) -> None:
    """Whoever allows both may have meant either."""
    with pytest.raises(SystemExit) as ended:
        dry(a_list(JESS), *HI, "--allow-prefix", "+61", "--allow-any")
    assert ended.value.code == 2


def test_a_region_reads_its_national_numbers(
    a_list: List, capsys: pytest.CaptureFixture[str]
) -> None:
    """Alone it allows nobody else, nor premium rates; prefixes may allow others beside it."""
    path = a_list("0421 000 001,Jess", "+1 876 555 0123,X", "1900 654 321,Y")
    assert dry(path, *HI, "--region", "AU") == 1
    said = capsys.readouterr().out
    assert "  countries   +61 1\n" in said
    assert "none of --region" in said
    assert "premium" in said
    words = ["--region", "AU", "--allow-prefix", "+614", "--allow-prefix", "+1876"]
    assert dry(path, *HI, *words) == 1
    assert "  countries   +61 1, +1 1\n" in capsys.readouterr().out


def test_national_numbers_need_a_region(a_list: List, capsys: pytest.CaptureFixture[str]) -> None:
    """The reason names the word that is missing."""
    assert dry(a_list("0421000001,Jess"), *HI) == 1
    assert "(--region)" in capsys.readouterr().out


def test_groups_make_it_the_least(a_list: List, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody here knows how many people are in one; numbers of no country need the same word."""
    path = a_list("+61421000001,", ",Team", head="Number,GroupCode")
    assert dry(path, "--message", "Hello", "--price", "0.1", "--allow-any") == 0
    said = capsys.readouterr().out
    assert "  recipients  2, of them 1 groups of any size\n" in said
    assert "  parts       at least 1\n" in said
    assert "  price       at least 0.1\n" in said
    assert dry(path, "--message", "Hello") == 1


def test_a_long_text_is_pointed_out(a_list: List, capsys: pytest.CaptureFixture[str]) -> None:
    """More than three parts are refused by the provider, unless it was asked."""
    assert dry(a_list(JESS, f"+61421000002,{'x' * 500}"), *HI) == 0
    assert "  parts       5; 1 texts take more than 3" in capsys.readouterr().out


def test_a_link_makes_it_the_least(a_list: List, capsys: pytest.CaptureFixture[str]) -> None:
    """How long it becomes is the provider's to know."""
    text = "Hi [[FirstName]], see [[Link:https://example.com]]"
    assert dry(a_list(JESS), "--message", text) == 0
    assert "  parts       at least 1\n" in capsys.readouterr().out


def test_each_row_may_have_its_own_text(a_list: List, capsys: pytest.CaptureFixture[str]) -> None:
    """A column called message, counted as each is."""
    rows = ["+61421000001,Hello", f"+61421000002,{'x' * 161}"]
    assert dry(a_list(*rows, head="Number,Message")) == 0
    assert "  parts       3\n" in capsys.readouterr().out


def test_many_countries_are_cut_short(a_list: List, capsys: pytest.CaptureFixture[str]) -> None:
    """The most frequent first; a script gets all of them."""
    codes = ["20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "44"]
    rows = [f"+{code}{number}12345678,X" for number, code in enumerate(codes, 1)]
    assert dry(a_list(*rows), *HI) == 0
    (line,) = [each for each in capsys.readouterr().out.splitlines() if "countries" in each]
    assert line.startswith("  countries   +44 2, +20 1, ")
    assert line.endswith("+41 1 and 1 more")


@pytest.mark.parametrize("given", ["-", "pipe"])
def test_the_list_may_come_through_a_pipe(
    given: str, a_list: List, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Standard input, or a pipe by its name, which can be read once only."""
    text = Path(a_list(JESS, KIM)).read_bytes()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text)))
    if given == "pipe":
        import os

        reading, writing = os.pipe()
        os.write(writing, text)
        os.close(writing)
        given = f"/dev/fd/{reading}"
    assert dry(given, *HI) == 0
    assert "  recipients  2\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--price", "free", *HI], "price_per_part"),
        (["--allow-prefix", "61", *HI], "allowed_prefixes"),
        (["--region", "XX", *HI], "region"),
        (["--per-request", "0", *HI], "max_destinations"),
        (["--concurrency", "0", *HI], "concurrency"),
        (["--rate", "2000000", *HI], "recipients_per_second"),
        (["--report", "report.txt", *HI], "the file's name must end in"),
        (["--campaign", " ", *HI], "campaign"),
        (["--message", " "], "Message"),
    ],
)
def test_a_wrong_command_is_refused(
    words: list[str], said: str, a_list: List, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, and what was wrong."""
    assert dry(a_list(JESS), *words) == 2
    assert said in capsys.readouterr().err


def test_a_report_that_can_not_be_written_is_refused(
    a_list: List, capsys: pytest.CaptureFixture[str]
) -> None:
    """As the real run would refuse it, and nothing is touched."""
    path = Path(a_list(JESS))
    other = path.with_name("other.csv")
    other.write_text("Mobile\n", encoding="utf-8")
    for report, why in (path, "is the list itself"), (other, "is there, and is no report"):
        assert dry(str(path), *HI, "--report", str(report)) == 2
        assert why in capsys.readouterr().err
    assert other.read_text(encoding="utf-8") == "Mobile\n"


def test_a_list_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """As the system says it."""
    assert dry("nowhere.csv", *HI) == 2
    assert "No such file or directory: 'nowhere.csv'" in capsys.readouterr().err


def test_a_price_is_for_a_dry_run(a_list: List, capsys: pytest.CaptureFixture[str]) -> None:
    """It would do nothing to what is sent, so whoever names it may have meant a dry run."""
    assert main(["bulk", a_list(JESS), *HI, "--price", "0.07"]) == 2
    assert "--price is for --dry-run" in capsys.readouterr().err


@pytest.mark.parametrize("rate", ["0", "-1", "fast", "nan", "1e3"])
def test_a_rate_is_a_number(rate: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Above 0, in plain digits."""
    with pytest.raises(SystemExit) as ended:
        dry("recipients.csv", f"--rate={rate}")
    assert ended.value.code == 2
    assert "how many a second" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("+18765550123", "+1"),
        ("+79261234567", "+7"),
        ("+61421000001", "+61"),
        ("+85261234567", "+852"),
        ("+4915112345678", "+49"),
        ("+8816123456", "+881"),
        ("ID1", "other"),
    ],
)
def test_a_country_has_a_code(number: str, code: str) -> None:
    """Of one, two or three digits, as the ITU gave them out."""
    assert country_code(number) == code


def test_every_country_is_a_country() -> None:
    """The beginnings that are allowed without a word agree with the phonenumbers library."""
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, REGION_CODE_FOR_NON_GEO_ENTITY

    for code, regions in COUNTRY_CODE_TO_REGION_CODE.items():
        number = f"+{code}12345678"
        of_one = regions != (REGION_CODE_FOR_NON_GEO_ENTITY,)
        assert number.startswith(ANY_COUNTRY) == of_one, code
        assert country_code(number) == f"+{code}"
