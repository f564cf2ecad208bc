"""The protocol without I/O: read an answer, or say what is known without one.

Every function is pure: the same request and response give the same model or the same error.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, Final, NoReturn, TypeVar, cast

import attrs

from bestsms import _failures as failures
from bestsms._evidence import Verdict
from bestsms._protocol import Operation, Request, Response, Safety
from bestsms._wire.convert import WrongShape, spellings, structure
from bestsms._wire.formats import Unreadable, decode
from bestsms._wire.model import Model
from bestsms._wire.privacy import masked
from bestsms.errors import (
    BestSMSError,
    InvalidResponse,
    NotFound,
    ResponseTooLarge,
)

__all__ = ["MESSAGE_ID_PATH", "after_doubt", "decipher"]

AnswerT = TypeVar("AnswerT", bound=Model)

MESSAGE_ID_PATH: Final = "$.MessageID"
"""Where an answer says which message it is about."""

MOST_REASONS: Final = 20
"""More are not read: an error is for a person."""

# Whichever key a version, a library or a sample puts the reasons under (T53).
_ERROR_KEYS: Final = ("ErrorMessage", "Message", "Error", "message")
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_REFUSALS: Final = ("failed", "error", "unauthorized", "recordnotfound")


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
        # A redirect over TLS is the provider's own word that it did nothing.
        if request.operation.safety is Safety.UNSAFE and error.verdict is not Verdict.REJECTED:
            raise failures.unknown(request, str(error)) from error
        raise


def after_doubt(request: Request[AnswerT], error: BestSMSError) -> AnswerT:
    """Judge a repeated call whose earlier attempt may have been carried out.

    A "not found" is then what a deletion looks like that was done; any other proof or refusal is
    about the repetition alone.

    Raises:
        OutcomeUnknown: Nobody can say.
    """
    operation = request.operation
    if isinstance(error, NotFound) and operation.removes:
        return structure(dict(request.path), operation.answer)
    if error.verdict is not None and error.verdict.nothing_done:
        raise failures.in_doubt(request, error) from error
    raise error


def _read(request: Request[AnswerT], response: Response) -> AnswerT:
    if not response.whole:
        size = f"{len(response.body):,} bytes and more, the most that is read"
        problem = f"HTTP {response.status} with {size}"
        raise failures.invalid(request, response, problem, kind=ResponseTooLarge)
    payload = _payload(response)
    if not 200 <= response.status < 300:  # noqa: PLR2004 - the class of success, as HTTP writes it
        _fail(request, response, payload)
    operation = request.operation
    if payload is None and not operation.expect and not response.body.strip():
        payload = {}  # A delete may be answered without a body (U17).
    if payload is None:
        kind = masked(response.headers.get("content-type", "no content type"), limit=80)
        problem = f"HTTP {response.status} with a body that is no answer of the API ({kind})"
        raise failures.invalid(request, response, problem)
    said = payload.get("Result")
    result = "success" if said is None or said == "" else str(said).strip().casefold()
    if result in _REFUSALS:
        raise failures.rejected(request, response, _reasons(payload))
    if result != "success":
        raise failures.invalid(request, response, "Result is neither Success nor a known refusal")
    inner = payload.get(operation.unwrap) if operation.unwrap else None
    found = cast("dict[str, Any]", inner) if isinstance(inner, dict) else payload
    if operation.fold is not None:
        found = operation.fold(found)
    if operation.expect and found.keys().isdisjoint(_expected(operation)):
        raise failures.invalid(
            request, response, f"the answer lacks {' or '.join(operation.expect)}"
        )
    try:
        answer = structure(found, operation.answer)
    except WrongShape as error:
        raise failures.invalid(
            request, response, f"at {error.path} {error.problem}", error.path
        ) from None
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
    if asked and isinstance(echoed, str) and echoed.strip().casefold() != asked.casefold():
        raise failures.invalid(
            request, response, "the answer is about another MessageID", MESSAGE_ID_PATH
        )


def _payload(response: Response) -> dict[str, Any] | None:
    try:
        payload = decode(response.body)
    except Unreadable:
        return None
    return cast("dict[str, Any]", payload) if isinstance(payload, dict) else None


def _fail(request: Request[Any], response: Response, payload: dict[str, Any] | None) -> NoReturn:
    status = response.status
    if status in _REDIRECTS:
        raise failures.redirected(request, response)
    if status < 400:  # noqa: PLR2004
        raise failures.invalid(request, response, f"HTTP {status}, which answers no call")
    reasons = _reasons(payload or {})
    if status == 408:  # noqa: PLR2004
        # By the RFC the request did not arrive whole; gateways use it for a slow backend too.
        raise failures.lost(request, "HTTP 408, the server or a gateway gave up waiting")
    if status == 409 and request.operation.safety is Safety.UNSAFE:  # noqa: PLR2004
        # It may say that the id is known: that an earlier copy of the call was taken.
        raise failures.unknown(
            request, f"{request} was answered with HTTP 409{failures.listed(reasons)}."
        )
    contradicts = str((payload or {}).get("Result")).strip().casefold() == "success"
    if contradicts and request.operation.safety is Safety.UNSAFE:
        said = f"HTTP {status} with Result: Success"
        raise failures.unknown(request, f"{request} was answered with {said}, a contradiction.")
    if status < 500:  # noqa: PLR2004
        raise failures.rejected(request, response, reasons)
    raise failures.server_error(request, response, reasons)


def _reasons(payload: Mapping[str, Any]) -> tuple[str, ...]:
    """Collect the provider's reasons from whichever keys hold them, once each (T53)."""
    found: dict[str, None] = {}
    for key in _ERROR_KEYS:
        value = payload.get(key)
        texts = cast("list[object]", value) if isinstance(value, list) else [value]
        for text in texts[:MOST_REASONS]:
            if isinstance(text, str) and (reason := masked(text.strip())):
                found[reason] = None
    return tuple(found)[:MOST_REASONS]
