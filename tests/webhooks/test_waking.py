"""A webhook ends a wait at once: a receiver that was given the client wakes what waits."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest

from bestsms import AsyncClient, SyncClient
from bestsms._retry import Clock
from bestsms.emulator import Emulator
from bestsms.emulator.server import serving
from bestsms.webhooks import BlockingReceiver, Receiver

PAIR = {"sender": "application@domain.com", "api_key": "ta8wr7ymd"}
NUMBER = "+61421000001"


async def _for_ever(_: float) -> None:
    await anyio.sleep_forever()


@pytest.fixture(autouse=True)
def _no_timer(monkeypatch: pytest.MonkeyPatch) -> None:
    """No client looks a second time by itself: every pause is for ever."""
    monkeypatch.setattr("bestsms._transport.transport.Clock", lambda: Clock(sleep=_for_ever))


@pytest.fixture
def emulator() -> Emulator:
    """An account where a message is delivered when the test says so."""
    return Emulator(delivery_seconds=1e6)


@contextlib.contextmanager
def posting_to(receiver: Receiver, emulator: Emulator) -> Iterator[None]:
    """Serve a receiver, and let the account's webhooks go there."""
    with serving(receiver, "127.0.0.1", 0, allow_remote=False) as url:
        emulator.change_settings(webhook_url=f"{url}/")
        yield


async def looked(client: AsyncClient) -> None:
    """Return when the first look was made, and found nothing."""
    while not (client._desks and client._desks[""]._pollers.everywhere()):
        await anyio.lowlevel.checkpoint()
    (poller,) = client._desks[""]._pollers.everywhere()
    while not (poller._napping and poller._queue and not poller._under_way):
        await anyio.lowlevel.checkpoint()


async def test_a_status_webhook_ends_a_wait(emulator: Emulator, tmp_path: Path) -> None:
    """The wait looked once; what makes it look again is the webhook."""
    with emulator.serve() as account:
        async with AsyncClient("t", base_url=account, poll_rate=1000) as client:
            receiver = Receiver(**PAIR, store=tmp_path / "hooks.sqlite", client=client)
            sent = await client.send("Hello", to=NUMBER)
            reports = []

            async def wait() -> None:
                reports.append(await client.wait(sent))

            with posting_to(receiver, emulator), anyio.fail_after(30):
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(wait)
                    await looked(client)
                    emulator.advance(1e6)
    assert [report.status for report in reports] == ["Completed"]


async def test_a_reply_webhook_brings_the_reply(emulator: Emulator, tmp_path: Path) -> None:
    """Both to the stream of the message's replies and to the inbox."""
    emulator.change_settings(delivery_seconds=0.0)
    said = []

    async def listen(stream: object) -> None:
        said.append((await anext(stream)).message_text)

    with emulator.serve() as account:
        async with AsyncClient("t", base_url=account, poll_rate=1000) as client:
            receiver = Receiver(**PAIR, store=tmp_path / "hooks.sqlite", client=client)
            sent = await client.send("Hello", to=NUMBER)
            with posting_to(receiver, emulator), anyio.fail_after(30):
                async with anyio.create_task_group() as tasks:
                    for stream in (client.inbox(), client.replies(sent)):
                        tasks.start_soon(listen, stream)
                        await looked(client)
                    emulator.advance(1)
                    emulator.reply(NUMBER, "YES")
    assert said == ["YES", "YES"]


def test_a_blocking_receiver_wakes_a_sync_client(emulator: Emulator, tmp_path: Path) -> None:
    """From its own thread, and into the client's."""
    with emulator.serve() as account, SyncClient("t", base_url=account, poll_rate=1000) as client:
        sent = client.send("Hello", to=NUMBER)
        wake = {"method": "POST", "headers": {"content-type": "application/json"}}
        with (
            BlockingReceiver(**PAIR, store=tmp_path / "h.sqlite", client=client) as receiver,
            anyio.from_thread.start_blocking_portal() as portal,
        ):
            waiting = portal.start_task_soon(anyio.to_thread.run_sync, client.wait, sent)
            portal.call(looked, client._target)
            emulator.advance(1e6)
            body = (
                f'{{"Sender":"{PAIR["sender"]}","APIKey":"{PAIR["api_key"]}","Type":"SMS",'
                f'"Destination":"{NUMBER}","MessageID":"{sent.message_id}",'
                '"Status":"SUCCESS","Result":"delivered","SentTime":"2025-06-04 00:00"}'
            )
            assert receiver.receive(body=body.encode(), **wake).status == 200
            assert waiting.result(30).status == "Completed"
