"""The command line: ``bestsms send | status | received | replies | emulator | demo``.

It stands on the public face of the library; the library never imports it. Exit codes say what a
script must know: 0 done, 1 the provider said no, 2 the command was wrong, 3 it may or may not have
been sent, 4 nothing was sent, 130 interrupted.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from bestsms.cli.parser import parser
from bestsms.errors import (
    BestSMSError,
    ConfigurationError,
    InvalidRequest,
    NotSent,
    OutcomeUnknown,
    Verdict,
)

__all__ = ["main"]

DONE, REFUSED, USAGE, UNKNOWN, NOT_SENT, INTERRUPTED = 0, 1, 2, 3, 4, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Args:
        arguments: The words after ``bestsms``; those of the process if not given.
    """
    words = parser().parse_args(arguments)
    try:
        words.run(words)
    except BestSMSError as error:
        _say(error)
        return _code(error)
    except ModuleNotFoundError as error:
        print(
            f"bestsms: this command needs {error.name}, which an extra brings: "
            "pip install 'bestsms-async[cli]'",
            file=sys.stderr,
        )
        return USAGE
    except (ValueError, OSError) as error:
        print(f"bestsms: {error}", file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        print("bestsms: interrupted", file=sys.stderr)
        return INTERRUPTED
    return DONE


def _say(error: BestSMSError) -> None:
    print(f"bestsms: {error}", file=sys.stderr)
    if error.message_id is not None and error.verdict is Verdict.UNKNOWN:
        print(f"         look it up: bestsms status {error.message_id}", file=sys.stderr)


def _code(error: BestSMSError) -> int:
    if isinstance(error, ConfigurationError | InvalidRequest):
        return USAGE
    if isinstance(error, OutcomeUnknown):
        return UNKNOWN
    return NOT_SENT if isinstance(error, NotSent) else REFUSED
