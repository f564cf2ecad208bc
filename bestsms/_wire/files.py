"""A file that a message links to with ``[[File1]]``, from a path, from bytes, or ready encoded."""

from __future__ import annotations

import base64
import binascii
import os
from pathlib import Path

import attrs

from bestsms._wire.checks import Text
from bestsms._wire.model import CHECK, Outgoing
from bestsms.errors import InvalidRequest

__all__ = ["File"]


class _Base64(Text):
    """Text that is base64."""

    __slots__ = ()

    def check(self, value: object) -> None:
        super().check(value)
        text = str(value)
        try:
            base64.b64decode(text, validate=True)
        except (ValueError, binascii.Error):
            raise self.refuse(
                "must be base64; use File.from_bytes or File.from_path to have it encoded",
                size=len(text),
            ) from None


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class File(Outgoing):
    """A file behind a link in the text: ``[[File1]]`` is the first, ``[[File2]]`` the second.

    At most 10 files go with a message, and the whole request stays below 20 MB (base64 makes a file
    a third larger).

    Example:
        >>> File.from_bytes(b"%PDF-1.7", name="invoice.pdf")
        File(name='invoice.pdf')

    Attributes:
        name: The name the recipient sees, such as ``invoice.pdf``.
        data: The content in base64.

    Raises:
        InvalidRequest: The name is empty, or the data is not base64.
    """

    name: str = attrs.field(metadata={CHECK: Text("Name", min_length=1)})
    data: str = attrs.field(metadata={CHECK: _Base64("Data", min_length=1)}, repr=False)

    @classmethod
    def from_bytes(cls, content: bytes, *, name: str) -> File:
        """Make a file of bytes.

        Args:
            content: The content, in bytes, as it is.
            name: The name the recipient sees.

        Raises:
            InvalidRequest: The content or the name is empty, or the content is not bytes.
        """
        if not isinstance(content, bytes):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidRequest("Data", f"must be bytes, not {type(content).__name__}")
        return cls(name=name, data=base64.b64encode(content).decode())

    @classmethod
    def from_path(cls, path: str | os.PathLike[str], *, name: str | None = None) -> File:
        """Read a file from disk, now, in the calling thread.

        This is the only place where the package reads a file that you name. In async code with
        large or remote files use ``await anyio.to_thread.run_sync(File.from_path, path)``.

        Args:
            path: Where the file is.
            name: The name the recipient sees; the file's own if not given.

        Raises:
            OSError: The file can't be read.
            InvalidRequest: The file is empty.
        """
        source = Path(path)
        return cls.from_bytes(source.read_bytes(), name=name or source.name)
