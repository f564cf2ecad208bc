"""The plan of a campaign: the same list makes the same chunks, and every row is accounted for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Any

import anyio
import orjson
import pytest
from anyio.lowlevel import checkpoint
from hypothesis import example, given, settings, strategies as st

from bestsms import Destination, GroupCode, InvalidRequest
from bestsms._wire import json as wire
from bestsms.bulk import packing
from bestsms.bulk.chunks import Batch, Chunk, recipient_of
from bestsms.bulk.planning import Plan
from bestsms.sending.guarding import Guard

NUMBER = "+61421000001"


def numbers(count: int, first: int = 61421000000) -> list[str]:
    """Neighbours in number."""
    return [f"+{number}" for number in range(first, first + count)]


async def planned(recipients: Any, **named: Any) -> list[Batch]:
    """A plan to its end."""
    return [batch async for batch in Plan(recipients, **{"message": "Hello", **named})]


def chunks(batches: list[Batch]) -> list[Chunk]:
    """The requests of a plan."""
    return [batch.chunk for batch in batches if batch.chunk is not None]


def same(batches: list[Batch]) -> list[Any]:
    """What must be the same in every rerun."""
    return [
        (
            each.index,
            each.message_id,
            each.digest,
            each.message,
            [*each.rows],
            [*each.positions],
            each.encoded,
        )
        for each in chunks(batches)
    ] + [row for batch in batches for row in batch.skipped]


# -- chunks ----------------------------------------------------------------------------------------


async def test_a_list_goes_into_as_few_requests_as_may_be() -> None:
    """In its order, each recipient once; what is encoded is what is said."""
    found = chunks(await planned(numbers(2500), campaign="July", max_destinations=1_000))
    assert [each.index for each in found] == [0, 1, 2]
    assert [len(each.rows) for each in found] == [1000, 1000, 500]
    assert [each.positions[0] for each in found] == [0, 1000, 2000]
    assert [recipient_of(row) for each in found for row in each.rows] == numbers(2500)
    for each in found:
        assert json.loads(each.encoded) == [dict(row) for row in each.rows]
        assert each.message == "Hello"


async def test_a_chunk_is_never_over_its_budgets() -> None:
    """Of rows, and of bytes."""
    rows = [{"Recipient": number, "Custom1": "x" * 100} for number in numbers(50)]
    found = chunks(await planned(rows, max_bytes=1_000, max_destinations=30))
    assert sum(len(each.rows) for each in found) == 50
    assert all(len(each.encoded) <= 1_000 and len(each.rows) <= 30 for each in found)


async def test_a_chunk_may_be_larger_than_a_block() -> None:
    """Rows with a text, without one, with other fields and repeats, all in one request."""
    rows: list[Any] = [*numbers(1500), *numbers(10), {"mobile": NUMBER[:-1] + "9", "Company": "A"}]
    ((chunk, skipped),) = await planned(rows, max_destinations=5_000)
    assert chunk is not None
    assert len(chunk.rows) == 1500
    assert [row.position for row in skipped] == list(range(1500, 1511))
    texts = [{"mobile": f"+6143100000{digit}", "message": "Hi"} for digit in range(3)]
    first, second = chunks(await planned([*numbers(1000), *texts], max_destinations=5_000))
    assert (first.message, len(first.rows)) == ("Hello", 1000)
    assert (second.message, len(second.rows)) == ("Hi", 3)


async def test_a_row_that_no_request_can_hold_is_passed_over() -> None:
    """With its size; what is around it is sent."""
    rows = [{"Recipient": number, "Custom1": "x"} for number in numbers(4)]
    rows[2]["Custom1"] = "x" * 2_000
    batches = await planned(rows, max_bytes=1_000)
    (skipped,) = [row for batch in batches for row in batch.skipped]
    assert (skipped.position, skipped.recipient) == (2, rows[2]["Recipient"])
    assert skipped.reason == "takes 2,043 bytes, and max_bytes is 1,000"
    assert [place for each in chunks(batches) for place in each.positions] == [0, 1, 3]


async def test_different_texts_go_together() -> None:
    """In a field of each; a text that may not is a request of its own."""
    rows = [{"To": number, "Message": f"Code {number[-1]}"} for number in numbers(4)]
    rows[3]["Message"] = "Hi [[REPLY]]"
    first, second = chunks(await planned(rows, message=None))
    assert (first.message, second.message) == ("[[Custom1]]", "Hi [[REPLY]]")
    assert [row["Custom1"] for row in first.rows] == ["Code 0", "Code 1", "Code 2"]
    assert json.loads(second.encoded) == [{"Recipient": rows[3]["To"]}]


# -- what is passed over ---------------------------------------------------------------------------


async def test_who_was_there_is_passed_over() -> None:
    """However it is written, and in whatever chunk: the first one counts."""
    rows = [*numbers(3), "+61 421-000-001", Destination(recipient="0061421000002"), "0421000001"]
    batches = await planned(rows, max_destinations=2)
    skipped = [row for batch in batches for row in batch.skipped]
    assert [(row.position, row.recipient, row.duplicate) for row in skipped] == [
        (3, "+61 421-000-001", True),
        (4, "0061421000002", True),
    ]
    assert [place for each in chunks(batches) for place in each.positions] == [0, 1, 2, 5]


async def test_a_list_that_is_there_twice_is_sent_to_once() -> None:
    """Also if nothing is left of a block, or of a chunk."""
    for most in (1_000, 2_000, 5_000):
        batches = await planned([*numbers(1_500), *numbers(2_500)], max_destinations=most)
        rows = [row for each in chunks(batches) for row in json.loads(each.encoded)]
        assert rows == [{"Recipient": each} for each in numbers(2_500)]
        repeats = [row.position for batch in batches for row in batch.skipped]
        assert repeats == list(range(1_500, 3_000))


async def test_repeats_among_rows_that_are_alike_are_passed_over() -> None:
    """The others are encoded as if they had never been there."""
    rows = [{"Recipient": number, "FirstName": number[-2:]} for number in numbers(40)]
    ((chunk, skipped),) = await planned([*rows[:30], *rows[20:]])
    assert chunk is not None
    assert chunk.encoded == wire.dumps(rows)
    assert [row.position for row in skipped] == list(range(30, 40))


async def test_a_guard_is_held_against_every_row() -> None:
    """What it refuses is passed over, and the rest goes out in E.164 form."""
    guard = Guard.resolve(
        default_region="AU", allowed_prefixes=["+61"], allowed_regions=None, only_to=None
    )
    rows = ["0421 000 001", NUMBER, "+6421000001", GroupCode("Staff")]
    ((chunk, skipped),) = await planned(rows, guard=guard)
    assert chunk is not None
    assert chunk.rows == [{"Recipient": NUMBER}]
    assert [row.duplicate for row in skipped] == [True, False, False]


async def test_rows_of_which_nothing_is_left_are_told_all_the_same() -> None:
    """Without a chunk, and without waiting for one."""
    batches = await planned([NUMBER] * 5, max_destinations=2)
    assert [batch.chunk is not None for batch in batches] == [True, False, False]
    assert [[row.position for row in batch.skipped] for batch in batches] == [[1], [2, 3], [4]]
    assert [each.index for each in chunks(batches)] == [0]


rows_of_all_kinds = st.one_of(
    st.sampled_from([NUMBER, "+61 421 000 001", "0421000001", "", "x", 5]),
    st.sampled_from(numbers(40)),
    st.builds(
        dict,
        Recipient=st.sampled_from(numbers(40)),
        FirstName=st.sampled_from(["Jess", 'Jo "J"', "Zo\u00eb", "\ud800", None, "x" * 900]),
    ),
    st.builds(
        dict,
        mobile=st.sampled_from(numbers(40)),
        message=st.sampled_from(["A", "B", "[[Company]]"]),
    ),
)


@settings(max_examples=150)
@given(
    rows=st.lists(rows_of_all_kinds, max_size=40),
    named=st.fixed_dictionaries(
        {
            "separate": st.booleans(),
            "max_destinations": st.integers(1, 50),
            "message": st.sampled_from(["Hello", "Hi [[FirstName]]"]),
        }
    ),
)
@example(rows=[*numbers(40), 5], named={"max_destinations": 41})
def test_every_row_is_in_one_chunk_or_passed_over(rows: list[Any], named: dict[str, Any]) -> None:
    """Once, and in order; and what is done again, with any encoder, is the same."""
    rows = ["+61421999999", *rows]

    async def twice() -> tuple[list[Batch], list[Batch]]:
        packing.encoder.cache_clear()
        first = await planned(rows, campaign="July", max_bytes=1_000, **named)
        plan = Plan(_each(rows), **{"message": "Hello", **named}, campaign="july ", max_bytes=1_000)
        plan._encode = wire.dumps
        return first, [batch async for batch in plan]

    first, second = anyio.run(twice)
    assert same(first) == same(second)
    sent = [place for each in chunks(first) for place in each.positions]
    passed = [row.position for batch in first for row in batch.skipped]
    assert sorted(sent + passed) == list(range(len(rows)))
    assert sent == sorted(sent)
    assert len({each.message_id for each in chunks(first)}) == len(chunks(first))
    for each in chunks(first):
        assert len(each.encoded) <= 1_000
        assert orjson.loads(each.encoded) == [dict(row) for row in each.rows]


async def _each(rows: list[Any]) -> AsyncIterator[Any]:
    for row in rows:
        yield row


# -- names -----------------------------------------------------------------------------------------


async def test_the_same_list_makes_the_same_ids() -> None:
    """And another campaign others; without a name there are no two alike."""
    few = {"max_destinations": 1_000}
    one, again, other, random = [
        [each.message_id for each in chunks(await planned(numbers(2500), campaign=name, **few))]
        for name in ("July", "july", "August", None)
    ]
    assert one == again
    assert len({*one, *other, *random}) == 9


async def test_a_digest_says_that_the_list_is_another() -> None:
    """The text, or any field of any row."""
    rows = [{"Recipient": number, "FirstName": "Jess"} for number in numbers(3)]
    (first,) = chunks(await planned(rows, campaign="July"))
    (text,) = chunks(await planned(rows, campaign="July", message="Hullo"))
    rows[1]["FirstName"] = "Jo"
    (field,) = chunks(await planned(rows, campaign="July"))
    assert first.message_id == text.message_id == field.message_id
    assert len({first.digest, text.digest, field.digest}) == 3
    assert first.digest == hashlib.sha256(b"5:Hello" + first.encoded).hexdigest()


async def test_columns_that_were_moved_make_the_same_chunks() -> None:
    """A list is the same, in whatever order a spreadsheet has its columns."""
    moved = [{"first name": "Jess", "Mobile": number} for number in numbers(3)]
    given = [{"Recipient": number, "FirstName": "Jess"} for number in numbers(3)]
    assert same(await planned(moved, campaign="July")) == same(
        await planned(given, campaign="July")
    )


async def test_each_may_have_a_request_and_an_id_of_its_own() -> None:
    """The id is the recipient's: one that is put in between does not change the others'."""
    rows = [*numbers(3), GroupCode("Staff"), {"To": "+6421000001", "message": "Kia ora"}]
    found = chunks(await planned(rows, campaign="July", separate=True))
    assert [len(each.rows) for each in found] == [1] * 5
    assert [each.message for each in found] == ["Hello"] * 4 + ["Kia ora"]
    more = chunks(await planned(["+61431000000", *rows], campaign="July", separate=True))
    assert [each.message_id for each in more][1:] == [each.message_id for each in found]


async def test_where_each_has_an_id_of_its_own_no_number_is_national() -> None:
    """Its id would be another one once a region is known, and it would be sent again."""
    rows = ["0421000001", *numbers(20), "0421 000 002"]
    batches = await planned(rows, campaign="July", separate=True)
    skipped = [row for batch in batches for row in batch.skipped]
    assert [row.position for row in skipped] == [0, 21]
    assert all("set default_region, or write it with +" in row.reason for row in skipped)
    for named in ({"campaign": "July"}, {"separate": True}):
        assert not any(batch.skipped for batch in await planned(rows, **named))


async def test_the_bytes_are_the_same_by_any_way() -> None:
    """Of a row that must be escaped among those that need not be, with a guard or without."""
    guard = Guard.resolve(
        default_region=None, allowed_prefixes=["+61"], allowed_regions=None, only_to=None
    )
    rows = [{"FirstName": "Jess", "Recipient": number} for number in numbers(40)]
    rows[7]["FirstName"] = 'Jess "Jo"'
    given = [{"Recipient": row["Recipient"], "FirstName": row["FirstName"]} for row in rows]
    named = {"campaign": "July", "max_destinations": 40}
    first = same(await planned(given, **named))
    assert same(await planned(rows, **named)) == first
    assert same(await planned(rows, guard=guard, **named)) == first
    assert same(await planned([*map(MappingProxyType, rows)], **named)) == first


# -- sources ---------------------------------------------------------------------------------------


async def test_rows_are_drawn_as_they_are_needed() -> None:
    """A chunk at a time, and a list of any length is never held."""
    drawn = 0

    def endless() -> Iterator[str]:
        nonlocal drawn
        while True:
            drawn += 1
            yield f"+614{drawn:08d}"

    plan = Plan(endless(), message="Hello", max_destinations=10)
    await anext(plan)
    assert drawn == 10
    await plan.aclose()
    with pytest.raises(StopAsyncIteration):
        await anext(plan)


@pytest.mark.parametrize("awaited", [False, True])
async def test_a_source_may_fill_one_dict_again_and_again(*, awaited: bool) -> None:
    """As some readers do; each row is what it was when it came."""

    def filled() -> Iterator[dict[str, str]]:
        row: dict[str, str] = {}
        for number in numbers(5):
            row["Recipient"] = number
            yield row

    async def filled_slowly() -> AsyncIterator[dict[str, str]]:
        for row in filled():
            await checkpoint()
            yield row

    ((chunk, skipped),) = await planned(filled_slowly() if awaited else filled())
    assert chunk is not None
    assert [recipient_of(row) for row in chunk.rows] == numbers(5)
    assert not skipped


@pytest.mark.parametrize("rows", [[], iter([]), [{"Recipient": NUMBER}], [{}]])
async def test_a_list_may_be_short(rows: Any) -> None:
    """Or hold nobody."""
    assert len(await planned(rows)) <= 1


async def test_a_list_may_be_a_file(tmp_path: Path) -> None:
    """Whose empty cells are fields without a value; it is closed at the end, and before."""
    path = tmp_path / "july.csv"
    path.write_text(f"Mobile,First Name\n{NUMBER},Jess\n+61421000002,\n")
    ((chunk, skipped),) = await planned(path, message="Hi [[FirstName]]")
    assert chunk is not None
    assert chunk.rows == [{"Recipient": NUMBER, "FirstName": "Jess"}]
    assert [row.reason for row in skipped] == ["no value of [[FirstName]]"]
    plan = Plan(path, message="Hello", max_destinations=1)
    await anext(plan)
    await plan.aclose()


async def test_a_file_of_texts_may_begin_with_a_row_without_one(tmp_path: Path) -> None:
    """Its first line says that there are some."""
    path = tmp_path / "july.csv"
    path.write_text(f"Mobile,Message\n{NUMBER},\n+61421000002,Hello\n")
    ((chunk, skipped),) = await planned(path, message=None)
    assert chunk is not None
    assert (chunk.message, [row.position for row in skipped]) == ("Hello", [0])


async def test_other_tasks_get_a_turn() -> None:
    """While a long list is planned."""
    turns, done = 0, False

    async def count() -> None:
        nonlocal turns
        while not done:
            turns += 1
            await checkpoint()

    async with anyio.create_task_group() as group:
        group.start_soon(count)
        await planned(numbers(20_000), max_destinations=10_000)
        done = True
    assert turns >= 20


# -- what is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("named", "field"),
    [
        ({"recipients": NUMBER}, "recipients"),
        ({"recipients": {"Recipient": NUMBER}}, "recipients"),
        ({"recipients": Destination(recipient=NUMBER)}, "recipients"),
        ({"recipients": 5}, "recipients"),
        ({"message": ""}, "Message"),
        ({"message": 5}, "Message"),
        ({"message": "[[File1]]", "files": 0}, "Message"),
        ({"campaign": ""}, "campaign"),
        ({"campaign": "July", "recipients": {NUMBER}}, "recipients"),
        ({"separate": 1}, "separate"),
        ({"max_destinations": 0}, "max_destinations"),
        ({"max_destinations": 100_001}, "max_destinations"),
        ({"max_bytes": 999}, "max_bytes"),
        ({"max_bytes": 20_000_001}, "max_bytes"),
    ],
)
def test_a_wrong_argument_is_refused_at_once(named: dict[str, Any], field: str) -> None:
    """Before a row is drawn."""
    with pytest.raises(InvalidRequest) as caught:
        Plan(**{"recipients": [NUMBER], "message": "Hello", **named})
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("rows", "named", "field"),
    [
        ([NUMBER], {"message": None}, "Message"),
        ([{"Recipient": NUMBER, "Town": "Perth"}], {}, "recipients"),
        ([5], {}, "recipients"),
    ],
)
async def test_a_list_that_is_wrong_is_refused_by_its_first_row(
    rows: list[Any], named: dict[str, Any], field: str
) -> None:
    """Before anything is sent."""
    with pytest.raises(InvalidRequest) as caught:
        await planned(rows, **named)
    assert caught.value.field == field


async def test_an_error_of_the_source_is_raised_as_it_is() -> None:
    """It is the caller's to understand."""

    def broken() -> Iterator[str]:
        yield NUMBER
        raise LookupError("no more")

    with pytest.raises(LookupError, match="no more"):
        await planned(broken())
