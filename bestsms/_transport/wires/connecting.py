"""Opening a connection: name, TCP and TLS within one time, and nothing left of one that failed."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
from typing import Any, Final

import httpx

from bestsms._transport.raw import OutOfTime
from bestsms._transport.wires.connection import Wire
from bestsms._transport.wires.terms import Asked

__all__ = ["connect"]

NEXT_ADDRESS_AFTER: Final = 0.25
"""Seconds: a name's next address is tried beside a silent one (RFC 8305)."""
NOT_OURS: Final = 60.0
"""Seconds by which asyncio's own limit of a handshake is longer than ours, which says more."""


async def connect(wire: Wire, asked: Asked) -> None:
    """Connect a wire.

    Args:
        wire: What the connection is for.
        asked: What it is to carry first.

    Raises:
        httpx.ConnectError: There is no connection.
        httpx.ConnectTimeout: There was none in time.
        OutOfTime: The time for the call is over.
    """
    terms, loop = wire.terms, asyncio.get_running_loop()
    try:
        async with asyncio.timeout_at(min(loop.time() + terms.seconds, asked.ends)):
            asked.recorder.step("connect_tcp.started")
            bare = await _tcp(loop, wire)
            try:
                if terms.to.tls:
                    asked.recorder.step("start_tls.started")
                    wire.carried_by(await _tls(loop, wire, bare), bare)
                else:
                    wire.carried_by(bare, bare)
            except BaseException:
                bare.abort()
                raise
    except TimeoutError as error:
        if loop.time() >= asked.ends:
            raise OutOfTime from None
        raise httpx.ConnectTimeout(f"no connection within {terms.seconds:g} s") from error
    # A name may be none that IDNA has a form of.
    except (OSError, UnicodeError) as error:
        raise httpx.ConnectError(str(error)) from error


async def _tcp(loop: asyncio.AbstractEventLoop, wire: Wire) -> asyncio.Transport:
    to = wire.terms.to
    # An address needs no race, and other loops than asyncio's own know of none.
    race = isinstance(loop, asyncio.BaseEventLoop) and not _is_address(to.host)
    more: dict[str, Any] = {"happy_eyeballs_delay": NEXT_ADDRESS_AFTER} if race else {}
    try:
        bare, _ = await loop.create_connection(lambda: wire, to.host, to.port, **more)
    except OSError as error:
        if _all_refused(error):
            raise ConnectionRefusedError(errno.ECONNREFUSED, str(error)) from error
        raise
    return bare


async def _tls(
    loop: asyncio.AbstractEventLoop, wire: Wire, bare: asyncio.Transport
) -> asyncio.Transport:
    over = await loop.start_tls(
        bare,
        wire,
        wire.terms.context,
        server_hostname=wire.terms.to.host,
        ssl_handshake_timeout=wire.terms.seconds + NOT_OURS,
    )
    if over is None:
        raise ConnectionResetError(errno.ECONNRESET, "the peer ended the handshake")
    return over


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _all_refused(error: OSError) -> bool:
    """Say whether each of a name's addresses refused: asyncio only puts that into words."""
    text = str(error)
    each = text.count("[Errno ")
    return error.errno is None and 0 < each == text.count(f"[Errno {errno.ECONNREFUSED}]")
