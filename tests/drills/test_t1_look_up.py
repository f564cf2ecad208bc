"""Drill T1: an unclear send is looked up by its id, and never posted again.

And what one client did before does not confuse it: an answer to nobody, another event loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from rig.callers import NUMBER, TOKEN, sends
from rig.peers import Peer, Script, Wire, accepted, report

from bestsms import AsyncClient, BestSMSError, OutcomeUnknown, Sent, Verdict

both_kinds = pytest.mark.parametrize("kind", ["async", "sync"])
NOT_FOUND = b'{"Result":"Failed","ErrorMessage":["Message not found"]}'


def losing(answer_look_up: Callable[[Wire], None]) -> Script:
    """A peer that takes every send and loses the answer, and can be asked what became of it."""

    def peer(wire: Wire) -> None:
        while wire.request().method == "GET":
            answer_look_up(wire)
        wire.rst()

    return peer


def created(age: timedelta) -> Callable[[Wire], None]:
    """It knows the message, which was made so long ago."""

    def look_up(wire: Wire) -> None:
        when = (datetime.now(UTC) - age).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        wire.answer(report("T1-1", CreatedTimeUTC_RFC3339=when))

    return look_up


def ends_of(kind, look_up: Callable[[Wire], None], window: float) -> tuple[object, Peer]:
    """Send once to a peer that loses the answer."""
    peer = Peer(losing(look_up))
    with peer.listening() as at:
        [end] = sends(
            kind,
            "T1-1",
            base_url=f"http://{at}",
            timeout=1.0,
            deadline=4.0,
            settle_window=window,
        )
    assert [seen.message_id for seen in peer.posts] == ["T1-1"]
    assert {seen.message_id for seen in peer.requests} == {"T1-1"}
    return end, peer


@both_kinds
def test_a_lost_answer_is_made_good(kind) -> None:
    """The provider knows the message: it was accepted, and the caller never hears of the fault."""
    end, peer = ends_of(kind, created(timedelta()), window=2.0)
    assert isinstance(end, Sent), repr(end)
    assert end.message_id == "T1-1"
    assert peer.requests[-1].target.startswith("/api/v2.04/get/status/T1-1")


@both_kinds
@pytest.mark.parametrize(
    "look_up",
    [
        lambda wire: wire.answer(NOT_FOUND, status=b"404 Not Found"),
        lambda wire: wire.answer(b"<html>", status=b"502 Bad Gateway"),
        lambda wire: wire.answer(b"<html>"),
        created(timedelta(days=1)),
    ],
    ids=["not known", "no answer", "no JSON", "an old message of that id"],
)
def test_what_the_look_up_cannot_settle_stays_unknown(look_up, kind) -> None:
    """Not found is not absent yet, unreadable is nothing, and an old message is another one."""
    end, peer = ends_of(kind, look_up, window=0.5)
    assert isinstance(end, OutcomeUnknown), repr(end)
    assert (end.verdict, end.message_id) == (Verdict.UNKNOWN, "T1-1")
    assert end.body_sha256 == peer.posts[0].sha256
    assert len(peer.requests) >= 2


@both_kinds
@pytest.mark.parametrize("apart", [0.0, 0.05])
def test_an_answer_to_nobody_is_not_taken_for_an_answer(kind, apart: float) -> None:
    """A second answer waits on the connection when the next send comes: that one is not its own."""

    def twice(wire: Wire) -> None:
        while True:
            body = accepted(wire.request().message_id)
            wire.answer(body)
            wire.pause(apart)
            wire.answer(body)

    peer = Peer(twice)
    with peer.listening() as at:
        ends = sends(
            kind,
            *("T1-1", "T1-2", "T1-3"),
            pause=0.1,
            base_url=f"http://{at}",
            timeout=0.5,
            settle_window=0,
        )
    for number, end in enumerate(ends, 1):
        assert isinstance(end, Sent | OutcomeUnknown), repr(end)
        assert end.message_id == f"T1-{number}"
        if isinstance(end, Sent):
            assert end.answer.message_id == end.message_id
    ids = [seen.message_id for seen in peer.posts]
    assert len(ids) == len(set(ids))


def test_a_client_in_another_event_loop_raises_nothing_raw() -> None:
    """Httpx raises a RuntimeError there, and the request has been sent by then."""

    def accepting(wire: Wire) -> None:
        while True:
            wire.accept()

    async def send(message_id: str) -> Sent | BestSMSError:
        try:
            return await client.send("Hi", to=NUMBER, message_id=message_id)
        except BestSMSError as error:
            return error

    peer = Peer(accepting)
    with peer.listening() as at:
        client = AsyncClient(TOKEN, base_url=f"http://{at}", timeout=1.0, settle_window=0)
        ends = [asyncio.run(send(f"T1-{number}")) for number in range(3)]
        asyncio.run(client.aclose())
    ids = [seen.message_id for seen in peer.posts]
    assert len(ids) == len(set(ids))
    for number, end in enumerate(ends):
        assert end.message_id == f"T1-{number}"
        if isinstance(end, Sent) or end.verdict is Verdict.NOT_SENT:
            assert isinstance(end, Sent) == (end.message_id in ids)
