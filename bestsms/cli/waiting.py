"""``bestsms wait``: any number of messages, followed until each is final."""

from __future__ import annotations

import contextlib
import json
import shlex
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from bestsms import BestSMSError, Report, SyncClient, to_dict
from bestsms.cli.outcomes import DONE, INTERRUPTED, NOT_DELIVERED, TIME_OVER, code_of
from bestsms.cli.rows import Row
from bestsms.cli.terminal import complain, on_terminal, plain, say
from bestsms.errors import WaitsFailed

__all__ = ["Board", "follow"]

MOST_SAID: Final = 5
"""How many errors, and how many handles, are worth a person's time."""


class Board:
    """What is known of all messages that are followed.

    Args:
        message_ids: The messages.

    Attributes:
        handles: What each is waited for by in another process, until the same moment.
        interrupted: Whether the person had seen enough.
    """

    def __init__(self, message_ids: Iterable[str]) -> None:
        self._rows = {each.casefold(): Row(each) for each in message_ids}
        self.handles: dict[str, str] = {}
        self.interrupted = False

    @property
    def rows(self) -> Sequence[Row]:
        """Every message, in the order in which they were given."""
        return list(self._rows.values())

    @property
    def left(self) -> list[Row]:
        """The messages of which more may be seen."""
        return [row for row in self.rows if not row.over]

    @property
    def code(self) -> int:
        """The exit code: what kept us from knowing comes before what became of the messages."""
        if self.interrupted:
            return INTERRUPTED
        codes = {code_of(error) for error in self._errors()}
        if codes:
            return min(codes - {TIME_OVER}, default=TIME_OVER)
        return DONE if all(row.delivered for row in self.rows) else NOT_DELIVERED

    def take(self, report: Report, *, final: bool = False) -> Row:
        """Note a state."""
        row = self._rows[(report.message_id or "").casefold()]
        if not final:
            row.changed = datetime.now().astimezone()
        row.report, row.final = report, final
        return row

    def fail(self, failed: WaitsFailed) -> None:
        """Note the messages that brought no final report.

        Raises:
            Exception: One that is not of the library: a bug, which must be seen whole.
        """
        for error in failed.errors:
            if not isinstance(error, BestSMSError):
                raise error
            self._rows[(error.message_id or "").casefold()].error = error

    def explain(self) -> None:
        """Say on standard error why some are not final, and how to go on."""
        errors = self._errors()
        for error in errors[:MOST_SAID]:
            complain(plain(str(error)))
        if len(errors) > MOST_SAID:
            complain(f"and {len(errors) - MOST_SAID:,} more like these")
        if self.interrupted:
            self._say_how_to_go_on()

    def _say_how_to_go_on(self) -> None:
        left = self.left
        complain(f"interrupted; {len(left):,} of {len(self.rows):,} messages are not final")
        if len(left) > MOST_SAID:
            complain("to go on: the same command again")
            return
        ids = shlex.join(row.message_id for row in left)
        complain(f"to go on: bestsms wait {plain(ids)}")
        for row in left:
            complain(f"or until the same moment: client.resume({self.handles[row.message_id]!r})")

    def _errors(self) -> list[BestSMSError]:
        return [row.error for row in self.rows if row.error is not None]


def follow(
    client: SyncClient, message_ids: Iterable[str], *, timeout: float, as_json: bool
) -> Board:
    """Follow messages until all of them are final, and show each change as it is seen.

    A terminal has a live table, which is gone at the end; a pipe gets a line a change, and with
    ``as_json`` the final reports.

    Args:
        client: Whose messages they are.
        message_ids: The messages; each is followed once.
        timeout: Seconds in all.
        as_json: Whether a script reads it.

    Raises:
        OSError: Nobody reads it any more.
    """
    board = Board(message_ids)
    board.handles = {
        row.message_id: client.wait_handle(row.message_id, timeout=timeout) for row in board.rows
    }
    live = on_terminal() and not as_json

    def on_progress(report: Report) -> None:
        row = board.take(report)
        if not live and not as_json:
            say(_line(row))

    try:
        with _table(board) if live else contextlib.nullcontext():
            for report in client.wait_many(board.handles, timeout=timeout, on_progress=on_progress):
                board.take(report, final=True)
                if as_json:
                    say(json.dumps(to_dict(report), default=str))
    except WaitsFailed as failed:
        board.fail(failed)
    except KeyboardInterrupt:
        board.interrupted = True
    return board


def _table(board: Board) -> contextlib.AbstractContextManager[object]:
    from bestsms.cli import tables  # noqa: PLC0415 - Rich is an extra

    # What is over moves down, out of a table that is longer than the screen.
    return tables.live(lambda: sorted(board.rows, key=lambda row: row.over))


def _line(row: Row) -> str:
    cells = (row.message_id, row.state, row.done, row.result)
    return f"{row.changed:%Y-%m-%d %H:%M:%S}  " + "  ".join(map(plain, cells))
