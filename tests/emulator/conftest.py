"""An emulator whose clock stands still, and a caller that speaks to it without the client."""

import httpx
import pytest

from bestsms.emulator import Clock, Emulator

START = "2025-06-03T21:16:55Z"
"""In Sydney it is 07:16:55 on June 4th."""


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
