"""Our own connections on asyncio: used again while all is well, thrown away on any doubt."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from bestsms._evidence import Phase
from bestsms._transport.lanes import KEEPALIVE_SECONDS
from bestsms._transport.raw import OutOfTime

OK = b"HTTP/1.1 200 OK\r\n"
YES = OK + b"Content-Length: 2\r\n\r\n{}"


async def gathered(server, *calls: Any) -> list[Any]:
    """Make calls at once: all of them are under way before any is answered."""
    server.go.clear()
    tasks = [asyncio.ensure_future(each) for each in calls]
    for _ in tasks:
        await server.came.acquire()
    server.go.set()
    return await asyncio.gather(*tasks)


# -- used again ------------------------------------------------------------------------------------


async def test_a_connection_is_used_again(server, wires) -> None:
    """Three calls one after the other: one connection, and the steps of each are told."""
    for _ in range(3):
        assert (await wires.post()).status == 200
        assert (wires.recorder.phase, wires.recorder.status) == (Phase.RECEIVING, 200)
    assert server.requests == [1, 1, 1]
    assert wires.idle == 1


async def test_calls_at_once_have_a_connection_each(server, wires) -> None:
    """And the one that was used last is used first, so that the others grow old."""
    await gathered(server, wires.post(), wires.post(), wires.post())
    assert sorted(server.requests) == [1, 2, 3]
    newest = wires.wires._idle[-1]
    await wires.post()
    assert wires.wires._idle[-1] is newest
    assert wires.idle == 3


async def test_a_connection_that_rested_too_long_is_closed(server, wires) -> None:
    """The server may have closed it by then, and a race for it would leave a send unclear."""
    await gathered(server, wires.post(), wires.post())
    wires.at += KEEPALIVE_SECONDS
    await wires.post()
    assert server.opened == 2
    wires.at += 0.001
    await wires.post()
    await server.until_closed(1)
    wires.at += KEEPALIVE_SECONDS + 0.001
    await wires.post()
    assert (server.opened, wires.idle) == (3, 1)
    await server.until_closed(2)


# -- thrown away -----------------------------------------------------------------------------------


async def test_a_cancelled_exchange_closes_its_connection(server, wires) -> None:
    """Its answer may still come, and belongs to nobody."""
    server.go.clear()
    task = asyncio.create_task(wires.post())
    await server.came.acquire()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert wires.recorder.phase is Phase.SENT
    server.go.set()
    await server.until_closed(1)
    await wires.post()
    assert server.requests == [1, 2]


async def test_a_timeout_closes_one_connection(server, exchanges) -> None:
    """It says nothing of the others: they stay."""
    wires = exchanges(server.url, seconds=0.05)
    await gathered(server, wires.post(), wires.post())
    server.go.clear()
    with pytest.raises(httpx.ReadTimeout, match=r"no sign of life for 0\.05 s"):
        await wires.post()
    assert wires.idle == 1
    server.go.set()
    await server.until_closed(1)


async def test_the_end_of_a_calls_time_is_told_apart(server, wires) -> None:
    """It is no fault of the connection, and yet its answer belongs to nobody."""
    server.go.clear()
    with pytest.raises(OutOfTime):
        await wires.post(seconds=0.02)
    server.go.set()
    await server.until_closed(1)


@pytest.mark.parametrize("answer", [b"", b"SSH-2.0\r\n\r\n"], ids=["closed", "not http"])
async def test_a_network_error_drops_all_that_rest(server, wires, answer: bytes) -> None:
    """A server that drops one has often dropped them all; who tries again meets a fresh one."""
    await gathered(server, wires.post(), wires.post(), wires.post())
    server.answers.insert(0, answer)
    with pytest.raises(httpx.RemoteProtocolError):
        await wires.post()
    assert wires.idle == 0
    await server.until_closed(3)
    await wires.post()
    assert server.requests[-1] == 4


async def test_an_answer_that_closes_its_connection(server, wires) -> None:
    """``Connection: close`` is a server's right, and no call fails by it."""
    server.answers = [OK + b"Connection: close\r\nContent-Length: 2\r\n\r\n{}"]
    for _ in range(3):
        assert (await wires.post()).status == 200
    assert server.requests == [1, 2, 3]
    assert wires.idle == 0


async def test_more_than_anyone_wants_closes_the_connection(server, wires) -> None:
    """What is left of the answer would be taken for the next one."""
    answer = await wires.post(most=5)
    assert (answer.whole, wires.idle) == (False, 0)
    await server.until_closed(1)


# -- what comes while nothing is asked -------------------------------------------------------------


@pytest.mark.parametrize("word", [b"HTTP/1.1 408 Request Timeout\r\n\r\n", None])
async def test_what_is_idle_and_speaks_or_ends_is_dropped_with_all_others(
    scripted, until, word
) -> None:
    """Words to nobody, or a server that restarts: none of them carries another exchange."""
    now = asyncio.Event()

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"{}")
        writer.write(YES)
        await now.wait()
        if word is not None:
            writer.write(word)
            await reader.read()

    calls = await scripted(script)
    await asyncio.gather(calls.post(), calls.post())
    assert calls.idle == 2
    now.set()
    await until(lambda: calls.idle == 0)
    assert (await calls.post()).status == 200


async def test_an_answer_to_nobody_is_seen_before_the_loop_tells(scripted, until) -> None:
    """The kernel is asked: the next request would take what waits there for its own answer."""
    came, connections = asyncio.Event(), 0

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await reader.readuntil(b"{}")
        writer.write(YES)
        await came.wait()
        writer.write(b"HTTP/1.1 500 Not Yours\r\nContent-Length: 0\r\n\r\n")
        await reader.read()

    calls = await scripted(script)
    await calls.post()
    [idle] = calls.wires._idle
    idle._bare.pause_reading()  # The loop is late to tell.
    came.set()
    await until(lambda: not idle.is_usable)
    assert calls.idle == 1
    assert (await calls.post()).status == 200
    assert connections == 2


async def test_a_system_without_poll_is_asked_by_select(
    server, wires, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Windows."""
    monkeypatch.delattr("select.poll")
    for _ in range(2):
        await wires.post()
    assert server.requests == [1, 1]


# -- closing ---------------------------------------------------------------------------------------


async def test_closing_closes_what_rests(server, wires) -> None:
    """At once, and the server sees it."""
    await gathered(server, wires.post(), wires.post())
    await wires.wires.aclose()
    await server.until_closed(2)
    assert wires.idle == 0


async def test_closing_leaves_who_is_busy_to_finish(server, wires) -> None:
    """Its connection is closed when its answer is read."""
    server.go.clear()
    task = asyncio.create_task(wires.post())
    await server.came.acquire()
    await wires.wires.aclose()
    assert server.closed == 0
    server.go.set()
    assert (await task).status == 200
    await server.until_closed(1)
    assert wires.idle == 0
