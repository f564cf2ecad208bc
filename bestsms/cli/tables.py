"""What a person sees: one Rich table an answer, plain when piped."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import islice

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from bestsms import ReceivedMessage, Recipient, RecipientStatus, Report, SMSReply
from bestsms.cli.rows import Row
from bestsms.cli.terminal import plain

__all__ = ["demo", "live", "received", "replies", "report", "sent", "waits"]

_COLOURS = {RecipientStatus.SUCCESS: "green", RecipientStatus.FAILED: "red"}


class _Console(Console):
    """A console that leaves a closed pipe to the caller; Rich's own ends the process with 1."""

    def on_broken_pipe(self) -> None:
        """Raise what Rich is handling."""
        raise BrokenPipeError(errno.EPIPE, "the pipe was closed")


def sent(message_id: str, count: int, *, test: bool, reconciled: bool) -> None:
    """Say that a message was accepted, and how to follow it."""
    people = "1 destination" if count == 1 else f"{count} destinations"
    mode = " as a test (nobody gets it)" if test else ""
    console = _Console(highlight=False)
    console.print(f"Accepted{mode} for {people}.", markup=False)
    if reconciled:
        console.print("Its answer was lost; it was found by its MessageID.", markup=False)
    console.print(f"MessageID {message_id}", markup=False, soft_wrap=True)
    console.print(f"Follow it: bestsms status {message_id}", markup=False, soft_wrap=True)


def report(report: Report) -> None:
    """Show a report: the job in the title, one row a recipient."""
    price = f", price {report.price}" if report.price is not None else ""
    rows = [_recipient(each) for each in report.recipients]
    _show(
        f"{report.message_id}: {report.status} ({report.success or 0} delivered, "
        f"{report.failed or 0} failed, {report.count or 0} in all{price})",
        ("Destination", "Status", "Result", "Sent"),
        rows,
    )


def received(messages: Sequence[ReceivedMessage], *, minutes: int) -> None:
    """Show received messages."""
    _show(
        f"{len(messages)} received in the last {minutes} minutes",
        ("Received", "From", "Text", "In reply to"),
        [
            (_time(each.received_at), each.from_, each.message_text, each.message_id)
            for each in messages
        ],
    )


def replies(message_id: str, found: Sequence[SMSReply]) -> None:
    """Show the replies to one message."""
    _show(
        f"{len(found)} replies to {message_id}",
        ("Received", "From", "Text"),
        [(_time(each.received_at), each.from_, each.message_text) for each in found],
    )


def waits(rows: Sequence[Row]) -> None:
    """Show what is known of the messages that were followed."""
    _Console().print(_progress(rows, rows))


def live(rows: Callable[[], Sequence[Row]]) -> Live:
    """Show messages while they are followed, as many as the screen has lines; then clear it."""
    console = _Console()

    def table() -> Table:
        present = rows()
        return _progress(present, islice(present, console.height))

    return Live(get_renderable=table, console=console, transient=True)


def demo(rows: Iterable[Iterable[str]]) -> None:
    """Show what the demonstration saw."""
    _show(
        "One text, end to end, on this machine", ("Step", "What happened", "How it was seen"), rows
    )
    print("No account was used, and no message left this machine.")


def _progress(present: Sequence[Row], shown: Iterable[Row]) -> Table:
    final = sum(row.final for row in present)
    return _table(
        f"{final:,} of {len(present):,} final",
        ("MessageID", "Status", "Done", "Result", "Last change"),
        [_followed(row) for row in shown],
    )


def _followed(row: Row) -> tuple[str | Text | None, ...]:
    colour = ("green" if row.delivered else "red") if row.over else ""
    result = Text(plain(row.result), style=colour)
    # A day of the week is enough for two days, and leaves room for the id.
    changed = None if row.changed is None else row.changed.strftime("%a %H:%M:%S")
    return (row.message_id, row.state, row.done, result, changed)


def _show(title: str, columns: Iterable[str], rows: Iterable[Iterable[str | Text | None]]) -> None:
    _Console().print(_table(title, columns, rows))


def _table(
    title: str, columns: Iterable[str], rows: Iterable[Iterable[str | Text | None]]
) -> Table:
    """Make a table; what comes from outside is never read as markup, nor steers the terminal."""
    table = Table(title=Text(plain(title)), title_justify="left")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        cells = (
            Text(plain(each or "-", lines=True)) if isinstance(each, str | None) else each
            for each in row
        )
        table.add_row(*cells)
    return table


def _recipient(each: Recipient) -> tuple[str | Text | None, ...]:
    colour = _COLOURS.get(each.status, "") if each.status else ""
    state = Text(plain(each.status or "-"), style=colour)
    return (each.destination, state, each.result, _time(each.sent_at))


def _time(moment: datetime | None) -> str | None:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S") if moment else None
