"""Whole answers: what they prove of a send, by status and by body (FAULTS 2.4)."""

from __future__ import annotations

from bestsms import (
    AuthenticationFailed,
    NotFound,
    OutcomeUnknown,
    PermissionDenied,
    Phase,
    RateLimited,
    Redirected,
    Rejected,
)
from rig.cases import ONLY_HTTP, ONLY_HTTPS, Case, after_reading, answered, unclear
from rig.peers import Wire, accepted

OK = b"200 OK"
FAILED = b'{"Result":"Failed","ErrorMessage":["No credit left"]}'
ELSEWHERE = b"Location: https://elsewhere.example/api/v2.04/send/sms"


def _redirect(status: bytes) -> list[Case]:
    """Over verified TLS the provider itself says no; without, anyone may have said it."""

    def peer(wire: Wire) -> None:
        wire.answer(b"", ELSEWHERE, status=status)
        wire.silence()

    name = f"a redirect, {status.decode()}"
    more = {"status": int(status[:3])}
    return [
        unclear(name, after_reading(peer), Phase.ANSWERED, over=ONLY_HTTP, **more),
        unclear(
            name,
            after_reading(peer),
            Phase.ANSWERED,
            over=ONLY_HTTPS,
            # After 303 the request may have been processed.
            ends=(Redirected,) if not status.startswith(b"303") else (OutcomeUnknown,),
            **more,
        ),
    ]


def _endless(wire: Wire) -> None:
    wire.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        wire.write(b"4000\r\n" + b" " * 0x4000 + b"\r\n")


CASES = [
    answered("400", b"400 Bad Request", Rejected),
    answered("401", b"401 Unauthorized", AuthenticationFailed),
    answered("403", b"403 Forbidden", PermissionDenied),
    answered("404", b"404 Not Found", NotFound),
    answered("408", b"408 Request Timeout", OutcomeUnknown),
    answered("409", b"409 Conflict", OutcomeUnknown),
    answered("413", b"413 Content Too Large", Rejected),
    answered("415", b"415 Unsupported Media Type", Rejected),
    answered("422", b"422 Unprocessable Content", Rejected),
    answered("429", b"429 Too Many Requests", RateLimited),
    answered("500", b"500 Internal Server Error", OutcomeUnknown),
    answered("502", b"502 Bad Gateway", OutcomeUnknown, body=b"<html>"),
    answered("503", b"503 Service Unavailable", OutcomeUnknown),
    answered("504", b"504 Gateway Timeout", OutcomeUnknown),
    answered("a status of the future", b"599 Who Knows", OutcomeUnknown),
    answered("200 and Result is Failed", OK, Rejected, body=FAILED),
    answered("200 and an HTML page", OK, OutcomeUnknown, body=b"<html>Sign in</html>"),
    answered("200 and nothing", OK, OutcomeUnknown, body=b""),
    answered("200 and half an object", OK, OutcomeUnknown, body=accepted("T1-1")[:20]),
    answered("200 and no UTF-8", OK, OutcomeUnknown, body=b'{"Result":"Success \xff"}'),
    answered("200 and a list", OK, OutcomeUnknown, body=b"[]"),
    answered("200 and an object of nothing", OK, OutcomeUnknown),
    answered("200 and another message's id", OK, OutcomeUnknown, body=accepted("T1-other")),
    answered("200 and brackets without end", OK, OutcomeUnknown, body=b"[" * 100_000),
    answered("200 and a number of 5,000 digits", OK, OutcomeUnknown, body=b"9" * 5_000),
    unclear(
        "200 and more than anyone reads",
        after_reading(_endless),
        (Phase.RECEIVING, Phase.ANSWERED),
        status=200,
    ),
    *_redirect(b"301 Moved Permanently"),
    *_redirect(b"302 Found"),
    *_redirect(b"303 See Other"),
    *_redirect(b"307 Temporary Redirect"),
    *_redirect(b"308 Permanent Redirect"),
]
