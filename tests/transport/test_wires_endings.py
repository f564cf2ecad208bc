"""What an exchange on our own connections may end with, beside its answer."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import socket
import ssl

import httpx
import pytest

from bestsms._evidence import Phase
from bestsms._transport.raw import OutOfTime

OK = b"HTTP/1.1 200 OK\r\n"
YES = OK + b"Content-Length: 2\r\n\r\n{}"
LARGE = b"x" * 8_000_000
"""More than two sockets buffer."""


async def head_of(reader: asyncio.StreamReader) -> None:
    """Read the head of a request, and leave its body on the wire."""
    await reader.readuntil(b"\r\n\r\n")


async def for_ever() -> None:
    """Wait until the test is over."""
    await asyncio.get_running_loop().create_future()


# -- a large body ----------------------------------------------------------------------------------


async def test_a_large_body_arrives_whole(scripted) -> None:
    """Piece by piece, and the connection is used again."""
    came: list[bool] = []

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(2):
            await head_of(reader)
            came.append(await reader.readexactly(len(LARGE)) == LARGE)
            writer.write(YES)

    wires = await scripted(script)
    assert [(await wires.post(LARGE)).status for _ in range(2)] == [200, 200]
    assert came == [True, True]
    assert wires.recorder.phase is Phase.RECEIVING


async def test_a_no_before_the_end_of_the_body_is_heard(scripted) -> None:
    """The rest is not written, and the connection not used again."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await head_of(reader)
        writer.write(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n")
        await for_ever()

    wires = await scripted(script)
    assert (await wires.post(LARGE)).status == 413
    assert wires.idle == 0


async def test_a_yes_before_the_end_of_the_body_is_no_reason_to_stop(scripted, until) -> None:
    """Whoever says yes so early still needs the rest."""
    came: list[bool] = []

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await head_of(reader)
        writer.write(YES)
        came.append(await reader.readexactly(len(LARGE)) == LARGE)
        await for_ever()

    wires = await scripted(script)
    assert (await wires.post(LARGE)).status == 200
    await until(lambda: came == [True])
    assert wires.idle == 1


async def test_a_yes_and_an_end_before_the_end_of_the_body(scripted) -> None:
    """It is a yes all the same; the connection is not used again."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await head_of(reader)
        writer.write(YES)
        writer.write_eof()
        await for_ever()

    wires = await scripted(script)
    assert (await wires.post(LARGE)).status == 200
    assert wires.idle == 0


@pytest.mark.parametrize(
    ("silence", "most"), [(0.05, 30.0), (30.0, 0.05)], ids=["its own time", "the call's time"]
)
async def test_a_yes_of_a_peer_that_takes_no_more(scripted, silence, most) -> None:
    """It is a yes as well: once the time is over nothing more is written, and the loop rests."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await head_of(reader)
        writer.write(YES)
        await for_ever()

    wires = await scripted(script, seconds=silence)
    async with asyncio.timeout(10):
        answer = await wires.post(LARGE, seconds=most)
    assert (answer.status, bytes(answer.body)) == (200, b"{}")
    assert wires.recorder.phase is Phase.RECEIVING
    assert wires.idle == 0


async def test_nobody_reads_the_body(scripted) -> None:
    """A peer that takes nothing for too long gets no more."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await head_of(reader)
        await for_ever()

    wires = await scripted(script, seconds=0.05)
    with pytest.raises(httpx.WriteTimeout):
        await wires.post(LARGE)
    assert wires.recorder.phase is Phase.SENDING


@pytest.mark.parametrize("half", [True, False], ids=["half closed", "reset"])
async def test_a_peer_that_leaves_before_the_end_of_the_body(scripted, half) -> None:
    """It may have taken what it has; and there is no wait for a timeout."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await head_of(reader)
        if half:
            writer.write_eof()
            await for_ever()
        writer.transport.abort()

    wires = await scripted(script, seconds=60.0)
    with pytest.raises(httpx.ReadError):
        await wires.post(LARGE)
    assert wires.recorder.phase is Phase.SENDING


async def test_a_connection_that_ended_as_soon_as_it_was_made(
    scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is written into it; and yet that is no proof, for the steps say that it began."""

    async def script(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
        """Close."""

    wires = await scripted(script)
    opened = asyncio.get_running_loop().create_connection

    async def late(*args, **given):
        made, wire = await opened(*args, **given)
        async with asyncio.timeout(10):
            while not made.is_closing():  # noqa: ASYNC110 - no one tells
                await asyncio.sleep(0)
        return made, wire

    monkeypatch.setattr(asyncio.get_running_loop(), "create_connection", late)
    with pytest.raises(httpx.ReadError, match="as soon as it was made"):
        await wires.post()
    assert wires.recorder.may_have_left


# -- time ------------------------------------------------------------------------------------------


async def test_a_slow_answer_is_no_silence(scripted) -> None:
    """Each piece is a sign of life; only the time of the whole call ends it."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"{}")
        for at in range(len(YES)):
            writer.write(YES[at : at + 1])
            await asyncio.sleep(0.01)
        await for_ever()

    wires = await scripted(script, seconds=0.2)
    assert (await wires.post()).status == 200


async def test_an_answer_at_the_last_moment_is_one(server, wires) -> None:
    """Both happened in one turn of the loop: what came came."""
    server.go.clear()
    task = asyncio.create_task(wires.post())
    await server.came.acquire()
    [wire] = [each for each in _protocols() if hasattr(each, "idle_since")]
    wire._ends = 0.0
    wire._look_at_the_time(httpx.ReadTimeout)
    wire.data_received(YES)
    assert (await task).status == 200
    server.go.set()


def _protocols() -> list[object]:
    """The protocols of the open connections of this loop."""
    selector = asyncio.get_running_loop()._selector
    handles = [key.data[0] for key in selector.get_map().values() if key.data[0] is not None]
    transports = [getattr(handle._callback, "__self__", None) for handle in handles]
    return [each.get_protocol() for each in transports if hasattr(each, "get_protocol")]


# -- connecting ------------------------------------------------------------------------------------


def addresses(monkeypatch: pytest.MonkeyPatch, *hosts: str) -> None:
    """Have every name stand for these addresses."""

    def getaddrinfo(_: str, port: int, *__: object, **___: object) -> list[object]:
        kind = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "")
        return [(*kind, (host, port)) for host in hosts]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


async def test_the_next_address_of_a_name_is_tried(
    server, exchanges, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the first one refuses."""
    addresses(monkeypatch, "127.0.0.2", "127.0.0.1")
    wires = exchanges(server.url.replace("127.0.0.1", "sms.example"))
    assert (await wires.post()).status == 200


@pytest.mark.parametrize("hosts", [["127.0.0.1"], ["127.0.0.1", "127.0.0.2"]], ids=len)
async def test_a_name_of_which_every_address_refuses(
    exchanges, hosts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is a refusal, however many they are."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    addresses(monkeypatch, *hosts)
    wires = exchanges(f"http://sms.example:{port}")
    with pytest.raises(httpx.ConnectError) as caught:
        await wires.post()
    assert isinstance(caught.value.__cause__, ConnectionRefusedError)
    assert wires.recorder.phase is Phase.CONNECTING
    assert not wires.recorder.may_have_left


async def test_other_failures_of_a_name_are_what_they_are(
    exchanges, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not found is no refusal."""

    def getaddrinfo(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "made up")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    with pytest.raises(httpx.ConnectError, match="made up") as caught:
        await exchanges("https://sms.example").post()
    assert isinstance(caught.value.__cause__, socket.gaierror)


async def test_a_name_that_is_none_is_no_connection(exchanges) -> None:
    """Encoding it fails before any socket is opened; it proves as much as a failed look-up."""
    wires = exchanges(f"https://{'a' * 64}.example")
    with pytest.raises(httpx.ConnectError):
        await wires.post()
    assert not wires.recorder.may_have_left


@pytest.fixture
async def stalling(exchanges):
    """Exchanges with a port that takes a ClientHello and never answers; when it is hung up on."""
    gone = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            await reader.read(-1)
        gone.set()
        writer.close()

    peer = await asyncio.start_server(serve, "127.0.0.1", 0)
    host, port = peer.sockets[0].getsockname()
    yield lambda **given: exchanges(f"https://{host}:{port}", **given), gone
    peer.close()


@pytest.mark.parametrize(
    ("seconds", "most", "kind"),
    [(0.05, 30.0, httpx.ConnectTimeout), (30.0, 0.05, OutOfTime)],
    ids=["its own time", "the call's time"],
)
async def test_a_handshake_takes_too_long(stalling, seconds, most, kind) -> None:
    """Whichever time is over: nothing left, and no socket stays."""
    make, gone = stalling
    wires = make(seconds=seconds)
    with pytest.raises(kind):
        await wires.post(seconds=most)
    assert wires.recorder.handshaking
    assert not wires.recorder.may_have_left
    async with asyncio.timeout(10):
        await gone.wait()


async def test_a_loop_whose_handshake_comes_to_nothing(
    stalling, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asyncio returns nothing where the connection ended meanwhile."""
    make, _ = stalling

    async def start_tls(*_: object, **__: object) -> None:
        """The peer has gone."""

    monkeypatch.setattr(asyncio.get_running_loop(), "start_tls", start_tls)
    with pytest.raises(httpx.ConnectError, match="ended the handshake"):
        await make().post()


# -- over TLS --------------------------------------------------------------------------------------


async def test_tls_carries_exchanges(scripted, certificates) -> None:
    """One handshake for all of them, in HTTP/1.1 by name; and a large body as well."""
    spoken: list[str | None] = []

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        spoken.append(writer.get_extra_info("ssl_object").selected_alpn_protocol())
        for size in (2, len(LARGE)):
            await head_of(reader)
            await reader.readexactly(size)
            writer.write(YES)
        await for_ever()

    certificates.good.set_alpn_protocols(["h2", "http/1.1"])
    wires = await scripted(script, tls=certificates.good, context=certificates.trust)
    assert (await wires.post()).status == 200
    assert (await wires.post(LARGE)).status == 200
    assert (spoken, wires.idle) == (["http/1.1"], 1)


async def test_a_certificate_of_nobody_we_trust(scripted, certificates) -> None:
    """The error says which check failed, and nothing left."""

    async def script(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
        """It comes to nothing."""

    tls = certificates.named("untrusted")
    wires = await scripted(script, tls=tls, context=certificates.trust)
    with pytest.raises(httpx.ConnectError, match="certificate verify failed") as caught:
        await wires.post()
    assert isinstance(caught.value.__cause__, ssl.SSLCertVerificationError)
    assert not wires.recorder.may_have_left


async def test_a_corrupt_record_is_raised_as_it_is(scripted, certificates) -> None:
    """As httpx raises it: it proves nothing."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await head_of(reader)
        below = writer.transport.get_extra_info("socket").fileno()
        with socket.socket(fileno=socket.dup(below)) as beside:
            beside.sendall(b"\x17\x03\x03\x00\x20" + b"Z" * 32)
        await for_ever()

    wires = await scripted(script, tls=certificates.good, context=certificates.trust)
    with pytest.raises(ssl.SSLError):
        await wires.post()
    assert wires.recorder.phase is Phase.SENT


async def test_a_packed_answer_is_unpacked(made, calls, scripted) -> None:
    """Though none was asked for."""
    packed = gzip.compress(b'{"Status":"Pending"}')
    head = OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await head_of(reader)
        writer.write(head + packed)
        await reader.read()

    wires = await scripted(script)
    assert (await calls.status(made(base_url=wires.url))).status == "Pending"
