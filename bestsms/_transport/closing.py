"""The end of a client."""

from __future__ import annotations

from typing import Any

from bestsms import _failures as failures
from bestsms._evidence import Obstacle
from bestsms._protocol import Request
from bestsms.errors import NotSent

__all__ = ["closed"]


def closed(request: Request[Any]) -> NotSent:
    """Return the error of a call on a client that was closed."""
    reason = f"{Obstacle.CLOSED.value}; make a new one"
    return failures.not_sent(request, reason, Obstacle.CLOSED)
