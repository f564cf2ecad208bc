"""Many recipients at once, encoded beforehand: no model stands between them and the wire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeVar

import attrs

from bestsms._protocol import Request, refuse_if_too_large
from bestsms._wire.convert import structure
from bestsms._wire.model import Model
from bestsms.api import Destination, SMSMessage
from bestsms.sending.outcomes import Sent
from bestsms.sending.posting import Posting, Sender

if TYPE_CHECKING:
    # Few clients keep a journal; the others do not pay for the import.
    from bestsms.journal import Intent, Planned

__all__ = ["STAND_IN", "Prepared", "measure", "post"]

AnswerT = TypeVar("AnswerT", bound=Model)

STAND_IN: Final = Destination(recipient="+")
"""Whose place the encoded recipients take."""

# In no text of a body: there its quotation marks would be escaped.
_ENCODED: Final = b'"Destinations":[{"Recipient":"+"}]'


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Prepared:
    """A message whose recipients were checked, guarded and encoded before.

    Attributes:
        message_id: Its MessageID, of our own making.
        message: Its text.
        destinations: The recipients, where each needs a model; else a stand-in.
        encoded: The recipients as a JSON array in UTF-8; ``None`` if they have models.
        planned: What the journal keeps of it, and of those before it.
        again: Whether it is sent though an earlier one under its id is ``UNKNOWN``, since the
            provider, asked after the settle window, does not know that.
    """

    message_id: str
    message: str
    destinations: Sequence[Destination] = (STAND_IN,)
    encoded: bytes | None = None
    planned: tuple[Planned, ...] = ()
    again: bool = False


async def post(
    sender: Sender, prepared: Prepared, fields: Mapping[str, Any], reference: str | None
) -> Sent:
    """Send a message to recipients who were prepared.

    Args:
        sender: The client's.
        prepared: The message.
        fields: The rest of it, as :func:`~bestsms.sending.composing.compose` made it.
        reference: A note of the caller's own.

    Raises:
        BestSMSError: As of any send.
    """
    return await _PreparedPosting(sender, prepared).send(_with(prepared, fields), reference)


async def measure(
    sender: Sender, prepared: Prepared, fields: Mapping[str, Any], reference: str | None
) -> int:
    """Build a message as :func:`post` does, send nothing, and return the bytes of its body.

    Raises:
        InvalidRequest: A field is refused, or the body is over 20 MB.
    """
    rehearsal = _Rehearsal(sender, prepared)
    await rehearsal.send(_with(prepared, fields), reference)
    return rehearsal.size


def _with(prepared: Prepared, fields: Mapping[str, Any]) -> dict[str, Any]:
    return {**fields, "message": prepared.message, "destinations": prepared.destinations}


class _PreparedPosting(Posting):
    """A message on its way whose recipients were guarded and encoded before."""

    def __init__(self, sender: Sender, prepared: Prepared) -> None:
        super().__init__(sender, prepared.message_id)
        self._prepared = prepared
        # An id of ours: whatever is found under it is this message.
        self._given = False
        self._again = prepared.again

    async def _hold(self, message: SMSMessage) -> SMSMessage:
        return message

    def _fill(self, request: Request[AnswerT]) -> Request[AnswerT]:
        if self._prepared.encoded is None:
            return request
        before, _, after = (request.body or b"").partition(_ENCODED)
        body = b'%b"Destinations":%b%b' % (before, self._prepared.encoded, after)
        refuse_if_too_large(body, request.message_id)
        return attrs.evolve(request, body=body)

    def _intent(self, request: Request[Any], seconds: float, digest: str = "") -> Intent:
        planned = self._prepared.planned
        if planned:
            # Of its content there is a hash already, and the body is long.
            digest = planned[-1].digest
        intent = super()._intent(request, seconds, digest)
        return intent._replace(planned=planned, again=self._again)


class _Rehearsal(_PreparedPosting):
    """A message that is built and not sent."""

    size = 0

    async def _carry_out(self, request: Request[AnswerT]) -> AnswerT:
        self.size = len(request.body or b"")
        return structure({"MessageID": self.message_id}, request.operation.answer)
