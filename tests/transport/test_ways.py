"""Which way a call takes: our own connections, or httpx where something wants to see it."""

from __future__ import annotations

import asyncio
import functools
import sys
from types import SimpleNamespace
from typing import Any
from unittest import mock

import httpcore
import httpx
import pytest
import respx

from bestsms import AsyncClient
from bestsms._protocol import Request
from bestsms._settings import Secret
from bestsms._transport import through_wires
from bestsms._transport.exchange import HEADERS
from bestsms._transport.seams import Seams
from bestsms._transport.through_wires import is_intercepted
from bestsms._transport.wires import Heads


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The transports of httpx that are opened: the lanes."""
    made: list[str] = []
    original = httpx.AsyncHTTPTransport.__init__

    def noted(self: Any, **given: Any) -> None:
        made.append("lane")
        original(self, **given)

    monkeypatch.setattr(httpx.AsyncHTTPTransport, "__init__", noted)
    return made


# -- mocks and instruments -------------------------------------------------------------------------


@pytest.mark.parametrize("using", ["httpcore", "httpx"])
async def test_respx_sees_every_call(server, using: str) -> None:
    """Of a client that is in use already, too; and afterwards calls go past httpx again."""
    async with AsyncClient("token", base_url=server.url) as client:
        assert (await client.reports.status("ID1")).status == "Pending"
        with respx.mock(using=using) as mock:
            route = mock.get(url__regex="/get/status/").respond(json={"Status": "Completed"})
            assert is_intercepted()
            assert (await client.reports.status("ID1")).status == "Completed"
        assert route.call_count == 1
        assert not is_intercepted()
        assert (await client.reports.status("ID1")).status == "Pending"
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (httpx.AsyncClient, "__init__"),
        (httpx.AsyncClient, "_send_handling_auth"),
        (httpx.AsyncClient, "_send_handling_redirects"),
        (httpx.AsyncClient, "_send_single_request"),
        (httpx.AsyncClient, "_transport_for_url"),
        (httpx.AsyncClient, "build_request"),
        (httpx.AsyncClient, "send"),
        (httpx.AsyncHTTPTransport, "__init__"),
        (httpx.AsyncHTTPTransport, "handle_async_request"),
        (httpcore.AsyncConnectionPool, "handle_async_request"),
        (httpcore.AsyncHTTPConnection, "handle_async_request"),
    ],
)
async def test_an_instrument_is_seen_however_well_it_hides(
    server, owner: type, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrapper takes on the name and the module of what it wraps, and yet is not it."""
    seen: list[str] = []
    original = getattr(owner, name)

    @functools.wraps(original)
    def wrapped(*args: Any, **given: Any) -> Any:
        seen.append(name)
        return original(*args, **given)

    monkeypatch.setattr(owner, name, wrapped)
    async with AsyncClient("token", base_url=server.url) as client:
        await client.reports.status("ID1")
    assert seen == [name]


@pytest.mark.parametrize("name", ["AsyncClient", "AsyncHTTPTransport"])
@pytest.mark.parametrize("by", ["a function", "a mock", "a subclass"])
def test_a_class_that_was_replaced_is_seen(
    name: str, by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By something that has no such methods, or any, or the very same."""
    others = {
        "a function": lambda: None,
        "a mock": mock.MagicMock(),
        "a subclass": type(name, (getattr(httpx, name),), {}),
    }
    assert not is_intercepted()
    monkeypatch.setattr(httpx, name, others[by])
    assert is_intercepted()


class Unhashable:
    """A mock that equals whatever it is compared with, and so has no hash."""

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None

    async def __call__(self, *_: object) -> httpx.Response:
        """Answer."""
        return httpx.Response(200, json={"Status": "Completed"})


async def test_a_mock_may_be_equal_to_anything_and_have_no_hash(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is replaced is told by identity."""
    async with AsyncClient("token", base_url="http://localhost:9") as client:
        monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", Unhashable())
        assert (await client.reports.status("ID1")).status == "Completed"


@pytest.mark.parametrize(
    "mocked",
    [
        lambda: mock.patch.object(httpx.AsyncClient, "send"),
        lambda: mock.patch.object(httpx.AsyncClient, "send", autospec=True),
        lambda: mock.patch.object(httpx, "AsyncClient"),
        lambda: mock.patch.object(
            httpx, "AsyncClient", type("AsyncClient", (httpx.AsyncClient,), {})
        ),
        respx.mock,
    ],
    ids=["a method", "with its signature", "a class", "a subclass", "respx"],
)
def test_a_mock_that_was_there_first_is_seen(mocked) -> None:
    """What is not the library's own is no measure of it; once that is gone, there is one."""
    seams = [
        Seams("AsyncClient", "AsyncClient.send"),
        Seams("AsyncConnectionPool", "AsyncConnectionPool.handle_async_request"),
    ]

    def replaced() -> bool:
        return any([seams[0].are_replaced(httpx), seams[1].are_replaced(httpcore)])

    with mocked():
        assert replaced()
        assert replaced()
    assert not replaced()
    with mock.patch.object(httpx.AsyncClient, "send", httpx.AsyncClient.request):
        assert replaced()


async def test_a_recorder_may_read_the_answer_before_us(
    server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As VCR.py does, below the call that we make; a connection gives nothing twice."""
    original = httpx.AsyncClient._send_single_request
    kept: list[bytes] = []

    async def recording(self: Any, request: httpx.Request) -> httpx.Response:
        answer = await original(self, request)
        kept.append(await answer.aread())
        return answer

    monkeypatch.setattr(httpx.AsyncClient, "_send_single_request", recording)
    async with AsyncClient("token", base_url=server.url) as client, asyncio.timeout(5):
        assert (await client.reports.status("ID1")).status == "Pending"
    assert len(kept) == 1


def test_what_is_not_loaded_is_not_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Our own connections do not need httpcore, and do not load it to look."""
    monkeypatch.delitem(sys.modules, "httpcore")
    assert not is_intercepted()
    assert "httpcore" not in sys.modules


# -- where there are none of our own ---------------------------------------------------------------


async def test_a_transport_of_your_own_is_used_as_given(
    server, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """All calls go through it."""
    transport = httpx.AsyncHTTPTransport()
    opened.clear()
    async with AsyncClient("token", base_url=server.url, transport=transport) as client:
        assert (await client.reports.status("ID1")).status == "Pending"
        assert len(transport._pool.connections) == 1
    assert opened == []


async def test_without_a_parser_there_are_lanes(
    server, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Httpx has one; it is slower, and as safe."""
    monkeypatch.setattr(through_wires, "best", lambda: None)
    async with AsyncClient("token", base_url=server.url) as client:
        assert (await client.reports.status("ID1")).status == "Pending"
    assert opened == ["lane"]


@pytest.mark.parametrize("inside", ["no loop", "a callback"])
async def test_outside_of_a_task_there_are_lanes(inside: str) -> None:
    """Trio has loops of its own, or runs in the callbacks of asyncio's."""
    found: list[bool] = []
    assert through_wires._is_asyncio()
    if inside == "no loop":
        await asyncio.to_thread(lambda: found.append(through_wires._is_asyncio()))
    else:
        done = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.call_soon(lambda: (found.append(through_wires._is_asyncio()), done.set()))
        await done.wait()
    assert found == [False]


# -- the same, either way --------------------------------------------------------------------------


class Heard:
    """A server that writes down what it is asked."""

    def __init__(self) -> None:
        self.heads: list[tuple[str, dict[str, str]]] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one request."""
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        self.heads.append((first, dict(line.lower().split(": ", 1) for line in lines if line)))
        writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{"Contacts":[]}')
        writer.close()


@pytest.mark.parametrize("prefix", ["", "/sms"])
async def test_a_request_is_the_same_either_way(
    prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Line and headers, whatever is asked for."""
    heard = Heard()
    peer = await asyncio.start_server(heard.serve, "127.0.0.1", 0)
    url = f"http://localhost:{peer.sockets[0].getsockname()[1]}{prefix}"
    async with peer:
        for _ in range(2):
            async with AsyncClient("token", base_url=url) as client:
                await client.contacts.search(last_name="Ñandú & söhne/1?#%+")
            monkeypatch.setattr(through_wires, "best", lambda: None)
    own, theirs = heard.heads
    assert own[0] == theirs[0]
    assert own[1] == theirs[1]
    assert own[1]["authorization"] == "basic token"


@pytest.mark.parametrize(
    ("base_url", "host"),
    [
        ("https://api.bestsms.com.au", "api.bestsms.com.au"),
        ("https://BÜCHER.example:8443/x", "xn--bcher-kva.example:8443"),
        ("http://[::1]:8026", "[::1]:8026"),
        ("https://sms.example:443", "sms.example"),
    ],
)
def test_a_head_names_the_host_as_httpx_does(base_url: str, host: str) -> None:
    """In ASCII, and the port where it is not the usual one."""
    heads = Heads(base_url, HEADERS, Secret("token"))
    operation: Any = SimpleNamespace(method="GET")
    request = Request(operation=operation, target="/api/v2.04/x", headers={"Accept": "a/b"})
    head = heads.of(request).decode()
    assert f"\r\nHost: {host}\r\n" in head
    url = httpx.URL(base_url + request.target)
    assert head.split()[1] == url.raw_path.decode()
    assert (heads.host, heads.port) == (url.raw_host.decode(), url.port or 443)


def test_a_port_that_is_nothing_is_not_the_usual_one() -> None:
    """Where a token goes is never made up."""
    assert Heads("https://sms.example:0", HEADERS, Secret("token")).port == 0
