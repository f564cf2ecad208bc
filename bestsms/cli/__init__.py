"""The command line: ``bestsms send | bulk | status | wait | received | inbox | replies``.

And for development: ``bestsms emulator | listen | demo``.

It stands on the public face of the library; the library never imports it. A command first acts and
then shows, and only what happens while it acts decides the exit code: a text that was accepted is
never reported as refused because a pipe was closed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from bestsms.cli.commands import Interrupted, Shown
from bestsms.cli.outcomes import INTERRUPTED, UNCLEAR, USAGE, code_of
from bestsms.cli.parser import parser
from bestsms.cli.terminal import close_if_broken, complain
from bestsms.errors import BestSMSError, Verdict

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Args:
        arguments: The words after ``bestsms``; those of the process if not given.
    """
    line = sys.argv[1:] if arguments is None else arguments
    # A command may have to say how it is gone on with.
    words = parser().parse_args(line, argparse.Namespace(line=line))
    try:
        shown: Shown = words.run(words)
    except BestSMSError as error:
        complain(str(error))
        if error.message_id is not None and error.verdict is Verdict.UNKNOWN:
            complain(f"look it up: bestsms status {error.message_id}")
        return code_of(error)
    except Interrupted as interrupted:
        complain(f"interrupted; it may have been sent: bestsms status {interrupted}")
        return UNCLEAR
    except ModuleNotFoundError as error:
        complain(f"this command needs {error.name}: install the extra bestsms-async[cli]")
        return USAGE
    except (ValueError, OSError) as error:
        close_if_broken(error)
        complain(str(error))
        return USAGE
    except KeyboardInterrupt:
        complain("interrupted")
        return INTERRUPTED
    return _show(shown)


def _show(shown: Shown) -> int:
    try:
        shown.show()
        if sys.stdout is not None:
            sys.stdout.flush()
    except (OSError, UnicodeError) as error:
        close_if_broken(error)
        if shown.sent is None:
            complain(f"can't print: {error}")
            return USAGE
        complain(f"accepted as {shown.sent}, and can't print more: {error}")
    return shown.code
