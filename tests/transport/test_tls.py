"""TLS below the lanes: one context, trust that the environment can't change, no socket left."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import ssl
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from bestsms import NotSent
from bestsms._transport import lanes as lanes_module
from bestsms._transport.lanes import trusted, trusts_nobody


async def test_all_lanes_share_one_tls_context(
    server, made, calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Loading the roots takes longer than a send: once for a client, not for each connection."""
    given: list[Any] = []
    original = httpx.AsyncHTTPTransport

    def noted(**settings: Any) -> httpx.AsyncHTTPTransport:
        given.append(settings)
        return original(**settings)

    monkeypatch.setattr(lanes_module.httpx, "AsyncHTTPTransport", noted)
    server.go.clear()
    transport = made(base_url=server.url)
    both = [asyncio.ensure_future(calls.status(transport)) for _ in range(2)]
    for _ in both:
        await server.came.acquire()
    server.go.set()
    await asyncio.gather(*both)
    assert [each["verify"] for each in given] == [transport._context] * 2
    assert {each["trust_env"] for each in given} == {False}


async def test_roots_are_loaded_only_where_they_are_needed(
    made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For https on our own connections; not for the emulator, and not for a mock."""
    loaded: list[ssl.SSLContext] = []

    def load() -> ssl.SSLContext:
        loaded.append(trusts_nobody())
        return loaded[-1]

    monkeypatch.setattr(lanes_module, "trusted", load)
    made(base_url="http://127.0.0.1:9")
    made(httpx.MockTransport(lambda _: httpx.Response(200)))
    assert loaded == []
    made()
    assert len(loaded) == 1


def test_certificates_are_checked_whatever_the_environment_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A file that the environment names does not become an authority."""
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/at/all.pem")
    context = trusted()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.cert_store_stats()["x509_ca"] > 50
    assert trusts_nobody().verify_mode is ssl.CERT_REQUIRED
    assert trusts_nobody().cert_store_stats()["x509_ca"] == 0


@contextlib.asynccontextmanager
async def stalling() -> AsyncIterator[tuple[str, asyncio.Event, asyncio.Event]]:
    """A port that takes a ClientHello and never answers; when it came, when it was hung up."""
    came, gone = asyncio.Event(), asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(5)
        came.set()
        with contextlib.suppress(ConnectionError):
            await reader.read(-1)
        gone.set()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    async with server:
        yield f"https://{host}:{port}", came, gone


async def test_a_cancelled_handshake_leaves_no_open_socket(made, calls) -> None:
    """The peer sees the end of it at once, not when the garbage is collected."""
    gc.disable()
    try:
        async with stalling() as (url, came, gone):
            task = asyncio.create_task(calls.send(made(base_url=url)))
            await came.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError) as caught:
                await task
            async with asyncio.timeout(10):
                await gone.wait()
    finally:
        gc.enable()
    assert "verdict NOT_SENT" in caught.value.__notes__[0]


async def test_a_handshake_that_outlasts_its_time_leaves_no_open_socket(made, calls) -> None:
    """Nothing was sent, and each attempt hangs up."""
    async with stalling() as (url, _, gone):
        with pytest.raises(NotSent) as caught:
            await calls.send(made(base_url=url, timeout=0.02, deadline=60))
        async with asyncio.timeout(10):
            await gone.wait()
    assert len(caught.value.attempts) == 4
