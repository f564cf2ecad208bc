"""The one code path that may POST a send.

.. code-block:: text

    choose a MessageID        ours, unless given; one that was used before is refused
    write the intent          synced to the disk, if there is a journal
    POST                      again only what provably never left, and 429: same id, same bytes
    unclear?                  look the id up through the settle window; never POST it again
    write the verdict         NOT_SENT, REJECTED, UNKNOWN or ACCEPTED

At most once by default, and no send ends without a verdict. More can't be promised of an API that
has no idempotency key.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

import anyio
import attrs

from bestsms._evidence import Obstacle, Verdict
from bestsms._failures import not_sent, said_when_broken_off
from bestsms._protocol import Operation, Request
from bestsms._transport import Trail, Transport
from bestsms._wire.convert import structure
from bestsms._wire.model import Model
from bestsms.api import Messaging, SMSMessage
from bestsms.errors import BestSMSError, InvalidRequest, NotSent, OutcomeUnknown
from bestsms.sending.addressing import refuse_unknown
from bestsms.sending.composing import compose, strict, with_callback
from bestsms.sending.looking import Finding, look_up
from bestsms.sending.outcomes import OnUnknown, Sent, linked
from bestsms.sending.register import Register, new_id

if TYPE_CHECKING:
    # Few clients keep a journal; the others do not pay for the import.
    from bestsms.journal import Intent, Journal
    from bestsms.sending.guarding import Guard
    from bestsms.webhooks import Callback

__all__ = ["Posting", "Sender"]

AnswerT = TypeVar("AnswerT", bound=Model)

RESERVED_SECONDS: Final = 10.0
RESERVED_SHARE: Final = 0.25
"""How much of a deadline is kept for looking an unclear send up: the smaller of the two."""


class Sender:
    """Sends the messages of one client, and is what its ``messaging`` area makes the call through.

    Args:
        transport: Carries the requests.
        journal: Where intents and verdicts are written.
        callback: Where webhooks go of a message that does not say so itself.
        guard: What is held against every message.
    """

    __slots__ = ("callback", "guard", "register", "transport")

    def __init__(
        self,
        transport: Transport,
        journal: Journal | None = None,
        callback: Callback | None = None,
        guard: Guard | None = None,
    ) -> None:
        self.transport = transport
        self.callback = callback
        self.guard = guard
        self.register = Register(journal, transport.clock)

    async def call(
        self,
        operation: Operation[AnswerT],
        *,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, object] | None = None,
        body: Model | None = None,
    ) -> AnswerT:
        """Make the documented call as the area asks for it."""
        return await Posting(self).call(operation, path=path, query=query, body=body)

    async def send(
        self,
        *,
        message_id: str | None,
        if_new: bool,
        on_unknown: OnUnknown | str,
        reference: str | None,
        **given: Any,
    ) -> Sent:
        """Send one message; the arguments are those of :meth:`bestsms.AsyncClient.send`."""
        posting = Posting(self, message_id, if_new=if_new)
        second: str | None = None
        fields: Mapping[str, Any] = {}
        try:
            if OnUnknown(on_unknown) is OnUnknown.RESEND_AT_LEAST_ONCE:
                second = linked(reference, posting.message_id)
            version = self.transport.settings.versions["messaging"]
            fields = await compose(version=version, **given)
            return await posting.send(fields, reference)
        except InvalidRequest as error:
            # The id is part of what is known, even of a message that never left.
            error.message_id = error.message_id or posting.message_id
            raise
        except OutcomeUnknown as error:
            if second is None:
                raise
            return await self._resend(fields, second, error)

    async def _resend(
        self, fields: Mapping[str, Any], reference: str, first: OutcomeUnknown
    ) -> Sent:
        """Send a second copy under an id of its own, linked to the first by its reference."""
        posting = Posting(self)
        try:
            sent = await posting.send(fields, reference)
        except BestSMSError as error:
            first.add_note(f"The second copy, {posting.message_id}, ended so: {error}")
            if error.verdict is None or not error.verdict.nothing_done:
                first.copies = (posting.message_id,)
            raise first from first.__cause__
        except anyio.get_cancelled_exc_class() as cancelled:
            cancelled.add_note(f"The first copy, {first.message_id}, is as unknown as before.")
            raise
        return attrs.evolve(sent, unsettled=(str(first.message_id),))

    async def look_up(self, message_id: str, age: Callable[[], timedelta] | None) -> Verdict:
        """Look a message up through one more settle window, and write down what is found."""
        finding = await look_up(
            self.transport, message_id, window=self.transport.settings.settle_window, age=age
        )
        if finding.report is None:
            return Verdict.UNKNOWN
        await self.register.write_verdict(message_id, Verdict.ACCEPTED)
        return Verdict.ACCEPTED


class Posting:
    """One message on its way, from its id to its verdict."""

    def __init__(
        self, sender: Sender, message_id: str | None = None, *, if_new: bool = False
    ) -> None:
        self.message_id = new_id() if message_id is None else message_id
        self._given = message_id is not None
        self._if_new = if_new
        self._again = False
        self._sender = sender
        self._trail = Trail()
        self._started = 0.0
        self._reconciled = False
        self._verdict = Verdict.NOT_SENT

    async def send(self, fields: Mapping[str, Any], reference: str | None) -> Sent:
        """Send the message and return it."""
        answer = await Messaging(self).send_sms(
            **fields, message_id=self.message_id, reference=reference
        )
        return Sent(
            message_id=self.message_id,
            answer=answer,
            reconciled=self._reconciled,
            attempts=tuple(self._trail.attempts),
        )

    async def call(
        self,
        operation: Operation[AnswerT],
        *,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, object] | None = None,
        body: Model | None = None,
    ) -> AnswerT:
        """Carry the call out, under an id in any case."""
        message = cast("SMSMessage", body)
        if message.message_id is None:
            message = attrs.evolve(message, message_id=self.message_id)
        elif message.message_id != self.message_id:
            self.message_id, self._given = message.message_id, True
        message = await self._hold(message)
        message = with_callback(strict(message), self._sender.callback)
        transport = self._sender.transport
        version = transport.settings.versions[operation.area]
        refuse_unknown(message, version)
        request = self._fill(transport.request(operation, path=path, query=query, body=message))
        register = self._sender.register
        # Ours too: the id of an unclear send, given to another, would be a second copy.
        register.claim(self.message_id, again=self._again)
        try:
            with said_when_broken_off(request, lambda: self._verdict):
                return await self._carry_out(request)
        finally:
            register.release(self.message_id, self._verdict)

    async def _hold(self, message: SMSMessage) -> SMSMessage:
        guard = self._sender.guard
        return message if guard is None else await guard.hold(message)

    def _fill(self, request: Request[AnswerT]) -> Request[AnswerT]:
        return request

    async def _carry_out(self, request: Request[AnswerT]) -> AnswerT:
        transport, register = self._sender.transport, self._sender.register
        ends = transport.clock.monotonic() + transport.settings.deadline
        transport.refuse_if_closed(request)
        if self._if_new:
            await self._refuse_known(request, ends)
        self._started = transport.clock.monotonic()
        if register.journal is not None:
            intent = self._intent(request, ends - self._started)
            await register.write_intent(register.journal, request, intent)
        try:
            answer = await self._post(request, ends)
        except BaseException as error:
            self._verdict = (
                error.verdict or Verdict.UNKNOWN
                if isinstance(error, BestSMSError)
                else self._trail.verdict
            )
            if self._again and self._verdict.nothing_done:
                self._verdict = Verdict.UNKNOWN  # The first copy is as unknown as before.
            # A coroutine that is thrown away may not await; then the row stays open.
            if not isinstance(error, GeneratorExit):
                await register.write_verdict(self.message_id, self._verdict)
            raise
        self._verdict = Verdict.ACCEPTED
        await register.write_verdict(self.message_id, self._verdict)
        return answer

    async def _post(self, request: Request[AnswerT], ends: float) -> AnswerT:
        sender, settings = self._sender, self._sender.transport.settings
        reserved = min(RESERVED_SECONDS, RESERVED_SHARE * settings.deadline)
        if not settings.settle_window:
            reserved = 0.0
        try:
            return await sender.transport.carry(request, self._trail, ends=ends - reserved)
        except OutcomeUnknown as error:
            error.look_up = functools.partial(sender.look_up, self.message_id, self._age)
            if not settings.settle_window:
                raise
            finding = await self._settle(ends, error)
            if finding.report is None:
                error.absent = finding.absent
                error.args = (f"{error} Looked up already: {finding}.",)
                raise
        self._reconciled = True
        return structure({"MessageID": self.message_id}, request.operation.answer)

    async def _settle(self, ends: float, error: OutcomeUnknown) -> Finding:
        transport = self._sender.transport
        window = transport.settings.settle_window
        try:
            return await look_up(
                transport, self.message_id, window=window, ends=ends, age=self._age
            )
        except NotSent:  # The client was closed meanwhile.
            raise error from error.__cause__

    async def _refuse_known(self, request: Request[Any], ends: float) -> None:
        finding = await look_up(self._sender.transport, self.message_id, window=0.0, ends=ends)
        if finding.report is not None:
            raise InvalidRequest(
                "MessageID",
                "the provider knows this id already; a new message needs a new one",
                message_id=self.message_id,
            )
        if not finding.denied:
            reason = f"whether the MessageID is new could not be asked: {finding}"
            raise not_sent(request, reason, Obstacle.OTHER) from finding.failure

    def _intent(self, request: Request[Any], seconds: float, digest: str = "") -> Intent:
        from bestsms.journal import Intent  # noqa: PLC0415 - see the imports

        begun = self._sender.transport.clock.now().timestamp()
        return Intent(
            message_id=self.message_id,
            body_sha256=digest or request.body_sha256() or "",
            given=self._given,
            begun=begun,
            ends=begun + seconds,
        )

    @property
    def _age(self) -> Callable[[], timedelta] | None:
        """Tells how long ago the first attempt was; of an id of ours nobody need ask."""
        clock = self._sender.transport.clock
        return (
            (lambda: timedelta(seconds=clock.monotonic() - self._started)) if self._given else None
        )
