"""Where rows come from: each is what it was when it came, and comes in an order."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from bestsms import Destination, InvalidRequest
from bestsms.bulk.sources import source_of

NUMBERS = [f"+6142100000{digit}" for digit in range(5)]


def filled(row: dict[str, str]) -> Iterator[Any]:
    """One dict that is filled again for each row but the first, among rows of other kinds."""
    yield {"Recipient": "+61421999999"}
    yield "+61421888888"
    for number in NUMBERS:
        row["Recipient"] = number
        yield row


class Table:
    """No iterator itself, it makes one each time."""

    def __iter__(self) -> Iterator[Any]:
        return filled({})


async def awaited() -> AsyncIterator[Any]:
    """The same, by and by."""
    for row in filled({}):
        yield row


class Row(dict[str, str]):
    """A dict of somebody's own."""


@pytest.mark.parametrize(
    "source", [lambda: filled({}), lambda: filled(Row()), Table, lambda: map(dict, [])]
)
async def test_a_dict_may_be_filled_again_from_any_row_on(source: Callable[[], Any]) -> None:
    """A header of one's own may stand before the loop that does it."""
    drawn = await source_of(source(), "Hello").draw(10)
    assert [row["Recipient"] for row in drawn[2:]] == (NUMBERS if drawn else [])


async def test_a_dict_may_be_filled_again_by_an_async_source() -> None:
    """As by any other."""
    drawn = await source_of(awaited(), "Hello").draw(10)
    assert [row["Recipient"] for row in drawn[2:]] == NUMBERS


@pytest.mark.parametrize("kind", [list, tuple])
async def test_rows_that_are_all_there_are_not_copied(kind: Callable[[Any], Any]) -> None:
    """They are the caller's own; a copy of each would cost for nothing."""
    rows = [{"Recipient": number} for number in NUMBERS]
    source = source_of(kind(rows), "Hello")
    drawn = [*await source.draw(3), *await source.draw(3)]
    assert all(one is other for one, other in zip(drawn, rows, strict=True))


@pytest.mark.parametrize("kind", [set, frozenset])
async def test_a_set_is_no_list_for_a_campaign(kind: Callable[[Any], Any]) -> None:
    """Another process has it in another order: some would get it twice, and some never."""
    with pytest.raises(InvalidRequest, match=r"is a set, which has no order.*sorted list"):
        source_of(kind(NUMBERS), "Hello", "July")
    assert sorted(await source_of(kind(NUMBERS), "Hello").draw(9)) == NUMBERS
    assert await source_of(dict.fromkeys(NUMBERS).keys(), "Hello", "July").draw(9) == NUMBERS


async def test_a_row_that_is_no_dict_comes_as_it_is() -> None:
    """What cannot be filled again need not be copied."""
    row = Destination(recipient=NUMBERS[0])
    assert (await source_of(iter([row]), "Hello").draw(1))[0] is row
