"""Drill T1, where no peer is reached: names, ports, proxies, and the client's own limits."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import socket
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from rig.callers import NUMBER, TOKEN, sends
from rig.cases import unsent
from rig.certificates import Certificates
from rig.holding import hold
from rig.peers import Peer, Wire

from bestsms import (
    AsyncClient,
    BestSMSError,
    ConfigurationError,
    NotSentInTime,
    Obstacle,
    OutcomeUnknown,
    Phase,
    Sent,
    SyncClient,
    Verdict,
)

pytestmark = pytest.mark.usefixtures("brisk")

SETTINGS: dict[str, Any] = {"timeout": 0.1, "deadline": 2.0, "settle_window": 0}

both_kinds = pytest.mark.parametrize("kind", ["async", "sync"])
both_schemes = pytest.mark.parametrize("scheme", ["http", "https"])


def nobody(_: Wire) -> None:
    """A peer that no one reaches."""


# -- names and ports -------------------------------------------------------------------------------


@pytest.fixture
def closed_port() -> str:
    """A host and port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    return f"127.0.0.1:{port}"


@pytest.fixture
def full_backlog() -> Iterator[str]:
    """A host and port whose queue is full, so that it drops whoever comes."""
    with contextlib.ExitStack() as held:
        listener = held.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        host, port = listener.getsockname()
        for _ in range(3):
            waiting = held.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex((host, port))
        time.sleep(0.02)
        yield f"{host}:{port}"


@both_kinds
@both_schemes
def test_nobody_listens(scheme: str, kind, closed_port: str, trusting: Certificates) -> None:
    """Refused."""
    case = unsent("refused", nobody, Obstacle.REFUSED)
    [end] = sends(kind, "T1-1", base_url=f"{scheme}://{closed_port}", **SETTINGS)
    hold(case, end, [])


@pytest.mark.skipif(sys.platform != "linux", reason="other systems answer from a full queue")
@both_kinds
@both_schemes
def test_nobody_answers_the_knock(
    scheme: str, kind, full_backlog: str, trusting: Certificates
) -> None:
    """The SYN is dropped: each attempt ends by its own time."""
    case = unsent("SYN dropped", nobody, Obstacle.TIMEOUT, lower=("ConnectTimeout",))
    [end] = sends(kind, "T1-1", base_url=f"{scheme}://{full_backlog}", **SETTINGS)
    hold(case, end, [])


@both_kinds
@pytest.mark.parametrize("code", [socket.EAI_NONAME, socket.EAI_AGAIN])
def test_a_name_is_not_found(
    kind, code: int, trusting: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not there, or not now."""

    def getaddrinfo(*_: object, **__: object) -> None:
        raise socket.gaierror(code, "made up")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    [end] = sends(kind, "T1-1", base_url="https://sms.invalid", **SETTINGS)
    hold(unsent("no such name", nobody, Obstacle.DNS), end, [])


@both_kinds
def test_a_name_takes_too_long(
    kind, trusting: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A resolver that does not answer is a connection that is not made in time."""

    def getaddrinfo(*_: object, **__: object) -> None:
        time.sleep(0.3)
        raise socket.gaierror(socket.EAI_AGAIN, "made up")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    case = unsent("slow name", nobody, Obstacle.TIMEOUT, Obstacle.DNS, lower=("ConnectTimeout",))
    [end] = sends(kind, "T1-1", base_url="https://sms.invalid", **SETTINGS)
    hold(case, end, [])


# -- the deadline, before anything left ------------------------------------------------------------


@both_kinds
def test_the_deadline_ends_a_handshake(kind, trusting: Certificates) -> None:
    """Still proved: nothing left. And no socket is left to the garbage collector."""
    peer = Peer(Wire.silence)
    case = unsent("late", nobody, Obstacle.TIMEOUT, Obstacle.TLS, lower=(), tries=1)
    with peer.listening() as at:
        [end] = sends(
            kind, "T1-1", base_url=f"https://{at}", **{**SETTINGS, "timeout": 5, "deadline": 0.3}
        )
    hold(case, end, peer.posts)
    assert isinstance(end, NotSentInTime)
    gc.collect()


# -- no free connection ----------------------------------------------------------------------------


def several(kind, count: int, **settings: Any) -> list[Any]:
    """Send so many at once over one client; each ends as what it returned, or its error."""
    ids = [f"T1-{number}" for number in range(count)]
    if kind == "sync":
        with SyncClient(TOKEN, **settings) as client, ThreadPoolExecutor(count) as pool:
            return list(pool.map(lambda each: _blocking(client, each), ids))

    async def run() -> list[Any]:
        async with AsyncClient(TOKEN, **settings) as client:
            return await asyncio.gather(
                *(client.send("Hi", to=NUMBER, message_id=each) for each in ids),
                return_exceptions=True,
            )

    return asyncio.run(run())


def _blocking(client: SyncClient, message_id: str) -> Sent | BestSMSError:
    try:
        return client.send("Hi", to=NUMBER, message_id=message_id)
    except BestSMSError as error:
        return error


def dripping(wire: Wire) -> None:
    """Keep a connection busy for as long as it takes."""
    wire.request()
    wire.drip(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1_000)


@both_kinds
def test_every_connection_is_busy(kind) -> None:
    """Who waits until the deadline has sent nothing, and is told so."""
    peer = Peer(dripping)
    with peer.listening() as at:
        ends = several(
            kind, 4, base_url=f"http://{at}", max_connections=1, deadline=3.0, settle_window=0
        )
    assert all(isinstance(end, NotSentInTime | OutcomeUnknown) for end in ends), ends
    waited = [end for end in ends if end.verdict is Verdict.NOT_SENT]
    # On a busy machine the deadline may come between a head and its body.
    whole = {seen.message_id for seen in peer.posts if seen.body}
    assert whole.isdisjoint(end.message_id for end in waited)
    assert waited
    # The first one gives its place up at the deadline; another may begin to connect by then.
    assert {end.attempts[-1].phase for end in waited} <= {Phase.WAITING, Phase.CONNECTING}
    assert {end.obstacle for end in waited} <= {Obstacle.POOL, Obstacle.TIMEOUT}


@both_kinds
def test_a_pool_of_your_own_is_full(kind) -> None:
    """A transport with fewer connections than the client was told: its PoolTimeout is proof too."""
    peer = Peer(dripping)
    transport = httpx.AsyncHTTPTransport(limits=httpx.Limits(max_connections=1))
    settings = {**SETTINGS, "transport": transport, "deadline": 1.0}
    with peer.listening() as at:
        ends = several(kind, 2, base_url=f"http://{at}", **settings)
    [waited] = [end for end in ends if end.verdict is Verdict.NOT_SENT]
    [posted] = [end for end in ends if end.verdict is Verdict.UNKNOWN]
    assert [seen.message_id for seen in peer.posts] == [posted.message_id]
    assert waited.obstacle is Obstacle.POOL
    assert [attempt.phase for attempt in waited.attempts] == [Phase.WAITING] * 4
    assert {attempt.error for attempt in waited.attempts} == {"PoolTimeout"}


# -- mistakes of our own ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [AsyncClient, SyncClient])
@pytest.mark.parametrize(
    "given",
    [
        {"base_url": "ftp://127.0.0.1"},
        {"base_url": "127.0.0.1:80"},
        {"base_url": "http://127.0.0.1:99999"},
        {"base_url": "https://sms example"},
        {"auth_token": "two\nlines"},
        {"auth_token": "naïve"},
    ],
    ids=str,
)
def test_a_mistake_is_refused_before_a_socket_is_opened(kind, given: dict[str, str]) -> None:
    """An unsupported URL, and a header that can't be written, are told when the client is made."""
    with pytest.raises(ConfigurationError):
        kind(**{"auth_token": TOKEN, **given})
