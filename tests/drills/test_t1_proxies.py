"""Drill T1: through a proxy of the caller's transport, what came before the tunnel is no call."""

from __future__ import annotations

import socket
from typing import Any

import httpx
import pytest
from rig.callers import sends
from rig.cases import Case, unclear, unsent
from rig.certificates import Certificates
from rig.holding import hold
from rig.peers import Peer, Wire

from bestsms import Obstacle, OutcomeUnknown, Phase, Sent

pytestmark = pytest.mark.usefixtures("brisk")

SETTINGS: dict[str, Any] = {"timeout": 0.1, "deadline": 2.0, "settle_window": 0}
ORIGIN = "https://127.0.0.1:9"
"""Nobody is there; only the proxies of these tests say so."""

both_kinds = pytest.mark.parametrize("kind", ["async", "sync"])


def _refusing(wire: Wire) -> None:
    wire.head()
    wire.answer(b"", status=b"403 Forbidden")


def _closing(wire: Wire) -> None:
    wire.head()
    wire.fin()


def _silent(wire: Wire) -> None:
    wire.head()
    wire.silence()


def _tunnel_to_nowhere(wire: Wire) -> None:
    wire.head()
    wire.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
    wire.some(5)
    wire.fin()


PROXIES = [
    unsent("refuses", _refusing, Obstacle.PROXY, lower=("ProxyError",), tries=None),
    unsent("tunnels to a peer that ends the handshake", _tunnel_to_nowhere, Obstacle.TLS),
    # Nothing of the call was in it; but these errors are proof of nothing, and the rule is strict.
    unclear("closes", _closing, Phase.CONNECTING, lower=("RemoteProtocolError",)),
    unclear("is silent", _silent, Phase.CONNECTING, lower=("ReadTimeout",)),
]


@both_kinds
@pytest.mark.parametrize("case", PROXIES, ids=lambda case: case.name)
def test_a_proxy_makes_no_tunnel(case: Case, kind, certificates: Certificates) -> None:
    """A CONNECT is not the call: what came after it never left."""
    peer = Peer(case.peer)
    with peer.listening() as at:
        transport = httpx.AsyncHTTPTransport(proxy=f"http://{at}", verify=certificates.trust)
        [end] = sends(kind, "T1-1", base_url=ORIGIN, transport=transport, **SETTINGS)
    hold(case, end, peer.posts)
    assert {seen.method for seen in peer.requests} == {"CONNECT"}


@both_kinds
def test_a_proxy_is_down(kind, certificates: Certificates) -> None:
    """As if the provider itself had refused."""
    case = unsent("down", Wire.rst, Obstacle.PROXY, Obstacle.REFUSED)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    transport = httpx.AsyncHTTPTransport(
        proxy=f"http://127.0.0.1:{port}", verify=certificates.trust
    )
    [end] = sends(kind, "T1-1", base_url=ORIGIN, transport=transport, **SETTINGS)
    hold(case, end, [])


@both_kinds
@pytest.mark.parametrize(("deed", "told"), [(Wire.silence, OutcomeUnknown), (None, Sent)])
def test_a_send_goes_through_a_tunnel(deed, told, kind, certificates: Certificates) -> None:
    """What comes after the CONNECT is the call, and is judged as any other."""

    def proxy(wire: Wire) -> None:
        wire.head()
        wire.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        wire.start_tls(certificates.good)
        if deed is None:
            wire.accept()
        else:
            wire.request()
            deed(wire)

    peer = Peer(proxy)
    with peer.listening() as at:
        transport = httpx.AsyncHTTPTransport(proxy=f"http://{at}", verify=certificates.trust)
        [end] = sends(kind, "T1-1", base_url=ORIGIN, transport=transport, **SETTINGS)
    assert [seen.method for seen in peer.requests] == ["CONNECT", "POST"]
    assert isinstance(end, told), repr(end)
    if not isinstance(end, Sent):
        hold(unclear("silent", proxy, Phase.SENT, lower=("ReadTimeout",)), end, peer.posts)


@both_kinds
def test_a_forwarding_proxy_may_have_forwarded(kind) -> None:
    """Of plain http it takes the call itself: its 502 is no proof."""

    def proxy(wire: Wire) -> None:
        wire.request()
        wire.answer(b"", status=b"502 Bad Gateway")

    peer = Peer(proxy)
    with peer.listening() as at:
        transport = httpx.AsyncHTTPTransport(proxy=f"http://{at}")
        [end] = sends(kind, "T1-1", base_url="http://127.0.0.1:9", transport=transport, **SETTINGS)
    hold(unclear("forwarded", proxy, Phase.ANSWERED, status=502), end, peer.posts)
