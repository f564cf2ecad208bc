"""A caller of one attempt: who looks again later anyway has no use for retries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from bestsms._protocol import Operation
from bestsms._transport.tracing import Trail
from bestsms._transport.transport import Transport
from bestsms._wire.model import Model

__all__ = ["Once"]

AnswerT = TypeVar("AnswerT", bound=Model)


class Once:
    """Makes each call in one attempt, and keeps what it saw.

    Args:
        transport: Carries the calls.
        ends: When the time for them is over, on the monotonic clock; each call's own deadline if
            not given.

    Attributes:
        trail: What happened in the last call.
        calls: How many were made.
    """

    def __init__(self, transport: Transport, ends: float | None = None) -> None:
        self._transport = transport
        self._ends = ends
        self.trail = Trail()
        self.calls = 0

    async def call(
        self,
        operation: Operation[AnswerT],
        *,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, object] | None = None,
        body: Model | None = None,
    ) -> AnswerT:
        """Make one attempt of a call."""
        self.trail = Trail()
        self.calls += 1
        request = self._transport.request(operation, path=path, query=query, body=body)
        return await self._transport.carry(request, self.trail, ends=self._ends, attempts=1)
