"""The bridge from plain threads to the event loop: one portal thread, and the methods over it."""

from bestsms._bridge.methods import (
    Bridged,
    SyncStream,
    blocking,
    blocking_iter,
    blocking_stream,
    direct,
)
from bestsms._bridge.portal import PortalThread

__all__ = [
    "Bridged",
    "PortalThread",
    "SyncStream",
    "blocking",
    "blocking_iter",
    "blocking_stream",
    "direct",
]
