"""Campaigns in the journal: what each request is made of, as long as the file is kept."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bestsms import Verdict
from bestsms.journal import VERSION, Intent, Journal, Planned

NOW = time.time()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the file is."""
    return tmp_path / "sends.sqlite"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    """A journal there."""
    made = Journal(path)
    yield made
    made.close()


def planned(place: int | None = 0, digest: str = "aa", message_id: str | None = None) -> Planned:
    """A request of July, of ten."""
    return Planned(message_id or f"ID{place}", "july", place, digest, 10)


def begin(journal: Journal, *rows: Planned, **given: Any) -> Verdict | None:
    """Begin the last of some requests."""
    intent = Intent(rows[-1].message_id, "00", False, NOW, NOW + 120, planned=rows, **given)
    return journal.intend(intent)


def test_a_request_stands_in_one_transaction_with_its_intent(journal: Journal) -> None:
    """And so do those before it that are not written yet."""
    begin(journal, planned(0), planned(1), planned(2))
    connection = journal._connection
    assert connection is not None
    assert connection.execute("SELECT message_id FROM sends").fetchall() == [("ID2",)]
    assert connection.execute("SELECT * FROM chunks").fetchall() == [
        (f"ID{place}", "july", place, "aa", 10) for place in range(3)
    ]


def test_an_intent_that_is_refused_writes_nothing(journal: Journal) -> None:
    """A request that may have been made keeps what it is made of."""
    begin(journal, planned(1))
    assert begin(journal, planned(0), planned(1, "bb")) is Verdict.UNKNOWN
    assert journal.known(planned(0, "bb"), now=NOW).changed is False
    assert journal.known(planned(1), now=NOW).changed is False
    assert journal.known(planned(1, "bb"), now=NOW).changed is True


@pytest.mark.parametrize("verdict", list(Verdict))
def test_what_came_to_nothing_may_be_changed(journal: Journal, verdict: Verdict) -> None:
    """Unless something after it may have been made, whose rows would move."""
    begin(journal, planned(0))
    journal.settle("ID0", verdict, now=NOW)
    changed = planned(0, "bb")
    assert journal.known(changed, now=NOW).changed is not verdict.nothing_done
    begin(journal, planned(1))
    assert journal.known(changed, now=NOW).changed is True
    journal.settle("ID1", Verdict.REJECTED, now=NOW)
    assert journal.known(changed, now=NOW).changed is not verdict.nothing_done


def test_a_request_of_its_own_place_moves_no_other(journal: Journal) -> None:
    """One for each recipient: only what was made of itself counts."""
    begin(journal, planned(None, message_id="to1"))
    journal.settle("to1", Verdict.REJECTED, now=NOW)
    begin(journal, planned(None, message_id="to2"))
    assert journal.known(planned(None, "bb", "to1"), now=NOW).changed is False
    assert journal.known(planned(None, "bb", "to2"), now=NOW).changed is True
    assert journal.progress("July").separate is True


def test_a_changed_request_is_what_it_is_then(journal: Journal) -> None:
    """And what may have been made of others is not overwritten by one that comes with them."""
    begin(journal, planned(0))
    journal.settle("ID0", Verdict.REJECTED, now=NOW)
    assert begin(journal, planned(0, "bb")) is None
    begin(journal, planned(0, "cc"), planned(1))
    assert journal.known(planned(0, "bb"), now=NOW).changed is False
    assert journal.known(planned(0, "cc"), now=NOW).changed is True


def test_what_is_known_of_a_request(journal: Journal) -> None:
    """Nothing; that a process sends it now; or what became of it."""
    assert journal.known(planned(), now=NOW) == (False, None, False)
    begin(journal, planned())
    known = journal.known(planned(), now=NOW)
    assert known.living
    assert known.intent is not None
    assert (known.intent.message_id, known.intent.verdict) == ("ID0", None)
    assert not journal.known(planned(), now=NOW + 121).living
    journal.settle("ID0", Verdict.UNKNOWN, now=NOW)
    assert not journal.known(planned(), now=NOW).living


def test_an_unknown_one_may_be_sent_again_once_it_was_looked_up(journal: Journal) -> None:
    """To the end, and not before; broken off early, it is as unknown as it was."""
    begin(journal, planned())
    journal.settle("ID0", Verdict.UNKNOWN, now=NOW)
    assert begin(journal, planned(), again=True) is Verdict.UNKNOWN
    journal.settle("ID0", Verdict.UNKNOWN, now=NOW, looked_up=True)
    assert begin(journal, planned()) is Verdict.UNKNOWN
    assert begin(journal, planned(), again=True) is None
    assert begin(journal, planned(), again=True) is Verdict.UNKNOWN  # Somebody sends it now.
    journal.withdraw(Intent("ID0", "00", False, NOW, NOW + 120, again=True))
    assert begin(journal, planned()) is Verdict.UNKNOWN
    assert begin(journal, planned(), again=True) is None


def test_the_campaigns_of_a_file_are_known_by_name(journal: Journal) -> None:
    """Each once, however many requests it has."""
    assert journal.campaigns() == []
    begin(journal, planned(0), planned(1))
    begin(journal, Planned("ID9", "june", 0, "aa", 10))
    assert sorted(journal.campaigns()) == ["july", "june"]


def test_a_file_of_before_has_its_place_for_campaigns(path: Path) -> None:
    """It is of the same version, and is opened as it is."""
    connection = sqlite3.connect(path)
    connection.executescript(
        "CREATE TABLE sends (message_id TEXT PRIMARY KEY COLLATE NOCASE, body_sha256 TEXT NOT NULL,"
        " given INTEGER NOT NULL, begun REAL NOT NULL, ends REAL NOT NULL, owner TEXT NOT NULL,"
        " verdict TEXT, changed REAL NOT NULL, settled INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;"
        f"PRAGMA user_version = {VERSION};"
    )
    connection.close()
    journal = Journal(path)
    assert begin(journal, planned()) is None
    assert journal.progress("july").recipients == {None: 10}
    journal.close()


def test_what_is_planned_and_not_begun_is_not_sent(journal: Journal) -> None:
    """How far a campaign came, in requests and in recipients."""
    begin(journal, planned(0), planned(1), planned(2))
    journal.settle("ID2", Verdict.ACCEPTED, now=NOW)
    begin(journal, planned(3))
    progress = journal.progress("JULY")
    assert progress.requests == {None: 1, Verdict.ACCEPTED: 1, Verdict.NOT_SENT: 2}
    assert progress.recipients == {None: 10, Verdict.ACCEPTED: 10, Verdict.NOT_SENT: 20}
    assert progress.separate is False
