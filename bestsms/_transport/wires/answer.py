"""What has come of one answer, whichever parser reads it, and how much of one is taken at most."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Final

import httpx

__all__ = ["MAX_HEADERS", "MAX_HEAD_BYTES", "Answer", "Parser", "Parses", "cut"]

MAX_HEAD_BYTES: Final = 100_000
"""The most bytes of a head; and of trailers, after the body."""
MAX_HEADERS: Final = 256

SWITCHING_PROTOCOLS: Final = 101
OK: Final = 200


class Answer:
    """One answer, as far as it has come.

    Args:
        most: The most bytes of its body that are wanted, as they come over the wire.

    Attributes:
        status: The HTTP status, once ``begun``.
        headers: Names and values as they were written.
        body: What has come of it; not more than one byte over ``most`` is of use.
        begun: Whether the head is complete.
        ended: Whether nothing more is awaited: it is complete, or there is more than anyone wants.
        keep: Whether its connection may carry another exchange.
    """

    __slots__ = ("begun", "body", "ended", "headers", "keep", "most", "status")

    def __init__(self, most: int) -> None:
        self.most = most
        self.forget()

    def forget(self) -> None:
        """Begin anew: what has come of it is read again."""
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = bytearray()
        self.begun = False
        self.ended = False
        self.keep = False

    @property
    def whole(self) -> bool:
        """Whether no more came than was wanted."""
        return len(self.body) <= self.most

    def begin(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        """Take the head of the answer itself, which is not an interim one.

        Raises:
            httpx.RemoteProtocolError: It has too many headers.
        """
        if len(headers) > MAX_HEADERS:
            raise httpx.RemoteProtocolError(f"the answer has more than {MAX_HEADERS} headers")
        self.status, self.headers, self.begun = status, headers, True

    def add(self, data: bytes | bytearray) -> None:
        """Take a piece of the body."""
        self.body += data
        if len(self.body) > self.most:
            self.ended, self.keep = True, False

    def end(self, *, keep: bool) -> None:
        """The answer is complete, unless more came of it than was wanted."""
        if not self.ended:
            self.ended, self.keep = True, keep


class Parser(ABC):
    """Reads one answer from the bytes of a connection.

    Args:
        answer: Where it goes.
    """

    __slots__ = ("_dry", "answer")

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self._dry = 0

    def feed(self, data: bytes) -> bool:
        """Take what came; say whether nothing more is awaited.

        Raises:
            httpx.RemoteProtocolError: It is no answer, or its head is too long.
        """
        answer = self.answer
        while data and not answer.begun:
            room = MAX_HEAD_BYTES - self._dry
            piece, data = data[:room], data[room:]
            self._dry += len(piece)
            self._read(piece)
            if self._dry >= MAX_HEAD_BYTES and not answer.begun:
                raise _too_long()
        if data:
            self._read_on(data)
        return answer.ended

    def _read_on(self, data: bytes) -> None:
        answer = self.answer
        if answer.ended:
            answer.keep = False
            return
        before = len(answer.body)
        self._read(data)
        # The names and values of trailers are kept by a parser until it has all of them.
        self._dry = self._dry + len(data) if len(answer.body) == before else 0
        if self._dry > MAX_HEAD_BYTES:
            raise _too_long()

    def _skip(self, status: int) -> bool:
        """Say whether a head is of an interim answer, after which the answer itself comes.

        Raises:
            httpx.RemoteProtocolError: It switches to a protocol that nobody asked for.
        """
        if status == SWITCHING_PROTOCOLS:
            raise httpx.RemoteProtocolError("the peer switched protocols, and nobody had asked")
        if status >= OK:
            return False
        self._dry = 0
        return True

    @abstractmethod
    def finish(self) -> None:
        """The peer has ended the connection, which ends an answer of no given length.

        Raises:
            httpx.RemoteProtocolError: The answer is not complete.
        """

    @abstractmethod
    def _read(self, data: bytes) -> None:
        """Read a piece.

        Raises:
            httpx.RemoteProtocolError: It is no answer.
        """


Parses = Callable[[Answer], Parser]
"""Makes the parser of an answer."""


def _too_long() -> httpx.RemoteProtocolError:
    return httpx.RemoteProtocolError(
        f"more than {MAX_HEAD_BYTES:,} bytes came before or after the body"
    )


def cut() -> httpx.RemoteProtocolError:
    """Return the error of an answer of which the rest never came."""
    return httpx.RemoteProtocolError(
        "the peer closed the connection before its answer was complete"
    )
