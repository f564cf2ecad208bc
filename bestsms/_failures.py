"""The errors of calls, made from what is known: no I/O, no judgement, only the words and the facts.

Every text says what was refused, what is known of the message now, and what to do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar, cast
from urllib.parse import urlsplit

from bestsms._evidence import Obstacle, Verdict
from bestsms._protocol import Request, Response, Safety
from bestsms._wire.privacy import masked
from bestsms.errors import (
    AuthenticationFailed,
    BestSMSError,
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
    Redirected,
    Rejected,
    ServerError,
    UnknownAtDeadline,
)

__all__ = [
    "in_doubt",
    "invalid",
    "listed",
    "lost",
    "not_sent",
    "out_of_time",
    "redirected",
    "rejected",
    "said_when_broken_off",
    "server_error",
    "unknown",
]

InvalidT = TypeVar("InvalidT", bound=InvalidResponse)

SNIPPET: Final = 2000
"""The most characters that are kept of an answer that can't be read."""

SEE_OTHER: Final = 303
WORTH_DECODING: Final = 100_000

_NOT_FOUND: Final = ("not found", "unable to find")


def lost(request: Request[Any], reason: str) -> NoAnswer | OutcomeUnknown:
    """Return the error of a call that left and whose answer never came."""
    if request.changes:
        return unknown(request, f"{request}: {reason}.")
    return NoAnswer(
        f"{request}: {reason}. Nothing was changed; calling again is safe.",
        message_id=request.message_id,
    )


def not_sent(
    request: Request[Any], reason: str, obstacle: Obstacle, kind: type[NotSent] = NotSent
) -> NotSent:
    """Return the error of a call of which provably nothing left."""
    error = kind(
        f"{request}: {reason}. Nothing was sent; calling again is safe.",
        message_id=request.message_id,
        verdict=request.verdict(Verdict.NOT_SENT),
    )
    error.obstacle = obstacle
    return error


def out_of_time(request: Request[Any], deadline: float, *, left: bool) -> DeadlineExceeded:
    """Return the error of a call whose deadline is over.

    Args:
        request: The call.
        deadline: Its seconds in all.
        left: Whether anything of it may have left.
    """
    if not left:
        reason = f"no connection of its own within the deadline of {deadline:g} s"
        return cast("NotSentInTime", not_sent(request, reason, Obstacle.TIMEOUT, NotSentInTime))
    plain = lost(request, f"no answer within the deadline of {deadline:g} s")
    kind = NoAnswerInTime if isinstance(plain, NoAnswer) else UnknownAtDeadline
    return kind(str(plain), message_id=plain.message_id, verdict=plain.verdict)


def rejected(request: Request[Any], response: Response, reasons: Sequence[str]) -> Rejected:
    """Return the error of a no."""
    kinds: dict[int, tuple[type[Rejected], str]] = {
        401: (AuthenticationFailed, " Check the Auth Token; refreshing it ends the old one."),
        403: (PermissionDenied, ""),
        404: (NotFound, ""),
        425: (RateLimited, " Call again later."),
        429: (RateLimited, " Slow down; see retry_after."),
    }
    kind, advice = kinds.get(response.status, (Rejected, ""))
    if kind is Rejected and any(word in text.casefold() for text in reasons for word in _NOT_FOUND):
        kind = NotFound
    about = f" (message {request.message_id})" if request.message_id else ""
    done = " Nothing was done." if request.changes else ""
    return kind(
        f"{request}{about} was rejected with HTTP {response.status}{listed(reasons)}."
        f"{done}{advice}",
        status=response.status,
        errors=reasons,
        message_id=request.message_id,
        verdict=request.verdict(Verdict.REJECTED),
    )


def unknown(request: Request[Any], reason: str) -> OutcomeUnknown:
    """Return the error of a change of which nobody knows whether it was made."""
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


def in_doubt(request: Request[Any], error: BestSMSError) -> OutcomeUnknown:
    """Return the error of a repetition that failed after an attempt that may have been made."""
    ended = f"the last one ended as {type(error).__name__}"
    doubt = unknown(request, f"{request}: an earlier attempt got no usable answer, and {ended}.")
    if isinstance(error, DeadlineExceeded):
        doubt = UnknownAtDeadline(str(doubt), message_id=doubt.message_id, verdict=doubt.verdict)
    doubt.retry_after = error.retry_after
    return doubt


def invalid(
    request: Request[Any],
    response: Response,
    problem: str,
    path: str | None = None,
    kind: type[InvalidT] = InvalidResponse,  # type: ignore[assignment]
) -> InvalidT:
    """Return the error of an answer that can't be read."""
    error = kind(
        f"{request}: {problem}.",
        status=response.status,
        path=path,
        message_id=request.message_id,
        verdict=request.verdict(Verdict.UNKNOWN),
    )
    error.content_type = masked(response.headers.get("content-type", ""), limit=80) or None
    error.snippet = _snippet(request, response)
    return error


def redirected(request: Request[Any], response: Response) -> Redirected:
    """Return the error of a redirect: over TLS it is the provider's word that nothing was done.

    Not so 303, which by RFC 9110 may follow a request that was processed.
    """
    host = _host(response.headers.get("location", ""))
    where = f" to {host}" if host else ""
    problem = f"HTTP {response.status}, a redirect{where}, which is never followed"
    error = invalid(request, response, problem, kind=Redirected)
    error.host = host
    if response.secure and response.status != SEE_OTHER:
        error.verdict = request.verdict(Verdict.REJECTED)
    return error


def _host(location: str) -> str | None:
    try:
        # The host alone: the rest of an address may hold anything.
        return masked(urlsplit(location).hostname or "", limit=80) or None
    except ValueError:
        return None


def server_error(
    request: Request[Any], response: Response, reasons: Sequence[str]
) -> ServerError | OutcomeUnknown:
    """Return the error of a 5xx: of an unsafe call nobody knows what became of it."""
    said = f"{request} was answered with HTTP {response.status}{listed(reasons)}."
    if request.operation.safety is Safety.UNSAFE:
        return unknown(request, said)
    error = ServerError(
        f"{said} Calling again later is safe.",
        status=response.status,
        message_id=request.message_id,
        verdict=request.verdict(Verdict.UNKNOWN),
    )
    error.snippet = _snippet(request, response)
    return error


def _snippet(request: Request[Any], response: Response) -> str | None:
    # What was sent may come back in a page; only a call that carried nothing is quoted.
    if request.body is not None:
        return None
    beginning = response.body[:WORTH_DECODING].decode("utf-8", "replace")
    return masked(beginning, limit=SNIPPET) or None


class said_when_broken_off:  # noqa: N801 - in a with statement it reads as contextlib's do
    """Add what is known of a change to whatever breaks it off: a cancellation, an interrupt."""

    __slots__ = ("_request", "_verdict")

    def __init__(self, request: Request[Any], verdict: Callable[[], Verdict]) -> None:
        self._request = request
        self._verdict = verdict

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: object, broken: BaseException | None, __: object) -> None:
        if broken is None or isinstance(broken, BestSMSError):
            return
        request, known = self._request, self._verdict()
        about = f" of message {request.message_id}" if request.message_id else ""
        broken.add_note(f"{request}{about} was broken off; verdict {known.name}: {known.value}.")


def listed(reasons: Sequence[str]) -> str:
    """Return reasons as the end of a sentence, or nothing."""
    return f": {'; '.join(reason.rstrip('.') for reason in reasons)}" if reasons else ""
