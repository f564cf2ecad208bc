"""The second group of FAULTS 2.1, before an answer: the request left, or may have."""

from __future__ import annotations

from bestsms import NotSent, Obstacle, OutcomeUnknown, Phase, Rejected
from rig.cases import ONLY_HTTP, ONLY_HTTPS, SENDING_OR_SENT, after_reading, unclear
from rig.peers import Wire


def _mid_body(wire: Wire) -> None:
    wire.head()
    wire.some(50_000)


def _reset_mid_body(wire: Wire) -> None:
    _mid_body(wire)
    wire.rst()


def _half_closed_mid_body(wire: Wire) -> None:
    _mid_body(wire)
    wire.fin()


def _stop_reading(wire: Wire) -> None:
    _mid_body(wire)
    wire.silence()


def _early_413(wire: Wire) -> None:
    _mid_body(wire)
    wire.answer(b"{}", status=b"413 Content Too Large")


def _at_once(wire: Wire) -> None:
    wire.rst()


def _at_once_closed(wire: Wire) -> None:
    wire.fin()


# -- on a connection that was used before ----------------------------------------------------------


def _reset_the_second(wire: Wire) -> None:
    wire.accept()
    wire.some(1)
    wire.rst()


def _close_the_second(wire: Wire) -> None:
    wire.accept()
    wire.request()
    wire.fin()


CASES = [
    unclear(
        "silence after a full request",
        after_reading(Wire.silence),
        Phase.SENT,
        lower=("ReadTimeout",),
    ),
    unclear(
        "reset after a full request", after_reading(Wire.rst), Phase.SENT, lower=("ReadError",)
    ),
    unclear(
        "closed after a full request",
        after_reading(Wire.fin),
        Phase.SENT,
        lower=("RemoteProtocolError",),
    ),
    unclear(
        "closed with close_notify after a full request",
        after_reading(Wire.close_notify),
        Phase.SENT,
        lower=("RemoteProtocolError",),
        over=ONLY_HTTPS,
    ),
    unclear(
        "reset at accept",
        _at_once,
        # So early that the connection itself may fail, and then that is proof.
        (Phase.CONNECTING, *SENDING_OR_SENT),
        ends=(OutcomeUnknown, NotSent),
        lower=("ReadError", "ConnectError"),
        obstacles=(Obstacle.OTHER,),
        over=ONLY_HTTP,
    ),
    unclear(
        "closed at accept",
        _at_once_closed,
        SENDING_OR_SENT,
        lower=("ReadError", "RemoteProtocolError"),
        over=ONLY_HTTP,
    ),
    unclear(
        "reset right after the handshake",
        _at_once,
        SENDING_OR_SENT,
        lower=("ReadError",),
        over=ONLY_HTTPS,
    ),
    unclear(
        "closed right after the handshake",
        _at_once_closed,
        SENDING_OR_SENT,
        lower=("ReadError", "RemoteProtocolError"),
        over=ONLY_HTTPS,
    ),
    unclear(
        "a certificate is asked of the client",
        Wire.accept,
        # TLS 1.3: to the client the handshake is done before the server says no.
        SENDING_OR_SENT,
        over=ONLY_HTTPS,
        certificate="wants one of the client",
    ),
    unclear("reset in mid-body", _reset_mid_body, Phase.SENDING, lower=("ReadError",), large=True),
    unclear("closed in mid-body", _mid_body, Phase.SENDING, lower=("ReadError",), large=True),
    unclear(
        "half closed in mid-body",
        _half_closed_mid_body,
        SENDING_OR_SENT,
        # On a busy machine nobody takes the rest of it in time.
        lower=("ReadError", "RemoteProtocolError", "WriteTimeout"),
        large=True,
    ),
    unclear(
        "nobody reads the rest of the body",
        _stop_reading,
        Phase.SENDING,
        lower=("WriteTimeout",),
        large=True,
    ),
    unclear(
        "an early 413 that is lost",
        _early_413,
        # Lost with the reset that follows it, as a rule; if not, it says what it says.
        (Phase.SENDING, Phase.ANSWERED),
        ends=(OutcomeUnknown, Rejected),
        large=True,
    ),
    unclear(
        "reset of a connection that was used before",
        _reset_the_second,
        SENDING_OR_SENT,
        lower=("ReadError",),
        before=1,
    ),
    unclear(
        "close of a connection that was used before",
        _close_the_second,
        Phase.SENT,
        lower=("RemoteProtocolError",),
        before=1,
    ),
]
