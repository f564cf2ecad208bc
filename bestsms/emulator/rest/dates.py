"""The ``Date`` header in the emulator's own time, as all its other times are."""

from __future__ import annotations

from email.utils import format_datetime

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bestsms.emulator.clock import Clock


def http_date(clock: Clock) -> str:
    """Print ``Tue, 03 Jun 2025 21:16:55 GMT`` (RFC 9110, 5.6.7)."""
    return format_datetime(clock.now(), usegmt=True)


class Dated:
    """An ASGI app whose answers carry a Date.

    Args:
        app: The app.
        clock: Whose time it is.
    """

    def __init__(self, app: ASGIApp, clock: Clock) -> None:
        self._app = app
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *message["headers"],
                    (b"date", http_date(self._clock).encode()),
                ]
            await send(message)

        await self._app(scope, receive, dated)
