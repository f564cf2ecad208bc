"""The provider as a test sees it: a process that is started, asked for its ledger, and ended."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from ledger.faults import Plan


class Saw(NamedTuple):
    """What one port saw.

    Attributes:
        ids: The MessageID of every acceptance, in order.
        texts: The text of every acceptance.
        struck: How often each fault struck a send.
        posts: How many sends came, whole or not.
    """

    ids: list[str]
    texts: list[str]
    struck: Counter[str]
    posts: int


class Provider:
    """A provider with a port for each plan."""

    def __init__(self, process: subprocess.Popen[str], ports: Mapping[str, int]) -> None:
        self._process = process
        self._ports = ports

    def url(self, plan: str) -> str:
        """Return where the port of a plan is."""
        return f"http://127.0.0.1:{self._ports[plan]}"

    def saw(self, plan: str) -> Saw:
        """Return what a port saw so far; what it will accept late counts as accepted."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(plan + "\n")
        self._process.stdin.flush()
        told = json.loads(self._process.stdout.readline())
        return Saw(
            [entry[0] for entry in told["entries"]],
            [entry[1] for entry in told["entries"]],
            Counter(told["struck"]),
            told["posts"],
        )


@contextlib.contextmanager
def provider(**plans: Plan) -> Iterator[Provider]:
    """Start a provider, and end it; nothing of it is left then."""
    process = subprocess.Popen(
        [sys.executable, "-m", "ledger.server", json.dumps(plans)],
        cwd=Path(__file__).parent.parent,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield Provider(process, json.loads(process.stdout.readline()))
            process.stdin.close()
            assert process.wait(10) == 0
        finally:
            process.kill()
