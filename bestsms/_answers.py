"""The protocol without I/O: read an answer, or say what is known without one.

Every function is pure: the same request and response give the same model or the same error.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, Final, NoReturn, TypeVar, cast

import attrs

from bestsms._protocol import Operation, Request, Response, Safety
from bestsms._wire import json as wire_json
from bestsms._wire.convert import WrongShape, spellings, structure
from bestsms._wire.model import Model
from bestsms._wire.privacy import masked
from bestsms.errors import (
    AuthenticationFailed,
    DeadlineExceeded,
    InvalidResponse,
    NoAnswer,
    NoAnswerInTime,
    NotFound,
    NotSent,
    NotSentInTime,
    OutcomeUnknown,
    PermissionDenied,
    RateLimited,
    Rejected,
    ServerError,
    UnknownAtDeadline,
    Verdict,
)

__all__ = ["decipher", "lost", "not_sent", "out_of_time"]

AnswerT = TypeVar("AnswerT", bound=Model)

# Whichever key a version, a library or a sample puts the reasons under (T53).
_ERROR_KEYS: Final = ("ErrorMessage", "Message", "Error", "message")
_REFUSALS: Final = ("failed", "error", "unauthorized", "recordnotfound")
_NOT_FOUND: Final = ("not found", "unable to find")


def decipher(request: Request[AnswerT], response: Response) -> AnswerT:
    """Read an answer: the model, or the error that says what is known now.

    Success is a 2xx status, and ``Result`` absent or "Success" in any case, and an expected key
    (T50). An answer that can't be understood leaves the outcome of an unsafe call unknown.

    Raises:
        Rejected: The provider said no.
        OutcomeUnknown: An unsafe call was answered with a server error or something unreadable.
        ServerError: Another call was answered with 5xx.
        InvalidResponse: Another call was answered with something unreadable.
    """
    try:
        return _read(request, response)
    except InvalidResponse as error:
        if request.operation.safety is Safety.UNSAFE:
            raise _unknown(request, str(error)) from error
        raise


def lost(request: Request[Any], reason: str) -> NoAnswer | OutcomeUnknown:
    """Return the error of a call that left and whose answer never came."""
    if request.changes:
        return _unknown(request, f"{request}: {reason}.")
    return NoAnswer(
        f"{request}: {reason}. Nothing was changed; calling again is safe.",
        message_id=request.message_id,
    )


def not_sent(request: Request[Any], reason: str) -> NotSent:
    """Return the error of a call of which provably nothing left."""
    return NotSent(
        f"{request}: {reason}. Nothing was sent; calling again is safe.",
        message_id=request.message_id,
        verdict=request.verdict(Verdict.NOT_SENT),
    )


def out_of_time(request: Request[Any], deadline: float, *, waiting: bool) -> DeadlineExceeded:
    """Return the error of a call whose deadline is over.

    Args:
        request: The call.
        deadline: Its seconds in all.
        waiting: Whether it was still waiting for a connection, and so has sent nothing.
    """
    plain: NotSent | NoAnswer | OutcomeUnknown
    kind: type[NotSentInTime | NoAnswerInTime | UnknownAtDeadline]
    if waiting:
        plain = not_sent(request, f"no free connection within the deadline of {deadline:g} s")
        kind = NotSentInTime
    else:
        plain = lost(request, f"no answer within the deadline of {deadline:g} s")
        kind = NoAnswerInTime if isinstance(plain, NoAnswer) else UnknownAtDeadline
    return kind(str(plain), message_id=plain.message_id, verdict=plain.verdict)


def _read(request: Request[AnswerT], response: Response) -> AnswerT:
    if not response.whole:
        size = f"{len(response.body):,} bytes and more, the most that is read"
        raise _invalid(request, response, f"HTTP {response.status} with {size}")
    payload = _payload(response)
    if not 200 <= response.status < 300:  # noqa: PLR2004 - the class of success, as HTTP writes it
        _fail(request, response, payload)
    operation = request.operation
    if payload is None and not operation.expect and not response.body.strip():
        payload = {}  # A delete may be answered without a body (U17).
    if payload is None:
        kind = masked(response.headers.get("content-type", "no content type"), limit=80)
        raise _invalid(
            request, response, f"HTTP {response.status} with a body that is no JSON object ({kind})"
        )
    result = str(payload.get("Result") or "success").strip().casefold()
    if result in _REFUSALS:
        raise _rejected(request, response, _reasons(payload))
    if result != "success":
        raise _invalid(request, response, "Result is neither Success nor a known refusal")
    inner = payload.get(operation.unwrap) if operation.unwrap else None
    found = cast("dict[str, Any]", inner) if isinstance(inner, dict) else payload
    if operation.fold is not None:
        found = operation.fold(found)
    if operation.expect and found.keys().isdisjoint(_expected(operation)):
        raise _invalid(request, response, f"the answer lacks {' or '.join(operation.expect)}")
    try:
        answer = structure(found, operation.answer)
    except WrongShape as error:
        raise _invalid(request, response, f"at {error.path} {error.problem}", error.path) from None
    _same_message(request, response, answer)
    return answer


@functools.cache
def _expected(operation: Operation[Any]) -> frozenset[str]:
    """The keys of a successful answer, each with the other spellings that are read as it."""
    fields = {spellings(field)[0]: field for field in attrs.fields(operation.answer)}
    return frozenset(operation.expect).union(
        *(spellings(fields[key])[1] for key in operation.expect)
    )


def _same_message(request: Request[Any], response: Response, answer: Model) -> None:
    echoed = getattr(answer, "message_id", None)
    asked = request.message_id
    if asked and isinstance(echoed, str) and echoed.casefold() != asked.casefold():
        raise _invalid(request, response, "the answer is about another MessageID")


def _payload(response: Response) -> dict[str, Any] | None:
    try:
        payload = wire_json.loads(response.body)
    except wire_json.NotJSON:
        return None
    return cast("dict[str, Any]", payload) if isinstance(payload, dict) else None


def _fail(request: Request[Any], response: Response, payload: dict[str, Any] | None) -> NoReturn:
    status = response.status
    if status < 400:  # noqa: PLR2004
        # A redirect of a POST would lose it (302) or carry numbers and texts elsewhere (307).
        raise _invalid(request, response, f"HTTP {status}, a redirect, which is never followed")
    reasons = _reasons(payload or {})
    if status == 408:  # noqa: PLR2004
        # By the RFC the request did not arrive whole; gateways use it for a slow backend too.
        raise lost(request, "HTTP 408, the server or a gateway gave up waiting")
    if status == 409 and request.operation.safety is Safety.UNSAFE:  # noqa: PLR2004
        # It may say that the id is known: that an earlier copy of the call was taken.
        raise _unknown(request, f"{request} was answered with HTTP 409{_listed(reasons)}.")
    if status < 500:  # noqa: PLR2004
        raise _rejected(request, response, reasons)
    said = f"HTTP {status}{_listed(reasons)}"
    if request.operation.safety is Safety.UNSAFE:
        raise _unknown(request, f"{request} was answered with {said}.")
    raise ServerError(
        f"{request} was answered with {said}. Calling again later is safe.",
        status=status,
        message_id=request.message_id,
        verdict=request.verdict(Verdict.UNKNOWN),
    )


def _rejected(request: Request[Any], response: Response, reasons: tuple[str, ...]) -> Rejected:
    kinds: dict[int, tuple[type[Rejected], str]] = {
        401: (AuthenticationFailed, " Check the Auth Token; refreshing it ends the old one."),
        403: (PermissionDenied, ""),
        404: (NotFound, ""),
        429: (RateLimited, " Slow down; see retry_after."),
    }
    kind, advice = kinds.get(response.status, (Rejected, ""))
    if kind is Rejected and any(word in text.casefold() for text in reasons for word in _NOT_FOUND):
        kind = NotFound
    about = f" (message {request.message_id})" if request.message_id else ""
    done = " Nothing was done." if request.changes else ""
    return kind(
        f"{request}{about} was rejected with HTTP {response.status}{_listed(reasons)}."
        f"{done}{advice}",
        status=response.status,
        errors=reasons,
        message_id=request.message_id,
        verdict=request.verdict(Verdict.REJECTED),
    )


def _unknown(request: Request[Any], reason: str) -> OutcomeUnknown:
    if request.operation.safety is Safety.IDEMPOTENT:
        look = "Calling again is safe: done twice is the same as once."
    elif request.message_id:
        look = f"Look message {request.message_id} up with reports.status before you call again."
    else:
        look = "Look whether it was done before you call again."
    return OutcomeUnknown(
        f"{reason} It may have been processed. {look}",
        message_id=request.message_id,
        verdict=Verdict.UNKNOWN,
    )


def _invalid(
    request: Request[Any], response: Response, problem: str, path: str | None = None
) -> InvalidResponse:
    return InvalidResponse(
        f"{request}: {problem}.",
        status=response.status,
        path=path,
        message_id=request.message_id,
        verdict=request.verdict(Verdict.UNKNOWN),
    )


def _reasons(payload: Mapping[str, Any]) -> tuple[str, ...]:
    """Collect the provider's reasons from whichever keys hold them, once each (T53)."""
    found: list[str] = []
    for key in _ERROR_KEYS:
        value = payload.get(key)
        for text in cast("list[object]", value) if isinstance(value, list) else [value]:
            reason = masked(text.strip()) if isinstance(text, str) else ""
            if reason and reason not in found:
                found.append(reason)
    return tuple(found)


def _listed(reasons: tuple[str, ...]) -> str:
    return f": {'; '.join(reason.rstrip('.') for reason in reasons)}" if reasons else ""
