"""The server of ``speed.py``: all providers on one port of loopback, doing as little as can be.

    python server.py

It accepts each text and answers in its provider's own shape, with the id that the caller chose
where the provider lets him. It prints its port as JSON, and ends with its standard input. It keeps
every connection: when one ends is the client's choice. A body is never parsed, and may be of any
size. ``GET /spent`` says what it has done so far, in CPU seconds, calls and recipients, so that a
report can tell whether it was the bottleneck, and whether all came that was said to be sent.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from collections.abc import Callable, Coroutine
from functools import lru_cache
from importlib.metadata import version
from typing import Any, Final, cast

from common.providers import PROVIDERS, Provider, status_answer

try:
    import uvloop
except ImportError:
    uvloop = None

__all__ = ["Answering", "Ledger"]

HOST: Final = "127.0.0.1"
LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
BLANK: Final = b"\r\n\r\n"
RECIPIENT: Final = b'"Recipient"'
STATUS: Final = "/api/v2.04/get/status/"


class Ledger:
    """What was received, and the answers to it."""

    def __init__(self) -> None:
        self._calls = 0
        self._bytes = 0
        self._recipients = 0
        self._unknown = 0
        self._connections = 0

    def connected(self) -> None:
        """Count a connection."""
        self._connections += 1

    def answer(self, path: str, body: bytes) -> bytes:
        """Answer a request."""
        if path == "/spent":
            return _answer(200, self._spent())
        if path.startswith(STATUS):
            # Before a campaign begins its name is asked for.
            return _answer(*status_answer(path.removeprefix(STATUS), known=False))
        provider = _provider(path)
        if provider is None:
            self._unknown += 1
            return _answer(404, {"unknown": path})
        self._calls += 1
        self._bytes = len(body)
        self._recipients += body.count(RECIPIENT)
        return _answer(*provider.accepted(provider.choose(body)))

    def _spent(self) -> dict[str, float]:
        return {
            "cpu": time.process_time(),
            "calls": self._calls,
            "bytes": self._bytes,
            "recipients": self._recipients,
            "unknown": self._unknown,
            "connections": self._connections,
        }


class Answering(asyncio.Protocol):
    """One connection."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._transport: asyncio.Transport | None = None
        self._received = b""
        self._path = ""
        # A body comes in many pieces, which are joined once: else a long one is copied each time.
        self._pieces: list[bytes] = []
        self._missing = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        # uvloop's is none of asyncio's classes.
        self._transport = cast("asyncio.Transport", transport)
        self._ledger.connected()

    def data_received(self, data: bytes) -> None:
        """Answer every request that is whole by now."""
        while data:
            data = self._body(data) if self._path else self._head(data)

    def _head(self, data: bytes) -> bytes:
        """Take a head if it is whole; return what comes after it."""
        self._received += data
        head, blank, rest = self._received.partition(BLANK)
        if not blank:
            return b""
        # None of the clients sends a text in chunks; one that did would never get an answer.
        found = LENGTH.search(head)
        self._missing = int(found[1]) if found else 0
        self._path = head.split(b" ", 2)[1].decode()
        self._received = b""
        return rest if self._missing else self._body(rest)

    def _body(self, data: bytes) -> bytes:
        """Take what belongs to the body, and answer if that is all; return what comes after it."""
        piece = data[: self._missing]
        self._pieces.append(piece)
        self._missing -= len(piece)
        if not self._missing:
            assert self._transport is not None
            self._transport.write(self._ledger.answer(self._path, b"".join(self._pieces)))
            self._path, self._pieces = "", []
        return data[len(piece) :]


@lru_cache
def _provider(path: str) -> Provider | None:
    known = (each for each in PROVIDERS.values() if re.fullmatch(each.path, path))
    return next(known, None)


def _answer(status: int, body: dict[str, Any]) -> bytes:
    content = json.dumps(body).encode()
    head = f"HTTP/1.1 {status} OK\r\nContent-Type: application/json\r\nContent-Length: "
    return f"{head}{len(content)}\r\n\r\n".encode() + content


async def _serve() -> None:
    ledger = Ledger()
    server = await asyncio.get_running_loop().create_server(
        lambda: Answering(ledger), HOST, 0, backlog=4096
    )
    port = server.sockets[0].getsockname()[1]
    kind = f"uvloop {version('uvloop')}" if uvloop else "asyncio"
    print(json.dumps({"port": port, "loop": kind}), flush=True)
    await asyncio.to_thread(sys.stdin.read)


def main() -> None:
    """Serve, on uvloop where it is installed."""
    run: Callable[[Coroutine[Any, Any, None]], None] = uvloop.run if uvloop else asyncio.run
    run(_serve())


if __name__ == "__main__":
    main()
