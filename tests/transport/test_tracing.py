"""A connection's own word of how far an attempt came, and what that proves."""

from __future__ import annotations

import asyncio
import ssl
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from bestsms import Attempt, NotSent, OutcomeUnknown, Phase, Rejected, Verdict
from bestsms._transport.tracing import Recorder, Trail, obstacle

CONNECT = SimpleNamespace(method=b"CONNECT")
POST = SimpleNamespace(method=b"POST")


class Stream:
    """A connection that notes its end."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.closes = 0
        self.failure = failure

    async def aclose(self) -> None:
        """Close it."""
        self.closes += 1
        await asyncio.sleep(0)
        if self.failure:
            raise self.failure


async def recorded(*steps: str | tuple[str, dict[str, Any]], reports: bool = False) -> Recorder:
    """A recorder of an attempt that was handed over and reported these steps."""
    recorder = Recorder(7.0)
    recorder.entered, recorder.reports = True, reports
    for step in steps:
        name, info = step if isinstance(step, tuple) else (step, {})
        await recorder(name, info)
    return recorder


async def test_each_step_is_a_phase() -> None:
    """As a person would tell it; steps that say nothing new change nothing."""
    recorder = await recorded()
    assert recorder.phase is Phase.WAITING
    phases = []
    for step in (
        "connection.connect_tcp.started",
        "connection.start_tls.started",
        "http11.send_request_headers.started",
        "http11.send_request_body.started",
        "http11.send_request_body.complete",
        "http2.receive_response_headers.complete",
        "http11.a_step_of_tomorrow.started",
    ):
        await recorder(step, {})
        phases.append(recorder.phase)
    assert phases == [
        *[Phase.CONNECTING] * 2,
        *[Phase.SENDING] * 2,
        Phase.SENT,
        *[Phase.RECEIVING] * 2,
    ]
    recorder.status = 200
    assert recorder.ended("ReadError") == Attempt(7.0, Phase.RECEIVING, 200, "ReadError")
    assert (repr(Phase.SENT), repr(recorder.phase)) == ("Phase.SENT", "Phase.RECEIVING")


@pytest.mark.parametrize(
    ("steps", "reports", "may_have_left"),
    [
        ([], True, False),
        ([], False, True),  # a transport that may not report at all
        (["connection.connect_tcp.started"], False, False),
        (["http11.send_request_headers.started"], False, True),
        (["http2.send_request_headers.started"], False, True),
        (["http11.send_request_body.started"], False, True),
        ([("http11.send_request_headers.started", {"request": POST})], True, True),
        ([("http11.send_request_headers.started", {"request": CONNECT})], True, False),
        (
            [
                ("http11.send_request_headers.started", {"request": CONNECT}),
                "http11.send_request_body.complete",
                ("http11.send_request_headers.started", {"request": POST}),
            ],
            True,
            True,
        ),
    ],
)
async def test_a_request_that_was_begun_may_have_left(
    steps, *, reports: bool, may_have_left
) -> None:
    """A CONNECT to a proxy is not the request; silence is proof only of one who would report."""
    assert (await recorded(*steps, reports=reports)).may_have_left is may_have_left


async def test_what_was_not_handed_over_has_not_left() -> None:
    """It waited here for its turn."""
    assert not Recorder(0.0).may_have_left


async def test_a_proof_needs_an_error_of_the_connect_phase() -> None:
    """An error that only comes after a request contradicts a trace without one."""
    recorder = await recorded("connection.connect_tcp.started")
    assert obstacle(httpx.ReadError("x"), recorder) is None
    assert obstacle(ssl.SSLError("x"), recorder) is None
    assert obstacle(httpx.ConnectError("x"), recorder) is not None


# -- connections that are left open ----------------------------------------------------------------

HANDSHAKE = "connection.start_tls.started"


@pytest.mark.parametrize("failure", [None, OSError("gone")])
async def test_a_handshake_that_was_broken_off_leaves_no_socket(failure) -> None:
    """What httpcore forgets is closed here, once, and its complaints are not the caller's."""
    stream = Stream(failure)
    connected = ("connection.connect_tcp.complete", {"return_value": stream})
    recorder = await recorded(connected, HANDSHAKE)
    await recorder.release()
    await recorder.release()
    assert stream.closes == 1


async def test_a_socket_is_closed_also_while_its_call_is_cancelled() -> None:
    """A cancellation ends the handshake, not the tidying up after it."""
    stream = Stream()
    recorder = await recorded(
        ("connection.connect_tcp.complete", {"return_value": stream}), HANDSHAKE
    )
    task = asyncio.create_task(recorder.release())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    assert stream.closes == 1


@pytest.mark.parametrize("steps", [[], [HANDSHAKE, "connection.start_tls.complete"]])
async def test_a_connection_that_is_made_belongs_to_its_lane(steps: list[str]) -> None:
    """Plain, or encrypted: its owner closes it or keeps it."""
    stream = Stream()
    recorder = await recorded(("connection.connect_tcp.complete", {"return_value": stream}), *steps)
    await recorder.release()
    assert stream.closes == 0


# -- a call over all its attempts ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (OutcomeUnknown("x", verdict=Verdict.UNKNOWN), Verdict.UNKNOWN),
        (NotSent("x", verdict=Verdict.NOT_SENT), Verdict.NOT_SENT),
        (Rejected("x", status=429, verdict=Verdict.REJECTED), Verdict.NOT_SENT),
        (asyncio.CancelledError(), Verdict.UNKNOWN),
    ],
    ids=lambda each: type(each).__name__,
)
def test_a_trail_remembers_a_doubt(error: BaseException, verdict: Verdict) -> None:
    """One attempt that may have been carried out stands for the whole call."""
    trail = Trail()
    assert trail.verdict is Verdict.NOT_SENT
    trail.begin(1.0).entered = True
    trail.end(error)
    assert trail.verdict is verdict
    trail.begin(2.0)
    trail.end(NotSent("x", verdict=Verdict.NOT_SENT))
    assert trail.verdict is verdict
    assert [each.started for each in trail.attempts] == [1.0, 2.0]


def test_an_attempt_is_named_after_what_ended_it() -> None:
    """The error below, where there is one; a good one has none; nothing under way is nothing."""
    trail = Trail()
    trail.end()
    trail.begin(1.0)
    trail.end()
    trail.begin(2.0)
    lost = OutcomeUnknown("x")
    lost.__cause__ = httpx.ReadError("x")
    trail.end(lost)
    trail.end(lost)
    assert [each.error for each in trail.attempts] == [None, "ReadError"]
