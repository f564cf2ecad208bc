"""What the provider does to a connection once a fault has struck it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
from email.utils import formatdate
from typing import Any

PATIENCE = 10.0
"""Seconds that a connection is held at most."""


class Deeds:
    """One accepted connection: reading from it, answering, and every way to do that badly."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._loop = asyncio.get_running_loop()
        self._read = b""

    # -- reading -----------------------------------------------------------------------------------

    async def until(self, end: bytes) -> bytes:
        """Read up to an end, and with it."""
        while end not in self._read:
            await self._more()
        found, _, self._read = self._read.partition(end)
        return found + end

    async def some(self, size: int) -> bytes:
        """Read so many bytes."""
        while len(self._read) < size:
            await self._more()
        found, self._read = self._read[:size], self._read[size:]
        return found

    async def _more(self) -> None:
        got = await self._loop.sock_recv(self._sock, 65_536)
        if not got:
            raise ConnectionResetError
        self._read += got

    @property
    def gone(self) -> bool:
        """Whether the peer has given up already."""
        try:
            return not self._sock.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True

    # -- answering ---------------------------------------------------------------------------------

    async def write(self, data: bytes) -> None:
        """Write."""
        await self._loop.sock_sendall(self._sock, data)

    async def answer(self, status: str, body: dict[str, Any], *headers: str) -> None:
        """Write a whole answer."""
        await self.write(made(status, body, *headers))

    async def answer_and_close(self, status: str, body: dict[str, Any]) -> None:
        """Answer, and let nobody know that the connection ends here."""
        await self.answer(status, body)
        await self.close()

    async def answer_twice(self, status: str, body: dict[str, Any]) -> None:
        """Answer, and answer again to nobody."""
        await self.write(made(status, body) * 2)

    async def refusal(self, status: str, _: object) -> None:
        """Say no, in the provider's way."""
        body = {"Result": "Failed", "ErrorMessage": ["Not now"]}
        await self.answer(status, body, "Retry-After: 0")

    async def page(self, status: str, _: object) -> None:
        """Answer with what a hotel's network shows to its guests, or a proxy that is lost."""
        await self.write(framed(status, b"<html>Welcome, please log in", "text/html"))

    async def garbage(self, *_: object) -> None:
        """Answer with something that is not HTTP."""
        await self.write(b"\x15\x03\x01\x00\x02\x02\x46 no HTTP at all\r\n\r\n")
        await self.close()

    async def cut_off(self, status: str, body: dict[str, Any]) -> None:
        """Say how long the body is, and end in the middle of it."""
        await self.write(made(status, body)[:-9])
        await self.close()

    async def wrong_length(self, status: str, body: dict[str, Any]) -> None:
        """Say that the body is shorter than it is."""
        data = json.dumps(body).encode()
        await self.write(framed(status, data, length=len(data) // 2))

    async def half(self, status: str, body: dict[str, Any]) -> None:
        """Answer with half of the JSON as if it were all."""
        data = json.dumps(body).encode()
        await self.write(framed(status, data[: len(data) // 2]))

    async def not_gzip(self, status: str, body: dict[str, Any]) -> None:
        """Say that plain text is compressed."""
        await self.answer(status, body, "Content-Encoding: gzip")

    async def another(self, status: str, body: dict[str, Any]) -> None:
        """Answer about another message."""
        await self.answer(status, {**body, "MessageID": "a-message-of-nobody"})

    async def drip(self, status: str, body: dict[str, Any]) -> None:
        """Answer so slowly that no single read ever times out."""
        for byte in made(status, body):
            await asyncio.sleep(0.05)
            await self.write(bytes([byte]))

    async def stall(self, *_: object) -> None:
        """Say nothing until the peer goes."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while True:
                    await self._more()
        await self.close()

    # -- ending ------------------------------------------------------------------------------------

    async def close(self, *_: object) -> None:
        """Close it; whoever reads on gets an end."""
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_WR)
        raise ConnectionResetError

    async def reset(self, *_: object) -> None:
        """Reset it: whatever is under way is lost."""
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise ConnectionResetError


def made(status: str, body: dict[str, Any], *headers: str) -> bytes:
    """Return a whole answer."""
    return framed(status, json.dumps(body).encode(), "application/json", *headers)


def framed(
    status: str,
    data: bytes,
    kind: str = "application/json",
    *headers: str,
    length: int | None = None,
) -> bytes:
    """Return an answer with a body of any kind, and perhaps of another length than it says."""
    lines = (
        f"HTTP/1.1 {status}",
        f"Content-Type: {kind}",
        f"Content-Length: {len(data) if length is None else length}",
        f"Date: {formatdate(usegmt=True)}",
        *headers,
        "",
        "",
    )
    return "\r\n".join(lines).encode() + data
