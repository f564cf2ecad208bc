"""An account in this process, over a line that breaks where a test says, and a clock that jumps."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from bestsms import AsyncClient, Group
from bestsms._retry import Clock
from bestsms.emulator import Emulator

Fate = str | httpx.Response | Callable[[], Awaitable[object]]


class Line(httpx.AsyncBaseTransport):
    """Hands requests on, and takes each down as ``POST contact`` or ``GET group/list``.

    The fates of a call, in turn: ``ok``; ``lose``, carried out, and the answer is lost; ``drop``,
    it left and was not carried out; an answer instead; or a function to await before it goes on,
    which may return another fate.
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
        fate: object = self.fates[call].pop(0) if self.fates.get(call) else "ok"
        if callable(fate):
            fate = await fate()
        if isinstance(fate, httpx.Response):
            return fate
        if fate == "drop":
            raise httpx.ReadError("gone")
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


@pytest.fixture
async def staff(client: AsyncClient, line: Any) -> Group:
    """A group that holds Jess and Sam; Kim is a contact outside."""
    group = await client.groups.create(group_name="All Staff", group_code="Staff")
    await client.contacts.create(first_name="Nobody's number")
    for number, name in (
        ("+61421000001", "Jess"),
        ("+61421000002", "Sam"),
        ("+61421000003", "Kim"),
    ):
        made = await client.contacts.create(mobile_phone=number, first_name=name)
        if name != "Kim":
            await client.group_contacts.create("Staff", contact_id=str(made.contact_id))
    line.calls.clear()
    return group


@pytest.fixture
def numbers_of(client: AsyncClient) -> Callable[..., Awaitable[list[str]]]:
    """The numbers of a group's members, sorted."""

    async def numbers(group: str = "Staff") -> list[str]:
        members = client.group_contacts.iterate(group)
        return sorted([str(each.mobile_phone) async for each in members])

    return numbers


@pytest.fixture
def memberships(client: AsyncClient) -> str:
    """The call on the group's members, as the line names it in this version."""
    return (
        "group/Staff/contact"
        if client._settings.versions["groups"] == "2.03"
        else "group/*/contact"
    )
