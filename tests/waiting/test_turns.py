"""The rate of looks: kept in every second, and made use of."""

from __future__ import annotations

import pytest

from bestsms.waiting.turns import Turns


def taken(turns: Turns, number: int, now: float) -> list[float]:
    """Take turns as soon as they may be taken; return when that was."""
    moments = []
    for _ in range(number):
        now = max(now, turns.next_at())
        turns.take(now)
        moments.append(now)
    return moments


def test_one_a_second_is_even() -> None:
    """Each a second after the one before."""
    assert taken(Turns(1.0, 5.0), 4, 5.0) == [5.0, 6.0, 7.0, 8.0]
    assert taken(Turns(0.1, 0.0), 3, 0.0) == [0.0, 10.0, 20.0]


def test_many_a_second_may_come_at_once() -> None:
    """But never more than so many in any second."""
    assert taken(Turns(3.0, 0.0), 7, 0.0) == [0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 2.0]


def test_what_is_asked_for_waits_for_nobody() -> None:
    """A pause holds all up; it is not made shorter by a shorter one."""
    turns = Turns(1.0, 0.0)
    turns.pause(100.0)
    turns.pause(50.0)
    assert taken(turns, 2, 0.0) == [100.0, 101.0]


def test_a_look_of_many_pages_takes_as_many_turns() -> None:
    """The next one waits until they are over."""
    turns = Turns(1.0, 0.0)
    turns.take(0.0)
    turns.skip(4)
    assert turns.next_at() == pytest.approx(5.0)
