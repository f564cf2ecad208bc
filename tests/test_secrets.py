"""The token is nowhere: not in an error, a log line, or a traceback that shows locals.

Nor does an error's text hold what was sent, or a whole phone number.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import pickle
import ssl
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest

from bestsms import (
    AsyncClient,
    BestSMSError,
    ConfigurationError,
    File,
    InvalidRequest,
    InvalidResponse,
    NoAnswer,
    NotSent,
    OutcomeUnknown,
    Rejected,
    ServerError,
    SyncClient,
)

CANARY = "eyJhbGciOiJIUzI1NiJ9.canary-canary.0-9"
TEXT = "The code is 991-337."
NUMBER = "+61421000001"
Call = Callable[[AsyncClient], Awaitable[Any]]


@pytest.fixture(autouse=True)
def _token_from_outside(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """No frame of a test holds the token: the client reads it from the environment."""
    monkeypatch.setenv("BESTSMS_AUTH_TOKEN", CANARY)
    for name in ("bestsms", "httpx", "httpcore", "asyncio"):
        caplog.set_level(logging.DEBUG, logger=name)


def shows_token(error: BaseException) -> bool:
    """Whether a report with captured locals would print the token, causes included."""
    shown = traceback.TracebackException.from_exception(error, capture_locals=True)
    return "canary" in f"{error!r} {error} {vars(error)} {''.join(shown.format())}"


def hold(error: BaseException, caplog: pytest.LogCaptureFixture) -> None:
    """Assert that neither the error nor the log holds what it must not."""
    assert not shows_token(error)
    assert "canary" not in caplog.text
    assert TEXT not in str(error)
    assert NUMBER[-9:] not in str(error)


async def send(client: AsyncClient) -> Any:
    """Send a text with a secret in it."""
    return await client.send(TEXT, to=NUMBER, message_id="ID1")


async def status(client: AsyncClient) -> Any:
    """Read a report."""
    return await client.reports.status("ID1")


# -- over real sockets, where the frames of httpx and httpcore are ---------------------------------


@contextlib.asynccontextmanager
async def provider(
    answer: bytes | None, heard: asyncio.Event | None = None
) -> AsyncIterator[AsyncClient]:
    """A client of a port that answers these bytes, or resets; or hears a request and is silent."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if heard is not None:
            heard.set()
            await reader.read()
        elif answer is None:
            writer.transport.abort()
        else:
            writer.write(answer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        host, port = server.sockets[0].getsockname()
        # What is unclear is looked up over the same connection, twice.
        async with AsyncClient(base_url=f"http://{host}:{port}", settle_window=0.01) as client:
            yield client


OK = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s"
ECHO = b'{"Result":"Failed","Message":"%s for %s"}' % (b"no credit", NUMBER.encode())


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (None, OutcomeUnknown),
        (b"", OutcomeUnknown),
        (b"SSH-2.0\r\n", OutcomeUnknown),
        (OK % (100, b"{"), OutcomeUnknown),
        (OK % (6, b"<html>"), OutcomeUnknown),
        (OK % (2, b"{}"), OutcomeUnknown),
        (OK % (len(ECHO), ECHO), Rejected),
        (b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", Rejected),
        (b"HTTP/1.1 502 Bad\r\nContent-Length: 0\r\n\r\n", OutcomeUnknown),
        (
            b"HTTP/1.1 307 Go\r\nLocation: http://127.0.0.1/x\r\nContent-Length: 0\r\n\r\n",
            OutcomeUnknown,
        ),
    ],
    ids=lambda value: repr(value)[:30],
)
async def test_no_failed_send_shows_the_token(
    answer: bytes | None, kind: type[BestSMSError], caplog: pytest.LogCaptureFixture
) -> None:
    """Read error, lost answer, bad answer, rejection, redirect: over a real connection."""
    async with provider(answer) as client:
        with pytest.raises(kind) as caught:
            await send(client)
    hold(caught.value, caplog)
    assert "bestsms" in {record.name for record in caplog.records} or kind is OutcomeUnknown


async def test_a_refused_connection_does_not_show_the_token(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The request is built before the connection is made."""
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    async with AsyncClient(base_url=f"http://127.0.0.1:{port}", deadline=0.1) as client:
        with pytest.raises(NotSent) as caught:
            await send(client)
    hold(caught.value, caplog)


async def test_a_cancelled_send_does_not_show_the_token(caplog: pytest.LogCaptureFixture) -> None:
    """A caller's own timeout passes through every frame below."""
    heard = asyncio.Event()
    async with provider(None, heard) as client:
        task = asyncio.ensure_future(send(client))
        await heard.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError) as caught:
            await task
    hold(caught.value, caplog)


async def test_a_success_does_not_log_the_token_or_the_text(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """At DEBUG of all there is; the log names the call and its status."""
    body = b'{"Result":"Success","MessageID":"ID1"}'
    async with provider(OK % (len(body), body)) as client:
        await send(client)
    assert "POST /send/sms: HTTP 200" in caplog.text
    for secret in ("canary", TEXT, NUMBER[1:]):
        assert secret not in caplog.text


# -- errors that no socket gives easily ------------------------------------------------------------


@pytest.mark.parametrize("call", [send, status])
@pytest.mark.parametrize(
    ("failure", "kinds"),
    [
        (httpx.ConnectError("x"), (OutcomeUnknown, NoAnswer)),
        (httpx.ReadTimeout("x"), (OutcomeUnknown, NoAnswer)),
        (ssl.SSLError("x"), (OutcomeUnknown, NoAnswer)),
        (RuntimeError("x"), (OutcomeUnknown, NoAnswer)),
        (httpx.Response(500), (OutcomeUnknown, ServerError)),
        (httpx.Response(200, text=TEXT + NUMBER), (OutcomeUnknown, InvalidResponse)),
    ],
    ids=str,
)
async def test_no_error_shows_the_token(
    call: Call,
    failure: httpx.Response | Exception,
    kinds: tuple[type[BestSMSError], ...],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Raised among frames that hold the whole header, as httpx's own do."""

    async def handle(request: httpx.Request) -> httpx.Response:
        headers = request.headers.raw
        assert any(
            value == f"Basic {os.environ['BESTSMS_AUTH_TOKEN']}".encode() for _, value in headers
        )
        if isinstance(failure, Exception):
            raise failure
        return failure

    async def no_wait(_: float) -> None:
        """Retries follow at once."""

    client = AsyncClient(transport=httpx.MockTransport(handle), settle_window=0)
    object.__setattr__(client._transport.clock, "sleep", no_wait)
    with pytest.raises(kinds) as caught:
        await call(client)
    hold(caught.value, caplog)


@pytest.mark.parametrize("kind", [AsyncClient, SyncClient])
@pytest.mark.parametrize(
    "given",
    [
        {"base_url": "http://example.com"},
        {"timeout": 0},
        {"journal": "no/such/folder/x"},
        {"version": "1"},
    ],
    ids=str,
)
def test_no_wrong_setting_shows_the_token(kind, given: dict[str, Any]) -> None:
    """A client that could not be made leaves no token behind in the frames that tried."""
    with pytest.raises(ConfigurationError) as caught:
        kind(os.environ["BESTSMS_AUTH_TOKEN"], **given)
    assert not shows_token(caught.value)


@pytest.mark.parametrize("kind", [AsyncClient, SyncClient])
@pytest.mark.parametrize("ruin", ["{}\nX-Evil: 1", "{} ", "'{}' ", "Basic {}", "{}é"])
def test_no_wrong_token_is_shown(kind, ruin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A newline inside, quotes, the scheme's name: given as an argument or from outside."""
    monkeypatch.setenv("BESTSMS_AUTH_TOKEN", ruin.format(CANARY))
    if ruin == "{} ":
        assert "canary" not in repr(kind())
        return
    for arguments in ([], ["BESTSMS_AUTH_TOKEN"]):
        with pytest.raises(ConfigurationError, match="at least one that no token has") as caught:
            kind(*(os.environ[name] for name in arguments))
        assert not shows_token(caught.value)


async def test_no_refused_argument_shows_the_token_or_the_text() -> None:
    """The frames hold the text, which is the caller's; the error's own words do not."""
    client = AsyncClient()
    for given in (
        {"to": []},
        {"reference": "x" * 81},
        {"files": [File.from_bytes(b"x", name="x")] * 11},
    ):
        with pytest.raises(InvalidRequest) as caught:
            await client.send(TEXT, **{"to": NUMBER, **given})
        assert not shows_token(caught.value)
        assert TEXT not in str(caught.value)


async def test_nothing_that_a_client_holds_shows_the_token() -> None:
    """Its repr, its parts, and the engine below."""
    client = AsyncClient()
    engine = await client._transport._engines.here()
    held = [client, client._transport, client._settings, client._sender, client.messaging]
    wires, http = engine._wires.wires, engine._through_httpx().http
    held += [engine, wires, wires._terms, wires._terms.to, http, http.headers, http.auth]
    assert "canary" not in " ".join(f"{each!r} {each}" for each in held)
    assert not http.headers.get("Authorization")


async def test_an_error_that_is_looked_up_again_shows_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It holds a way to its client, and that way has no token in its words."""
    async with provider(b"") as client:
        with pytest.raises(OutcomeUnknown) as caught:
            await send(client)
        await caught.value.reconcile()
    hold(caught.value, caplog)
    assert "canary" not in repr(caught.value.look_up)
    assert b"canary" not in pickle.dumps(caught.value)


async def test_a_search_is_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    """Httpx prints every URL at INFO; the query of ours holds names and numbers, others' stay."""
    nobody = httpx.MockTransport(lambda _: httpx.Response(200, json={"Contacts": []}))
    async with AsyncClient(transport=nobody) as client:
        await client.contacts.search(mobile_phone=NUMBER, last_name="Secretname")
    async with httpx.AsyncClient(transport=nobody) as other:
        await other.get("https://example.com/?q=theirs")
    assert "contact/search?... " in caplog.text
    assert "Secretname" not in caplog.text
    assert NUMBER[1:] not in caplog.text
    logging.getLogger("httpx").info("Of one thing: %(it)s", {"it": "as it was"})
    assert "?q=theirs" in caplog.text
    assert "as it was" in caplog.text
