"""A call that its caller cancels: never swallowed, and a change says what is known of it."""

from __future__ import annotations

import asyncio
from typing import Any

import anyio
import attrs
import httpx
import pytest

from bestsms import Verdict


async def cancelled(call: Any, when: asyncio.Event) -> list[str]:
    """Cancel a call at a moment; return the notes of what it raises."""
    task = asyncio.ensure_future(call)
    await when.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError) as caught:
        await task
    return list(getattr(caught.value, "__notes__", []))


@pytest.mark.parametrize(
    ("far", "verdict"),
    [
        ("connecting", Verdict.NOT_SENT),
        ("handshaking", Verdict.NOT_SENT),
        ("sending", Verdict.UNKNOWN),
        ("sent", Verdict.UNKNOWN),
        ("silently", Verdict.UNKNOWN),
    ],
)
async def test_a_cancelled_send_tells_its_id_and_its_verdict(
    made, calls, peer, time, *, far: str, verdict: Verdict
) -> None:
    """Before anything left it is NOT_SENT, in mid-request UNKNOWN; nothing is tried again."""
    http = peer((far, None))
    [note] = await cancelled(calls.send(made(http)), http.silent)
    assert "of message ID1 was broken off" in note
    assert f"verdict {verdict.name}: {verdict.value}" in note
    assert (len(http.asked), time.slept) == (1, [])


async def test_a_send_in_a_scope_that_was_cancelled_before_does_not_begin(
    server, made, calls
) -> None:
    """It would leave before the first wait, where the cancellation comes."""
    transport = made(base_url=server.url)
    await calls.status(transport)
    with anyio.CancelScope() as scope:
        scope.cancel()
        try:
            await calls.send(transport)
        except asyncio.CancelledError as error:
            [note] = error.__notes__
            raise
    assert "verdict NOT_SENT" in note
    assert len(server.requests) == 1


async def test_a_cancelled_read_has_nothing_to_tell(made, calls, peer) -> None:
    """It changes nothing."""
    http = peer(("sent", None))
    assert await cancelled(calls.status(made(http)), http.silent) == []


async def test_a_change_without_a_message_is_named_by_its_call(made, calls, peer) -> None:
    """A contact has no MessageID."""
    http = peer(("sent", None))
    [note] = await cancelled(calls.delete(made(http)), http.silent)
    assert note.startswith(
        "DELETE /addressbook/contact/{ContactID} was broken off; verdict UNKNOWN"
    )


async def test_a_send_that_is_cancelled_in_the_queue_was_not_sent(made, calls, peer) -> None:
    """It waited for a connection, and another call had it."""
    http = peer(("sent", None))
    transport = made(http, max_connections=1)
    first = asyncio.ensure_future(calls.send(transport))
    await http.silent.wait()
    queued = asyncio.ensure_future(calls.send(transport))
    await asyncio.sleep(0)
    [note] = await cancelled(queued, http.silent)
    assert "verdict NOT_SENT" in note
    [note] = await cancelled(first, http.silent)
    assert "verdict UNKNOWN" in note
    assert len(http.asked) == 1


@pytest.mark.parametrize(
    ("act", "call", "verdict"),
    [
        (("connecting", httpx.ConnectError("x")), "send", "NOT_SENT"),
        (httpx.Response(429), "send", "NOT_SENT"),
        (httpx.ReadError("x"), "abort", "UNKNOWN"),
        (httpx.Response(500), "abort", "UNKNOWN"),
    ],
    ids=["never left", "refused", "lost", "500"],
)
async def test_a_pause_can_be_cancelled(made, calls, peer, *, act, call, verdict) -> None:
    """What is known then is what the attempts before it left behind."""
    pausing = asyncio.Event()

    async def sleep(_: float) -> None:
        pausing.set()
        await anyio.sleep_forever()

    http = peer(act)
    transport = made(http)
    transport.clock = attrs.evolve(transport.clock, sleep=sleep)
    [note] = await cancelled(getattr(calls, call)(transport), pausing)
    assert f"verdict {verdict}" in note


async def test_the_callers_own_timeout_is_the_callers(made, calls, peer) -> None:
    """``asyncio.timeout`` around a call ends it as it ends anything, and frees its connection."""
    http = peer(("sent", None), httpx.Response(200, json={"Status": "Pending"}))
    transport = made(http, max_connections=1)
    with pytest.raises(TimeoutError) as caught:
        async with asyncio.timeout(0.01):
            await calls.send(transport)
    assert type(caught.value) is TimeoutError
    assert (await calls.status(transport)).status == "Pending"
