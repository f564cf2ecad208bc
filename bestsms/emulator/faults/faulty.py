"""The emulator's app among the faults laid down for it: who is struck, and what is still done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from attrs import define, field, frozen
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bestsms.emulator.core import send_request
from bestsms.emulator.core.engine import Engine
from bestsms.emulator.errors import Refused
from bestsms.emulator.faults.answer import Answer
from bestsms.emulator.faults.book import Laid
from bestsms.emulator.faults.fault import Fault, Place
from bestsms.emulator.faults.script import Script, script, whole
from bestsms.emulator.numbers import normalise
from bestsms.emulator.rest import bodies
from bestsms.emulator.rest.dates import http_date

CONTROL = "/_emulator"
"""Calls under it meet no fault, or nobody could clear them."""


@frozen
class Faulty:
    """An ASGI app whose requests meet faults.

    Args:
        app: The app.
        engine: Where the faults are laid down.
        carry_out: Does what a request asks for, later.
    """

    app: ASGIApp
    engine: Engine
    carry_out: Callable[[Scope, bytes], None]

    @property
    def era(self) -> object:
        """Something that is another one after the faults were cleared."""
        return self.engine.store.faults.era

    def at_accept(self) -> Script | None:
        """Return what befalls a new connection before it has said anything; usually nothing."""
        if not self.engine.store.faults:
            return None
        with self.engine.lock:
            fault = self.engine.store.faults.at_accept()
        return script(fault, self.own_answer(fault), "") if fault else None

    async def meet(self, scope: Scope, receive: Receive, send: Send) -> Script | None:
        """Answer one request, or return what befalls its connection instead."""
        if scope["type"] == "http" and not scope["path"].startswith(CONTROL):
            book = self.engine.store.faults
            if book:
                with self.engine.lock:
                    threats = book.by_head(scope["method"], scope["path"])
                    asks = book.asks_numbers(scope["method"], scope["path"])
                if threats or asks:
                    request = _Request(self, scope, receive, send, threats, asks_numbers=asks)
                    return await request.meet()
        await self.app(scope, receive, send)
        return None

    def own_answer(self, fault: Fault) -> Answer:
        """Return the answer that a fault brings along, with a Date."""
        return fault.answer().with_header("date", http_date(self.engine.world.clock))


@define(eq=False)
class _Request:
    """One request on its way past the places where a fault may wait."""

    faulty: Faulty
    scope: Scope
    receive: Receive
    send: Send
    threats: list[Laid]
    asks_numbers: bool = field(kw_only=True)
    messages: list[Message] = field(factory=list[Message], init=False)

    async def meet(self) -> Script | None:
        """Go past them; None when the request was answered after all."""
        fault = self._struck("headers") or await self._read()
        if fault is not None:
            return self._script(fault, self.faulty.own_answer(fault))
        if self.messages[-1]["type"] != "http.request":  # the caller is gone
            await self.faulty.app(self.scope, self._replay(), self.send)
            return None
        self._learn_numbers()
        fault = self._struck("request")
        if fault is not None:
            return await self._instead(fault)
        answer = await self._carried_out()
        size = len(whole(answer, self.scope["method"]))
        fault = self._struck("response_bytes", within=size)
        if fault is not None:
            own = fault.status is not None
            return self._script(fault, self.faulty.own_answer(fault) if own else answer)
        await self._say(answer)
        return None

    async def _read(self) -> Fault | None:
        """Read the body, until it ends, the caller is gone, or a fault strikes."""
        size, more = 0, True
        while more:
            message = await self.receive()
            self.messages.append(message)
            size += len(message.get("body", b""))
            more = message.get("more_body", False) and size <= bodies.PATIENCE
            if fault := self._struck("request_bytes", within=size):
                return fault
        return None

    def _learn_numbers(self) -> None:
        if not self.asks_numbers:
            return
        method, path = self.scope["method"], self.scope["path"]
        with self.faulty.engine.lock:
            book = self.faulty.engine.store.faults
            self.threats += book.by_number(method, path, _numbers(self._body()))
        self.threats.sort(key=lambda laid: laid.number)

    def _struck(self, place: Place, *, within: int = 0) -> Fault | None:
        """Return the fault that strikes here: the first laid down that has a turn left."""
        with self.faulty.engine.lock:
            for laid in self.threats:
                here = laid.fault.at == place and (laid.fault.after or 0) <= within
                if here and laid.strike():
                    return laid.fault
        return None

    async def _instead(self, fault: Fault) -> Script | None:
        """Carry the call out as far as the fault lets it, and answer as the fault will."""
        answer = self.faulty.own_answer(fault)
        if fault.accept == "yes":
            real = await self._carried_out()
            answer = answer if fault.has_own_answer else real
        elif fault.late_seconds is not None:
            self._plan(fault.late_seconds)
        if fault.do in ("html", "answer"):
            await self._say(answer)
            return None
        return self._script(fault, answer)

    def _plan(self, seconds: float) -> None:
        engine = self.faulty.engine
        late = partial(self.faulty.carry_out, self.scope, self._body())
        with engine.lock:
            engine.settle()
            engine.store.agenda.at(engine.world.now() + timedelta(seconds=seconds), late)

    def _script(self, fault: Fault, answer: Answer) -> Script:
        return script(fault, answer, self.scope["method"])

    def _body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.messages)

    def _replay(self) -> Receive:
        """Return a ``receive`` that tells again what has been read."""
        told = iter(self.messages)

        async def receive() -> Message:
            return next(told, {"type": "http.disconnect"})

        return receive

    async def _carried_out(self) -> Answer:
        """Let the app answer, and keep what it says."""
        heard = Heard()
        await self.faulty.app(self.scope, self._replay(), heard)
        return heard.answer()

    async def _say(self, answer: Answer) -> None:
        await self.send(
            {
                "type": "http.response.start",
                "status": answer.status,
                "headers": answer.all_headers(),
            }
        )
        await self.send({"type": "http.response.body", "body": answer.body})


class Heard:
    """A ``send`` that keeps what an app answers."""

    def __init__(self) -> None:
        self._messages: list[Message] = []

    async def __call__(self, message: Message) -> None:
        """Take the next part of the answer."""
        self._messages.append(message)

    def answer(self) -> Answer:
        """Return the answer, complete."""
        start, *rest = self._messages
        headers = tuple(
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in start["headers"]
            if name.lower() != b"content-length"
        )
        return Answer(start["status"], headers, b"".join(each.get("body", b"") for each in rest))


def _numbers(body: bytes) -> frozenset[str]:
    """Return whom a send goes to; nobody, where the body is no send."""
    try:
        request = send_request.read(bodies.decode(body))
    except Refused:
        return frozenset()
    numbers = (normalise(destination.recipient) for destination in request.destinations)
    return frozenset(number for number in numbers if number)
