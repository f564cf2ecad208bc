"""The emulator behind a port: on this machine only, unless told twice."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
import threading
from collections.abc import Generator

import uvicorn
from starlette.types import ASGIApp

from bestsms.emulator.errors import EmulatorError
from bestsms.emulator.settings import is_loopback

_BACKLOG = 2048
_START_SECONDS = _STOP_SECONDS = 10
_GRACE_SECONDS = 1


@contextlib.contextmanager
def serving(
    app: ASGIApp,
    host: str,
    port: int,
    *,
    allow_remote: bool,
    http: type[asyncio.Protocol] | None = None,
) -> Generator[str, None, None]:
    """Serve an app from a daemon thread and yield its URL; stop it cleanly at exit.

    Args:
        app: The app.
        host: Where to listen.
        port: 0 picks a free one.
        allow_remote: Say it a second time when ``host`` is not loopback.
        http: What speaks HTTP instead of uvicorn's own protocol.

    Raises:
        EmulatorError: The host is not loopback, the port is taken, or the server died.
    """
    with listening(host, port, allow_remote=allow_remote) as listener:
        server = server_of(app, http)
        thread = threading.Thread(
            target=server.run_in_thread, args=(listener,), name="bestsms-emulator", daemon=True
        )
        thread.start()
        try:
            # A server that is told to stop while it is still starting may skip its shutdown.
            server.ready.wait(_START_SECONDS)
            if not server.started:
                raise EmulatorError("the server did not start; its log says why")
            yield url_of(listener)
        finally:
            server.should_exit = True
            thread.join(_STOP_SECONDS)


@contextlib.contextmanager
def listening(host: str, port: int, *, allow_remote: bool) -> Generator[socket.socket, None, None]:
    """Open a listening socket, and close it in the end.

    Raises:
        EmulatorError: The host is not loopback and ``allow_remote`` is false, or the
            address cannot be had.
    """
    if not (is_loopback(host) or allow_remote):
        raise EmulatorError(
            f"{host} can be reached from other machines, and the control API has no password;"
            " listen on 127.0.0.1, or say allow_remote=True (--allow-remote) as well"
        )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with contextlib.ExitStack() as stack:
        # The protocol is named so that asyncio recognises TCP and turns Nagle's delay off;
        # without it every answer waits 40 ms for an acknowledgement.
        listener = stack.enter_context(
            socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        )
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except (OSError, OverflowError) as error:
            raise EmulatorError(_why(host, port, error)) from None
        listener.listen(_BACKLOG)
        yield listener


def _why(host: str, port: int, error: Exception) -> str:
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return f"port {port} on {host} is taken; choose another (0 picks a free one)"
    return f"cannot listen on {host} port {port}: {error}"


def url_of(listener: socket.socket) -> str:
    """Return where a socket listens, as a URL without a slash."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class Server(uvicorn.Server):
    """A uvicorn server that says when it has started."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    def run_in_thread(self, listener: socket.socket) -> None:
        """Serve until told to stop; whoever waits for the start is let go in any case."""
        try:
            # A start that fails ends in sys.exit, which means nothing in a thread.
            with contextlib.suppress(SystemExit):
                self.run(sockets=[listener])
        finally:
            self.ready.set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start as uvicorn does, and say so."""
        await super().startup(sockets=sockets)
        self.ready.set()


def server_of(app: ASGIApp, http: type[asyncio.Protocol] | None = None) -> Server:
    """Return a quiet uvicorn server of an app, not yet started."""
    return Server(
        uvicorn.Config(
            app,
            http=http or "h11",
            ws="none",
            loop="asyncio",
            lifespan="on",
            log_level="warning",
            access_log=False,
            date_header=False,  # the emulator's own is in its own time
            log_config=None,  # logging belongs to the process that started us
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
    )
