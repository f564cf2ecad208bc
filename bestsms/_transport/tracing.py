"""How far an attempt came, by the connection's own word, and what that proves.

httpcore reports each step of an exchange to the ``trace`` extension of its request. Only an error
of the connect phase together with a trace in which no request was begun proves that nothing left;
any disagreement, and a transport that reports nothing, leaves the outcome open (FAULTS 2.1).
"""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final, cast

import anyio
import httpx

from bestsms._evidence import Attempt, Obstacle, Phase, Verdict
from bestsms._retry import http_date
from bestsms.errors import BestSMSError

__all__ = ["Recorder", "Trail", "causes", "obstacle"]

_REQUEST_BEGINS: Final = "send_request_headers.started"
_HANDSHAKE: Final = "start_tls.started"
_PHASES: Final = {
    "connect_tcp.started": Phase.CONNECTING,
    "connect_unix_socket.started": Phase.CONNECTING,
    _REQUEST_BEGINS: Phase.SENDING,
    "send_request_body.complete": Phase.SENT,
    "receive_response_headers.complete": Phase.RECEIVING,
}
_BEFORE_THE_REQUEST: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.InvalidURL,
    httpx.LocalProtocolError,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
# The first that is among an error and its causes.
_OBSTACLES: Final[Mapping[type[Exception], Obstacle]] = {
    httpx.InvalidURL: Obstacle.INVALID,
    httpx.LocalProtocolError: Obstacle.INVALID,
    httpx.UnsupportedProtocol: Obstacle.INVALID,
    httpx.PoolTimeout: Obstacle.POOL,
    httpx.ProxyError: Obstacle.PROXY,
    ssl.SSLCertVerificationError: Obstacle.CERTIFICATE,
    socket.gaierror: Obstacle.DNS,
    ConnectionRefusedError: Obstacle.REFUSED,
}


class Recorder:
    """Listens to one attempt: the async callable that goes into its ``trace`` extension.

    Args:
        started: When the attempt began, in seconds of the monotonic clock.
    """

    __slots__ = (
        "_bare",
        "_begun",
        "_tunnelling",
        "entered",
        "handshaking",
        "phase",
        "reports",
        "started",
        "status",
    )

    def __init__(self, started: float) -> None:
        self.started = started
        self.phase = Phase.WAITING
        self.status: int | None = None
        self.entered = False
        """Whether the request was handed to the transport."""
        self.reports = False
        """Whether the transport is known to report, or has reported, what it does."""
        self.handshaking = False
        """Whether the TLS handshake was begun."""
        self._begun = False
        self._tunnelling = False
        self._bare: object = None

    async def __call__(self, name: str, info: Mapping[str, object]) -> None:
        """Take one report of httpcore's."""
        self.reports = True
        step = name.partition(".")[2]
        if step == "connect_tcp.complete":
            self._bare = info.get("return_value")
        elif step == "start_tls.complete":
            self._bare = None
        if step == _REQUEST_BEGINS:
            # A CONNECT asks a proxy for a tunnel: nothing of the call is in it.
            self._tunnelling = getattr(info.get("request"), "method", None) == b"CONNECT"
        if not self._tunnelling or step == _HANDSHAKE:
            self.step(step)

    def step(self, step: str) -> None:
        """Take one step of the connection, named as httpcore names it."""
        if step == _HANDSHAKE:
            self.handshaking = True
        self._begun = self._begun or step.startswith("send_request")
        self.phase = _PHASES.get(step, self.phase)

    @property
    def may_have_left(self) -> bool:
        """Whether any byte of the request may have reached the provider."""
        return self._begun or (self.entered and not self.reports)

    async def release(self) -> None:
        """Close a connection that was cancelled in its handshake, which httpcore leaves open."""
        bare, self._bare = self._bare, None
        if self.handshaking and bare is not None:
            with contextlib.suppress(Exception), anyio.CancelScope(shield=True):
                await cast("Any", bare).aclose()

    def ended(self, error: str | None) -> Attempt:
        """Return the attempt as it ended."""
        return Attempt(self.started, self.phase, self.status, error)


class Trail:
    """What happened to one call so far, over all its attempts.

    Attributes:
        attempts: The attempts that ended.
        doubtful: Whether one that ended may have been carried out.
        date: What the provider's last answer gave as its date.
    """

    __slots__ = ("_under_way", "attempts", "date", "doubtful")

    def __init__(self) -> None:
        self.attempts: list[Attempt] = []
        self.doubtful = False
        self.date = ""
        self._under_way: Recorder | None = None

    def begin(self, now: float) -> Recorder:
        """Begin an attempt."""
        self._under_way = Recorder(now)
        return self._under_way

    def end(self, error: BaseException | None = None) -> None:
        """End the attempt under way, if there is one."""
        recorder, self._under_way = self._under_way, None
        if recorder is None:
            return
        reason = (error.__cause__ or error) if error is not None else None
        self.attempts.append(recorder.ended(type(reason).__name__ if reason else None))
        if isinstance(error, BestSMSError):
            self.doubtful = self.doubtful or error.verdict is Verdict.UNKNOWN
        elif error is not None:
            self.doubtful = self.doubtful or recorder.may_have_left

    @property
    def server_time(self) -> datetime | None:
        """What the provider's clock said in its last answer, if it said."""
        # Read when it is asked for: few ask, and it costs more than the rest of a trail.
        return http_date(self.date)

    @property
    def verdict(self) -> Verdict:
        """What is known of a call that was broken off, also where the attempt has not ended."""
        left = self._under_way is not None and self._under_way.may_have_left
        return Verdict.UNKNOWN if self.doubtful or left else Verdict.NOT_SENT


def obstacle(
    error: Exception, recorder: Recorder, before: BaseException | None = None
) -> Obstacle | None:
    """Return what kept a request from leaving; ``None`` unless it is proved that nothing left.

    Args:
        error: What ended the exchange.
        recorder: What was reported of it.
        before: What the caller was handling already, which says nothing of this exchange.
    """
    if recorder.may_have_left or not isinstance(error, _BEFORE_THE_REQUEST):
        return None
    reasons = list(causes(error, before))
    for kind, found in _OBSTACLES.items():
        if any(isinstance(reason, kind) for reason in reasons):
            return found
    if recorder.handshaking:
        return Obstacle.TLS
    return Obstacle.TIMEOUT if isinstance(error, httpx.ConnectTimeout) else Obstacle.OTHER


def causes(error: BaseException, before: BaseException | None = None) -> Iterator[BaseException]:
    """Yield an error and everything that caused it, once each, but not what came ``before``."""
    seen: set[int] = {id(before)}
    waiting: list[BaseException | None] = [error]
    while waiting:
        at = waiting.pop()
        if at is None or id(at) in seen:
            continue
        seen.add(id(at))
        yield at
        waiting += [at.__cause__, at.__context__]
        if isinstance(at, BaseExceptionGroup):
            waiting += cast("BaseExceptionGroup[BaseException]", at).exceptions
