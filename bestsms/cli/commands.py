"""What each command does: one call or walk of the sync client, then a table or JSON."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable

from bestsms import SyncClient
from bestsms._wire.convert import unstructure
from bestsms._wire.model import Model

__all__ = ["demo", "emulator", "received", "replies", "send", "status"]


def send(words: argparse.Namespace) -> None:
    """Send one text."""
    message = sys.stdin.read().rstrip("\n") if words.message == "-" else words.message
    with _client(words) as client:
        sent = client.send(
            message,
            to=words.to,
            message_id=words.message_id,
            reference=words.reference,
            send_time=words.at,
            time_zone=words.zone,
            test=words.test,
        )
    if words.json:
        _print_json([sent.answer])
        return
    from bestsms.cli import tables  # noqa: PLC0415 - Rich is an extra

    tables.sent(sent.message_id, len(words.to), test=words.test)


def status(words: argparse.Namespace) -> None:
    """Show the delivery report of a message."""
    with _client(words) as client:
        report = client.reports.status(words.message_id)
    if words.json:
        _print_json([report])
        return
    from bestsms.cli import tables  # noqa: PLC0415 - Rich is an extra

    tables.report(report)


def received(words: argparse.Namespace) -> None:
    """List the messages received in the last minutes, of every page."""
    with _client(words) as client:
        found = list(client.reports.iterate_sms_received(time_period=words.minutes))
    if words.json:
        _print_json(found)
        return
    from bestsms.cli import tables  # noqa: PLC0415 - Rich is an extra

    tables.received(found, minutes=words.minutes)


def replies(words: argparse.Namespace) -> None:
    """List the replies to a message."""
    with _client(words) as client:
        report = client.reports.sms_reply(words.message_id)
    found = [reply for recipient in report.recipients for reply in recipient.sms_replies]
    if words.json:
        _print_json(found)
        return
    from bestsms.cli import tables  # noqa: PLC0415 - Rich is an extra

    tables.replies(words.message_id, found)


def emulator(words: argparse.Namespace) -> None:
    """Serve a local BestSMS until it is interrupted."""
    from bestsms.emulator import standalone  # noqa: PLC0415 - Starlette and uvicorn are an extra

    standalone.run(
        host=words.host, port=words.port, token=words.token, allow_remote=words.allow_remote
    )


def demo(_: argparse.Namespace) -> None:
    """Run the demonstration."""
    from bestsms.cli import demo  # noqa: PLC0415 - Rich and the emulator are extras

    demo.run()


def _client(words: argparse.Namespace) -> SyncClient:
    if words.emulator is None:
        return SyncClient()
    return SyncClient(os.environ.get("BESTSMS_AUTH_TOKEN") or "emulator", base_url=words.emulator)


def _print_json(models: Iterable[Model]) -> None:
    for model in models:
        print(json.dumps(unstructure(model, ""), ensure_ascii=False, default=str))
