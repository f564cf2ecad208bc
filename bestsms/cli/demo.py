"""``bestsms demo``: a text from end to end on this machine, with nothing made up.

It starts the emulator and a webhook receiver on free loopback ports, sends real HTTP with the async
client, polls for the delivery, lets the phone answer, and shows each step as it happened.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TypeVar

import anyio
from anyio.from_thread import start_blocking_portal

from bestsms import AsyncClient, Destination, JobStatus, Report
from bestsms.emulator import Emulator
from bestsms.emulator.server import serving
from bestsms.webhooks import Event, Receiver, ReplyEvent, StatusEvent

__all__ = ["observe"]

EventT = TypeVar("EventT", bound=Event)
Rows = list[tuple[str, str, str]]

JESS = "+61421000001"
TEXT = "Hi [[FirstName]], your membership renewal is due. Reply YES to renew."
PATIENCE = 20.0
"""Seconds after which the demonstration gives a step up."""


class Webhooks:
    """A handler of webhooks that keeps what comes."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    async def __call__(self, event: Event) -> None:
        """Keep it."""
        self.events.append(event)

    async def wait_for(self, kind: type[EventT]) -> EventT:
        """Return the first event of a kind, when it has come."""
        while True:
            for event in self.events:
                if isinstance(event, kind):
                    return event
            await anyio.sleep(0.05)


def observe() -> Rows:
    """Run the demonstration and return what happened, step by step.

    Raises:
        TimeoutError: A step did not happen within 20 seconds.
    """
    webhooks = Webhooks()
    emulator = Emulator(token="demo-token", delivery_seconds=1.0)  # noqa: S106 - of the demo
    settings = emulator.settings()
    with (
        tempfile.TemporaryDirectory(prefix="bestsms-demo-") as folder,
        serving(
            Receiver(
                webhooks,
                sender=settings["webhook_sender"],
                api_key=settings["webhook_api_key"],
                store=Path(folder, "webhooks.sqlite"),
            ),
            "127.0.0.1",
            0,
            allow_remote=False,
        ) as receiver,
        emulator.serve() as url,
        # Not anyio.run: on Python 3.11 coverage loses the frames under a loop that has ended.
        start_blocking_portal() as portal,
    ):
        # On the real account this is set in the Dashboard; a default may be plain http here.
        emulator.change_settings(webhook_url=receiver)
        return portal.call(_walk, url, emulator, webhooks)


async def _walk(url: str, emulator: Emulator, webhooks: Webhooks) -> Rows:
    rows: Rows = []
    with anyio.move_on_after(PATIENCE):
        rows = await _steps(url, emulator, webhooks)
    if not rows:
        raise TimeoutError(f"the demonstration gave up after {PATIENCE:g} seconds")
    return rows


async def _steps(url: str, emulator: Emulator, webhooks: Webhooks) -> Rows:
    async with AsyncClient("demo-token", base_url=url) as client:
        sent = await client.send(TEXT, to=Destination(recipient=JESS, first_name="Jess"))
        first = await client.reports.status(sent.message_id)
        last = await _delivered(client, sent.message_id)
        told = await webhooks.wait_for(StatusEvent)
        emulator.reply(JESS, "YES")
        answered = await webhooks.wait_for(ReplyEvent)
        report = await client.reports.sms_reply(sent.message_id)
    (recipient,) = report.recipients
    (reply,) = recipient.sms_replies
    (entry,) = emulator.ledger()
    return [
        ("emulator", f"a local BestSMS on {url}", "bestsms.emulator"),
        ("send", f"accepted as {sent.message_id}", "POST /send/sms"),
        ("status", f"{first.status}, {first.complete} of {first.count} done", "GET /get/status"),
        ("delivery", f"{last.status}: {last.recipients[0].result}", "GET /get/status"),
        ("webhook", f"{told.type} {told.status}: {told.result}", "POST to us"),
        ("reply", f"{answered.from_} says {answered.message_text!r}", "POST to us"),
        (
            "read back",
            f"{recipient.message_text!r} got {reply.message_text!r}",
            "GET /get/sms/reply",
        ),
        ("ledger", f"the message was accepted {entry['count']} time", "/_emulator/ledger"),
    ]


async def _delivered(client: AsyncClient, message_id: str) -> Report:
    while True:
        report = await client.reports.status(message_id)
        if report.status is JobStatus.COMPLETED:
            return report
        await anyio.sleep(0.2)
