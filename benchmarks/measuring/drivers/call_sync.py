"""This client for code without an event loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import bestsms


@contextmanager
def opened(url: str, connections: int) -> Iterator[Callable[[str], None]]:
    """Open the client."""
    with bestsms.SyncClient("token", base_url=url, max_connections=connections) as client:

        def call(text: str) -> None:
            client.send(text, to="+61421000001")

        yield call
