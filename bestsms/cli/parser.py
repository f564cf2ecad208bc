"""The words of the command line. argparse is enough for a few commands, and comes with Python."""

from __future__ import annotations

import argparse
import textwrap
from typing import Any

from bestsms._settings import POLL_RATE
from bestsms._version import __version__
from bestsms.cli import commands
from bestsms.cli.durations import seconds
from bestsms.cli.inbox import beginning
from bestsms.cli.outcomes import CODES

__all__ = ["parser"]

_ENDS = "; ".join(f"{code} {meaning}" for code, meaning in CODES.items())
EPILOG = textwrap.fill(
    "The token is read from BESTSMS_AUTH_TOKEN, never from the command line, where other users of "
    "the machine could see it. BESTSMS_BASE_URL and BESTSMS_VERSION are read too. "
    f"Exit codes: {_ENDS}.",
    width=79,
)


def parser() -> argparse.ArgumentParser:
    """Build the parser; each command's function is in the result's ``run``."""
    top = argparse.ArgumentParser(
        prog="bestsms",
        description="Send SMS with BestSMS, follow them, and read replies.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"bestsms-async {__version__}")
    subparsers = top.add_subparsers(title="commands", required=True, metavar="COMMAND")

    send = _command(subparsers, "send", commands.send, "send one text to one number or many")
    send.add_argument("message", metavar="TEXT", help="the text; - reads it from standard input")
    send.add_argument(
        "--to", action="append", required=True, metavar="NUMBER", help="who gets it; may repeat"
    )
    send.add_argument("--message-id", metavar="ID", help="your own id for the message")
    send.add_argument("--reference", metavar="NOTE", help="a note of your own")
    send.add_argument("--at", metavar="TIME", help="send later: YYYY-MM-DDTHH:mm, with --zone")
    send.add_argument("--zone", metavar="ZONE", help="such as 'AUS Eastern' or Australia/Perth")
    send.add_argument(
        "--test", action="store_true", help="report success without sending (Mode=Test)"
    )

    status = _command(subparsers, "status", commands.status, "show what became of a message")
    status.add_argument("message_id", metavar="ID")

    wait = _command(subparsers, "wait", commands.wait, "follow messages until each is final")
    wait.add_argument("message_ids", nargs="+", metavar="ID")
    wait.add_argument(
        "--timeout",
        type=seconds,
        default="48h",
        metavar="TIME",
        help="how long: 90, 30m, 48h, 2d (%(default)s)",
    )
    wait.add_argument(
        "--rate",
        type=float,
        default=POLL_RATE,
        metavar="N",
        help="the most looks a second, of all messages together (%(default)g)",
    )

    inbox = _command(subparsers, "inbox", commands.inbox, "print received messages, each once")
    inbox.add_argument("--follow", action="store_true", help="go on as they come, until Ctrl-C")
    inbox.add_argument(
        "--since",
        type=beginning,
        metavar="TIME",
        help="begin there: 2025-06-04T09:30, or 24h ago (the default), or a cursor's file; "
        "with --follow the default is now",
    )
    inbox.add_argument(
        "--cursor",
        metavar="FILE",
        help="go on where this file says, and keep it; --since counts only while there is none",
    )

    received = _command(subparsers, "received", commands.received, "list received messages")
    received.add_argument(
        "--minutes", type=int, default=1440, metavar="N", help="of the last N minutes (a day)"
    )

    replies = _command(subparsers, "replies", commands.replies, "list the replies to a message")
    replies.add_argument("message_id", metavar="ID")

    emulator = subparsers.add_parser("emulator", help="run a local BestSMS until Ctrl-C")
    emulator.add_argument("--host", default="127.0.0.1", help="where to listen (%(default)s)")
    emulator.add_argument("--port", type=int, default=8026, help="0 picks a free one (%(default)s)")
    emulator.add_argument("--token", help="the one good token; any, if not given")
    emulator.add_argument(
        "--strict",
        action="store_true",
        help="refuse whatever deviates from the reference, and say what "
        "(BESTSMS_EMULATOR_STRICT=1 says so too)",
    )
    emulator.add_argument(
        "--allow-remote", action="store_true", help="say it again for a host other machines reach"
    )
    emulator.set_defaults(run=commands.emulator)

    listen = subparsers.add_parser(
        "listen", help="receive webhooks on a port and show each, until Ctrl-C"
    )
    listen.add_argument("--host", default="127.0.0.1", help="where to listen (%(default)s)")
    listen.add_argument("--port", type=int, default=8027, help="0 picks a free one (%(default)s)")
    listen.add_argument("--path", default="/", help="the path that is answered (%(default)s)")
    listen.add_argument("--store", metavar="FILE", help="keep events there; gone at the end if not")
    listen.add_argument("--json", action="store_true", help="print JSON for a script")
    listen.add_argument(
        "--allow-remote", action="store_true", help="say it again for a host other machines reach"
    )
    listen.set_defaults(run=commands.listen)

    demo = subparsers.add_parser(
        "demo", help="send, deliver and answer a text on a local BestSMS, and show what happened"
    )
    demo.set_defaults(run=commands.demo)
    return top


def _command(subparsers: Any, name: str, run: object, help_text: str) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = subparsers.add_parser(name, help=help_text)
    command.add_argument(
        "--emulator",
        metavar="URL",
        help="talk to a running emulator, such as http://127.0.0.1:8026, with any token",
    )
    command.add_argument("--json", action="store_true", help="print JSON for a script")
    command.set_defaults(run=run)
    return command
