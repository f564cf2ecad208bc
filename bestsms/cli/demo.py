"""``bestsms demo``: a text from end to end on this machine, with nothing made up.

It starts the emulator and a webhook receiver on free loopback ports, sends real HTTP with the async
client, polls for the delivery, lets the phone answer, and shows each step as it happened.
"""

from __future__ import annotations

import json
from typing import Any

import anyio
from anyio.from_thread import start_blocking_portal
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bestsms import AsyncClient, Destination, JobStatus, Report
from bestsms.emulator import Emulator
from bestsms.emulator.server import serving

__all__ = ["observe"]

Rows = list[tuple[str, str, str]]

JESS = "+61421000001"
TEXT = "Hi [[FirstName]], your membership renewal is due. Reply YES to renew."
PATIENCE = 20.0
"""Seconds after which the demonstration gives a step up."""


class Webhooks:
    """A receiver of webhooks that keeps what comes."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.app = Starlette(routes=[Route("/webhook", self._take, methods=["POST"])])

    async def _take(self, request: Request) -> Response:
        self.events.append(json.loads(await request.body()))
        return Response()

    async def wait_for(self, kind: str) -> dict[str, Any]:
        """Return the first event of a type, when it has come."""
        while True:
            for event in self.events:
                if event["Type"] == kind:
                    return event
            await anyio.sleep(0.05)


def observe() -> Rows:
    """Run the demonstration and return what happened, step by step.

    Raises:
        TimeoutError: A step did not happen within 20 seconds.
    """
    webhooks = Webhooks()
    emulator = Emulator(token="demo-token", delivery_seconds=1.0)  # noqa: S106 - of the demo
    with (
        serving(webhooks.app, "127.0.0.1", 0, allow_remote=False) as receiver,
        emulator.serve() as url,
        # Not anyio.run: on Python 3.11 coverage loses the frames under a loop that has ended.
        start_blocking_portal() as portal,
    ):
        # On the real account this is set in the Dashboard; a default may be plain http here.
        emulator.change_settings(webhook_url=f"{receiver}/webhook")
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
        told = await webhooks.wait_for("SMS")
        emulator.reply(JESS, "YES")
        answered = await webhooks.wait_for("SMSReply")
        report = await client.reports.sms_reply(sent.message_id)
    (recipient,) = report.recipients
    (reply,) = recipient.sms_replies
    (entry,) = emulator.ledger()
    return [
        ("emulator", f"a local BestSMS on {url}", "bestsms.emulator"),
        ("send", f"accepted as {sent.message_id}", "POST /send/sms"),
        ("status", f"{first.status}, {first.complete} of {first.count} done", "GET /get/status"),
        ("delivery", f"{last.status}: {last.recipients[0].result}", "GET /get/status"),
        ("webhook", f"{told['Type']} {told['Status']}: {told['Result']}", "POST to us"),
        ("reply", f"{answered['Destination']} says {answered['Message']!r}", "POST to us"),
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
