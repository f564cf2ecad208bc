"""The words of the command line. argparse is enough for a few commands, and comes with Python."""

from __future__ import annotations

import argparse
import textwrap
from typing import Any

from bestsms._settings import POLL_RATE
from bestsms._version import __version__
from bestsms.cli import commands
from bestsms.cli.durations import rate, seconds
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

_BULK_EPILOG = textwrap.fill(
    "Each number is sent to once. What is sent is written to the journal before it leaves, so that "
    "whatever interrupts a run, the same command with --resume goes on, and sends nothing twice. "
    "Exit codes: 0 every recipient was accepted (of a dry run: could be sent to); 1 some were not; "
    "2 the command was wrong, or the campaign was begun before, and nothing was sent; 3 some may "
    "or may not have been sent; 130 interrupted.",
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

    _add_bulk(subparsers)

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


def _add_bulk(subparsers: Any) -> None:
    bulk = _command(subparsers, "bulk", commands.bulk, "send to a list of any length, never twice")
    bulk.formatter_class = argparse.RawDescriptionHelpFormatter
    bulk.epilog = _BULK_EPILOG
    bulk.add_argument(
        "recipients",
        metavar="FILE",
        help="a CSV file with a column for the number (Number, Mobile, ...) and others for "
        "[[FirstName]], [[Custom1]] and so on; - reads it from standard input",
    )
    bulk.add_argument(
        "--message", metavar="TEXT", help="the text; not needed where a column is called message"
    )
    bulk.add_argument(
        "--dry-run", action="store_true", help="say what it would take, and send nothing"
    )
    bulk.add_argument(
        "--price", metavar="AMOUNT", help="of one SMS, such as 0.07, for the dry run to multiply"
    )
    bulk.add_argument(
        "--resume", action="store_true", help="go on with a campaign that was begun before"
    )
    bulk.add_argument(
        "--resend-absent",
        action="store_true",
        help="with --resume: send what is unknown once more, if the provider does not know it",
    )
    bulk.add_argument(
        "--campaign", metavar="NAME", help="its name (of the file, its content and the text)"
    )
    bulk.add_argument(
        "--journal",
        metavar="FILE",
        help="what knows how far it is (FILE.journal, beside the list; of a pipe "
        "recipients.journal, here)",
    )
    bulk.add_argument(
        "--report",
        metavar="FILE",
        help="write what became of each recipient to a .csv or .jsonl file",
    )
    allowed = bulk.add_mutually_exclusive_group()
    allowed.add_argument(
        "--allow-prefix",
        action="append",
        metavar="PREFIX",
        help="send only to numbers that begin so, such as +614; may repeat (any country)",
    )
    allowed.add_argument(
        "--allow-any",
        action="store_true",
        help="send also to contacts and groups, and to numbers of no country: satellite phones and "
        "international premium rates",
    )
    bulk.add_argument(
        "--region",
        metavar="REGION",
        help="read national numbers as of there, such as AU; alone, send only there as well (needs "
        "the extra numbers)",
    )
    bulk.add_argument(
        "--rate", type=rate, metavar="N", help="the most recipients a second (no limit)"
    )
    bulk.add_argument(
        "--concurrency",
        type=int,
        default=4,
        metavar="N",
        help="the most requests at once (%(default)s)",
    )
    bulk.add_argument(
        "--per-request",
        type=int,
        default=3000,
        metavar="N",
        help="the most recipients in one (%(default)s)",
    )
    bulk.add_argument(
        "--separate", action="store_true", help="a request and a MessageID for each recipient"
    )
    bulk.add_argument(
        "--test", action="store_true", help="report success without sending (Mode=Test)"
    )


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
