"""Drill T1: what each fault of a connection proves of a send, over real sockets.

Every case of FAULTS 2.1, by both clients, over plain http and TLS. What comes out is one of our
errors and nothing else, with the right verdict, the message's id, and a trace of how far it got;
and the verdict is held against what the peer really saw.

The whole map is walked on the connections that the extra ``fast`` gives; on the others, the part
that they do by themselves, and all of it with ``BESTSMS_DRILLS=full``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import httpx
import pytest
from ledger.drill import FULL
from rig.answered import CASES as ANSWERED
from rig.callers import sends
from rig.cases import Case
from rig.certificates import Certificates
from rig.engines import use
from rig.garbled import CASES as GARBLED
from rig.holding import hold
from rig.odd import CASES as ODD
from rig.peers import Peer
from rig.unclear import CASES as UNCLEAR
from rig.unsent import CASES as UNSENT

from bestsms import File, Sent

ALL: list[Case] = [*UNSENT, *UNCLEAR, *GARBLED, *ANSWERED, *ODD]
pytestmark = pytest.mark.usefixtures("brisk")

SETTINGS: dict[str, Any] = {"timeout": 0.3, "deadline": 2.0, "settle_window": 0}
LARGE = File.from_bytes(b"x" * 9_000_000, name="large.pdf")
"""12 MB on the wire: more than two sockets buffer."""


def over(
    schemes: Callable[[Case], Iterable[str]], cases: Iterable[Case] = ALL
) -> pytest.MarkDecorator:
    """Every case, over these of its schemes."""
    pairs = [(case, scheme) for case in cases for scheme in schemes(case)]
    names = [f"{case.name}-{scheme}" for case, scheme in pairs]
    return pytest.mark.parametrize(("case", "scheme"), pairs, ids=names)


@over(lambda case: case.over)
@pytest.mark.parametrize("kind", ["async", "sync"])
def test_a_fault_is_told_for_what_it_proves(
    case: Case, scheme: str, kind, trusting: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the client's own connections: the right error, and nothing else ever escapes."""
    use("httptools", monkeypatch)
    endure(case, scheme, kind, trusting)


@over(lambda case: case.over if FULL else case.over[:1], ALL if FULL else [*GARBLED, *ODD])
def test_the_core_install_tells_the_same(
    case: Case, scheme: str, trusting: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There h11 reads the answers; what is below that is the same."""
    use("h11", monkeypatch)
    endure(case, scheme, "async", trusting)


@over(lambda case: case.over if FULL else case.over[-1:], ALL if FULL else [*UNSENT, *UNCLEAR])
def test_lanes_tell_the_same(
    case: Case, scheme: str, trusting: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They carry the calls on trio, under respx, and where someone looks at httpx."""
    use("lanes", monkeypatch)
    endure(case, scheme, "async", trusting)


@over(lambda case: case.over[-1:])
def test_a_transport_of_your_own_is_judged_the_same(
    case: Case, scheme: str, certificates: Certificates
) -> None:
    """Also connections that the caller brought report how far a request got."""
    transport = httpx.AsyncHTTPTransport(verify=certificates.trust)
    endure(case, scheme, "async", certificates, transport=transport)


def test_the_map_is_whole() -> None:
    """No fewer than the 49 cases that FAULTS 2.1 was measured with, each named once."""
    assert len({(case.name, scheme) for case in ALL for scheme in case.over}) >= 49
    assert len(ALL) == len({(case.name, case.over) for case in ALL})


def endure(case: Case, scheme: str, kind, certificates: Certificates, **given: Any) -> None:
    """Send to a case's peer with one client, and hold what comes out against the case."""
    speaks_tls = scheme == "https" and case.certificate is not None
    peer = Peer(
        case.peer,
        tls=certificates.named(case.certificate) if speaks_tls else None,
        window=4_096 if case.large else None,
    )
    with peer.listening() as at:
        *before, end = sends(
            kind,
            *(f"T1-before-{number}" for number in range(case.before)),
            "T1-1",
            pause=case.pause,
            base_url=f"{scheme}://{at}",
            files=[LARGE] if case.large else [],
            **{**SETTINGS, **case.settings, **given},
        )
    assert [type(each) for each in before] == [Sent] * case.before
    if case.ends:
        hold(case, end, peer.posts[case.before :])
    else:
        assert isinstance(end, Sent), repr(end)
        assert end.message_id == "T1-1"
        assert len(peer.posts) == case.before + 1
