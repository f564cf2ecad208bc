"""The names of httpcore's trace events: the proof that nothing left stands on them (FAULTS 2.1).

A release of httpcore that renames one must fail here, not make every failed connection ambiguous,
or, worse, a request that left look as if it had not.
"""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from rig.certificates import Certificates
from rig.peers import Peer, Wire

TCP = ["connection.connect_tcp.started", "connection.connect_tcp.complete"]
TLS = ["connection.start_tls.started", "connection.start_tls.complete"]
EXCHANGE = [
    "http11.send_request_headers.started",
    "http11.send_request_headers.complete",
    "http11.send_request_body.started",
    "http11.send_request_body.complete",
    "http11.receive_response_headers.started",
    "http11.receive_response_headers.complete",
    "http11.receive_response_body.started",
    "http11.receive_response_body.complete",
    "http11.response_closed.started",
    "http11.response_closed.complete",
]


class Trace:
    """Takes down every event."""

    def __init__(self) -> None:
        self.events: list[tuple[str, dict[str, Any]]] = []

    async def __call__(self, name: str, info: dict[str, Any]) -> None:
        """Take one."""
        self.events.append((name, info))

    @property
    def names(self) -> list[str]:
        """The names, in order."""
        return [name for name, _ in self.events]

    @property
    def methods(self) -> list[bytes]:
        """The methods of the requests that were begun."""
        return [
            info["request"].method
            for name, info in self.events
            if name == "http11.send_request_headers.started"
        ]


async def post(url: str, **transport: Any) -> Trace:
    """Post once with a plain httpx client; whether it succeeds is not the question."""
    trace = Trace()
    async with httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(**transport)) as http:
        try:
            await http.post(url, json=[], extensions={"trace": trace})
        except httpx.TransportError:
            return trace
    return trace


def answering(wire: Wire) -> None:
    """Answer every request."""
    while True:
        wire.request()
        wire.answer(b"{}")


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_an_exchange_is_reported_step_by_step(
    scheme: str, certificates: Certificates
) -> None:
    """From the connection to the end of the answer, and the request is named as it begins."""
    peer = Peer(answering, tls=certificates.good if scheme == "https" else None)
    with peer.listening() as at:
        trace = await post(f"{scheme}://{at}", verify=certificates.trust)
    assert trace.names == [*TCP, *(TLS if scheme == "https" else []), *EXCHANGE]
    assert trace.methods == [b"POST"]


async def test_a_used_connection_is_not_connected_again() -> None:
    """The second request begins with its headers."""
    first, second = Trace(), Trace()
    with Peer(answering).listening() as at:
        async with httpx.AsyncClient() as http:
            await http.post(f"http://{at}", extensions={"trace": first})
            await http.post(f"http://{at}", extensions={"trace": second})
    assert first.names == [*TCP, *EXCHANGE]
    assert second.names == EXCHANGE


async def test_a_failed_connection_reports_no_request(certificates: Certificates) -> None:
    """The absence of ``send_request_headers.started`` is the proof."""
    with Peer(Wire.rst).listening() as at:
        pass
    refused = await post(f"http://{at}")
    assert refused.names == ["connection.connect_tcp.started", "connection.connect_tcp.failed"]
    with Peer(answering, tls=certificates.named("untrusted")).listening() as at:
        untrusted = await post(f"https://{at}", verify=certificates.trust)
    assert untrusted.names == [
        *TCP,
        "connection.start_tls.started",
        "connection.start_tls.failed",
    ]
    assert refused.methods == untrusted.methods == []


async def test_a_lost_answer_reports_the_request() -> None:
    """It was written whole, and its answer failed."""

    def losing(wire: Wire) -> None:
        wire.request()
        wire.rst()

    with Peer(losing).listening() as at:
        trace = await post(f"http://{at}")
    assert "http11.send_request_body.complete" in trace.names
    assert "http11.receive_response_headers.failed" in trace.names
    assert "http11.receive_response_headers.complete" not in trace.names


async def test_a_tunnel_is_told_apart_by_its_method(certificates: Certificates) -> None:
    """A CONNECT is reported under the same names, and is not the call."""

    def proxy(wire: Wire) -> None:
        wire.head()
        wire.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        wire.start_tls(certificates.good)
        wire.request()
        wire.answer(b"{}")

    with Peer(proxy).listening() as at:
        trace = await post("https://127.0.0.1:9", proxy=f"http://{at}", verify=certificates.trust)
    assert trace.methods == [b"CONNECT", b"POST"]
