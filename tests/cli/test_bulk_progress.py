"""How far a campaign is, as a terminal and a log see it."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from bestsms.bulk.outcomes import Totals
from bestsms.cli.bulk_progress import EVERY_SECONDS, showing


class Clock:
    """A clock that is put forward by hand."""

    now = 100.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def totals(accepted: int, *, resumed: int = 0) -> Totals:
    """Make totals of that many accepted, with one of each other kind."""
    return Totals(
        read=accepted + 5,
        accepted=accepted,
        unknown=1,
        rejected=1,
        not_sent=1,
        refused=1,
        duplicates=1,
        resumed=resumed,
    )


def drawn(*steps: Totals, rows: int, width: int = 100, terminal: bool = True) -> str:
    """Return what was shown at a step each second, without its colours."""
    screen, clock = io.StringIO(), Clock()
    console = Console(file=screen, force_terminal=terminal, width=width, no_color=True)
    with showing(rows, console=console, clock=clock) as update:
        for step in steps:
            clock.now += 1
            update(step)
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", screen.getvalue())


def test_a_terminal_has_a_bar() -> None:
    """Over it the share, the rate and the time that is left; below it how many of what."""
    said = drawn(totals(95), totals(195), totals(295), rows=500)
    assert "60% 100/s  0:00:02 left" in said
    assert "300 of 500 done: 295 accepted, 1 unknown, 3 failed, 1 duplicates" in said


def test_a_narrow_terminal_has_every_word() -> None:
    """The counts wrap where the bar shrinks."""
    said = drawn(totals(95), totals(195), totals(295), rows=500, width=40)
    last = said[said.rindex("300 of 500") :]
    assert " ".join(last.split()).endswith("295 accepted, 1 unknown, 3 failed, 1 duplicates")
    assert max(map(len, last.splitlines())) <= 40


def test_a_terminal_shows_that_nothing_comes() -> None:
    """Waiting for a provider that can't be reached must not look like work."""
    screen, clock = io.StringIO(), Clock()
    console = Console(file=screen, force_terminal=True, width=80, highlight=False)
    with showing(500, console=console, clock=clock) as update:
        update(totals(95))
        assert "no answer" not in screen.getvalue()
        clock.now += 83
    assert "no answer for 0:01:23" in screen.getvalue()


def test_more_rows_than_were_counted_are_no_trouble() -> None:
    """The count is of lines, before the file is read as CSV."""
    assert "305 of 305 done" in drawn(totals(100), totals(200), totals(300), rows=100)


def test_what_was_sent_before_is_no_rate() -> None:
    """A resumed run passes a million rows in seconds, and must not promise to go on so."""
    steps = [totals(250_000 * step, resumed=250_000 * step) for step in range(1, 5)]
    steps += [totals(1_000_000 + 10 * step, resumed=1_000_000) for step in range(1, 4)]
    said = drawn(*steps, rows=1_000_075)
    assert "5.0/s  0:00:08 left" in said
    assert "0,000/s" not in said


def test_no_more_is_drawn_than_can_be_read() -> None:
    """Where each recipient has a request, there are thousands of outcomes a second."""
    screen, clock = io.StringIO(), Clock()
    console = Console(file=screen, force_terminal=True, width=80, highlight=False)
    with showing(500, console=console, clock=clock) as update:
        for accepted in range(100):
            clock.now += 0.001
            update(totals(accepted))
    assert "5 of 500 done" in screen.getvalue()
    assert "104 of 500 done" not in screen.getvalue()


def test_a_log_gets_a_line_now_and_then() -> None:
    """At most one in ten seconds, however many outcomes there are."""
    seconds = 2 * int(EVERY_SECONDS) + 5
    steps = [totals(100 * step) for step in range(seconds)]
    lines = drawn(*steps, rows=10_000, terminal=False).splitlines()
    assert len(lines) == 2
    first = (
        "905 of 10,000 done: 900 accepted, 1 unknown, 3 failed, 1 duplicates  100/s  0:01:31 left"
    )
    assert lines[0].endswith(f"  {first}")
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  ", lines[0])


@pytest.mark.parametrize("kind", ["terminal", "log"])
def test_that_nobody_sees_it_stops_nothing(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The campaign is what was asked for; how far it is can be asked of the journal."""

    class Closed(io.StringIO):
        def isatty(self) -> bool:
            return kind == "terminal"

        def write(self, _: str) -> int:
            raise BrokenPipeError(32, "Broken pipe")

        def flush(self) -> None:
            raise BrokenPipeError(32, "Broken pipe")

    monkeypatch.setattr("sys.stderr", Closed())
    clock = Clock()
    with showing(10, clock=clock) as update:
        clock.now += EVERY_SECONDS
        update(totals(5))
