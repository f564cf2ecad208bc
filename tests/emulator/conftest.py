"""An emulator whose clock stands still, and a caller that speaks to it without the client."""

import asyncio
import contextlib
import socket

import httpx
import pytest

from bestsms.emulator import Clock, Emulator
from bestsms.emulator.faults import wire
from bestsms.emulator.settings import STRICT

START = "2025-06-03T21:16:55Z"
"""In Sydney it is 07:16:55 on June 4th."""


@pytest.fixture(scope="module", autouse=True)
def _lenient_unless_told():
    """Whatever the suite is run with, an emulator here is strict only where a test says so."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(STRICT, raising=False)
        yield


class Caller:
    """Speaks to one emulator in-process, in one version of the API."""

    def __init__(self, emulator, version="2.04", token="test-token"):
        self.emulator = emulator
        self.version = version
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=emulator.app),
            base_url="http://emulator",
            headers={"Authorization": f"Basic {token}"},
        )

    async def call(self, method, path, **options):
        """Make a call under /api/v2.0x/ and return the response."""
        return await self.http.request(method, f"/api/v{self.version}/{path}", **options)

    async def get(self, path, **query):
        """GET and return the decoded body."""
        return (await self.call("GET", path, params=query)).json()

    async def post(self, path, **body):
        """POST a JSON body and return the decoded body."""
        return (await self.call("POST", path, json=body)).json()

    async def patch(self, path, **body):
        """PATCH with a JSON body and return the decoded body."""
        return (await self.call("PATCH", path, json=body)).json()

    async def delete(self, path):
        """DELETE and return the decoded body."""
        return (await self.call("DELETE", path)).json()

    async def xml(self, method, path, body=None, **options):
        """Make a call in XML, both ways, and return the response."""
        headers = {"Accept": "application/xml"}
        if body is not None:
            headers["Content-Type"] = "application/xml"
            options["content"] = body if isinstance(body, bytes) else body.encode()
        return await self.call(method, path, headers=headers, **options)

    async def send(self, *to, message="Hello", **data):
        """Send to numbers or destination objects; return the decoded body."""
        destinations = [{"Recipient": one} if isinstance(one, str) else one for one in to]
        return await self.post(
            "send/sms", MessageData={"Message": message, "Destinations": destinations, **data}
        )

    async def control(self, method, path, **options):
        """Make a call of the control API and return the response."""
        return await self.http.request(method, f"/_emulator/{path}", **options)


@pytest.fixture
def make():
    """Make an emulator with a standing clock and the settings a test wants."""

    def build(**options):
        return Emulator(**{"token": "test-token", "clock": Clock.frozen(START), **options})

    return build


class Both:
    """The same call at an emulator that bears with much, and at one that is strict."""

    JSON = {"accept": "application/json"}  # noqa: RUF012 - never changed

    def __init__(self, make, version):
        self.version = version
        self.lenient, self.strict = (Caller(make(strict=word), version) for word in (False, True))

    async def call(self, method, path, headers=JSON, **options):
        """Make the call at both, and return what each answered."""
        return [
            await each.call(method, path, headers=headers, **options)
            for each in (self.lenient, self.strict)
        ]

    async def passes(self, method, path, **options):
        """Check that both answer the same, and return the strict answer."""
        borne, answer = await self.call(method, path, **options)
        assert "Strict" not in answer.text, answer.text
        assert borne.status_code == answer.status_code
        return answer

    async def deviates(self, trap, method, path, *, code=400, borne=200, **options):
        """Check that only the strict one refuses it, with that code, for that trap."""
        lenient, answer = await self.call(method, path, **options)
        assert (lenient.status_code, "Strict" in lenient.text) == (borne, False), lenient.text
        assert answer.status_code == code, answer.text
        assert "Strict: " in answer.text
        assert trap in answer.text


@pytest.fixture(params=["2.03", "2.04"])
def both(request, make):
    """A lenient and a strict emulator, in each version in turn."""
    return Both(make, request.param)


@pytest.fixture
def both_of(make):
    """Make a lenient and a strict emulator for a version."""
    return lambda version: Both(make, version)


@pytest.fixture
def emulator(make):
    """An emulator as it comes, its clock standing."""
    return make()


@pytest.fixture
def caller():
    """Make a caller for an emulator."""
    return Caller


@pytest.fixture
def api(emulator):
    """A 2.04 caller of the emulator."""
    return Caller(emulator)


@pytest.fixture
def old_api(emulator):
    """A 2.03 caller of the emulator."""
    return Caller(emulator, "2.03")


@pytest.fixture(params=["2.03", "2.04"])
def either_api(request, emulator):
    """A caller of each version in turn."""
    return Caller(emulator, request.param)


@pytest.fixture
def receiver():
    """A webhook receiver: a transport that keeps what is posted and answers as told."""

    class Receiver(httpx.AsyncBaseTransport):
        def __init__(self):
            self.requests = []
            self.answers = []

        async def handle_async_request(self, request):
            await request.aread()
            self.requests.append(request)
            answer = self.answers.pop(0) if self.answers else 200
            if isinstance(answer, Exception):
                raise answer
            return httpx.Response(answer)

    return Receiver()


class Way:
    """One way to an emulator: over a socket, or in-process.

    ``steps`` holds what the trace told of the last call, connections apart.
    """

    PHONE = "+61421000001"

    def __init__(self, emulator, http):
        self.emulator = emulator
        self.http = http
        self.steps = []

    async def call(self, method="GET", path="get/status/x", **options):
        """Make a 2.04 call and return the response, its body read."""
        self.steps = []

        async def trace(name, info):
            if name.startswith("http11."):
                self.steps.append(name.removeprefix("http11."))
                if name == "http11.send_request_headers.started":
                    assert info["request"].method == method.encode()

        options.setdefault("extensions", {})["trace"] = trace
        return await self.http.request(method, f"/api/v2.04/{path}", **options)

    async def send(self, message_id="m", to=PHONE, **options):
        """Send one message."""
        data = {"MessageID": message_id, "Message": "Hello", "Destinations": [{"Recipient": to}]}
        return await self.call("POST", "send/sms", json={"MessageData": data}, **options)

    def patience(self, do):
        """The timeout of a call that meets this fault: short for a stall, else all the time.

        Over a socket there must be time for the call to be carried out.
        """
        short = 0.01 if self.http.base_url.host == "emulator" else 0.3
        return httpx.Timeout(20.0, read=short, write=short) if do == "stall" else 20.0

    @property
    def accepted(self):
        """The MessageIDs that were accepted."""
        return [entry["MessageID"] for entry in self.emulator.ledger()]


@pytest.fixture(scope="module")
def served():
    """An emulator behind a port, for all tests of a file; each starts with it reset."""
    emulator = Emulator(token="test-token", clock=Clock.frozen(START))
    with emulator.serve():
        yield emulator


def client_of(emulator, kind):
    """Return an httpx client that goes to an emulator in that way."""
    inside = kind == "in-process"
    return httpx.AsyncClient(
        transport=emulator.transport() if inside else None,
        base_url="http://emulator" if inside else emulator.url,
        headers={"Authorization": "Basic test-token"},
        timeout=20.0,
        trust_env=False,
    )


@pytest.fixture(params=["socket", "in-process"])
async def way(request, served):
    """Each way to the emulator in turn."""
    served.reset()
    async with client_of(served, request.param) as http:
        yield Way(served, http)


@pytest.fixture
async def inside(served):
    """The in-process way."""
    served.reset()
    async with client_of(served, "in-process") as http:
        yield Way(served, http)


@pytest.fixture
async def outside(served):
    """The way over a socket."""
    served.reset()
    async with client_of(served, "socket") as http:
        yield Way(served, http)


@contextlib.contextmanager
def _connected(emulator):
    """Open a plain socket to a served emulator."""
    host, _, port = emulator.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=20) as peer:
        yield peer


@pytest.fixture
def connected():
    """Connect a plain socket to a served emulator."""
    return _connected


class Open:
    """The connections that the emulator has open."""

    def __init__(self):
        self.wires = set()

    async def until(self, number):
        """Wait until there are so many."""
        async with asyncio.timeout(20):
            while len(self.wires) != number:  # noqa: ASYNC110 - they are another thread's
                await asyncio.sleep(0.01)


@pytest.fixture
def wires(monkeypatch):
    """Watch connections come and go."""
    found = Open()
    made, lost = wire.Wire.connection_made, wire.Wire.connection_lost

    def noted_made(self, transport):
        found.wires.add(self)
        made(self, transport)

    def noted_lost(self, exc):
        lost(self, exc)
        found.wires.discard(self)

    monkeypatch.setattr(wire.Wire, "connection_made", noted_made)
    monkeypatch.setattr(wire.Wire, "connection_lost", noted_lost)
    return found
