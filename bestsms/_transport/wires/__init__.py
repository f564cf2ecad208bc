"""Our own connections on asyncio: HTTP/1.1 and no more of it than this API needs.

A connection is an ``asyncio.Protocol`` that carries one exchange at a time and is closed by
anything odd. It reports the same steps, and fails with the same errors, as those of httpx, so that
what a failure proves is judged in one place (FAULTS 2.1); and it costs a fraction of them.
"""

from bestsms._transport.wires.heads import Heads
from bestsms._transport.wires.parsing import best
from bestsms._transport.wires.pool import Wires
from bestsms._transport.wires.terms import Terms

__all__ = ["Heads", "Terms", "Wires", "best"]
