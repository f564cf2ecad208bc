"""Reading answers with h11, which is always there: httpx itself stands on it."""

from __future__ import annotations

import contextlib
from typing import Final

import h11
import httpx

from bestsms._transport.wires.answer import MAX_HEAD_BYTES, Answer, Parser, cut

__all__ = ["H11Parser"]

# What was asked tells h11 how an answer is framed, and all but HEAD and CONNECT frame it alike.
_ASKED: Final = h11.Request(method="POST", target="/", headers=[("Host", "provider")])


class H11Parser(Parser):
    """Reads one answer."""

    __slots__ = ("_machine",)

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer)
        self._machine = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEAD_BYTES)
        # The request is written without h11; here it only hears of one.
        self._machine.send(_ASKED)

    def finish(self) -> None:
        if not self.answer.begun:
            raise cut()
        self._read(b"")
        self.answer.keep = False

    def _read(self, data: bytes) -> None:
        with contextlib.suppress(h11.RemoteProtocolError):
            self._take(data)
            return
        # h11's own words quote what came, which may be our head sent back, token and all: they
        # are no part of this error, nor its context.
        raise httpx.RemoteProtocolError("what came is no complete HTTP/1.1 answer")

    def _take(self, data: bytes) -> None:
        answer, machine = self.answer, self._machine
        machine.receive_data(data)
        while not answer.ended:
            event = machine.next_event()
            if event is h11.NEED_DATA:
                return
            if isinstance(event, h11.Data):
                answer.add(event.data)
            elif isinstance(event, h11.Response):
                answer.begin(event.status_code, event.headers.raw_items())
            elif isinstance(event, h11.InformationalResponse):
                self._skip(event.status_code)
            else:
                more, _ = machine.trailing_data
                answer.end(keep=machine.their_state is h11.DONE and not more)
