"""Raw servers: a script per connection, on a thread of its own, that can do what no server should.

A peer serves the async and the sync client alike, since it shares no event loop with either. It
writes down what it was asked (``requests``), so that a test can hold an error's verdict against
what really arrived.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

PATIENCE = 10.0
"""Seconds that any one socket call may take; nothing here waits for ever."""


@dataclass
class Seen:
    """One request as the peer read it; ``body`` is ``None`` while only its head was."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes | None = None

    @property
    def message_id(self) -> str:
        """The MessageID it is about: of the body, or the last part of the path."""
        if self.method != "POST":
            return self.target.partition("?")[0].rpartition("/")[2]
        return str(json.loads(self.body or b"")["MessageData"]["MessageID"])

    @property
    def sha256(self) -> str:
        """The digest of the body."""
        return hashlib.sha256(self.body or b"").hexdigest()


class Over(Exception):
    """The test has ended, and so does the script."""


class Wire:
    """One accepted connection, in the hands of a script.

    A script that returns closes it: with a FIN, or with a reset where something was left unread.

    Attributes:
        turn: Which connection of the peer it is, from 1.
    """

    def __init__(self, peer: Peer, sock: socket.socket, turn: int) -> None:
        self.turn = turn
        self._peer = peer
        self._sock = sock
        self._read = bytearray()

    # -- reading -----------------------------------------------------------------------------------

    def some(self, size: int) -> bytes:
        """Read so many bytes, in whatever pieces they come."""
        while len(self._read) < size:
            self._more()
        taken = bytes(self._read[:size])
        del self._read[:size]
        return taken

    def head(self) -> Seen:
        """Read the head of a request and write it down; its body stays on the wire."""
        while (end := self._read.find(b"\r\n\r\n")) < 0:
            self._more()
        lines = self.some(end + 4).decode("latin-1").split("\r\n")
        method, target, _ = lines[0].split(" ", 2)
        headers = dict(line.split(": ", 1) for line in lines[1:] if line)
        seen = Seen(method, target, {name.lower(): value for name, value in headers.items()})
        self._peer.requests.append(seen)
        return seen

    def request(self) -> Seen:
        """Read a whole request and write it down."""
        seen = self.head()
        seen.body = self.some(int(seen.headers.get("content-length", "0")))
        return seen

    def _more(self) -> None:
        got = self._sock.recv(65_536)
        if not got:
            raise ConnectionResetError
        self._read += got

    # -- writing -----------------------------------------------------------------------------------

    def write(self, *parts: bytes) -> None:
        """Write, one call per part."""
        for part in parts:
            self._sock.sendall(part)

    def drip(self, data: bytes, every: float = 0.02) -> None:
        """Write byte by byte with a pause before each, so that no read ever times out."""
        for at in range(len(data)):
            self.pause(every)
            self._sock.sendall(data[at : at + 1])

    def below_tls(self, data: bytes) -> None:
        """Write past TLS, where the client expects a record."""
        socket.socket.sendall(self._sock, data)

    def answer(self, body: bytes, *headers: bytes, status: bytes = b"200 OK") -> None:
        """Write a whole answer."""
        self.write(_head(status, b"Content-Length: %d" % len(body), *headers) + body)

    def accept(self) -> None:
        """Read a whole send and say yes to it."""
        self.answer(accepted(self.request().message_id))

    def start_tls(self, context: ssl.SSLContext) -> None:
        """Go on in TLS, as a proxy's tunnel does."""
        self._sock = context.wrap_socket(self._sock, server_side=True)

    # -- ending ------------------------------------------------------------------------------------

    def pause(self, seconds: float) -> None:
        """Do nothing for a while; the end of the test ends the script here."""
        if self._peer.over.wait(seconds):
            raise Over

    def silence(self) -> None:
        """Do nothing, read nothing, and hold the connection until the test is over."""
        self.pause(PATIENCE)

    def close(self) -> None:
        """Let go of it, as a script that returns does."""
        self._sock.close()

    def fin(self) -> None:
        """Close properly as TCP sees it (of TLS, nothing is said), and see the client go."""
        self._sock.shutdown(socket.SHUT_WR)
        with contextlib.suppress(OSError):
            while self._sock.recv(65_536):
                pass

    def close_notify(self) -> None:
        """Close as TLS wants it: with an alert first."""
        if isinstance(self._sock, ssl.SSLSocket):
            with contextlib.suppress(OSError):
                self._sock.settimeout(0.1)
                self._sock.unwrap()
        self.fin()

    def rst(self) -> None:
        """Reset: whatever is under way in either direction is lost."""
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._sock.close()


Script = Callable[[Wire], None]


@dataclass
class Peer:
    """A port that runs a script for every connection.

    Attributes:
        script: What it does.
        tls: With which certificate, if any; the handshake comes before the script.
        window: The size of its receive buffer, for one who must not take much unread.
        requests: What it was asked, in order.
        connections: How many connections it accepted.
    """

    script: Script
    tls: ssl.SSLContext | None = None
    window: int | None = None
    requests: list[Seen] = field(default_factory=list)
    connections: int = 0
    over: threading.Event = field(default_factory=threading.Event)
    failures: list[BaseException] = field(default_factory=list)

    @property
    def posts(self) -> list[Seen]:
        """The sends it saw, whole or not."""
        return [each for each in self.requests if each.method == "POST"]

    @contextlib.contextmanager
    def listening(self) -> Iterator[str]:
        """Serve, and give the host and port; at the end no thread and no socket is left."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            if self.window is not None:
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self.window)
            host, port = listener.getsockname()
            doorman = threading.Thread(target=self._accept, args=(listener,), daemon=True)
            doorman.start()
            try:
                yield f"{host}:{port}"
            finally:
                self.over.set()
                # Closing a listener wakes no one who waits in accept(); a caller does.
                socket.create_connection((host, port)).close()
                doorman.join(PATIENCE)
                assert not doorman.is_alive()
        assert self.failures == []

    def _accept(self, listener: socket.socket) -> None:
        serving: list[threading.Thread] = []
        while True:
            sock, _ = listener.accept()
            if self.over.is_set():
                sock.close()
                break
            self.connections += 1
            args = (sock, self.connections)
            serving.append(threading.Thread(target=self._serve, args=args, daemon=True))
            serving[-1].start()
        # The client is closed by now, so no script waits for it; the pauses end by themselves.
        for thread in serving:
            thread.join(PATIENCE)
            if thread.is_alive():
                self.failures.append(AssertionError("a script did not end"))

    def _serve(self, sock: socket.socket, turn: int) -> None:
        try:
            sock.settimeout(PATIENCE)
            if self.tls is not None:
                sock = self.tls.wrap_socket(sock, server_side=True)
            wire = Wire(self, sock, turn)
            try:
                self.script(wire)
            finally:
                wire.close()
        except (OSError, Over):
            pass  # The client went away, as it may.
        except BaseException as failure:  # noqa: BLE001 - a thread's failure is the test's
            self.failures.append(failure)
        finally:
            sock.close()


def accepted(message_id: str) -> bytes:
    """The body of an accepted send."""
    return json.dumps({"Result": "Success", "MessageID": message_id}).encode()


def report(message_id: str, **more: Any) -> bytes:
    """The body of a status answer for a message that was just accepted."""
    return json.dumps(
        {"Result": "Success", "MessageID": message_id, "Status": "Pending", "Count": 1, **more}
    ).encode()


def _head(status: bytes, *headers: bytes) -> bytes:
    return b"\r\n".join(
        [b"HTTP/1.1 " + status, b"Content-Type: application/json", *headers, b"", b""]
    )
