"""The heads of requests to one place, prebuilt but for what differs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from bestsms._protocol import Request
from bestsms._settings import Secret

__all__ = ["Heads"]


class Heads:
    """Writes the heads of requests.

    Args:
        base_url: Where they go.
        headers: What each of them says.
        token: Whose they are.
    """

    __slots__ = ("_fixed", "_prefix", "_token", "host", "port", "tls")

    def __init__(self, base_url: str, headers: Mapping[str, str], token: Secret) -> None:
        url = httpx.URL(base_url)
        self.host = url.raw_host.decode("ascii")
        self.tls = url.scheme == "https"
        usual = 443 if self.tls else 80
        self.port = usual if url.port is None else url.port
        self._prefix = url.raw_path.decode("ascii").rstrip("/")
        self._token = token
        lines = {"Host": url.netloc.decode("ascii"), "Connection": "keep-alive", **headers}
        self._fixed = "".join(f"{name}: {text}\r\n" for name, text in lines.items())

    def of(self, request: Request[Any]) -> bytes:
        """Write the head of one; its target and headers are plain ASCII since they were built.

        Only the value that is returned holds the token, and no variable of this frame.
        """
        own = "".join([f"{name}: {text}\r\n" for name, text in request.headers.items()])
        length = "" if request.body is None else f"Content-Length: {len(request.body)}\r\n"
        return (
            f"{request.operation.method} {self._prefix}{request.target} HTTP/1.1\r\n"
            f"{self._fixed}{own}{length}Authorization: Basic {self._token.reveal()}\r\n\r\n"
        ).encode("ascii")
