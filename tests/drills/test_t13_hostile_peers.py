"""Drill T13: a peer that means harm gets neither the client's memory nor its time.

Each call ends by itself with one of our errors, whatever the peer goes on to send, and holds less
than 64 MB more than it did after an ordinary call. It is measured in a process of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from rig.callers import sends
from rig.certificates import Certificates
from rig.hostile import BOMBS, LONG, TEDIOUS, TOO_MUCH, WITHOUT_END, bomb, deflated
from rig.peers import Peer, Wire

import bestsms
from bestsms import Redirected, Verdict

MOST_BYTES = 64_000_000
RIG = Path(__file__).parent
ALL = WITHOUT_END | TEDIOUS | TOO_MUCH | BOMBS | LONG

Alone = Callable[[str, str, str], tuple[dict[str, Any], Peer]]

only_where_memory_is_told = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="the kernel does not tell a process's memory"
)


@pytest.fixture(scope="module", autouse=True)
def _packed_beforehand() -> None:
    """A bomb takes longer to make than a client waits for an answer."""
    bomb()
    bomb(2)
    deflated()


def good(wire: Wire) -> None:
    """Accept every send."""
    while True:
        wire.accept()


@pytest.fixture(scope="module")
def alone() -> Iterator[Alone]:
    """Make one call in a process of its own; return how it ended, with its memory, and the peer."""
    package = Path(bestsms.__file__).parents[1]
    nursery = subprocess.Popen(
        [sys.executable, "-m", "rig.child"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(RIG), str(package)])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def one(kind: str, call: str, name: str) -> tuple[dict[str, Any], Peer]:
        assert nursery.stdin is not None
        assert nursery.stdout is not None
        peer = Peer(ALL[name])
        deadline = 1 if name in WITHOUT_END | TEDIOUS else 10
        with Peer(good).listening() as fine, peer.listening() as at:
            job = [kind, call, deadline, f"http://{fine}", f"http://{at}"]
            nursery.stdin.write(f"{json.dumps(job)}\n")
            nursery.stdin.flush()
            return json.loads(nursery.stdout.readline()), peer

    with nursery:
        yield one


@only_where_memory_is_told
@pytest.mark.parametrize("kind", ["async", "sync"])
@pytest.mark.parametrize("name", ALL)
def test_a_send_ends_and_holds_little(name: str, kind: str, alone: Alone) -> None:
    """The send left, and this is no answer: it may have been done."""
    facts, peer = alone(kind, "send", name)
    assert "OutcomeUnknown" in facts["error"]
    assert (facts["verdict"], facts["message_id"]) == ("UNKNOWN", "T13-1")
    assert ("DeadlineExceeded" in facts["error"]) >= (name in WITHOUT_END)
    assert facts["more"] < MOST_BYTES
    assert len(peer.posts) == 1


@only_where_memory_is_told
@pytest.mark.parametrize("name", BOMBS | LONG)
def test_a_read_ends_and_holds_little(name: str, alone: Alone) -> None:
    """Of a list more is read than of any other answer, and still not without end."""
    facts, _ = alone("async", "received", name)
    # What is packed in a way that was not asked for is not read at all.
    assert {"InvalidResponse", "NoAnswer"} & set(facts["error"])
    assert ("ResponseTooLarge" in facts["error"]) >= (name in LONG)
    assert facts["verdict"] is None
    assert facts["more"] < MOST_BYTES


@pytest.mark.parametrize("kind", ["async", "sync"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_redirect_is_never_followed(
    status: int, kind, scheme: str, trusting: Certificates
) -> None:
    """Not one connection is made to where it points, and only its host is told."""
    elsewhere = Peer(good)
    with elsewhere.listening() as other:

        def peer(wire: Wire) -> None:
            while True:
                wire.request()
                location = f"Location: http://localhost:{other.rpartition(':')[2]}/secret?to=you"
                wire.answer(b"", location.encode(), status=b"%d Go" % status)

        served = Peer(peer, tls=trusting.good if scheme == "https" else None)
        with served.listening() as at:
            [end] = sends(
                kind,
                "T13-1",
                base_url=f"{scheme}://{at}",
                deadline=2.0,
                settle_window=0,
            )
    assert elsewhere.connections == 0
    assert [seen.message_id for seen in served.posts] == ["T13-1"]
    assert "secret" not in f"{end} {end!r}"
    if scheme == "https" and status != 303:
        assert isinstance(end, Redirected), repr(end)
        assert (end.verdict, end.host) == (Verdict.REJECTED, "localhost")
    else:
        assert end.verdict is Verdict.UNKNOWN
