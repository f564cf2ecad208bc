"""Below HTTP: a uvicorn protocol that can do to a connection what no web server would."""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import socket
import struct
from typing import Any, ClassVar, cast

from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from bestsms.emulator.faults.faulty import Faulty
from bestsms.emulator.faults.script import Script

LINGER_SECONDS = 5.0
"""Real seconds that a peer has to go after a FIN; what it still writes is thrown away."""

_LOOK_SECONDS = 0.05
"""Real seconds between two looks whether a peer that is not read from has gone."""

_LINGER_0 = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
_HANG_UP = getattr(select, "POLLRDHUP", 0)


class Wire(H11Protocol):
    """One connection; as long as no fault strikes it, all is uvicorn's."""

    faulty: ClassVar[Faulty]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.app = cast(Any, self._meet)
        self._struck = False
        self._stopping = False
        self._spoken = asyncio.Event()
        self._gone: asyncio.Future[None] = self.loop.create_future()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a new connection; a fault may strike it before it has said anything."""
        super().connection_made(transport)
        script = self.faulty.at_accept()
        if script is not None:
            self._struck = True
            # Beside the tasks of the requests, so that the server waits for it when it stops.
            task = self.loop.create_task(self._play_alone(script))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    def data_received(self, data: bytes) -> None:
        """Take what the peer writes; from a struck one it is thrown away."""
        self._spoken.set()
        if not self._struck:
            super().data_received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Let whoever waits for the end of the connection know."""
        super().connection_lost(exc)
        self._spoken.set()
        self._gone.set_result(None)

    def shutdown(self) -> None:
        """Stop with the server: at once, if there is only a fault to play out."""
        self._stopping = True
        if self._struck:
            self.transport.abort()
        else:
            super().shutdown()

    async def _meet(self, scope: Scope, receive: Receive, send: Send) -> None:
        script = await self.faulty.meet(scope, receive, send)
        if script is not None:
            await self._play(script)

    async def _play_alone(self, script: Script) -> None:
        # Reset at once, it could be lost for a peer that is still connecting, which then fails
        # with another error; do="refuse" is for that.
        if script.end == "reset":
            await self._spoken.wait()
        await self._play(script)

    async def _play(self, script: Script) -> None:
        """Play out a script, and return when the connection is lost."""
        self._struck = True
        transport = self.transport
        if self._stopping:
            transport.abort()
        elif script.reads_on:
            transport.resume_reading()
        else:
            transport.pause_reading()
        transport.write(script.data[: script.at_once])
        for byte in script.data[script.at_once :]:
            if await self._gone_within(script.interval):
                break
            transport.write(bytes([byte]))
        if script.end == "stall":
            await self._stall(script.seconds)
        if script.end in ("reset", "refuse"):
            self._reset()
        else:
            await self._close()
        await self._gone_within(None)

    async def _stall(self, seconds: float | None) -> None:
        """Say nothing for so long, or until the peer goes or the faults are cleared."""
        ends = None if seconds is None else self.loop.time() + seconds
        era = self.faulty.era
        while era is self.faulty.era and (ends is None or self.loop.time() < ends):
            if await self._gone_within(_LOOK_SECONDS):
                return
            # asyncio does not notice the end of a connection that it is told not to read.
            if not self.transport.is_reading() and self._has_hung_up():
                self.transport.abort()

    def _reset(self) -> None:
        """Say RST, unless the connection is lost already."""
        if not self._gone.done():
            sock = self.transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_0)
            self.transport.abort()

    def _has_hung_up(self) -> bool:
        """Say whether the peer has closed, as far as the system can tell.

        It cannot, where a full buffer keeps the peer's FIN from arriving.
        """
        if not _HANG_UP:
            return False
        poller = select.poll()
        poller.register(self.transport.get_extra_info("socket").fileno(), _HANG_UP)
        return bool(poller.poll(0))

    async def _close(self) -> None:
        """Say FIN and wait for the peer's.

        Closed at once, with bytes unread, the connection would end in a RST, or in a FIN:
        whichever came first.
        """
        # The peer may have gone meanwhile, and be it that it was killed.
        with contextlib.suppress(OSError):
            if self.transport.can_write_eof():
                self.transport.write_eof()
            else:  # TLS
                self.transport.close()
        self.transport.resume_reading()
        if not await self._gone_within(LINGER_SECONDS):
            self.transport.abort()

    async def _gone_within(self, seconds: float | None) -> bool:
        # Unlike wait_for, it cancels nothing, and says lost when both have happened.
        await asyncio.wait([self._gone], timeout=seconds)
        return self._gone.done()


def wire_of(faulty: Faulty) -> type[asyncio.Protocol]:
    """Return the protocol class whose connections meet these faults."""
    return type("Wire", (Wire,), {"faulty": faulty})
