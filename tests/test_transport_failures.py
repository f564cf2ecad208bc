"""What a failure proves: only a connection that never was proves that nothing left."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from bestsms import NoAnswer, NotSent, OutcomeUnknown, Verdict
from bestsms._retry import Clock
from bestsms._settings import Secret, Settings
from bestsms._transport import Transport, _without_frames
from bestsms.api import Actions, Destination, Messaging, Reports


def made(failure: Exception | None, base_url: str = "https://sms.example") -> Transport:
    """A transport to a port, or to a peer that fails so; it tries again without a pause."""

    def handle(_: httpx.Request) -> httpx.Response:
        assert failure is not None
        raise failure

    async def no_pause(_: float) -> None:
        """Go on at once."""

    settings = Settings.resolve(
        Secret("a-token"),
        base_url=base_url,
        version=None,
        versions=None,
        timeout=5.0,
        deadline=60.0,
        max_connections=1,
    )
    http = httpx.MockTransport(handle) if failure is not None else None
    return Transport(settings, http=http, clock=Clock(sleep=no_pause))


async def status(transport: Transport) -> Any:
    """A read."""
    return await Reports(transport).status("ID1")


async def abort(transport: Transport) -> Any:
    """A change that is the same made twice."""
    return await Actions(transport).abort("ID1")


async def send(transport: Transport) -> Any:
    """A change that is two made twice."""
    return await Messaging(transport).send_sms(
        message="Hello", destinations=[Destination(recipient="+61421000001")], message_id="ID1"
    )


NEVER_LEFT = [
    httpx.ConnectError("name\nor service"),
    httpx.ConnectTimeout(""),
    httpx.PoolTimeout(""),
]
MAYBE_LEFT = [
    httpx.ReadTimeout(""),
    httpx.ReadError(""),
    httpx.WriteTimeout(""),
    httpx.WriteError(""),
    httpx.CloseError(""),
    httpx.RemoteProtocolError("Server disconnected"),
    httpx.LocalProtocolError("x"),
    httpx.ProxyError("x"),
    httpx.UnsupportedProtocol("x"),
    httpx.DecodingError("x"),
    httpx.TooManyRedirects("x"),
    httpx.InvalidURL("x"),
    ssl.SSLError("record"),
    RuntimeError("attached to a different loop"),
    OSError("anything"),
    ExceptionGroup("several", [OSError("a")]),
]


def kind(error: Exception) -> str:
    """A name for a case."""
    return type(error).__name__


@pytest.mark.parametrize("failure", NEVER_LEFT, ids=kind)
async def test_only_a_failed_connection_proves_that_nothing_left(failure: Exception) -> None:
    """FAULTS 2.1: calling again is safe, and the error says so."""
    for call, verdict in ((send, Verdict.NOT_SENT), (abort, Verdict.NOT_SENT), (status, None)):
        with pytest.raises(NotSent, match=r"no connection to https://sms\.example") as caught:
            await call(made(failure))
        assert caught.value.verdict is verdict
        assert type(failure).__name__ in str(caught.value)


@pytest.mark.parametrize("failure", MAYBE_LEFT, ids=kind)
async def test_anything_else_leaves_a_change_unknown(failure: Exception) -> None:
    """Fail closed: also errors that are not httpx's, and those that no one has seen yet."""
    for call in (send, abort):
        with pytest.raises(OutcomeUnknown, match=type(failure).__name__) as caught:
            await call(made(failure))
        assert caught.value.verdict is Verdict.UNKNOWN
        assert caught.value.__cause__ is failure
    with pytest.raises(NoAnswer) as caught:
        await status(made(failure))
    assert caught.value.verdict is None


def test_every_error_of_httpx_is_judged() -> None:
    """A new one in a new version must be looked at before it is trusted."""
    judged = {type(failure) for failure in (*NEVER_LEFT, *MAYBE_LEFT)}
    leaves = {
        each
        for each in vars(httpx).values()
        if isinstance(each, type)
        and issubclass(each, httpx.HTTPError)
        and not each.__subclasses__()
    }
    assert leaves - judged == {httpx.HTTPStatusError}  # raised only by raise_for_status()


@contextlib.asynccontextmanager
async def listening(answer: bytes | None) -> AsyncIterator[str]:
    """A port that reads one request's head, answers these bytes (None: resets), and closes."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if answer is None:
            writer.transport.abort()
            return
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        host, port = server.sockets[0].getsockname()
        yield f"http://{host}:{port}"


async def test_the_environment_does_not_reroute_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy variable of the environment is not obeyed: a port of this machine is reached."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    async with listening(
        b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n" + b'{"Status":"Pending"}'
    ) as url:
        transport = made(None, url)
        assert (await status(transport)).status == "Pending"
        await transport.aclose()


async def test_nobody_listens() -> None:
    """A refused connection is NotSent over a real socket too."""
    async with listening(b"") as url:
        pass
    with pytest.raises(NotSent, match=f"no connection to {url}") as caught:
        await send(made(None, url))
    assert isinstance(caught.value.__cause__, httpx.ConnectError)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        b"",
        b"HTTP/1.1 200",
        b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
        b"HTTP/1.1 200 OK\r\n\r\n{",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Encoding: gzip\r\n\r\n{}",
        b"HTTP/1.1 302 Found\r\nLocation: \xff\xfe\r\nContent-Length: 0\r\n\r\n",
    ],
    ids=lambda answer: repr(answer)[:40],
)
async def test_a_broken_answer_leaves_a_send_unknown(answer: bytes | None) -> None:
    """Reset, closed, cut, not HTTP, garbled: the request left, so nobody knows."""
    async with listening(answer) as url:
        transport = made(None, url)
        with pytest.raises(OutcomeUnknown) as caught:
            await send(transport)
        await transport.aclose()
    assert caught.value.verdict is Verdict.UNKNOWN


# -- what a cause still holds ----------------------------------------------------------------------


def test_a_cause_keeps_its_text_and_loses_its_frames() -> None:
    """Along causes, contexts and groups, and also where they go round in a circle."""
    request = httpx.Request("POST", "https://sms.example", headers={"Authorization": "Basic x"})

    def raised(error: Exception) -> Exception:
        with contextlib.suppress(type(error)):
            raise error
        return error

    deep, beside = raised(OSError("deep")), raised(OSError("beside"))
    group = raised(ExceptionGroup("several", [beside]))
    top = raised(httpx.ReadError("top", request=request))
    top.__cause__, top.__context__ = group, deep
    deep.__context__ = top
    assert _without_frames(top) is top
    assert [str(each) for each in (top, deep, beside)] == ["top", "deep", "beside"]
    assert not any(each.__traceback__ for each in (top, group, deep, beside))
    with pytest.raises(RuntimeError, match="has not been set"):
        _ = top.request
