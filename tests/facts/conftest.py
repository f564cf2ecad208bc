"""A provider of one answer, in JSON and in XML, and an emulator that is spoken to without a client.

The XML of the tests is written here, from wire-facts 1.3, and not by the client: a mistake in the
one would otherwise be confirmed by the other.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import attrs
import httpx
import pytest

# The printed answers are ours, the virtual time is the drills'; importlib mode puts no folder of
# tests on the path.
sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent.parent / "drills"))

from waits.virtual import VirtualTime

from bestsms import AsyncClient

TOKEN = "eyJhbGciOiJI.adQssw5c"
START = "2025-06-03T21:16:55Z"

# What one item of a list is called; a list without an entry is repeated, with nothing around it.
ITEMS = {
    "Contacts": "Contact",
    "Destinations": "Destination",
    "Files": "File",
    "Groups": "Group",
    "Messages": "Message",
    "ReceivedMessages": "ReceivedMessage",
    "Recipients": "Recipient",
    "SMSReplies": "SMSReply",
}

YES = {
    "Result": "Success",
    "MessageID": "ID1",
    "Status": "Pending",
    "JobNum": "10AB20CE",
    "Action": "Abort",
    "TotalRecords": 0,
    "Recipients": [],
    "Messages": [],
    "Contacts": [],
    "Groups": [],
    "Contact": {"ContactID": "C1"},
    "Group": {"GroupCode": "Test_Group"},
}
"""An answer that every call takes for a yes."""


def as_xml(payload: Mapping[str, Any], root: str = "root") -> bytes:
    """Write plain values as wire-facts 1.3 spells them."""
    top = ET.Element(root)
    _fill(top, payload)
    return ET.tostring(top, encoding="UTF-8", xml_declaration=True)


def _fill(parent: ET.Element, payload: Mapping[str, Any]) -> None:
    for name, value in payload.items():
        if isinstance(value, list) and name in ITEMS:
            wrapper = ET.SubElement(parent, name)
            for item in value:
                _put(wrapper, ITEMS[name], item)
        else:
            for item in value if isinstance(value, list) else [value]:
                _put(parent, name, item)


def _put(parent: ET.Element, name: str, value: Any) -> None:
    child = ET.SubElement(parent, name)
    if isinstance(value, Mapping):
        _fill(child, value)
    elif value is not None:
        child.text = str(value).lower() if isinstance(value, bool) else str(value)


@attrs.frozen
class Left:
    """One request as it left.

    Attributes:
        line: Method and target below the version.
        body: The plain values of its body, in either format; ``None`` if it has none.
        root: What the outermost element is called, in XML.
    """

    request: httpx.Request
    line: str
    body: Any
    root: str | None = None


@attrs.define
class Provider(httpx.AsyncBaseTransport):
    """Keeps what leaves, and answers as told; the last answer is given again."""

    form: str
    answers: list[tuple[int, Any]]
    left: list[httpx.Request] = attrs.field(factory=list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Take one request."""
        await request.aread()
        self.left.append(request)
        status, body = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(body, bytes):
            return httpx.Response(status, content=body)
        content = as_xml(body) if self.form == "xml" else json.dumps(body).encode()
        return httpx.Response(
            status, content=content, headers={"Content-Type": f"application/{self.form}"}
        )


@pytest.fixture(params=["json", "xml"])
def form(request: pytest.FixtureRequest) -> str:
    """Each wire format in turn."""
    return str(request.param)


@pytest.fixture(params=["2.04", "2.03"])
def version(request: pytest.FixtureRequest) -> str:
    """Each API version in turn."""
    return str(request.param)


Call = Callable[[AsyncClient], Awaitable[Any]]


@pytest.fixture
def leaving(form: str, version: str) -> Callable[..., Awaitable[Left]]:
    """Make a call that is answered with a yes, and return the one request that left."""

    async def leaving(call: Call, message_id: str = "ID1") -> Left:
        provider = Provider(form, [(200, {**YES, "MessageID": message_id})])
        options = {"version": version, "wire_format": form, "transport": provider}
        async with AsyncClient(TOKEN, **options) as client:
            await call(client)
        [request] = provider.left
        target = request.url.raw_path.decode()
        assert target.startswith(f"/api/v{version}/")  # T11
        line = f"{request.method} {target.removeprefix(f'/api/v{version}')}"
        if not request.content:
            return Left(request, line, None)
        if form == "json":
            return Left(request, line, json.loads(request.content))
        top = ET.fromstring(request.content)
        return Left(request, line, _plain(top), top.tag)

    return leaving


def _plain(element: ET.Element) -> Any:
    if element.tag in ITEMS:
        assert {child.tag for child in element} <= {ITEMS[element.tag]}
        return [_plain(child) for child in element]
    if len(element):
        return {child.tag: _plain(child) for child in element}
    # An empty body and an empty text look the same.
    return element.text or ({} if element.tag.endswith("Request") else "")


@pytest.fixture
def read(form: str) -> Callable[..., Awaitable[Any]]:
    """Make a call that is answered with a status and a body, and return what it returns."""

    async def read(call: Call, body: Any, status: int = 200, then: Sequence[Any] = ()) -> Any:
        provider = Provider(form, [(status, body), *((200, each) for each in then)])
        options = {"wire_format": form, "transport": provider, "settle_window": 0.0}
        async with AsyncClient(TOKEN, **options) as client:
            return await call(client)

    return read


@attrs.define
class Account:
    """An emulated account whose clock stands, and whoever speaks to it without our client.

    Attributes:
        hooks: The webhooks that were posted.
        codes: How the next ones are answered; then with 200.
    """

    emulator: Any
    http: httpx.AsyncClient
    hooks: list[httpx.Request]
    codes: list[int]
    version: str

    async def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Make a call below ``/api/v2.0x/``, or of a whole path that starts with a slash."""
        target = path if path.startswith("/") else f"/api/v{self.version}/{path}"
        return await self.http.request(method, target, **options)

    async def get(self, path: str, **query: Any) -> dict[str, Any]:
        """GET, and return the decoded body."""
        return (await self.call("GET", path, params=query)).json()

    async def send(self, *to: Any, message: str = "Hello", **data: Any) -> dict[str, Any]:
        """Send to numbers or destinations, and return the decoded body."""
        several = [{"Recipient": each} if isinstance(each, str) else each for each in to]
        body = {"MessageData": {"Message": message, "Destinations": several, **data}}
        return (await self.call("POST", "send/sms", json=body)).json()

    async def posted(self) -> list[dict[str, Any]]:
        """Have the webhooks posted that are due, and return the JSON of all so far."""
        await self.emulator.deliver_callbacks()
        return [json.loads(each.content) for each in self.hooks]


@pytest.fixture
def account() -> Callable[..., Account]:
    """Make an account with the settings and the version a test wants."""
    from bestsms.emulator import Clock, Emulator

    def make(version: str = "2.04", **settings: Any) -> Account:
        hooks: list[httpx.Request] = []
        codes: list[int] = []

        async def take(request: httpx.Request) -> httpx.Response:
            await request.aread()
            hooks.append(request)
            return httpx.Response(codes.pop(0) if codes else 200)

        emulator = Emulator(
            token=TOKEN,
            clock=Clock.frozen(START),
            callback_transport=httpx.MockTransport(take),
            **{"webhook_url": "https://hooks.example/sms", "strict": False, **settings},
        )
        http = httpx.AsyncClient(
            transport=emulator.transport(),
            base_url="http://emulator",
            headers={"Authorization": f"Basic {TOKEN}"},
        )
        return Account(emulator, http, hooks, codes, version)

    return make


class Passing(VirtualTime):
    """Time that passes where nobody has anything to do; an emulated account lives in it too."""

    account: Account | None = None

    def pass_by(self, seconds: float | None) -> float | None:
        """Let time pass at once, here and there."""
        passed = super().pass_by(seconds)
        if passed is not None and self.account is not None:
            self.account.emulator.advance(seconds)
        return passed


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Passing:
    """The time of the test: of the loop that begins in it, and of every client."""
    made = Passing()
    monkeypatch.setattr("bestsms._transport.transport.Clock", made.clock)
    monkeypatch.setattr("asyncio.events.new_event_loop", made.loop)
    return made


@pytest.fixture
def client_of(time: Passing) -> Callable[..., AsyncClient]:
    """Make a client of an emulated account; while it waits, the account's clock moves."""

    def make(account: Account, **settings: Any) -> AsyncClient:
        time.account = account
        options = {"version": account.version, "transport": account.emulator.transport()}
        return AsyncClient(TOKEN, base_url="http://127.0.0.1", **{**options, **settings})

    return make
