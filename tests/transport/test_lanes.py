"""Our own connections: one lane each, used again while all is well, thrown away on any doubt."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import anyio
import httpx
import pytest

from bestsms._transport.lanes import KEEPALIVE_SECONDS, Lanes, trusts_nobody


class Calls:
    """A plain httpx client on lanes, with a clock of its own."""

    def __init__(self, url: str) -> None:
        self.at = 0.0
        self.url = url
        self.lanes = Lanes(trusts_nobody(), lambda: self.at)
        self.http = httpx.AsyncClient(transport=self.lanes, base_url=url, timeout=5.0)

    async def get(self, **given: Any) -> httpx.Response:
        """Ask once and read the answer."""
        return await self.http.get("/", **given)

    @property
    def idle(self) -> int:
        """How many lanes are at rest."""
        return len(self.lanes._idle)


@pytest.fixture
async def lanes(server) -> AsyncIterator[Calls]:
    """Calls to the server, closed at the end."""
    made = Calls(server.url)
    async with made.http:
        yield made


async def gathered(server, *calls: Any) -> list[Any]:
    """Make calls at once: all of them are under way before any is answered."""
    server.go.clear()
    tasks = [asyncio.ensure_future(each) for each in calls]
    for _ in tasks:
        await server.came.acquire()
    server.go.set()
    return await asyncio.gather(*tasks)


# -- used again ------------------------------------------------------------------------------------


async def test_a_lane_is_used_again(server, lanes: Calls) -> None:
    """Three calls one after the other: one connection."""
    for _ in range(3):
        assert (await lanes.get()).status_code == 200
    assert server.requests == [1, 1, 1]
    assert lanes.idle == 1


async def test_calls_at_once_have_a_lane_each(server, lanes: Calls) -> None:
    """Nobody waits for another's answer, and afterwards all of them rest."""
    await gathered(server, lanes.get(), lanes.get(), lanes.get())
    assert sorted(server.requests) == [1, 2, 3]
    assert lanes.idle == 3


async def test_the_lane_that_was_used_last_is_used_first(server, lanes: Calls) -> None:
    """So the others grow old, and a client that slows down closes them."""
    await gathered(server, lanes.get(), lanes.get())
    server.requests.clear()
    newest = lanes.lanes._idle[-1]
    for _ in range(3):
        await lanes.get()
    assert len(set(server.requests)) == 1
    assert lanes.lanes._idle[-1].transport is newest.transport


async def test_a_lane_that_rested_too_long_is_closed(server, lanes: Calls) -> None:
    """The server may have closed it by then, and a race for it would leave a send unclear."""
    await lanes.get()
    lanes.at += KEEPALIVE_SECONDS
    await lanes.get()
    assert server.requests == [1, 1]
    lanes.at += KEEPALIVE_SECONDS + 0.001
    await lanes.get()
    assert server.requests == [1, 1, 2]
    await server.until_closed(1)
    assert lanes.idle == 1


async def test_only_stale_lanes_are_closed(server, lanes: Calls) -> None:
    """Of two at rest, the one that was used since stays."""
    await gathered(server, lanes.get(), lanes.get())
    lanes.at += KEEPALIVE_SECONDS
    await lanes.get()
    lanes.at += 0.001
    await lanes.get()
    await server.until_closed(1)
    assert server.opened == 2
    assert lanes.idle == 1


# -- thrown away -----------------------------------------------------------------------------------


async def test_a_lane_whose_answer_was_not_read_is_closed(server, lanes: Calls) -> None:
    """What is left of the answer would be taken for the next one."""
    async with lanes.http.stream("GET", "/") as answer:
        assert answer.status_code == 200
    await server.until_closed(1)
    assert lanes.idle == 0
    await lanes.get()
    assert server.requests == [1, 2]


async def test_a_lane_whose_call_was_cancelled_is_closed(server, lanes: Calls) -> None:
    """Its answer may still come, and belongs to nobody."""
    server.go.clear()
    task = asyncio.create_task(lanes.get())
    await server.came.acquire()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    server.go.set()
    await server.until_closed(1)
    await lanes.get()
    assert server.requests == [1, 2]


async def test_a_lane_that_failed_is_closed(server, lanes: Calls) -> None:
    """A timeout says nothing of the others: they stay."""
    await gathered(server, lanes.get(), lanes.get())
    server.go.clear()
    with pytest.raises(httpx.ReadTimeout):
        await lanes.get(timeout=0.01)
    assert lanes.idle == 1
    server.go.set()
    await server.until_closed(1)


@pytest.mark.parametrize("answer", [b"", b"SSH-2.0\r\n\r\n"], ids=["closed", "not http"])
async def test_a_network_error_drops_every_lane_at_rest(server, lanes: Calls, answer) -> None:
    """A server that drops one has often dropped them all; who tries again meets a fresh one."""
    await gathered(server, lanes.get(), lanes.get(), lanes.get())
    server.answers.insert(0, answer)
    with pytest.raises(httpx.RemoteProtocolError):
        await lanes.get()
    assert lanes.idle == 0
    await server.until_closed(3)
    await lanes.get()
    assert server.requests[-1] == 4


async def test_an_answer_that_closes_its_connection_leaves_a_lane_that_opens_another(
    server, lanes: Calls
) -> None:
    """``Connection: close`` is a server's right, and no call fails by it."""
    server.answers = [server.answers[0].replace(b"OK\r\n", b"OK\r\nConnection: close\r\n")]
    for _ in range(3):
        assert (await lanes.get()).status_code == 200
    assert server.requests == [1, 2, 3]


async def test_a_lane_with_more_than_an_answer_is_closed(server, lanes: Calls) -> None:
    """The next request would take the rest for its own answer."""
    server.answers = [server.answers[0] * 2, server.answers[0]]
    await lanes.get()
    assert lanes.idle == 0
    await lanes.get()
    assert server.requests == [1, 2]


class Broken(httpx.AsyncBaseTransport):
    """A connection that fails, or is silent for ever, and leaves its socket to its owner."""

    def __init__(self, error: Exception | None) -> None:
        self.error = error
        self.closed = False

    async def handle_async_request(self, _: httpx.Request) -> httpx.Response:
        """Fail."""
        if self.error is None:
            await anyio.sleep_forever()
            raise AssertionError
        raise self.error

    async def aclose(self) -> None:
        """Take a moment to close."""
        await anyio.lowlevel.checkpoint()
        self.closed = True


@pytest.mark.parametrize("error", [httpx.ReadTimeout("x"), httpx.ReadError("x"), None], ids=repr)
async def test_a_lane_is_closed_whatever_ended_it(error, monkeypatch: pytest.MonkeyPatch) -> None:
    """Httpx closes what fails, and has forgotten it before; also while a deadline is cancelling."""
    broken = Broken(error)
    monkeypatch.setattr(httpx, "AsyncHTTPTransport", lambda **_: broken)
    lanes = Lanes(trusts_nobody(), lambda: 0.0)
    with anyio.move_on_after(0.01), contextlib.suppress(httpx.TransportError):
        await lanes.handle_async_request(httpx.Request("GET", "http://127.0.0.1"))
    assert broken.closed


# -- closing ---------------------------------------------------------------------------------------


async def test_closing_closes_what_rests(server, lanes: Calls) -> None:
    """At once, and the server sees it."""
    await gathered(server, lanes.get(), lanes.get())
    await lanes.http.aclose()
    await server.until_closed(2)
    assert lanes.idle == 0


async def test_closing_leaves_who_is_busy_to_finish(server, lanes: Calls) -> None:
    """Its lane is closed when its answer is read."""
    server.go.clear()
    task = asyncio.create_task(lanes.get())
    await server.came.acquire()
    await lanes.http.aclose()
    assert server.closed == 0
    server.go.set()
    assert (await task).json() == {"Status": "Pending"}
    await server.until_closed(1)
    assert lanes.idle == 0


async def test_what_a_closing_connection_says_is_nobodys_error(
    server, lanes: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lane is thrown away because it is in doubt; that it complains is no news."""
    await lanes.get()

    async def complain(_: object) -> None:
        raise OSError("broken pipe")

    transport = lanes.lanes._idle[0].transport
    monkeypatch.setattr(transport, "aclose", complain.__get__(transport))
    await lanes.lanes.aclose()
    monkeypatch.undo()
    await transport.aclose()


async def test_a_call_that_fails_takes_no_lane_from_the_next(server, made, calls) -> None:
    """A hundred cancelled calls on one connection at a time, and the next one is served."""
    transport = made(base_url=server.url, max_connections=1)
    for _ in range(100):
        server.go.clear()
        task = asyncio.create_task(calls.send(transport))
        await server.came.acquire()
        task.cancel()
        await asyncio.wait([task])
        server.go.set()
    assert (await calls.status(transport)).status == "Pending"
    await server.until_closed(100)


async def test_a_repeated_call_is_made_on_a_fresh_connection(server, made, calls) -> None:
    """The connection that failed is not asked again, and neither are the others of its age."""
    transport = made(base_url=server.url)
    await gathered(server, calls.status(transport), calls.status(transport))
    server.answers.insert(0, b"")
    assert (await calls.status(transport)).status == "Pending"
    assert server.requests[-1] == 3
    await server.until_closed(2)
