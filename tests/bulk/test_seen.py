"""Who was there already: exact, in little memory."""

from __future__ import annotations

import sys
from array import array

from hypothesis import given, strategies as st

from bestsms.bulk.seen import MANY, MOST_FEW, Seen, key_of


def again(keys: list[int | bytes]) -> list[int]:
    """What a plain set says."""
    seen: set[int | bytes] = set()
    return [at for at, key in enumerate(keys) if key in seen or seen.add(key)]


def numbered(count: int, first: int = 61421000000) -> array[int]:
    """Neighbours in number."""
    return array("Q", [int(str(number), 16) for number in range(first, first + count)])


def held(seen: Seen) -> int:
    """About how many bytes it takes."""
    parts = [*seen._few.values(), *seen._many.values(), seen._few, seen._many]
    return sum(map(sys.getsizeof, parts)) + 32 * (len(seen._few) + len(seen._many))


# -- what is the same ------------------------------------------------------------------------------


def test_numbers_are_the_same_however_they_are_written() -> None:
    """With a plus, two zeros or neither, and with any separators."""
    spelled = ["+61 421 000 001", "0061421000001", "61421000001", "+61 (0)421-000-001"]
    assert {key_of("Recipient", each) for each in spelled} == {0x61421000001}


def test_a_national_number_is_the_same_as_itself_only() -> None:
    """Its zero counts: without it, it would be a number of another country."""
    assert key_of("Recipient", "0421 000 001") == key_of("Recipient", "0421000001")
    assert key_of("Recipient", "0421000001") != key_of("Recipient", "+421000001")


def test_a_key_is_the_same_in_any_case_but_not_of_another_kind() -> None:
    """A group and a contact may have the same text for a name."""
    assert key_of("GroupCode", " Staff") == key_of("GroupCode", "staff")
    assert key_of("GroupCode", "staff") != key_of("GroupID", "staff")


def test_what_has_too_many_digits_is_compared_as_a_text() -> None:
    """It is no number, and an integer of it would have no end."""
    assert isinstance(key_of("Recipient", "1" * 16), bytes)
    assert isinstance(key_of("Recipient", "nobody"), bytes)


# -- what was there --------------------------------------------------------------------------------


@given(
    st.lists(
        st.lists(
            st.one_of(
                st.integers(0, 30).map(lambda number: int(str(61421000000 + number), 16)),
                st.integers(0, 10**15).map(lambda number: int(str(number), 16)),
                st.binary(min_size=16, max_size=16),
            ),
            max_size=40,
        ),
        max_size=4,
    )
)
def test_it_says_what_a_set_would_say(parts: list[list[int | bytes]]) -> None:
    """Of numbers near each other and far apart, and of other keys, in any portions."""
    seen, found, before = Seen(), [], 0
    for part in parts:
        found += [before + at for at in seen.add(part)]
        before += len(part)
    assert found == again([key for part in parts for key in part])


@given(
    firsts=st.lists(st.integers(0, 15).map(lambda place: place * MANY // 2), max_size=12),
    whole=st.booleans(),
)
def test_neighbours_are_compared_like_any_others(firsts: list[int], *, whole: bool) -> None:
    """All at once, or one by one, when some of them were there."""
    seen, found, before, all_ = Seen(), [], 0, array("Q")
    for first in firsts:
        keys = numbered(MANY, 61421000000 + first)
        found += [before + at for at in seen.add(keys if whole else list(keys))]
        before += len(keys)
        all_ += keys
    assert found == again(list(all_))


def test_a_portion_may_repeat_itself() -> None:
    """Also one of neighbours."""
    keys = numbered(MANY)
    keys[7] = keys[3]
    assert Seen().add(keys) == [7]


def test_neighbours_at_both_ends_may_have_others_between() -> None:
    """The upper digits of all of them are compared."""
    keys = numbered(MANY)
    keys[5] = 0x64210000001
    seen = Seen()
    assert seen.add(keys) == []
    assert seen.add([0x64210000001, keys[1]]) == [0, 1]


def test_a_portion_may_be_of_two_neighbourhoods() -> None:
    """Then each number is looked at."""
    seen, keys = Seen(), numbered(MANY, 61421000000 - MANY // 2)
    assert seen.add(keys) == []
    assert seen.add(keys) == list(range(MANY))


def test_few_become_many() -> None:
    """And are found as before."""
    seen, keys = Seen(), numbered(MOST_FEW + 10)
    assert seen.add(list(keys)) == []
    assert not seen._few
    assert seen.add(list(keys)) == list(range(len(keys)))


def test_a_million_numbers_take_a_few_megabytes() -> None:
    """Of 10^8, spread evenly; a tenth of it is tried. What are neighbours take far less."""
    spread, near = Seen(), Seen()
    for start in range(0, 100_000, 1_000):
        numbers = range(start, start + 1_000)
        spread.add([int(str(61400000000 + number * 7919 % 10**7), 16) for number in numbers])
        near.add(numbered(1_000, 61421000000 + start))
    assert held(spread) < 400_000
    assert held(near) < 110_000
