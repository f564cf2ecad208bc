"""The one room that does HTTP, and the only importer of httpx.

``AsyncBaseTransport`` is the one httpx type of the public face: what ``transport=`` takes.
"""

from httpx import AsyncBaseTransport

from bestsms._transport.loops import PerLoop
from bestsms._transport.once import Once
from bestsms._transport.tracing import Trail
from bestsms._transport.transport import Transport

__all__ = ["AsyncBaseTransport", "Once", "PerLoop", "Trail", "Transport"]
