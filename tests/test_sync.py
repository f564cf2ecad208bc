"""The sync client: the same calls without an event loop, and no second copy of them."""

from __future__ import annotations

import asyncio
import copy
import inspect
import pickle
import threading
from typing import Any

import httpx
import pytest
import respx

from bestsms import (
    AsyncClient,
    ConfigurationError,
    NotFound,
    OutcomeUnknown,
    SyncClient,
    Verdict,
)
from bestsms._settings import AREAS


def paged(request: httpx.Request) -> httpx.Response:
    """Two pages of one contact each; anything else is not there."""
    if not request.url.path.endswith("/contact/list"):
        return httpx.Response(404)
    page = int(request.url.params["page"])
    return httpx.Response(200, json={"PageCount": 2, "Contacts": [{"ContactID": f"C{page}"}]})


@pytest.fixture
def client():
    """A client of a provider with two pages of contacts."""
    with SyncClient("token", transport=httpx.MockTransport(paged)) as made:
        yield made


@respx.mock(base_url="https://api.bestsms.com.au/api/v2.04")
def test_a_text_is_sent_and_followed(
    respx_mock: respx.MockRouter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The README's lines without ``await``."""
    monkeypatch.setenv("BESTSMS_AUTH_TOKEN", "from-outside")
    respx_mock.post("/send/sms").respond(json={"Result": "Success", "MessageID": "ID1"})
    respx_mock.get("/get/status/ID1").respond(json={"MessageID": "ID1", "Status": "Pending"})
    with SyncClient() as client:
        sent = client.send("Hello", to="+61421000001", message_id="ID1")
        assert client.reports.status(sent.message_id).status == "Pending"


def known(request: httpx.Request) -> httpx.Response:
    """The status of whatever message is asked for."""
    message_id = request.url.path.rpartition("/")[2]
    return httpx.Response(200, json={"MessageID": message_id, "Status": "Pending"})


@respx.mock(base_url="https://api.bestsms.com.au/api/v2.04")
def test_a_lost_answer_is_looked_up_under_respx_too(respx_mock: respx.MockRouter) -> None:
    """On the other thread as well: one POST, then the status."""
    send = respx_mock.post("/send/sms").mock(side_effect=httpx.ReadTimeout)
    status = respx_mock.get(url__regex="/get/status/").mock(side_effect=known)
    with SyncClient("token") as client:
        assert client.send("Hello", to="+61421000001").reconciled
    assert (send.call_count, status.call_count) == (1, 1)


def test_an_unclear_send_is_reconciled_without_a_loop() -> None:
    """``client.reconcile(error)``, since there is nothing to await here with."""
    answers = [lambda _: httpx.Response(404), known]

    def provider(request: httpx.Request) -> httpx.Response:
        return httpx.Response(502) if request.method == "POST" else answers.pop(0)(request)

    transport = httpx.MockTransport(provider)
    with SyncClient("token", transport=transport, settle_window=0) as client:
        with pytest.raises(OutcomeUnknown) as caught:
            client.send("Hello", to="+61421000001")
        assert client.reconcile(caught.value) is Verdict.UNKNOWN
        assert client.reconcile(caught.value) is Verdict.ACCEPTED
    assert caught.value.verdict is Verdict.ACCEPTED


def test_a_list_is_walked_lazily(client: SyncClient) -> None:
    """``iterate`` is a plain iterator here."""
    contacts = client.contacts.iterate()
    assert next(contacts).contact_id == "C1"
    assert [contact.contact_id for contact in contacts] == ["C2"]


def test_an_error_is_the_same_error(client: SyncClient) -> None:
    """It comes out of the other thread as it was raised."""
    with pytest.raises(NotFound) as caught:
        client.reports.status("ID1")
    assert caught.value.message_id == "ID1"


def test_threads_share_a_client(client: SyncClient) -> None:
    """Any number of them, over one loop."""
    found: list[int] = []
    workers = [
        threading.Thread(target=lambda: found.append(len(client.contacts.list().items)))
        for _ in range(16)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert found == [1] * 16


async def test_a_running_loop_is_not_needed_and_not_disturbed(client: SyncClient) -> None:
    """Old synchronous code inside an async program works from a worker thread."""
    contacts = await asyncio.to_thread(lambda: list(client.contacts.iterate()))
    assert len(contacts) == 2


class Closing(httpx.AsyncBaseTransport):
    """A transport that notes on which threads it worked and was closed."""

    def __init__(self) -> None:
        self.threads: list[str] = []

    async def handle_async_request(self, _: httpx.Request) -> httpx.Response:
        """Answer."""
        self.threads.append(threading.current_thread().name)
        return httpx.Response(200, json={"Status": "Pending"})

    async def aclose(self) -> None:
        """Note it."""
        self.threads.append(f"closed on {threading.current_thread().name}")


def test_a_client_closes_on_its_own_thread_and_once() -> None:
    """Connections are closed on the loop that opened them, and the thread ends."""
    own = Closing()
    with SyncClient("token", transport=own) as client:
        client.reports.status("ID1")
    client.close()
    assert own.threads == ["bestsms-portal", "closed on bestsms-portal"]
    assert "bestsms-portal" not in {thread.name for thread in threading.enumerate()}


def test_a_client_that_made_no_call_needs_no_thread() -> None:
    """Making and closing it starts none."""
    own = Closing()
    with SyncClient("token", transport=own) as client:
        assert not client._portal.running
    assert own.threads == []


def test_the_arguments_are_the_async_clients() -> None:
    """Same names, same order, same defaults."""
    assert inspect.signature(SyncClient) == inspect.signature(AsyncClient)


def public(kind: type) -> dict[str, Any]:
    """The public methods of a class."""
    return {
        name: value
        for name, value in inspect.getmembers(kind, inspect.isfunction)
        if not name.startswith("_")
    }


def test_every_verb_has_its_twin() -> None:
    """One a line: same name, arguments and docstring; only closing is called otherwise.

    A wait blocks, so that its handle is had by a verb of its own; and a run is finished, not
    awaited.
    """
    sync = public(SyncClient)
    verbs = public(AsyncClient)
    assert sync.keys() - {"close", "wait_handle"} == verbs.keys() - {"aclose"}
    run, twin = inspect.signature(verbs["send_many"]), inspect.signature(sync["send_many"])
    assert twin == run.replace(return_annotation="SyncRun")
    assert "to be finished for its totals" in sync["send_many"].__doc__
    for name in verbs.keys() - {"aclose", "send_many"}:
        assert inspect.signature(sync[name]) == inspect.signature(verbs[name])
        assert sync[name].__doc__ == verbs[name].__doc__


@pytest.mark.parametrize("area", AREAS)
def test_every_call_has_its_twin(area: str) -> None:
    """In each area, and on the same transport."""
    client = SyncClient("token")
    twin, original = getattr(client, area), getattr(client._target, area)
    assert twin._target is original
    sync, calls = public(type(twin)), public(type(original))
    assert sync.keys() == calls.keys()
    for name, call in calls.items():
        assert inspect.signature(sync[name]) == inspect.signature(call)


@pytest.mark.parametrize("escape", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_client_is_not_copied_or_pickled(escape) -> None:
    """It holds a token, open connections and a thread."""
    with pytest.raises(TypeError, match="not copied or pickled"):
        escape(SyncClient("token"))


def test_a_client_shows_where_it_leads() -> None:
    """And nothing else."""
    assert repr(SyncClient("token")) == "<SyncClient of https://api.bestsms.com.au>"
    with pytest.raises(ConfigurationError, match=r"^journal: "):
        SyncClient("token", journal="no/such/folder/sent.db")
