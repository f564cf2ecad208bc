"""The emulator as a test holds it: one app, and shorthand for the control API."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Unpack

import anyio
import httpx
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route, Router

from bestsms.emulator import control, server, views
from bestsms.emulator.clock import Clock
from bestsms.emulator.core.engine import Engine
from bestsms.emulator.errors import EmulatorError
from bestsms.emulator.faults.fault import Fault
from bestsms.emulator.faults.faulty import CONTROL, Faulty
from bestsms.emulator.faults.wire import wire_of
from bestsms.emulator.in_process import InProcess
from bestsms.emulator.rest import answers
from bestsms.emulator.rest.app import Api
from bestsms.emulator.rest.dates import Dated
from bestsms.emulator.settings import Changes, Settings
from bestsms.emulator.webhooks.callbacks import Callbacks


class Emulator:
    """A local BestSMS account, in this process or behind a port.

    Args:
        token: The one good ``Authorization: Basic`` token; None takes any that is not empty.
        clock: The time it lives in; by default the wall clock.
        callback_transport: Carries webhooks instead of the network.
        settings: The switches of ``Settings``, by name.

    Raises:
        EmulatorError: A setting is unknown or has an impossible value, or the token is
            one that no header could carry.

    Every method may be called from any thread, while it is served or not.
    """

    def __init__(
        self,
        *,
        token: str | None = None,
        clock: Clock | None = None,
        callback_transport: httpx.AsyncBaseTransport | None = None,
        **settings: Unpack[Changes],
    ) -> None:
        if token is not None and (not token or token != token.strip()):
            raise EmulatorError("a token is neither empty nor has spaces around it")
        self._engine = Engine(Settings().changed(dict(settings)), clock or Clock())
        self._url: str | None = None
        self._callbacks = Callbacks(self._engine, callback_transport)
        api = Api(self._engine, token)
        self.app = Starlette(
            routes=[
                Mount(CONTROL, Router(control.routes(self._engine), redirect_slashes=False)),
                Route("/{path:path}", api),
            ],
            middleware=[Middleware(Dated, clock=self._engine.world.clock)],
            exception_handlers={HTTPException: _no_route},
            lifespan=self._lifespan,
        )
        self._faulty = Faulty(self.app, self._engine, api.carry_out)

    @contextmanager
    def serve(
        self, host: str = "127.0.0.1", port: int = 0, *, allow_remote: bool = False
    ) -> Generator[str, None, None]:
        """Serve over HTTP from a daemon thread and yield the base URL, without a slash.

        Webhooks are posted by themselves while this lasts.

        Args:
            host: Where to listen.
            port: 0 picks a free one.
            allow_remote: Say it a second time when ``host`` is not loopback.

        Raises:
            EmulatorError: The host is not loopback, or the port is taken.
        """
        with server.serving(
            self.app, host, port, allow_remote=allow_remote, http=self.protocol
        ) as url:
            self._url = url
            try:
                yield url
            finally:
                self._url = None

    def transport(self) -> httpx.AsyncBaseTransport:
        """Return a transport for ``httpx.AsyncClient`` or ``bestsms.AsyncClient``: no socket.

        Faults raise what httpx would raise over a socket, and the ``trace`` extension is
        told the same. Stalls and drips sleep by anyio, so a test's own clock may move them.
        """
        return InProcess(self._faulty)

    @property
    def protocol(self) -> type[asyncio.Protocol]:
        """What faults need below HTTP: ``uvicorn.Config(emulator.app, http=emulator.protocol)``.

        ``serve`` does so by itself; this is for a uvicorn of one's own, such as one with TLS.
        """
        return wire_of(self._faulty)

    @property
    def url(self) -> str:
        """The base URL while it is served.

        Raises:
            EmulatorError: It is not served.
        """
        if self._url is None:
            raise EmulatorError("this emulator is not served; use: with emulator.serve() as url")
        return self._url

    def state(self) -> dict[str, Any]:
        """Return everything at a glance."""
        with self._engine.lock:
            self._engine.settle()
            return views.state(self._engine)

    def reset(self) -> None:
        """Go back to how it started: no data, no faults, the first settings, the first time."""
        with self._engine.lock:
            self._engine.reset()

    def advance(self, seconds: float) -> None:
        """Move the clock; deliveries, delayed jobs and webhooks up to then become due.

        Raises:
            EmulatorError: The step is negative, not finite or too large.
        """
        with self._engine.lock:
            self._engine.advance(seconds)

    async def deliver_callbacks(self) -> int:
        """POST every webhook that is due now, retries included; return how many POSTs.

        For in-process use. A served emulator does it by itself.
        """
        return await self._callbacks.deliver()

    def reply(self, from_: str, message: str, *, unmatched: bool = False) -> dict[str, Any]:
        """Let a phone send a message and return what was received.

        Args:
            from_: The phone's number.
            message: The text; STOP and START words are heeded.
            unmatched: Treat it as an SMSInbound whatever was sent before (T89).

        Raises:
            EmulatorError: ``from_`` is no telephone number.
        """
        with self._engine.lock:
            self._engine.settle()
            return views.received(self._engine.receive(from_, message, unmatched=unmatched))

    def update(self, message_id: str, event: str) -> None:
        """Tell by webhook that something happened to a delivered message (``UPDATED``, T93).

        Args:
            message_id: The message; its most recent job is meant.
            event: What happened, such as ``Link clicked``; it becomes the ``Result``.

        Raises:
            EmulatorError: There is no such message, or the event is no text.
        """
        with self._engine.lock:
            self._engine.settle()
            self._engine.update(message_id, event)

    def set_destination(
        self,
        destination: str,
        *,
        result: str = "delivered",
        delivery_seconds: float | None = None,
        visibility_seconds: float | None = None,
        reply: str | None = None,
    ) -> None:
        """Lay down what becomes of messages to a number; it wins over the magic numbers.

        Args:
            destination: The number.
            result: A name from ``outcomes`` (delivered, failed, blacklisted, credit_hold,
                pending, …) or a documented ``Result`` text. A final result also sets free
                what waits for this number.
            delivery_seconds: How long a delivery to it takes, instead of the setting.
            visibility_seconds: How long reports do not know its messages (U3).
            reply: What the phone answers to every message that reaches it.

        Raises:
            EmulatorError: The number, the result or the seconds make no sense.
        """
        rule = control.make_rule(result, delivery_seconds, visibility_seconds, reply)
        with self._engine.lock:
            self._engine.settle()
            self._engine.set_destination(destination, rule)

    def inject(self, fault: Fault) -> int:
        """Put a fault in force, behind those that are, and return its id.

        It strikes calls of ``transport()`` and of a served emulator, never the control API.
        """
        with self._engine.lock:
            return self._engine.store.faults.lay(fault).number

    def faults(self) -> list[dict[str, Any]]:
        """Return the faults in force: ``id``, fields, how many calls they ``met``, ``struck``."""
        with self._engine.lock:
            return views.faults(self._engine)

    def clear_faults(self) -> None:
        """Take every fault away; what is struck already meets its fate, and late is late."""
        with self._engine.lock:
            self._engine.store.faults.clear()

    def ledger(self) -> list[dict[str, Any]]:
        """Return every accepted MessageID with the number of sends accepted under it."""
        with self._engine.lock:
            self._engine.settle()
            return views.ledger(self._engine)

    def callbacks(self) -> list[dict[str, Any]]:
        """Return every webhook POST so far, oldest first."""
        with self._engine.lock:
            return views.callbacks(self._engine)

    def settings(self) -> dict[str, Any]:
        """Return the switches by name."""
        with self._engine.lock:
            return self._engine.settings.as_dict()

    def change_settings(self, **changes: Unpack[Changes]) -> None:
        """Change some switches, all or none.

        Raises:
            EmulatorError: A name or a value is unknown.
        """
        with self._engine.lock:
            self._engine.change_settings(dict(changes))

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncGenerator[None, None]:
        """Post webhooks while the app is served; ``httpx.ASGITransport`` never gets here."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._callbacks.pump)
            yield
            tasks.cancel_scope.cancel()


async def _no_route(_: Request, error: Exception) -> Response:
    """Answer for control calls that do not exist, or not with that method."""
    known = error if isinstance(error, HTTPException) else HTTPException(404)
    return answers.render({"error": known.detail}, known.status_code, dict(known.headers or {}))
