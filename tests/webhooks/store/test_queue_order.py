"""The states of a message: handled in order, one at a time, and never from final to not final."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

import anyio
import pytest
from hypothesis import given, strategies as st

from bestsms.webhooks.events import StatusEvent, UnknownEvent
from bestsms.webhooks.queue import Queue
from bestsms.webhooks.store import rows, statements

Make = Callable[..., Queue]
Status = Callable[..., StatusEvent]
NOON = datetime(2025, 6, 4, 12, tzinfo=UTC)
ONE = datetime(2025, 6, 4, 13, tzinfo=UTC)


async def superseded(queue: Queue, *events: Any) -> tuple[int, int]:
    """How many wait, and how many are superseded, when these have come."""
    for event in events:
        await queue.put(event)
    counts = await queue.counts()
    return counts["pending"], counts["superseded"]


@pytest.mark.parametrize("final", ["SUCCESS", "FAILED"])
async def test_a_final_state_is_the_last(queue: Queue, status: Status, final: str) -> None:
    """What is not final is superseded, whether it comes before and waits, or comes after."""
    assert await superseded(queue, status("PENDING")) == (1, 0)
    assert await superseded(queue, status(final)) == (1, 1)
    assert await superseded(queue, status("Sending")) == (1, 2)
    assert not await queue.put(status("PENDING"))


async def test_another_number_or_message_is_another_matter(queue: Queue, status: Status) -> None:
    """A state belongs to a message and a destination; the MessageID is the same in any case."""
    events = [
        status("SUCCESS"),
        status("PENDING", destination="+61421000002"),
        status("PENDING", message_id="M2"),
    ]
    assert await superseded(queue, *events) == (3, 0)
    assert await superseded(queue, status("PENDING", message_id="m1", result="x")) == (3, 1)


async def test_only_states_are_superseded(queue: Queue, status: Status, reply: Any) -> None:
    """Replies and what is not understood are all handled, however late they come."""
    events = [status(), reply("R1"), reply("R2"), UnknownEvent(message_id="M1", type_="UPDATED")]
    assert await superseded(queue, *events) == (4, 0)


@pytest.mark.parametrize("state", ["FAILED", "PENDING"])
async def test_among_equals_the_later_wins(queue: Queue, status: Status, state: str) -> None:
    """By the time of the event; where that is the same, or not known, by arrival (T96)."""
    events = [
        status(state, sent_at=NOON),
        status(state, sent_at=NOON, result="again"),
        status(state, result="no time"),
        status(state, sent_at=ONE),
    ]
    assert await superseded(queue, *events) == (4, 0)
    assert await superseded(queue, status(state, sent_at=NOON, result="late")) == (4, 1)


async def test_the_time_of_2_03_counts_too(queue: Queue, status: Status) -> None:
    """Its layout has one time, the sender's local, in whatever format."""
    first = status(sent_time_local="16/10/2019 13:43 p.m.")
    second = status("FAILED", sent_time_local="2019-10-16 13:42")
    assert await superseded(queue, first, second) == (1, 1)


async def test_a_message_s_events_are_handled_one_at_a_time(
    make: Make, status: Status, running: Any
) -> None:
    """In the order they came, by all workers together; other messages do not wait for them."""
    begun: list[str] = []
    changed, go = anyio.Event(), anyio.Event()

    async def handle(event: Any) -> None:
        nonlocal changed
        begun.append(event.result)
        changed.set()
        await go.wait()

    one, other = make(handler=handle), make(handler=handle)
    for result in ("first", "second", "third"):
        await one.put(status("FAILED", result=result))
    await one.put(status("FAILED", "M2", result="another"))
    async with running(one), running(other):
        while len(begun) < 2:
            await changed.wait()
            changed = anyio.Event()
        assert sorted(begun) == ["another", "first"]
        assert (await one.counts())["running"] == 2
        go.set()
        while (await one.counts())["done"] < 4:
            pass
    assert [result for result in begun if result != "another"] == ["first", "second", "third"]


async def test_a_state_that_is_handled_again_may_be_overtaken(
    make: Make, status: Status, handled: Any, running: Any, time: Any
) -> None:
    """While its handler failed on it, the final one came: it is not handled any more."""
    queue = make()

    async def handle(event: Any) -> None:
        handled.keys.append(event.status.value)
        if not event.is_final:
            await queue.put(status("SUCCESS"))
            raise ValueError

    queue = make(handler=handle)
    await queue.put(status("PENDING"))
    async with running(queue):
        await time.until(queue, lambda counts: counts["done"] == 1)
    assert handled.keys == ["Pending", "Success"]
    assert (await queue.counts())["superseded"] == 1


async def test_a_dead_state_that_was_overtaken_stays_so(
    make: Make, status: Status, handled: Any, running: Any, time: Any
) -> None:
    """Tried again it would bring an old state back: it is superseded, and the caller is told."""
    queue = make(attempts=1)
    old = status("FAILED")
    handled.fails = [ValueError()]
    await queue.put(old)
    async with running(queue):
        await time.until(queue, lambda counts: counts["dead"] == 1)
        await queue.put(status("SUCCESS"))
        await time.until(queue, lambda counts: counts["done"] == 1)
    assert not await queue.retry(old.key)
    assert await queue.dead() == []
    assert (await queue.counts())["superseded"] == 1


# -- any order of events ---------------------------------------------------------------------------


class Step(NamedTuple):
    """Something that happens: a delivery, a look by a worker, or the end of a handler."""

    does: str
    number: int


HISTORIES = [
    rows.Entry(f"{subject}{number}", "", subject, final, time)
    for subject in "ab"
    for number, (final, time) in enumerate(
        [(False, None), (False, 1.0), (False, 2.0), (True, 1.0), (True, 2.0), (True, None)]
    )
]
STEPS = st.lists(
    st.builds(
        Step,
        st.sampled_from(["put", "claim", "done", "fail", "crash", "retry"]),
        st.integers(0, len(HISTORIES) - 1),
    ),
    max_size=60,
)


@given(STEPS)
def test_no_order_of_events_takes_a_final_state_back(steps: list[Step]) -> None:
    """Whatever comes when, fails or crashes: at most one runs at a time, and none after a final."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.executescript(statements.TABLE.format(sequence="INTEGER PRIMARY KEY"))
    entries = {entry.key: entry for entry in HISTORIES}
    now, running, ended, handled = 0.0, dict[str, rows.Claim](), list[str](), list[rows.Entry]()
    for does, number in itertools.chain(steps, [Step("claim", 0), Step("done", 0)] * 24):
        now += 1.0
        if does == "put":
            rows.put(connection, HISTORIES[number], now=now, max_backlog=99)
        elif does == "retry":
            rows.retry(connection, HISTORIES[number].key, now=now)
        elif does in {"claim", "crash"}:
            if does == "crash":
                now, running = now + 100.0, {}
            claims = rows.claim(connection, now=now, until=now + 99.0, most=2, attempts=2)
            for claim in claims:
                entry = entries[claim.key]
                assert all(entries[key].subject != entry.subject for key in running)
                running[claim.key] = claim
                handled.append(entry)
        elif running:
            claim = running.pop(sorted(running)[number % len(running)])
            if does == "done":
                assert rows.done(connection, claim, now=now)
                ended.append(claim.key)
            else:
                due = now if claim.attempts < 2 else None
                made = claim.attempts
                assert rows.back(connection, claim, due=due, attempts=made, now=now, error="x")
    counts = rows.counts(connection)
    connection.close()
    assert counts["pending"] == counts["running"] == 0
    assert len(ended) == len(set(ended)) == counts["done"]
    for subject in "ab":
        finals = [entry.final for entry in handled if entry.subject == subject]
        assert finals == sorted(finals)
