"""``bestsms listen``: a receiver of webhooks on a port that shows what comes, for development.

Here the numbers and the texts are shown whole: they are what the developer asked to see.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Generator
from datetime import datetime
from pathlib import Path

from bestsms._settings import is_loopback
from bestsms.cli.terminal import close_if_broken, say
from bestsms.emulator.server import listening, server_of, url_of
from bestsms.errors import ConfigurationError
from bestsms.webhooks import Event, Receiver, ReplyEvent, StatusEvent, UnknownEvent

__all__ = ["run"]

VARIABLES = ("BESTSMS_WEBHOOK_SENDER", "BESTSMS_WEBHOOK_API_KEY")


def run(
    *, host: str, port: int, path: str, store: str | None, as_json: bool, allow_remote: bool
) -> None:
    """Receive webhooks and print each until it is interrupted.

    Args:
        host: Where to listen; loopback unless ``allow_remote`` says so too.
        port: 0 picks a free one.
        path: The only path that is answered.
        store: A file or database to keep events in; a file of its own, gone at the end, if none.
        as_json: Print the stored form of each event, one a line.
        allow_remote: Say it a second time when ``host`` is not loopback.

    Raises:
        ConfigurationError: The host is not loopback, or only half of the secret is set.
        EmulatorError: The port is taken.
    """
    if not (is_loopback(host) or allow_remote):
        raise ConfigurationError(
            f"{host} can be reached from other machines; listen on 127.0.0.1, or say "
            "--allow-remote as well."
        )
    anyone = not any(os.environ.get(name) for name in VARIABLES)

    async def show(event: Event) -> None:
        try:
            say(_as_json(event) if as_json else _line(event))
        except OSError as error:
            # Nobody reads any more; what is not shown stays in the store.
            server.should_exit = True
            close_if_broken(error)
            raise

    with _kept_in(store) as place, listening(host, port, allow_remote=True) as listener:
        # One at a time, so that they are shown in the order they came.
        receiver = Receiver(show, store=place, path=path, insecure=anyone, at_once=1)
        server = server_of(receiver)
        trust = "from anyone: no BESTSMS_WEBHOOK_SENDER and BESTSMS_WEBHOOK_API_KEY are set"
        whose = trust if anyone else "with your Sender and APIKey"
        # Not where the events go, which a script may read.
        print(f"Webhooks on {url_of(listener)}{path}, {whose}. Ctrl-C stops it.", file=sys.stderr)
        with contextlib.suppress(KeyboardInterrupt):
            server.run(sockets=[listener])


@contextlib.contextmanager
def _kept_in(store: str | None) -> Generator[str, None, None]:
    if store is not None:
        yield store
        return
    with tempfile.TemporaryDirectory(prefix="bestsms-listen-") as folder:
        yield str(Path(folder, "webhooks.sqlite"))


def _as_json(event: Event) -> str:
    # ASCII, so that nothing in it steers the terminal.
    return json.dumps(json.loads(event.to_json()))


def _line(event: Event) -> str:
    about = f" (message {_plain(event.message_id)})" if event.message_id else ""
    return f"{datetime.now().astimezone():%H:%M:%S} {_told(event)}{about}"


def _told(event: Event) -> str:
    match event:
        case StatusEvent():
            return f"{_plain(event.destination)} {_plain(event.status)}: {_plain(event.result)}"
        case ReplyEvent():
            return f"{_plain(event.from_)} says {event.message_text!r}"
        case UnknownEvent():
            return f"{_plain(event.type_)} {json.dumps(dict(event.fields))}"
        case _:
            raise AssertionError(event.kind)


def _plain(text: str | None) -> str:
    """Escape what steers a terminal."""
    return repr(str(text or "-"))[1:-1]
