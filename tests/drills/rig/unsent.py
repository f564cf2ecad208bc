"""The first group of FAULTS 2.1: nothing of the request left, and the trace agrees."""

from __future__ import annotations

from typing import Any

from bestsms import Obstacle
from rig.cases import ONLY_HTTPS, Case, unsent
from rig.peers import Script, Wire

HANDSHAKE_FAILURE = b"\x15\x03\x03\x00\x02\x02\x28"
"""A TLS alert: fatal, handshake_failure."""


def _hello(wire: Wire) -> None:
    wire.some(5)


def _rst(wire: Wire) -> None:
    _hello(wire)
    wire.rst()


def _fin(wire: Wire) -> None:
    _hello(wire)
    wire.fin()


def _alert(wire: Wire) -> None:
    _hello(wire)
    wire.write(HANDSHAKE_FAILURE)
    wire.fin()


def _stall(wire: Wire) -> None:
    _hello(wire)
    wire.silence()


def _plain_http(wire: Wire) -> None:
    _hello(wire)
    wire.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    wire.fin()


def _ssh(wire: Wire) -> None:
    wire.write(b"SSH-2.0-OpenSSH_9.6\r\n")
    wire.fin()


def _at_once(wire: Wire) -> None:
    wire.rst()


def _served(wire: Wire) -> None:
    wire.accept()


def _handshake(name: str, peer: Script, *obstacles: Obstacle, **more: Any) -> Case:
    return unsent(name, peer, *obstacles, over=ONLY_HTTPS, certificate=None, **more)


def _certificate(name: str, certificate: str) -> Case:
    return unsent(
        name,
        _served,
        Obstacle.CERTIFICATE,
        over=ONLY_HTTPS,
        certificate=certificate,
        tries=1,
    )


CASES = [
    _certificate("an authority that nobody trusts", "untrusted"),
    _certificate("the certificate of another host", "another host"),
    _certificate("an expired certificate", "expired"),
    _certificate("a certificate that is not valid yet", "not yet valid"),
    unsent(
        "no version and cipher in common",
        _served,
        Obstacle.TLS,
        over=ONLY_HTTPS,
        certificate="speaks another version",
    ),
    _handshake("plain http where TLS was expected", _plain_http, Obstacle.TLS),
    _handshake("ssh where TLS was expected", _ssh, Obstacle.TLS),
    # So early that the connection itself may fail.
    _handshake("reset at accept, before the handshake", _at_once, Obstacle.TLS, Obstacle.OTHER),
    _handshake("reset in the handshake", _rst, Obstacle.TLS),
    _handshake("closed in the handshake", _fin, Obstacle.TLS),
    _handshake("an alert in the handshake", _alert, Obstacle.TLS),
    _handshake(
        "silence in the handshake",
        _stall,
        Obstacle.TLS,
        Obstacle.TIMEOUT,
        lower=("ConnectTimeout",),
        settings={"timeout": 0.1},
    ),
]
