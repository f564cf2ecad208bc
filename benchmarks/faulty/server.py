"""One HTTP server for every provider and every fault, which counts what reaches it.

A URL is ``/<peer>/<fault>`` and then the provider's own path, so that each case has a ledger of its
own. A request is always read whole before anything goes wrong.
"""

from __future__ import annotations

import asyncio
import json
import re
import socket
import ssl
import struct
from dataclasses import dataclass, field
from typing import Any, Self

from common.providers import STATUS, Provider, status_answer

from faulty.faults import Fault

__all__ = ["Case", "Server"]

HOST = "127.0.0.1"
REASONS = {200: "OK", 201: "Created", 202: "Accepted", 429: "Too Many Requests"}


@dataclass
class Case:
    """One client under one fault: what the server is to do, and what has reached it."""

    fault: Fault
    provider: Provider
    posts: int = 0
    lookups: int = 0
    texts: list[str] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)

    def accept(self, request: Request) -> str:
        """Accept a text, and return its id. An Idempotency-Key seen before adds no text.

        Of these providers only Telnyx documents that header. That a key is remembered even if the
        answer is a 500 is more than its reference promises, and the reading most in its favour.
        """
        key = request.headers.get("idempotency-key")
        if key is not None and key in self.keys:
            return self.keys[key]
        message_id = self.provider.choose(request.body)
        self.texts.append(message_id)
        if key is not None:
            self.keys[key] = message_id
        return message_id


@dataclass(frozen=True)
class Request:
    """A request, read whole."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @classmethod
    async def read(cls, reader: asyncio.StreamReader) -> Self:
        """Read one request; ``IncompleteReadError`` when the client has left."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.rstrip("\r\n").split("\r\n")
        method, path, _ = first.split(" ")
        pairs = (line.partition(":") for line in lines)
        headers = {name.strip().lower(): text.strip() for name, _, text in pairs}
        # None of the clients sends a text in chunks; one that did would fail its control case.
        length = int(headers.get("content-length", "0"))
        return cls(method, path, headers, await reader.readexactly(length))


class Server:
    """The server, on one port of loopback for http, and one for https where there is a key."""

    def __init__(self) -> None:
        self.cases: dict[str, Case] = {}
        self._ports: dict[str, int] = {}
        self._servers: list[asyncio.Server] = []
        # Bound and not listening: a connection to it is refused, and nobody else gets it.
        self._closed = socket.socket()
        self._closed.bind((HOST, 0))

    async def listen(self, tls: ssl.SSLContext | None) -> None:
        """Open the ports."""
        for scheme, context in {"http": None, "https": tls}.items():
            if scheme == "http" or context is not None:
                served = await asyncio.start_server(self._serve, HOST, 0, ssl=context)
                self._servers.append(served)
                self._ports[scheme] = served.sockets[0].getsockname()[1]

    def close(self) -> None:
        """Close the ports. Connections that still hang end with the event loop."""
        for served in self._servers:
            served.close()
        self._closed.close()

    def speaks(self, scheme: str) -> bool:
        """Say whether there is a port for ``http`` or ``https``."""
        return scheme in self._ports

    def open(self, peer: str, scheme: str, case: Case) -> str:
        """Begin a case, and return the URL that takes the place of the provider's host."""
        prefix = f"/{peer}/{case.fault.name}"
        self.cases[prefix] = case
        refused = case.fault.act == "refuse"
        port = self._closed.getsockname()[1] if refused else self._ports[scheme]
        return f"{scheme}://{HOST}:{port}{prefix}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._one(await Request.read(reader), reader, writer):
                pass
        except (asyncio.IncompleteReadError, OSError, asyncio.CancelledError):
            pass  # the client has left, or the run is over
        finally:
            writer.close()

    async def _one(
        self, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Deal with one request; say whether the connection is still of use."""
        _, peer, fault, path = request.path.split("/", 3)
        case, path = self.cases[f"/{peer}/{fault}"], f"/{path}"
        status = STATUS.fullmatch(path)
        if request.method == "GET" and status:
            case.lookups += 1
            known = status[1] in case.texts
            await _answer(writer, *status_answer(status[1], known=known))
            return True
        if request.method != "POST" or not re.fullmatch(case.provider.path, path):
            await _answer(writer, 404, {"unknown": path})
            return True
        return await self._send(case, request, reader, writer)

    async def _send(
        self,
        case: Case,
        request: Request,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> bool:
        case.posts += 1
        fault = case.fault
        well = fault.times is not None and case.posts > fault.times
        message_id = case.accept(request) if well or fault.accepts else ""
        if well or fault.act == "answer":
            await _answer(writer, *case.provider.accepted(message_id))
            return True
        if fault.act in {"500", "429"}:
            await _answer(writer, int(fault.act), case.provider.failed(int(fault.act)))
            return True
        if fault.act == "hang":
            await reader.read()  # until the client gives up
        elif fault.act == "reset":
            # Lingering for no time at all turns the close into an RST.
            linger = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.transport.abort()
        return False


async def _answer(writer: asyncio.StreamWriter, status: int, body: dict[str, Any]) -> None:
    content = json.dumps(body).encode()
    lines = [
        f"HTTP/1.1 {status} {REASONS.get(status, 'Error')}",
        "Content-Type: application/json",
        f"Content-Length: {len(content)}",
        *(["Retry-After: 1"] if status == 429 else []),
    ]
    writer.write("\r\n".join([*lines, "", ""]).encode() + content)
    await writer.drain()
