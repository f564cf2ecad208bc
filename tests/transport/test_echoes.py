"""A peer that sends back what it was sent: the token comes no further than the wire."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import traceback
from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from bestsms import AsyncClient
from bestsms._transport.tracing import causes
from bestsms._transport.wires import parsing
from bestsms.errors import BestSMSError

TOKEN = "SECRETTOKENSECRETTOKEN123456"
AUTH = f"Basic {TOKEN}".encode()
OK = b"HTTP/1.1 200 OK\r\n"
EMPTY = b"Content-Length: 0\r\n\r\n"

ECHOES: dict[str, Callable[[bytes], bytes]] = {
    "the whole head": lambda head: head,
    "a header alone": lambda head: head[head.index(b"Authorization") :],
    "a line without a colon": lambda _: OK + b"Echo " + AUTH + b"\r\n\r\n",
    "the status line": lambda _: b"HTTP/1.1 " + AUTH + b"\r\n\r\n",
    "a length": lambda _: OK + b"Content-Length: " + AUTH + b"\r\n\r\n",
    "an encoding": lambda _: OK + b"Transfer-Encoding: " + AUTH + b"\r\n\r\n",
    "the size of a chunk": lambda _: (
        OK + b"Transfer-Encoding: chunked\r\n\r\n" + AUTH + b"\r\n\r\n"
    ),
    "a packing": lambda _: OK + b"Content-Encoding: " + AUTH + b"\r\nContent-Length: 1\r\n\r\nx",
    "a type": lambda _: OK + b"Content-Type: text/" + AUTH + b"\r\nContent-Length: 1\r\n\r\nx",
    "a type of a no": lambda _: b"HTTP/1.1 400 No\r\nContent-Type: " + AUTH + b"\r\n" + EMPTY,
    "a place": lambda _: b"HTTP/1.1 302 Go\r\nLocation: https://" + AUTH[6:] + b"/\r\n" + EMPTY,
    "a pause": lambda _: b"HTTP/1.1 400 No\r\nRetry-After: " + AUTH + b"\r\n" + EMPTY,
    "a body": lambda _: b"HTTP/1.1 400 No\r\nContent-Length: 34\r\n\r\n" + AUTH,
}


@contextlib.asynccontextmanager
async def echoing(echo: Callable[[bytes], bytes]) -> AsyncIterator[str]:
    """A peer that answers with what it makes of each head; where it is."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(echo(await reader.readuntil(b"\r\n\r\n")))
        writer.close()

    peer = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with peer:
        yield f"http://127.0.0.1:{peer.sockets[0].getsockname()[1]}"


@pytest.mark.parametrize("way", ["httptools", "h11", "lanes", "your own"])
@pytest.mark.parametrize("echo", ECHOES.values(), ids=ECHOES)
async def test_what_is_sent_back_shows_no_token(
    echo, way: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Not in an error, what caused it, what that was raised from, nor in a log."""
    known = {"h11": ["h11"], "httptools": ["httptools"]}.get(way, [])
    monkeypatch.setattr(parsing, "_PARSERS", {name: parsing._PARSERS[name] for name in known})
    own = httpx.AsyncHTTPTransport() if way == "your own" else None
    caplog.set_level(logging.DEBUG, "bestsms")
    async with (
        echoing(echo) as url,
        AsyncClient(TOKEN, base_url=url, settle_window=0, transport=own) as client,
    ):
        with pytest.raises(BestSMSError) as caught:
            await client.send("x", to="+61421000001", message_id="ID1")
    said = "".join(traceback.format_exception(caught.value)) + repr(vars(caught.value))
    for each in causes(caught.value):
        said += f"{each!r} {each.args} {each}"
    assert TOKEN not in said
    assert TOKEN not in caplog.text


async def test_only_the_token_is_taken_out(caplog: pytest.LogCaptureFixture) -> None:
    """The rest of what a peer says of its answer is there to find out why."""
    body = b"\r\nContent-Length: 20\r\n\r\n" + b'{"Status":"Pending"}'
    async with (
        echoing(lambda _: OK + b"Content-Type: odd/" + AUTH[6:] + b"; for=us" + body) as url,
        AsyncClient(TOKEN, base_url=url) as client,
    ):
        assert (await client.reports.status("ID1")).status == "Pending"
    assert "odd/[token]; for=us" in caplog.text


@pytest.mark.parametrize("way", ["h11", "lanes"])
async def test_words_of_our_own_stay(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that ended says so: none of that is the peer's."""
    known = {"h11": ["h11"]}.get(way, [])
    monkeypatch.setattr(parsing, "_PARSERS", {name: parsing._PARSERS[name] for name in known})
    async with (
        echoing(lambda _: b"") as url,
        AsyncClient(TOKEN, base_url=url, settle_window=0) as client,
    ):
        with pytest.raises(BestSMSError) as caught:
            await client.send("x", to="+61421000001", message_id="ID1")
    said = [str(each) for each in causes(caught.value) if "RemoteProtocol" in type(each).__name__]
    assert said
    assert all("closed the connection" in text or "disconnected" in text for text in said)
