"""The receiver for code without an event loop: Flask, older Django views, any WSGI."""

from __future__ import annotations

import asyncio
import functools
import os
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import NoReturn, Self, TypedDict, Unpack

import anyio

from bestsms._bridge import Bridged, PortalThread, blocking
from bestsms._retry import Clock
from bestsms.errors import NotSent
from bestsms.webhooks.complaints import Complaints
from bestsms.webhooks.confirming import Client
from bestsms.webhooks.edge import UNAVAILABLE, Answer
from bestsms.webhooks.queue import Handler
from bestsms.webhooks.receiver import Receiver
from bestsms.webhooks.signing import Callback

__all__ = ["BlockingReceiver", "Options"]


class Options(TypedDict, total=False):
    """The arguments of a receiver, by name; what they mean and default to stands there."""

    sender: str | Sequence[str] | None
    api_key: str | Sequence[str] | None
    store: str | os.PathLike[str]
    callback: Callback | None
    client: Client | None
    confirm: bool
    insecure: bool
    max_backlog: int
    handler_timeout: float
    attempts: int
    at_once: int
    clock: Clock | None


class _Maker:
    """Makes a receiver for each process, and shows its secrets to no one, as a partial would."""

    __slots__ = ("_handler", "_options")

    def __init__(self, handler: Handler | None, options: Options) -> None:
        self._handler = handler
        self._options = options

    def __call__(self) -> Receiver:
        return Receiver(self._handler, **self._options)


class BlockingReceiver(Bridged[Receiver]):
    """Receives webhooks for a synchronous framework, whose view hands each request over.

    The checks, the store and the handler are those of :class:`Receiver`. They work on a background
    thread, which is started by the first webhook or by :meth:`start`; after a fork each process
    starts its own, so a receiver may be made before a server forks its workers.

    Example:
        .. code-block:: python

            receiver = webhooks.BlockingReceiver(on_event)

            @app.post("/webhooks/bestsms")
            def bestsms_webhook():
                answer = receiver.receive(
                    method=request.method,
                    body=request.get_data(),
                    headers=request.headers,
                    query=request.query_string,
                )
                return answer.body, answer.status, answer.headers

    Args:
        handler: As for a :class:`Receiver`; a plain function runs in a worker thread.
        options: The keyword arguments of a :class:`Receiver`, without ``path``: a view has one.

    Raises:
        ConfigurationError: Sender or APIKey is missing, or a setting makes no sense.
    """

    def __init__(self, handler: Handler | None = None, **options: Unpack[Options]) -> None:
        self._make = _Maker(handler, options)
        try:
            super().__init__(self._make(), PortalThread())
        finally:
            # Whatever is raised, a traceback with captured locals finds no secret in this frame.
            del options
        self._complaints = Complaints(time.monotonic)
        self._worker: asyncio.Task[None] | None = None
        self._process = os.getpid()
        self._inherited: object = None

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        self._target.__reduce_ex__(protocol)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def start(self) -> None:
        """Let the handler work on what the store holds, before the first webhook comes."""
        self._portal.run(self._begin)

    def close(self) -> None:
        """Stop working and end the thread; what is not done stays in the store.

        Whatever comes later is answered 503, and will come again.
        """
        if self._portal.running:
            self._portal.run(self._end)
        self._portal.stop()

    def receive(
        self, *, method: str, body: bytes, headers: Mapping[str, str], query: str | bytes = ""
    ) -> Answer:
        """Take one webhook and return what to answer; from any thread.

        Args:
            method: The HTTP method.
            body: The whole body. Have the framework refuse more than 256 KB before it is read.
            headers: The request's headers.
            query: The query of its URL, without the question mark.
        """
        call = functools.partial(
            self._receive, method=method, body=body, headers=headers, query=query
        )
        try:
            return self._portal.run(call)
        except NotSent as error:
            self._complaints.warn("no thread takes webhooks, which will come again", str(error))
            return UNAVAILABLE

    counts = blocking(Receiver.counts)
    dead = blocking(Receiver.dead)
    retry = blocking(Receiver.retry)

    async def _receive(
        self, *, method: str, body: bytes, headers: Mapping[str, str], query: str | bytes
    ) -> Answer:
        await self._begin()
        return await self._target.receive(method=method, body=body, headers=headers, query=query)

    async def _begin(self) -> None:
        # Without a pause, and on one thread: no lock is needed, and none is left held by a fork.
        if self._process != os.getpid():
            self._inherited = (self._inherited, self._target)
            self._target, self._worker = self._make(), None
            self._process = os.getpid()
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())

    async def _work(self) -> None:
        async with self._target:
            await anyio.sleep_forever()

    async def _end(self) -> None:
        if self._worker is not None and self._process == os.getpid():
            self._worker.cancel()
            await asyncio.wait([self._worker])
        await self._target.aclose()
