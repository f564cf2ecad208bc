"""Other engines under ``httpx.AsyncClient``, for ``--engine PACKAGE=engines:NAME``."""

from __future__ import annotations

import httpx

__all__ = ["aiohttp", "pyreqwest"]


def aiohttp(connections: int) -> httpx.AsyncBaseTransport:
    """Make a transport of ``httpx-aiohttp``."""
    from httpx_aiohttp import AiohttpTransport  # noqa: PLC0415

    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    return AiohttpTransport(limits=limits, trust_env=False)


def pyreqwest(connections: int) -> httpx.AsyncBaseTransport:
    """Make a transport of ``pyreqwest``."""
    from pyreqwest.client import ClientBuilder  # noqa: PLC0415
    from pyreqwest.compatibility.httpx import HttpxTransport  # noqa: PLC0415

    return HttpxTransport(ClientBuilder().max_connections(connections).build())
