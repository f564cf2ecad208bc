"""What a case of the exception map is: a peer, and all that must come out of a send to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from bestsms import (
    BestSMSError,
    NotSent,
    Obstacle,
    OutcomeUnknown,
    Phase,
    RateLimited,
    UnknownAtDeadline,
)
from rig.peers import Script, Wire

Scheme = Literal["http", "https"]
BOTH: tuple[Scheme, ...] = ("http", "https")
ONLY_HTTP: tuple[Scheme, ...] = ("http",)
ONLY_HTTPS: tuple[Scheme, ...] = ("https",)

SENDING_OR_SENT = (Phase.SENDING, Phase.SENT)
RECEIVING_OR_WHOLE = (Phase.RECEIVING, Phase.ANSWERED)


@dataclass(frozen=True, kw_only=True, repr=False)
class Case:
    """One row of FAULTS 2.1, or of 2.4 where that one is finer.

    Attributes:
        name: What happens, in words.
        peer: What the peer does with each connection.
        ends: The kinds of error that are right; empty where the send must succeed.
        phases: How far the last attempt got, as its trace must say.
        lower: Names of the exception below that are right for the last attempt; empty: any.
        status: The HTTP status of the last attempt.
        obstacles: Of a NotSent: what stood in the way.
        tries: How many attempts there must be; ``None``: any number that is allowed.
        over: The schemes it makes sense in.
        certificate: The server's; ``None``: it does not speak TLS, whatever the URL says.
        large: Whether the message is a large one, more than sockets buffer.
        before: Sends that succeed first on the same client.
        pause: Seconds after each of those.
        settings: Settings of the client for this case.
    """

    name: str
    peer: Script
    ends: tuple[type[BestSMSError], ...]
    phases: tuple[Phase, ...] = ()
    lower: tuple[str, ...] = ()
    status: int | None = None
    obstacles: tuple[Obstacle, ...] = ()
    tries: int | None = None
    over: tuple[Scheme, ...] = BOTH
    certificate: str | None = "good"
    large: bool = False
    before: int = 0
    pause: float = 0.0
    settings: dict[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<case {self.name!r}>"


def unsent(name: str, peer: Script, *obstacles: Obstacle, **more: Any) -> Case:
    """Nothing left, proved: NotSent after four attempts, and which obstacle it was."""
    more = {"phases": (Phase.CONNECTING,), "lower": ("ConnectError",), "tries": 4, **more}
    return Case(name=name, peer=peer, ends=(NotSent,), obstacles=obstacles, **more)


def unclear(name: str, peer: Script, phases: Phase | tuple[Phase, ...], **more: Any) -> Case:
    """The provider may have acted: OutcomeUnknown, and how far it got."""
    phases = (phases,) if isinstance(phases, Phase) else phases
    return Case(name=name, peer=peer, phases=phases, **{"ends": (OutcomeUnknown,), **more})


def too_slow(name: str, peer: Script, phase: Phase) -> Case:
    """No read ever times out, so only the deadline ends it."""
    return unclear(name, peer, phase, ends=(UnknownAtDeadline,), settings={"deadline": 0.6})


def answered(name: str, status: bytes, *ends: type[BestSMSError], body: bytes = b"{}") -> Case:
    """A whole answer with this status line, as often as it is asked."""

    def peer(wire: Wire) -> None:
        while True:
            wire.request()
            wire.answer(body, status=status)

    # Only what was refused before it was looked at may be asked again.
    tries = 4 if ends == (RateLimited,) else 1
    code = int(status.split()[0])
    return Case(name=name, peer=peer, ends=ends, phases=(Phase.ANSWERED,), status=code, tries=tries)


def arrives(name: str, peer: Script, **more: Any) -> Case:
    """Odd, and yet the send succeeds."""
    return Case(name=name, peer=peer, ends=(), **more)


def after_reading(deed: Callable[[Wire], None]) -> Script:
    """A peer that reads the whole request first, and then does this."""

    def peer(wire: Wire) -> None:
        wire.request()
        deed(wire)

    return peer
