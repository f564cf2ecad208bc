"""The wire under faults: kept connections, pipelines, peers that leave, and nothing left behind."""

import asyncio
import contextlib
import re
import select
import sys

import httpx
import pytest

from bestsms.emulator import Emulator, Fault
from bestsms.emulator.faults import wire
from bestsms.emulator.faults.script import Script

STATUS = (
    b"GET /api/v2.04/get/status/x HTTP/1.1\r\nHost: h\r\nAuthorization: Basic test-token\r\n\r\n"
)
SEND = b"POST /api/v2.04/send/sms HTTP/1.1\r\nHost: h\r\nContent-Length: 100000000\r\n\r\n"
UNKNOWN = b'{"Result":"Failed","MessageID":"x"'


def all_of(peer):
    """Read until the emulator closes; a reset is told as such."""
    data = b""
    try:
        while chunk := peer.recv(65536):
            data += chunk
    except ConnectionResetError:
        return data, "reset"
    return data, "closed"


def test_a_pipeline_is_answered_up_to_the_fault(served, connected):
    """Three requests in one write: the first is answered, the second cut, the third not read."""
    served.reset()
    served.inject(Fault(do="cut", accept="yes", nth=2))
    with connected(served) as peer:
        peer.sendall(STATUS * 3)
        data, end = all_of(peer)
    assert end == "closed"
    assert data.count(b"HTTP/1.1 400") == 2
    assert data.count(UNKNOWN) == 2
    assert served.faults()[0]["met"] == 2


def test_an_answer_leaves_the_connection_in_use(served, connected):
    """A fault that is a proper answer is one on a connection that goes on."""
    served.reset()
    served.inject(Fault(do="answer", nth=1))
    served.inject(Fault(do="html", nth=2, status=502))
    with connected(served) as peer:
        peer.sendall(STATUS * 3)
        data = b""
        while data.count(UNKNOWN) < 1:
            data += peer.recv(65536)
    assert re.findall(rb"HTTP/1.1 (\d+)", data) == [b"503", b"502", b"400"]


@pytest.mark.parametrize(("do", "end"), [("reset", "reset"), ("close", "closed")])
def test_a_kept_connection_that_is_gone(served, do, end, connected):
    """The keep-alive race: the answer is whole, and the next request finds nobody."""
    served.reset()
    served.inject(Fault(do=do, at="response_bytes"))
    with connected(served) as peer:
        peer.sendall(STATUS)
        data, seen = all_of(peer)
    assert seen == end
    assert data.endswith(b"}")
    assert b"connection: close" not in data


def test_a_kept_connection_that_is_silent(served, connected):
    """After a whole answer nothing more is answered on that connection."""
    served.reset()
    served.inject(Fault(do="stall", at="response_bytes", times=1))
    with connected(served) as peer:
        peer.sendall(STATUS)
        data = b""
        while not data.endswith(b"}"):
            data += peer.recv(65536)
        peer.sendall(STATUS)
        peer.settimeout(0.05)
        with pytest.raises(TimeoutError):
            peer.recv(1)
    assert served.faults()[0]["met"] == 1


def test_a_peer_that_leaves_while_it_is_read(served, connected):
    """A request cut off in its body is answered to nobody, faults or not."""
    served.reset()
    served.inject(Fault(do="reset"))
    with connected(served) as peer:
        peer.sendall(SEND)
    assert httpx.get(f"{served.url}/_emulator/ledger").json() == []
    assert served.faults()[0]["struck"] == 0


@pytest.mark.parametrize("size", [0, 40_000])
@pytest.mark.parametrize("place", [{"at": "accept"}, {"at": "headers"}, {}], ids=str)
async def test_a_stall_ends_when_the_peer_leaves(served, wires, place, size, connected):
    """Also where the emulator has stopped reading and its system does not tell by itself."""
    served.reset()
    served.inject(Fault(do="stall", **place))
    with connected(served) as peer:
        peer.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            peer.send((STATUS if not size else SEND) + b" " * size)
        await wires.until(1)
    await wires.until(0)


async def test_a_stall_ends_when_faults_are_cleared(served, wires, connected):
    """A full buffer keeps the FIN of a peer that has left from arriving: nobody can see it."""
    served.reset()
    served.inject(Fault(do="stall", at="headers"))
    with connected(served) as peer:
        peer.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                peer.send(SEND + b" " * 1_000_000)
        await wires.until(1)
    served.clear_faults()
    await wires.until(0)


async def test_where_the_system_cannot_tell(served, wires, monkeypatch, connected):
    """Without POLLRDHUP a stall that does not read goes on until its seconds are over."""
    monkeypatch.setattr(wire, "_HANG_UP", 0)
    served.reset()
    served.inject(Fault(do="stall", at="headers", seconds=0.1))
    with connected(served) as peer:
        peer.sendall(STATUS)
        assert all_of(peer) == (b"", "closed")
    await wires.until(0)


async def test_a_peer_that_does_not_leave_is_left(served, wires, monkeypatch, connected):
    """After a FIN the peer has some time, and no more."""
    monkeypatch.setattr(wire, "LINGER_SECONDS", 0.05)
    served.reset()
    served.inject(Fault(do="close", times=1))
    with connected(served) as peer:
        peer.sendall(STATUS)
        assert all_of(peer) == (b"", "closed")
        await wires.until(0)


async def test_a_peer_that_leaves_in_a_drip(served, wires, connected):
    """Nothing is written to one who is gone."""
    served.reset()
    served.inject(Fault(do="drip", at="response_bytes", after=1, seconds=30))
    with connected(served) as peer:
        peer.sendall(STATUS)
        assert peer.recv(9) == b"H"
    await wires.until(0)


async def test_tls_is_closed_in_its_own_way():
    """A TLS transport cannot say FIN alone: it is closed, and the peer notices."""

    class Secure(asyncio.Transport):
        """As far as the protocol needs it."""

        def __init__(self):
            super().__init__()
            self.did = []

        def write(self, data):
            self.did.append(data)

        def can_write_eof(self):
            return False

        def resume_reading(self):
            self.did.append("resume")

        def close(self):
            self.did.append("close")
            asyncio.get_running_loop().call_soon(protocol.connection_lost, None)

    import uvicorn
    from uvicorn.server import ServerState

    emulator = Emulator()
    protocol = emulator.protocol(
        config=uvicorn.Config(emulator.app), server_state=ServerState(), app_state={}
    )
    transport = Secure()
    protocol.connection_made(transport)
    await protocol._play(Script("close", b"x", 1))
    assert transport.did[:4] == ["resume", b"x", "close", "resume"]


def test_hang_ups_are_seen_on_this_system():
    """On Linux the poll for a peer that has gone is real, so the tests above mean something."""
    if sys.platform == "linux":
        assert wire._HANG_UP == select.POLLRDHUP
