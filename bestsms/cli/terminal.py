"""What reaches a terminal: nothing that steers it, and a line at once."""

from __future__ import annotations

import os
import sys
from typing import TextIO

__all__ = ["close_if_broken", "complain", "on_terminal", "plain", "say", "standard_input"]


def plain(text: str, *, lines: bool = False) -> str:
    r"""Escape control characters, and what turns the direction of writing.

    Args:
        text: What a phone or the provider wrote.
        lines: Whether the ends of lines stay.

    Example:
        >>> plain("\x1b[2JYES")
        '\\x1b[2JYES'
    """
    return "".join(
        each if each.isprintable() or (lines and each == "\n") else _escaped(each) for each in text
    )


def say(line: str) -> None:
    """Print a line at once; what the terminal can't show is escaped."""
    # It is None where the shell closed it (``>&-``), as of all three.
    if sys.stdout is None:
        return
    encoding = sys.stdout.encoding or "utf-8"
    print(line.encode(encoding, "backslashreplace").decode(encoding), flush=True)


def complain(text: str) -> None:
    """Print a line for a person on standard error, if anybody reads it."""
    if sys.stderr is None:
        return
    try:
        print(f"bestsms: {text}", file=sys.stderr, flush=True)
    except OSError as error:
        close_if_broken(error, sys.stderr)


def on_terminal() -> bool:
    """Say whether a person sees at once what is printed."""
    return sys.stdout is not None and sys.stdout.isatty()


def standard_input() -> TextIO:
    """Return standard input.

    Raises:
        ValueError: It is closed.
    """
    if sys.stdin is None:
        raise ValueError("standard input is closed, and - reads it. Nothing was sent.")
    return sys.stdin


def close_if_broken(error: BaseException, stream: TextIO | None = None) -> None:
    """Let nothing more be printed if an error says that nobody reads it.

    Args:
        error: What came of printing.
        stream: Where it was printed; standard output, if not given.
    """
    if isinstance(error, BrokenPipeError):
        # The interpreter flushes once more at its end, and would end with 120 then.
        os.dup2(os.open(os.devnull, os.O_WRONLY), (stream or sys.stdout).fileno())


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode()
