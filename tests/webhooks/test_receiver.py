"""The receiver as an app holds it: what comes is checked, kept, answered, and then handled."""

from __future__ import annotations

import json
import pickle
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from bestsms import ConfigurationError, webhooks
from bestsms._retry import Clock
from bestsms.webhooks import (
    BlockingReceiver,
    Callback,
    Event,
    Receiver,
    ReplyEvent,
    StatusEvent,
    UnknownEvent,
)

SENDER, KEY = "application@domain.com", "ta8wr7ymd"
JESS = "+61421000001"
STATUS = {
    "Version": "2.04",
    "Sender": SENDER,
    "APIKey": KEY,
    "Type": "SMS",
    "Destination": JESS,
    "MessageID": "ID1",
    "SentTimeUTC-RFC3339": "2025-06-03T21:16:55.000Z",
    "Status": "SUCCESS",
    "Result": "delivered",
}
REPLY = {
    **STATUS,
    "Type": "SMSReply",
    "ReceivedID": "R1",
    "Status": "RECEIVED",
    "Result": "RECEIVED",
    "Message": "Yes please",
}


class Handler:
    """A handler that keeps what it was called with."""

    def __init__(self, *failures: Exception) -> None:
        self.called: list[Event] = []
        self._failures = list(failures)
        self._in, self._out = anyio.create_memory_object_stream[Event](100)

    async def __call__(self, event: Event) -> None:
        """Fail as often as it was told to, then keep the event."""
        if self._failures:
            raise self._failures.pop(0)
        self.called.append(event)
        await self._in.send(event)

    async def next(self) -> Any:
        """Return the next event, when it has come."""
        with anyio.fail_after(20):
            return await self._out.receive()

    def close(self) -> None:
        """Take no more."""
        self._in.close()
        self._out.close()


@pytest.fixture
def handler():
    """A handler that keeps what it was called with."""
    made = Handler()
    yield made
    made.close()


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Where events are kept."""
    return tmp_path / "webhooks.sqlite"


@pytest.fixture
async def make(store: Path) -> AsyncIterator[Callable[..., Receiver]]:
    """Make receivers with the right secrets, and retries without a pause."""
    made: list[Receiver] = []

    def build(handler: Any = None, **changes: Any) -> Receiver:
        settings: dict[str, Any] = {"sender": SENDER, "api_key": KEY, "store": store}
        # No pause before a retry.
        settings["clock"] = Clock(random=lambda: 0.0)
        made.append(Receiver(handler, **(settings | changes)))
        return made[-1]

    yield build
    for each in made:
        await each.aclose()


async def post(receiver: Receiver, body: Any = STATUS, **options: Any) -> httpx.Response:
    """Post a webhook as the provider does."""
    transport = httpx.ASGITransport(receiver)
    async with httpx.AsyncClient(transport=transport, base_url="https://hooks.example") as client:
        content = body if isinstance(body, bytes | str) else json.dumps(body)
        return await client.post(options.pop("url", "/"), content=content, **options)


async def settled(receiver: Receiver, state: str, count: int = 1) -> None:
    """Return when so many events are in a state."""
    with anyio.fail_after(20):
        while (await receiver.counts())[state] != count:
            await anyio.lowlevel.checkpoint()


# -- what comes in ---------------------------------------------------------------------------------


async def test_an_event_is_answered_and_then_handled_once(make, handler) -> None:
    """200 without a word at once, and the handler gets the event, once however often it comes."""
    async with make(handler) as receiver:
        answers = [await post(receiver) for _ in range(3)]
        assert [(each.status_code, each.content) for each in answers] == [(200, b"")] * 3
        event = await handler.next()
        await settled(receiver, "done")
    assert isinstance(event, StatusEvent)
    assert (event.message_id, event.destination, event.is_final) == ("ID1", JESS, True)
    assert handler.called == [event]


async def test_duplicates_at_the_same_moment_are_one_event(make, handler) -> None:
    """Sixteen deliveries at once are all answered 200, and handled once."""
    answers: list[int] = []

    async def deliver() -> None:
        answers.append((await post(receiver)).status_code)

    async with make(handler) as receiver:
        async with anyio.create_task_group() as tasks:
            for _ in range(16):
                tasks.start_soon(deliver)
        await handler.next()
        await settled(receiver, "done")
    assert answers == [200] * 16
    assert len(handler.called) == 1


async def test_a_reply_and_what_nobody_knows_are_events_too(make, handler) -> None:
    """A reply comes as a ReplyEvent, another channel as an UnknownEvent without the secrets."""
    async with make(handler) as receiver:
        await post(receiver, REPLY)
        reply = await handler.next()
        answer = await post(receiver, {"Sender": SENDER, "APIKey": KEY, "Type": "Fax", "A": "1"})
        unknown = await handler.next()
    assert isinstance(reply, ReplyEvent)
    assert (reply.from_, reply.message_text, reply.matched) == (JESS, "Yes please", True)
    assert answer.status_code == 200
    assert isinstance(unknown, UnknownEvent)
    assert (unknown.type_, unknown.fields) == ("Fax", {"Type": "Fax", "A": "1"})


async def test_secrets_can_be_changed_without_a_gap(make) -> None:
    """Several senders and keys are accepted at a time, in any combination."""
    receiver = make(sender=[SENDER, "new@domain.com"], api_key=("new-key", KEY))
    assert (await post(receiver)).status_code == 200
    new = STATUS | {"Sender": "new@domain.com", "APIKey": "new-key"}
    assert (await post(receiver, new)).status_code == 200
    assert (await post(receiver, STATUS | {"APIKey": "old-key"})).status_code == 401


async def test_the_secrets_can_come_from_the_environment(make, monkeypatch) -> None:
    """BESTSMS_WEBHOOK_SENDER and BESTSMS_WEBHOOK_API_KEY stand in for the arguments."""
    monkeypatch.setenv("BESTSMS_WEBHOOK_SENDER", SENDER)
    monkeypatch.setenv("BESTSMS_WEBHOOK_API_KEY", "from-outside")
    assert (await post(make(sender=None, api_key=None))).status_code == 401
    assert (await post(make(sender=None))).status_code == 200


@pytest.mark.parametrize("made", [Receiver, BlockingReceiver])
@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({}, "BESTSMS_WEBHOOK_SENDER"),
        ({"sender": SENDER}, "BESTSMS_WEBHOOK_API_KEY"),
        ({"sender": SENDER, "api_key": ""}, "api_key"),
        ({"sender": SENDER, "api_key": []}, "api_key"),
        ({"sender": [SENDER, " "], "api_key": KEY}, "sender"),
        ({"sender": SENDER, "api_key": [KEY, None]}, "insecure=True"),
        ({"insecure": True, "confirm": True}, "client"),
    ],
)
def test_a_receiver_without_a_check_is_refused(made, settings, word, store, monkeypatch) -> None:
    """A missing half of the secret is an error that says how to set it, and shows no other."""
    monkeypatch.setenv("BESTSMS_WEBHOOK_SENDER", "")
    monkeypatch.delenv("BESTSMS_WEBHOOK_API_KEY", raising=False)
    with pytest.raises(ConfigurationError, match=word) as caught:
        made(store=store, **settings)
    assert KEY not in str(caught.value)


def test_a_path_starts_with_a_slash(make) -> None:
    """A path that could never be asked for is refused at once."""
    with pytest.raises(ConfigurationError, match="/webhooks/bestsms"):
        make(path="webhooks")


async def test_anyone_is_let_in_only_when_told_so(make) -> None:
    """With insecure=True, for development, any Sender and APIKey will do, or none."""
    receiver = make(sender=None, api_key=None, insecure=True)
    assert (await post(receiver, {"Type": "SMS"})).status_code == 200


def test_a_receiver_shows_no_secret(make) -> None:
    """Neither its repr nor a pickle gives the secrets away."""
    receiver = make()
    assert repr(receiver) == "<Receiver>"
    with pytest.raises(TypeError, match="secrets"):
        pickle.dumps(receiver)


@pytest.mark.parametrize(
    ("scope", "status"),
    [
        ({"path": "/"}, 200),
        ({"path": ""}, 200),
        ({"path": "/other"}, 404),
        ({"path": "/hook", "root_path": "/hook"}, 200),
        ({"path": "/hook/", "root_path": "/hook"}, 200),
        ({"path": "/", "root_path": "/hook"}, 200),
        ({"path": "/hook/other", "root_path": "/hook"}, 404),
        ({"path": "/hookother", "root_path": "/hook"}, 404),
        ({"path": "//", "root_path": ""}, 404),
    ],
)
async def test_it_answers_at_its_own_path_only(make, scope, status) -> None:
    """Wherever it is mounted, and whether the server leaves the mount's path in front or not."""

    async def mounted(outer: Any, receive: Any, send: Any) -> None:
        await receiver({**outer, **scope}, receive, send)

    receiver = make()
    assert (await post(mounted)).status_code == status


async def test_it_can_have_a_path_of_its_own(make) -> None:
    """With path= it is an endpoint of a route, or an app by itself."""
    receiver = make(path="/webhooks/bestsms")
    assert (await post(receiver, url="/webhooks/bestsms")).status_code == 200
    assert (await post(receiver, url="/webhooks/bestsms/")).status_code == 200
    assert (await post(receiver, url="/")).status_code == 404


async def test_another_framework_hands_over_the_request(make, handler) -> None:
    """receive() takes what any framework has, and returns what it is to answer."""
    body = json.dumps(STATUS).encode()
    async with make(handler) as receiver:
        good = await receiver.receive(
            method="POST", body=body, headers={"Content-Type": "application/json"}
        )
        await handler.next()
        bad = await receiver.receive(method="PUT", body=body, headers={})
    assert (good.status, good.body, good.headers["Content-Length"]) == (200, b"", "0")
    assert (bad.status, bad.headers["Allow"]) == (405, "POST")


# -- between the answer and the handler ------------------------------------------------------------


async def test_the_handler_waits_for_the_answer(make, handler) -> None:
    """However fast the queue is, the provider has its 200 before the handler is called."""
    answered = anyio.Event()

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        async def send_later(message: Any) -> None:
            await answered.wait()
            await send(message)

        await receiver(scope, receive, send_later)

    async with make(handler) as receiver, anyio.create_task_group() as tasks:
        tasks.start_soon(post, slow)
        await settled(receiver, "running")
        assert handler.called == []
        answered.set()
        await handler.next()


async def test_nothing_is_held_of_what_was_answered(make) -> None:
    """Nor of a duplicate, nor of what could not be kept: a receiver may run for months."""
    receiver = make(max_backlog=1)
    for number, status in ((1, 200), (1, 200), (2, 503)):
        assert (await post(receiver, STATUS | {"MessageID": f"ID{number}"})).status_code == status
    assert receiver._unanswered == {}


async def test_without_a_worker_events_are_kept_and_said(make, handler, caplog) -> None:
    """Outside `async with` an event is acknowledged, and one line says that nobody works."""
    receiver = make(handler)
    for number in range(3):
        assert (await post(receiver, STATUS | {"MessageID": f"ID{number}"})).status_code == 200
    (line,) = [each.message for each in caplog.records if each.name == "bestsms.webhooks"]
    assert "no handler works in this process: use `async with receiver:`" in line
    async with make(handler):
        found = {(await handler.next()).message_id for _ in range(3)}
    assert found == {"ID0", "ID1", "ID2"}


async def test_without_a_handler_events_are_kept_for_another(make, handler, caplog) -> None:
    """A receiver without a handler never works on the store, which is another's then."""
    async with make() as receiver:
        await post(receiver)
        assert (await receiver.counts())["pending"] == 1
    assert caplog.text == ""
    async with make(handler):
        assert (await handler.next()).message_id == "ID1"


async def test_a_handler_that_fails_gets_the_event_again(make) -> None:
    """The provider never hears of it: 200, and the next attempt is the queue's."""
    handler = Handler(RuntimeError("the first time"))
    async with make(handler) as receiver:
        assert (await post(receiver)).status_code == 200
        assert (await handler.next()).message_id == "ID1"
    handler.close()


async def test_an_event_that_always_fails_is_a_dead_letter(make) -> None:
    """After its attempts it is set aside, listed, and tried again only when told to."""
    handler = Handler(RuntimeError("1"), RuntimeError("2"))
    async with make(handler, attempts=2) as receiver:
        await post(receiver)
        await settled(receiver, "dead")
        (letter,) = await receiver.dead()
        assert (letter.event.message_id, letter.attempts) == ("ID1", 2)
        assert await receiver.retry(letter.key)
        assert (await handler.next()).message_id == "ID1"
    handler.close()


async def test_a_full_store_has_the_provider_come_again(make, caplog) -> None:
    """Beyond max_backlog the answer is 503 with Retry-After, and the log says why, once."""
    receiver = make(max_backlog=1)
    await post(receiver)
    for number in (2, 3):
        answer = await post(receiver, STATUS | {"MessageID": f"ID{number}"})
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert caplog.text.count("can't keep a webhook, which will come again: ") == 1
    assert (await post(receiver)).status_code == 200


async def test_a_broken_store_has_the_provider_come_again(make, store, caplog) -> None:
    """What can't be written is answered 503; nothing of the reason is in the answer."""
    store.write_bytes(b"This is no database, and it is long enough to be seen as none." * 100)
    answer = await post(make())
    assert (answer.status_code, answer.text) == (503, "try again\n")
    assert "webhooks.sqlite" in caplog.text


async def test_a_fault_of_this_package_shows_nothing(make, monkeypatch, caplog) -> None:
    """An error nobody thought of is a 500 without detail; the log has its place, not its text."""

    def fail(_: object) -> None:
        raise ZeroDivisionError(STATUS)

    monkeypatch.setattr("bestsms.webhooks.edge.event_of", fail)
    answer = await post(make())
    assert (answer.status_code, answer.text) == (500, "failed\n")
    assert "ZeroDivisionError at " in caplog.text
    assert KEY not in caplog.text


# -- its life --------------------------------------------------------------------------------------


async def test_it_lives_as_long_as_its_server(make, handler) -> None:
    """Served alone, the server's lifespan starts and stops the work."""
    sent: list[Any] = []
    shutdown = anyio.Event()

    async def receive() -> Any:
        if sent:
            await shutdown.wait()
        return {"type": "lifespan.shutdown" if sent else "lifespan.startup"}

    async def send(message: Any) -> None:
        sent.append(message["type"])

    receiver = make(handler)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(receiver, {"type": "lifespan"}, receive, send)
        await post(receiver)
        await handler.next()
        shutdown.set()
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


async def test_it_works_once_at_a_time(make, handler) -> None:
    """A second start meanwhile is an error, for an app and for a server; a later one is none."""
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "lifespan.startup"}

    async def send(message: Any) -> None:
        sent.append(message)

    async with make(handler) as receiver:
        with pytest.raises(ConfigurationError, match="works already"):
            await receiver.__aenter__()
        await receiver({"type": "lifespan"}, receive, send)
    assert [each["type"] for each in sent] == ["lifespan.startup.failed"]
    assert "works already" in sent[0]["message"]
    async with receiver:
        await post(receiver)
        await handler.next()


async def test_an_error_leaves_the_block_as_it_is(make, handler) -> None:
    """Neither an error nor a cancellation is wrapped, or lost."""
    with pytest.raises(KeyError, match="mine"):
        async with make(handler):
            raise KeyError("mine")
    with anyio.CancelScope() as scope:
        async with make(handler):
            scope.cancel()
            await anyio.sleep_forever()
    assert scope.cancelled_caught


async def test_a_websocket_is_closed(make) -> None:
    """There is nothing to talk about."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    await make()({"type": "websocket", "path": "/"}, None, send)
    assert sent == [{"type": "websocket.close"}]


# -- the client it is bound to ---------------------------------------------------------------------


class Client:
    """What a receiver needs of a client: it notes what it is asked, and knows reports."""

    def __init__(self, *recipients: tuple[str, str]) -> None:
        self.woken: list[tuple[str | None, bool]] = []
        self.asked: list[str] = []
        self.reports = self
        self._recipients = recipients

    def wake(self, message_id: str | None, *, reply: bool = False) -> None:
        """Note who is woken."""
        self.woken.append((message_id, reply))

    async def status(self, message_id: str) -> Any:
        """Return the report."""
        return self.report(message_id)

    def report(self, message_id: str) -> Any:
        """Return the report to whoever does not await it."""
        self.asked.append(message_id)
        return bestsms_report(self._recipients)


def bestsms_report(recipients: Any) -> Any:
    """Make a report of some recipients."""
    from bestsms import Recipient, RecipientStatus, Report

    return Report(
        recipients=tuple(
            Recipient(destination=number, status=RecipientStatus(status))
            for number, status in recipients
        )
    )


async def test_a_webhook_wakes_the_waits_on_its_message(make) -> None:
    """A status wakes the waits, a reply the replies too, an unmatched one the inbox alone."""
    client = Client()
    receiver = make(client=client)
    await post(receiver)
    await post(receiver, REPLY)
    await post(receiver, {**REPLY, "Type": "SMSInbound", "MessageID": "", "ReceivedID": "R2"})
    await post(receiver, STATUS | {"APIKey": "wrong"})
    assert client.woken == [("ID1", False), ("ID1", True), (None, True)]


@pytest.mark.parametrize("blocking", [False, True])
async def test_a_final_state_is_believed_when_the_report_agrees(make, handler, blocking) -> None:
    """With confirm=True the report is asked first, by an async client or its twin; of no other."""
    client = Client((JESS.removeprefix("+"), "Success"))
    if blocking:
        client.status = client.report  # type: ignore[method-assign]
    async with make(handler, client=client, confirm=True) as receiver:
        await post(receiver, STATUS | {"Status": "PENDING", "Result": "queued"})
        await handler.next()
        await post(receiver, REPLY)
        await handler.next()
        assert client.asked == []
        await post(receiver)
        await handler.next()
    assert client.asked == ["ID1"]


@pytest.mark.parametrize(
    "recipients", [[], [(JESS, "Pending")], [("+61421000002", "Success")], [("", "Success")]]
)
async def test_a_final_state_that_is_not_confirmed_is_not_believed(
    make, handler, recipients, caplog
) -> None:
    """It is asked for again and again, and is a dead letter in the end, never handled."""
    client = Client(*recipients)
    async with make(handler, client=client, confirm=True, attempts=3) as receiver:
        assert (await post(receiver)).status_code == 200
        await settled(receiver, "dead")
        (letter,) = await receiver.dead()
    assert letter.error.startswith("bestsms.webhooks.confirming.Unconfirmed: Message ID1: ")
    assert client.asked == ["ID1"] * 3
    assert handler.called == []
    assert JESS[1:] not in letter.error + caplog.text


async def test_another_end_than_the_report_s_is_not_believed(make, handler) -> None:
    """Who knows the APIKey can't turn one end of a message into another; the letter has both."""
    client = Client((JESS, "Failed"))
    async with make(handler, client=client, confirm=True, attempts=1) as receiver:
        await post(receiver)
        await settled(receiver, "dead")
        (letter,) = await receiver.dead()
    assert "a webhook says Success of ...001, the report Failed" in letter.error
    assert handler.called == []


async def test_one_of_several_ends_in_the_report_is_enough(make, handler) -> None:
    """A number that was sent to twice has two states in the report."""
    client = Client((JESS, "Failed"), (JESS, "Success"))
    async with make(handler, client=client, confirm=True) as receiver:
        await post(receiver)
        assert (await handler.next()).message_id == "ID1"


# -- the signed callback URL -----------------------------------------------------------------------


async def test_a_status_needs_the_url_of_its_own_message(make) -> None:
    """With callback= a webhook to the bare URL, or to another message's, is refused."""
    now = datetime(2025, 6, 3, tzinfo=UTC)
    callback = Callback("https://hooks.example/", {"a": "k" * 32}, lifetime=60, now=lambda: now)
    receiver = make(callback=callback)
    own, other = callback.url_for("ID1"), callback.url_for("ID2")
    assert (await post(receiver, url=own)).status_code == 200
    for url in ("/", other, own[:-1], callback.standing_url()):
        assert (await post(receiver, url=url)).status_code == 401
    unmatched = {**REPLY, "Type": "SMSInbound", "MessageID": "", "ReceivedID": "R2"}
    assert (await post(receiver, unmatched, url=callback.standing_url())).status_code == 200
    now = datetime(2025, 6, 4, tzinfo=UTC)
    assert (await post(receiver, url=own)).status_code == 401


def test_its_names_are_public() -> None:
    """A user's annotations and except clauses need no private module."""
    assert {"Answer", "BlockingReceiver", "Receiver", "Unconfirmed"} <= set(webhooks.__all__)
    assert webhooks.__all__ == sorted(webhooks.__all__)
