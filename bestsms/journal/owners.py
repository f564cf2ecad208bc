"""Who wrote a row: so that what a living process is sending is left to it."""

from __future__ import annotations

import os
import socket
import uuid
from typing import Final

__all__ = ["is_gone", "owner"]

_PROCESS: Final = uuid.uuid4().hex


def owner() -> str:
    """Return the name of this process: unlike any other's, also where its number is used again."""
    return f"{socket.gethostname()} {os.getpid()} {_PROCESS}"


def is_gone(name: str) -> bool:
    """Say whether the process that wrote a row is known to have ended."""
    host, pid, process = name.rsplit(" ", 2)
    if host != socket.gethostname() or os.name != "posix":
        return False  # It can't be asked from here; the row's own end will tell.
    if int(pid) == os.getpid():
        return process != _PROCESS  # The number was used again.
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
