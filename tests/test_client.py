"""The async client: made in one line, closed once, and holding what it promises to hold."""

from __future__ import annotations

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
import respx

from bestsms import AsyncClient, ConfigurationError, JobStatus, NotSent, SyncClient
from bestsms._settings import AREAS
from bestsms._transport import AsyncBaseTransport


@respx.mock(base_url="https://api.bestsms.com.au/api/v2.04")
async def test_a_text_is_sent_and_followed(
    respx_mock: respx.MockRouter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The README's three lines, with the token from the environment."""
    monkeypatch.setenv("BESTSMS_AUTH_TOKEN", "from-outside")
    send = respx_mock.post("/send/sms").respond(json={"Result": "Success", "MessageID": "ID1"})
    respx_mock.get("/get/status/ID1").respond(json={"MessageID": "ID1", "Status": "COMPLETED"})
    async with AsyncClient() as client:
        sent = await client.send("Hello", to="+61421000001", message_id="ID1")
        report = await client.reports.status(sent.message_id)
    assert report.status is JobStatus.COMPLETED
    assert send.calls.last.request.headers["Authorization"] == "Basic from-outside"


@respx.mock
async def test_versions_are_mixed(respx_mock: respx.MockRouter) -> None:
    """One area may stay on the older version while the others move on."""
    old = respx_mock.get("https://sms.example/gate/api/v2.03/get/status/ID1").respond(
        json={"Status": "Pending"}
    )
    new = respx_mock.get("https://sms.example/gate/api/v2.04/addressbook/group/list").respond(
        json={"Groups": []}
    )
    async with AsyncClient(
        "token", base_url="https://sms.example/gate/", versions={"reports": "2.03"}
    ) as client:
        await client.reports.status("ID1")
        await client.groups.list()
    assert old.called
    assert new.called


class Closing(httpx.AsyncBaseTransport):
    """A transport of the caller's own, that counts how often it is closed."""

    closed = 0

    async def handle_async_request(self, _: httpx.Request) -> httpx.Response:
        """Answer."""
        return httpx.Response(200, json={"Status": "Pending"})

    async def aclose(self) -> None:
        """Count."""
        self.closed += 1


async def test_a_client_closes_once_also_after_an_error() -> None:
    """Leaving the block closes it, and the error goes on; closing again does nothing."""
    own = Closing()
    client = AsyncClient("token", transport=own)

    async def block() -> None:
        async with client:
            await client.reports.status("ID1")
            raise LookupError

    with pytest.raises(LookupError):
        await block()
    await client.aclose()
    assert own.closed == 1


def test_a_client_has_seven_areas() -> None:
    """By the names that ``versions=`` takes; nothing may be added by a typing slip."""
    client = AsyncClient("token")
    for area in AREAS:
        assert type(getattr(client, area)).__name__ == area.title().replace("_", "")
    with pytest.raises(AttributeError):
        client.report = None  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", [AsyncClient, SyncClient])
def test_the_address_book_is_loaded_when_it_is_asked_for(
    kind: type[AsyncClient | SyncClient],
) -> None:
    """Once, whoever comes first of many threads; and it can't be put another in its place."""
    client = kind("token")
    with ThreadPoolExecutor(8) as threads:
        books = list(threads.map(lambda _: client.address_book, range(64)))
    assert all(book is books[0] for book in books)
    assert client.contacts is client.contacts
    with pytest.raises(AttributeError, match="contacts can't be set"):
        client.contacts = None  # type: ignore[assignment]
    assert repr(kind.contacts).startswith("<bestsms._later.Later")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"auth_token": ""}, "auth_token: no Auth Token was given"),
        ({"base_url": "http://example.com"}, "base_url: plain http"),
        ({"version": "3.00"}, "version: '3.00' is not"),
        ({"timeout": 0}, "timeout: seconds are needed"),
        ({"journal": "no/such/folder/sent.db"}, "journal: .* its folder must be there already"),
        ({"settle_window": -1}, "settle_window: seconds are needed"),
        ({"wire_format": "yaml"}, "wire_format: 'yaml' is no format of the API; 'json' or 'xml'"),
    ],
)
def test_a_wrong_setting_makes_no_client(given: dict[str, Any], said: str) -> None:
    """It is named; and a setting that is not built yet is refused rather than ignored."""
    with pytest.raises(ConfigurationError, match=f"^{said}"):
        AsyncClient(**{"auth_token": "token", **given})


def test_a_missing_token_is_said_at_once() -> None:
    """Not at the first call."""
    with pytest.raises(ConfigurationError, match=r"^BESTSMS_AUTH_TOKEN: no Auth Token was given"):
        AsyncClient()


async def test_the_defaults_can_be_written_out() -> None:
    """And no window is a setting too."""
    AsyncClient("token", journal=None, settle_window=60, wire_format="json")
    AsyncClient("token", settle_window=0)


def known(request: httpx.Request) -> httpx.Response:
    """The status of whatever message is asked for."""
    message_id = request.url.path.rpartition("/")[2]
    return httpx.Response(200, json={"MessageID": message_id, "Status": "Pending"})


@respx.mock(base_url="https://api.bestsms.com.au/api/v2.04")
async def test_a_lost_answer_is_looked_up_under_respx_too(respx_mock: respx.MockRouter) -> None:
    """A user who mocks the network sees the whole procedure: one POST, then the status."""
    send = respx_mock.post("/send/sms").mock(side_effect=httpx.ReadTimeout)
    status = respx_mock.get(url__regex="/get/status/").mock(side_effect=known)
    async with AsyncClient("token") as client:
        sent = await client.send("Hello", to="+61421000001")
    assert sent.reconciled
    assert (send.call_count, status.call_count) == (1, 1)
    assert status.calls.last.request.url.path.endswith(f"/{sent.message_id}")


@respx.mock(base_url="https://api.bestsms.com.au/api/v2.04")
async def test_a_connection_that_respx_refuses_is_not_sent(respx_mock: respx.MockRouter) -> None:
    """Our own connections report what they do, so a refusal of theirs is a proof."""
    send = respx_mock.post("/send/sms").mock(side_effect=httpx.ConnectError)
    async with AsyncClient("token", deadline=0.1) as client:
        with pytest.raises(NotSent):
            await client.send("Hello", to="+61421000001")
    assert send.called


@pytest.mark.parametrize("escape", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_client_is_not_copied_or_pickled(escape) -> None:
    """It holds a token and open connections; nor are its areas a way around that."""
    client = AsyncClient("token")
    with pytest.raises(TypeError, match="not copied or pickled"):
        escape(client)
    with pytest.raises((TypeError, pickle.PicklingError)):
        pickle.dumps(client.messaging)


def test_a_client_shows_where_it_leads() -> None:
    """And nothing else."""
    assert repr(AsyncClient("token")) == "<AsyncClient of https://api.bestsms.com.au>"


def test_one_type_of_the_engine_is_public() -> None:
    """``transport=`` takes what httpx calls a transport."""
    assert AsyncBaseTransport is httpx.AsyncBaseTransport
