"""The total time of a call: what is known of it when that is over."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import anyio
import attrs
import httpx
import pytest

from bestsms import (
    DeadlineExceeded,
    NoAnswer,
    NoAnswerInTime,
    NotSent,
    NotSentInTime,
    Obstacle,
    OutcomeUnknown,
    Phase,
    UnknownAtDeadline,
    Verdict,
)

SOON = 0.01


@pytest.mark.parametrize(
    ("call", "kind", "plain"),
    [
        ("status", NoAnswerInTime, NoAnswer),
        ("abort", UnknownAtDeadline, OutcomeUnknown),
        ("send", UnknownAtDeadline, OutcomeUnknown),
    ],
)
@pytest.mark.parametrize("far", ["sending", "sent", "silently"])
async def test_the_deadline_ends_a_silence(
    made, calls, peer, time, *, call: str, kind: type[Exception], plain: Any, far: str
) -> None:
    """It is a TimeoutError, and not tried again; a change may have been made."""
    http = peer((far, None))
    with pytest.raises(kind, match=r"no answer within the deadline of 0\.01 s") as caught:
        await getattr(calls, call)(made(http, deadline=SOON))
    assert isinstance(caught.value, plain)
    assert isinstance(caught.value, DeadlineExceeded)
    assert isinstance(caught.value, TimeoutError)
    assert caught.value.message_id == "ID1"
    assert caught.value.verdict is (None if call == "status" else Verdict.UNKNOWN)
    assert (time.slept, len(http.asked)) == ([], 1)


@pytest.mark.parametrize("far", ["connecting", "handshaking"])
@pytest.mark.parametrize("call", ["status", "abort", "send"])
async def test_a_deadline_before_the_first_byte_proves_that_nothing_left(
    made, calls, peer, call: str, far: str
) -> None:
    """Waiting for a connection is before the first byte: NOT_SENT, not UNKNOWN."""
    with pytest.raises(NotSentInTime) as caught:
        await getattr(calls, call)(made(peer((far, None)), deadline=SOON))
    assert isinstance(caught.value, TimeoutError)
    assert caught.value.verdict is (None if call == "status" else Verdict.NOT_SENT)
    assert caught.value.obstacle is Obstacle.TIMEOUT
    assert caught.value.attempts[0].phase is Phase.CONNECTING


async def test_a_deadline_after_an_earlier_doubt_is_a_doubt(made, calls, peer) -> None:
    """The repetition did not leave in time; the first attempt may have been carried out."""
    http = peer(httpx.ReadError("reset"), ("connecting", None))
    with pytest.raises(UnknownAtDeadline) as caught:
        await calls.abort(made(http, deadline=0.51))
    assert caught.value.verdict is Verdict.UNKNOWN


# -- waiting for a connection ----------------------------------------------------------------------


class Held:
    """A server that answers nobody until it is let go, and notes who came."""

    def __init__(self) -> None:
        self.came = 0
        self.here, self.go = anyio.Event(), anyio.Event()
        self.http = httpx.MockTransport(self.answer)

    async def answer(self, _: httpx.Request) -> httpx.Response:
        """Wait, then accept."""
        self.came += 1
        self.here.set()
        await self.go.wait()
        return httpx.Response(200, json={"Result": "Success", "MessageID": "ID1"})


async def test_a_send_that_waits_while_the_client_closes_does_not_go_out(made, calls) -> None:
    """After the close nothing leaves any more; who was still waiting hears NOT_SENT."""
    held = Held()
    transport = made(held.http, max_connections=1)
    under_way = asyncio.create_task(calls.send(transport))
    waiting = asyncio.create_task(calls.send(transport))
    await held.here.wait()
    await transport.aclose()
    held.go.set()
    assert (await under_way).message_id == "ID1"
    with pytest.raises(NotSent, match="closed") as caught:
        await waiting
    assert caught.value.verdict is Verdict.NOT_SENT
    assert held.came == 1


async def test_a_deadline_that_ends_in_the_queue_proves_that_nothing_left(made, calls) -> None:
    """One connection, two sends: the second was never handed to it."""
    held = Held()
    transport = made(held.http, max_connections=1)
    under_way = asyncio.create_task(calls.send(transport))
    await held.here.wait()
    transport.settings = attrs.evolve(transport.settings, deadline=SOON)
    with pytest.raises(NotSentInTime) as queued:
        await calls.send(transport)
    held.go.set()
    assert (await under_way).message_id == "ID1"
    assert queued.value.verdict is Verdict.NOT_SENT
    assert queued.value.attempts[0].phase is Phase.WAITING
    assert held.came == 1


async def test_a_queue_that_is_served_in_time_is_served(made, calls) -> None:
    """Ten calls on one connection take turns, and none of them fails."""
    held = Held()
    held.go.set()
    transport = made(held.http, max_connections=1)
    answers = await asyncio.gather(*(calls.send(transport) for _ in range(10)))
    assert [each.message_id for each in answers] == ["ID1"] * 10


async def test_a_machine_that_slept_while_a_call_waited_for_its_turn(made, calls, peer) -> None:
    """The monotonic clock stood still; what would leave now leaves after its time."""
    http = peer(("sent", None))
    transport = made(http)
    moments = iter([0, 3600])
    start = datetime(2025, 6, 3, 21, 0, tzinfo=UTC)
    transport.clock = attrs.evolve(
        transport.clock, now=lambda: start + timedelta(seconds=next(moments))
    )
    with pytest.raises(NotSentInTime):
        await calls.send(transport)
    assert http.asked == []
