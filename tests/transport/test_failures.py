"""What a failure proves: only a connection that never was proves that nothing left."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator

import httpx
import pytest

from bestsms import NoAnswer, NotSent, Obstacle, OutcomeUnknown, Verdict
from bestsms._transport.exchange import _without_frames

BEFORE_THE_REQUEST = {
    httpx.ConnectError("name\nor service"): Obstacle.OTHER,
    httpx.ConnectTimeout(""): Obstacle.TIMEOUT,
    httpx.PoolTimeout(""): Obstacle.POOL,
    httpx.ProxyError("407"): Obstacle.PROXY,
    httpx.UnsupportedProtocol("x"): Obstacle.INVALID,
    httpx.LocalProtocolError("x"): Obstacle.INVALID,
    httpx.InvalidURL("x"): Obstacle.INVALID,
}
MAYBE_LEFT = [
    httpx.ReadTimeout(""),
    httpx.ReadError(""),
    httpx.WriteTimeout(""),
    httpx.WriteError(""),
    httpx.CloseError(""),
    httpx.RemoteProtocolError("Server disconnected"),
    httpx.DecodingError("x"),
    httpx.TooManyRedirects("x"),
    ssl.SSLError("record"),
    RuntimeError("attached to a different loop"),
    OSError("anything"),
    ExceptionGroup("several", [OSError("a")]),
]


def kind(error: Exception) -> str:
    """A name for a case."""
    return type(error).__name__


@pytest.mark.parametrize(("failure", "obstacle"), BEFORE_THE_REQUEST.items(), ids=str)
async def test_an_error_and_a_trace_that_agree_prove_that_nothing_left(
    made, calls, peer, failure: Exception, obstacle: Obstacle
) -> None:
    """FAULTS 2.1: calling again is safe, and the error says so, and what stood in the way."""
    for call, verdict in (
        (calls.send, Verdict.NOT_SENT),
        (calls.abort, Verdict.NOT_SENT),
        (calls.status, None),
    ):
        with pytest.raises(NotSent, match=r"no connection to https://sms\.example") as caught:
            await call(made(peer(("connecting", failure))))
        assert (caught.value.verdict, caught.value.obstacle) == (verdict, obstacle)
        assert type(failure).__name__ in str(caught.value)
        assert caught.value.__cause__ is failure


@pytest.mark.parametrize("failure", BEFORE_THE_REQUEST, ids=kind)
@pytest.mark.parametrize("far", ["silently", "sending", "sent"])
async def test_an_error_alone_proves_nothing(made, calls, peer, far, failure) -> None:
    """Of a transport that reports nothing, or reports more: the outcome is open."""
    http = peer((far, failure))
    with pytest.raises(OutcomeUnknown):
        await calls.send(made(http))
    assert len(http.asked) == 1


@pytest.mark.parametrize("failure", BEFORE_THE_REQUEST, ids=kind)
async def test_a_mock_that_reports_nothing_proves_nothing(made, calls, failure) -> None:
    """Silence of a transport that is not ours is no evidence."""

    def handle(_: httpx.Request) -> httpx.Response:
        raise failure

    with pytest.raises(OutcomeUnknown) as caught:
        await calls.send(made(httpx.MockTransport(handle)))
    assert caught.value.verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("far", ["silently", "connecting", "handshaking", "sending", "sent"])
@pytest.mark.parametrize("failure", MAYBE_LEFT, ids=kind)
async def test_any_other_error_leaves_a_change_unknown(made, calls, peer, failure, far) -> None:
    """Fail closed: whatever the trace says, and also of errors that no one has seen yet."""
    for call in (calls.send, calls.abort):
        with pytest.raises(OutcomeUnknown, match=type(failure).__name__) as caught:
            await call(made(peer((far, failure))))
        assert caught.value.verdict is Verdict.UNKNOWN
        assert caught.value.__cause__ is failure
    with pytest.raises(NoAnswer) as read:
        await calls.status(made(peer((far, failure))))
    assert read.value.verdict is None


def test_every_error_of_httpx_is_judged() -> None:
    """A new one in a new version must be looked at before it is trusted."""
    judged = {type(failure) for failure in (*BEFORE_THE_REQUEST, *MAYBE_LEFT)}
    leaves = {
        each
        for each in vars(httpx).values()
        if isinstance(each, type)
        and issubclass(each, httpx.HTTPError)
        and not each.__subclasses__()
    }
    assert leaves - judged == {httpx.HTTPStatusError}  # raised only by raise_for_status()


async def test_the_words_of_a_certificate_error_say_which_check_failed(made, calls, peer) -> None:
    """And nothing in them tells anyone to look away."""
    failure = httpx.ConnectError("certificate verify failed: Hostname mismatch")
    failure.__cause__ = ssl.SSLCertVerificationError("Hostname mismatch")
    with pytest.raises(NotSent, match=r"is not trusted.*Hostname mismatch") as caught:
        await calls.send(made(peer(("handshaking", failure))))
    assert "verify=" not in str(caught.value)


async def test_a_full_pool_of_your_own_is_not_sent(server, made, calls) -> None:
    """A transport of httpx's own reports: one that has no free connection has sent nothing."""
    http = httpx.AsyncHTTPTransport(limits=httpx.Limits(max_connections=1))
    async with httpx.AsyncClient(transport=http).stream("GET", server.url):
        with pytest.raises(NotSent) as caught:
            await calls.send(made(http, base_url=server.url, timeout=0.01, deadline=60))
    assert caught.value.obstacle is Obstacle.POOL
    assert [each.error for each in caught.value.attempts] == ["PoolTimeout"] * 4
    assert len(server.requests) == 1


# -- over real sockets -----------------------------------------------------------------------------


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


async def test_the_environment_does_not_reroute_texts(
    server, made, calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy variable of the environment is not obeyed: a port of this machine is reached."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    assert (await calls.status(made(base_url=server.url))).status == "Pending"


async def test_nobody_listens(made, calls) -> None:
    """A refused connection is NotSent over a real socket too."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with pytest.raises(NotSent, match=f"no connection to {url}") as caught:
        await calls.send(made(base_url=url))
    assert isinstance(caught.value.__cause__, httpx.ConnectError)
    assert caught.value.obstacle is Obstacle.REFUSED
    assert len(caught.value.attempts) == 4


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
async def test_a_broken_answer_leaves_a_send_unknown(made, calls, answer: bytes | None) -> None:
    """Reset, closed, cut, not HTTP, garbled: the request left, so nobody knows."""
    async with listening(answer) as url:
        with pytest.raises(OutcomeUnknown) as caught:
            await calls.send(made(base_url=url))
    assert caught.value.verdict is Verdict.UNKNOWN
    assert len(caught.value.attempts) == 1


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
