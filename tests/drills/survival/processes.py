"""Scripts of these drills in processes of their own: strict, and never waited for without end."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

HARD_LIMIT = 30.0
"""Seconds after which a hang is called one."""

# From 3.12 on Python warns of a fork among threads, which is what is drilled.
STRICT = ("-X", "dev", "-W", "error", "-W", "ignore:This process:DeprecationWarning")
"""In development mode, and any warning is an error."""


def command(script: str, *words: str, mode: Sequence[str] = STRICT) -> list[str]:
    """How a script is run."""
    return [sys.executable, *mode, str(Path(__file__).with_name(script)), *words]


def environment() -> dict[str, str]:
    """That of this process, and the package as this process sees it."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def ran(script: str, *words: str, mode: Sequence[str] = STRICT) -> list[str]:
    """Run a script to its end: no hang, no error, not a word on stderr. Its lines on stdout."""
    done = subprocess.run(
        command(script, *words, mode=mode),
        env=environment(),
        capture_output=True,
        text=True,
        timeout=HARD_LIMIT,
        check=False,
    )
    if done.returncode or done.stderr:
        raise AssertionError(f"{script} {words} ended with {done.returncode}:\n{done.stderr}")
    return done.stdout.splitlines()
