"""Which campaign a command is about: its list, its name, and the journal that knows how far it is.

The name comes from what is sent to whom, so that the same command again is the same campaign, and
goes on; and never from a setting that only says how.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import attrs

from bestsms._settings import DEFAULT_BASE_URL
from bestsms.bulk.naming import same_name
from bestsms.bulk.rehearsing import mark, marked
from bestsms.cli.terminal import standard_input
from bestsms.journal import Journal

__all__ = ["Campaign", "listed"]

STDIN: Final = "-"
_NAMELESS: Final = "recipients"
"""What a list is called that comes from a pipe."""
_BLOCK: Final = 1 << 20
_HASH_SHOWN: Final = 8
_NAME_SHOWN: Final = 40


@attrs.frozen
class Campaign:
    """What is sent to whom, and where it is written down.

    Attributes:
        recipients: The list, as :meth:`bestsms.SyncClient.send_many` takes it.
        name: The campaign's name.
        journal: The file that knows how far it is.
        rows: About how many rows there are.
        stem: What the names of this list begin with, if they are made and not given.
        mark: What the journal has behind the name.
        piped: Whether the list comes from a pipe.
    """

    recipients: Path
    name: str
    journal: Path
    rows: int
    stem: str | None
    mark: str
    piped: bool

    @classmethod
    def of(cls, recipients: Path, words: argparse.Namespace) -> Campaign:
        """Name the campaign of a command.

        Args:
            recipients: The list, as :func:`listed` gives it.
            words: The command.

        Raises:
            OSError: The file can't be read.
        """
        digest, rows = _read(recipients, words.message or "")
        piped = recipients != Path(words.recipients)
        stem = _plain(recipients.stem)
        name = words.campaign or f"{stem}-{digest[:_HASH_SHOWN]}"
        # A test that was accepted must not count as sent when it is meant.
        name = f"{name}-test" if words.test else name
        # All lists of pipes have one journal: one that was changed is then found to be known.
        beside = Path(_NAMELESS) if piped else recipients
        return cls(
            recipients=recipients,
            name=name,
            journal=_journal(words, beside),
            rows=rows,
            # A test comes to nobody twice.
            stem=None if words.campaign or words.test else stem,
            mark=mark(test=words.test, base_url=_url(words) or DEFAULT_BASE_URL),
            piped=piped,
        )

    @property
    def known_as(self) -> str:
        """The name that the journal has."""
        return same_name(marked(self.name, self.mark))

    def others(self, journal: Journal) -> list[str]:
        """Return the other campaigns that are in its journal.

        Raises:
            JournalError: The file can't be read.
        """
        mine = same_name(self.name)
        return [
            name
            for known in journal.campaigns()
            if known.endswith(self.mark) and (name := known.removesuffix(self.mark)) != mine
            # Without a mark each ends like this one.
            if "\n" not in name
        ]

    def alike(self, others: Iterable[str]) -> list[str]:
        """Return which of others may be of the same list with other rows, or another text."""
        if self.stem is None:
            return []
        like = rf"{re.escape(same_name(self.stem))}-[0-9a-f]{{{_HASH_SHOWN}}}"
        return [name for name in others if re.fullmatch(like, name)]


@contextmanager
def listed(given: str) -> Generator[Path, None, None]:
    """Give the file of a list: a copy for this once, if it comes from a pipe, which is read once.

    Args:
        given: The word of the command.

    Raises:
        OSError: It can't be read, or there is no room for the copy.
        ValueError: It is standard input, which is closed.
    """
    path = Path(given)
    if given != STDIN and (path.is_file() or not path.exists()):
        yield path
        return
    # Such a folder is for its owner alone.
    with tempfile.TemporaryDirectory(prefix="bestsms-") as folder:
        copy = Path(folder, f"{_NAMELESS}.csv")
        with (
            contextlib.nullcontext(standard_input().buffer)
            if given == STDIN
            else path.open("rb") as pipe,
            copy.open("wb") as file,
        ):
            shutil.copyfileobj(pipe, file)
        yield copy


def _read(path: Path, message: str) -> tuple[str, int]:
    """Return the hash of a list and a text, and about how many rows the list has."""
    found = hashlib.sha256(message.encode("utf-8", "surrogatepass") + b"\0")
    lines, last = 0, b""
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            found.update(block)
            lines += block.count(b"\n")
            last = block[-1:]
    # Without the names of the columns.
    return found.hexdigest(), max(0, lines - (last == b"\n"))


def _journal(words: argparse.Namespace, beside: Path) -> Path:
    if words.journal is not None:
        return Path(words.journal)
    # What an emulator accepted, nobody got: it must not count for the provider.
    url = _url(words)
    where = f".{_plain(urlsplit(url).netloc)}" if url else ""
    return beside.with_name(f"{beside.name}{where}.journal")


def _url(words: argparse.Namespace) -> str | None:
    return words.emulator or os.environ.get("BESTSMS_BASE_URL")


def _plain(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", text)[:_NAME_SHOWN]
