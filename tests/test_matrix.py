"""FAULTS 2.4 as one table: each fault, and how a read, a fixed change and a send end in it.

A read may be made again, and so may a change to a fixed state, for twice is the same as once. A
send is made again only where it provably never left or was refused before it was looked at.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, NamedTuple

import httpx
import pytest

from bestsms import (
    AuthenticationFailed,
    BestSMSError,
    InvalidResponse,
    NoAnswer,
    NotFound,
    NotSent,
    Obstacle,
    OutcomeUnknown,
    PermissionDenied,
    RateLimited,
    Redirected,
    Rejected,
    ResponseTooLarge,
    ServerError,
    Verdict,
)
from bestsms._retry import Clock
from bestsms._settings import Secret, Settings
from bestsms._transport import Transport
from bestsms.api import Actions, Destination, Messaging, Reports

# -- what a peer may do ----------------------------------------------------------------------------

TCP = ("connection.connect_tcp.started",)
TLS = (*TCP, "connection.connect_tcp.complete", "connection.start_tls.started")
HEAD = ("connection.connect_tcp.started", "http11.send_request_headers.started")
SENT = (*HEAD, "http11.send_request_body.started", "http11.send_request_body.complete")
ANSWERED = (*SENT, "http11.receive_response_headers.complete")
MUTE = ()


class Down(NamedTuple):
    """The connection comes this far, as it reports, and then fails."""

    steps: tuple[str, ...]
    error: Exception


class Peer(httpx.AsyncBaseTransport):
    """Does the same to every attempt, and reports its steps as a real connection does."""

    def __init__(self, act: Down | httpx.Response) -> None:
        self.act = act
        self.seen: list[tuple[str, str, bytes]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Take one attempt."""
        self.seen.append((request.method, str(request.url), request.content))
        act = self.act
        for step in act.steps if isinstance(act, Down) else ANSWERED:
            await request.extensions["trace"](step, {})
        if isinstance(act, Down):
            raise act.error
        return httpx.Response(act.status_code, headers=act.headers, content=act.content)


def by(error: Exception, cause: Exception) -> Exception:
    """An error with its cause."""
    error.__cause__ = cause
    return error


def says(status: int, body: bytes = b"{}", **headers: str) -> httpx.Response:
    """An answer; ``retry_after`` is written Retry-After."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return httpx.Response(
        status, headers={"content-type": "application/json", **named}, content=body
    )


# -- how calls end ---------------------------------------------------------------------------------

Ends = tuple[int, type[BestSMSError] | None, Verdict | None]
"""How many attempts are made, the error (``None``: the call succeeds), and its verdict."""

OURS = (0.5, 1.0, 2.0)
LIMITED = (1.0, 2.0, 4.0)


class Row(NamedTuple):
    """One row of the matrix."""

    fault: str
    act: Down | httpx.Response
    safe: Ends
    idempotent: Ends
    unsafe: Ends
    obstacle: Obstacle | None = None
    waits: tuple[float, ...] = OURS
    base_url: str = "https://sms.example"


def unsent(
    fault: str, steps: tuple[str, ...], error: Exception, obstacle: Obstacle, *, attempts: int = 4
) -> Row:
    """Proved: nothing left."""
    read, change = (attempts, NotSent, None), (attempts, NotSent, Verdict.NOT_SENT)
    return Row(fault, Down(steps, error), read, change, change, obstacle)


def unclear(fault: str, act: Down | httpx.Response) -> Row:
    """It left, or may have, and there is no answer."""
    return Row(
        fault,
        act,
        (4, NoAnswer, None),
        (4, OutcomeUnknown, Verdict.UNKNOWN),
        (1, OutcomeUnknown, Verdict.UNKNOWN),
    )


def ails(fault: str, answer: httpx.Response, **more: Any) -> Row:
    """A server error: of a send nobody knows."""
    return Row(
        fault,
        answer,
        (4, ServerError, None),
        (4, ServerError, Verdict.UNKNOWN),
        (1, OutcomeUnknown, Verdict.UNKNOWN),
        **more,
    )


def garbled(
    fault: str,
    answer: httpx.Response,
    reads: int,
    changes: int,
    kind: type[InvalidResponse] = InvalidResponse,
    **more: Any,
) -> Row:
    """An answer that is not what the references describe: of a send nobody knows."""
    return Row(
        fault,
        answer,
        (reads, kind, None),
        (changes, kind, Verdict.UNKNOWN),
        (1, OutcomeUnknown, Verdict.UNKNOWN),
        **more,
    )


def no(
    fault: str, answer: httpx.Response, kind: type[BestSMSError] = Rejected, attempts: int = 1
) -> Row:
    """The provider says no, and did nothing."""
    change = (attempts, kind, Verdict.REJECTED)
    return Row(fault, answer, (attempts, kind, None), change, change)


def later(fault: str, waits: tuple[float, ...], status: int = 429, **headers: str) -> Row:
    """Refused before it was looked at: any call is made again, the same bytes."""
    row = no(fault, says(status, **headers), RateLimited, len(waits) + 1)
    return row._replace(waits=waits)


def accepted(fault: str, answer: httpx.Response) -> Row:
    """Odd, and yet a yes."""
    return Row(fault, answer, (1, None, None), (1, None, None), (1, None, None))


def moved(status: int) -> list[Row]:
    """A redirect is never followed: over TLS it is the provider's word that nothing was done.

    Not so 303, which may follow a request that was processed (RFC 9110).
    """
    answer = says(status, location="https://evil.example/taken")
    elsewhere = garbled(
        f"{status} over plain http", answer, 1, 1, Redirected, base_url="http://127.0.0.1:9"
    )
    change = (1, Redirected, Verdict.REJECTED)
    if status == 303:
        return [garbled("303 over TLS", answer, 1, 1, Redirected), elsewhere]
    return [Row(f"{status} over TLS", answer, (1, Redirected, None), change, change), elsewhere]


YES = b'{"Result":"Success","MessageID":"ID1","Status":"Delayed","Action":"Abort","JobNum":"1"}'
UNNAMED = YES.replace(b'"MessageID":"ID1",', b"")
AT = "Tue, 03 Jun 2025 21:00:00 GMT"
"""What the client's clock says throughout."""
MINUTE_BEFORE = "Tue, 03 Jun 2025 20:59:00 GMT"
IN_30 = "Tue, 03 Jun 2025 21:00:30 GMT"
HOUR_BEFORE = "Tue, 03 Jun 2025 20:00:00 GMT"

MATRIX = [
    # -- nothing left
    unsent("DNS", TCP, by(httpx.ConnectError("x"), socket.gaierror(-2, "x")), Obstacle.DNS),
    unsent("refused", TCP, by(httpx.ConnectError("x"), ConnectionRefusedError()), Obstacle.REFUSED),
    unsent("connect timeout", TCP, httpx.ConnectTimeout("x"), Obstacle.TIMEOUT),
    unsent(
        "a certificate that nobody trusts",
        TLS,
        by(httpx.ConnectError("x"), ssl.SSLCertVerificationError("self-signed certificate")),
        Obstacle.CERTIFICATE,
        attempts=1,
    ),
    unsent("handshake reset", TLS, by(httpx.ConnectError("x"), OSError()), Obstacle.TLS),
    unsent("handshake closed", TLS, by(httpx.ConnectError("x"), ssl.SSLError("x")), Obstacle.TLS),
    unsent("handshake stalled", TLS, httpx.ConnectTimeout("x"), Obstacle.TLS),
    unsent("another connect error", TCP, httpx.ConnectError("x"), Obstacle.OTHER),
    # -- it left
    unclear("a transport that reports nothing", Down(MUTE, httpx.ConnectError("x"))),
    unclear("a connect error that its own trace denies", Down(HEAD, httpx.ConnectError("x"))),
    unclear("a read error before anything was begun", Down(TCP, httpx.ReadError("x"))),
    unclear("write timeout in mid-body", Down(HEAD, httpx.WriteTimeout("x"))),
    unclear("reset in mid-body", Down(HEAD, httpx.ReadError("x"))),
    unclear("closed before the answer", Down(SENT, httpx.RemoteProtocolError("x"))),
    unclear("reset after the request", Down(SENT, httpx.ReadError("x"))),
    unclear("silence", Down(SENT, httpx.ReadTimeout("x"))),
    unclear("a corrupt TLS record", Down(SENT, ssl.SSLError("x"))),
    unclear("the answer is cut", Down(ANSWERED, httpx.RemoteProtocolError("x"))),
    unclear("the answer does not unpack", Down(ANSWERED, httpx.DecodingError("x"))),
    unclear("another event loop's connection", Down(SENT, RuntimeError("x"))),
    unclear("408", says(408)),
    # -- an answer that can't be read
    garbled("200 with cut JSON", says(200, b'{"MessageID":"ID1'), 2, 4),
    garbled("200 with nothing", says(200, b""), 2, 4),
    garbled("200 with a page", says(200, b"<html>", content_type="text/html"), 2, 2),
    garbled("200 that is too large", says(200, b" " * 8_000_001), 1, 1, ResponseTooLarge),
    garbled("200 about another message", says(200, YES.replace(b"ID1", b"ID2")), 1, 1),
    garbled("200 with a Result that nobody knows", says(200, b'{"Result":"Perhaps"}'), 2, 4),
    garbled("200 that lacks every expected key", says(200, b'{"Result":"Success"}'), 2, 4),
    Row(
        "200 that names no message",
        says(200, UNNAMED),
        (1, None, None),
        (1, None, None),
        (1, OutcomeUnknown, Verdict.UNKNOWN),
    ),
    garbled("300", says(300), 2, 4),
    garbled("304", says(304, b""), 2, 4),
    accepted("200 with JSON that is called a page", says(200, YES, content_type="text/html")),
    # -- a no
    no("200 with Result=Failed", says(200, b'{"Result":"Failed","Message":"Missing Sender"}')),
    no("400", says(400)),
    no("401", says(401), AuthenticationFailed),
    no("403", says(403), PermissionDenied),
    no("404", says(404), NotFound),
    no("413", says(413)),
    no("415", says(415)),
    no("422", says(422)),
    no("409", says(409))._replace(unsafe=(1, OutcomeUnknown, Verdict.UNKNOWN)),
    # -- not now
    later("425", LIMITED, 425),
    later("429", LIMITED),
    later("429, 7 s", (7.0, 7.0, 7.0), retry_after="7"),
    later("429, 3 s, less than our own pause at last", (3.0, 3.0, 4.0), retry_after="3"),
    later("429, 0 s", LIMITED, retry_after="0"),
    later("429, the most that is slept", (120.0, 120.0, 120.0), retry_after="120"),
    later("429, more than is slept", (), retry_after="121"),
    later("429, 30 years", (), retry_after="999999999"),
    later("429, a date, by our clock", (30.0, 30.0, 30.0), retry_after=IN_30),
    later("429, a date, by its own clock", (60.0, 60.0, 60.0), retry_after=AT, date=MINUTE_BEFORE),
    later("429, a date that is over", LIMITED, retry_after=HOUR_BEFORE),
    later("429, a date next year", (), retry_after=AT.replace("2025", "2026")),
    *(
        later(f"429, {garbage[:9]!r}", LIMITED, retry_after=garbage)
        for garbage in ("soon", "NaN", "inf", "-1", "1e400", "1" + "0" * 400, "")
    ),
    # -- a server error
    *(ails(f"{status}", says(status)) for status in (500, 502, 503, 504)),
    ails("502 with a page", says(502, b"<html>", content_type="text/html")),
    ails("503, 7 s", says(503, retry_after="7"), waits=(7.0, 7.0, 7.0)),
    # -- elsewhere
    *(row for status in (301, 302, 303, 307, 308) for row in moved(status)),
]


# -- the three kinds of calls ----------------------------------------------------------------------


async def status(transport: Transport) -> Any:
    """A read."""
    return await Reports(transport).status("ID1")


async def abort(transport: Transport) -> Any:
    """A change to a fixed state."""
    return await Actions(transport).abort("ID1")


async def send(transport: Transport) -> Any:
    """A change that is two made twice."""
    return await Messaging(transport).send_sms(
        message="Hello", destinations=[Destination(recipient="+61421000001")], message_id="ID1"
    )


CALLS: dict[str, Callable[[Transport], Awaitable[Any]]] = {
    "safe": status,
    "idempotent": abort,
    "unsafe": send,
}


@pytest.mark.parametrize("kind", CALLS)
@pytest.mark.parametrize("row", MATRIX, ids=lambda row: row.fault)
async def test_each_fault_ends_as_the_matrix_says(row: Row, kind: str) -> None:
    """So many attempts of the same bytes, so long apart, this error, this verdict."""
    attempts, error_kind, verdict = getattr(row, kind)
    at, slept = 0.0, list[float]()

    async def sleep(seconds: float) -> None:
        nonlocal at
        at += seconds
        slept.append(seconds)

    settings = Settings.resolve(
        Secret("a-token"),
        base_url=row.base_url,
        version=None,
        versions=None,
        timeout=5.0,
        deadline=10_000.0,
        max_connections=1,
    )
    clock = Clock(
        monotonic=lambda: at,
        now=lambda: datetime(2025, 6, 3, 21, 0, tzinfo=UTC),
        sleep=sleep,
        random=lambda: 1.0,
    )
    peer = Peer(row.act)
    ended = await outcome(CALLS[kind](Transport(settings, http=peer, clock=clock)))

    assert len(peer.seen) == attempts
    assert len(set(peer.seen)) == 1
    assert slept == list(row.waits[: attempts - 1])
    if error_kind is None:
        assert ended.result == "Success"
        return
    assert type(ended) is error_kind
    assert (ended.verdict, ended.message_id) == (verdict, "ID1")
    assert len(ended.attempts) == attempts
    [(_, _, body)] = set(peer.seen)
    assert ended.body_sha256 == (sha256(body).hexdigest() if body else None)
    if error_kind is NotSent:
        assert ended.obstacle is row.obstacle


async def outcome(call: Awaitable[Any]) -> Any:
    """What a call returned, or the error of ours that it raised."""
    try:
        return await call
    except BestSMSError as error:
        return error
