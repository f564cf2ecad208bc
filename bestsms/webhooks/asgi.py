"""The ASGI side of a receiver: one bounded body in, one short answer out."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import AbstractAsyncContextManager
from typing import Any, Final

import anyio
import anyio.lowlevel

from bestsms._retry import Clock
from bestsms.errors import BestSMSError
from bestsms.webhooks.edge import TOO_LARGE, TOO_SLOW, Answer
from bestsms.webhooks.reading import MOST_BYTES

__all__ = [
    "READ_SECONDS",
    "Receive",
    "Scope",
    "Send",
    "headers_of",
    "live",
    "own_path",
    "read",
    "respond",
]

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

READ_SECONDS: Final = 10.0
"""How long a body may take in all; a real one comes with its headers."""


def own_path(scope: Scope) -> str:
    """Return the path below the one that an app is mounted at, without a slash at its end."""
    # Some servers and routers leave the mount's path in front, as ASGI says; some take it off.
    path: str = scope["path"]
    root: str = scope.get("root_path", "").rstrip("/")
    if path == root or path.startswith(f"{root}/"):
        path = path[len(root) :]
    return path.removesuffix("/")


def headers_of(scope: Scope) -> dict[str, str]:
    """Return the headers by lower-case name; one that comes twice is one list, as HTTP has it."""
    found: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


async def read(receive: Receive, clock: Clock) -> bytes | Answer | None:
    """Return the body, the answer to one that is too large or too slow, or ``None``: nobody waits.

    No more than the limit is held at any time, whatever Content-Length says.
    """
    found: bytes | Answer | Exception | None = TOO_SLOW
    reading, timer = anyio.CancelScope(), anyio.CancelScope()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_expire, reading, timer, clock)
        with reading:
            try:
                found = await _whole(receive)
            except Exception as error:  # noqa: BLE001 - raised below, where no group wraps it
                found = error
        timer.cancel()
    if isinstance(found, Exception):
        raise found
    return found


async def _expire(reading: anyio.CancelScope, timer: anyio.CancelScope, clock: Clock) -> None:
    with timer:
        await clock.sleep(READ_SECONDS)
        reading.cancel()


async def _whole(receive: Receive) -> bytes | Answer | None:
    body = bytearray()
    while (message := await receive())["type"] == "http.request":
        body += message.get("body", b"")
        if len(body) > MOST_BYTES:
            return TOO_LARGE
        if not message.get("more_body", False):
            return bytes(body)
        # A server that has the next piece at hand must not keep the deadline from striking.
        await anyio.lowlevel.checkpoint()
    return None


async def live(context: AbstractAsyncContextManager[object], receive: Receive, send: Send) -> None:
    """Hold a context open from a server's startup to its shutdown."""
    await receive()
    stage = "startup"
    try:
        async with context:
            await send({"type": "lifespan.startup.complete"})
            stage = "shutdown"
            await receive()
    except BestSMSError as error:
        await send({"type": f"lifespan.{stage}.failed", "message": str(error)})
    else:
        await send({"type": "lifespan.shutdown.complete"})


async def respond(scope: Scope, send: Send, answer: Answer, *, close: bool = False) -> None:
    """Send an answer.

    Args:
        scope: The request's.
        send: What sends.
        answer: The answer.
        close: End the connection with it: not all of the request was read.
    """
    headers = dict(answer.headers)
    # HTTP/2 has no such header, and ends the stream alone.
    if close and scope.get("http_version", "1.1").startswith("1"):
        headers["Connection"] = "close"
    start = {
        "type": "http.response.start",
        "status": answer.status,
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
    }
    # Whoever left without an answer comes again, and is answered as a duplicate.
    with contextlib.suppress(OSError):
        await send(start)
        await send({"type": "http.response.body", "body": answer.body})
