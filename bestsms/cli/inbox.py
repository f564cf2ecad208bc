"""``bestsms inbox``: received messages, each once, with a place to go on from."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from bestsms import ReceivedMessage, SyncClient, to_dict
from bestsms.cli.durations import seconds
from bestsms.cli.terminal import complain, plain, say
from bestsms.errors import InvalidRequest

__all__ = ["Cursor", "beginning", "show"]

A_DAY: Final = timedelta(days=1)


class Cursor:
    """A file that says where to go on, for the user alone to read.

    Args:
        path: The file; nothing is kept if there is none.
    """

    def __init__(self, path: str | None) -> None:
        self._path = None if path is None else Path(path)

    def read(self) -> str | None:
        """Return what was kept; ``None`` if nothing was."""
        if self._path is None or not self._path.exists():
            return None
        return self._path.read_text(encoding="utf-8")

    def write(self, text: str) -> None:
        """Keep another in its place; a crash leaves the one or the other, never a half."""
        if self._path is None:
            return
        # It is made for its owner alone to read, and stays so.
        descriptor, name = tempfile.mkstemp(dir=self._path.parent, prefix=f".{self._path.name}-")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(descriptor)
            Path(name).replace(self._path)
        except BaseException:
            Path(name).unlink()
            raise


def beginning(text: str) -> datetime | str:
    """Read where to begin: a time, how long ago, or a file with a cursor.

    Raises:
        argparse.ArgumentTypeError: It is none of them.
    """
    with contextlib.suppress(ValueError, OverflowError):
        # A time without a zone is of the zone that the person lives in.
        return datetime.fromisoformat(text).astimezone()
    with contextlib.suppress(argparse.ArgumentTypeError, OverflowError):
        return datetime.now(UTC) - timedelta(seconds=seconds(text))
    if (kept := Cursor(text).read()) is not None:
        return kept
    raise argparse.ArgumentTypeError(
        f"{text!r}: a time is needed (2025-06-04T09:30), or how long ago (24h), or a cursor's file"
    )


def show(
    client: SyncClient,
    *,
    since: datetime | str | None,
    cursor: Cursor,
    follow: bool,
    as_json: bool,
) -> None:
    """Print received messages, oldest first, each when it is seen.

    Args:
        client: Whose messages they are.
        since: Where to begin if the cursor has nothing: now if it is to follow, else a day ago.
        cursor: Goes on after each message that was printed.
        follow: Whether to wait for more, until Ctrl-C.
        as_json: Print JSON for a script.

    Raises:
        ValueError: The cursor is none.
        OSError: Nobody reads it any more, or the cursor can't be kept.
    """
    start = cursor.read() or since or (None if follow else datetime.now(UTC) - A_DAY)
    try:
        inbox = client.inbox(since=start, timeout=None if follow else 0)
    except InvalidRequest:
        raise ValueError("the cursor's file holds no cursor of bestsms inbox") from None
    # What comes before the first message is seen must not be lost either.
    cursor.write(inbox.cursor)
    if follow:
        complain("new messages are seen within five minutes; Ctrl-C ends it")
    # To be interrupted is how following ends.
    with inbox, contextlib.suppress(*([KeyboardInterrupt] if follow else [])):
        for message in inbox:
            say(json.dumps(to_dict(message), default=str) if as_json else _line(message))
            cursor.write(inbox.cursor)
        cursor.write(inbox.cursor)


def _line(message: ReceivedMessage) -> str:
    at = message.received_at
    when = at.astimezone().strftime("%Y-%m-%d %H:%M:%S") if at else "-"
    to = f"  (reply to {plain(message.message_id)})" if message.message_id else ""
    return f"{when}  {plain(message.from_ or '-')}  {plain(message.message_text or '')}{to}"
