"""What each command does: one call or walk of the sync client; then what there is to show."""

from __future__ import annotations

import argparse
import json
import os
import uuid
from collections.abc import Callable, Iterable
from typing import Any

import attrs

from bestsms import SyncClient, to_dict
from bestsms.cli.outcomes import DONE
from bestsms.cli.terminal import on_terminal, standard_input

__all__ = [
    "Interrupted",
    "Shown",
    "bulk",
    "demo",
    "emulator",
    "inbox",
    "listen",
    "received",
    "replies",
    "send",
    "status",
    "wait",
]


@attrs.frozen
class Shown:
    """What is left to do when the work is done.

    Attributes:
        show: Prints the result.
        sent: The MessageID of a text that was accepted, if one was.
        code: The exit code.
    """

    show: Callable[[], None]
    sent: str | None = None
    code: int = DONE


class Interrupted(KeyboardInterrupt):
    """Ctrl-C while a send was under way; its text is the MessageID."""


def send(words: argparse.Namespace) -> Shown:
    """Send one text."""
    tables = _tables(words)
    message = standard_input().read().rstrip("\n") if words.message == "-" else words.message
    # Chosen here, so that the id is known whatever interrupts the call.
    message_id = words.message_id or str(uuid.uuid4())
    with _client(words) as client:
        try:
            sent = client.send(
                message,
                to=words.to,
                message_id=message_id,
                reference=words.reference,
                send_time=words.at,
                time_zone=words.zone,
                test=words.test,
            )
        except KeyboardInterrupt:
            raise Interrupted(message_id) from None
    if tables is None:
        return Shown(lambda: _print_json([sent.answer]), sent=message_id)
    return Shown(
        lambda: tables.sent(message_id, len(words.to), test=words.test, reconciled=sent.reconciled),
        sent=message_id,
    )


def bulk(words: argparse.Namespace) -> Shown:
    """Send to a list, or say what that would take."""
    from bestsms.cli import bulk, bulk_campaign, bulk_forecast  # noqa: PLC0415 - only for lists

    price = bulk_forecast.price_of(words)
    guards = bulk.guards(words)
    with bulk_campaign.listed(words.recipients) as recipients:
        if words.dry_run:
            forecast = bulk_forecast.forecast(recipients, words, guards, price)
            return Shown(forecast.show, code=forecast.code)
        campaign = bulk_campaign.Campaign.of(recipients, words)
        bulk.check(campaign, words)
        with _client(words, journal=campaign.journal, **guards) as client:
            ended = bulk.send(client, campaign, words)
    return Shown(ended.show, sent=f"campaign {campaign.name}", code=ended.code)


def status(words: argparse.Namespace) -> Shown:
    """Show the delivery report of a message."""
    tables = _tables(words)
    with _client(words) as client:
        report = client.reports.status(words.message_id)
    return Shown(lambda: tables.report(report) if tables else _print_json([report]))


def received(words: argparse.Namespace) -> Shown:
    """List the messages received in the last minutes, of every page."""
    tables = _tables(words)
    with _client(words) as client:
        found = list(client.reports.iterate_sms_received(time_period=words.minutes))
    return Shown(
        lambda: tables.received(found, minutes=words.minutes) if tables else _print_json(found)
    )


def replies(words: argparse.Namespace) -> Shown:
    """List the replies to a message."""
    tables = _tables(words)
    with _client(words) as client:
        report = client.reports.sms_reply(words.message_id)
    found = [reply for recipient in report.recipients for reply in recipient.sms_replies]
    return Shown(lambda: tables.replies(words.message_id, found) if tables else _print_json(found))


def wait(words: argparse.Namespace) -> Shown:
    """Follow messages until all of them are final."""
    from bestsms.cli import waiting  # noqa: PLC0415 - the other commands do not wait

    tables = _tables(words) if on_terminal() else None
    with _client(words, poll_rate=words.rate) as client:
        board = waiting.follow(client, words.message_ids, timeout=words.timeout, as_json=words.json)

    def show() -> None:
        if tables is not None:
            tables.waits(board.rows)
        board.explain()

    return Shown(show, code=board.code)


def inbox(words: argparse.Namespace) -> Shown:
    """Print received messages as they come."""
    from bestsms.cli import inbox  # noqa: PLC0415 - the other commands have no use for it

    with _client(words) as client:
        inbox.show(
            client,
            since=words.since,
            cursor=inbox.Cursor(words.cursor),
            follow=words.follow,
            as_json=words.json,
        )
    return Shown(lambda: None)


def emulator(words: argparse.Namespace) -> Shown:
    """Serve a local BestSMS until it is interrupted."""
    from bestsms.emulator import standalone  # noqa: PLC0415 - Starlette and uvicorn are an extra

    standalone.run(
        host=words.host,
        port=words.port,
        token=words.token,
        allow_remote=words.allow_remote,
        strict=words.strict,
    )
    return Shown(lambda: None)


def listen(words: argparse.Namespace) -> Shown:
    """Receive webhooks and show each until it is interrupted."""
    from bestsms.cli import listen  # noqa: PLC0415 - uvicorn is an extra

    listen.run(
        host=words.host,
        port=words.port,
        path=words.path,
        store=words.store,
        as_json=words.json,
        allow_remote=words.allow_remote,
    )
    return Shown(lambda: None)


def demo(_: argparse.Namespace) -> Shown:
    """Run the demonstration."""
    from bestsms.cli import demo, tables  # noqa: PLC0415 - Rich and the emulator are extras

    rows = demo.observe()
    return Shown(lambda: tables.demo(rows))


def _tables(words: argparse.Namespace) -> Any:
    """Load what draws before anything is sent, so that a missing extra is no failed send."""
    if words.json:
        return None
    from bestsms.cli import tables  # noqa: PLC0415 - Rich is an extra

    return tables


def _client(words: argparse.Namespace, **settings: Any) -> SyncClient:
    if words.emulator is None:
        return SyncClient(**settings)
    token = os.environ.get("BESTSMS_AUTH_TOKEN") or "emulator"
    return SyncClient(token, base_url=words.emulator, **settings)


def _print_json(models: Iterable[Any]) -> None:
    for model in models:
        print(json.dumps(to_dict(model), default=str))
