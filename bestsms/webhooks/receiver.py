"""The receiver of webhooks, an ASGI app: check, keep, answer; then let the handler work.

An event is on the disk before it is answered, and the handler works from there: it may be slow,
fail, or die with its process, and the provider never notices (FAULTS 3).
"""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import AsyncGenerator, Mapping, Sequence
from types import TracebackType
from typing import NoReturn, Self, cast

import anyio
import anyio.abc

from bestsms._retry import Clock
from bestsms.errors import ConfigurationError, StoreError
from bestsms.webhooks import asgi
from bestsms.webhooks.complaints import Complaints
from bestsms.webhooks.confirming import Client, Confirmation
from bestsms.webhooks.edge import FAILED, KEPT, NOT_FOUND, UNAVAILABLE, Answer, Edge, secrets_of
from bestsms.webhooks.events import Event, ReplyEvent
from bestsms.webhooks.queue import DeadLetter, Handler, Queue
from bestsms.webhooks.signing import Callback

__all__ = ["Receiver"]

_log = logging.getLogger("bestsms.webhooks")


class Receiver:
    """Receives webhooks: an ASGI app to route to, and a context in which its handler works.

    Each event is authenticated, written to the store, answered with 200, and then given to the
    handler; one that comes again is answered and not given again. The handler is called at least
    once for each event, and again only where it raised or its process died in the middle:
    ``event.key`` tells such a second call.

    Example:
        .. code-block:: python

            async def on_event(event: webhooks.Event) -> None:
                print(event)

            receiver = webhooks.Receiver(on_event, path="/webhooks/bestsms")
            # uvicorn module:receiver, or a route of an app whose lifespan has
            # ``async with receiver:``

    Args:
        handler: Called with each event: a coroutine function, or a plain one, which runs in a
            worker thread. The statuses of one number of a message come one at a time, in order;
            replies come as they may. Without a handler, events are received and kept for a
            receiver in another process, and never worked on here.
        sender: The Sender of your webhooks, or several while it is changed; by default the
            environment's ``BESTSMS_WEBHOOK_SENDER``.
        api_key: Their APIKey, likewise; ``BESTSMS_WEBHOOK_API_KEY``.
        store: A SQLite file, or the ``postgresql://`` URL of a database for several machines.
        callback: The signed callback URL; a webhook without a token of its own is refused then.
        client: The client whose waits, replies and inbox an event wakes.
        confirm: Believe that a message is over only when the client's report says so too, and with
            the same end; an event that is not confirmed is tried again, and becomes a dead letter
            in the end.
        insecure: Take any Sender and APIKey: for development, on a loopback address.
        path: Where it answers, below the path it is mounted at; anything else is 404.
        max_backlog: The most events that may wait for the handler; more are answered 503.
        handler_timeout: Seconds for one call of the handler.
        attempts: How often an event is given to a handler that raises.
        at_once: The most calls of the handler at the same time.
        clock: Time and chance, for tests.

    Raises:
        ConfigurationError: Sender or APIKey is missing, or a setting makes no sense.
    """

    def __init__(
        self,
        handler: Handler | None = None,
        *,
        sender: str | Sequence[str] | None = None,
        api_key: str | Sequence[str] | None = None,
        store: str | os.PathLike[str] = "webhooks.sqlite",
        callback: Callback | None = None,
        client: Client | None = None,
        confirm: bool = False,
        insecure: bool = False,
        path: str = "/",
        max_backlog: int = 10_000,
        handler_timeout: float = 30.0,
        attempts: int = 8,
        at_once: int = 8,
        clock: Clock | None = None,
    ) -> None:
        if confirm and client is None:
            raise ConfigurationError("confirm: a client is needed to ask for the report.")
        if not path.startswith("/"):
            raise ConfigurationError("path: a path such as '/webhooks/bestsms' is needed.")
        self._clock = clock or Clock()
        self._complaints = Complaints(self._clock.monotonic)
        try:
            self._edge = Edge(
                () if insecure else secrets_of("sender", sender),
                () if insecure else secrets_of("api_key", api_key),
                callback,
                self._complaints,
                insecure=insecure,
            )
        finally:
            # Whatever is raised, a traceback with captured locals finds no secret in this frame.
            del sender, api_key
        self._path = path.removesuffix("/")
        self._client = client
        self._confirmation = Confirmation(client) if client is not None and confirm else None
        self._has_handler = handler is not None
        self._tasks: anyio.abc.TaskGroup | None = None
        self._warned = False
        self._unanswered: dict[str, anyio.Event] = {}
        self._queue = Queue(
            store,
            handler=handler,
            handler_timeout=handler_timeout,
            attempts=attempts,
            max_backlog=max_backlog,
            at_once=at_once,
            clock=self._clock,
            before=self._before,
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("A Receiver holds secrets and a store: it is not copied or pickled.")

    async def __aenter__(self) -> Self:
        if self._tasks is not None:
            raise ConfigurationError(
                "This receiver works already: one lifespan or `async with` a process is enough."
            )
        self._tasks = await anyio.create_task_group().__aenter__()
        if self._has_handler:
            self._tasks.start_soon(self._queue.run)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        tasks, self._tasks = cast(anyio.abc.TaskGroup, self._tasks), None
        tasks.cancel_scope.cancel()
        try:
            # Not told of the error, which it would wrap: it leaves the block as it is.
            await tasks.__aexit__(None, None, None)
        finally:
            await self.aclose()

    async def aclose(self) -> None:
        """Close the store; only what was never entered with ``async with`` needs it."""
        await self._queue.aclose()

    async def __call__(self, scope: asgi.Scope, receive: asgi.Receive, send: asgi.Send) -> None:
        """Serve one connection, as ASGI has it."""
        if scope["type"] == "http":
            await self._serve(scope, receive, send)
        elif scope["type"] == "lifespan":
            await asgi.live(self, receive, send)
        else:
            await send({"type": "websocket.close"})

    async def receive(
        self, *, method: str, body: bytes, headers: Mapping[str, str], query: str | bytes = ""
    ) -> Answer:
        """Take one webhook from a framework that is not ASGI, and return what to answer.

        Args:
            method: The HTTP method.
            body: The whole body, of at most 256 KB.
            headers: The request's headers.
            query: The query of its URL, without the question mark.
        """
        lowered = {name.lower(): value for name, value in headers.items()}
        refused = self._edge.refuse(method, lowered)
        if refused is not None:
            return refused
        async with self._taking(body, lowered, query) as answer:
            return answer

    async def counts(self) -> Mapping[str, int]:
        """Return how many events are pending, running, done, superseded and dead.

        Raises:
            StoreError: The store can't be read.
        """
        return await self._queue.counts()

    async def dead(self) -> list[DeadLetter]:
        """Return the events that the handler has failed on for good, a thousand at most.

        Raises:
            StoreError: The store can't be read.
        """
        return await self._queue.dead()

    async def retry(self, key: str) -> bool:
        """Give a dead letter to the handler again; say whether it will be called with it.

        Args:
            key: The event's key.

        Raises:
            StoreError: The store can't be written.
        """
        return await self._queue.retry(key)

    async def _serve(self, scope: asgi.Scope, receive: asgi.Receive, send: asgi.Send) -> None:
        headers = asgi.headers_of(scope)
        mine = asgi.own_path(scope) == self._path
        refused = self._edge.refuse(scope["method"], headers) if mine else NOT_FOUND
        if refused is not None:
            await asgi.respond(scope, send, refused, close=True)
            return
        body = await asgi.read(receive, self._clock)
        if isinstance(body, Answer):
            self._complaints.warn("refused a webhook that was too large or too slow")
            await asgi.respond(scope, send, body, close=True)
            return
        if body is None:
            return
        async with self._taking(body, headers, scope.get("query_string", b"")) as answer:
            await asgi.respond(scope, send, answer)

    @contextlib.asynccontextmanager
    async def _taking(
        self, body: bytes, headers: Mapping[str, str], query: str | bytes
    ) -> AsyncGenerator[Answer, None]:
        """Keep an event and yield what to answer; its handler waits for the end of the block."""
        try:
            found = self._edge.judge(body, headers, query)
            key = found.key if isinstance(found, Event) else ""
        except Exception as error:  # noqa: BLE001 - its text may hold anything of the event
            self._complaints.fault(error)
            found, key = FAILED, ""
        if isinstance(found, Answer):
            yield found
            return
        answered = self._unanswered.setdefault(key, anyio.Event())
        try:
            yield await self._keep(found)
        finally:
            self._unanswered.pop(key, None)
            answered.set()

    async def _keep(self, event: Event) -> Answer:
        try:
            await self._queue.put(event)
        except StoreError as error:
            self._complaints.warn("can't keep a webhook, which will come again", str(error))
            return UNAVAILABLE
        if self._client is not None:
            self._client.wake(event.message_id, reply=isinstance(event, ReplyEvent))
        if self._has_handler and self._tasks is None and not self._warned:
            self._warned = True
            _log.warning(
                "a webhook was kept, and no handler works in this process: use "
                "`async with receiver:` in the app's lifespan, here or in another process"
            )
        return KEPT

    async def _before(self, event: Event) -> None:
        answered = self._unanswered.get(event.key)
        if answered is not None:
            await answered.wait()
        if self._confirmation is not None:
            await self._confirmation(event)
