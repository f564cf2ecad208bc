"""A run: from a source of recipients to the outcome of each, no faster than both ends allow.

.. code-block:: text

    source <- plan <- workers <- outcomes <- reader

Each pulls from the one before it: a slow reader holds the workers back, and they the source. What
is held in memory is what the workers have in hand.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Generator
from types import TracebackType
from typing import Self

import anyio
import attrs
from anyio.streams.memory import MemoryObjectSendStream

from bestsms._evidence import Verdict
from bestsms.bulk.chunks import Batch
from bestsms.bulk.ending import Ending
from bestsms.bulk.ordering import Order, Ready
from bestsms.bulk.outcomes import ChunkOutcome, Totals
from bestsms.bulk.telling import Told
from bestsms.errors import BestSMSError, CampaignChanged
from bestsms.sending import Sender

__all__ = ["Run"]


class Run:
    """A list on its way to its phones: made by :meth:`bestsms.AsyncClient.send_many`.

    Await it, and all is sent; the result is the totals. Or enter it, and iterate over the outcomes
    as they come: what is not read holds the sending back, and leaving it begins no other chunk,
    waits for those that are under way and writes them down. Such a one may still be tried again, as
    any send, after a 429 and its Retry-After for example: so leaving takes up to the ``deadline``
    of a call, and the ``settle_window``. A cancellation breaks them off, as it does any send; the
    journal keeps that they are ``UNKNOWN``.

    Example:
        .. code-block:: python

            async with client.send_many(rows, message="Hi [[FirstName]]", campaign="july") as run:
                async for outcome in run:
                    for one in outcome.recipients():
                        print(one.recipient, one.verdict)
            print(run.totals.accepted)

    Args:
        sender: The client's.
        order: What is asked for.
        in_threads: Whether the caller's own plain functions and iterators run in threads.
    """

    def __init__(self, sender: Sender, order: Order, *, in_threads: bool) -> None:
        self._begun = False
        self._sender = sender
        self._order = order
        self._resumable = order.campaign is not None
        self._in_threads = in_threads
        self._told = Told(order.report, order.on_progress, in_threads=in_threads)
        self._ending = Ending(sender.transport.clock)
        self._cleanup = contextlib.AsyncExitStack()
        # Other tasks have their turn while the source is read, and while a request is under way.
        self._pulling = anyio.Lock(fast_acquire=True)

    def __del__(self, warn: Callable[..., None] = warnings.warn) -> None:
        # As of a coroutine: a forgotten await would leave everybody without a text, in silence.
        if not self._begun:
            warn("send_many was never begun; nothing was sent", RuntimeWarning, source=self)

    def __repr__(self) -> str:
        return f"<Run {self.totals}>"

    @property
    def totals(self) -> Totals:
        """How many of what, so far: it changes as the run goes on."""
        return self._told.totals

    def __await__(self) -> Generator[object, None, Totals]:
        """Send all of it.

        Raises:
            RunStopped: It gave up before its list was through.
        """
        return self._whole().__await__()

    async def _whole(self) -> Totals:
        async with self:
            async for _ in self:
                pass
        return self.totals

    async def __aenter__(self) -> Self:
        """Begin; whatever is wrong with all of it is said now.

        Raises:
            InvalidRequest: An argument is refused.
            CampaignChanged: The campaign was begun in another way.
            ConfigurationError: The journal can't be read.
            OSError: A file to attach can't be read, or the report can't be written.
        """
        if self._begun:
            raise RuntimeError("A run is begun once; call send_many again.")
        self._begun = True
        ready = await self._order.ready(self._sender, self._ending, in_threads=self._in_threads)
        await self._told.begin()
        self._cleanup.push_async_callback(self._told.aclose)
        self._cleanup.push_async_callback(ready.plan.aclose)
        # No room between them: a worker goes on when its outcome was read.
        out, self._outcomes = anyio.create_memory_object_stream[ChunkOutcome](0)
        self._tasks = anyio.create_task_group()
        await self._tasks.__aenter__()
        with out:
            for _ in range(ready.workers):
                self._tasks.start_soon(self._work, ready, out.clone())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._ending.begin()
        self._outcomes.close()
        try:
            # Of what went wrong at the reader's a task group knows only to cancel all others.
            if isinstance(error, anyio.get_cancelled_exc_class()):
                await self._tasks.__aexit__(kind, error, traceback)
            else:
                await self._tasks.__aexit__(None, None, None)
        finally:
            with anyio.CancelScope(shield=True):
                await self._cleanup.aclose()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> ChunkOutcome:
        """Return the next outcome, as it comes.

        Raises:
            RunStopped: The run gave up, or something was raised after a request was made, and is
                its ``__cause__``; whatever was under way was returned before.
            CampaignChanged: The campaign is not what it was in an earlier run.
            NotSent: Whether it was sent before could not be asked.
            Exception: What the source, the report or ``on_progress`` raised. What is none, such as
                ``SystemExit``, is raised as it is, also after a request was made.
        """
        if not self._begun:
            raise RuntimeError("Iterate inside of async with, or await the run.")
        through = False
        try:
            return await self._outcomes.receive()
        except anyio.EndOfStream:
            through = True
        except anyio.ClosedResourceError:
            pass  # It was left.
        self._ending.raise_failure(self.totals, resumable=self._resumable)
        if through:
            await self._told.finish()
        raise StopAsyncIteration

    async def _work(self, ready: Ready, out: MemoryObjectSendStream[ChunkOutcome]) -> None:
        async with out:
            with self._ending.carries():
                while (outcome := await self._next(ready)) is not None:
                    await self._tell(outcome)
                    with contextlib.suppress(anyio.BrokenResourceError):  # Nobody reads any more.
                        await out.send(outcome)

    async def _tell(self, outcome: ChunkOutcome) -> None:
        # An error of the report's, or of on_progress, costs no outcome.
        with self._ending.carries():
            await self._told.tell(outcome)

    async def _next(self, ready: Ready) -> ChunkOutcome | None:
        """Take the next chunk to its outcome; ``None``: there is none."""
        courier = ready.courier
        async with courier.pace.slot() as slot:
            async with self._pulling:
                batch: Batch | None = None
                if not self._ending.begun:
                    with self._ending.breaks():
                        batch = await anext(ready.plan, None)
                if batch is None:
                    return None
                if batch.chunk is None:
                    return _outcome(batch, Verdict.NOT_SENT)
                try:
                    known = await courier.history.recall(batch.chunk)
                except BestSMSError as error:
                    return self._failed(batch, error)
            try:
                outcome = await courier.carry(batch.chunk, known, slot)
            except BestSMSError as error:
                return self._failed(batch, error)
            return attrs.evolve(outcome, skipped=batch.skipped) if batch.skipped else outcome

    def _failed(self, batch: Batch, error: BestSMSError) -> ChunkOutcome:
        """End the run with an error that shows at a chunk and concerns all."""
        self._ending.begin(error)
        if isinstance(error, CampaignChanged):
            # An earlier run may have sent to these rows, so nobody may read that it was not sent.
            batch = Batch(None, batch.skipped)
        return _outcome(batch, error.verdict or Verdict.NOT_SENT, error)


def _outcome(batch: Batch, verdict: Verdict, error: BestSMSError | None = None) -> ChunkOutcome:
    return ChunkOutcome(chunk=batch.chunk, verdict=verdict, skipped=batch.skipped, error=error)
