"""An account in this process, over a line that breaks where a test says, and a clock that jumps."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from bestsms import AsyncClient
from bestsms._retry import Clock
from bestsms.emulator import Emulator

Fate = str | httpx.Response | Callable[[], Awaitable[object]]


class Line(httpx.AsyncBaseTransport):
    """Hands requests on, and takes each down as ``POST contact`` or ``GET group/list``.

    The fates of a call, in turn: ``ok``; ``lose``, carried out, and the answer is lost; ``drop``,
    it left and was not carried out; an answer instead; or a function to await before it goes on.
    """

    def __init__(self, account: httpx.AsyncBaseTransport) -> None:
        self._account = account
        self.calls: list[str] = []
        self.fates: dict[str, list[Fate]] = {}

    @property
    def changes(self) -> list[str]:
        """The calls that change something."""
        return [call for call in self.calls if not call.startswith("GET")]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Carry one request."""
        path = request.url.path.partition("/addressbook/")[2]
        call = f"{request.method} {re.sub('[0-9a-f-]{36}', '*', path)}"
        self.calls.append(call)
        fate = self.fates[call].pop(0) if self.fates.get(call) else "ok"
        if isinstance(fate, httpx.Response):
            return fate
        if fate == "drop":
            raise httpx.ReadError("gone")
        if callable(fate):
            await fate()
        answer = await self._account.handle_async_request(request)
        if fate == "lose":
            await answer.aclose()
            raise httpx.ReadError("gone")
        return answer


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses of every client that the test makes, none of which takes any time."""
    made: list[float] = []

    async def sleep(seconds: float) -> None:
        made.append(seconds)

    def clock() -> Clock:
        return Clock(
            monotonic=lambda: sum(made),
            now=lambda: datetime(2025, 6, 4, tzinfo=UTC) + timedelta(seconds=sum(made)),
            sleep=sleep,
            random=lambda: 1.0,
        )

    monkeypatch.setattr("bestsms._transport.transport.Clock", clock)
    return made


@pytest.fixture
def line() -> Line:
    """The line to an empty account."""
    return Line(Emulator(token="token").transport())


@pytest.fixture(params=["2.04", "2.03"])
async def client(
    request: pytest.FixtureRequest, line: Line, slept: list[float]
) -> AsyncIterator[AsyncClient]:
    """A client of the account, in either version."""
    async with AsyncClient("token", transport=line, version=request.param) as made:
        yield made


@pytest.fixture
def book(client: AsyncClient) -> Any:
    """Its address book."""
    return client.address_book


@pytest.fixture
async def accepting() -> AsyncIterator[Callable[..., AsyncClient]]:
    """Make a client whose every request is answered by a function of the test's own."""
    made: list[AsyncClient] = []

    def one(answer: Callable[[httpx.Request], httpx.Response]) -> AsyncClient:
        made.append(AsyncClient("token", transport=httpx.MockTransport(answer)))
        return made[-1]

    yield one
    for client in made:
        await client.aclose()
