"""Posting webhooks: 10 seconds each, 2xx is success, again every five minutes for 24 hours."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime

import anyio
import httpx
from attrs import frozen

from bestsms.emulator.core.engine import Engine
from bestsms.emulator.core.outbox import RETRY_EVERY
from bestsms.emulator.core.records import Attempt, Callback
from bestsms.emulator.core.store import Store
from bestsms.emulator.webhooks import layouts

TIMEOUT_SECONDS = 10.0
AT_ONCE = 20
"""How many receivers the served emulator waits for at the same time."""

PUMP_SECONDS = 0.05
"""Real seconds between two looks of the served emulator for something to post."""


@frozen
class _Claim:
    """A due webhook in the hands of one worker.

    ``store`` is the one it came from: a reset meanwhile must not see its outcome.
    """

    store: Store
    callback: Callback
    due: datetime


class _Lent(httpx.AsyncBaseTransport):
    """A transport that outlives the clients it is lent to."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._transport.handle_async_request(request)


class Callbacks:
    """Posts what the engine has queued.

    Args:
        engine: Where due callbacks wait and attempts are logged.
        transport: Carries the requests instead of the network; it is never closed here.
    """

    def __init__(self, engine: Engine, transport: httpx.AsyncBaseTransport | None) -> None:
        self._engine = engine
        self._transport = transport
        self._workers = 0

    async def deliver(self) -> int:
        """Post everything that is due by now, one by one in order of time; return how many.

        A receiver that was away for an hour of emulated time gets the POSTs of that hour
        in one go, each with its own ``X-Timestamp``.
        """
        claim = self._claim()
        if claim is None:
            return 0
        async with self._client() as client:
            return await self._work(client, claim)

    async def pump(self) -> None:
        """Post for ever what becomes due; a slow receiver holds up few others."""
        self._workers = 0
        async with self._client() as client, anyio.create_task_group() as tasks:
            while True:
                while self._workers < AT_ONCE and (claim := self._claim()):
                    self._workers += 1
                    tasks.start_soon(self._work_and_go, client, claim)
                await anyio.sleep(PUMP_SECONDS)

    @asynccontextmanager
    async def _client(self) -> AsyncGenerator[httpx.AsyncClient, None]:
        # trust_env off: a proxy of the machine has no business with a local receiver.
        async with httpx.AsyncClient(
            transport=_Lent(self._transport) if self._transport else None,
            timeout=TIMEOUT_SECONDS,
            follow_redirects=False,
            trust_env=False,
        ) as client:
            yield client

    def _claim(self) -> _Claim | None:
        """Take the next due webhook, so that nobody else posts it."""
        with self._engine.lock:
            self._engine.settle()
            store = self._engine.store
            disorder = self._engine.settings.webhook_disorder
            due = store.outgoing.pop_due(self._engine.world.now(), last=disorder)
        return _Claim(store, due[1], due[0]) if due else None

    async def _work_and_go(self, client: httpx.AsyncClient, claim: _Claim) -> None:
        await self._work(client, claim)
        self._workers -= 1

    async def _work(self, client: httpx.AsyncClient, first: _Claim) -> int:
        posts = 0
        claim: _Claim | None = first
        while claim:
            await self._post(client, claim)
            posts += 1
            claim = self._claim()
        return posts

    async def _post(self, client: httpx.AsyncClient, claim: _Claim) -> None:
        callback = claim.callback
        settings = self._engine.settings
        headers = layouts.headers(callback, settings, claim.due)
        body = layouts.body(callback, settings)
        try:
            status, error = await _attempt(client, callback.url, headers, body)
        except anyio.get_cancelled_exc_class():
            # The server stops: whoever serves this emulator next posts it anew.
            claim.store.outgoing.at(claim.due, callback)
            raise
        with self._engine.lock:
            callback.attempts += 1
            claim.store.attempts.append(
                Attempt(
                    url=callback.url,
                    attempt=callback.attempts,
                    time=claim.due,
                    status=status,
                    error=error,
                    headers=headers,
                    body=body.decode(),
                    event=callback.event,
                )
            )
            again = claim.due + RETRY_EVERY
            if not httpx.codes.is_success(status or 0) and again <= callback.give_up:
                claim.store.outgoing.at(again, callback)


async def _attempt(
    client: httpx.AsyncClient, url: str, headers: dict[str, str], body: bytes
) -> tuple[int | None, str]:
    """POST once and return the HTTP code, or None and what went wrong."""
    try:
        # httpx times each read; a receiver that drips bytes is cut off by the whole.
        with anyio.fail_after(TIMEOUT_SECONDS):
            async with client.stream("POST", url, content=body, headers=headers) as answer:
                return answer.status_code, ""
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        # A callback URL is whatever the sender typed; none may bring the poster down.
        return None, f"{type(error).__name__}: {error}"
