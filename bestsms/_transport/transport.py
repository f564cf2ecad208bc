"""A call over HTTP: attempts, pauses, one total deadline, and the reading of the answer."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from httpx import AsyncBaseTransport

from bestsms import _failures as failures, _retry
from bestsms._answers import after_doubt, decipher
from bestsms._evidence import Obstacle
from bestsms._protocol import Operation, Request, Response, build
from bestsms._retry import Clock, Deadline, Quota
from bestsms._settings import Settings
from bestsms._transport import lanes
from bestsms._transport.closing import closed
from bestsms._transport.conflicts import already_so, is_conflict
from bestsms._transport.loops import PerLoop
from bestsms._transport.tracing import Recorder, Trail
from bestsms._wire.model import Model
from bestsms._wire.privacy import masked
from bestsms.errors import BestSMSError, ConfigurationError, DeadlineExceeded, NotSentInTime

if TYPE_CHECKING:
    from bestsms._transport.exchange import Engine

__all__ = ["Transport"]

AnswerT = TypeVar("AnswerT", bound=Model)

_log = logging.getLogger("bestsms")


class Transport:
    """Carries the calls of one client, in whichever event loop they are made.

    Args:
        settings: Where to, with which token, within which time.
        http: A transport of the caller's own (a proxy, a mock); our own connections if not given.
        clock: Time and chance.
    """

    __slots__ = (
        "_closed",
        "_context",
        "_engines",
        "_http",
        "_quiet_until",
        "_quota",
        "clock",
        "settings",
    )

    def __init__(
        self,
        settings: Settings,
        *,
        http: AsyncBaseTransport | None = None,
        clock: Clock | None = None,
    ) -> None:
        if http is not None and not isinstance(http, AsyncBaseTransport):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ConfigurationError(
                f"transport: an httpx.AsyncBaseTransport is needed, not {type(http).__name__}."
            )
        self.settings = settings
        self.clock = clock or Clock()
        self._http = http
        self._context = lanes.context_for(settings.base_url, own=http is None)
        self._engines = PerLoop(self._engine, lambda engine: engine.aclose())
        self._quota = Quota()
        self._quiet_until = self.clock.monotonic()
        self._closed = False

    async def aclose(self) -> None:
        """Close every connection; calls under way end, and no other begins."""
        self._closed = True
        await self._engines.aclose()

    async def call(
        self,
        operation: Operation[AnswerT],
        *,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, object] | None = None,
        body: Model | None = None,
    ) -> AnswerT:
        """Make one documented call, tried again where that does no harm.

        Raises:
            BestSMSError: One of the tree in :mod:`bestsms.errors`.
        """
        request = self.request(operation, path=path, query=query, body=body)
        trail = Trail()
        if not request.changes:
            return await self.carry(request, trail)
        with failures.said_when_broken_off(request, lambda: trail.verdict):
            return await self.carry(request, trail)

    def request(
        self,
        operation: Operation[AnswerT],
        *,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, object] | None = None,
        body: Model | None = None,
    ) -> Request[AnswerT]:
        """Build the request of a call, in the version of its area.

        Raises:
            InvalidRequest: See :func:`bestsms._protocol.build`.
        """
        version = self.settings.versions[operation.area]
        return build(
            operation,
            version,
            path=path or {},
            query=query or {},
            body=body,
            wire_format=self.settings.wire_format,
        )

    async def carry(
        self,
        request: Request[AnswerT],
        trail: Trail,
        *,
        ends: float | None = None,
        attempts: int = _retry.ATTEMPTS,
    ) -> AnswerT:
        """Take a request to its answer; the same bytes in every attempt.

        Args:
            request: What to send.
            trail: Takes down what happens, also where this is broken off.
            ends: When the time for it is over, on the monotonic clock; the deadline if not given.
            attempts: The most attempts.

        Raises:
            BestSMSError: One of the tree; it carries the attempts.
        """
        if ends is None:
            ends = self.clock.monotonic() + self.settings.deadline
        deadline = Deadline.at(ends, self.clock)
        try:
            return await self._carry(request, trail, deadline, attempts)
        except BestSMSError as error:
            error.attempts = tuple(trail.attempts)
            error.body_sha256 = request.body_sha256()
            raise
        except BaseException as broken:
            trail.end(broken)
            raise

    async def _carry(
        self, request: Request[AnswerT], trail: Trail, deadline: Deadline, attempts: int
    ) -> AnswerT:
        spent = 0
        while True:
            doubtful = trail.doubtful
            try:
                answer = await self._attempt(request, trail, deadline)
            except BestSMSError as error:
                price, seconds = self._before_the_next(request, error, trail, deadline, attempts)
                if seconds is None:
                    return await self._last_word(request, error, deadline, doubtful=doubtful)
                _log.debug("%s: %s, again in %.1f s", request, type(error).__name__, seconds)
            else:
                self._quota.refund(spent)
                return answer
            spent += price
            await self.clock.sleep(seconds)

    async def _last_word(
        self, request: Request[AnswerT], error: BestSMSError, deadline: Deadline, *, doubtful: bool
    ) -> AnswerT:
        """Raise the error that ends a call, unless what it asked for is so already."""
        if is_conflict(request, error):
            answer = await already_so(
                request, lambda state: self.carry(state, Trail(), ends=deadline.ends, attempts=1)
            )
            if answer is not None:
                return answer
        if doubtful:
            return after_doubt(request, error)
        raise error

    def _before_the_next(
        self,
        request: Request[Any],
        error: BestSMSError,
        trail: Trail,
        deadline: Deadline,
        attempts: int,
    ) -> tuple[int, float | None]:
        """Return what the next attempt costs and the seconds before it; ``None``: there is none."""
        made = len(trail.attempts)
        if error.retry_after is not None and error.retry_after <= _retry.MAX_RETRY_AFTER:
            # Who asks one call to wait means all of them.
            now = self.clock.monotonic()
            self._quiet_until = max(self._quiet_until, now + error.retry_after)
        if made >= attempts or not _retry.worth_retrying(request.operation.safety, error, made):
            return 0, None
        seconds = _retry.pause(error, made, self.clock)
        if seconds is None or seconds >= deadline.left(self.clock):
            return 0, None
        price = self._quota.spend(timed_out="Timeout" in (trail.attempts[-1].error or ""))
        if not price:
            error.add_note("Not tried again: this client's retries are used up for now.")
            return 0, None
        return price, seconds

    async def _attempt(
        self, request: Request[AnswerT], trail: Trail, deadline: Deadline
    ) -> AnswerT:
        recorder = trail.begin(self.clock.monotonic())
        try:
            response = await self._exchange(request, recorder, deadline)
            trail.date = response.headers.get("date", "")
            answer = self._read(request, response)
        except BestSMSError as error:
            trail.end(error)
            raise
        trail.end()
        return answer

    def _read(self, request: Request[AnswerT], response: Response) -> AnswerT:
        _log.debug("%s: HTTP %d", request, response.status)
        try:
            answer = decipher(request, response)
        except BestSMSError as error:
            error.retry_after = _retry.read_retry_after(response.headers, self.clock)
            raise
        kind = response.headers.get("content-type", "")
        asked = self.settings.wire_format
        if response.body and asked not in kind.lower():
            came = masked(kind, limit=80) or "nothing"
            _log.warning("%s: %s was asked for; the answer is %s", request, asked.upper(), came)
        return answer

    async def _exchange(
        self, request: Request[Any], recorder: Recorder, deadline: Deadline
    ) -> Response:
        self.refuse_if_closed(request)
        if self._quiet_until > self.clock.monotonic():
            await self._wait_while_quiet(request, deadline)
        engine = self._engines.at_hand() or await self._engines.here()
        if not await engine.enter():
            try:
                await engine.turn(deadline.left(self.clock))
            except TimeoutError:
                raise self._out_of_time(request, recorder) from None
        try:
            # A pause may have been asked for while this one waited for its turn.
            if self._quiet_until > self.clock.monotonic():
                await self._wait_while_quiet(request, deadline)
            left = deadline.left(self.clock)
            response = await engine.exchange(request, recorder, left) if left > 0 else None
        finally:
            engine.gate.release()
        if response is None:
            raise self._out_of_time(request, recorder)
        return response

    def _out_of_time(self, request: Request[Any], recorder: Recorder) -> DeadlineExceeded:
        return failures.out_of_time(request, self.settings.deadline, left=recorder.may_have_left)

    async def _wait_while_quiet(self, request: Request[Any], deadline: Deadline) -> None:
        seconds = self._quiet_until - self.clock.monotonic()
        # Not all at the same moment, once it is over.
        seconds += self.clock.random() * _retry.FIRST_PAUSE
        if seconds >= deadline.left(self.clock):
            raise failures.not_sent(
                request,
                f"the provider asked for a pause of {seconds:.0f} s more, "
                f"which ends after the deadline of {self.settings.deadline:g} s",
                Obstacle.TIMEOUT,
                NotSentInTime,
            )
        await self.clock.sleep(seconds)

    def refuse_if_closed(self, request: Request[Any]) -> None:
        """Refuse a call of a client that was closed.

        Raises:
            NotSent: It was. Verdict ``NOT_SENT``.
        """
        if self._closed:
            raise closed(request)

    def _engine(self) -> Engine:
        # Not with the package: it takes time to load, and not every script sends.
        from bestsms._transport.exchange import Engine  # noqa: PLC0415

        return Engine(self.settings, self._http, self._context, self.clock)
